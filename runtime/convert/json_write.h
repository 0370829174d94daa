// Values and schemas as JsonConverter writes them. Functions without state; one thread at a time
// for an output.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_WRITE_H_
#define SLUICE_RUNTIME_CONVERT_JSON_WRITE_H_

#include <string_view>

#include "runtime/convert/json_settings.h"
#include "runtime/record/json_output.h"

namespace sluice::convert {

// The value under its schema (nullptr: none). DataException if they don't fit, in Java's words; a
// StreamConstraintsException if it is nested deeper than 1000, `depth` of which lie around it.
Status WriteJsonValue(const sluice_schema* schema, const sluice_value& value,
                      const JsonSettings& settings, record::JsonOutput& out, int depth);

// {"type":"int32","optional":false,...}; of a struct's field, with its name last.
Status WriteJsonSchema(const sluice_schema& schema, const JsonSettings& settings,
                       record::JsonOutput& out, const sluice_str* field = nullptr);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_WRITE_H_
