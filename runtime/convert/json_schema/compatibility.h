// Whether data of one JSON schema are data of another, as Confluent's registry decides it (its
// SchemaDiff, strict). Pure functions; one thread, for the schemas' patterns.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_COMPATIBILITY_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_COMPATIBILITY_H_

#include <optional>
#include <string>

#include "runtime/convert/json_schema/schema.h"

namespace sluice::convert::json_schema {

// Nothing if `reader` takes all that `writer` allows; else the first thing that it does not, or
// that the schemas are too large to tell.
std::optional<std::string> WhyNotReadable(const Document& reader, const Document& writer);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_COMPATIBILITY_H_
