// A map of bounded size from text keys; the least recently used entry makes room. One thread.
// Pointers to values hold until the entry is dropped.
#ifndef SLUICE_RUNTIME_BASE_LRU_CACHE_H_
#define SLUICE_RUNTIME_BASE_LRU_CACHE_H_

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace sluice {

template <typename Value>
class LruCache {
 public:
  // Of size 0 it remembers the last entry put, so that Put has something to answer with.
  explicit LruCache(size_t size_max) : size_max_(size_max == 0 ? 1 : size_max) {}

  // nullptr: not there.
  Value* Find(std::string_view key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  // `key` must not be there yet.
  Value* Put(std::string_view key, Value value) {
    if (entries_.size() >= size_max_) {
      index_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(std::string(key), std::move(value));
    index_.emplace(entries_.front().first, entries_.begin());
    return &entries_.front().second;
  }

  size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;

  const size_t size_max_;
  Entries entries_;  // the most recently used first
  absl::flat_hash_map<std::string_view, typename Entries::iterator> index_;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_LRU_CACHE_H_
