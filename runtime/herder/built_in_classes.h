// The transforms, predicates and converters that are built in, as validation and /connector-plugins
// see them. All have the worker's version. Connectors are known too, by full name: as classes that
// have none of these roles. Const, any thread.
#ifndef SLUICE_RUNTIME_HERDER_BUILT_IN_CLASSES_H_
#define SLUICE_RUNTIME_HERDER_BUILT_IN_CLASSES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/config/class_keys.h"
#include "runtime/herder/herder.h"
#include "runtime/herder/plugins.h"

namespace sluice::herder {

class BuiltInClasses : public config::ClassKeys {
 public:
  explicit BuiltInClasses(std::string version, const Plugins* connectors = nullptr)
      : version_(std::move(version)), connectors_(connectors) {}

  config::NamedClass Find(config::ClassRole role, std::string_view type) const override;
  std::vector<std::string> Names(config::ClassRole role) const override;
  config::VersionTrouble CheckVersion(const config::NamedClass& found,
                                      std::string_view required) const override;

  // In the peer's order: transforms, predicates, converters, header converters; each by name.
  std::vector<PluginInfo> List() const;
  // In whatever role; its name is empty if there is none.
  config::NamedClass FindAny(std::string_view type) const;

 private:
  const std::string version_;
  const Plugins* const connectors_;  // may be null
};

// `Plugin C not found that matches the version range R, available versions: [...]`, or what is
// wrong with the range.
config::VersionTrouble CheckVersions(const std::string& class_name, std::string_view required,
                                     const std::vector<std::string>& available);

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_BUILT_IN_CLASSES_H_
