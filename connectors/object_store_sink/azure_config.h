// What the keys of Azure's two classes come to. A pure function, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CONFIG_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CONFIG_H_

#include "connectors/object_store_sink/sink_config.h"
#include "connectors/sdk/config.h"

namespace sluice::object_store_sink {

// `out` has the keys that all classes share. Throws ConfigException.
void ReadAzure(Flavor flavor, const sdk::Config& config, SinkConfig& out);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_AZURE_CONFIG_H_
