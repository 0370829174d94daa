// Makes the three stores that a worker's configuration asks for: topics when it is distributed,
// memory and a file when it is standalone. MakeStores is called once, by worker/. The stores are
// made, not started; the three may be started from three threads at once.
#ifndef SLUICE_RUNTIME_STORAGE_STORES_H_
#define SLUICE_RUNTIME_STORAGE_STORES_H_

#include <memory>

#include "runtime/base/status.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/worker_config.h"
#include "runtime/kafka/admin.h"
#include "runtime/metrics/registry.h"
#include "runtime/storage/config_store.h"
#include "runtime/storage/offset_store.h"
#include "runtime/storage/status_store.h"

namespace sluice::storage {

struct Stores {
  std::unique_ptr<ConfigStore> config;
  std::unique_ptr<OffsetStore> offsets;
  std::unique_ptr<StatusStore> status;
};

// `admin` is the worker's shared one; standalone mode does not use it. Errors: ConfigException for
// client settings that cannot work. `registry`: of the clients' metrics; may be null.
// `create_topics`: those that are missing are made when the stores start, else they fail.
StatusOr<Stores> MakeStores(const config::WorkerConfig& worker, std::shared_ptr<kafka::Admin> admin,
                            metrics::Registry* registry = nullptr, bool create_topics = true);

// Where a source connector's offsets live: `worker_store`, which outlives the answer, or, if the
// connector has offsets.storage.topic, that topic before it (connector_offset_store.h), reached by
// the connector's own clients, created if it is missing, and read to its end. Blocks: for threads
// of tasks and pools. In standalone mode the key has no effect, as in the peer.
StatusOr<std::shared_ptr<OffsetStore>> OpenConnectorOffsets(
    const config::WorkerConfig& worker, const config::ConnectorConfig& connector,
    OffsetStore& worker_store, milliseconds timeout);

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_STORES_H_
