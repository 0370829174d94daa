// Keywords of JSON schemas that are no schemas themselves: numbers, texts, patterns, the dialect.
// For loader.cc; pure functions, any thread. Errors are SerializationExceptions.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_KEYWORDS_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_KEYWORDS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/convert/json_schema/schema.h"

namespace sluice::convert::json_schema {

Status InvalidSchema(std::string_view what);
Status WrongKeyword(std::string_view keyword, std::string_view expected);

// What $schema names; nothing: it is not known.
std::optional<Draft> DraftOf(std::string_view uri);

// Whether there are keywords of a type.
bool HasArrayKeywords(const Node& node, Draft draft);
bool HasObjectKeywords(const Node& node, Draft draft);
bool HasNumberKeywords(const Node& node);
bool HasStringKeywords(const Node& node, Draft draft);

// What a keyword of `node` has; without it, nothing changes.
Status ReadCount(const Node& node, std::string_view keyword, std::optional<int64_t>& count);
Status ReadSwitch(const Node& node, std::string_view keyword, bool& on);
Status ReadString(const Node& node, std::string_view keyword,
                  std::optional<std::string_view>& text);
// A list of strings.
Status ReadTexts(const Node& list, std::string_view keyword, std::vector<std::string_view>& texts);

StatusOr<Pattern> MakePattern(std::string_view text);
Status ReadNumberRules(const Node& node, Draft draft, NumberRules& rules);
Status ReadStringRules(const Node& node, Draft draft, StringRules& rules);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_KEYWORDS_H_
