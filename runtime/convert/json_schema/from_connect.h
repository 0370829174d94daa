// JSON schemas out of Connect schemas: the text that Confluent's JsonSchemaConverter registers, to
// the byte, so that what a Java worker registered is found again. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_FROM_CONNECT_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_FROM_CONNECT_H_

#include <string>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"
#include "runtime/convert/json_schema/options.h"

namespace sluice::convert::json_schema {

// DataException: there is no such JSON schema.
StatusOr<std::string> FromConnectSchema(const sluice_schema& schema, const Options& options);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_FROM_CONNECT_H_
