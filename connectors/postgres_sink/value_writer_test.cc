#include "connectors/postgres_sink/value_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sluice::postgres::sink {
namespace {

std::string Hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned char c : bytes) out += {kHex[c >> 4], kHex[c & 15]};
  return out;
}

class ValueWriterTest : public testing::Test {
 protected:
  std::string Put(Wire wire, const sdk::Value& value, Unit unit = Unit::kMillis) {
    return Put({wire, Wire::kText, kOidText, unit}, value);
  }
  std::string Put(const Encoding& encoding, const sdk::Value& value) {
    ByteBuffer out;
    writer_.Put(out, encoding, value);
    return Hex(out.view());
  }
  std::string Refusal(Wire wire, const sdk::Value& value) {
    try {
      return "sent as " + Put(wire, value);
    } catch (const BadValue& bad) {
      return bad.what();
    }
  }
  ValueWriter writer_;
};

TEST_F(ValueWriterTest, BinaryForms) {
  EXPECT_EQ(Put(Wire::kInt4, sdk::Null()), "ffffffff");
  EXPECT_EQ(Put(Wire::kBoolean, sdk::Boolean(true)), "0000000101");
  EXPECT_EQ(Put(Wire::kInt2, sdk::Int8(-2)), "00000002fffe");
  EXPECT_EQ(Put(Wire::kInt4, sdk::Int64(258)), "0000000400000102");
  EXPECT_EQ(Put(Wire::kInt8, sdk::Int64(-1)), "00000008ffffffffffffffff");
  EXPECT_EQ(Put(Wire::kFloat4, sdk::Float32(1.5F)), "000000043fc00000");
  EXPECT_EQ(Put(Wire::kFloat8, sdk::Float64(-0.5)), "00000008bfe0000000000000");
  EXPECT_EQ(Put(Wire::kFloat8, sdk::Int32(2)), "000000084000000000000000");
  EXPECT_EQ(Put(Wire::kText, sdk::String("ä")), "00000002c3a4");
  EXPECT_EQ(Put(Wire::kText, sdk::Int32(-7)), "000000022d37");
  EXPECT_EQ(Put(Wire::kBytea, sdk::Bytes(std::string_view("\0\xff", 2))), "0000000200ff");
  EXPECT_EQ(Put(Wire::kJsonb, sdk::String("{}")), "00000003017b7d");
  EXPECT_EQ(Put(Wire::kJson, sdk::Int32(1)), "0000000131");
  EXPECT_EQ(Put(Wire::kNumeric, sdk::Int64(12345)),
            "0000000c0002000100000000"
            "00010929");
  EXPECT_EQ(Put(Wire::kUuid, sdk::String("A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11")),
            "00000010a0eebc999c0b4ef8bb6d6bb9bd380a11");
}

TEST_F(ValueWriterTest, DatesAndTimesCountFrom2000) {
  EXPECT_EQ(Put(Wire::kDate, sdk::Date(10957)), "0000000400000000");
  EXPECT_EQ(Put(Wire::kDate, sdk::Date(0)), "00000004ffffd533");
  EXPECT_EQ(Put(Wire::kTime, sdk::Time(1)), "0000000800000000000003e8");
  EXPECT_EQ(Put(Wire::kTimestamp, sdk::Timestamp(946684800001)), "0000000800000000000003e8");
  EXPECT_EQ(Put(Wire::kTimestamp, sdk::Int64(946684800000001), Unit::kMicros),
            "000000080000000000000001");
  EXPECT_EQ(Put(Wire::kTimestamp, sdk::Int64(946684800000001999), Unit::kNanos),
            "000000080000000000000001");
  writer_ = ValueWriter(shared::TimeZone::Load("db.timezone", "GMT+1"));
  EXPECT_EQ(Put(Wire::kTimestamp, sdk::Timestamp(946684800000)), "0000000800000000d693a400");
  EXPECT_EQ(Put(Wire::kTimestampTz, sdk::Timestamp(946684800000)), "000000080000000000000000");
}

TEST_F(ValueWriterTest, Arrays) {
  const sdk::Value items[] = {sdk::Int32(1), sdk::Null()};
  const Encoding encoding{Wire::kArray, Wire::kInt4, kOidInt4, Unit::kMillis};
  EXPECT_EQ(Put(encoding, abi::Array(items, 2)),
            "00000020"
            "00000001"
            "00000001"
            "00000017"
            "00000002"
            "00000001"
            "0000000400000001"
            "ffffffff");
  EXPECT_EQ(Put(encoding, abi::Array(items, 0)),
            "0000000c"
            "00000000"
            "00000000"
            "00000017");
}

TEST_F(ValueWriterTest, WhatDoesNotFitSaysSo) {
  EXPECT_EQ(Refusal(Wire::kInt2, sdk::Int32(40000)),
            "the number 40000 does not fit the type smallint");
  EXPECT_EQ(Refusal(Wire::kInt4, sdk::Int64(1LL << 31)),
            "the number 2147483648 does not fit the type integer");
  EXPECT_EQ(Refusal(Wire::kFloat4, sdk::Float64(1e300)),
            "the number 1e+300 does not fit the type real");
  EXPECT_EQ(Put(Wire::kFloat4, sdk::Float64(std::numeric_limits<double>::infinity())),
            "000000047f800000");
  EXPECT_NE(Refusal(Wire::kUuid, sdk::String("zz")).find("type uuid"), std::string::npos);
  EXPECT_NE(Refusal(Wire::kUuid, sdk::String("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1")).find("uuid"),
            std::string::npos);
  EXPECT_NE(Refusal(Wire::kTimestamp, sdk::Timestamp(INT64_MAX)).find("range"), std::string::npos);
  EXPECT_NE(Refusal(Wire::kInt8, sdk::String("1")).find("bigint"), std::string::npos);
  EXPECT_NE(Refusal(Wire::kTime, sdk::Time(-1)).find("type time"), std::string::npos);
}

TEST(ValueTextTest, LiteralsAreWhatPostgresReads) {
  const auto text = [](const sdk::Value& value) {
    std::string out;
    AppendLiteral(out, value, shared::TimeZone::Load("db.timezone", "GMT-1"));
    return out;
  };
  EXPECT_EQ(text(sdk::Boolean(false)), "false");
  EXPECT_EQ(text(sdk::Float64(0.1)), "0.1");
  EXPECT_EQ(text(sdk::Float64(-std::numeric_limits<double>::infinity())), "-Infinity");
  EXPECT_EQ(text(sdk::Float32(std::nanf(""))), "NaN");
  EXPECT_EQ(text(sdk::Bytes("\x0a\xff")), "\\x0aff");
  EXPECT_EQ(text(sdk::Date(19782)), "2024-02-29");
  EXPECT_EQ(text(sdk::Date(-719163)), "0001-12-31 BC");
  EXPECT_EQ(text(sdk::Time(3'723'004)), "01:02:03.004");
  EXPECT_EQ(text(sdk::Timestamp(1709209800250)), "2024-02-29 11:30:00.25");
  EXPECT_EQ(text(sdk::Timestamp(-1)), "1969-12-31 22:59:59.999");
  const sdk::Value inner[] = {sdk::String("a\"b\\"), sdk::Null(), sdk::Int32(3)};
  EXPECT_EQ(text(abi::Array(inner, 3)), R"({"a\"b\\",NULL,"3"})");
  const sdk::Value outer[] = {abi::Array(inner, 0), abi::Array(inner + 2, 1)};
  EXPECT_EQ(text(abi::Array(outer, 2)), R"({{},{"3"}})");
  const uint8_t one[] = {1};
  sluice_decimal decimal{-2, 1, one};
  EXPECT_EQ(text(abi::Decimal(&decimal)), "100");
  decimal.scale = std::numeric_limits<int32_t>::min();  // 2 GiB of zeros
  EXPECT_THROW(text(abi::Decimal(&decimal)), BadValue);
}

TEST(ValueTextTest, Json) {
  const auto text = [](const sdk::Value& value) {
    std::string out;
    AppendJson(out, value);
    return out;
  };
  const sluice_map_entry entries[] = {{sdk::String("k"), sdk::Bytes("ab")},
                                      {sdk::String("x\n"), sdk::Float64(1)}};
  EXPECT_EQ(text(abi::Map(entries, 2)), R"({"k":"YWI=","x\n":1.0})");
  const uint8_t price[] = {0x05, 0x0A};
  const sluice_decimal decimal{2, sizeof price, price};
  EXPECT_EQ(text(abi::Decimal(&decimal)), "12.90");
  std::vector<sdk::Value> nested(1100);
  for (size_t i = 1; i < nested.size(); ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  EXPECT_THROW(text(nested.back()), BadValue);
}

}  // namespace
}  // namespace sluice::postgres::sink
