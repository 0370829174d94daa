#include "runtime/convert/json_schema/connect_names.h"

#include "runtime/abi/views.h"

namespace sluice::convert::json_schema {

const sluice_str* FindParameter(const sluice_schema& schema, std::string_view key) {
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    if (abi::View(schema.parameters[i].key) == key) return &schema.parameters[i].value;
  }
  return nullptr;
}

bool IsUnion(const sluice_schema& schema) {
  return (schema.name.data != nullptr && abi::View(schema.name) == kOneOf) ||
         FindParameter(schema, kGeneralUnion) != nullptr;
}

bool IsObjectMap(const sluice_schema& map) {
  return map.key_schema != nullptr && map.key_schema->type == SLUICE_STRING &&
         map.key_schema->optional == 0;
}

}  // namespace sluice::convert::json_schema
