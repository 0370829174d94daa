// Connect's `Values`: a text becomes the data that it looks like, and data become a text; what
// SimpleHeaderConverter and InsertHeader do. Pure functions, any thread; what they make lives in
// the BatchMemory.
#ifndef SLUICE_RUNTIME_RECORD_VALUES_H_
#define SLUICE_RUNTIME_RECORD_VALUES_H_

#include <string>
#include <string_view>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"
#include "runtime/record/batch_memory.h"

namespace sluice::record {

// Values.parseString: true, 12 (the smallest integer type), 1.5, dates, [1,2], {"a":1}; all else is
// a string, and `null` is null without a schema. Error: nested more than 1000 deep. The result may
// point into `text`.
StatusOr<SchemaAndValue> ParseValueText(std::string_view text, BatchMemory& memory);

// Values.convertToString: [1,"a"], {"k":"v"}, structs as maps with defaults filled in, bytes in
// base64, dates in ISO 8601. A null value is `null` (callers treat a null at the top before).
void AppendValueText(std::string& out, const sluice_value& value);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_VALUES_H_
