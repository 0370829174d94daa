// JSON of single values, as Java's JsonConverter and the converters that grew out of it have it:
// nodes of JSON trees (record::JsonReader with JsonNumbers::kText) as values, and values of logical
// types as JSON. Pure functions, any thread; what they make lives in the arena that is given.
// Errors are DataExceptions in Java's words.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCALAR_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCALAR_H_

#include <cstdint>
#include <string_view>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"
#include "runtime/record/json_output.h"
#include "runtime/record/schema.h"

namespace sluice::convert {

// NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT, MISSING: Jackson's names.
std::string_view JsonNodeType(const sluice_value& node);
// A number without fraction and exponent.
bool IsIntegralJson(const sluice_value& node);

// Jackson's coercions for BOOLEAN .. FLOAT64: a number is narrowed and wraps, what is none is 0 or
// false.
sluice_value ReadJsonNumber(sluice_kind kind, const sluice_value& node);
// A number, or the base64 of what is left of it without its point.
StatusOr<sluice_value> ReadJsonDecimal(const sluice_schema& schema, const sluice_value& node,
                                       abi::Arena& arena);
// Of Date, Time and Timestamp.
StatusOr<sluice_value> ReadJsonDate(record::Logical logical, const sluice_value& node);
// Base64 as Jackson reads it: blanks around groups of four, padding required. Nothing if it is
// none.
bool DecodeJsonBase64(std::string_view text, abi::Arena& arena, std::string_view& bytes);

// As a number if `numeric`, else in base64.
Status WriteJsonDecimal(const sluice_schema& schema, const sluice_value& value, bool numeric,
                        record::JsonOutput& out);
Status WriteJsonDate(record::Logical logical, const sluice_value& value, record::JsonOutput& out);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCALAR_H_
