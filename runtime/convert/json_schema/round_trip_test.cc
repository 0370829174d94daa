// Random Connect schemas and values to JSON Schema and back: equal, valid, and the same texts
// again.
#include <gtest/gtest.h>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/from_connect.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/to_connect.h"
#include "runtime/convert/json_schema/validator.h"
#include "runtime/convert/json_schema/value_reader.h"
#include "runtime/convert/json_schema/value_writer.h"
#include "runtime/convert/random_data.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/value.h"

namespace sluice::convert::json_schema {
namespace {

StatusOr<sluice_value> Parse(std::string_view text, abi::Arena& arena) {
  return record::JsonReader().Read(text, record::JsonNumbers::kText, arena);
}

void ThereAndBack(const sluice_schema& schema, const sluice_value& value, const Document& document,
                  const Options& options, uint32_t seed) {
  record::JsonOutput out;
  const Status written = WriteValue(schema, value, options, out);
  ASSERT_TRUE(written.ok()) << seed << written;
  const std::string text(out.view());
  abi::Arena arena(1024);
  const auto node = Parse(text, arena);
  ASSERT_TRUE(node.ok()) << seed << node.status() << " " << text;
  const Status valid = Validate(document, *node);
  EXPECT_TRUE(valid.ok()) << seed << valid << " " << text;
  const auto read = ReadValue(schema, *node, {}, arena);
  ASSERT_TRUE(read.ok()) << seed << read.status() << " " << text;
  EXPECT_TRUE(record::DeepEquals(value, *read)) << seed << " " << text;
  record::JsonOutput again;
  ASSERT_TRUE(WriteValue(schema, *read, options, again).ok()) << seed;
  EXPECT_EQ(again.view(), text) << seed;
  // No prefix of an object is one.
  for (size_t size = 0; text[0] == '{' && size < text.size(); ++size) {
    const auto part = Parse(std::string_view(text).substr(0, size), arena);
    EXPECT_FALSE(part.ok() && ReadValue(schema, *part, {}, arena).ok()) << seed;
  }
}

TEST(RoundTrip, RandomSchemasAndValuesComeBack) {
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    RandomData data(seed);
    const abi::SchemaRef schema = data.Schema(4);
    const Options options{.additional_properties = seed % 3 != 0,
                          .numeric_decimals = seed % 5 == 0,
                          .generalized_sum_types = seed % 7 == 0};
    const auto text = FromConnectSchema(*schema, options);
    ASSERT_TRUE(text.ok()) << seed << text.status();
    const auto document = Document::Parse(*text, {});
    ASSERT_TRUE(document.ok()) << seed << document.status() << " " << *text;
    const auto back = ToConnectSchema(**document, std::nullopt, options);
    ASSERT_TRUE(back.ok()) << seed << back.status() << " " << *text;
    EXPECT_TRUE(abi::SameSchema(schema.get(), back->schema.get())) << seed << " " << *text;
    EXPECT_TRUE(back->ends.empty()) << seed;
    EXPECT_EQ(*FromConnectSchema(*back->schema, options), *text) << seed;
    for (int i = 0; i < 10; ++i) {
      abi::Arena arena(1024);
      const sluice_value value = data.Value(*schema, arena);
      ThereAndBack(*back->schema, value, **document, options, seed);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sluice::convert::json_schema
