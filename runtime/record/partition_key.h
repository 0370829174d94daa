// A source partition as a text: equal for partitions that Connect takes for the same, whatever the
// order of their entries and the width of their integers (both are lost in JSON). Keys of maps by
// source partition. Pure, any thread.
#ifndef SLUICE_RUNTIME_RECORD_PARTITION_KEY_H_
#define SLUICE_RUNTIME_RECORD_PARTITION_KEY_H_

#include <string>

#include "runtime/abi/sluice_plugin.h"

namespace sluice::record {

// Compact JSON with the members of every map sorted by key; readable in a log. No partition and a
// null one are "null".
std::string PartitionKey(const sluice_value* partition);
void AppendPartitionKey(std::string& out, const sluice_value& value);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_PARTITION_KEY_H_
