#include "runtime/abi/schema.h"

#include <gtest/gtest.h>

#include "runtime/abi/check.h"

namespace sluice::abi {
namespace {

SchemaRef Int64() { return SchemaBuilder(SLUICE_INT64).Build(); }
SchemaRef Text() { return SchemaBuilder(SLUICE_STRING).Build(); }
SchemaBuilder Order() {
  return SchemaBuilder(SLUICE_STRUCT).Name("Order").Field("id", Int64()).Field("who", Text());
}

TEST(Schema, EqualContentIsEqualWhoeverMadeIt) {
  EXPECT_EQ(Order().Build(), Order().Build());
  EXPECT_EQ(SchemaBuilder::Like(*Order().Build()).Build(), Order().Build());
  EXPECT_EQ(SchemaRef(), SchemaRef());
}

TEST(Schema, EveryPartCountsInTheFingerprint) {
  const SchemaRef plain = Order().Build();
  for (const SchemaRef& other :
       {Order().Optional().Build(), Order().Version(1).Build(), Order().Version(0).Build(),
        Order().Doc("").Build(), Order().Name("Orde").Build(), Order().NoName().Build(),
        Order().Parameter("a", "b").Build(), Order().Field("x", Text()).Build(),
        SchemaBuilder(SLUICE_STRUCT)
            .Name("Order")
            .Field("who", Text())
            .Field("id", Int64())
            .Build(),
        Order().Default(Null()).Build()}) {
    EXPECT_FALSE(plain == other);
  }
  EXPECT_FALSE(SchemaBuilder(SLUICE_STRING).Default(String("a")).Build() ==
               SchemaBuilder(SLUICE_STRING).Default(String("b")).Build());
  EXPECT_FALSE(plain == SchemaRef());
}

TEST(Schema, ParametersCountInWhateverOrder) {
  EXPECT_EQ(Order().Parameter("a", "1").Parameter("b", "2").Build(),
            Order().Parameter("b", "2").Parameter("a", "1").Build());
  const SchemaRef twice = Order().Parameter("a", "0").Parameter("a", "1").Build();
  EXPECT_EQ(twice->parameter_count, 1u);
  EXPECT_EQ(twice, Order().Parameter("a", "1").Build());
}

// The bytes are part of the ABI: another language's SDK computes the same number.
TEST(Schema, TheFingerprintOfInt64IsPinned) {
  const SchemaRef schema = Int64();
  EXPECT_EQ(schema->fingerprint.lo, 0xf1c691f71ebbb320ull);
  EXPECT_EQ(schema->fingerprint.hi, 0xec40f978eaf4d61ull);
}

TEST(Schema, InnerSchemasLiveAsLongAsTheOuter) {
  SchemaRef outer;
  {
    SchemaRef inner = Order().Build();
    outer = SchemaBuilder(SLUICE_ARRAY).Value(inner).Build();
  }
  EXPECT_EQ(View(outer->value_schema->name), "Order");
  SchemaRef shared = outer;
  outer = SchemaRef();
  EXPECT_EQ(View(shared->value_schema->fields[1].name), "who");
}

TEST(Schema, DefaultsAreCopiedDeeply) {
  SchemaRef schema;
  {
    std::string text = "gone soon";
    sluice_value items[] = {String(text)};
    schema = SchemaBuilder(SLUICE_ARRAY).Value(Text()).Default(Array(items, 1)).Build();
  }
  EXPECT_EQ(abi::Text(schema->default_value->as.items[0]), "gone soon");
}

TEST(Check, ValuesAndTheirSchemas) {
  Arena arena;
  const SchemaRef order = Order().Build();
  sluice_value fields[] = {abi::Int64(1), String("me")};
  const sluice_value good = arena.NewStruct(order.get(), fields);
  EXPECT_EQ(CheckValue(order.get(), good), "");
  EXPECT_EQ(CheckValue(nullptr, good), "");

  sluice_value missing[] = {abi::Int64(1), Null()};
  EXPECT_EQ(CheckValue(order.get(), arena.NewStruct(order.get(), missing)),
            "Invalid value: null used for required field: \"who\", schema type: STRING");
  sluice_value wrong[] = {String("1"), String("me")};
  EXPECT_EQ(
      CheckValue(order.get(), arena.NewStruct(order.get(), wrong)),
      "Invalid value for field: \"id\": a value of kind STRING does not fit schema type INT64");
  const SchemaRef stamp = SchemaBuilder(SLUICE_INT64).Name(kTimestampName).Build();
  EXPECT_EQ(CheckValue(stamp.get(), Integer(SLUICE_TIMESTAMP, 5)), "");
  EXPECT_NE(CheckValue(Int64().get(), Integer(SLUICE_TIMESTAMP, 5)), "");
  EXPECT_NE(CheckValue(SchemaBuilder(SLUICE_STRUCT).Name("Other").Build().get(), good), "");
}

TEST(Check, GarbageIsSeenBeforeItIsFollowed) {
  sluice_value value{};
  value.kind = 77;
  EXPECT_EQ(CheckShallow(value), "kind 77 does not exist, the highest is 16");
  value.kind = SLUICE_STRING;
  value.size = 3;
  EXPECT_EQ(CheckShallow(value), "STRING of size 3 has a NULL as.data");
  value.kind = SLUICE_STRUCT;
  EXPECT_NE(CheckShallow(value), "");
  sluice_decimal empty{0, 0, nullptr};
  EXPECT_NE(CheckShallow(Decimal(&empty)), "");
  EXPECT_EQ(CheckShallow(Null()), "");
}

}  // namespace
}  // namespace sluice::abi
