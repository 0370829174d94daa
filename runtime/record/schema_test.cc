#include "runtime/record/schema.h"

#include "gtest/gtest.h"

namespace sluice::record {
namespace {

TEST(SchemaTest, SingleValuesHaveStaticSchemas) {
  EXPECT_EQ(OptionalSchema(SLUICE_STRING), OptionalSchema(SLUICE_STRING));
  EXPECT_TRUE(OptionalSchema(SLUICE_STRING)->optional);
  EXPECT_FALSE(RequiredSchema(SLUICE_INT8)->optional);
  EXPECT_EQ(RequiredSchema(SLUICE_DATE)->type, SLUICE_INT32);
  EXPECT_EQ(RequiredSchema(SLUICE_TIMESTAMP)->version, 1);
  EXPECT_EQ(RequiredSchema(SLUICE_ARRAY), nullptr);
  EXPECT_EQ(RequiredSchema(SLUICE_DECIMAL), nullptr);
  EXPECT_EQ(RequiredSchema(200), nullptr);
}

TEST(SchemaTest, TheNameMakesALogicalType) {
  EXPECT_EQ(LogicalOf(nullptr), Logical::kNone);
  EXPECT_EQ(LogicalOf(RequiredSchema(SLUICE_TIME)), Logical::kTime);
  EXPECT_EQ(LogicalOf(RequiredSchema(SLUICE_INT32)), Logical::kNone);
  abi::SchemaRef other =
      abi::SchemaBuilder(SLUICE_INT32).Name("org.apache.kafka.connect.data.Dates").Build();
  EXPECT_EQ(LogicalOf(other.get()), Logical::kNone);
  abi::SchemaRef text = abi::SchemaBuilder(SLUICE_STRING).Name(kDateName).Build();
  EXPECT_EQ(LogicalOf(text.get()), Logical::kDate);
}

TEST(SchemaTest, DecimalsHaveAScale) {
  EXPECT_EQ(DecimalScale(*DecimalSchema(-3)).value(), -3);
  abi::SchemaRef none = abi::SchemaBuilder(SLUICE_BYTES).Name(kDecimalName).Build();
  EXPECT_EQ(Message(DecimalScale(*none).status()),
            "Invalid Decimal schema: scale parameter not found.");
  abi::SchemaRef bad = abi::SchemaBuilder(SLUICE_BYTES).Parameter("scale", "x").Build();
  EXPECT_EQ(Message(DecimalScale(*bad).status()),
            "Invalid scale parameter found in Decimal schema: ");
}

TEST(SchemaTest, Texts) {
  EXPECT_EQ(TypeName(SLUICE_FLOAT64), "FLOAT64");
  EXPECT_EQ(TypeName(SLUICE_DECIMAL), "BYTES");
  EXPECT_EQ(SchemaText(*RequiredSchema(SLUICE_INT32)), "Schema{INT32}");
  EXPECT_EQ(SchemaText(*RequiredSchema(SLUICE_DATE)),
            "Schema{org.apache.kafka.connect.data.Date:INT32}");
}

}  // namespace
}  // namespace sluice::record
