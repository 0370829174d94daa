// One value with memory of its own, for what must outlive the batch that it came in. Assigning
// again uses the same memory. One thread. Meant for offsets: struct schemas inside are borrowed.
#ifndef SLUICE_RUNTIME_TASK_OWNED_VALUE_H_
#define SLUICE_RUNTIME_TASK_OWNED_VALUE_H_

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"

namespace sluice::task {

class OwnedValue {
 public:
  OwnedValue() : arena_(256) {}

  void Assign(const sluice_value& value) {
    arena_.Reset();
    value_ = abi::CopyValue(arena_, value);
  }
  const sluice_value& get() const { return value_; }

 private:
  abi::Arena arena_;
  sluice_value value_{};
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_OWNED_VALUE_H_
