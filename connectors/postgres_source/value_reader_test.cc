#include "connectors/postgres_source/value_reader.h"

#include <gtest/gtest.h>

#include "connectors/postgres/oid.h"
#include "connectors/sdk/fakes.h"

namespace sluice::postgres::source {
namespace {

ResultColumn Of(uint32_t type, int32_t modifier = -1) {
  ResultColumn column;
  column.name = "c";
  column.type = type;
  column.modifier = modifier;
  return column;
}

// numeric(precision, scale)
int32_t Numeric(int32_t precision, int32_t scale) {
  return (precision << 16 | (scale & 0x7FF)) + 4;
}

class ValueReaderTest : public testing::Test {
 protected:
  // The schema's type, and the value.
  std::string Read(const ResultColumn& column, std::string_view text) {
    const ValueReader reader(column, options_);
    const sdk::Value value = reader.Read(text, arena_);
    std::string name(abi::View(reader.schema()->name));
    name = name.substr(name.rfind('.') + 1);
    return std::string(name.empty() ? abi::KindName(reader.schema()->type) : name) + " " +
           sdk::ToText(value);
  }
  ReadOptions options_;
  abi::Arena arena_{1024};
};

TEST_F(ValueReaderTest, EveryTypeHasItsValue) {
  const struct {
    uint32_t type;
    int32_t modifier;
    const char *text, *read;
  } cases[] = {
      {kOidBool, -1, "t", "BOOLEAN true"},
      {kOidBit, 1, "0", "BOOLEAN false"},
      {kOidBit, 4, "1011", "INT8 11"},
      {kOidBit, 12, "100000000001", "BYTES 0x0801"},
      {kOidInt2, -1, "-7", "INT16 -7"},
      {kOidInt4, -1, "2147483647", "INT32 2147483647"},
      {kOidInt8, -1, "-9223372036854775808", "INT64 -9223372036854775808"},
      {kOidOid, -1, "4294967295", "INT64 4294967295"},
      {kOidFloat4, -1, "0.1", "FLOAT32 0.1"},
      {kOidFloat8, -1, "-Infinity", "FLOAT64 -inf"},
      {kOidMoney, -1, "-$1,234.50", "FLOAT64 -1234.5"},
      {kOidNumeric, Numeric(10, 2), "-12345678.90", "Decimal -12345678.90"},
      {kOidNumeric, Numeric(30, 0), "123456789012345678901234567890",
       "Decimal unscaled 0x018ee90ff6c373e0ee4e3f0ad2 scale 0"},
      {kOidNumeric, Numeric(30, 10), "-12345678901234567890.1234567890",
       "Decimal unscaled 0xfe7116f0093c8c1f11b1c0f52e scale 10"},
      {kOidNumeric, Numeric(3, -2), "12300", "Decimal 12300"},
      {kOidBytea, -1, "\\x00ff0a", "BYTES 0x00ff0a"},
      {kOidText, -1, "a\"b", "STRING \"a\"b\""},
      {kOidUuid, -1, "a0ee", "STRING \"a0ee\""},
      {1007, -1, "{1,NULL}", "STRING \"{1,NULL}\""},
      {kOidDate, -1, "2024-02-29", "Date 19782"},
      {kOidDate, -1, "0001-12-31 BC", "Date -719163"},
      {kOidTime, -1, "12:30:00.25", "Time 45000250"},
      {kOidTimeTz, -1, "01:00:00+02", "Time 82800000"},
      {kOidTimestamp, -1, "2024-02-29 12:30:00.25", "Timestamp 1709209800250"},
      {kOidTimestamp, -1, "1969-12-31 23:59:59.9999", "Timestamp -1"},
      {kOidTimestampTz, -1, "2024-02-29 12:30:00+00", "Timestamp 1709209800000"},
      {kOidTimestampTz, -1, "2024-02-29 15:00:00+02:30", "Timestamp 1709209800000"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Read(Of(one.type, one.modifier), one.text), one.read) << one.type << " " << one.text;
  }
}

TEST_F(ValueReaderTest, ATimestampWithoutAZoneIsAClockOfTheConfiguredOne) {
  options_.zone = shared::TimeZone::Load("db.timezone", "Europe/Berlin");
  EXPECT_EQ(Read(Of(kOidTimestamp), "2024-02-29 13:30:00"), "Timestamp 1709209800000");
  EXPECT_EQ(Read(Of(kOidTimestamp), "2024-07-01 14:00:00"), "Timestamp 1719835200000");
  EXPECT_EQ(Read(Of(kOidTimestampTz), "2024-02-29 12:30:00+00"), "Timestamp 1709209800000");
}

TEST_F(ValueReaderTest, NumericsByMapping) {
  const auto type = [&](int32_t modifier, NumericMapping mapping) {
    options_.numeric = mapping;
    const std::string read = Read(Of(kOidNumeric, modifier), "0");
    return read.substr(0, read.find(' '));
  };
  const struct {
    int32_t modifier;
    const char *none, *precision_only, *best_fit, *eager;
  } cases[] = {
      {Numeric(2, 0), "Decimal", "INT8", "INT8", "INT8"},
      {Numeric(4, 0), "Decimal", "INT16", "INT16", "INT16"},
      {Numeric(9, 0), "Decimal", "INT32", "INT32", "INT32"},
      {Numeric(18, 0), "Decimal", "INT64", "INT64", "INT64"},
      {Numeric(19, 0), "Decimal", "Decimal", "Decimal", "Decimal"},
      {Numeric(2, -2), "Decimal", "Decimal", "INT16", "INT16"},
      {Numeric(18, 2), "Decimal", "Decimal", "FLOAT64", "FLOAT64"},
      {Numeric(19, 2), "Decimal", "Decimal", "Decimal", "FLOAT64"},
      {-1, "Decimal", "Decimal", "Decimal", "FLOAT64"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(type(one.modifier, NumericMapping::kNone), one.none) << one.modifier;
    EXPECT_EQ(type(one.modifier, NumericMapping::kPrecisionOnly), one.precision_only);
    EXPECT_EQ(type(one.modifier, NumericMapping::kBestFit), one.best_fit) << one.modifier;
    EXPECT_EQ(type(one.modifier, NumericMapping::kBestFitEagerDouble), one.eager) << one.modifier;
  }
}

TEST_F(ValueReaderTest, ANumericOfAnyScaleHasTheOriginals) {
  const ValueReader reader(Of(kOidNumeric), options_);
  const sdk::Value value = reader.Read("0.5", arena_);
  EXPECT_EQ(value.as.decimal->scale, 127);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(value.as.decimal->unscaled), 3),
            "\x1d\x8b\xa7");
  EXPECT_EQ(value.as.decimal->unscaled_size, 53u);
}

TEST_F(ValueReaderTest, TimestampsByGranularity) {
  const auto read = [&](Granularity granularity) {
    options_.granularity = granularity;
    return Read(Of(kOidTimestamp), "2024-02-29 12:30:00.250001");
  };
  EXPECT_EQ(read(Granularity::kMicrosLong), "INT64 1709209800250001");
  EXPECT_EQ(read(Granularity::kNanosLong), "INT64 1709209800250001000");
  EXPECT_EQ(read(Granularity::kMicrosString), "STRING \"1709209800250001\"");
  EXPECT_EQ(read(Granularity::kNanosString), "STRING \"1709209800250001000\"");
  EXPECT_EQ(read(Granularity::kMicrosIso), "STRING \"2024-02-29T12:30:00.250001\"");
  EXPECT_EQ(read(Granularity::kNanosIso), "STRING \"2024-02-29T12:30:00.250001000\"");
}

TEST_F(ValueReaderTest, WhatIsNoneOfItsTypeIsRefused) {
  for (const auto& [type, text] :
       {std::pair{kOidInt2, "40000"}, std::pair{kOidInt4, "1.5"}, std::pair{kOidFloat8, "x"},
        std::pair{kOidBytea, "escaped\\000"}, std::pair{kOidDate, "29.02.2024"},
        std::pair{kOidTimestamp, "2024-02-29T12"}, std::pair{kOidTime, "noon"},
        std::pair{kOidNumeric, "NaN"}}) {
    EXPECT_THROW(Read(Of(type), text), UnreadableValue) << text;
  }
  EXPECT_THROW(Read(Of(kOidNumeric, Numeric(5, 1)), "1.25"), UnreadableValue);
}

TEST_F(ValueReaderTest, WhatToDoAboutAnUnreadableValueIsSaid) {
  const auto advice = [&](const ResultColumn& column) {
    return ValueReader(column, options_).Advice("n");
  };
  const std::string mapping = "numeric.mapping=best_fit_eager_double";
  EXPECT_NE(advice(Of(kOidNumeric, Numeric(8, 2))).find(mapping), std::string::npos);
  EXPECT_NE(advice(Of(kOidNumeric)).find(mapping), std::string::npos);
  EXPECT_EQ(advice(Of(kOidNumeric, Numeric(8, 0))).find(mapping), std::string::npos);
  EXPECT_NE(advice(Of(kOidNumeric, Numeric(8, 0))).find("\"n\"::float8"), std::string::npos);
  EXPECT_NE(advice(Of(kOidDate)).find("\"n\"::text"), std::string::npos);
  options_.numeric = NumericMapping::kBestFitEagerDouble;
  EXPECT_EQ(Read(Of(kOidNumeric, Numeric(8, 2)), "NaN").substr(0, 7), "FLOAT64");
}

}  // namespace
}  // namespace sluice::postgres::source
