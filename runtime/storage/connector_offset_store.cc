#include "runtime/storage/connector_offset_store.h"

#include <map>
#include <string>
#include <utility>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/partition_key.h"

namespace sluice::storage {

// The offsets of one Write, for the stores that come second: what the caller gave is his again when
// Write returns.
struct ConnectorOffsetStore::Writing {
  std::string connector;
  milliseconds timeout;
  Done done;
  abi::Arena arena{1024};
  std::vector<OffsetWrite> all, removed, kept;

  void Take(const std::vector<OffsetWrite>& offsets) {
    for (const OffsetWrite& write : offsets) {
      const OffsetWrite copy{abi::CopyValue(arena, write.partition),
                             abi::CopyValue(arena, write.offset)};
      all.push_back(copy);
      (abi::IsNull(copy.offset) ? removed : kept).push_back(copy);
    }
  }
};

StatusOr<std::vector<sluice_value>> ConnectorOffsetStore::Read(
    std::string_view connector, const std::vector<sluice_value>& partitions, abi::Arena& arena,
    milliseconds timeout) {
  SLUICE_ASSIGN_OR_RETURN(std::vector<sluice_value> found,
                          own_->Read(connector, partitions, arena, timeout));
  SLUICE_ASSIGN_OR_RETURN(const std::vector<sluice_value> before,
                          worker_.Read(connector, partitions, arena, timeout));
  for (size_t i = 0; i < found.size(); ++i) {
    if (abi::IsNull(found[i])) found[i] = before[i];
  }
  return found;
}

void ConnectorOffsetStore::Write(std::string_view connector,
                                 const std::vector<OffsetWrite>& offsets, milliseconds timeout,
                                 Done done) {
  auto writing = std::make_shared<Writing>();
  writing->connector = std::string(connector);
  writing->timeout = timeout;
  writing->done = std::move(done);
  writing->Take(offsets);
  // Each step holds what it needs: this store may be gone before the last of them.
  const auto copy_to_worker = [writing, worker = &worker_](const Status& stored) {
    writing->done(stored);
    if (!stored.ok() || writing->kept.empty()) return;
    worker->Write(
        writing->connector, writing->kept, writing->timeout, [writing](const Status& copied) {
          if (copied.ok()) return;
          LogWarn("storage", "The offsets of connector ", writing->connector,
                  " are in its own topic, but were not copied to the worker's: ", Message(copied));
        });
  };
  const auto write_own = [writing, own = own_, copy_to_worker](const Status& removed) {
    if (!removed.ok()) return writing->done(removed);
    own->Write(writing->connector, writing->all, writing->timeout, copy_to_worker);
  };
  if (writing->removed.empty()) return write_own(OkStatus());
  worker_.Write(writing->connector, writing->removed, timeout, write_own);
}

std::vector<StoredOffset> ConnectorOffsetStore::List(std::string_view connector) const {
  std::map<std::string, StoredOffset> merged;
  abi::Arena arena(1024);
  record::JsonReader reader;
  for (const OffsetStore* store :
       {static_cast<const OffsetStore*>(own_.get()), static_cast<const OffsetStore*>(&worker_)}) {
    for (StoredOffset& one : store->List(connector)) {
      const auto partition = reader.Read(one.partition, record::JsonNumbers::kValues, arena);
      if (partition.ok()) merged.emplace(record::PartitionKey(&*partition), std::move(one));
    }
  }
  std::vector<StoredOffset> list;
  for (auto& [key, one] : merged) list.push_back(std::move(one));
  return list;
}

void ConnectorOffsetStore::Refresh(milliseconds timeout, Done done) {
  own_->Refresh(timeout, [worker = &worker_, timeout, done = std::move(done)](const Status& own) {
    own.ok() ? worker->Refresh(timeout, done) : done(own);
  });
}

}  // namespace sluice::storage
