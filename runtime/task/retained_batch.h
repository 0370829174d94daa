// A batch that a sink plugin keeps beyond its put: a copy, since one record would pin a whole fetch
// of librdkafka's. Its records are pending until their verdict, or until the batch is released; no
// offset passes a pending record. Owned by the sink task, on its thread.
#ifndef SLUICE_RUNTIME_TASK_RETAINED_BATCH_H_
#define SLUICE_RUNTIME_TASK_RETAINED_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/errors/stage.h"
#include "runtime/record/batch_memory.h"
#include "runtime/task/sink_batch.h"
#include "runtime/task/sink_partitions.h"

namespace sluice::task {

class RetainedBatch {
 public:
  // Copies records [begin, end) of `from`.
  RetainedBatch(const SinkBatch& from, size_t begin, size_t end);
  RetainedBatch(const RetainedBatch&) = delete;
  RetainedBatch& operator=(const RetainedBatch&) = delete;

  // About what the copy will take.
  static size_t Estimate(const SinkBatch& from, size_t begin, size_t end);

  const sluice_batch* batch() const { return &batch_; }
  size_t size() const { return records_.size(); }
  size_t bytes() const { return batch_.bytes; }
  bool pending(size_t index) const { return pending_[index]; }
  // The record is done, or belongs to someone else now.
  void Settle(size_t index) {
    pending_count_ -= pending_[index] ? 1 : 0;
    pending_[index] = false;
  }
  const errors::ConsumedRecord& original(size_t index) const { return originals_[index]; }
  PartitionRef partition(size_t index) const {
    return {abi::View(records_[index].original_topic), records_[index].original_partition};
  }

  // Calls `found(PartitionRef, offset)` for every pending record, in order.
  template <typename Found>
  void EachPending(Found&& found) const {
    if (pending_count_ == 0) return;
    for (size_t i = 0; i < records_.size(); ++i) {
      if (pending_[i]) found(partition(i), records_[i].original_offset);
    }
  }
  template <typename Gone>
  void SettleAll(const Gone& gone) {
    for (size_t i = 0; i < records_.size(); ++i) {
      if (pending_[i] && gone(partition(i))) Settle(i);
    }
  }

 private:
  record::BatchMemory memory_;
  std::vector<abi::SchemaRef> schemas_;
  std::vector<sluice_record> records_;
  std::vector<errors::ConsumedRecord> originals_;
  std::vector<bool> pending_;
  size_t pending_count_ = 0;
  sluice_batch batch_{};
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_RETAINED_BATCH_H_
