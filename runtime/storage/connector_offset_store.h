// The offsets of one source connector that has a topic of its own (offsets.storage.topic): that
// topic before the worker's, so that a connector which gets or loses its own topic goes on where it
// was (KIP-618, ConnectorOffsetBackingStore).
//
// Reads: each partition's offset in the own topic, else the worker's. Writes: first the own topic,
// then, best effort, the worker's; but what is removed is removed from the worker's first, since it
// would come back from there. Thread-safe. The contract is offset_store.h's.
#ifndef SLUICE_RUNTIME_STORAGE_CONNECTOR_OFFSET_STORE_H_
#define SLUICE_RUNTIME_STORAGE_CONNECTOR_OFFSET_STORE_H_

#include <memory>
#include <string_view>
#include <vector>

#include "runtime/storage/offset_store.h"

namespace sluice::storage {

class ConnectorOffsetStore : public OffsetStore {
 public:
  // The worker's store is started and stopped by its owner, and outlives this.
  ConnectorOffsetStore(std::unique_ptr<OffsetStore> own, OffsetStore& worker)
      : own_(std::move(own)), worker_(worker) {}
  // Stops, so that a write under way, which may be the last to hold the topic, need not.
  ~ConnectorOffsetStore() override { own_->Stop(); }

  Status Start(milliseconds timeout) override { return own_->Start(timeout); }
  void Stop() override { own_->Stop(); }
  StatusOr<std::vector<sluice_value>> Read(std::string_view connector,
                                           const std::vector<sluice_value>& partitions,
                                           abi::Arena& arena, milliseconds timeout) override;
  void Write(std::string_view connector, const std::vector<OffsetWrite>& offsets,
             milliseconds timeout, Done done) override;
  std::vector<StoredOffset> List(std::string_view connector) const override;
  void Refresh(milliseconds timeout, Done done) override;

 private:
  struct Writing;

  const std::shared_ptr<OffsetStore> own_;  // shared with writes under way
  OffsetStore& worker_;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_CONNECTOR_OFFSET_STORE_H_
