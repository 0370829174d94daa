// Configuration as a plugin author sees it. ConfigDef declares the keys as data: REST validation,
// defaults and the README's table come from it. Config reads them with their types. Both are plain
// values; Config is a copy, so a task may keep it.
#ifndef SLUICE_CONNECTORS_SDK_CONFIG_H_
#define SLUICE_CONNECTORS_SDK_CONFIG_H_

#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/sdk/errors.h"
#include "runtime/abi/views.h"

namespace sluice::sdk {

using std::chrono::milliseconds;

enum class Importance : uint8_t { kHigh = SLUICE_HIGH, kMedium = SLUICE_MEDIUM, kLow = SLUICE_LOW };
enum class ConfigType : uint8_t {
  kBoolean = SLUICE_CONFIG_BOOLEAN,
  kString = SLUICE_CONFIG_STRING,
  kInt = SLUICE_CONFIG_INT,
  kShort = SLUICE_CONFIG_SHORT,
  kLong = SLUICE_CONFIG_LONG,
  kDouble = SLUICE_CONFIG_DOUBLE,
  kList = SLUICE_CONFIG_LIST,
  kClass = SLUICE_CONFIG_CLASS,
  kPassword = SLUICE_CONFIG_PASSWORD,
};

// One key. Without Default it is required; `Optional` gives it the default null.
//   ConfigKey("interval.ms", ConfigType::kLong).Default("1000").AtLeast(1).Doc("Time between two
//   ticks.")
class ConfigKey {
 public:
  explicit ConfigKey(std::string_view name, ConfigType type = ConfigType::kString)
      : name_(name), type_(type) {}

  ConfigKey& Default(std::string_view text) { return default_ = text, required_ = false, *this; }
  ConfigKey& Optional() { return default_.reset(), required_ = false, *this; }
  ConfigKey& Doc(std::string_view text) { return doc_ = text, *this; }
  ConfigKey& High() { return importance_ = Importance::kHigh, *this; }
  ConfigKey& Medium() { return importance_ = Importance::kMedium, *this; }
  ConfigKey& Low() { return importance_ = Importance::kLow, *this; }
  ConfigKey& Range(double min, double max) {
    return validator_ = SLUICE_VALID_RANGE, min_ = min, max_ = max, *this;
  }
  ConfigKey& AtLeast(double min) { return Range(min, std::numeric_limits<double>::infinity()); }
  ConfigKey& OneOf(std::vector<std::string> allowed) {
    return validator_ = SLUICE_VALID_ONE_OF, allowed_ = std::move(allowed), *this;
  }
  ConfigKey& OneOfIgnoreCase(std::vector<std::string> allowed) {
    return validator_ = SLUICE_VALID_ONE_OF_IGNORE_CASE, allowed_ = std::move(allowed), *this;
  }
  ConfigKey& NonEmpty() { return validator_ = SLUICE_VALID_NON_EMPTY, *this; }
  ConfigKey& Regex() { return validator_ = SLUICE_VALID_REGEX, *this; }
  ConfigKey& Group(std::string_view group, int order) {
    return group_ = group, order_ = order, *this;
  }
  ConfigKey& Wide() { return width_ = SLUICE_WIDTH_LONG, *this; }
  ConfigKey& DisplayName(std::string_view name) { return display_name_ = name, *this; }
  ConfigKey& Dependents(std::vector<std::string> keys) {
    return dependents_ = std::move(keys), *this;
  }
  ConfigKey& Recommends() { return recommends_ = true, *this; }  // Recommend() knows values

  const std::string& name() const { return name_; }
  ConfigType type() const { return type_; }
  bool required() const { return required_; }
  const std::optional<std::string>& default_value() const { return default_; }

 private:
  friend class ConfigTable;
  std::string name_;
  ConfigType type_;
  bool required_ = true, recommends_ = false;
  std::optional<std::string> default_;
  std::string doc_, group_, display_name_;
  Importance importance_ = Importance::kMedium;
  uint8_t width_ = SLUICE_WIDTH_NONE, validator_ = SLUICE_VALID_ANY;
  int order_ = -1;
  double min_ = 0, max_ = 0;
  std::vector<std::string> allowed_, dependents_;
};

using ConfigDef = std::vector<ConfigKey>;

// The keys of a class in the ABI's form, built once when the plugin is loaded.
class ConfigTable {
 public:
  explicit ConfigTable(ConfigDef def) : def_(std::move(def)) {
    texts_.reserve(2 * def_.size());  // the ABI's keys point into it
    for (const ConfigKey& key : def_) keys_.push_back(Make(key));
  }
  ConfigTable(const ConfigTable&) = delete;
  ConfigTable& operator=(const ConfigTable&) = delete;
  const std::vector<sluice_config_key>& keys() const { return keys_; }
  const ConfigKey* Find(std::string_view name) const {
    for (const ConfigKey& key : def_) {
      if (key.name() == name) return &key;
    }
    return nullptr;
  }

 private:
  sluice_config_key Make(const ConfigKey& from) {
    sluice_config_key key{};
    key.struct_size = sizeof key;
    key.type = static_cast<sluice_config_type>(from.type_);
    key.importance = static_cast<sluice_importance>(from.importance_);
    key.width = from.width_;
    key.validator = from.validator_;
    key.required = from.required_;
    key.recommends = from.recommends_;
    key.order_in_group = from.order_;
    key.name = abi::Str(from.name_);
    key.default_value = from.default_ ? abi::Str(*from.default_) : abi::kNoStr;
    key.documentation = abi::Str(from.doc_);
    key.group = from.group_.empty() ? abi::kNoStr : abi::Str(from.group_);
    key.display_name = from.display_name_.empty() ? abi::kNoStr : abi::Str(from.display_name_);
    key.min = from.min_;
    key.max = from.max_;
    key.allowed = Texts(from.allowed_);
    key.allowed_count = from.allowed_.size();
    key.dependents = Texts(from.dependents_);
    key.dependent_count = from.dependents_.size();
    return key;
  }
  const sluice_str* Texts(const std::vector<std::string>& texts) {
    std::vector<sluice_str>& list = texts_.emplace_back();
    for (const std::string& text : texts) list.push_back(abi::Str(text));
    return list.data();
  }

  const ConfigDef def_;
  std::vector<std::vector<sluice_str>> texts_;
  std::vector<sluice_config_key> keys_;
};

// A configuration that was given, over the defaults of its class. Getters of a required key that is
// missing, or of a text that does not fit the type, throw ConfigException in Kafka Connect's words.
class Config {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;
  Config() = default;
  Config(Map given, const ConfigTable* table) : given_(std::move(given)), table_(table) {}
  Config(const sluice_config& config, const ConfigTable* table) : table_(table) {
    for (size_t i = 0; i < config.count; ++i) {
      given_.emplace(abi::View(config.entries[i].key), abi::View(config.entries[i].value));
    }
  }

  // What was given, without defaults.
  const Map& given() const { return given_; }
  // The value, given or default; nothing if it is null or the key is unknown. Throws if it is
  // required.
  std::optional<std::string_view> Find(std::string_view key) const {
    if (auto it = given_.find(key); it != given_.end()) return it->second;
    const ConfigKey* known = table_ == nullptr ? nullptr : table_->Find(key);
    if (known == nullptr) return std::nullopt;
    if (known->required()) throw ConfigException::Missing(key);
    if (!known->default_value()) return std::nullopt;
    return *known->default_value();
  }
  // "" where the value is null.
  std::string GetString(std::string_view key) const { return std::string(Find(key).value_or("")); }
  std::string GetPassword(std::string_view key) const { return GetString(key); }
  int64_t GetLong(std::string_view key) const {
    return GetWhole(key, "LONG", std::numeric_limits<int64_t>::min(),
                    std::numeric_limits<int64_t>::max());
  }
  int32_t GetInt(std::string_view key) const {
    return static_cast<int32_t>(GetWhole(key, "INT", std::numeric_limits<int32_t>::min(),
                                         std::numeric_limits<int32_t>::max()));
  }
  milliseconds GetMillis(std::string_view key) const { return milliseconds(GetLong(key)); }
  double GetDouble(std::string_view key) const {
    const std::string_view text = Trimmed(Needed(key));
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw ConfigException::Invalid(key, text, "Not a number of type DOUBLE");
    }
    return number;
  }
  bool GetBool(std::string_view key) const {
    std::string text(Trimmed(Needed(key)));
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (text == "true") return true;
    if (text == "false") return false;
    throw ConfigException::Invalid(key, text, "Expected value to be either true or false");
  }
  // Split at commas, blanks around them cut; "" is the empty list.
  std::vector<std::string> GetList(std::string_view key) const {
    std::vector<std::string> list;
    std::string_view rest = Trimmed(Find(key).value_or(""));
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      list.emplace_back(Trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
      if (rest.empty()) list.emplace_back();
    }
    return list;
  }

 private:
  static std::string_view Trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
  }
  std::string_view Needed(std::string_view key) const {
    const std::optional<std::string_view> text = Find(key);
    if (!text) throw ConfigException::Invalid(key, "null", "a value is needed");
    return *text;
  }
  int64_t GetWhole(std::string_view key, std::string_view type, int64_t min, int64_t max) const {
    std::string_view text = Trimmed(Needed(key));
    if (text.size() > 1 && text.front() == '+') text.remove_prefix(1);
    int64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < min || number > max) {
      throw ConfigException::Invalid(key, text, Cat("Not a number of type ", type));
    }
    return number;
  }

  Map given_;
  const ConfigTable* table_ = nullptr;  // lives as long as the plugin
};

// What Validate reports: problems of single keys.
class Problems {
 public:
  Problems(sluice_report_fn report, void* context) : report_(report), context_(context) {}
  template <typename... Pieces>
  void Add(std::string_view key, const Pieces&... pieces) {
    report_(context_, abi::Str(key), abi::Str(Cat(pieces...)));
  }

 private:
  const sluice_report_fn report_;
  void* const context_;
};

}  // namespace sluice::sdk

#endif  // SLUICE_CONNECTORS_SDK_CONFIG_H_
