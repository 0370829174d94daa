// All metrics of the worker, as groups that come and go: a group has labels of its own and a
// function that reads its metrics when somebody asks for them. Text() is what Prometheus scrapes.
//
// Thread-safe. Text() holds the registry's lock only to copy the list of groups; a group is read
// outside of it, by its own rules. So a group may be read once more after it was removed: what its
// function uses must live as long as the function.
#ifndef SLUICE_RUNTIME_METRICS_REGISTRY_H_
#define SLUICE_RUNTIME_METRICS_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/metrics/family.h"
#include "runtime/metrics/histogram.h"

namespace sluice::metrics {

// Takes the values of one group: for each of its families one, in their order. A group that has
// several series of each begins each of them with Series.
class Reading {
 public:
  virtual ~Reading() = default;
  virtual Reading& Series(std::string_view more_labels) = 0;
  virtual Reading& Number(double value) = 0;
  virtual Reading& Text(std::string_view value) = 0;  // an empty one is left out
  virtual Reading& Distribution(const Histogram& value) = 0;
  virtual Reading& Absent() = 0;
};

// Takes values of families that are known only now.
class LooseReading {
 public:
  virtual ~LooseReading() = default;
  virtual void Value(const std::string& name, Type type, std::string_view labels, double value) = 0;
  // Of a summary.
  virtual void Observed(const std::string& name, std::string_view labels, double sum,
                        uint64_t count) = 0;
};

class Registry {
  struct Group;
  struct State;

 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Removes its group when it is destroyed; may outlive the registry.
  class Registration {
   public:
    Registration() = default;
    Registration(Registration&&) = default;
    Registration& operator=(Registration&& other) noexcept;
    ~Registration() { Remove(); }
    void Remove();

   private:
    friend class Registry;
    Registration(std::weak_ptr<State> state, std::shared_ptr<const Group> group)
        : state_(std::move(state)), group_(std::move(group)) {}
    std::weak_ptr<State> state_;
    std::shared_ptr<const Group> group_;
  };

  // `labels` are made by Label().
  [[nodiscard]] Registration Add(Families families, std::string labels,
                                 std::function<void(Reading&)> read);
  // `help` stands for all that it reads.
  [[nodiscard]] Registration AddLoose(std::string labels, std::string_view help,
                                      std::function<void(LooseReading&)> read);

  // Prometheus text format 0.0.4.
  std::string Text() const;

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_REGISTRY_H_
