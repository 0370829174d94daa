#include "connectors/object_store_sink/schema_rule.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace sluice::object_store_sink
