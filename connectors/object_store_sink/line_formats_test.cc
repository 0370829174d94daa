#include "connectors/object_store_sink/line_formats.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <limits>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

struct Text : Output {
  void Append(std::string_view bytes) override { text.append(bytes); }
  std::string text;
};

std::string Json(const sdk::Value& value, DecimalText decimals = DecimalText::kBase64) {
  std::string out;
  AppendJson(out, value, decimals);
  return out;
}

std::string Unzip(const std::string& bytes) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(JsonTextTest, Scalars) {
  EXPECT_EQ(Json(sdk::Null()), "null");
  EXPECT_EQ(Json(sdk::Boolean(true)), "true");
  EXPECT_EQ(Json(sdk::Int64(std::numeric_limits<int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(Json(sdk::String("a\"b\\\n\x01/\xC3\xA4")), "\"a\\\"b\\\\\\n\\u0001/\xC3\xA4\"");
  EXPECT_EQ(Json(sdk::Bytes("abc")), "\"YWJj\"");
  EXPECT_EQ(Json(sdk::Date(19782)), "19782");
  EXPECT_EQ(Json(sdk::Timestamp(1709209800250)), "1709209800250");
}

TEST(JsonTextTest, NumbersAreWrittenAsJavaWritesThem) {
  const struct {
    double number;
    const char* text;
  } cases[] = {{0, "0.0"},         {1, "1.0"},           {-1.5, "-1.5"},
               {0.1, "0.1"},       {100, "100.0"},       {1234567, "1234567.0"},
               {1e7, "1.0E7"},     {1.25e10, "1.25E10"}, {0.001, "0.001"},
               {1.5e-4, "1.5E-4"}, {12.345, "12.345"},   {-0.0, "-0.0"}};
  for (const auto& one : cases) EXPECT_EQ(Json(sdk::Float64(one.number)), one.text);
  EXPECT_EQ(Json(sdk::Float32(0.1f)), "0.1");
  EXPECT_EQ(Json(sdk::Float64(std::numeric_limits<double>::quiet_NaN())), "\"NaN\"");
  EXPECT_EQ(Json(sdk::Float32(-std::numeric_limits<float>::infinity())), "\"-Infinity\"");
}

TEST(JsonTextTest, Decimals) {
  const uint8_t bytes[] = {0xED, 0x29, 0x79};  // -1234567
  sluice_decimal decimal{3, 3, bytes};
  const sdk::Value value = abi::Decimal(&decimal);
  EXPECT_EQ(Json(value), "\"7Sl5\"");
  EXPECT_EQ(Json(value, DecimalText::kNumeric), "-1234.567");
  decimal.scale = 0;
  EXPECT_EQ(Json(value, DecimalText::kNumeric), "-1234567");
  decimal.scale = 9;
  EXPECT_EQ(Json(value, DecimalText::kNumeric), "-0.001234567");
  decimal.scale = -2;
  EXPECT_EQ(Json(value, DecimalText::kNumeric), "-1.234567E+8");
  decimal.scale = 13;
  EXPECT_EQ(Json(value, DecimalText::kNumeric), "-1.234567E-7");
}

TEST(JsonTextTest, ContainersAndDefaults) {
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
  const sdk::Value items[] = {sdk::Int32(1), sdk::Null()};
  EXPECT_EQ(Json(abi::Array(items, 2)), "[1,null]");
  const sluice_map_entry texts[] = {{sdk::String("k"), sdk::Int32(1)}};
  EXPECT_EQ(Json(abi::Map(texts, 1)), "{\"k\":1}");
  const sluice_map_entry numbers[] = {{sdk::Int32(5), sdk::String("v")}};
  EXPECT_EQ(Json(abi::Map(numbers, 1)), "[[5,\"v\"]]");
}

TEST(JsonTextTest, WhatIsNestedTooDeepIsRefused) {
  std::vector<sdk::Value> nest(1100);
  nest[0] = sdk::Int32(1);
  for (size_t i = 1; i < nest.size(); ++i) nest[i] = abi::Array(&nest[i - 1], 1);
  EXPECT_THROW(Json(nest.back()), sdk::DataException);
}

TEST(LineFormatsTest, WhatIsNotKeptIsNotThere) {
  Text out;
  const JsonFormat format(DecimalText::kBase64, {});
  const auto encoder = format.Open(nullptr, "n", out);
  encoder->Stage(nullptr, sdk::Int32(1));
  encoder->Keep();
  encoder->Stage(nullptr, sdk::Int32(2));
  encoder->Stage(nullptr, sdk::Int32(3));
  encoder->Keep();
  encoder->Stage(nullptr, sdk::Int32(4));
  EXPECT_EQ(encoder->held(), std::string().capacity());
  encoder->End();
  EXPECT_EQ(out.text, "1\n3\n");
  EXPECT_EQ(format.extension(), ".json");
}

TEST(LineFormatsTest, GzipIsDeterministic) {
  const JsonFormat format(DecimalText::kBase64, {.gzip = true, .level = 6});
  EXPECT_EQ(format.extension(), ".json.gz");
  Text nowhere;
  EXPECT_GT(format.Open(nullptr, "n", nowhere)->held(), 200u << 10);
  std::string first;
  for (int round = 0; round < 2; ++round) {
    Text out;
    const auto encoder = format.Open(nullptr, "n", out);
    std::string expected;
    for (int i = 0; i < 20'000; ++i) {
      encoder->Stage(nullptr, sdk::Int32(i));
      encoder->Keep();
      expected += std::to_string(i) + "\n";
    }
    encoder->End();
    EXPECT_EQ(Unzip(out.text), expected);
    if (round == 0) first = out.text;
    EXPECT_EQ(out.text, first);
  }
}

TEST(LineFormatsTest, TheLevelOfGzip) {
  const auto size = [](int level) {
    Text out;
    const JsonFormat format(DecimalText::kBase64, {.gzip = true, .level = level});
    const auto encoder = format.Open(nullptr, "n", out);
    for (int i = 0; i < 5000; ++i) {
      encoder->Stage(nullptr, sdk::Int32(i % 100));
      encoder->Keep();
    }
    encoder->End();
    return out.text.size();
  };
  EXPECT_GT(size(0), 10'000u);  // as it is
  EXPECT_LT(size(9), size(1));
  EXPECT_LT(size(-1), size(1));
}

TEST(LineFormatsTest, BytesAndTheirSeparator) {
  Text out;
  const ByteArrayFormat format(".log", "|", {});
  const auto encoder = format.Open(nullptr, "n", out);
  encoder->Stage(nullptr, sdk::Bytes("ab"));
  encoder->Keep();
  EXPECT_THROW(encoder->Stage(nullptr, sdk::String("c")), sdk::DataException);
  encoder->Stage(nullptr, sdk::Bytes("d"));
  encoder->Keep();
  encoder->End();
  EXPECT_EQ(out.text, "ab|d|");
  EXPECT_EQ(format.extension(), ".log");
}

}  // namespace
}  // namespace sluice::object_store_sink
