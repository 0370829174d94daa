#include "runtime/record/value.h"

#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"

namespace sluice::record {
namespace {

class ValueTest : public ::testing::Test {
 protected:
  sluice_value Decimal(const char* text) {
    return abi::Decimal(arena_.New(*ParseDecimal(text, arena_)));
  }
  sluice_value Array(std::vector<sluice_value> items) {
    auto* stored = arena_.NewArray<sluice_value>(items.size());
    std::copy(items.begin(), items.end(), stored);
    return abi::Array(stored, items.size());
  }
  sluice_value Map(std::vector<sluice_map_entry> entries) {
    return arena_.CopyMap(entries.data(), entries.size());
  }
  sluice_value Struct(const abi::SchemaRef& schema, std::vector<sluice_value> values) {
    auto* stored = arena_.NewArray<sluice_value>(values.size());
    std::copy(values.begin(), values.end(), stored);
    return arena_.NewStruct(schema.get(), stored);
  }
  static std::string Error(const sluice_schema* schema, const sluice_value& value) {
    return std::string(Message(ValidateField("a", *schema, value)));
  }

  abi::Arena arena_;
  const abi::SchemaRef int32_{RequiredSchema(SLUICE_INT32)};
  const abi::SchemaRef text_{OptionalSchema(SLUICE_STRING)};
  const abi::SchemaRef pair_ =
      abi::SchemaBuilder(SLUICE_STRUCT).Field("a", int32_).Field("b", text_).Build();
};

TEST_F(ValueTest, JavaText) {
  const auto a = abi::String("a"), b = abi::String("b");
  EXPECT_EQ(JavaText(abi::Null()), "null");
  EXPECT_EQ(JavaText(abi::Boolean(true)), "true");
  EXPECT_EQ(JavaText(abi::Int64(-5)), "-5");
  EXPECT_EQ(JavaText(abi::Float32(0.1f)), "0.1");
  EXPECT_EQ(JavaText(abi::Float64(1e10)), "1.0E10");
  EXPECT_EQ(JavaText(Decimal("12.90")), "12.90");
  EXPECT_EQ(JavaText(abi::Bytes({"\0\xff", 2})), "AP8=");
  EXPECT_EQ(JavaText(Array({abi::Int32(1), abi::Null(), a})), "[1, null, a]");
  EXPECT_EQ(JavaText(Map({{a, abi::Int32(1)}, {b, Array({})}})), "{a=1, b=[]}");
  EXPECT_EQ(JavaText(Struct(pair_, {abi::Int32(1), abi::String("x")})), "Struct{a=1,b=x}");
  EXPECT_EQ(JavaText(Struct(pair_, {abi::Int32(1), abi::Null()})), "Struct{a=1}");
  EXPECT_EQ(JavaText(abi::Integer(SLUICE_DATE, 1)), "Fri Jan 02 00:00:00 UTC 1970");
  EXPECT_EQ(JavaText(abi::Integer(SLUICE_TIMESTAMP, 0)), "Thu Jan 01 00:00:00 UTC 1970");
}

TEST_F(ValueTest, JavaClasses) {
  EXPECT_EQ(JavaClassText(abi::Int32(1)), "class java.lang.Integer");
  EXPECT_EQ(JavaClassText(abi::Bytes("")), "class [B");
  EXPECT_EQ(JavaClassName(abi::Integer(SLUICE_TIME, 0)), "java.util.Date");
  EXPECT_EQ(JavaClassName(Map({})), "java.util.HashMap");
}

TEST_F(ValueTest, Equality) {
  const auto a = abi::String("a"), b = abi::String("b");
  const auto one = abi::Int32(1), two = abi::Int32(2);
  const auto equal = [](const sluice_value& x, const sluice_value& y) {
    const bool equals = DeepEquals(x, y);
    EXPECT_TRUE(!equals || DeepHash(x) == DeepHash(y));
    return equals;
  };
  EXPECT_TRUE(equal(Map({{a, one}, {b, two}}), Map({{b, two}, {a, one}})));
  EXPECT_FALSE(equal(Map({{a, one}, {b, two}}), Map({{b, one}, {a, two}})));
  EXPECT_FALSE(equal(Array({one, two}), Array({two, one})));
  EXPECT_FALSE(equal(abi::Int32(1), abi::Int64(1)));
  EXPECT_FALSE(equal(abi::String("a"), abi::Bytes("a")));
  EXPECT_TRUE(equal(abi::Float64(NAN), abi::Float64(-NAN)));
  EXPECT_FALSE(equal(abi::Float64(0.0), abi::Float64(-0.0)));
  EXPECT_FALSE(equal(Decimal("1.0"), Decimal("1.00")));
  EXPECT_TRUE(equal(Decimal("10"), Decimal("10")));
  EXPECT_TRUE(equal(abi::Integer(SLUICE_DATE, 1), abi::Integer(SLUICE_TIMESTAMP, 86400000)));
  EXPECT_TRUE(equal(Struct(pair_, {one, a}), Struct(pair_, {one, a})));
  EXPECT_FALSE(equal(Struct(pair_, {one, a}), Struct(pair_, {one, b})));
}

TEST_F(ValueTest, BigMapsInAnyOrder) {
  std::vector<sluice_map_entry> entries;
  for (int i = 0; i < 20'000; ++i) entries.push_back({abi::Int32(i), abi::Int32(-i)});
  const sluice_value map = Map(entries);
  std::reverse(entries.begin(), entries.end());
  EXPECT_TRUE(DeepEquals(map, Map(entries)));
  entries[0].value = abi::Int32(1);
  EXPECT_FALSE(DeepEquals(map, Map(entries)));
}

TEST_F(ValueTest, ValidationSpeaksJava) {
  EXPECT_EQ(Error(int32_.get(), abi::Int32(1)), "");
  EXPECT_EQ(Error(text_.get(), abi::Null()), "");
  EXPECT_EQ(Error(int32_.get(), abi::Null()),
            "Invalid value: null used for required field: \"a\", schema type: INT32");
  EXPECT_EQ(Error(int32_.get(), abi::String("x")),
            "Invalid Java object for schema with type INT32: class java.lang.String for field: "
            "\"a\"");
  EXPECT_EQ(Error(RequiredSchema(SLUICE_DATE), abi::Int32(1)),
            "Invalid Java object for schema \"org.apache.kafka.connect.data.Date\" with type "
            "INT32: class java.lang.Integer for field: \"a\"");
  const abi::SchemaRef list = abi::SchemaBuilder(SLUICE_ARRAY).Value(int32_).Build();
  EXPECT_EQ(Error(list.get(), Array({abi::Int32(1), abi::Null()})),
            "Invalid value: null used for required element of array field: \"a\", schema type: "
            "INT32");
  const abi::SchemaRef map = abi::SchemaBuilder(SLUICE_MAP).Key(text_).Value(list).Build();
  EXPECT_EQ(Error(map.get(), Map({{abi::String("k"), Array({abi::Boolean(true)})}})),
            "Invalid Java object for schema with type INT32: class java.lang.Boolean for element "
            "of array value of map field: \"a\"");
  const abi::SchemaRef any = abi::SchemaBuilder(SLUICE_ARRAY).Build();
  EXPECT_EQ(Error(any.get(), Array({})), "No schema defined for element of array field: \"a\"");
  EXPECT_EQ(Message(ValidateValue(*int32_, abi::Null())),
            "Invalid value: null used for required value, schema type: INT32");
}

TEST_F(ValueTest, StructsAreCheckedFieldByField) {
  EXPECT_TRUE(ValidateValue(*pair_, Struct(pair_, {abi::Int32(1), abi::Null()})).ok());
  EXPECT_EQ(Error(pair_.get(), Struct(pair_, {abi::Null(), abi::Null()})),
            "Invalid value: null used for required field: \"a\", schema type: INT32");
  const abi::SchemaRef other = abi::SchemaBuilder(SLUICE_STRUCT).Field("a", int32_).Build();
  EXPECT_EQ(Error(pair_.get(), Struct(other, {abi::Int32(1)})), "Struct schemas do not match.");
  const sluice_value fallback = abi::Int32(7);
  const abi::SchemaRef defaulted =
      abi::SchemaBuilder(SLUICE_STRUCT)
          .Field("a", abi::SchemaBuilder(SLUICE_INT32).Default(fallback).Build())
          .Build();
  EXPECT_TRUE(ValidateValue(*defaulted, Struct(defaulted, {abi::Null()})).ok());
}

}  // namespace
}  // namespace sluice::record
