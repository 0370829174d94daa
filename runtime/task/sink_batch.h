// The records that a sink task is delivering: consumed messages, and what converters and transforms
// made of those that were kept. Views into librdkafka's memory and the BatchMemory. One thread.
#ifndef SLUICE_RUNTIME_TASK_SINK_BATCH_H_
#define SLUICE_RUNTIME_TASK_SINK_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/errors/stage.h"
#include "runtime/kafka/consumer.h"
#include "runtime/record/batch_memory.h"
#include "runtime/task/sink_partitions.h"

namespace sluice::task {

// A message as it was consumed, with its headers, for reports.
class Original {
 public:
  Original() = default;
  Original(const Original&) = delete;
  Original& operator=(const Original&) = delete;

  const errors::ConsumedRecord& Read(const kafka::ConsumedBatch& batch, size_t index) {
    return Read(batch, index, batch.message(index));
  }
  const errors::ConsumedRecord& Read(const kafka::ConsumedBatch& batch, size_t index,
                                     const kafka::ConsumedBatch::Message& message) {
    record_.topic = message.topic;
    record_.partition = message.partition;
    record_.offset = message.offset;
    record_.timestamp = message.timestamp;
    record_.timestamp_type = message.timestamp_type;
    record_.key = message.key;
    record_.value = message.value;
    record_.headers = nullptr;
    record_.header_count = 0;
    if (message.has_headers) ReadHeaders(batch, index);
    return record_;
  }
  const errors::ConsumedRecord& record() const { return record_; }

 private:
  void ReadHeaders(const kafka::ConsumedBatch& batch, size_t index) {
    pairs_.clear();
    headers_.clear();
    batch.Headers(index, pairs_);
    for (const auto& [key, value] : pairs_) headers_.push_back({key, value});
    record_.headers = headers_.data();
    record_.header_count = headers_.size();
  }

  errors::ConsumedRecord record_;
  std::vector<std::pair<std::string_view, record::Bytes>> pairs_;
  std::vector<errors::RawHeader> headers_;
};

struct SinkBatch {
  // How far a partition will be when the batch has been put.
  struct Position {
    SinkPartitions::iterator partition;
    int64_t next;
  };

  std::unique_ptr<kafka::ConsumedBatch> consumed;  // may be null: an empty batch
  record::BatchMemory memory;
  std::vector<sluice_record> records;  // those that are kept
  std::vector<uint32_t> origins;       // the index in `consumed` of each record
  size_t next = 0;                     // records before it have been put
  std::vector<Position> positions;

  bool empty() const { return next >= records.size(); }

  void Clear() {
    records.clear();
    origins.clear();
    positions.clear();
    next = 0;
    memory.Reset();
    consumed.reset();  // last: the others point into it
  }

  // Forgets what has not been put of the partitions that `gone` names; the rest keeps its order.
  template <typename Gone>
  void Remove(const Gone& gone) {
    RemoveRecords(gone);
    RemovePositions(gone);
  }
  template <typename Gone>
  void RemoveRecords(const Gone& gone) {
    size_t kept = next;
    for (size_t i = next; i < records.size(); ++i) {
      const sluice_record& record = records[i];
      if (gone(PartitionRef{abi::View(record.original_topic), record.original_partition})) continue;
      records[kept] = records[i];
      origins[kept] = origins[i];
      ++kept;
    }
    records.resize(kept);
    origins.resize(kept);
  }
  // Before the partitions themselves go.
  template <typename Gone>
  void RemovePositions(const Gone& gone) {
    std::erase_if(positions,
                  [&](const Position& position) { return gone(RefOf(position.partition->first)); });
  }
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_SINK_BATCH_H_
