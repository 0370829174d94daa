#include "connectors/file/value_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "connectors/sdk/plugin.h"

namespace sluice::file {
namespace {

using namespace sluice::sdk;  // NOLINT

class ValueTextTest : public testing::Test {
 protected:
  static std::string AsText(const Value& value) {
    std::string out;
    EXPECT_TRUE(AppendText(out, value));
    return out;
  }
  static std::string AsJson(const Value& value) {
    std::string out;
    EXPECT_TRUE(AppendJson(out, value));
    return out;
  }
  Value Map(std::initializer_list<std::pair<std::string_view, Value>> entries) {
    return *batch_.Map(entries);
  }
  Value List(std::initializer_list<Value> items) {
    auto* copy = batch_.arena().NewArray<Value>(items.size());
    std::copy(items.begin(), items.end(), copy);
    return abi::Array(copy, items.size());
  }
  RecordBatch batch_;
};

TEST_F(ValueTextTest, Scalars) {
  const auto both = [](const Value& value) { return AsText(value) + " " + AsJson(value); };
  EXPECT_EQ(both(Null()), "null null");
  EXPECT_EQ(both(Boolean(true)), "true true");
  EXPECT_EQ(both(Int8(-1)), "-1 -1");
  EXPECT_EQ(both(Int64(INT64_MIN)), "-9223372036854775808 -9223372036854775808");
  EXPECT_EQ(both(Float64(1)), "1.0 1.0");
  EXPECT_EQ(both(Float64(1e10)), "1.0E10 1.0E10");
  EXPECT_EQ(both(Float64(1e-5)), "1.0E-5 1.0E-5");
  EXPECT_EQ(both(Float64(0.001)), "0.001 0.001");
  EXPECT_EQ(both(Float64(123456.789)), "123456.789 123456.789");
  EXPECT_EQ(both(Float64(1234567)), "1234567.0 1234567.0");
  EXPECT_EQ(both(Float64(12345678)), "1.2345678E7 1.2345678E7");
  EXPECT_EQ(both(Float64(-0.0)), "-0.0 -0.0");
  EXPECT_EQ(both(Float64(-157.6)), "-157.6 -157.6");
  EXPECT_EQ(both(Float64(0.075)), "0.075 0.075");
  EXPECT_EQ(both(Float64(20)), "20.0 20.0");
  EXPECT_EQ(both(Float64(9999999.999)), "9999999.999 9999999.999");
  EXPECT_EQ(both(Float64(1e7)), "1.0E7 1.0E7");
  EXPECT_EQ(both(Float64(0.0625)), "0.0625 0.0625");
  EXPECT_EQ(both(Float64(0.1 + 0.2)), "0.30000000000000004 0.30000000000000004");
  EXPECT_EQ(both(Float64(1.0005)), "1.0005 1.0005");
  EXPECT_EQ(both(Float64(1e-4)), "1.0E-4 1.0E-4");
  EXPECT_EQ(both(Float32(0.1f)), "0.1 0.1");
  EXPECT_EQ(both(Float64(std::nan(""))), "NaN \"NaN\"");
  EXPECT_EQ(both(Float32(-std::numeric_limits<float>::infinity())), "-Infinity \"-Infinity\"");
  EXPECT_EQ(both(Bytes("\x01\x02")), "AQI= \"AQI=\"");
  EXPECT_EQ(both(Bytes("")), " \"\"");
  EXPECT_EQ(AsText(Bytes("abc")), "YWJj");
}

TEST_F(ValueTextTest, Strings) {
  EXPECT_EQ(AsText(String("a\"b\nc")), "a\"b\nc");
  EXPECT_EQ(AsJson(String("a\"b\\\n\r\t\b\f/\x01\x1f\xc3\xa4")),
            "\"a\\\"b\\\\\\n\\r\\t\\b\\f/\\u0001\\u001F\xc3\xa4\"");
  EXPECT_EQ(AsText(String("\xff")), "\xff");  // not UTF-8: passed on
  EXPECT_EQ(AsJson(String("\xff")), "\"\xff\"");
}

// A line is put together in a buffer of its own.
TEST_F(ValueTextTest, LongLines) {
  for (size_t size : {500, 511, 512, 513, 1500}) {
    const std::string text(size, 'x');
    EXPECT_EQ(AsText(List({String(text), Int64(7), String(text)})),
              "[" + text + ", 7, " + text + "]");
  }
  std::string before = "kept,";
  EXPECT_TRUE(AppendText(before, List({Float64(0.5)})));
  EXPECT_EQ(before, "kept,[0.5]");
}

TEST_F(ValueTextTest, Dates) {
  EXPECT_EQ(AsText(Date(0)), "Thu Jan 01 00:00:00 UTC 1970");
  EXPECT_EQ(AsText(Date(-1)), "Wed Dec 31 00:00:00 UTC 1969");
  EXPECT_EQ(AsText(Timestamp(1700000000123)), "Tue Nov 14 22:13:20 UTC 2023");
  EXPECT_EQ(AsText(Time(3661000)), "Thu Jan 01 01:01:01 UTC 1970");
  EXPECT_EQ(AsText(Timestamp(-1)), "Wed Dec 31 23:59:59 UTC 1969");
  EXPECT_EQ(AsText(Timestamp(253402300800000)), "Sat Jan 01 00:00:00 UTC 10000");
  EXPECT_EQ(AsJson(Date(5)), "5");
  EXPECT_EQ(AsJson(Timestamp(1700000000123)), "1700000000123");
}

TEST_F(ValueTextTest, Decimals) {
  EXPECT_EQ(AsText(batch_.Decimal(1290, 2)), "12.90");
  EXPECT_EQ(AsText(batch_.Decimal(-5, 3)), "-0.005");
  EXPECT_EQ(AsText(batch_.Decimal(0, 0)), "0");
  EXPECT_EQ(AsText(batch_.Decimal(0, 2)), "0.00");
  EXPECT_EQ(AsText(batch_.Decimal(1, -3)), "1E+3");
  EXPECT_EQ(AsText(batch_.Decimal(123, -3)), "1.23E+5");
  EXPECT_EQ(AsText(batch_.Decimal(1, 10)), "1E-10");
  EXPECT_EQ(AsText(batch_.Decimal(1, 6)), "0.000001");
  EXPECT_EQ(AsText(batch_.Decimal(INT64_MIN, 0)), "-9223372036854775808");
  EXPECT_EQ(AsText(batch_.Decimal(1000000000, 0)), "1000000000");
  const uint8_t wide[] = {0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};  // 2^96
  const sluice_decimal decimal{1, sizeof wide, wide};
  EXPECT_EQ(AsText(abi::Decimal(&decimal)), "7922816251426433759354395033.6");
  EXPECT_EQ(AsJson(batch_.Decimal(1290, 2)), "12.90");
}

TEST_F(ValueTextTest, ListsAndMaps) {
  EXPECT_EQ(AsText(List({Int8(1), String("b"), Null()})), "[1, b, null]");
  EXPECT_EQ(AsJson(List({Int8(1), String("b"), Null()})), "[1,\"b\",null]");
  EXPECT_EQ(AsText(Map({{"a", Int8(1)}, {"b", String("x")}})), "{a=1, b=x}");
  EXPECT_EQ(AsJson(Map({{"a", Int8(1)}, {"b", List({})}})), "{\"a\":1,\"b\":[]}");
  const sluice_map_entry entries[] = {{Int8(1), String("x")}, {String("k"), Null()}};
  EXPECT_EQ(AsText(abi::Map(entries, 2)), "{1=x, k=null}");
  EXPECT_EQ(AsJson(abi::Map(entries, 2)), "[[1,\"x\"],[\"k\",null]]");
  EXPECT_EQ(AsJson(Map({})), "{}");
}

TEST_F(ValueTextTest, Structs) {
  const Schema schema = schemas::Struct("N")
                            .Field("a", schemas::Int32())
                            .Field("b", schemas::Optional(schemas::String()))
                            .Field("c", SchemaBuilder(SLUICE_INT8).Default(Int8(9)).Build())
                            .Build();
  EXPECT_EQ(
      AsText(batch_.Struct(schema).Set(0, Int32(1)).Set(1, String("x")).Set(2, Int8(2)).Build()),
      "Struct{a=1,b=x,c=2}");
  EXPECT_EQ(AsText(batch_.Struct(schema).Set(0, Int32(1)).Build()), "Struct{a=1}");
  EXPECT_EQ(AsJson(batch_.Struct(schema).Set(0, Int32(1)).Build()), "{\"a\":1,\"b\":null,\"c\":9}");
}

TEST_F(ValueTextTest, TooDeepIsRefused) {
  std::vector<Value> nested(1500);
  for (size_t i = 1; i < nested.size(); ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  std::string out;
  EXPECT_TRUE(AppendText(out, nested[1000]));
  EXPECT_TRUE(AppendJson(out, nested[1000]));
  EXPECT_FALSE(AppendText(out, nested[1499]));
  EXPECT_FALSE(AppendJson(out, nested[1499]));
}

}  // namespace
}  // namespace sluice::file
