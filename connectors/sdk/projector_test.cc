// Projection as a plugin uses it. That it answers as Java's does: runtime/convert/peer_test.cc.
#include "connectors/sdk/projector.h"

#include <gtest/gtest.h>

#include <string>

#include "connectors/sdk/record.h"
#include "connectors/sdk/value.h"

namespace sluice::sdk {
namespace {

class ProjectorTest : public ::testing::Test {
 protected:
  abi::Arena arena;
};

TEST_F(ProjectorTest, ARecordOfAnOlderVersionInTheFormOfANewer) {
  const Schema old_version = schemas::Struct("User")
                                 .Field("name", schemas::String())
                                 .Field("age", schemas::Int32())
                                 .Field("gone", schemas::String())
                                 .Build();
  const Schema new_version =
      schemas::Struct("User")
          .Field("age", schemas::Int64())
          .Field("city", SchemaBuilder(SLUICE_STRING).Default(String("none")).Build())
          .Field("name", schemas::String())
          .Field("nick", SchemaBuilder(SLUICE_STRING).Optional().Build())
          .Build();
  EXPECT_EQ(WhyNotProjectable(*old_version, *new_version), "");
  const Value value = StructBuilder(arena, old_version.get())
                          .Set("name", String("ann"))
                          .Set("age", Int32(7))
                          .Set("gone", String("x"))
                          .Build();
  const Value projected = Project(arena, *old_version, value, *new_version);
  EXPECT_EQ(projected.as.structure->schema, new_version.get());
  const Value* fields = projected.as.structure->values;
  EXPECT_EQ(fields[0].kind, SLUICE_INT64);
  EXPECT_EQ(fields[0].as.int64, 7);
  EXPECT_EQ(Text(fields[1]), "none");
  EXPECT_EQ(Text(fields[2]), "ann");
  EXPECT_EQ(fields[2].as.data, value.as.structure->values[0].as.data);  // borrowed
  EXPECT_TRUE(IsNull(fields[3]));
}

TEST_F(ProjectorTest, TheSameSchemaIsNoWork) {
  const Schema schema = schemas::Int32();
  EXPECT_EQ(Project(arena, *schema, Int32(7), *schema).as.int64, 7);
  EXPECT_EQ(arena.held(), 0u);
}

TEST_F(ProjectorTest, WhatIsNotCompatibleSaysWhere) {
  const Schema inner = schemas::Struct("Inner").Field("n", schemas::Int64()).Build();
  const Schema other = schemas::Struct("Inner").Field("n", schemas::Int32()).Build();
  const Schema source = schemas::Struct("User").Field("inner", inner).Build();
  const Schema target = schemas::Struct("User").Field("inner", other).Build();
  constexpr char kWhy[] =
      "Error projecting inner: Error projecting n: Schema type mismatch. source type: INT64 and "
      "target type: INT32";
  EXPECT_EQ(WhyNotProjectable(*source, *target), kWhy);
  const Value value =
      StructBuilder(arena, source.get())
          .Set("inner", StructBuilder(arena, inner.get()).Set("n", Int64(1)).Build())
          .Build();
  try {
    Project(arena, *source, value, *target);
    FAIL();
  } catch (const SchemaProjectorException& error) {
    EXPECT_STREQ(error.what(), kWhy);
    EXPECT_STREQ(error.java_class(), "org.apache.kafka.connect.errors.SchemaProjectorException");
    EXPECT_EQ(error.code(), SLUICE_BAD_RECORD);
  }
}

TEST_F(ProjectorTest, AValueThatIsNoneOfItsSchemaIsBadData) {
  const Schema source = schemas::Struct("User").Field("n", schemas::Int32()).Build();
  const Schema target = schemas::Struct("User").Field("n", schemas::Int64()).Build();
  EXPECT_THROW(Project(arena, *source, String("text"), *target), DataException);
  try {
    Project(arena, *source, String("text"), *target);
  } catch (const SchemaProjectorException&) {
    FAIL();
  } catch (const DataException& error) {
    EXPECT_NE(std::string(error.what()).find("STRING"), std::string::npos);
  }
}

TEST_F(ProjectorTest, AFieldThatIsMissingAndRequired) {
  const Schema source = schemas::Struct("User").Field("a", schemas::Int32()).Build();
  const Schema target =
      schemas::Struct("User").Field("a", schemas::Int32()).Field("b", schemas::Int32()).Build();
  EXPECT_EQ(WhyNotProjectable(*source, *target),
            "Required field `b` is missing from source schema: Schema{User:STRUCT}");
  EXPECT_EQ(WhyNotProjectable(*target, *source), "");
}

}  // namespace
}  // namespace sluice::sdk
