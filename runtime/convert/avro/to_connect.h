// Connect schemas out of Avro schemas, as Confluent's AvroData maps them. Pure functions, any
// thread.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_TO_CONNECT_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_TO_CONNECT_H_

#include <optional>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/convert/avro/options.h"
#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

// `version`: the registry's, for a schema without one of its own. Nothing: `schema` is the one of
// schemaless data. DataException: what Connect cannot have, in AvroData's words.
//
// A type that contains itself is unrolled, as runtime/convert/recursion.h says.
StatusOr<abi::SchemaRef> ToConnectSchema(const Schema& schema, std::optional<int32_t> version,
                                         const AvroOptions& options);

// A default as a value of `connect`, which `avro` became. DataException: it is none.
StatusOr<sluice_value> DefaultValue(const Schema& avro, const sluice_schema& connect,
                                    const rapidjson::Value& json, const AvroOptions& options,
                                    abi::Arena& arena);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_TO_CONNECT_H_
