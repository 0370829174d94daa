// Protobuf schemas out of Connect schemas, as Confluent's ProtobufData maps them, to the blank: the
// same Connect schema must have the same id in a registry, whoever registers it. Pure functions,
// any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PROTOBUF_FROM_CONNECT_H_
#define SLUICE_RUNTIME_CONVERT_PROTOBUF_FROM_CONNECT_H_

#include <memory>
#include <string>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/convert/protobuf/options.h"
#include "runtime/convert/protobuf/schema.h"

namespace sluice::convert::protobuf {

struct Derived {
  std::shared_ptr<const Schema> schema;
  const Message* message = nullptr;
  std::string text;  // of the schema's file
};
// A struct becomes a message, a scalar one of google/protobuf/wrappers.proto. DataException: a
// schema that Protobuf cannot have.
StatusOr<Derived> FromConnectSchema(const sluice_schema& schema, const ProtobufOptions& options);

}  // namespace sluice::convert::protobuf

#endif  // SLUICE_RUNTIME_CONVERT_PROTOBUF_FROM_CONNECT_H_
