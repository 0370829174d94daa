// BatchMemories that are used again, so that a task in its stride allocates nothing. One thread.
// Holds back few bytes.
#ifndef SLUICE_RUNTIME_TASK_MEMORY_POOL_H_
#define SLUICE_RUNTIME_TASK_MEMORY_POOL_H_

#include <memory>
#include <utility>
#include <vector>

#include "runtime/record/batch_memory.h"

namespace sluice::task {

class MemoryPool {
 public:
  explicit MemoryPool(size_t idle_bytes_max = 8 << 20) : idle_bytes_max_(idle_bytes_max) {}

  std::unique_ptr<record::BatchMemory> Take() {
    if (idle_.empty()) return std::make_unique<record::BatchMemory>();
    std::unique_ptr<record::BatchMemory> memory = std::move(idle_.back());
    idle_.pop_back();
    idle_bytes_ -= memory->arena().held();
    return memory;
  }
  void Put(std::unique_ptr<record::BatchMemory> memory) {
    memory->Reset();
    const size_t held = memory->arena().held();
    if (idle_.size() >= kIdleMax || idle_bytes_ + held > idle_bytes_max_) return;
    idle_bytes_ += held;
    idle_.push_back(std::move(memory));
  }

 private:
  static constexpr size_t kIdleMax = 256;
  const size_t idle_bytes_max_;
  std::vector<std::unique_ptr<record::BatchMemory>> idle_;
  size_t idle_bytes_ = 0;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_MEMORY_POOL_H_
