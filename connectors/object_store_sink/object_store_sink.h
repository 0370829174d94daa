// The sinks of object stores: S3SinkConnector, and those of GCS and ADLS, which differ in their
// keys. The task hands each record to the writer of its topic partition (partition_writer.h) and
// decides what a failure of the store comes to: what may pass makes the put come again after
// retry.backoff.ms, for ever; what the store has lost is read again, no sooner; all else fails the
// task.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_STORE_SINK_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_STORE_SINK_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/object_store_sink/format.h"
#include "connectors/object_store_sink/object_store.h"
#include "connectors/object_store_sink/partition_writer.h"
#include "connectors/object_store_sink/sink_config.h"
#include "connectors/sdk/plugin.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::object_store_sink {

class ObjectStoreSinkTask : public sdk::SinkTask {
 public:
  explicit ObjectStoreSinkTask(Flavor flavor) : flavor_(flavor) {}
  void Start(const sdk::Config& config) override;
  void Assigned(const std::vector<sdk::PartitionOffset>& partitions) override;
  void Revoked(const std::vector<sdk::PartitionOffset>& partitions, bool lost) override;
  void Put(const sdk::SinkBatch& batch) override;
  void Flush(std::vector<sdk::PartitionOffset>& offsets) override;
  void Stop() override { stop_.Request(); }

 protected:
  // A test's task has one of its own.
  virtual std::unique_ptr<ObjectStore> NewStore(const SinkConfig& config, shared::StopSignal& stop);

 private:
  using Id = std::pair<std::string, int32_t>;
  PartitionWriter& WriterOf(const sdk::SinkRecord& record);
  void Write(const sdk::SinkBatch& batch, int64_t now_ms);
  // Seeks to where a writer wants to go on, if it does. After a loss puts wait.
  void FollowRewind(const Id& id, PartitionWriter& writer);
  void Continue(const sdk::SinkBatch& batch, const std::string& why);
  void EndPut();
  void Report() const;

  const Flavor flavor_;
  shared::StopSignal stop_;
  std::optional<SinkConfig> config_;
  std::unique_ptr<Format> format_, keys_format_, headers_format_;
  std::unique_ptr<ObjectStore> store_;
  std::map<Id, std::unique_ptr<PartitionWriter>> writers_;
  Id last_id_;
  PartitionWriter* last_writer_ = nullptr;

  std::vector<std::pair<size_t, std::string>> refused_;  // of the put under way
  PutBudget budget_{};
  std::chrono::steady_clock::time_point not_before_{};
  std::string waiting_for_;
};

template <Flavor kFlavor>
class ObjectStoreSinkConnector : public sdk::SinkConnector {
 public:
  class Task : public ObjectStoreSinkTask {
   public:
    Task() : ObjectStoreSinkTask(kFlavor) {}
  };
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems) {
    ValidateConfig(kFlavor, config, problems);
  }
  // What cannot work is said here, not by each task.
  void Start(const sdk::Config& config) override { ReadConfig(kFlavor, config); }
};

using S3SinkConnector = ObjectStoreSinkConnector<Flavor::kS3>;
using GcsSinkConnector = ObjectStoreSinkConnector<Flavor::kGcs>;
using AzureSinkConnector = ObjectStoreSinkConnector<Flavor::kAzure>;
using AzureBlobSinkConnector = ObjectStoreSinkConnector<Flavor::kAzureBlob>;

template <>
sdk::ClassInfo S3SinkConnector::Describe();
template <>
sdk::ClassInfo GcsSinkConnector::Describe();
template <>
sdk::ClassInfo AzureSinkConnector::Describe();
template <>
sdk::ClassInfo AzureBlobSinkConnector::Describe();

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_OBJECT_STORE_SINK_H_
