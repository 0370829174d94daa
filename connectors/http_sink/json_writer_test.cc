#include "connectors/http_sink/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace sluice::http_sink {
namespace {

std::string Json(const sluice_value& value, DecimalFormat decimals = DecimalFormat::kBase64) {
  std::string out;
  AppendJson(out, value, decimals);
  return out;
}
std::string Plain(const sluice_value& value) {
  std::string out;
  AppendPlain(out, value);
  return out;
}

TEST(JsonWriterTest, Scalars) {
  EXPECT_EQ(Json(sdk::Null()), "null");
  EXPECT_EQ(Json(sdk::Boolean(true)), "true");
  EXPECT_EQ(Json(sdk::Int64(std::numeric_limits<int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(Json(sdk::Float64(1)), "1.0");
  EXPECT_EQ(Json(sdk::Float64(0.1)), "0.1");
  EXPECT_EQ(Json(sdk::Float32(0.1f)), "0.1");
  EXPECT_EQ(Json(sdk::Float64(std::nan(""))), "\"NaN\"");
  EXPECT_EQ(Json(sdk::Float64(-INFINITY)), "\"-Infinity\"");
  EXPECT_EQ(Json(sdk::String("a\"\\\n\x01ä")), "\"a\\\"\\\\\\n\\u0001ä\"");
  EXPECT_EQ(Json(sdk::Bytes("foo")), "\"Zm9v\"");
  EXPECT_EQ(Json(sdk::Timestamp(1500)), "1500");
}

TEST(JsonWriterTest, Decimals) {
  const struct {
    std::vector<uint8_t> unscaled;
    int32_t scale;
    const char* text;
  } cases[] = {
      {{0x04, 0xE2}, 2, "12.50"},
      {{0xFF}, 0, "-1"},
      {{0xFF}, 3, "-0.001"},
      {{0x00}, 2, "0.00"},
      {{0x80}, 0, "-128"},
      {{0x05}, -3, "5E3"},
      {{0x01, 0, 0, 0, 0, 0, 0, 0, 0}, 0, "18446744073709551616"},
      {{0x01}, 5000, "1E-5000"},
  };
  for (const auto& [unscaled, scale, text] : cases) {
    const sluice_decimal decimal{scale, static_cast<uint32_t>(unscaled.size()), unscaled.data()};
    EXPECT_EQ(Json(abi::Decimal(&decimal), DecimalFormat::kNumeric), text);
  }
  const uint8_t bytes[] = {0x04, 0xE2};
  const sluice_decimal decimal{2, 2, bytes};
  EXPECT_EQ(Json(abi::Decimal(&decimal)), "\"BOI=\"");
  const std::vector<uint8_t> huge(2000, 1);
  const sluice_decimal large{0, 2000, huge.data()};
  EXPECT_THROW(Json(abi::Decimal(&large), DecimalFormat::kNumeric), sdk::DataException);
}

TEST(JsonWriterTest, NestedValues) {
  const sluice_value one = sdk::Int32(1);
  const sdk::Schema with_default = sdk::SchemaBuilder(SLUICE_INT32).Optional().Default(one).Build();
  const sdk::Schema schema =
      sdk::schemas::Struct("S").Field("a", sdk::schemas::Int32()).Field("b", with_default).Build();
  const sluice_value fields[] = {sdk::Int32(7), sdk::Null()};
  const sluice_struct structure{schema.get(), fields};
  const sluice_map_entry texts[] = {{sdk::String("k"), abi::Struct(&structure)}};
  const sluice_map_entry numbers[] = {{sdk::Int32(1), sdk::String("x")}};
  const sluice_value items[] = {abi::Map(texts, 1), abi::Map(numbers, 1)};
  EXPECT_EQ(Json(abi::Array(items, 2)), R"([{"k":{"a":7,"b":1}},[[1,"x"]]])");
}

TEST(JsonWriterTest, TooDeepValuesAreRefused) {
  std::vector<sluice_value> nested(1100);
  for (size_t i = 1; i < nested.size(); ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  EXPECT_THROW(Json(nested.back()), sdk::DataException);
}

TEST(JsonWriterTest, PlainTextIsPassedOn) {
  EXPECT_EQ(Plain(sdk::String("a\"b")), "a\"b");
  EXPECT_EQ(Plain(sdk::Bytes("\xff")), "\xff");
  EXPECT_EQ(Plain(sdk::Null()), "");
  EXPECT_EQ(Plain(sdk::Int64(5)), "5");
}

}  // namespace
}  // namespace sluice::http_sink
