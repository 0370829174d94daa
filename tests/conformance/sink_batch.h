// Records for a sink: made of a profile's templates, or odd ones that a profile need not know. One
// thread.
#ifndef TESTS_CONFORMANCE_SINK_BATCH_H_
#define TESTS_CONFORMANCE_SINK_BATCH_H_

#include <cstdint>
#include <list>
#include <set>
#include <string>
#include <vector>

#include "runtime/record/batch_memory.h"
#include "tests/conformance/scene.h"

namespace sluice::conformance {

// Which record this is, in the profile's ${n} and in what `read` prints: partitions 0 and 1 take
// turns.
inline int64_t NumberOf(int32_t partition, int64_t offset) { return 2 * offset + partition; }

// Owns all that its records point at; stays where it is.
class SinkBatch {
 public:
  explicit SinkBatch(const Scene& scene) : scene_(scene), topic_(scene.topic()) {}
  SinkBatch(const SinkBatch&) = delete;
  SinkBatch& operator=(const SinkBatch&) = delete;

  // The profile's record of this place; or one with the value that `value` describes.
  Status Add(int32_t partition, int64_t offset) {
    return Add(partition, offset, scene_.profile->value);
  }
  Status Add(int32_t partition, int64_t offset, const std::string& value);
  // The profile's key and this value.
  Status AddOdd(int32_t partition, int64_t offset, const record::SchemaAndValue& value);

  size_t size() const { return records_.size(); }
  const sluice_record& at(size_t index) const { return records_[index]; }
  // A part of it as the worker would put it; lives as long as the batch.
  const sluice_batch& View(size_t begin, size_t end);
  bool Has(const sluice_batch* view) const;
  record::BatchMemory& memory() { return memory_; }

  std::set<size_t> rejected;

 private:
  StatusOr<record::SchemaAndValue> Read(const std::string& json, int64_t number);
  void Append(int32_t partition, int64_t offset, const record::SchemaAndValue& key,
              const record::SchemaAndValue& value);

  const Scene& scene_;
  const std::string topic_;
  record::BatchMemory memory_;
  std::vector<sluice_record> records_;
  std::list<sluice_batch> views_;
};

// Values that a sink may meet and a profile need not think of: names, and a value in `memory`.
struct OddValue {
  std::string name;
  record::SchemaAndValue value;
};
std::vector<OddValue> OddValues(record::BatchMemory& memory);

}  // namespace sluice::conformance

#endif  // TESTS_CONFORMANCE_SINK_BATCH_H_
