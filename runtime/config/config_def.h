// A set of configuration keys, and what is done with it: parse a configuration to typed values (the
// first error ends it), or validate it (all errors, key by key, for REST). Errors have the words of
// Kafka's ConfigDef. Definitions are built once and then only read: any thread.
//
//   ConfigDef def;
//   def.Add({.name = "batch.size", .type = ConfigType::kInt, .default_value = "2000", .validator =
//   Validator::AtLeast(1)}); SLUICE_ASSIGN_OR_RETURN(ParsedConfig parsed, def.Parse(settings));
//   int64_t size = parsed.Int("batch.size");
#ifndef SLUICE_RUNTIME_CONFIG_CONFIG_DEF_H_
#define SLUICE_RUNTIME_CONFIG_CONFIG_DEF_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_key.h"
#include "runtime/config/config_map.h"

namespace sluice::config {

using ConfigList = std::vector<std::string>;
// Null, BOOLEAN, any integer, DOUBLE, any text, LIST.
using ParsedValue = std::variant<std::monostate, bool, int64_t, double, std::string, ConfigList>;

// One text as a value of `type`: trimmed where Java trims. Error: `Invalid value x for
// configuration k: Not a number of type INT` and the like.
StatusOr<ParsedValue> ParseConfigValue(std::string_view key, std::string_view text,
                                       ConfigType type);
// OK, or the validator's complaint about `value`.
Status CheckConfigValue(const ConfigKey& key, const ParsedValue& value);
// The value as REST shows it: lists joined by commas, passwords as [hidden]; nothing: null.
std::optional<std::string> ConfigValueText(const ParsedValue& value, ConfigType type);

// Typed values by key. Asking for a key that is not defined, or with the wrong type, is a bug and
// ends the process with its name.
class ParsedConfig {
 public:
  bool IsNull(std::string_view key) const;
  bool Bool(std::string_view key) const;
  int64_t Int(std::string_view key) const;  // INT, SHORT and LONG
  double Double(std::string_view key) const;
  const std::string& Text(
      std::string_view key) const;  // STRING, CLASS and PASSWORD; null is the empty text
  const ConfigList& List(std::string_view key) const;  // null is the empty list
  std::optional<int64_t> OptionalInt(std::string_view key) const;
  std::optional<std::string> OptionalText(std::string_view key) const;

 private:
  friend class ConfigDef;
  const ParsedValue& Value(std::string_view key) const;
  std::map<std::string, ParsedValue, std::less<>> values_;
};

// One key's outcome of a validation.
struct ConfigValue {
  std::string name;
  std::optional<std::string> value;  // nothing: null
  std::vector<std::string> recommended;
  std::vector<std::string> errors;
  bool visible = true;
};

// What PUT /connector-plugins/{p}/config/validate answers.
struct ConfigInfo {
  std::optional<ConfigKey> definition;  // nothing: an error on a key that nobody defines
  ConfigValue value;
  bool unknown = false;  // nobody defines the key, and that is all there is to say
};
struct ConfigInfos {
  std::string name;  // the submitted connector.class
  int error_count = 0;
  std::vector<std::string> groups;
  std::vector<ConfigInfo> configs;
};

class ConfigDef {
 public:
  ConfigDef() = default;
  explicit ConfigDef(std::vector<ConfigKey> keys);

  // A key of the same name is replaced in its place.
  ConfigDef& Add(ConfigKey key);
  ConfigDef& AddAll(const std::vector<ConfigKey>& keys);

  const ConfigKey* Find(std::string_view name) const;
  const std::vector<ConfigKey>& keys() const { return keys_; }
  // In order of first use.
  std::vector<std::string> Groups() const;

  // Keys that are not defined are no error. Error: ConfigException of the first bad key, in the
  // order of definition.
  StatusOr<ParsedConfig> Parse(const ConfigMap& config) const;

  // One ConfigValue for each key, in the order of definition. `null_keys` are those given as JSON
  // null.
  std::vector<ConfigValue> Validate(const ConfigMap& config,
                                    const std::set<std::string, std::less<>>& null_keys = {}) const;

 private:
  std::vector<ConfigKey> keys_;
  std::map<std::string, size_t, std::less<>> index_;
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CONFIG_DEF_H_
