// Maps out of JSON trees: an object's members by name, and entries whose keys may be equal. One
// thread; for the life of one object.
#ifndef SLUICE_RUNTIME_CONVERT_JSON_MEMBERS_H_
#define SLUICE_RUNTIME_CONVERT_JSON_MEMBERS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/abi/arena.h"
#include "runtime/abi/views.h"
#include "runtime/record/value.h"

namespace sluice::convert {

// Finds an object's members by name; quickest in the object's own order.
class JsonMembers {
 public:
  explicit JsonMembers(const sluice_value& object) : object_(object) {}

  // nullptr: there is none.
  const sluice_value* Find(std::string_view name) {
    const uint32_t size = object_.size;
    if (next_ < size && abi::Text(object_.as.entries[next_].key) == name) {
      return &object_.as.entries[next_++].value;
    }
    if (size > 32) return FindByHash(name);
    for (uint32_t i = 0; i < size; ++i) {
      if (abi::Text(object_.as.entries[i].key) == name) {
        next_ = i + 1;
        return &object_.as.entries[i].value;
      }
    }
    return nullptr;
  }

 private:
  const sluice_value* FindByHash(std::string_view name) {
    if (index_.empty()) {
      index_.reserve(object_.size);
      for (uint32_t i = 0; i < object_.size; ++i) {
        index_.emplace(abi::Text(object_.as.entries[i].key), i);
      }
    }
    const auto found = index_.find(name);
    if (found == index_.end()) return nullptr;
    next_ = found->second + 1;
    return &object_.as.entries[found->second].value;
  }

  const sluice_value& object_;
  uint32_t next_ = 0;
  absl::flat_hash_map<std::string_view, uint32_t> index_;
};

// A map that is put together entry by entry; of equal keys the last value counts.
class JsonEntries {
 public:
  JsonEntries(uint32_t size_max, abi::Arena& arena)
      : entries_(arena.NewArray<sluice_map_entry>(size_max)) {}

  void Add(const sluice_map_entry& entry) {
    sluice_map_entry* place = &entries_[size_];
    std::vector<uint32_t>& same_hash = places_[record::DeepHash(entry.key)];
    for (uint32_t other : same_hash) {
      if (record::DeepEquals(entries_[other].key, entry.key)) place = &entries_[other];
    }
    if (place == &entries_[size_]) same_hash.push_back(size_++);
    *place = entry;
  }
  sluice_value Map() const { return abi::Map(entries_, size_); }

 private:
  sluice_map_entry* const entries_;
  uint32_t size_ = 0;
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> places_;  // by the key's hash
};

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_JSON_MEMBERS_H_
