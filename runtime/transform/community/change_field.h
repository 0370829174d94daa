// Fields of a change event that its row or its headers get: what add.fields and add.headers of
// ExtractNewRecordState name (op, table, source.ts_ms:when), looked up in an envelope's schema.
// Immutable values, any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_COMMUNITY_CHANGE_FIELD_H_
#define SLUICE_RUNTIME_TRANSFORM_COMMUNITY_CHANGE_FIELD_H_

#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"

namespace sluice::transform {

// One entry of such a list.
struct ChangeField {
  std::string parent;  // the struct that has it; empty: the envelope itself
  std::string name;
  std::string new_name;
};

// Of a list separated by commas; a name without a struct is looked for where Debezium keeps it.
// IllegalArgumentException: `Unexpected field name: a:b:c`.
StatusOr<std::vector<ChangeField>> ParseChangeFields(std::string_view list,
                                                     std::string_view prefix);

// Where an envelope's schema has the field.
struct FoundField {
  const ChangeField* field;
  int parent;                // index of the struct in the envelope; -1: the envelope itself
  int index;                 // of the field in the struct, or in the envelope if `in_envelope`
  bool in_envelope;          // another transform has put it there
  record::SchemaRef schema;  // optional
};

// Those that the schema has. NullPointerException: it has not even the struct.
StatusOr<std::vector<FoundField>> FindChangeFields(const std::vector<ChangeField>& fields,
                                                   const sluice_schema& envelope);

// The field's own value, without its default; null where its struct is. DataException for a whole
// struct, whose fields the copied schema does not have.
StatusOr<sluice_value> ChangeFieldValue(const FoundField& found, const sluice_struct& envelope);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_COMMUNITY_CHANGE_FIELD_H_
