// Which connectors of the group this worker can run: it must have each class that their
// configurations name, and not be asked for exactly-once. Asked before the worker joins (an unfit
// one would be given what it can only fail), and at each join afterwards.
#ifndef SLUICE_RUNTIME_HERDER_CLASS_SUPPORT_H_
#define SLUICE_RUNTIME_HERDER_CLASS_SUPPORT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/cluster/fitness.h"
#include "runtime/herder/built_in_classes.h"
#include "runtime/herder/plugins.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::herder {

// What a connector's configuration asks for and this worker does not have.
struct Lack {
  std::string connector;
  std::string key;                     // connector.class, transforms.t.type, ...
  std::string value;                   // the class; what else it asks for
  std::vector<std::string> installed;  // of classes: what could stand there instead

  std::string Name() const;      // the class; of what else it asks for, key=value
  std::string ToString() const;  // one line for people
};

// All of it, by connector and key. Looks for plugins, which may take a second: not on the
// herder's thread. What a config provider would supply is not looked up: a class that stands behind
// a variable is taken for granted.
std::vector<Lack> FindLacks(const storage::ClusterConfig& config, Plugins& plugins,
                            const BuiltInClasses& built_in);

// The same question asked again and again without waiting: what has not been looked for yet is
// unknown for kLookTime at most, and looked for in the background, all of it by one thread. What is
// missing is looked for again after a while: it may have been installed. Any thread.
class ClassSupport {
 public:
  using Aside = std::function<bool(std::function<void()>)>;
  using Config = std::shared_ptr<const config::ConfigMap>;
  // `aside` runs work on some other thread, or answers false. `on_looked` is called there whenever
  // something has been looked for. Everything outlives what `aside` runs.
  ClassSupport(Plugins& plugins, const BuiltInClasses& built_in, Aside aside,
               std::function<void()> on_looked, Clock& clock = Clock::System());

  // Of all connectors, or of one with this configuration. At once.
  cluster::Fitness Ask(const storage::ClusterConfig& config);
  cluster::Fit Ask(const std::string& name, const Config& config);
  // Looks now, for who may wait. What it finds need not be looked for again.
  std::vector<Lack> Look(const storage::ClusterConfig& config);

 private:
  struct Verdict {
    Config config;  // that it is about
    cluster::Fit fit = cluster::Fit::kUnknown;
    TimePoint since{};  // asked for first
    TimePoint asked{};  // asked for last
  };
  cluster::Fit Judge(const std::string& name, const Config& config)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remember(const std::string& name, const Config& config, bool missing);
  void Begin();
  void LookAside();

  Plugins& plugins_;
  const BuiltInClasses& built_in_;
  const Aside aside_;
  const std::function<void()> on_looked_;
  Clock& clock_;

  Mutex mutex_;
  std::map<std::string, Verdict> verdicts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Config> questions_ ABSL_GUARDED_BY(mutex_);  // for the thread aside
  bool looking_ ABSL_GUARDED_BY(mutex_) = false;                     // there is one
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_CLASS_SUPPORT_H_
