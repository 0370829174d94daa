#include "connectors/file/value_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "connectors/sdk/plugin.h"

namespace sluice::file {
namespace {

using namespace sluice::sdk;  // NOLINT

class ValueTextTest : public testing::Test {
 protected:
  static std::string AsText(const Value& value) {
    std::string out;
    AppendText(out, value);
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
  EXPECT_EQ(AsText(Null()), "null");
  EXPECT_EQ(AsText(Boolean(true)), "true");
  EXPECT_EQ(AsText(Int64(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(AsText(Float64(1e10)), "1.0E10");
  EXPECT_EQ(AsText(Float32(0.1f)), "0.1");
  EXPECT_EQ(AsText(Float64(std::nan(""))), "NaN");
  EXPECT_EQ(AsText(batch_.Decimal(1290, 2)), "12.90");
  EXPECT_EQ(AsText(Bytes("\x01\x02")), "AQI=");
  EXPECT_EQ(AsText(Bytes("")), "");
  EXPECT_EQ(AsText(String("a\"b\nc")), "a\"b\nc");
  EXPECT_EQ(AsText(String("\xff")), "\xff");  // not UTF-8: passed on
}

// A line is put together in a buffer of its own.
TEST_F(ValueTextTest, LongLines) {
  for (size_t size : {500, 511, 512, 513, 1500}) {
    const std::string text(size, 'x');
    EXPECT_EQ(AsText(List({String(text), Int64(7), String(text)})),
              "[" + text + ", 7, " + text + "]");
  }
  std::string before = "kept,";
  AppendText(before, List({Float64(0.5)}));
  EXPECT_EQ(before, "kept,[0.5]");
}

TEST_F(ValueTextTest, Dates) {
  EXPECT_EQ(AsText(Date(0)), "Thu Jan 01 00:00:00 UTC 1970");
  EXPECT_EQ(AsText(Date(-1)), "Wed Dec 31 00:00:00 UTC 1969");
  EXPECT_EQ(AsText(Timestamp(1700000000123)), "Tue Nov 14 22:13:20 UTC 2023");
  EXPECT_EQ(AsText(Time(3661000)), "Thu Jan 01 01:01:01 UTC 1970");
  EXPECT_EQ(AsText(Timestamp(-1)), "Wed Dec 31 23:59:59 UTC 1969");
  EXPECT_EQ(AsText(Timestamp(253402300800000)), "Sat Jan 01 00:00:00 UTC 10000");
}

TEST_F(ValueTextTest, ListsAndMaps) {
  EXPECT_EQ(AsText(List({Int8(1), String("b"), Null()})), "[1, b, null]");
  EXPECT_EQ(AsText(Map({{"a", Int8(1)}, {"b", String("x")}})), "{a=1, b=x}");
  const sluice_map_entry entries[] = {{Int8(1), String("x")}, {String("k"), Null()}};
  EXPECT_EQ(AsText(abi::Map(entries, 2)), "{1=x, k=null}");
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
}

TEST_F(ValueTextTest, TooDeepIsRefused) {
  std::vector<Value> nested(1500);
  for (size_t i = 1; i < nested.size(); ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  EXPECT_EQ(AsText(nested[1000]).size(), 2004u);
  EXPECT_THROW(AsText(nested[1001]), DataException);
}

}  // namespace
}  // namespace sluice::file
