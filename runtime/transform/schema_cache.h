// What a transform has worked out for a schema, for the 16 schemas that it met last. Records carry
// few schemas, so the search goes through a list that keeps the last used in front. One thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_SCHEMA_CACHE_H_
#define SLUICE_RUNTIME_TRANSFORM_SCHEMA_CACHE_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/abi/views.h"

namespace sluice::transform {

// Keyed by fingerprint: two schemas of the same content share an entry, whatever their pointers.
template <typename Plan>
class SchemaCache {
 public:
  static constexpr size_t kSizeMax = 16;

  // Valid until the next Put.
  const Plan* Find(const sluice_schema& schema) {
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (!Same(entries_[i]->print, schema.fingerprint)) continue;
      for (; i > 0; --i) std::swap(entries_[i], entries_[i - 1]);
      return &entries_[0]->plan;
    }
    return nullptr;
  }
  const Plan* Put(const sluice_schema& schema, Plan plan) {
    if (entries_.size() == kSizeMax) entries_.pop_back();
    entries_.insert(entries_.begin(),
                    std::make_unique<Entry>(Entry{schema.fingerprint, std::move(plan)}));
    return &entries_[0]->plan;
  }
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    sluice_fingerprint print;
    Plan plan;
  };
  static bool Same(const sluice_fingerprint& a, const sluice_fingerprint& b) {
    return a.lo == b.lo && a.hi == b.hi;
  }
  std::vector<std::unique_ptr<Entry>> entries_;  // last used first
};

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_SCHEMA_CACHE_H_
