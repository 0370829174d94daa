// From text to typed values and back, and what validators say of them.
#include <limits>
#include <set>
#include <utility>

#include "runtime/base/java_regex.h"
#include "runtime/base/parse_java_number.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"

namespace sluice::config {
namespace {

constexpr std::string_view kHidden = "[hidden]";

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

StatusOr<ParsedValue> ParseInteger(std::string_view key, std::string_view text, ConfigType type) {
  int64_t min = std::numeric_limits<int64_t>::min(), max = std::numeric_limits<int64_t>::max();
  if (type == ConfigType::kInt) min = INT32_MIN, max = INT32_MAX;
  if (type == ConfigType::kShort) min = INT16_MIN, max = INT16_MAX;
  const auto value = ParseInt64(Trim(text));
  if (!value || *value < min || *value > max) {
    return Invalid(key, Trim(text), StrCat("Not a number of type ", TypeName(type)));
  }
  return ParsedValue(*value);
}

// A value as Java prints it in a message: null, [a, b], 0.5.
std::string Display(const ParsedValue& value, ConfigType type) {
  if (std::holds_alternative<std::monostate>(value)) return "null";
  if (const auto* list = std::get_if<ConfigList>(&value))
    return StrCat("[", StrJoin(*list, ", "), "]");
  return *ConfigValueText(value, type);
}

std::string DisplayBound(double bound, ConfigType type) {
  std::string text;
  if (type == ConfigType::kDouble) {
    AppendJavaDouble(text, bound);
  } else {
    StrAppend(text, static_cast<int64_t>(bound));
  }
  return text;
}

std::optional<std::string> OutOfRange(const ConfigKey& key, const ParsedValue& value) {
  if (std::holds_alternative<std::monostate>(value)) return "Value must be non-null";
  const double number = std::holds_alternative<double>(value)
                            ? std::get<double>(value)
                            : static_cast<double>(std::get<int64_t>(value));
  const Validator& valid = key.validator;
  if (valid.min && number < *valid.min) {
    return StrCat("Value must be at least ", DisplayBound(*valid.min, key.type));
  }
  if (valid.max && number > *valid.max) {
    return StrCat("Value must be no more than ", DisplayBound(*valid.max, key.type));
  }
  return std::nullopt;
}

std::optional<std::string> NotOneOf(const Validator& valid, const std::string* text) {
  const bool ignore_case = valid.kind == Validator::Kind::kOneOfIgnoreCase;
  std::vector<std::string> shown = valid.allowed;
  for (std::string& allowed : shown) {
    if (text != nullptr && (ignore_case ? EqualsIgnoreCase(allowed, *text) : allowed == *text)) {
      return std::nullopt;
    }
    if (ignore_case) {
      for (char& c : allowed) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return StrCat("String must be one of", ignore_case ? " (case insensitive)" : "", ": ",
                StrJoin(shown, ", "));
}

std::optional<std::string> BadName(const std::string& name) {
  if (name.empty()) return "String may not be empty";
  std::vector<int> controls;
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c < 0x20 || c == 0x7F) controls.push_back(c);
    // U+0080 to U+009F: C2 80 to C2 9F
    if (c == 0xC2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xA0) {
      controls.push_back(static_cast<unsigned char>(name[i + 1]));
    }
  }
  if (controls.empty()) return std::nullopt;
  return StrCat("String may not contain control sequences but had the following ASCII chars: ",
                StrJoin(controls, ", "));
}

// ValidList's messages do not begin like the others'.
Status CheckList(const ConfigKey& key, const ParsedValue& value) {
  const auto* list = std::get_if<ConfigList>(&value);
  const auto says = [&](std::string_view what) {
    return ConfigError(StrCat("Configuration '", key.name, "' ", what));
  };
  if (list == nullptr) {
    return key.validator.allow_null ? OkStatus() : says("values must not be null.");
  }
  if (list->empty() && !key.validator.allow_empty) {
    return says("must not be empty. Valid values include: any non-empty value");
  }
  std::set<std::string_view> seen;
  for (const std::string& item : *list) {
    if (!seen.insert(item).second) return says("values must not be duplicated.");
  }
  if (seen.contains("")) return says("values must not be empty.");
  return OkStatus();
}

std::optional<std::string> Complaint(const ConfigKey& key, const ParsedValue& value) {
  const Validator& valid = key.validator;
  const bool null = std::holds_alternative<std::monostate>(value);
  const auto* text = std::get_if<std::string>(&value);
  const auto* list = std::get_if<ConfigList>(&value);
  switch (valid.kind) {
    case Validator::Kind::kAny:
    case Validator::Kind::kList:
      return std::nullopt;
    case Validator::Kind::kRange:
      return OutOfRange(key, value);
    case Validator::Kind::kOneOf:
    case Validator::Kind::kOneOfIgnoreCase:
      return NotOneOf(valid, text);
    case Validator::Kind::kNonEmpty:
      if (text != nullptr && text->empty()) return "String must be non-empty";
      if (list != nullptr && list->empty()) return "List must be non-empty";
      return std::nullopt;
    case Validator::Kind::kName:
      return text != nullptr ? BadName(*text) : std::nullopt;
    case Validator::Kind::kUnique: {
      if (list == nullptr) return "entry must be non null";
      const std::set<std::string_view> unique(list->begin(), list->end());
      if (unique.size() < list->size()) return "Duplicate alias provided.";
      return std::nullopt;
    }
    case Validator::Kind::kRegex: {
      if (text == nullptr || text->empty()) return std::nullopt;
      const auto regex = JavaRegex::Compile(*text);
      if (regex.ok()) return std::nullopt;
      return StrCat("Invalid regex: ", Message(regex.status()));
    }
    case Validator::Kind::kNonNull:
      return null ? std::optional<std::string>("entry must be non null") : std::nullopt;
    case Validator::Kind::kCustom:
      if (!valid.check || (null && !valid.check_null)) return std::nullopt;
      return valid.check(ConfigValueText(value, key.type).value_or(""));
  }
  return std::nullopt;
}

}  // namespace

StatusOr<ParsedValue> ParseConfigValue(std::string_view key, std::string_view text,
                                       ConfigType type) {
  const std::string_view trimmed = Trim(text);
  switch (type) {
    case ConfigType::kBoolean:
      if (EqualsIgnoreCase(trimmed, "true")) return ParsedValue(true);
      if (EqualsIgnoreCase(trimmed, "false")) return ParsedValue(false);
      return Invalid(key, trimmed, "Expected value to be either true or false");
    case ConfigType::kInt:
    case ConfigType::kShort:
    case ConfigType::kLong:
      return ParseInteger(key, text, type);
    case ConfigType::kDouble: {
      const auto number = ParseJavaDouble(trimmed);
      if (!number) return Invalid(key, trimmed, "Not a number of type DOUBLE");
      return ParsedValue(*number);
    }
    case ConfigType::kList:
      return ParsedValue(SplitList(text));
    case ConfigType::kClass:
      if (trimmed.empty()) return Invalid(key, "", "Class  could not be found.");
      return ParsedValue(std::string(trimmed));
    case ConfigType::kString:
    case ConfigType::kPassword:
      return ParsedValue(std::string(trimmed));
  }
  return Invalid(key, trimmed, "Unknown type");
}

Status CheckConfigValue(const ConfigKey& key, const ParsedValue& value) {
  if (key.validator.kind == Validator::Kind::kList) return CheckList(key, value);
  const std::optional<std::string> complaint = Complaint(key, value);
  if (!complaint) return OkStatus();
  if (key.validator.whole_message) return ConfigError(*complaint);
  return Invalid(key.name, Display(value, key.type), *complaint);
}

std::optional<std::string> ConfigValueText(const ParsedValue& value, ConfigType type) {
  if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
  if (type == ConfigType::kPassword) return std::string(kHidden);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) return StrCat(*number);
  if (const auto* list = std::get_if<ConfigList>(&value)) return StrJoin(*list, ",");
  if (const auto* real = std::get_if<double>(&value)) {
    std::string text;
    AppendJavaDouble(text, *real);
    return text;
  }
  return std::get<std::string>(value);
}

}  // namespace sluice::config
