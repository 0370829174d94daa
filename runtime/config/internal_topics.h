// Topics that no dead letter may go to. Pure; any thread.
#ifndef SLUICE_RUNTIME_CONFIG_INTERNAL_TOPICS_H_
#define SLUICE_RUNTIME_CONFIG_INTERNAL_TOPICS_H_

#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

// The worker's storage topics and the connector's own offsets topic, as far as there are any.
// `worker` may be null.
ConfigList InternalTopics(const ConfigMap& connector, const WorkerConfig* worker);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_INTERNAL_TOPICS_H_
