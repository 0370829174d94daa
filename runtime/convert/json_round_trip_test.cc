// Random Connect schemas and values through JsonConverter with schemas and back: equal, and the
// same bytes again.
#include <gtest/gtest.h>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/config/config_map.h"
#include "runtime/convert/converter.h"
#include "runtime/convert/random_data.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

class JsonRoundTripTest : public testing::TestWithParam<const char*> {};  // decimal.format

TEST_P(JsonRoundTripTest, RandomSchemasAndValuesComeBack) {
  const auto converter = NewConverter(
      "JsonConverter", {{"schemas.enable", "true"}, {"decimal.format", GetParam()}}, Role::kValue);
  ASSERT_TRUE(converter.ok()) << converter.status();
  size_t nulls = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    RandomData maker(seed);
    const abi::SchemaRef schema = maker.Schema(4);
    for (int i = 0; i < 20; ++i) {
      BatchMemory memory;
      const sluice_value value = maker.Value(*schema, memory.arena());
      nulls += abi::IsNull(value);
      const auto bytes = (*converter)->FromConnect("t", schema.get(), value, memory);
      ASSERT_TRUE(bytes.ok()) << seed << bytes.status();
      const std::string text(bytes->data, bytes->size);
      const auto back = (*converter)->ToConnect("t", *bytes, memory);
      ASSERT_TRUE(back.ok()) << seed << back.status() << " " << text;
      EXPECT_TRUE(abi::SameSchema(schema.get(), back->schema)) << seed << " " << text;
      EXPECT_TRUE(record::DeepEquals(value, back->value)) << seed << " " << text;
      const auto again = (*converter)->FromConnect("t", back->schema, back->value, memory);
      ASSERT_TRUE(again.ok()) << seed << again.status();
      EXPECT_EQ(std::string(again->data, again->size), text) << seed;
      // No prefix of it is a record.
      for (size_t size = 1; size < text.size(); size += 1 + size / 8) {
        EXPECT_FALSE((*converter)->ToConnect("t", {text.data(), size}, memory).ok()) << seed;
      }
    }
  }
  EXPECT_GT(nulls, 0u);
}

INSTANTIATE_TEST_SUITE_P(, JsonRoundTripTest, testing::Values("BASE64", "NUMERIC"),
                         [](const auto& format) { return std::string(format.param); });

}  // namespace
}  // namespace sluice::convert
