#include "runtime/task/offset_tracker.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"

namespace sluice::task {
namespace {

constexpr size_t kPointersMax = 1024;

void AppendRaw(std::string& out, const void* data, size_t size) {
  out.append(static_cast<const char*>(data), size);
}

// Bytes that are equal for equal values; entries of maps in the order of their keys' bytes.
void AppendCanonical(std::string& out, const sluice_value& value) {
  out.push_back(static_cast<char>(value.kind));
  AppendRaw(out, &value.size, sizeof value.size);
  switch (value.kind) {
    case SLUICE_STRING:
    case SLUICE_BYTES:
      out.append(abi::Text(value));
      break;
    case SLUICE_FLOAT32:
      AppendRaw(out, &value.as.float32, sizeof value.as.float32);
      break;
    case SLUICE_DECIMAL:
      AppendRaw(out, &value.as.decimal->scale, sizeof value.as.decimal->scale);
      AppendRaw(out, value.as.decimal->unscaled, value.as.decimal->unscaled_size);
      break;
    case SLUICE_ARRAY:
      for (uint32_t i = 0; i < value.size; ++i) AppendCanonical(out, value.as.items[i]);
      break;
    case SLUICE_STRUCT:
      for (uint32_t i = 0; i < value.size; ++i) {
        AppendCanonical(out, value.as.structure->values[i]);
      }
      break;
    case SLUICE_MAP: {
      if (value.size == 1) {
        AppendCanonical(out, value.as.entries[0].key);
        AppendCanonical(out, value.as.entries[0].value);
        break;
      }
      std::vector<std::string> entries(value.size);
      for (uint32_t i = 0; i < value.size; ++i) {
        AppendCanonical(entries[i], value.as.entries[i].key);
        AppendCanonical(entries[i], value.as.entries[i].value);
      }
      std::sort(entries.begin(), entries.end());
      for (const std::string& entry : entries) out.append(entry);
      break;
    }
    default:
      AppendRaw(out, &value.as.int64, sizeof value.as.int64);
  }
}

const sluice_value kNullOffset{};

}  // namespace

OffsetTracker::OffsetTracker() : commit_arena_(1024) {}
OffsetTracker::~OffsetTracker() = default;

uint32_t OffsetTracker::Open(Flight flight) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  open_ = free_slots_.back();
  free_slots_.pop_back();
  Slot& slot = slots_[open_];
  slot.flight = std::move(flight);
  slot.order = ++order_;
  slot.remaining = static_cast<uint32_t>(slot.flight.batch->count);
  slot.done.assign((slot.remaining + 63) / 64, 0);
  unfinished_records_ += slot.remaining;
  ++batches_;
  pointers_.clear();
  last_pointer_ = nullptr;
  last_ = nullptr;
  return open_;
}

void OffsetTracker::FindPartition(const sluice_value* pointer) {
  last_pointer_ = pointer;
  last_ = nullptr;
  if (pointer == nullptr) return;  // a record without a source partition has nothing to commit
  if (auto known = pointers_.find(pointer); known != pointers_.end()) {
    last_ = known->second;
    return;
  }
  scratch_.clear();
  AppendCanonical(scratch_, *pointer);
  auto found = partitions_.find(std::string_view(scratch_));
  if (found == partitions_.end()) {
    auto fresh = std::make_unique<Partition>();
    fresh->key = scratch_;
    fresh->value.Assign(*pointer);
    const std::string_view key = fresh->key;
    found = partitions_.emplace(key, std::move(fresh)).first;
  }
  last_ = found->second.get();
  if (pointers_.size() >= kPointersMax) pointers_.clear();
  pointers_.emplace(pointer, last_);
}

void OffsetTracker::StartRun(uint32_t index) {
  Partition& partition = *last_;
  if (partition.order != order_) {
    slots_[open_].touched.push_back(&partition);
    ++partition.touches;
  }
  CloseRun(partition);
  partition.order = order_;
  partition.run_slot = open_;
  partition.run_begin = index;
  partition.run_end = index + 1;
}

void OffsetTracker::CloseRun(Partition& partition) {
  if (partition.run_begin == partition.run_end) return;
  if (partition.head > 64 && partition.head * 2 > partition.runs.size()) Compact(partition);
  partition.runs.push_back(
      {partition.order, partition.run_slot, partition.run_begin, partition.run_end, nullptr});
  partition.run_begin = partition.run_end;
}

void OffsetTracker::Compact(Partition& partition) {
  partition.runs.erase(partition.runs.begin(),
                       partition.runs.begin() + static_cast<ptrdiff_t>(partition.head));
  partition.head = 0;
}

uint32_t OffsetTracker::DoneUntil(const Slot& slot, uint32_t begin, uint32_t end) const {
  if (slot.remaining == 0) return end;
  while (begin < end) {
    const uint64_t missing = ~slot.done[begin / 64] >> (begin % 64);
    if (missing != 0)
      return std::min(end, begin + static_cast<uint32_t>(std::countr_zero(missing)));
    begin = (begin / 64 + 1) * 64;
  }
  return end;
}

const sluice_value& OffsetTracker::OffsetAt(const Run& run, uint32_t index) const {
  const sluice_value* offset = abi::RecordAt(*slots_[run.slot].flight.batch, index).source_offset;
  return offset == nullptr ? kNullOffset : *offset;
}

void OffsetTracker::Advance(Partition& partition) {
  CloseRun(partition);
  const sluice_value* newest = nullptr;
  std::unique_ptr<OwnedValue> settled;
  while (partition.head < partition.runs.size()) {
    Run& run = partition.runs[partition.head];
    if (run.settled != nullptr) {
      settled = std::move(run.settled);
      newest = &settled->get();
      ++partition.head;
      continue;
    }
    const uint32_t until = DoneUntil(slots_[run.slot], run.begin, run.end);
    if (until > run.begin) newest = &OffsetAt(run, until - 1);
    run.begin = until;
    if (until < run.end) break;
    ++partition.head;
  }
  if (partition.head == partition.runs.size()) {
    partition.runs.clear();
    partition.head = 0;
  }
  if (newest == nullptr) return;
  partition.newest.Assign(*newest);
  partition.dirty = true;
}

// Runs of the batch `order` that something before them still blocks: all done, so only the last
// offset matters. They become one, and one with what was settled before them.
void OffsetTracker::Settle(Partition& partition, uint64_t order) {
  auto begin = std::lower_bound(partition.runs.begin() + static_cast<ptrdiff_t>(partition.head),
                                partition.runs.end(), order,
                                [](const Run& run, uint64_t wanted) { return run.order < wanted; });
  auto end = begin;
  while (end != partition.runs.end() && end->order == order) ++end;
  if (begin == end) return;
  const Run& last = *(end - 1);
  const bool join = begin != partition.runs.begin() + static_cast<ptrdiff_t>(partition.head) &&
                    (begin - 1)->settled != nullptr;
  Run& place = join ? *(begin - 1) : *begin;
  auto offset = join ? std::move(place.settled) : std::make_unique<OwnedValue>();
  offset->Assign(OffsetAt(last, last.end - 1));
  place.settled = std::move(offset);
  place.order = order;
  partition.runs.erase(join ? begin : begin + 1, end);
  // What follows may be settled too.
  auto next = join ? begin : begin + 1;
  if (next != partition.runs.end() && next->settled != nullptr) partition.runs.erase(next - 1);
}

void OffsetTracker::Finish(uint32_t index) {
  Slot& slot = slots_[index];
  for (Partition* partition : slot.touched) {
    Advance(*partition);
    Settle(*partition, slot.order);
    --partition->touches;
  }
  slot.touched.clear();
  finished_.push_back(index);
}

Flight OffsetTracker::TakeFinished() {
  if (finished_.empty()) return {};
  const uint32_t index = finished_.back();
  finished_.pop_back();
  free_slots_.push_back(index);
  --batches_;
  return std::exchange(slots_[index].flight, Flight{});
}

std::vector<Flight> OffsetTracker::TakeAll() {
  std::vector<Flight> flights;
  for (Slot& slot : slots_) {
    if (slot.flight.batch != nullptr) flights.push_back(std::exchange(slot.flight, Flight{}));
  }
  partitions_.clear();
  pointers_.clear();
  last_pointer_ = nullptr;
  last_ = nullptr;
  slots_.clear();
  free_slots_.clear();
  finished_.clear();
  batches_ = 0;
  unfinished_records_ = 0;
  committing_ = false;
  return flights;
}

const OffsetSet& OffsetTracker::BeginCommit() {
  commit_arena_.Reset();
  commit_.partitions.clear();
  commit_.offsets.clear();
  committing_ = true;
  for (auto it = partitions_.begin(); it != partitions_.end();) {
    Partition& partition = *it->second;
    Advance(partition);
    if (partition.dirty) {
      partition.dirty = false;
      partition.committing = true;
      commit_.partitions.push_back(abi::CopyValue(commit_arena_, partition.value.get()));
      commit_.offsets.push_back(abi::CopyValue(commit_arena_, partition.newest.get()));
    } else if (partition.runs.empty() && partition.touches == 0) {
      partitions_.erase(it++);
      continue;
    }
    ++it;
  }
  return commit_;
}

void OffsetTracker::EndCommit(bool stored) {
  committing_ = false;
  for (auto& [key, partition] : partitions_) {
    if (std::exchange(partition->committing, false) && !stored) partition->dirty = true;
  }
}

}  // namespace sluice::task
