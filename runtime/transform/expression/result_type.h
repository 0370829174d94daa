// What schema an expression's results have, given those of the record: what Map needs to give a
// new field a schema that is the same for every record. Pure, any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_EXPRESSION_RESULT_TYPE_H_
#define SLUICE_RUNTIME_TRANSFORM_EXPRESSION_RESULT_TYPE_H_

#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"
#include "runtime/transform/expression/expression.h"

namespace sluice::transform {

// Optional, without default; int64 and float64 for what is calculated, the field's own schema for a
// path. DataException: it cannot be told, because part of the record has no schema, or the field
// is not in it, or two branches have different types; a cast such as string(...) tells it.
StatusOr<record::SchemaRef> ResultSchema(const Expression& expression, const sluice_schema* key,
                                         const sluice_schema* value);

// The result as a value of that schema: numbers widened, a struct with the schema's variant.
sluice_value AsResult(const sluice_value& result, const sluice_schema& schema, abi::Arena& arena);

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_EXPRESSION_RESULT_TYPE_H_
