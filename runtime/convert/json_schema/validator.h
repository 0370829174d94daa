// Whether JSON is what a JSON schema says: json.fail.invalid.schema. Of our own, for the rules are
// there already (schema.h): RapidJSON's validator knows draft 4 alone, valijson goes through
// std::regex, which recurses once for each character of a text. Ends after a bounded number of
// steps, whatever schema and data are. Keeps nothing; the schema's patterns bind it to one thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALIDATOR_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALIDATOR_H_

#include "runtime/base/status.h"
#include "runtime/convert/json_schema/schema.h"

namespace sluice::convert::json_schema {

inline constexpr int kValidationStepsMax = 2'000'000;

// SerializationException: `#/path: what is wrong` of the first place that is wrong, or that it took
// too many steps. `node`: of record::JsonReader with JsonNumbers::kText.
Status Validate(const Document& document, const Node& node);

// JSON Schema's equality: numbers by value, objects whatever the order of their members.
bool SameJson(const Node& a, const Node& b);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALIDATOR_H_
