// An Avro default, which is JSON, in Avro's binary form. Pure function.
#ifndef SLUICE_RUNTIME_CONVERT_AVRO_JSON_BINARY_H_
#define SLUICE_RUNTIME_CONVERT_AVRO_JSON_BINARY_H_

#include <string>

#include "runtime/convert/avro/schema.h"

namespace sluice::convert::avro {

// DataException: the value is none of the schema.
StatusOr<std::string> JsonToBinary(const Schema& schema, const rapidjson::Value& json);

}  // namespace sluice::convert::avro

#endif  // SLUICE_RUNTIME_CONVERT_AVRO_JSON_BINARY_H_
