// schema.compatibility: may a record go into a file of another schema, or does it need a new one?
// Pure functions, any thread.
//
//   NONE            only the same schema; a mix keeps a file open for each
//   BACKWARD, FULL  a newer version needs a new file; older ones are projected to the file's
//   FORWARD         an older version needs a new file; newer ones are projected to the file's
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_SCHEMA_RULE_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_SCHEMA_RULE_H_

#include <cstdint>

#include "connectors/sdk/value.h"

namespace sluice::object_store_sink {

enum class Compatibility : uint8_t { kNone, kBackward, kForward, kFull };

// Throws DataException if it cannot be told: a schema has no version, or there is none.
bool NeedsNewFile(Compatibility rule, const sluice_schema* record, const sluice_schema* file);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_SCHEMA_RULE_H_
