// Dates and times in texts, as SimpleDateFormat reads them: leniently (2020-13-45 is in February).
// For values.cc. Pure.
#ifndef SLUICE_RUNTIME_RECORD_VALUE_TEMPORAL_H_
#define SLUICE_RUNTIME_RECORD_VALUE_TEMPORAL_H_

#include <string_view>

#include "runtime/record/batch_memory.h"

namespace sluice::record {

// yyyy-MM-dd, HH:mm:ss.SSS'Z', or both joined by a T, told apart by their length; what follows a
// match is ignored.
bool ParseTemporal(std::string_view token, SchemaAndValue& result);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_VALUE_TEMPORAL_H_
