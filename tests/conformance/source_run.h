// A connector and one task of a source, driven as a worker drives them: polled, acknowledged,
// committed. One thread, but for task()->RequestStop.
#ifndef TESTS_CONFORMANCE_SOURCE_RUN_H_
#define TESTS_CONFORMANCE_SOURCE_RUN_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/host.h"
#include "tests/conformance/offsets.h"
#include "tests/conformance/scene.h"

namespace sluice::conformance {

// A record that was polled. What it is: topic, key and value, as text.
struct Seen {
  std::string identity;
  std::string partition, offset;  // as JSON; "": none
  const sluice_batch* batch;
  size_t index;
};

class SourceRun {
 public:
  // Both must outlive it.
  SourceRun(Scene& scene, Offsets& offsets)
      : scene_(scene), offsets_(offsets), host_(scene, &offsets) {}
  ~SourceRun() { Close(); }
  SourceRun(const SourceRun&) = delete;
  SourceRun& operator=(const SourceRun&) = delete;

  // Runs the connector for at most `max` tasks; starts the one at `task`.
  Status Start(int max = 1, size_t task = 0);
  size_t tasks() const { return tasks_; }
  // One poll. What is retriable is an error here.
  Status Poll(milliseconds timeout);
  // Polls until so many records were seen, the source has finished, or patience is at its end.
  Status PollRecords(size_t count);
  // The first `count` records seen are acknowledged and their offsets stored.
  void Commit(size_t count);
  // Stops and frees the task; what is not committed is dropped.
  void Close();

  const std::vector<Seen>& seen() const { return seen_; }
  bool finished() const { return finished_; }
  // The first value that does not fit its schema; "": none.
  const std::string& bad_value() const { return bad_value_; }
  const std::vector<const sluice_batch*>& batches() const { return batches_; }
  plugin::SourcePlugin* task() { return task_.get(); }
  Host& host() { return host_; }

 private:
  Status Take(const sluice_batch& batch);

  Scene& scene_;
  Offsets& offsets_;
  Host host_;
  size_t tasks_ = 0;
  std::unique_ptr<plugin::SourcePlugin> task_;
  std::vector<Seen> seen_;
  std::vector<const sluice_batch*> batches_;  // out
  size_t committed_ = 0;
  bool finished_ = false;
  std::string bad_value_;
};

// All records of a batch as text: whether it has changed.
std::string BatchText(const sluice_batch& batch);

// How a connector's part went, and what it logged.
struct StartReport {
  Status status;
  std::vector<std::string> log;
  size_t tasks = 0;
};
// Starts the connector, asks for tasks, starts and stops each of them.
StartReport StartAll(Scene& scene, const config::ConfigMap& config, int max);
// The connector's part alone.
StatusOr<std::vector<config::ConfigMap>> RunConnector(Scene& scene, Host& host,
                                                      const config::ConfigMap& config, int max);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_SOURCE_RUN_H_
