// Names by which JSON schemas tell what only Connect knows, and Connect schemas what only JSON
// Schema knows: Confluent's JsonSchemaData has them.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_CONNECT_NAMES_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_CONNECT_NAMES_H_

#include <string>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"

namespace sluice::convert::json_schema {

// Keywords of JSON schemas.
inline constexpr std::string_view kConnectType = "connect.type";
inline constexpr std::string_view kConnectVersion = "connect.version";
inline constexpr std::string_view kConnectParameters = "connect.parameters";
inline constexpr std::string_view kConnectIndex = "connect.index";
inline constexpr std::string_view kMapType = "map";
inline constexpr std::string_view kBytesType = "bytes";
// Properties of a map's entry.
inline constexpr std::string_view kKey = "key";
inline constexpr std::string_view kValue = "value";

// Names and parameters of Connect schemas.
inline constexpr std::string_view kNamespace = "io.confluent.connect.json";
inline constexpr std::string_view kId = "io.confluent.connect.json.Id";
inline constexpr std::string_view kEnum = "io.confluent.connect.json.Enum";
inline constexpr std::string_view kOneOf = "io.confluent.connect.json.OneOf";
inline constexpr std::string_view kGeneralEnum = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view kGeneralUnion = "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view kGeneralUnionName = "connect_union_";
inline constexpr std::string_view kGeneralUnionField = "connect_union_field_";
inline constexpr std::string_view kNullSymbol = "<NULL>";

// nullptr: there is none.
const sluice_str* FindParameter(const sluice_schema& schema, std::string_view key);
// A struct of which one field is set: what oneOf and anyOf become.
bool IsUnion(const sluice_schema& schema);
// A map that is an object in JSON; others are arrays of entries.
bool IsObjectMap(const sluice_schema& map);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_CONNECT_NAMES_H_
