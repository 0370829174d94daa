// Connect schemas out of Protobuf messages, as Confluent's ProtobufData maps them. Pure functions,
// any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_TO_CONNECT_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_TO_CONNECT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/abi/schema.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

// `version`: the registry's. DataException: what Connect cannot have, in ProtobufData's words.
//
// A Connect schema here has an end. A message that contains itself is unrolled (recursion.h), to no
// more than 100 levels of all; the innermost is a struct without fields, and data that go deeper
// are refused.
StatusOr<abi::SchemaRef> ToConnectSchema(const Message& message, std::optional<int32_t> version,
                                         const ProtobufOptions& options);

// The messages of a message's fields.
std::vector<const Message*> PartsOf(const Message& message);
// The field of a struct that stands for a oneof.
std::string UnionField(const Message& message, int32_t oneof, const ProtobufOptions& options);
// The scalar in a google.protobuf.Int32Value and the like; nullptr: the message is none.
const Field* WrappedValue(const Message& message);
// Whether a field's message becomes the scalar in it.
bool IsUnwrapped(const Field& field, const ProtobufOptions& options);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_TO_CONNECT_H_
