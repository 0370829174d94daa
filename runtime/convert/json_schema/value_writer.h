// Values of Connect schemas as JSON, as JsonSchemaData writes them. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALUE_WRITER_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALUE_WRITER_H_

#include "runtime/base/status.h"
#include "runtime/convert/json_schema/options.h"
#include "runtime/record/json_output.h"

namespace sluice::convert::json_schema {

// Whether there is nothing to be written: a null of a schema that allows none and has no default.
// A struct leaves such a field out.
bool IsAbsent(const sluice_schema& schema, const sluice_value& value, const Options& options);

// Appends; what is absent becomes null. DataException: the value does not fit the schema.
Status WriteValue(const sluice_schema& schema, const sluice_value& value, const Options& options,
                  record::JsonOutput& out);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALUE_WRITER_H_
