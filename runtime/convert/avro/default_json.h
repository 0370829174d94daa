// A Connect schema's default as the JSON that Avro keeps. Pure function.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_DEFAULT_JSON_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_DEFAULT_JSON_H_

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/json.h"
#include "runtime/base/status.h"
#include "runtime/convert/avro/options.h"

namespace sluice::convert::avro {

// DataException: the value does not fit the schema.
StatusOr<rapidjson::Value> DefaultJson(const sluice_schema& schema, const sluice_value& value,
                                       const AvroOptions& options,
                                       rapidjson::Document::AllocatorType& allocator);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_DEFAULT_JSON_H_
