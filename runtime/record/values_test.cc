#include "runtime/record/values.h"

#include <string>

#include "gtest/gtest.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::record {
namespace {

class ValuesTest : public ::testing::Test {
 protected:
  // Type of the schema, then the value as convertToString has it: INT8 5.
  std::string Parse(std::string_view text) {
    const StatusOr<SchemaAndValue> parsed = ParseValueText(text, memory_);
    if (!parsed.ok()) return Describe(parsed.status());
    std::string out;
    AppendValueText(out, parsed->value);
    if (parsed->schema == nullptr) return out;
    const sluice_schema* item = parsed->schema->value_schema;
    return StrCat(TypeName(parsed->schema->type), item == nullptr ? "" : " of ",
                  item == nullptr ? "" : TypeName(item->type), " ", out);
  }

  BatchMemory memory_;
};

TEST_F(ValuesTest, Scalars) {
  EXPECT_EQ(Parse(""), "STRING ");
  EXPECT_EQ(Parse("null"), "null");
  EXPECT_EQ(Parse("true"), "BOOLEAN true");
  EXPECT_EQ(Parse("True"), "STRING True");
  EXPECT_EQ(Parse("true}"), "STRING true}");
  EXPECT_EQ(Parse("+5"), "INT8 5");
  EXPECT_EQ(Parse("00012"), "INT8 12");
  EXPECT_EQ(Parse(" 5 "), "INT8 5");
  EXPECT_EQ(Parse("1e3"), "INT16 1000");
  EXPECT_EQ(Parse("-70000"), "INT32 -70000");
  EXPECT_EQ(Parse("9223372036854775807"), "INT64 9223372036854775807");
  EXPECT_EQ(Parse("9223372036854775808"), "BYTES 9223372036854775808");
  EXPECT_EQ(Parse("1.5"), "FLOAT32 1.5");
  EXPECT_EQ(Parse("3.4e39"), "FLOAT64 3.4E39");
  EXPECT_EQ(Parse("1E400"), "BYTES 1E+400");
  EXPECT_EQ(Parse("NaN"), "STRING NaN");
  EXPECT_EQ(Parse("\"q\""), "STRING \"q\"");
  EXPECT_EQ(Parse("1,2"), "INT8 1");
  EXPECT_EQ(Parse("  "), "STRING   ");
}

TEST_F(ValuesTest, Dates) {
  EXPECT_EQ(Parse("2020-01-02"), "INT32 2020-01-02");
  EXPECT_EQ(Parse("2020-01-02T03:04:05.678Z"), "INT64 2020-01-02T03:04:05.678Z");
  EXPECT_EQ(Parse("03:04:05.678Z"), "INT32 03:04:05.678Z");
  EXPECT_EQ(Parse("2020-13-45"), "INT32 2021-02-14");
}

TEST_F(ValuesTest, ListsAndMaps) {
  EXPECT_EQ(Parse("[]"), "ARRAY []");
  EXPECT_EQ(Parse("[1,2.5]"), "ARRAY of FLOAT32 [1.0,2.5]");
  EXPECT_EQ(Parse("[1,300]"), "ARRAY of INT16 [1,300]");
  EXPECT_EQ(Parse("[1,\"a\"]"), "ARRAY [1,\"a\"]");
  EXPECT_EQ(Parse("[1,null]"), "STRING [1,null]");
  EXPECT_EQ(Parse("[1,]"), "ARRAY of INT8 [1]");
  EXPECT_EQ(Parse("{}"), "MAP {}");
  EXPECT_EQ(Parse("{\"a\":1}"), "MAP of INT8 {\"a\":1}");
  EXPECT_EQ(Parse("{\"a\":1,\"b\":\"x\"}"), "MAP {\"a\":1,\"b\":\"x\"}");
  EXPECT_EQ(Parse("{a:1}"), "STRING {a:1}");
  EXPECT_EQ(Parse("{\"a\":1,\"a\":2}"), "MAP of INT8 {\"a\":2}");
}

// By a stack, or in quadratic time, they would not end.
TEST_F(ValuesTest, DeepAndLongTextsEnd) {
  EXPECT_NE(Parse(std::string(1 << 20, '[')).find("nested 1000 deep"), std::string::npos);
  EXPECT_EQ(Parse(std::string(999, '[')).substr(0, 8), "STRING [");
  EXPECT_EQ(Parse(std::string(1 << 20, '9')).substr(0, 8), "STRING 9");
}

}  // namespace
}  // namespace sluice::record
