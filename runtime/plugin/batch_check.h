// The cheap check of a batch that a plugin polled: sizes, counts, pointers and kinds at the top of
// each record, so that garbage fails the task with a sentence, not the worker with a signal. What
// lies inside of values is checked by the converters, which walk it anyway. Pure, any thread.
#ifndef SLUICE_RUNTIME_PLUGIN_BATCH_CHECK_H_
#define SLUICE_RUNTIME_PLUGIN_BATCH_CHECK_H_

#include <string>

#include "runtime/abi/sluice_plugin.h"

namespace sluice::plugin {

// "" or what is wrong, for example: records[3].value: kind 77 does not exist, the highest is 16
std::string CheckBatch(const sluice_batch& batch);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_BATCH_CHECK_H_
