// The words that Confluent's converter leaves in Avro and Connect schemas, so that either survives
// a way through the other. Functions of names; any thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_CONNECT_NAMES_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_CONNECT_NAMES_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/abi/schema.h"
#include "runtime/abi/sluice_plugin.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

// Properties of Avro schemas.
inline constexpr std::string_view kConnectName = "connect.name";
inline constexpr std::string_view kConnectDoc = "connect.doc";
inline constexpr std::string_view kConnectVersion = "connect.version";
inline constexpr std::string_view kConnectDefault = "connect.default";
inline constexpr std::string_view kConnectParameters = "connect.parameters";
inline constexpr std::string_view kConnectType = "connect.type";
inline constexpr std::string_view kConnectInternalType = "connect.internal.type";
inline constexpr std::string_view kLogicalType = "logicalType";
// Parameters of Connect schemas.
inline constexpr std::string_view kFixedSize = "connect.fixed.size";
inline constexpr std::string_view kDecimalPrecision = "connect.decimal.precision";
inline constexpr int kDecimalPrecisionDefault = 64;
inline constexpr std::string_view kPlainRecordDoc = "connect.record.doc";
inline constexpr std::string_view kPlainEnumDoc = "connect.enum.doc";
inline constexpr std::string_view kRecordDoc = "io.confluent.connect.avro.record.doc";
inline constexpr std::string_view kEnumDoc = "io.confluent.connect.avro.enum.doc.";
inline constexpr std::string_view kFieldDoc = "io.confluent.connect.avro.field.doc.";
inline constexpr std::string_view kFieldDefault = "io.confluent.connect.avro.field.default";
inline constexpr std::string_view kEnumDefault = "io.confluent.connect.avro.enum.default.";
inline constexpr std::string_view kAvroPrefix = "avro";
// Names of Connect schemas.
inline constexpr std::string_view kUnion = "io.confluent.connect.avro.Union";
inline constexpr std::string_view kEnum = "io.confluent.connect.avro.Enum";
inline constexpr std::string_view kDefaultName = "ConnectDefault";
inline constexpr std::string_view kDefaultFullName = "io.confluent.connect.avro.ConnectDefault";
inline constexpr std::string_view kMapEntry = "MapEntry";
inline constexpr std::string_view kGeneralUnion = "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view kGeneralEnum = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view kGeneralUnionName = "connect_union_";
inline constexpr std::string_view kGeneralUnionField = "connect_union_field_";

const sluice_key_value* FindParameter(const sluice_schema& schema, std::string_view key);
// A struct that stands for a union: one field for each branch, all but one null.
bool IsUnion(const sluice_schema& schema);
bool IsEnum(const sluice_schema& schema);
// Bytes with a name and a size.
bool IsFixed(const sluice_schema& schema);
std::optional<int32_t> FixedSize(const sluice_schema& schema);
// An array's elements that are the entries of a map.
bool IsMapEntry(const Schema& schema);
// Whether a map is an Avro map, and not an array of entries.
bool HasTextKeys(const sluice_schema& map, const AvroOptions& options);

// With scrub.invalid.names: what is no letter, digit or _ is URL-encoded and then replaced by _; a
// digit in front gets an x.
std::string ScrubName(std::string_view name, const AvroOptions& options);
struct SplitName {
  std::string space, name;
  std::string full() const { return space.empty() ? name : space + "." + name; }
};
SplitName SplitFullName(std::string_view full, const AvroOptions& options);

// A text, or JSON.
std::string TextOf(const rapidjson::Value& value);
// `made` with what the field has of its own: where it uses a name again, other parameters.
abi::SchemaRef WithFieldParameters(const Field& field, abi::SchemaRef made);
// The field of a union's struct for one of its branches, the `index`th.
std::string UnionField(const Schema& branch, int index, const AvroOptions& options);

// The schema of schemaless values, and its text.
const Schema& AnythingSchema();
const std::string& AnythingText();

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_CONNECT_NAMES_H_
