// Connect schemas out of JSON schemas, as Confluent's JsonSchemaData maps them. Pure functions, any
// thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_TO_CONNECT_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_TO_CONNECT_H_

#include <cstdint>
#include <optional>

#include "runtime/abi/schema.h"
#include "runtime/convert/json_schema/options.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/value_reader.h"

namespace sluice::convert::json_schema {

struct ConnectSchema {
  abi::SchemaRef schema;
  UnrolledEnds ends;  // of types that contain themselves
};

// `version`: the registry's, for a schema without one of its own. DataException: what Connect
// cannot have, in JsonSchemaData's words.
StatusOr<ConnectSchema> ToConnectSchema(const Document& document, std::optional<int32_t> version,
                                        const Options& options);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_TO_CONNECT_H_
