// Where values stand in the text of a JSON document: what a parser makes of numbers may have fewer
// digits. For json_page.cc. Pure functions; the text is one that the parser took.
#ifndef SLUICE_CONNECTORS_HTTP_SOURCE_JSON_TEXT_H_
#define SLUICE_CONNECTORS_HTTP_SOURCE_JSON_TEXT_H_

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http_source {

// The value at `at`; nothing where there is none.
std::optional<std::string_view> TextAt(std::string_view json, const rapidjson::Pointer& at);
// The elements of the array at `at`, or the one value that is there; none where there is nothing.
std::vector<std::string_view> RecordsOf(std::string_view json, const rapidjson::Pointer& at);
// Without blanks between its parts.
std::string Compact(std::string_view json);

}  // namespace sluice::http_source

#endif  // SLUICE_CONNECTORS_HTTP_SOURCE_JSON_TEXT_H_
