// The words that Confluent's converter leaves in Protobuf and Connect schemas, so that either
// survives a way through the other. Functions of names; any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_CONNECT_NAMES_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_CONNECT_NAMES_H_

#include <string>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

// Parameters of Connect schemas.
inline constexpr std::string_view kTag = "io.confluent.connect.protobuf.Tag";
inline constexpr std::string_view kType = "io.confluent.connect.protobuf.Type";
inline constexpr std::string_view kWrapper = "io.confluent.connect.protobuf.Wrapper";
inline constexpr std::string_view kEnum = "io.confluent.connect.protobuf.Enum";
inline constexpr std::string_view kGeneralEnum = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view kGeneralUnion = "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view kDecimalPrecision = "connect.decimal.precision";
inline constexpr std::string_view kScale = "scale";
// Names of Connect schemas.
inline constexpr std::string_view kUnion = "io.confluent.connect.protobuf.Union";
inline constexpr std::string_view kUnionPrefix = "io.confluent.connect.protobuf.Union.";
inline constexpr std::string_view kVariant = "org.apache.kafka.connect.data.Variant";
inline constexpr std::string_view kDefaultName = "ConnectDefault";
// Parameters of Protobuf fields.
inline constexpr std::string_view kConnectType = "connect.type";
inline constexpr std::string_view kPrecision = "precision";

// Messages that are something else in Connect.
enum class Known : uint8_t {
  kNone,
  kDecimal,
  kDate,
  kTime,
  kTimestamp,
  kVariant,
  kWrapper,  // of one scalar: google.protobuf.Int32Value ...
};
Known KnownMessage(std::string_view full_name);
// The message of a kind, and the file that has it.
struct KnownType {
  std::string_view name;
  std::string_view import;
};
KnownType TypeOf(Known known);
// google.protobuf.Int32Value for kInt32; empty: there is none.
std::string_view WrapperOf(Type type);
inline constexpr std::string_view kWrappersFile = "google/protobuf/wrappers.proto";

// A parameter's value; an absent one has no data.
sluice_str Parameter(const sluice_schema& schema, std::string_view key);
inline bool HasParameter(const sluice_schema& schema, std::string_view key) {
  return Parameter(schema, key).data != nullptr;
}
// A struct that stands for a oneof: one field for each of its members, all but one null.
bool IsUnion(const sluice_schema& schema);
// A string, or an int32, that stands for an enum.
bool IsEnum(const sluice_schema& schema);

// With scrub.invalid.names: what is no letter, digit or _ is URL-encoded and then replaced by _; a
// digit or _ in front gets an x.
std::string ScrubName(std::string_view name, const ProtobufOptions& options);

// my_field -> MyFieldEntry, tags -> tagsEntry: the message of a map's entries.
std::string MapEntryName(std::string_view field);
// The name of a map's schema: a.b.MyFieldEntry -> a.b.my_field.
std::string MapFieldName(std::string_view entry);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_CONNECT_NAMES_H_
