#include "runtime/config/config_def.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::config {
namespace {

std::string Missing(std::string_view key) {
  return StrCat("Missing required configuration \"", key, "\" which has no default value.");
}

// The default of a key; null if there is none. Defaults are written by us: a bad one is a bug that
// a test finds.
ParsedValue Default(const ConfigKey& key) {
  if (!key.default_value) return {};
  auto value = ParseConfigValue(key.name, *key.default_value, key.type);
  return value.ok() ? *std::move(value) : ParsedValue();
}

// Java drops repeated elements of such lists, but only when it parses, not when it validates.
void DropRepeated(const ConfigKey& key, ParsedValue& value) {
  auto* list = std::get_if<ConfigList>(&value);
  if (key.validator.kind != Validator::Kind::kList || list == nullptr) return;
  ConfigList unique;
  for (std::string& item : *list) {
    if (std::find(unique.begin(), unique.end(), item) == unique.end())
      unique.push_back(std::move(item));
  }
  *list = std::move(unique);
}

[[noreturn]] void Bug(std::string_view key, const char* what) {
  std::fprintf(stderr, "sluice: bug: configuration key '%.*s' %s\n", static_cast<int>(key.size()),
               key.data(), what);
  std::abort();
}

template <typename T>
const T& Get(std::string_view key, const ParsedValue& value) {
  const T* typed = std::get_if<T>(&value);
  if (typed == nullptr) Bug(key, "is null or of another type");
  return *typed;
}

}  // namespace

const ParsedValue& ParsedConfig::Value(std::string_view key) const {
  const auto it = values_.find(key);
  if (it == values_.end()) Bug(key, "is not defined");
  return it->second;
}

bool ParsedConfig::IsNull(std::string_view key) const {
  return std::holds_alternative<std::monostate>(Value(key));
}
bool ParsedConfig::Bool(std::string_view key) const { return Get<bool>(key, Value(key)); }
int64_t ParsedConfig::Int(std::string_view key) const { return Get<int64_t>(key, Value(key)); }
double ParsedConfig::Double(std::string_view key) const { return Get<double>(key, Value(key)); }

const std::string& ParsedConfig::Text(std::string_view key) const {
  static const std::string kEmpty;
  return IsNull(key) ? kEmpty : Get<std::string>(key, Value(key));
}
const ConfigList& ParsedConfig::List(std::string_view key) const {
  static const ConfigList kEmpty;
  return IsNull(key) ? kEmpty : Get<ConfigList>(key, Value(key));
}
std::optional<int64_t> ParsedConfig::OptionalInt(std::string_view key) const {
  if (IsNull(key)) return std::nullopt;
  return Int(key);
}
std::optional<std::string> ParsedConfig::OptionalText(std::string_view key) const {
  if (IsNull(key)) return std::nullopt;
  return Text(key);
}

ConfigDef::ConfigDef(std::vector<ConfigKey> keys) { AddAll(keys); }

ConfigDef& ConfigDef::Add(ConfigKey key) {
  const auto [it, added] = index_.emplace(key.name, keys_.size());
  if (added) {
    keys_.push_back(std::move(key));
  } else {
    keys_[it->second] = std::move(key);
  }
  return *this;
}

ConfigDef& ConfigDef::AddAll(const std::vector<ConfigKey>& keys) {
  for (const ConfigKey& key : keys) Add(key);
  return *this;
}

const ConfigKey* ConfigDef::Find(std::string_view name) const {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &keys_[it->second];
}

std::vector<std::string> ConfigDef::Groups() const {
  std::vector<std::string> groups;
  for (const ConfigKey& key : keys_) {
    if (!key.group.empty() && std::find(groups.begin(), groups.end(), key.group) == groups.end()) {
      groups.push_back(key.group);
    }
  }
  return groups;
}

StatusOr<ParsedConfig> ConfigDef::Parse(const ConfigMap& config) const {
  ParsedConfig parsed;
  for (const ConfigKey& key : keys_) {
    ParsedValue value;
    if (const std::string* text = config.Find(key.name); text != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(value, ParseConfigValue(key.name, *text, key.type));
      DropRepeated(key, value);
    } else if (key.required) {
      return ConfigError(Missing(key.name));
    } else {
      value = Default(key);
      if (!key.default_value) {  // null as a default is always good
        parsed.values_.emplace(key.name, std::move(value));
        continue;
      }
    }
    SLUICE_RETURN_IF_ERROR(CheckConfigValue(key, value));
    parsed.values_.emplace(key.name, std::move(value));
  }
  return parsed;
}

std::vector<ConfigValue> ConfigDef::Validate(
    const ConfigMap& config, const std::set<std::string, std::less<>>& null_keys) const {
  std::vector<ConfigValue> results;
  results.reserve(keys_.size());
  for (const ConfigKey& key : keys_) {
    ConfigValue result;
    result.name = key.name;
    ParsedValue value;
    bool check = true;
    if (const std::string* text = config.Find(key.name); text != nullptr) {
      auto parsed = ParseConfigValue(key.name, *text, key.type);
      if (parsed.ok()) {
        value = *std::move(parsed);
      } else {
        result.errors.emplace_back(Message(parsed.status()));
      }
    } else if (null_keys.contains(key.name)) {
      // null, and the validator says what it thinks of it
    } else if (key.required) {
      result.errors.push_back(Missing(key.name));
    } else {
      value = Default(key);
      check = key.default_value.has_value();
    }
    if (check) {
      if (Status status = CheckConfigValue(key, value); !status.ok()) {
        result.errors.emplace_back(Message(status));
      }
    }
    result.value = ConfigValueText(value, key.type);
    if (key.recommender) result.recommended = key.recommender(key.name, config);
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace sluice::config
