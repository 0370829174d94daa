// Struct.put of a whole struct that a converter has read without it. Pure, any thread.
#ifndef SLUICE_RUNTIME_CONVERT_PUT_FIELDS_H_
#define SLUICE_RUNTIME_CONVERT_PUT_FIELDS_H_

#include <cstdint>

#include "runtime/abi/views.h"
#include "runtime/base/status.h"
#include "runtime/record/value.h"

namespace sluice::convert {

// Validates each field that is not null, with all that it holds. Error (DataException): the first
// that does not fit its schema.
inline Status ValidateFields(const sluice_struct& structure) {
  for (uint32_t i = 0; i < structure.schema->field_count; ++i) {
    const sluice_field& field = structure.schema->fields[i];
    if (abi::IsNull(structure.values[i])) continue;
    SLUICE_RETURN_IF_ERROR(
        record::ValidateField(abi::View(field.name), *field.schema, structure.values[i]));
  }
  return OkStatus();
}

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_PUT_FIELDS_H_
