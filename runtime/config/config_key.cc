#include "runtime/config/config_key.h"

#include <utility>

namespace sluice::config {

std::string_view TypeName(ConfigType type) {
  constexpr std::string_view kNames[] = {"BOOLEAN", "STRING", "INT",   "SHORT",   "LONG",
                                         "DOUBLE",  "LIST",   "CLASS", "PASSWORD"};
  return kNames[static_cast<size_t>(type)];
}

std::string_view ImportanceName(Importance importance) {
  constexpr std::string_view kNames[] = {"HIGH", "MEDIUM", "LOW"};
  return kNames[static_cast<size_t>(importance)];
}

std::string_view WidthName(Width width) {
  constexpr std::string_view kNames[] = {"NONE", "SHORT", "MEDIUM", "LONG"};
  return kNames[static_cast<size_t>(width)];
}

Validator Validator::AtLeast(double min) { return {.kind = Kind::kRange, .min = min}; }
Validator Validator::Between(double min, double max) {
  return {.kind = Kind::kRange, .min = min, .max = max};
}
Validator Validator::OneOf(std::vector<std::string> allowed) {
  return {.kind = Kind::kOneOf, .allowed = std::move(allowed)};
}
Validator Validator::OneOfIgnoreCase(std::vector<std::string> allowed) {
  return {.kind = Kind::kOneOfIgnoreCase, .allowed = std::move(allowed)};
}
Validator Validator::NonEmpty() { return {.kind = Kind::kNonEmpty}; }
Validator Validator::Name() { return {.kind = Kind::kName}; }
Validator Validator::Unique() { return {.kind = Kind::kUnique}; }
Validator Validator::List(bool allow_empty) {
  return {.kind = Kind::kList, .allow_empty = allow_empty};
}
Validator Validator::Regex() { return {.kind = Kind::kRegex}; }
Validator Validator::NonNull() { return {.kind = Kind::kNonNull}; }
Validator Validator::Custom(
    std::function<std::optional<std::string>(std::string_view value)> check) {
  return {.kind = Kind::kCustom, .check = std::move(check)};
}

}  // namespace sluice::config
