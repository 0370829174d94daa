#include "connectors/object_store_sink/schema_rule.h"

#include <gtest/gtest.h>

#include "connectors/object_store_sink/projector.h"
#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

sdk::Schema Version(int version, bool with_b, sluice_kind type = SLUICE_INT32) {
  abi::SchemaBuilder builder(SLUICE_STRUCT);
  builder.Name("S").Version(version).Field("a", sdk::schemas::Of(type));
  if (with_b) builder.Field("b", sdk::schemas::Optional(sdk::schemas::String()));
  return builder.Build();
}

TEST(SchemaRuleTest, Rules) {
  const sdk::Schema one = Version(1, false), two = Version(2, true);
  EXPECT_FALSE(NeedsNewFile(Compatibility::kNone, one.get(), one.get()));
  EXPECT_TRUE(NeedsNewFile(Compatibility::kNone, two.get(), one.get()));
  EXPECT_TRUE(NeedsNewFile(Compatibility::kNone, nullptr, one.get()));
  for (Compatibility rule : {Compatibility::kBackward, Compatibility::kFull}) {
    EXPECT_TRUE(NeedsNewFile(rule, two.get(), one.get()));
    EXPECT_FALSE(NeedsNewFile(rule, one.get(), two.get()));
  }
  EXPECT_FALSE(NeedsNewFile(Compatibility::kForward, two.get(), one.get()));
  EXPECT_TRUE(NeedsNewFile(Compatibility::kForward, one.get(), two.get()));
}

TEST(SchemaRuleTest, WhatCannotBeProjectedNeedsANewFile) {
  const sdk::Schema text = Version(1, false, SLUICE_STRING), number = Version(2, false);
  EXPECT_TRUE(NeedsNewFile(Compatibility::kBackward, text.get(), number.get()));
}

TEST(SchemaRuleTest, WithoutAVersionItCannotBeTold) {
  const sdk::Schema one = Version(1, false), bare = sdk::schemas::Struct("S").Build();
  EXPECT_THROW(NeedsNewFile(Compatibility::kFull, bare.get(), one.get()), sdk::DataException);
  EXPECT_THROW(NeedsNewFile(Compatibility::kFull, nullptr, one.get()), sdk::DataException);
}

TEST(ProjectorTest, FieldsDefaultsAndNumbers) {
  const sdk::Schema from = Version(1, false), to = Version(2, true, SLUICE_INT64);
  const sdk::Value values[] = {sdk::Int32(7)};
  const sluice_struct structure{from.get(), values};
  abi::Arena arena;
  const sdk::Value made = Project(arena, *from, abi::Struct(&structure), *to);
  ASSERT_EQ(made.size, 2u);
  EXPECT_EQ(made.as.structure->schema, to.get());
  EXPECT_EQ(made.as.structure->values[0].kind, SLUICE_INT64);
  EXPECT_EQ(made.as.structure->values[0].as.int64, 7);
  EXPECT_TRUE(sdk::IsNull(made.as.structure->values[1]));
  EXPECT_EQ(
      Project(arena, *sdk::schemas::Int8(), sdk::Int8(3), *sdk::schemas::Float64()).as.float64,
      3.0);
}

TEST(ProjectorTest, WhatDoesNotFit) {
  const auto why = [](const sdk::Schema& from, const sdk::Schema& to) {
    return WhyNotProjectable(*from, *to);
  };
  EXPECT_EQ(why(sdk::schemas::Int32(), sdk::schemas::Int64()), "");
  EXPECT_NE(why(sdk::schemas::Int64(), sdk::schemas::Int32()), "");
  EXPECT_NE(why(sdk::schemas::Int32(), sdk::schemas::String()), "");
  EXPECT_NE(why(sdk::schemas::Int32(), sdk::schemas::Date()), "");
  EXPECT_NE(why(sdk::schemas::Optional(sdk::schemas::Int32()), sdk::schemas::Int32()), "");
  EXPECT_NE(
      why(sdk::schemas::Array(sdk::schemas::String()), sdk::schemas::Array(sdk::schemas::Int32())),
      "");
  const sdk::Schema needs =
      sdk::schemas::Struct("S").Version(1).Field("z", sdk::schemas::Int32()).Build();
  EXPECT_EQ(why(Version(1, false), needs), "field z: it is missing, and required there");
}

}  // namespace
}  // namespace sluice::object_store_sink
