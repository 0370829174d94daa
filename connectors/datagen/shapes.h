// The shapes of records that datagen makes: each has a key and a value schema, and fills in one
// record from random numbers. A shape's words are literals, so a value is built without copying
// text that repeats. Made once by a task; one thread.
#ifndef SLUICE_CONNECTORS_DATAGEN_SHAPES_H_
#define SLUICE_CONNECTORS_DATAGEN_SHAPES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/sdk/plugin.h"

namespace sluice::datagen {

// Random numbers that are a function of seed, task and record alone: record 1,000,000 can be made
// without those before. The generator is Vigna's splitmix64.
class Random {
 public:
  Random(uint64_t seed, uint64_t task, uint64_t record)
      : state_(Mix(seed ^ Mix(task + 1) ^ (Mix(record) << 1))) {}
  uint64_t Next() { return Mix(state_ += 0x9e3779b97f4a7c15ull); }
  // From 0 to count - 1, about evenly.
  uint64_t Below(uint64_t count) { return (Next() >> 11) % count; }
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  template <size_t N>
  std::string_view Pick(const std::string_view (&words)[N]) {
    return words[Below(N)];
  }

 private:
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  uint64_t state_;
};

class Shape {
 public:
  virtual ~Shape() = default;
  // Sets key and value of a record. `number` is unique among the connector's records; `now_ms` is
  // for its time field.
  virtual void Fill(Random& random, int64_t number, int64_t now_ms, sdk::RecordBatch& batch,
                    sdk::NewRecord record) const = 0;
};

const std::vector<std::string>& ShapeNames();
// nullptr for an unknown name.
std::unique_ptr<Shape> MakeShape(std::string_view name);

}  // namespace sluice::datagen

#endif  // SLUICE_CONNECTORS_DATAGEN_SHAPES_H_
