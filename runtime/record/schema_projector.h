// Brings a value from the schema it was written with to another that is compatible with it, as
// Java's SchemaProjector does: numbers are widened, fields that are new get their default, fields
// that are gone are left out. For sinks that write one schema and are given several. Pure; any
// thread.
#ifndef SLUICE_RUNTIME_RECORD_SCHEMA_PROJECTOR_H_
#define SLUICE_RUNTIME_RECORD_SCHEMA_PROJECTOR_H_

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"

namespace sluice::record {

inline constexpr std::string_view kSchemaProjectorException =
    "org.apache.kafka.connect.errors.SchemaProjectorException";

// `value` fits `source`; the result fits `target`, shares what needs no change with `value`, and
// else lives in `memory`. Structs of the result point to `target` and its parts, which must live as
// long. SchemaProjectorException, in Java's words: the schemas are not compatible (other types but
// for widened numbers, other names or parameters, a field without a default, an optional value for
// a required one). DataException: a projected field does not fit.
StatusOr<sluice_value> ProjectValue(const sluice_schema& source, const sluice_value& value,
                                    const sluice_schema& target, BatchMemory& memory);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_SCHEMA_PROJECTOR_H_
