// JSON trees (record::JsonReader with JsonNumbers::kText) as values and schemas of Connect, with
// all of JsonConverter's coercions. One thread; results live in the BatchMemory that is given, or
// point into the JSON's text.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_READ_H_
#define SLUICE_RUNTIME_CONVERT_JSON_READ_H_

#include "runtime/abi/schema.h"
#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"

namespace sluice::convert {

struct JsonReadOptions {
  bool replace_null_with_default = true;
};

// `node` as a value of `schema` (nullptr: none). Structs point to `schema` and its fields' schemas:
// they must be kept. DataException in Java's words.
StatusOr<sluice_value> ReadJsonValue(const sluice_schema* schema, const sluice_value& node,
                                     JsonReadOptions options, record::BatchMemory& memory);

// The schema that {"type":...} describes; none for a JSON null. `memory` is used for defaults on
// the way.
StatusOr<abi::SchemaRef> ReadJsonSchema(const sluice_value& node, JsonReadOptions options,
                                        record::BatchMemory& memory);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_READ_H_
