// What a check plays with: a class, its profile, a folder and a name that nobody else uses. Made in
// the check's process; one thread, but for Host::Log and Metric.
#ifndef TESTS_CONFORMANCE_SCENE_H_
#define TESTS_CONFORMANCE_SCENE_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/plugin/registry.h"
#include "tests/conformance/outcome.h"
#include "tests/conformance/profile.h"
#include "tests/conformance/shell.h"

namespace sluice::conformance {

struct Scene {
  plugin::Registry& registry;
  const plugin::ClassInfo& info;
  const Profile* profile;  // nullptr: there is none; checks that need one do not run then
  std::string dir;         // there, and empty
  std::string id;          // letters and digits: for topics, tables
  milliseconds patience;   // for one call into the plugin, or one wait
  std::string service = {};
  config::ConfigMap config = {};  // the profile's, with what the framework adds

  // Starts the service, prepares, expands the configuration.
  Status Open();
  StatusOr<std::string> Shell(const std::string& command) const;
  StatusOr<std::string> Expanded(std::string_view text) const;
  bool source() const { return info.kind == plugin::ClassKind::kSource; }
  // The first of a sink's topics.
  std::string topic() const;
  // What errors about broken contracts begin with (plugin/call.h).
  std::string broken_prefix() const { return StrCat("The plugin class ", info.name, " "); }
};

enum class Who { kAll, kSources, kSinks };

struct Check {
  std::string_view name;
  Who who;
  bool needs_profile;
  std::string_view what;  // a sentence, for --list
  Outcome (*run)(Scene&);
};

// All of them, in the order in which they run: keys, config, lifecycle, source, sink.
const std::vector<Check>& AllChecks();
std::vector<Check> ConfigChecks();
std::vector<Check> LifecycleChecks();
std::vector<Check> SourceChecks();
std::vector<Check> SinkChecks();

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_SCENE_H_
