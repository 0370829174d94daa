// Formats of JSON Schema's strings, as Java's library checks them: date, time, date-time, email,
// ipv4, ipv6, hostname, uri and the like. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_FORMATS_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_FORMATS_H_

#include <string_view>

namespace sluice::convert::json_schema {

// A format that is not known fits all.
bool HasFormat(std::string_view text, std::string_view format);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_FORMATS_H_
