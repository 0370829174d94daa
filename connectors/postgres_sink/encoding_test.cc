#include "connectors/postgres_sink/encoding.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

namespace schemas = sdk::schemas;

Column Of(uint32_t type, std::string name, uint32_t element = 0) {
  Column column;
  column.name = "c";
  column.type = type;
  column.type_name = std::move(name);
  column.element = element;
  return column;
}
ColumnEncoding Choose(const sdk::Schema& schema, const Column& column, Unit unit = Unit::kMillis) {
  return ChooseEncoding(*schema, column, unit);
}

TEST(EncodingTest, NewColumnsHaveTheTypesOfTheReference) {
  const std::pair<sdk::Schema, const char*> cases[] = {
      {schemas::Int8(), "SMALLINT"},
      {schemas::Int16(), "SMALLINT"},
      {schemas::Int32(), "INT"},
      {schemas::Int64(), "BIGINT"},
      {schemas::Float32(), "REAL"},
      {schemas::Float64(), "DOUBLE PRECISION"},
      {schemas::Boolean(), "BOOLEAN"},
      {schemas::String(), "TEXT"},
      {schemas::Bytes(), "BYTEA"},
      {schemas::Decimal(2), "DECIMAL"},
      {schemas::Date(), "DATE"},
      {schemas::Time(), "TIME"},
      {schemas::Timestamp(), "TIMESTAMP"},
      {schemas::Array(schemas::Int32()), "INT[]"},
      {schemas::Array(schemas::String()), "TEXT[]"},
      {schemas::Array(schemas::Array(schemas::Int32())), "JSONB"},
      {schemas::Map(schemas::String(), schemas::Int32()), "JSONB"},
      {schemas::Struct("S").Field("a", schemas::Int32()).Build(), "JSONB"},
  };
  for (const auto& [schema, type] : cases) EXPECT_EQ(CreateType(*schema), type);
}

TEST(EncodingTest, TypesThatFitGoInBinary) {
  const struct {
    sdk::Schema schema;
    uint32_t type;
    Wire wire;
    uint32_t array;
  } cases[] = {
      {schemas::Int8(), kOidInt2, Wire::kInt2, 1005},
      {schemas::Int32(), kOidInt8, Wire::kInt8, 1016},
      {schemas::Int64(), kOidInt4, Wire::kInt4, 1007},
      {schemas::Int64(), kOidNumeric, Wire::kNumeric, 1231},
      {schemas::Float32(), kOidFloat8, Wire::kFloat8, 1022},
      {schemas::Decimal(2), kOidNumeric, Wire::kNumeric, 1231},
      {schemas::Timestamp(), kOidTimestampTz, Wire::kTimestampTz, 1185},
      {schemas::String(), kOidVarchar, Wire::kText, 1009},
      {schemas::String(), kOidUuid, Wire::kUuid, 2951},
      {schemas::Int32(), kOidText, Wire::kText, 1009},
      {schemas::Bytes(), kOidBytea, Wire::kBytea, 1001},
      {schemas::Timestamp(), kOidText, Wire::kText, 1009},
  };
  for (const auto& one : cases) {
    const ColumnEncoding chosen = Choose(one.schema, Of(one.type, "t"));
    EXPECT_TRUE(chosen.copyable) << one.type;
    EXPECT_EQ(chosen.copy.wire, one.wire) << one.type;
    EXPECT_EQ(chosen.copy.oid, one.type);
    EXPECT_EQ(chosen.parameter.wire, one.wire) << one.type;
    EXPECT_EQ(chosen.array_oid, one.array) << one.type;
    EXPECT_EQ(chosen.cast, "") << one.type;
  }
}

TEST(EncodingTest, JsonIsTextOfAStringAndJsonOfTheRest) {
  const ColumnEncoding chosen = Choose(schemas::String(), Of(kOidJsonb, "jsonb"));
  EXPECT_EQ(chosen.copy.wire, Wire::kJsonb);
  EXPECT_EQ(chosen.parameter.wire, Wire::kJson);
  EXPECT_EQ(chosen.parameter.oid, kOidText);
  EXPECT_EQ(chosen.array_oid, 1009u);
  EXPECT_EQ(chosen.cast, "jsonb");
  EXPECT_EQ(
      Choose(schemas::Map(schemas::String(), schemas::Int32()), Of(kOidText, "text")).copy.wire,
      Wire::kJson);
}

TEST(EncodingTest, WhatHasNoBinaryFormIsTextAndACast) {
  Column mood = Of(16999, "public.mood");
  mood.is_enum = true;
  const ColumnEncoding of_enum = Choose(schemas::String(), mood);
  EXPECT_TRUE(of_enum.copyable);
  EXPECT_EQ(of_enum.cast, "public.mood");

  const ColumnEncoding inet = Choose(schemas::String(), Of(869, "inet"));
  EXPECT_FALSE(inet.copyable);
  EXPECT_EQ(inet.parameter.wire, Wire::kText);
  EXPECT_EQ(inet.cast, "inet");
  EXPECT_EQ(Choose(schemas::Boolean(), Of(kOidInt4, "integer")).cast, "integer");
  EXPECT_EQ(Choose(schemas::Date(), Of(kOidTimestamp, "timestamp without time zone")).copyable,
            false);
}

TEST(EncodingTest, NumbersAreRoundedToWholeOnes) {
  const ColumnEncoding decimal = Choose(schemas::Decimal(2), Of(kOidInt4, "integer"));
  EXPECT_FALSE(decimal.copyable);
  EXPECT_EQ(decimal.parameter.wire, Wire::kNumeric);
  EXPECT_EQ(decimal.array_oid, 1231u);
  EXPECT_EQ(decimal.cast, "integer");
  const ColumnEncoding real = Choose(schemas::Float32(), Of(kOidInt8, "bigint"));
  EXPECT_EQ(real.parameter.wire, Wire::kFloat8);
  EXPECT_EQ(real.array_oid, 1022u);
  EXPECT_EQ(real.cast, "bigint");
}

TEST(EncodingTest, TextOfFixedLengthIsComparedAsItsColumnIs) {
  EXPECT_EQ(Choose(schemas::String(), Of(kOidBpchar, "bpchar")).cast, "bpchar");
  EXPECT_EQ(Choose(schemas::String(), Of(kOidVarchar, "character varying")).cast, "");
}

TEST(EncodingTest, ArraysAreBinaryInACopyAndTextInAStatement) {
  const ColumnEncoding chosen =
      Choose(schemas::Array(schemas::Int32()), Of(1007, "integer[]", kOidInt4));
  EXPECT_TRUE(chosen.copyable);
  EXPECT_EQ(chosen.copy.wire, Wire::kArray);
  EXPECT_EQ(chosen.copy.element, Wire::kInt4);
  EXPECT_EQ(chosen.copy.oid, kOidInt4);
  EXPECT_EQ(chosen.parameter.wire, Wire::kText);
  EXPECT_EQ(chosen.cast, "integer[]");
  EXPECT_FALSE(Choose(schemas::Array(schemas::String()), Of(1041, "inet[]", 869)).copyable);
}

TEST(EncodingTest, CountedTimestamps) {
  EXPECT_EQ(Choose(schemas::Int64(), Of(kOidTimestamp, "timestamp"), Unit::kMicros).copy.wire,
            Wire::kTimestamp);
  EXPECT_EQ(Choose(schemas::Int64(), Of(kOidTimestamp, "timestamp"), Unit::kMicros).copy.unit,
            Unit::kMicros);
  EXPECT_EQ(Choose(schemas::String(), Of(kOidTimestamp, "timestamp"), Unit::kMicros).cast,
            "timestamp");
  EXPECT_EQ(Choose(schemas::Int64(), Of(kOidInt8, "bigint"), Unit::kMicros).copy.wire, Wire::kInt8);
}

TEST(EncodingTest, AStructDoesNotFitANumber) {
  try {
    Choose(schemas::Struct("S").Field("a", schemas::Int32()).Build(), Of(kOidInt4, "integer"));
    FAIL();
  } catch (const sdk::ConnectException& error) {
    EXPECT_NE(std::string(error.what()).find("\"c\" is of type integer"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace sluice::postgres::sink
