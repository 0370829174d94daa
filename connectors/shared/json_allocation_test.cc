// Of a record's text nothing is allocated but the string that it is appended to.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "connectors/shared/json_text.h"

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

namespace sluice::shared {
namespace {

TEST(JsonAllocationTest, AWarmStringIsEnough) {
  const uint8_t unscaled[] = {0x04, 0xE2};
  const sluice_decimal price{2, sizeof unscaled, unscaled};
  const sluice_map_entry entries[] = {{sdk::String("a\n"), sdk::Bytes("bytes")},
                                      {sdk::String("b"), sdk::Boolean(true)}};
  const std::string text(1000, 'x');
  const sdk::Value items[] = {sdk::Int64(1),        sdk::Float64(0.1),      sdk::Float32(1e10F),
                              sdk::String(text),    abi::Decimal(&price),   abi::Map(entries, 2),
                              sdk::Timestamp(1000), sdk::String("\"quoted")};
  std::string out;
  for (const DecimalText decimals : {DecimalText::kBase64, DecimalText::kNumeric}) {
    AppendJson(out, abi::Array(items, 8), decimals);
    out.clear();
    const size_t before = allocations;
    AppendJson(out, abi::Array(items, 8), decimals);
    EXPECT_EQ(allocations - before, 0u);
    EXPECT_GT(out.size(), text.size());
  }
}

}  // namespace
}  // namespace sluice::shared
