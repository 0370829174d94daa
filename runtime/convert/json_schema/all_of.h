// What an allOf is to Connect: one struct of all properties of its parts, or the one part that says
// most. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_ALL_OF_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_ALL_OF_H_

#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/convert/json_schema/schema.h"

namespace sluice::convert::json_schema {

struct AllOfProperty {
  std::string_view name;
  const Schema* schema;
  bool required;
};
// Of all parts, through references and inner allOfs; of equal names the last counts.
std::vector<AllOfProperty> PropertiesOfAllOf(const Schema& all_of);

struct AllOf {
  bool has_properties = false;
  const Schema* instead = nullptr;  // of the whole; nullptr: Connect cannot have it
};
StatusOr<AllOf> ReadAllOf(const Schema& all_of);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_ALL_OF_H_
