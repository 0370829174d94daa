// Checks what a plugin's entry answered, down to each table, class and key, and describes it as a
// message. Runs in the probe's child, where a wild pointer costs nothing, and once more in the
// worker after loading.
#ifndef SLUICE_RUNTIME_PLUGIN_DESCRIBE_H_
#define SLUICE_RUNTIME_PLUGIN_DESCRIBE_H_

#include "proto/plugin.pb.h"
#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/status.h"

namespace sluice::plugin {

// Error: one sentence that names the class, the member, what was expected and what was found. Of a
// plugin that was built for a later minor version, classes of kinds that this worker does not know
// are left out.
StatusOr<proto::PluginDescriptor> DescribePlugin(const sluice_plugin* plugin);

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_DESCRIBE_H_
