// What a batch's values live in while converters and transforms work on it: an arena, and the
// schemas that its values point to. One thread at a time; owned by the task, one for each batch in
// flight, reset and used again.
#ifndef SLUICE_RUNTIME_RECORD_BATCH_MEMORY_H_
#define SLUICE_RUNTIME_RECORD_BATCH_MEMORY_H_

#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"

namespace sluice::record {

using abi::Arena;
using abi::SchemaBuilder;
using abi::SchemaRef;

class BatchMemory {
 public:
  Arena& arena() { return arena_; }

  // Keeps the schema until Reset, so that a cache may drop it meanwhile; answers the borrowed
  // pointer.
  const sluice_schema* Keep(const SchemaRef& schema) {
    if (schema && (kept_.empty() || kept_.back().get() != schema.get())) kept_.push_back(schema);
    return schema.get();
  }
  void Reset() {
    arena_.Reset();
    kept_.clear();
  }
  size_t used() const { return arena_.used(); }

 private:
  Arena arena_;
  std::vector<SchemaRef> kept_;
};

// Data and what describes them. The schema is kept by a BatchMemory, or lives for ever.
struct SchemaAndValue {
  const sluice_schema* schema = nullptr;
  sluice_value value{};
};

// Raw bytes as they come from and go to Kafka; data == nullptr is Kafka's null. Borrowed.
using Bytes = sluice_str;
inline constexpr Bytes kNullBytes{nullptr, 0};
inline bool IsNull(Bytes bytes) { return bytes.data == nullptr; }

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_BATCH_MEMORY_H_
