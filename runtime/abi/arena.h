// The memory of one batch: values are put one behind the other in blocks and all freed at once.
// Header-only, shared by the worker and the SDK. One thread at a time. Reset keeps the blocks, so a
// warm arena does not allocate.
#ifndef SLUICE_RUNTIME_ABI_ARENA_H_
#define SLUICE_RUNTIME_ABI_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "runtime/abi/views.h"

namespace sluice::abi {

class Arena {
 public:
  explicit Arena(size_t first_block = 16 * 1024) : next_block_(first_block) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* Allocate(size_t size, size_t alignment = 8) {
    uintptr_t start = (reinterpret_cast<uintptr_t>(cursor_) + alignment - 1) & ~(alignment - 1);
    if (cursor_ == nullptr || start + size > reinterpret_cast<uintptr_t>(end_)) {
      NewBlock(size + alignment);
      start = (reinterpret_cast<uintptr_t>(cursor_) + alignment - 1) & ~(alignment - 1);
    }
    cursor_ = reinterpret_cast<char*>(start + size);
    return reinterpret_cast<void*>(start);
  }
  // `count` uninitialised elements.
  template <typename T>
  T* NewArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(Allocate(sizeof(T) * std::max<size_t>(count, 1), alignof(T)));
  }
  template <typename T>
  T* New(const T& from) {
    T* place = NewArray<T>(1);
    *place = from;
    return place;
  }
  std::string_view Copy(std::string_view text) {
    char* place = static_cast<char*>(Allocate(std::max<size_t>(text.size(), 1), 1));
    if (!text.empty()) std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
  }

  // Values made of copies.
  sluice_value CopyString(std::string_view text) { return String(Copy(text)); }
  sluice_value CopyBytes(std::string_view bytes) { return Bytes(Copy(bytes)); }
  sluice_value CopyMap(const sluice_map_entry* entries, size_t count) {
    sluice_map_entry* copy = NewArray<sluice_map_entry>(count);
    std::copy(entries, entries + count, copy);
    return Map(copy, count);
  }
  sluice_value NewStruct(const sluice_schema* schema, const sluice_value* values) {
    return Struct(New(sluice_struct{schema, values}));
  }

  // Forgets everything that was allocated; keeps up to `keep` bytes of blocks for the next batch.
  void Reset(size_t keep = 4 << 20) {
    while (!blocks_.empty() && held_ > keep && blocks_.size() > 1) {
      held_ -= blocks_.back().size;
      blocks_.pop_back();
    }
    current_ = 0;
    used_before_ = 0;
    if (blocks_.empty()) {
      cursor_ = end_ = nullptr;
    } else {
      cursor_ = blocks_[0].memory.get();
      end_ = cursor_ + blocks_[0].size;
    }
  }
  // Bytes handed out since the last Reset, about.
  size_t used() const {
    return blocks_.empty()
               ? 0
               : used_before_ + static_cast<size_t>(cursor_ - blocks_[current_].memory.get());
  }
  size_t held() const { return held_; }

 private:
  struct Block {
    std::unique_ptr<char[]> memory;
    size_t size;
  };

  void NewBlock(size_t at_least) {
    used_before_ = used();
    while (!blocks_.empty() && current_ + 1 < blocks_.size()) {
      ++current_;
      if (blocks_[current_].size >= at_least) return Use(current_);
    }
    const size_t size = std::max(next_block_, at_least);
    next_block_ = std::min<size_t>(next_block_ * 2, 1 << 20);
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    held_ += size;
    Use(blocks_.size() - 1);
  }
  void Use(size_t index) {
    current_ = index;
    cursor_ = blocks_[index].memory.get();
    end_ = cursor_ + blocks_[index].size;
  }

  std::vector<Block> blocks_;
  size_t current_ = 0;
  size_t used_before_ = 0;
  size_t held_ = 0;
  size_t next_block_;
  char* cursor_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace sluice::abi

#endif  // SLUICE_RUNTIME_ABI_ARENA_H_
