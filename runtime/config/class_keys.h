// The classes beside connectors that a configuration may name: transforms, predicates, converters.
// connector_check.h asks; the herder implements it over the modules above. Const, any thread.
#ifndef SLUICE_RUNTIME_CONFIG_CLASS_KEYS_H_
#define SLUICE_RUNTIME_CONFIG_CLASS_KEYS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/config/config_def.h"

namespace sluice::config {

enum class ClassRole { kTransform, kPredicate, kConverter, kHeaderConverter };

// What is known of a class that a configuration names.
struct NamedClass {
  std::string name = {};       // in full; empty: there is none of this name
  std::string complaint = {};  // why it cannot be used in this role; empty: it can
  std::string version = {};    // of those that can
  const ConfigDef* keys = {};  // of those that can; nullptr: none of its own
  // How keys begin that the class takes beyond `keys`; an empty text: it takes any.
  std::vector<std::string_view> open = {};
  // What is wrong beyond what `keys` says of each, by key; nullptr: there is no more to check.
  std::vector<std::pair<std::string, std::string>> (*check)(const ConfigMap& settings) = nullptr;
  bool usable() const { return !name.empty() && complaint.empty(); }
};

// What is wrong with a required version.
struct VersionTrouble {
  bool malformed = false;  // it is no version and no range
  std::string text = {};   // empty: nothing
};

class ClassKeys {
 public:
  virtual ~ClassKeys() = default;
  // By full name or alias.
  virtual NamedClass Find(ClassRole role, std::string_view type) const = 0;
  // Full names, sorted: what a form may offer.
  virtual std::vector<std::string> Names(ClassRole role) const = 0;
  virtual VersionTrouble CheckVersion(const NamedClass& found, std::string_view required) const = 0;
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLASS_KEYS_H_
