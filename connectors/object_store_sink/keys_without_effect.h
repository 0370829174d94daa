// Keys of the originals that have no effect here: they are accepted, so that their configurations
// work as they stand. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_KEYS_WITHOUT_EFFECT_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_KEYS_WITHOUT_EFFECT_H_

#include <string>
#include <vector>

#include "connectors/object_store_sink/sink_config.h"
#include "connectors/sdk/config.h"

namespace sluice::object_store_sink {

// Each with the reason as its documentation.
void AddKeysWithoutEffect(sdk::ConfigDef& keys, Flavor flavor);
// Those that were given, for a warning. Not the class of the store, which is in every
// configuration: nobody expects anything else of it.
std::vector<std::string> IgnoredKeys(const sdk::Config& config);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_KEYS_WITHOUT_EFFECT_H_
