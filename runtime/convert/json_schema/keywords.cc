#include "runtime/convert/json_schema/keywords.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert::json_schema {
namespace {

template <size_t kSize>
bool HasAnyOf(const Node& node, const std::string_view (&keywords)[kSize]) {
  return std::any_of(std::begin(keywords), std::end(keywords),
                     [&](std::string_view keyword) { return abi::Find(node, keyword) != nullptr; });
}

// Of those that the draft's library checks; later dialects check none.
bool IsCheckedFormat(std::string_view format, Draft draft) {
  static constexpr std::string_view k4[] = {"date-time", "uri",  "email",
                                            "ipv4",      "ipv6", "hostname"};
  static constexpr std::string_view k6[] = {"json-pointer", "uri-reference", "uri-template"};
  static constexpr std::string_view k7[] = {"date", "time", "regex", "relative-json-pointer"};
  const auto has = [&](const auto& list) {
    return std::find(std::begin(list), std::end(list), format) != std::end(list);
  };
  return draft <= Draft::k7 &&
         (has(k4) || (draft >= Draft::k6 && has(k6)) || (draft >= Draft::k7 && has(k7)));
}

Status ReadLimit(const Node& node, std::string_view keyword, const Node*& limit) {
  limit = abi::Find(node, keyword);
  if (limit == nullptr || limit->kind == record::kJsonNumber) return OkStatus();
  return WrongKeyword(keyword, "a number");
}

}  // namespace

Status InvalidSchema(std::string_view what) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kSerializationException,
                        StrCat("Invalid JSON schema: ", what));
}
Status WrongKeyword(std::string_view keyword, std::string_view expected) {
  return InvalidSchema(StrCat(keyword, " must be ", expected));
}

std::optional<Draft> DraftOf(std::string_view uri) {
  if (!uri.empty() && uri.back() == '#') uri.remove_suffix(1);
  for (const std::string_view scheme : {"http://json-schema.org/", "https://json-schema.org/"}) {
    if (!uri.starts_with(scheme)) continue;
    const std::string_view name = uri.substr(scheme.size());
    if (name == "draft-04/schema" || name == "schema") return Draft::k4;
    if (name == "draft-06/schema") return Draft::k6;
    if (name == "draft-07/schema") return Draft::k7;
    if (name == "draft/2019-09/schema") return Draft::k2019;
    if (name == "draft/2020-12/schema") return Draft::k2020;
  }
  return std::nullopt;
}

bool HasArrayKeywords(const Node& node, Draft draft) {
  static constexpr std::string_view kAll[] = {"items", "additionalItems", "minItems", "maxItems",
                                              "uniqueItems"};
  return HasAnyOf(node, kAll) || (draft >= Draft::k6 && abi::Find(node, "contains") != nullptr) ||
         (draft >= Draft::k2019 && abi::Find(node, "prefixItems") != nullptr);
}
bool HasObjectKeywords(const Node& node, Draft draft) {
  static constexpr std::string_view kAll[] = {
      "properties",   "required",          "minProperties",       "maxProperties",
      "dependencies", "patternProperties", "additionalProperties"};
  static constexpr std::string_view kModern[] = {"dependentRequired", "dependentSchemas"};
  return HasAnyOf(node, kAll) ||
         (draft >= Draft::k6 && abi::Find(node, "propertyNames") != nullptr) ||
         (draft >= Draft::k2019 && HasAnyOf(node, kModern));
}
bool HasNumberKeywords(const Node& node) {
  static constexpr std::string_view kAll[] = {"minimum", "maximum", "exclusiveMinimum",
                                              "exclusiveMaximum", "multipleOf"};
  return HasAnyOf(node, kAll);
}
bool HasStringKeywords(const Node& node, Draft draft) {
  static constexpr std::string_view kAll[] = {"minLength", "maxLength", "pattern"};
  // Later dialects only tell a format.
  return HasAnyOf(node, kAll) || (draft <= Draft::k7 && abi::Find(node, "format") != nullptr);
}

Status ReadCount(const Node& node, std::string_view keyword, std::optional<int64_t>& count) {
  const Node* given = abi::Find(node, keyword);
  if (given == nullptr) return OkStatus();
  if (given->kind == record::kJsonNumber) count = record::WholeNumber(abi::Text(*given));
  return count ? OkStatus() : WrongKeyword(keyword, "an integer");
}

Status ReadSwitch(const Node& node, std::string_view keyword, bool& on) {
  const Node* given = abi::Find(node, keyword);
  if (given == nullptr) return OkStatus();
  if (given->kind != SLUICE_BOOLEAN) return WrongKeyword(keyword, "a boolean");
  on = given->as.int64 != 0;
  return OkStatus();
}

Status ReadString(const Node& node, std::string_view keyword,
                  std::optional<std::string_view>& text) {
  const Node* given = abi::Find(node, keyword);
  if (given == nullptr) return OkStatus();
  if (given->kind != SLUICE_STRING) return WrongKeyword(keyword, "a string");
  text = abi::Text(*given);
  return OkStatus();
}

Status ReadTexts(const Node& list, std::string_view keyword, std::vector<std::string_view>& texts) {
  if (list.kind != SLUICE_ARRAY) return WrongKeyword(keyword, "an array of strings");
  for (uint32_t i = 0; i < list.size; ++i) {
    if (list.as.items[i].kind != SLUICE_STRING) return WrongKeyword(keyword, "an array of strings");
    texts.push_back(abi::Text(list.as.items[i]));
  }
  return OkStatus();
}

StatusOr<Pattern> MakePattern(std::string_view text) {
  // Its own errors name the pattern as it was written.
  StatusOr<JavaRegex> as_written = JavaRegex::Compile(text);
  if (!as_written.ok()) return InvalidSchema(Message(as_written.status()));
  StatusOr<JavaRegex> anywhere = JavaRegex::Compile(StrCat("(?s:.*?)(?:", text, ")(?s:.*)"));
  if (!anywhere.ok()) return InvalidSchema(Message(anywhere.status()));
  return Pattern{text, std::make_unique<JavaRegex>(*std::move(anywhere))};
}

Status ReadNumberRules(const Node& node, Draft draft, NumberRules& rules) {
  SLUICE_RETURN_IF_ERROR(ReadLimit(node, "minimum", rules.minimum));
  SLUICE_RETURN_IF_ERROR(ReadLimit(node, "maximum", rules.maximum));
  SLUICE_RETURN_IF_ERROR(ReadLimit(node, "multipleOf", rules.multiple_of));
  if (rules.multiple_of != nullptr &&
      record::NumberTextToDouble(abi::Text(*rules.multiple_of)) == 0) {
    return InvalidSchema("multipleOf should not be 0");
  }
  if (draft != Draft::k4) {
    SLUICE_RETURN_IF_ERROR(ReadLimit(node, "exclusiveMinimum", rules.exclusive_minimum));
    SLUICE_RETURN_IF_ERROR(ReadLimit(node, "exclusiveMaximum", rules.exclusive_maximum));
    return OkStatus();
  }
  SLUICE_RETURN_IF_ERROR(ReadSwitch(node, "exclusiveMinimum", rules.minimum_is_exclusive));
  SLUICE_RETURN_IF_ERROR(ReadSwitch(node, "exclusiveMaximum", rules.maximum_is_exclusive));
  return OkStatus();
}

Status ReadStringRules(const Node& node, Draft draft, StringRules& rules) {
  SLUICE_RETURN_IF_ERROR(ReadCount(node, "minLength", rules.min_length));
  SLUICE_RETURN_IF_ERROR(ReadCount(node, "maxLength", rules.max_length));
  std::optional<std::string_view> format;
  if (const Node* pattern = abi::Find(node, "pattern")) {
    if (pattern->kind != SLUICE_STRING) return WrongKeyword("pattern", "a string");
    SLUICE_ASSIGN_OR_RETURN(rules.pattern, MakePattern(abi::Text(*pattern)));
  }
  SLUICE_RETURN_IF_ERROR(ReadString(node, "format", format));
  if (format && IsCheckedFormat(*format, draft)) rules.format = *format;
  return OkStatus();
}

}  // namespace sluice::convert::json_schema
