// Which connectors of the group this worker can run: it must have each class that their
// configurations name. Asked before the worker joins (an unfit one would be given what it can only
// fail), and at each join afterwards.
#ifndef SLUICE_RUNTIME_HERDER_CLASS_SUPPORT_H_
#define SLUICE_RUNTIME_HERDER_CLASS_SUPPORT_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/herder/built_in_classes.h"
#include "runtime/herder/plugins.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::herder {

// A class that a connector's configuration names and that is not here.
struct MissingClass {
  std::string connector;
  std::string key;  // connector.class, transforms.t.type, ...
  std::string class_name;
  std::vector<std::string> installed;  // what could stand there instead

  std::string ToString() const;  // one line for people
};

// All of them, by connector and key. Looks for plugins, which may take a second: not on the
// herder's thread. What a config provider would supply is not looked up: a class that stands behind
// a variable is taken for granted.
std::vector<MissingClass> FindMissingClasses(const storage::ClusterConfig& config, Plugins& plugins,
                                             const BuiltInClasses& built_in);

// The same question asked again and again without waiting: what has not been looked for yet is
// taken to be there, looked for in the background, and told of if it is not. Any thread.
class ClassSupport {
 public:
  // `aside` runs work on some other thread. `on_missing` is called there when a connector turns out
  // to be one that cannot run here. Everything outlives what `aside` runs.
  ClassSupport(Plugins& plugins, const BuiltInClasses& built_in,
               std::function<void(std::function<void()>)> aside, std::function<void()> on_missing,
               Clock& clock = Clock::System());

  // Names, sorted. At once.
  std::vector<std::string> CannotRun(const storage::ClusterConfig& config);

 private:
  struct Verdict {
    std::shared_ptr<const config::ConfigMap> config;  // that it is about
    bool known = false;
    bool missing = false;
    TimePoint asked{};
  };
  void Look(const std::string& name, std::shared_ptr<const config::ConfigMap> config);

  Plugins& plugins_;
  const BuiltInClasses& built_in_;
  const std::function<void(std::function<void()>)> aside_;
  const std::function<void()> on_missing_;
  Clock& clock_;

  Mutex mutex_;
  std::map<std::string, Verdict> verdicts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_CLASS_SUPPORT_H_
