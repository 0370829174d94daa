// The classes that were found, looked up by name, alias and version as Kafka Connect does
// (KIP-891). Immutable once made: the registry makes a new one when a scan finds something new. Any
// thread.
#ifndef SLUICE_RUNTIME_PLUGIN_CLASS_INDEX_H_
#define SLUICE_RUNTIME_PLUGIN_CLASS_INDEX_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plugin/registry.h"

namespace sluice::plugin {

// FileStreamSource for org.x.FileStreamSourceConnector, and FileStreamSourceConnector: the simple
// name, and what is left of it before the last "Connector".
std::vector<std::string> AliasesOf(std::string_view class_name);

class ClassIndex {
 public:
  ClassIndex() = default;
  // Fills in the aliases. Of one class and version that comes twice the first counts; the others
  // are in `twice`.
  explicit ClassIndex(std::vector<ClassInfo> classes);

  const std::vector<ClassInfo>& classes() const {
    return classes_;
  }  // sinks, sources; name; version
  const std::vector<std::string>& twice() const { return twice_; }
  // The highest version that the requirement allows. Error: kNotFound as code if no class has this
  // name or alias, or several have this alias, ConfigError for a requirement that is none or that
  // no version meets.
  StatusOr<ClassInfo> Find(std::string_view name, std::string_view version) const;

 private:
  std::vector<ClassInfo> classes_;
  std::map<std::string, std::string, std::less<>>
      full_names_;  // of each name and alias; "": several classes
  std::map<std::string, std::set<std::string>, std::less<>> ambiguous_;  // those classes
  std::vector<std::string> twice_;
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_CLASS_INDEX_H_
