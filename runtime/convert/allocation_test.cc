// A warm converter works in the batch's memory alone: each, both ways, for a thousand records of a
// batch like the one before.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "runtime/convert/sample_converters.h"

namespace {
std::atomic<size_t> allocations{0};
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace sluice::convert {
namespace {

using testing::Sample;

constexpr int kRecords = 1000;

// What the second of two equal batches allocates.
template <typename Convert>
size_t Warm(const Convert& convert) {
  BatchMemory memory;
  size_t before = 0;
  for (int batch = 0; batch < 2; ++batch) {
    memory.Reset();
    before = allocations;
    for (int i = 0; i < kRecords; ++i) convert(memory);
  }
  return allocations - before;
}

TEST(Allocation, NoneInAWarmConverter) {
  for (const Sample& sample : testing::Samples()) {
    const testing::Prepared prepared(sample);
    EXPECT_EQ(
        Warm([&](BatchMemory& memory) { ASSERT_TRUE(prepared.In(memory).ok()) << sample.name; }),
        0u)
        << sample.name << ", bytes to values";
    EXPECT_EQ(
        Warm([&](BatchMemory& memory) { ASSERT_TRUE(prepared.Out(memory).ok()) << sample.name; }),
        0u)
        << sample.name << ", values to bytes";
  }
}

TEST(Allocation, NoneForAPassThrough) {
  for (const char* name : {"StringConverter", "ByteArrayConverter"}) {
    const auto converter = testing::Make(name, {});
    const auto pass = [&](BatchMemory& memory) {
      const SchemaAndValue data =
          converter->ToConnect("t", abi::Str(testing::kOrder), memory).value();
      const Bytes bytes = converter->FromConnect("t", data.schema, data.value, memory).value();
      ASSERT_EQ(bytes.data, testing::kOrder.data()) << "copied by " << name;
    };
    EXPECT_EQ(Warm(pass), 0u) << name;
  }
}

TEST(Allocation, AreCounted) {
  const size_t before = allocations;
  delete new int(1);
  EXPECT_GT(allocations, before);
}

}  // namespace
}  // namespace sluice::convert
