// Wires what a configuration asks for: the one file that knows the real store, clock, network and
// formats.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_MAKE_PARTS_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_MAKE_PARTS_H_

#include <memory>

#include "connectors/object_store_sink/format.h"
#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/sink_config.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::object_store_sink {

// Throws ConfigException, or ConnectException if Parquet's library is not there.
std::unique_ptr<Format> MakeFormat(FormatKind kind, const FormatOptions& options);
std::unique_ptr<ObjectStore> MakeStore(const SinkConfig& config, shared::StopSignal& stop);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_MAKE_PARTS_H_
