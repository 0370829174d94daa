// A warm transform works in the batch's memory alone: each, with and without schemas, for a
// thousand records of a batch like the one before.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "runtime/transform/sample_records.h"

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

namespace sluice::transform {
namespace {

void Batch(Transform& transform, const sluice_record& record, BatchMemory& memory) {
  memory.Reset();
  for (int i = 0; i < 1000; ++i) {
    sluice_record copy = record;
    ASSERT_TRUE(transform.Apply(copy, memory).ok());
  }
}

TEST(Allocation, NoneInAWarmTransform) {
  const testing::OrderMaker orders;
  for (const testing::Sample& sample : testing::Samples()) {
    for (const auto& [form, record] : orders.For(sample)) {
      const auto transform = testing::New(sample.name, sample.settings);
      ASSERT_NE(transform, nullptr)
          << sample.name << ": " << testing::WhyNot(sample.name, sample.settings);
      BatchMemory memory;
      Batch(*transform, *record, memory);
      const size_t before = allocations;
      Batch(*transform, *record, memory);
      EXPECT_EQ(allocations, before) << sample.name << " of a record: " << form;
    }
  }
}

TEST(Allocation, AreCounted) {
  const size_t before = allocations;
  delete new int(1);
  EXPECT_GT(allocations, before);
}

}  // namespace
}  // namespace sluice::transform
