// Which source offsets may be committed: for each source partition, the offset of the newest record
// before which every record of that partition has been acked, in the order in which they were sent.
// A record that was dropped counts as acked. Owned by a source task, used on its thread only.
//
// A batch is opened, its records are tracked one after the other, and each ticket is Done once.
// When the last record of a batch is done, what is still needed of its offsets is copied and the
// batch is finished: its memory may go. A record that hangs blocks the commits of its own
// partition, and keeps its own batch; never those behind it.
//
// Costs: a record of the same partition as the one before it extends a run (16 bytes a run, not a
// record), and its ack sets a bit. Bounded by what is in flight, which the task bounds in bytes;
// partitions that have nothing under way and nothing to commit are forgotten.
#ifndef SLUICE_RUNTIME_TASK_OFFSET_TRACKER_H_
#define SLUICE_RUNTIME_TASK_OFFSET_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/arena.h"
#include "runtime/abi/sluice_plugin.h"
#include "runtime/base/clock.h"
#include "runtime/record/batch_memory.h"
#include "runtime/task/owned_value.h"

namespace sluice::task {

// Names a record in flight: the batch's slot and the record's index in it. Goes to the producer as
// the record's tag. A slot is used again only when all of its tickets are done, so that a ticket is
// never ambiguous.
using Ticket = uint64_t;
inline uint32_t SlotOf(Ticket ticket) { return static_cast<uint32_t>(ticket >> 32); }
inline uint32_t IndexOf(Ticket ticket) { return static_cast<uint32_t>(ticket); }

// A batch from its poll to its last ack.
struct Flight {
  const sluice_batch* batch = nullptr;
  std::unique_ptr<record::BatchMemory>
      memory;        // what converters and transforms made for its records
  size_t bytes = 0;  // counted against the task's budget
  TimePoint polled{};
};

// What a commit stores: offsets[i] for partitions[i]. Valid until the next BeginCommit.
struct OffsetSet {
  std::vector<sluice_value> partitions;  // maps
  std::vector<sluice_value> offsets;     // maps, or null: a tombstone
};

class OffsetTracker {
 public:
  OffsetTracker();
  ~OffsetTracker();
  OffsetTracker(const OffsetTracker&) = delete;
  OffsetTracker& operator=(const OffsetTracker&) = delete;

  // Begins a batch of 1 record or more; the one before it has been tracked to its end. Answers its
  // slot.
  uint32_t Open(Flight flight);
  // Takes the next record of the open batch; `index` grows by one from call to call.
  Ticket Track(uint32_t index, const sluice_record& record) {
    if (record.source_partition != last_pointer_) FindPartition(record.source_partition);
    if (last_ != nullptr) {
      if (last_->order == order_ && last_->run_end == index) {
        ++last_->run_end;
      } else {
        StartRun(index);
      }
    }
    return static_cast<Ticket>(open_) << 32 | index;
  }
  // The record was acked, or dropped.
  void Done(Ticket ticket) {
    Slot& slot = slots_[SlotOf(ticket)];
    const uint32_t index = IndexOf(ticket);
    slot.done[index / 64] |= uint64_t{1} << (index % 64);
    --unfinished_records_;
    if (--slot.remaining == 0) Finish(SlotOf(ticket));
  }

  Flight& flight(uint32_t slot) { return slots_[slot].flight; }
  size_t batches() const { return batches_; }  // opened and not taken back
  // Records of opened batches that are not done: sent and not acked, or still to be sent.
  size_t unfinished_records() const { return unfinished_records_; }

  // The next batch whose records are all done, or one with batch nullptr. The caller releases it.
  Flight TakeFinished();
  // For the end: every batch that is left, done or not. Tickets are void after it.
  std::vector<Flight> TakeAll();

  // Starts a commit of all that became committable and is not committed, and answers it, copied.
  // One at a time.
  const OffsetSet& BeginCommit();
  // Ends it. After a failure the same partitions are part of the next one, at the same offsets or
  // newer ones.
  void EndCommit(bool stored);
  bool committing() const { return committing_; }

 private:
  // Consecutive records [begin, end) of one batch. `settled` is set when the batch has gone: the
  // last record's offset.
  struct Run {
    uint64_t order;  // of the batch
    uint32_t slot;
    uint32_t begin;
    uint32_t end;
    std::unique_ptr<OwnedValue> settled;
  };
  struct Partition {
    std::string key;
    OwnedValue value;
    OwnedValue newest;  // offset to commit, if `dirty` or `committing`
    bool dirty = false;
    bool committing = false;
    uint32_t touches = 0;  // slots that refer to this partition
    // The newest run is kept apart from the queue while it grows.
    uint64_t order = 0;  // its batch; 0: none
    uint32_t run_slot = 0, run_begin = 0, run_end = 0;
    std::vector<Run> runs;  // from head on
    size_t head = 0;
  };
  struct Slot {
    Flight flight;
    uint64_t order = 0;
    uint32_t remaining = 0;
    std::vector<uint64_t> done;
    std::vector<Partition*> touched;
  };

  void FindPartition(const sluice_value* pointer);
  void StartRun(uint32_t index);
  static void CloseRun(Partition& partition);
  void Finish(uint32_t slot);
  // Moves `newest` over all that is done at the head of the queue.
  void Advance(Partition& partition);
  uint32_t DoneUntil(const Slot& slot, uint32_t begin, uint32_t end) const;
  const sluice_value& OffsetAt(const Run& run, uint32_t index) const;
  void Settle(Partition& partition, uint64_t order);
  static void Compact(Partition& partition);

  // By canonical bytes of the partition map, whatever the order of its entries.
  absl::flat_hash_map<std::string_view, std::unique_ptr<Partition>> partitions_;
  absl::flat_hash_map<const sluice_value*, Partition*> pointers_;  // of the open batch
  std::string scratch_;
  const sluice_value* last_pointer_ = nullptr;
  Partition* last_ = nullptr;

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::vector<uint32_t> finished_;
  size_t batches_ = 0;
  size_t unfinished_records_ = 0;
  uint32_t open_ = 0;
  uint64_t order_ = 0;

  bool committing_ = false;
  OffsetSet commit_;
  abi::Arena commit_arena_;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_OFFSET_TRACKER_H_
