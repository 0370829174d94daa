#include "connectors/shared/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace sluice::shared {
namespace {

std::string Json(const sluice_value& value, DecimalText decimals = DecimalText::kBase64) {
  std::string out;
  AppendJson(out, value, decimals);
  return out;
}

TEST(JsonTextTest, Scalars) {
  EXPECT_EQ(Json(sdk::Null()), "null");
  EXPECT_EQ(Json(sdk::Boolean(true)), "true");
  EXPECT_EQ(Json(sdk::Int8(-1)), "-1");
  EXPECT_EQ(Json(sdk::Int64(std::numeric_limits<int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(Json(sdk::Float64(1)), "1.0");
  EXPECT_EQ(Json(sdk::Float32(0.1f)), "0.1");
  EXPECT_EQ(Json(sdk::Float64(std::nan(""))), "\"NaN\"");
  EXPECT_EQ(Json(sdk::Float32(-std::numeric_limits<float>::infinity())), "\"-Infinity\"");
  EXPECT_EQ(Json(sdk::Bytes("abc")), "\"YWJj\"");
  EXPECT_EQ(Json(sdk::Bytes("")), "\"\"");
  EXPECT_EQ(Json(sdk::Date(19782)), "19782");
  EXPECT_EQ(Json(sdk::Time(3'600'000)), "3600000");
  EXPECT_EQ(Json(sdk::Timestamp(1709209800250)), "1709209800250");
}

TEST(JsonTextTest, Strings) {
  EXPECT_EQ(Json(sdk::String("a\"b\\\n\r\t\b\f/\x01\x1f\xc3\xa4")),
            "\"a\\\"b\\\\\\n\\r\\t\\b\\f/\\u0001\\u001F\xc3\xa4\"");
  EXPECT_EQ(Json(sdk::String("\xF0\x9F\x98\x80")), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(Json(sdk::String("\xff")), "\"\xff\"");  // not UTF-8: passed on
  EXPECT_EQ(Json(sdk::String("")), "\"\"");
  std::string behind = "{";
  AppendJsonString(behind, "a\"");
  EXPECT_EQ(behind, "{\"a\\\"\"");
}

TEST(JsonTextTest, Decimals) {
  const uint8_t bytes[] = {0x04, 0xE2};
  const sluice_decimal decimal{2, sizeof bytes, bytes};
  EXPECT_EQ(Json(abi::Decimal(&decimal)), "\"BOI=\"");
  EXPECT_EQ(Json(abi::Decimal(&decimal), DecimalText::kNumeric), "12.50");
}

TEST(JsonTextTest, ContainersAndDefaults) {
  const sdk::Value items[] = {sdk::Int32(1), sdk::String("b"), sdk::Null()};
  EXPECT_EQ(Json(abi::Array(items, 3)), "[1,\"b\",null]");
  EXPECT_EQ(Json(abi::Array(items, 0)), "[]");
  const sluice_map_entry texts[] = {{sdk::String("k"), sdk::Int32(1)},
                                    {sdk::String("n"), sdk::Null()}};
  EXPECT_EQ(Json(abi::Map(texts, 2)), "{\"k\":1,\"n\":null}");
  EXPECT_EQ(Json(abi::Map(texts, 0)), "{}");
  const sluice_map_entry mixed[] = {{sdk::Int32(5), sdk::String("v")},
                                    {sdk::String("k"), sdk::Null()}};
  EXPECT_EQ(Json(abi::Map(mixed, 2)), "[[5,\"v\"],[\"k\",null]]");
  const sdk::Schema schema =
      sdk::schemas::Struct("S")
          .Field("a", sdk::schemas::Int32())
          .Field("b",
                 abi::SchemaBuilder(SLUICE_STRING).Optional().Default(sdk::String("none")).Build())
          .Field("c", sdk::schemas::Optional(sdk::schemas::String()))
          .Build();
  const sdk::Value values[] = {sdk::Int32(1), sdk::Null(), sdk::Null()};
  const sluice_struct structure{schema.get(), values};
  EXPECT_EQ(Json(abi::Struct(&structure)), "{\"a\":1,\"b\":\"none\",\"c\":null}");
}

TEST(JsonTextTest, LongTextsArePutTogetherInTheirOrder) {
  for (size_t size : {500, 509, 510, 511, 512, 513, 1500}) {
    const std::string text(size, 'x');
    const sdk::Value items[] = {sdk::String(text), sdk::Int64(7), sdk::String(text)};
    EXPECT_EQ(Json(abi::Array(items, 3)), "[\"" + text + "\",7,\"" + text + "\"]");
  }
}

TEST(JsonTextTest, WhatIsNestedTooDeepIsRefused) {
  std::vector<sdk::Value> nested(1002);
  nested[0] = sdk::Int32(1);
  for (size_t i = 1; i < nested.size(); ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  EXPECT_EQ(Json(nested[1000]).size(), 2001u);
  EXPECT_THROW(Json(nested[1001]), sdk::DataException);
  // A pair is an array, too.
  const sluice_map_entry in_pairs[] = {{sdk::Int32(1), nested[998]}};
  const sluice_map_entry too_deep[] = {{sdk::Int32(1), nested[999]}};
  EXPECT_EQ(Json(abi::Map(in_pairs, 1)).size(), 2003u);
  EXPECT_THROW(Json(abi::Map(too_deep, 1)), sdk::DataException);
}

}  // namespace
}  // namespace sluice::shared
