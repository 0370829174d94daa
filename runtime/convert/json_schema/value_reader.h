// JSON trees as values of Connect schemas, with all of JsonSchemaData's coercions. One thread;
// results live in the arena that is given, or point into the JSON's text.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALUE_READER_H_
#define SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALUE_READER_H_

#include <set>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"

namespace sluice::convert::json_schema {

// The structs without fields at which the unrolling of a type ended that contains itself, as
// runtime/convert/recursion.h says; parts of one schema.
using UnrolledEnds = std::set<const sluice_schema*>;

struct ReadOptions {
  const UnrolledEnds* ends = nullptr;  // objects there that have members are refused
};

// `node`: of record::JsonReader with JsonNumbers::kText. Structs point to `schema` and its fields'
// schemas: they must be kept. DataException in Java's words.
StatusOr<sluice_value> ReadValue(const sluice_schema& schema, const sluice_value& node,
                                 ReadOptions options, abi::Arena& arena);

}  // namespace sluice::convert::json_schema

#endif  // SLUICE_RUNTIME_CONVERT_JSON_SCHEMA_VALUE_READER_H_
