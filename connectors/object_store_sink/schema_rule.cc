#include "connectors/object_store_sink/schema_rule.h"

#include "connectors/sdk/errors.h"
#include "connectors/sdk/projector.h"

namespace sluice::object_store_sink {

bool NeedsNewFile(Compatibility rule, const sluice_schema* record, const sluice_schema* file) {
  if (abi::SameSchema(record, file)) return false;
  if (rule == Compatibility::kNone) return true;
  if (record == nullptr || file == nullptr) {
    throw sdk::DataException(
        "schema.compatibility is not NONE, and some values have a schema and others none");
  }
  if (record->has_version == 0 || file->has_version == 0) {
    throw sdk::DataException(
        "schema.compatibility is not NONE, and the value's schema has no version; a converter with "
        "a schema registry gives one");
  }
  const bool wants_new = rule == Compatibility::kForward ? record->version < file->version
                                                         : record->version > file->version;
  return wants_new || !sdk::WhyNotProjectable(*record, *file).empty();
}

}  // namespace sluice::object_store_sink
