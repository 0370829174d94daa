#include "connectors/postgres_sink/arrangement.h"

#include <algorithm>
#include <functional>

namespace sluice::postgres::sink {

void Arrangement::Begin(bool keyed, bool reduce) {
  keyed_ = keyed;
  reduce_ = reduce;
  reduced_ = false;
  groups_.clear();
  slots_.clear();
  entries_.clear();
  keys_.Clear();
  plans_.clear();
  std::fill(buckets_.begin(), buckets_.end(), kNone);
}

void Arrangement::Rehash(size_t size) {
  buckets_.assign(size, kNone);
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    size_t at = entries_[i].hash & (size - 1);
    while (buckets_[at] != kNone) at = (at + 1) & (size - 1);
    buckets_[at] = i;
  }
}

Arrangement::Entry& Arrangement::Find(std::string_view key) {
  if (2 * (entries_.size() + 1) > buckets_.size())
    Rehash(std::max<size_t>(64, 2 * buckets_.size()));
  const uint64_t hash = std::hash<std::string_view>()(key);
  size_t at = hash & (buckets_.size() - 1);
  while (buckets_[at] != kNone) {
    Entry& entry = entries_[buckets_[at]];
    if (entry.hash == hash && KeyOf(buckets_[at]) == key) return entry;
    at = (at + 1) & (buckets_.size() - 1);
  }
  buckets_[at] = static_cast<uint32_t>(entries_.size());
  entries_.push_back({hash, keys_.size(), static_cast<uint32_t>(key.size())});
  keys_.Bytes(key);
  return entries_.back();
}

uint32_t Arrangement::Append(const Plan& plan, uint32_t row, uint32_t entry) {
  if (std::find(plans_.begin(), plans_.end(), &plan) == plans_.end()) plans_.push_back(&plan);
  slots_.push_back({&plan, row, entry});
  return static_cast<uint32_t>(slots_.size() - 1);
}

void Arrangement::Add(const Plan& plan, uint32_t row, std::string_view key) {
  if (!keyed_) {
    Append(plan, row, kNone);
    return;
  }
  Entry* entry = &Find(key);
  const bool written = entry->written != kNone, deleted = entry->deleted != kNone;
  // Deletes of a generation go before its rows: so a row is beaten by a delete, and stands behind
  // one.
  const bool beaten = reduce_ && written && (plan.deletes || slots_[entry->written].plan == &plan);
  if ((written && !beaten) || (!reduce_ && deleted)) {
    Close();
    entry = &Find(key);
  } else if (beaten) {
    slots_[entry->written].plan = nullptr;
    entry->written = kNone;
    reduced_ = true;
  }
  const auto index = static_cast<uint32_t>(entry - entries_.data());
  if (!plan.deletes) {
    entries_[index].written = Append(plan, row, index);
  } else if (entry->deleted == kNone) {
    entries_[index].deleted = Append(plan, row, index);
  } else {
    reduced_ = true;  // it is deleted already
  }
}

Group& Arrangement::NewGroup(const Plan& plan) {
  if (groups_.size() == pool_.size()) pool_.push_back(std::make_unique<Group>());
  Group& group = *pool_[groups_.size()];
  group.plan = &plan;
  group.rows.clear();
  groups_.push_back(&group);
  return group;
}

void Arrangement::Close() {
  for (const bool deletes : {true, false}) {
    for (const Plan* plan : plans_) {
      if (plan->deletes != deletes) continue;
      sorted_.clear();
      for (uint32_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].plan == plan) sorted_.push_back(i);
      }
      if (sorted_.empty()) continue;
      if (keyed_) {
        std::sort(sorted_.begin(), sorted_.end(), [this](uint32_t a, uint32_t b) {
          return KeyOf(slots_[a].entry) < KeyOf(slots_[b].entry);
        });
      }
      Group& group = NewGroup(*plan);
      for (uint32_t slot : sorted_) group.rows.push_back(slots_[slot].row);
    }
  }
  slots_.clear();
  entries_.clear();
  keys_.Clear();
  plans_.clear();
  std::fill(buckets_.begin(), buckets_.end(), kNone);
}

const std::vector<Group*>& Arrangement::Finish() {
  Close();
  return groups_;
}

}  // namespace sluice::postgres::sink
