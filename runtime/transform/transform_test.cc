// What each transform does to records with and without schemas, and what it says of those that it
// cannot work on.
#include "runtime/transform/transform.h"

#include <gtest/gtest.h>

#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using abi::Null;
using abi::SchemaBuilder;
using abi::SchemaRef;
using abi::String;
using testing::Maker;
using testing::Order;
using testing::Outcome;
using testing::RunTransform;
using testing::Schema;
using testing::WhyNot;

const std::string kData(testing::kData), kConfig(testing::kConfig);

class TransformTest : public ::testing::Test {
 protected:
  sluice_record Map() {
    return make_.Record(
        make_.Map({{"id", abi::Int64(5)}, {"name", String("pen")}, {"qty", abi::Float64(1.5)}}));
  }
  sluice_record Struct(const sluice_value& qty = abi::Int64(2)) {
    return make_.Record(make_.Struct(order_, {abi::Int32(5), String("pen"), qty}));
  }
  Maker make_;
  SchemaRef order_ = Order();
};

// ---- InsertField

TEST_F(TransformTest, InsertFieldSchemaless) {
  const config::ConfigMap all = {{"topic.field", "topic"}, {"partition.field", "part!"},
                                 {"offset.field", "off?"}, {"timestamp.field", "ts"},
                                 {"static.field", "who"},  {"static.value", "me"}};
  EXPECT_EQ(RunTransform("InsertField$Value", all, Map()).value,
            "{id=int64:5,name=\"pen\",qty=float64:1.5,topic=\"t\",part=int32:3,off=int64:17,ts="
            "int64:1000,who=\"me\"}");
  EXPECT_EQ(RunTransform("InsertField$Value", {{"topic.field", "name"}}, Map()).value,
            "{id=int64:5,name=\"t\",qty=float64:1.5}");
  sluice_record bare = Map();
  bare.partition = SLUICE_NO_PARTITION;
  bare.timestamp = SLUICE_NO_TIMESTAMP;
  EXPECT_EQ(
      RunTransform("InsertField$Value", {{"partition.field", "p"}, {"timestamp.field", "t"}}, bare)
          .value,
      "{id=int64:5,name=\"pen\",qty=float64:1.5}");
}

TEST_F(TransformTest, InsertFieldWithSchema) {
  const config::ConfigMap all = {{"topic.field", "topic"}, {"partition.field", "part!"},
                                 {"offset.field", "off?"}, {"timestamp.field", "ts"},
                                 {"static.field", "who!"}, {"static.value", "me"}};
  const Outcome done = RunTransform("InsertField$Value", all, Struct());
  EXPECT_EQ(done.value,
            "struct{id=int32:5,name=\"pen\",qty=int64:2,topic=\"t\",part=int32:3,off=int64:17,"
            "ts=timestamp:1000,who=\"me\"}");
  EXPECT_EQ(done.schema,  // no longer optional
            "Order(id:INT32,name:STRING?,qty:INT64,topic:STRING?,part:INT32,off:INT64?,ts:"
            "Timestamp?,who:STRING)");
  sluice_record bare = Struct();
  bare.timestamp = SLUICE_NO_TIMESTAMP;
  EXPECT_EQ(RunTransform("InsertField$Value", {{"timestamp.field", "ts"}}, bare).value,
            "struct{id=int32:5,name=\"pen\",qty=int64:2,ts=null}");
}

TEST_F(TransformTest, InsertFieldKeepsTheSchemasOtherParts) {
  auto transform = testing::New("InsertField$Value", {{"topic.field", "topic"}});
  record::BatchMemory memory;
  sluice_record record = Struct();
  ASSERT_TRUE(*transform->Apply(record, memory));
  EXPECT_EQ(abi::View(record.value_schema->doc), "an order");
  EXPECT_EQ(record.value_schema->version, 3);
  ASSERT_EQ(record.value_schema->parameter_count, 1u);
  EXPECT_EQ(record.value.as.structure->schema, record.value_schema);
}

TEST_F(TransformTest, InsertFieldAndNulls) {
  EXPECT_EQ(RunTransform("InsertField$Value", {{"topic.field", "x"}}, make_.Record(Null())).value,
            "null");
  EXPECT_EQ(RunTransform("InsertField$Value", {{"topic.field", "x"}}, Struct(Null())).value,
            "struct{id=int32:5,name=\"pen\",qty=int64:7,x=\"t\"}");
  EXPECT_EQ(
      RunTransform("InsertField$Value",
                   {{"topic.field", "x"}, {"replace.null.with.default", "false"}}, Struct(Null()))
          .error,
      kData + "Invalid value: null used for required field: \"qty\", schema type: INT64");
  order_ = Order(true);
  EXPECT_EQ(
      RunTransform("InsertField$Value",
                   {{"topic.field", "x"}, {"replace.null.with.default", "false"}}, Struct(Null()))
          .value,
      "struct{id=int32:5,name=\"pen\",qty=null,x=\"t\"}");
}

TEST_F(TransformTest, InsertFieldIntoTheKey) {
  sluice_record record = Map();
  record.key = make_.Map({{"k", abi::Int64(1)}});
  auto transform =
      testing::New("org.apache.kafka.connect.transforms.InsertField$Key", {{"topic.field", "x"}});
  record::BatchMemory memory;
  ASSERT_TRUE(*transform->Apply(record, memory));
  EXPECT_EQ(testing::Shown(record.key), "{k=int64:1,x=\"t\"}");
  EXPECT_EQ(transform->class_name(), "org.apache.kafka.connect.transforms.InsertField$Key");
}

TEST_F(TransformTest, InsertFieldErrors) {
  EXPECT_EQ(WhyNot("InsertField$Value", {}), kConfig + "No field insertion configured");
  EXPECT_EQ(WhyNot("InsertField$Value", {{"static.field", "a"}}),
            kConfig +
                "Invalid value null for configuration static.value: No value specified for static "
                "field: a");
  EXPECT_EQ(RunTransform("InsertField$Value", {{"topic.field", "id"}}, Struct()).error,
            "org.apache.kafka.connect.errors.SchemaBuilderException: Cannot create field because "
            "of field name duplication id");
  EXPECT_EQ(
      RunTransform("InsertField$Value", {{"topic.field", "x"}}, make_.Record(String("text"))).error,
      kData +
          "Only Map objects supported in absence of schema for [field insertion], found: "
          "java.lang.String");
  EXPECT_EQ(
      RunTransform("InsertField$Value", {{"topic.field", "x"}},
                   make_.Record(record::RequiredSchema(SLUICE_INT32), abi::Int32(1)))
          .error,
      kData + "Only Struct objects supported for [field insertion], found: java.lang.Integer");
  sluice_record source = Map();
  source.original_offset = SLUICE_NO_OFFSET;
  EXPECT_EQ(RunTransform("InsertField$Value", {{"offset.field", "x"}}, source).error,
            kData +
                "Only SinkRecord supported for [field insertion], found: "
                "org.apache.kafka.connect.source.SourceRecord");
}

// ---- ReplaceField

TEST_F(TransformTest, ReplaceFieldSchemaless) {
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"exclude", "qty,nope"}}, Map()).value,
            "{id=int64:5,name=\"pen\"}");
  EXPECT_EQ(
      RunTransform("ReplaceField$Value", {{"include", "id, qty"}, {"exclude", "qty"}}, Map()).value,
      "{id=int64:5}");
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"renames", "id:no,name:id"}}, Map()).value,
            "{no=int64:5,id=\"pen\",qty=float64:1.5}");
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"renames", "name:qty"}}, Map()).value,
            "{id=int64:5,qty=\"pen\"}");
  EXPECT_EQ(RunTransform("ReplaceField$Value", {}, make_.Record(Null())).value, "null");
}

TEST_F(TransformTest, ReplaceFieldWithSchema) {
  Outcome done = RunTransform(
      "ReplaceField$Value", {{"exclude", "name"}, {"renames", "id:order_id,name:gone"}}, Struct());
  EXPECT_EQ(done.value, "struct{order_id=int32:5,qty=int64:2}");
  EXPECT_EQ(done.schema, "Order(order_id:INT32,qty:INT64)");
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"renames", "id:name,name:id"}}, Struct()).value,
            "struct{name=int32:5,id=\"pen\",qty=int64:2}");
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"include", "qty"}}, Struct(Null())).value,
            "struct{qty=int64:7}");
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"include", "none"}}, Struct()).value, "struct{}");
}

TEST_F(TransformTest, ReplaceFieldErrors) {
  for (const char* renames : {"a", "a:b:c", "a:"}) {
    EXPECT_EQ(WhyNot("ReplaceField$Value", {{"renames", renames}}).find(kConfig), 0u) << renames;
    EXPECT_NE(WhyNot("ReplaceField$Value", {{"renames", renames}})
                  .find(StrCat("Invalid rename mapping: ", renames)),
              std::string::npos);
  }
  EXPECT_EQ(RunTransform("ReplaceField$Value", {{"renames", "id:name"}}, Struct()).error,
            "org.apache.kafka.connect.errors.SchemaBuilderException: Cannot create field because "
            "of field name duplication name");
  EXPECT_EQ(
      RunTransform("ReplaceField$Value", {}, make_.Record(abi::Bytes("b"))).error,
      kData + "Only Map objects supported in absence of schema for [field replacement], found: [B");
}

// ---- MaskField

TEST_F(TransformTest, MaskFieldGivesEmptyValues) {
  const sluice_record record = make_.Record(make_.Map({{"b", abi::Boolean(true)},
                                                       {"i8", abi::Int8(1)},
                                                       {"i16", abi::Int16(1)},
                                                       {"i32", abi::Int32(1)},
                                                       {"i64", abi::Int64(1)},
                                                       {"f", abi::Float32(1)},
                                                       {"d", abi::Float64(1)},
                                                       {"s", String("x")},
                                                       {"dec", make_.Decimal(5, 2)},
                                                       {"date", abi::Integer(SLUICE_DATE, 9)},
                                                       {"ts", abi::Integer(SLUICE_TIMESTAMP, 9)},
                                                       {"list", make_.Array({abi::Int8(1)})},
                                                       {"map", make_.Map({{"x", Null()}})},
                                                       {"n", Null()},
                                                       {"kept", abi::Int8(9)}}));
  EXPECT_EQ(
      RunTransform("MaskField$Value",
                   {{"fields", "b,i8,i16,i32,i64,f,d,s,dec,date,ts,list,map,n,missing"}}, record)
          .value,
      "{b=bool:false,i8=int8:0,i16=int16:0,i32=int32:0,i64=int64:0,f=float32:0.0,d=float64:0.0,s="
      "\"\","
      "dec=decimal:0,date=date:0,ts=timestamp:0,list=[],map={},n=null,kept=int8:9,missing=null}");
}

TEST_F(TransformTest, MaskFieldGivesTheReplacement) {
  const sluice_record record = make_.Record(make_.Map({{"i8", abi::Int8(1)},
                                                       {"i16", abi::Int16(1)},
                                                       {"i32", abi::Int32(1)},
                                                       {"i64", abi::Int64(1)},
                                                       {"f", abi::Float32(1)},
                                                       {"d", abi::Float64(1)},
                                                       {"s", String("x")},
                                                       {"dec", make_.Decimal(5, 2)}}));
  const auto masked = [&](std::string_view with) {
    return RunTransform(
        "MaskField$Value",
        {{"fields", "i8,i16,i32,i64,f,d,s,dec"}, {"replacement", std::string(with)}}, record);
  };
  EXPECT_EQ(masked("300.7").value,
            "{i8=int8:44,i16=int16:300,i32=int32:300,i64=int64:300,f=float32:300.7,"
            "d=float64:300.7,s=\"300.7\",dec=decimal:300.7}");
  EXPECT_EQ(masked("-1e2").value,
            "{i8=int8:-100,i16=int16:-100,i32=int32:-100,i64=int64:-100,f=float32:-100.0,"
            "d=float64:-100.0,s=\"-1e2\",dec=decimal:-1E+2}");
  EXPECT_EQ(masked("abc").error,
            kData + "Unable to convert abc (class java.lang.String) to a number");
}

TEST_F(TransformTest, MaskFieldWithSchema) {
  Outcome done = RunTransform("MaskField$Value", {{"fields", "name,qty"}}, Struct());
  EXPECT_EQ(done.value, "struct{id=int32:5,name=\"\",qty=int64:0}");
  EXPECT_EQ(done.schema, "Order(id:INT32,name:STRING?,qty:INT64)?");  // the same schema
  EXPECT_EQ(RunTransform("MaskField$Value", {{"fields", "qty"}}, Struct(Null())).value,
            "struct{id=int32:5,name=\"pen\",qty=int64:0}");
  const SchemaRef money = SchemaBuilder(SLUICE_STRUCT).Field("m", record::DecimalSchema(2)).Build();
  EXPECT_EQ(RunTransform("MaskField$Value", {{"fields", "m"}},
                         make_.Record(make_.Struct(money, {make_.Decimal(5, 2)})))
                .value,
            "struct{m=decimal:0.00}");
}

TEST_F(TransformTest, MaskFieldErrors) {
  EXPECT_EQ(
      RunTransform("MaskField$Value", {{"fields", "a"}}, make_.Record(Null())).error,
      kData + "Only Map objects supported in absence of schema for [mask fields], found: null");
  EXPECT_EQ(
      RunTransform("MaskField$Value", {{"fields", "a"}}, make_.Record(order_.get(), Null())).error,
      kData + "Only Struct objects supported for [mask fields], found: null");
  EXPECT_EQ(RunTransform("MaskField$Value", {{"fields", "a"}},
                         make_.Record(make_.Map({{"a", abi::Bytes("x")}})))
                .error,
            kData + "Cannot mask value of type: class [B");
  EXPECT_EQ(RunTransform("MaskField$Value", {{"fields", "a"}, {"replacement", "1"}},
                         make_.Record(make_.Map({{"a", abi::Boolean(true)}})))
                .error,
            kData + "Cannot mask value of type class java.lang.Boolean with custom replacement.");
  EXPECT_EQ(RunTransform("MaskField$Value", {{"fields", "a"}, {"replacement", "x"}},
                         make_.Record(make_.Map({{"a", make_.Decimal(1, 0)}})))
                .error,
            kData + "Unable to convert x (class java.lang.String) to number");
  EXPECT_EQ(WhyNot("MaskField$Value", {}),
            kConfig + "Missing required configuration \"fields\" which has no default value.");
  EXPECT_EQ(WhyNot("MaskField$Value", {{"fields", ""}}).find(kConfig), 0u);
  EXPECT_EQ(WhyNot("MaskField$Value", {{"fields", "a"}, {"replacement", ""}}).find(kConfig), 0u);
}

}  // namespace
}  // namespace sluice::transform
