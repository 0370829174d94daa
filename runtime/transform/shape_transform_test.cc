// HoistField, ExtractField, RegexRouter, Filter; caches, memory, and looking classes up.
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

// ---- HoistField

TEST_F(TransformTest, HoistField) {
  EXPECT_EQ(RunTransform("HoistField$Value", {{"field", "in"}}, make_.Record(String("x"))).value,
            "{in=\"x\"}");
  EXPECT_EQ(RunTransform("HoistField$Value", {{"field", "in"}}, make_.Record(Null())).value,
            "{in=null}");
  Outcome done = RunTransform("HoistField$Value", {{"field", "in"}}, Struct());
  EXPECT_EQ(done.value, "struct{in=struct{id=int32:5,name=\"pen\",qty=int64:2}}");
  EXPECT_EQ(done.schema, "STRUCT(in:Order(id:INT32,name:STRING?,qty:INT64)?)");
  EXPECT_EQ(RunTransform("HoistField$Value", {{"field", "in"}},
                         make_.Record(record::OptionalSchema(SLUICE_STRING), Null()))
                .value,
            "struct{in=null}");
  EXPECT_EQ(RunTransform("HoistField$Value", {{"field", "in"}},
                         make_.Record(record::RequiredSchema(SLUICE_STRING), Null()))
                .error,
            kData + "Invalid value: null used for required field: \"in\", schema type: STRING");
}

// ---- ExtractField

TEST_F(TransformTest, ExtractFieldSchemaless) {
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "name"}}, Map()).value, "\"pen\"");
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "nope"}}, Map()).value, "null");
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "name"}}, make_.Record(Null())).value,
            "null");
  EXPECT_EQ(
      RunTransform("ExtractField$Value", {{"field", "name"}}, make_.Record(abi::Int8(1))).error,
      kData +
          "Only Map objects supported in absence of schema for [field extraction], found: "
          "java.lang.Byte");
}

TEST_F(TransformTest, ExtractFieldWithSchema) {
  Outcome done = RunTransform("ExtractField$Value", {{"field", "name"}}, Struct());
  EXPECT_EQ(done.value, "\"pen\"");
  EXPECT_EQ(done.schema, "STRING?");
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "qty"}}, Struct(Null())).value,
            "int64:7");
  EXPECT_EQ(RunTransform("ExtractField$Value",
                         {{"field", "qty"}, {"replace.null.with.default", "false"}}, Struct(Null()))
                .value,
            "null");
  done = RunTransform("ExtractField$Value", {{"field", "id"}}, make_.Record(order_.get(), Null()));
  EXPECT_EQ(done.value, "null");
  EXPECT_EQ(done.schema, "INT32");
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "x.y"}}, Struct()).error,
            "java.lang.IllegalArgumentException: Unknown field: x.y");
}

TEST_F(TransformTest, ExtractNestedField) {
  const config::ConfigMap path = {{"field", "a.`b.c`"}, {"field.syntax.version", "v2"}};
  EXPECT_EQ(RunTransform("ExtractField$Value", path,
                         make_.Record(make_.Map({{"a", make_.Map({{"b.c", abi::Int64(4)}})}})))
                .value,
            "int64:4");
  EXPECT_EQ(
      RunTransform("ExtractField$Value", path, make_.Record(make_.Map({{"a", Null()}}))).value,
      "null");
  EXPECT_EQ(
      RunTransform("ExtractField$Value", path, make_.Record(make_.Map({{"a", String("x")}}))).error,
      kData +
          "Only Map objects supported in absence of schema for [nested field access], found: "
          "java.lang.String");
  const SchemaRef inner =
      SchemaBuilder(SLUICE_STRUCT).Optional().Field("b.c", Schema(SLUICE_INT8)).Build();
  const SchemaRef outer = SchemaBuilder(SLUICE_STRUCT)
                              .Field("a", inner)
                              .Field("s", Schema(SLUICE_STRING, true))
                              .Build();
  Outcome done = RunTransform(
      "ExtractField$Value", path,
      make_.Record(make_.Struct(outer, {make_.Struct(inner, {abi::Int8(3)}), Null()})));
  EXPECT_EQ(done.value, "int8:3");
  EXPECT_EQ(done.schema, "INT8");
  EXPECT_EQ(
      RunTransform("ExtractField$Value", path, make_.Record(make_.Struct(outer, {Null(), Null()})))
          .value,
      "null");
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "s.t"}, {"field.syntax.version", "V2"}},
                         make_.Record(make_.Struct(outer, {Null(), Null()})))
                .error,
            kData + "Cannot look up fields on non-struct type");
  EXPECT_EQ(RunTransform("ExtractField$Value", {{"field", "a.b"}},
                         make_.Record(make_.Map({{"a.b", abi::Int8(1)}})))
                .value,
            "int8:1");
  EXPECT_EQ(WhyNot("ExtractField$Value", {{"field", "a.`b"}, {"field.syntax.version", "V2"}}),
            kConfig +
                "Incomplete backtick pair in path: [a.`b], consider adding a backslash before "
                "backtick at position 2 "
                "to escape it");
  EXPECT_EQ(
      WhyNot("ExtractField$Value", {{"field", "a"}, {"field.syntax.version", "V3"}}).find(kConfig),
      0u);
}

// ---- RegexRouter, Filter

std::string Routed(std::string_view regex, std::string_view replacement, std::string_view topic) {
  auto transform = testing::New(
      "RegexRouter", {{"regex", std::string(regex)}, {"replacement", std::string(replacement)}});
  if (transform == nullptr) return "not made";
  record::BatchMemory memory;
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str(topic);
  record.partition = 4;
  StatusOr<bool> kept = transform->Apply(record, memory);
  if (!kept.ok()) return Describe(kept.status());
  EXPECT_EQ(record.partition, 4);
  return std::string(abi::View(record.topic));
}

TEST_F(TransformTest, RegexRouter) {
  EXPECT_EQ(Routed("(.*)-(raw|tmp)", "$1.${x}", "orders-raw"),
            "java.lang.IllegalArgumentException: No group with name {x}");
  EXPECT_EQ(Routed("(.*)-(raw|tmp)", "$2.$1", "orders-raw"), "raw.orders");
  EXPECT_EQ(Routed("(?<t>.*)-raw", "${t}", "orders-raw"), "orders");
  EXPECT_EQ(Routed("orders", "x", "orders-raw"), "orders-raw");
  EXPECT_EQ(Routed("orders", "", "orders"), "");
  EXPECT_EQ(WhyNot("RegexRouter", {{"regex", "("}, {"replacement", "x"}}).find(kConfig), 0u);
  sluice_record record = abi::EmptyRecord();
  EXPECT_NE(RunTransform("RegexRouter", {{"regex", ".*"}, {"replacement", "x"}}, record)
                .error.find("NullPointerException"),
            std::string::npos);
}

TEST_F(TransformTest, RegexRouterRemembersMoreTopicsThanItHasRoomFor) {
  auto transform = testing::New("RegexRouter", {{"regex", "t(\\d+)"}, {"replacement", "$1"}});
  record::BatchMemory memory;
  for (int i = 0; i < 100; ++i) {
    const std::string topic = StrCat("t", i % 40);
    sluice_record record = abi::EmptyRecord();
    record.topic = abi::Str(topic);
    ASSERT_TRUE(*transform->Apply(record, memory));
    EXPECT_EQ(abi::View(record.topic), StrCat(i % 40));
  }
}

TEST_F(TransformTest, Filter) { EXPECT_EQ(RunTransform("Filter", {}, Map()).value, "dropped"); }

// ---- Caches, memory and names

TEST_F(TransformTest, ManySchemasPassThroughACache) {
  auto transform = testing::New("InsertField$Value", {{"topic.field", "t"}});
  record::BatchMemory memory;
  for (int i = 0; i < 100; ++i) {
    const SchemaRef schema =
        SchemaBuilder(SLUICE_STRUCT).Field(StrCat("f", i % 20), Schema(SLUICE_INT8)).Build();
    sluice_record record = make_.Record(make_.Struct(schema, {abi::Int8(1)}));
    ASSERT_TRUE(*transform->Apply(record, memory));
    EXPECT_EQ(testing::Shown(record.value), StrCat("struct{f", i % 20, "=int8:1,t=\"t\"}"));
  }
}

TEST_F(TransformTest, EqualSchemasShareTheirResult) {
  auto transform = testing::New("InsertField$Value", {{"topic.field", "t"}});
  record::BatchMemory memory;
  sluice_record first = Struct();
  ASSERT_TRUE(*transform->Apply(first, memory));
  order_ = Order();  // the same content, another pointer
  sluice_record second = Struct();
  ASSERT_TRUE(*transform->Apply(second, memory));
  EXPECT_EQ(first.value_schema, second.value_schema);
}

TEST_F(TransformTest, AWarmTransformUsesOnlyItsBatchsMemory) {
  auto transform = testing::New(
      "InsertField$Value", {{"topic.field", "t"}, {"static.field", "s"}, {"static.value", "v"}});
  record::BatchMemory memory;
  size_t used = 0;
  for (int batch = 0; batch < 3; ++batch) {
    memory.Reset();
    for (int i = 0; i < 500; ++i) {
      sluice_record record = Struct();
      ASSERT_TRUE(*transform->Apply(record, memory));
    }
    if (batch > 0) {
      EXPECT_EQ(memory.used(), used);
    }
    used = memory.used();
  }
  EXPECT_LT(used, 500u * 128);
}

TEST(FindTransform, KnowsNamesAndAliases) {
  for (const TransformClass& known : ListTransforms()) {
    EXPECT_EQ((*FindTransform(known.name))->name, known.name);
    const std::string alias = known.name.substr(known.name.rfind('.') + 1);
    if (!alias.starts_with("ExtractTopic$")) {
      EXPECT_EQ((*FindTransform(alias))->name, known.name);
    }
    EXPECT_NE(known.config, nullptr);
  }
  EXPECT_EQ((*FindPredicate("TopicNameMatches"))->name,
            "org.apache.kafka.connect.transforms.predicates.TopicNameMatches");
}

TEST(FindTransform, SaysWhatThereIs) {
  EXPECT_EQ(Describe(FindTransform("InsertField").status()),
            kConfig +
                "Class InsertField is abstract and cannot be created; use "
                "org.apache.kafka.connect.transforms.InsertField$Key or "
                "org.apache.kafka.connect.transforms.InsertField$Value");
  const std::string text = Describe(FindTransform("Nope").status());
  EXPECT_EQ(text.find(kConfig + "Class Nope could not be found. Available as Transformation: "),
            0u);
  EXPECT_NE(text.find("org.apache.kafka.connect.transforms.RegexRouter"), std::string::npos);
  EXPECT_FALSE(FindPredicate("Nope").ok());
  EXPECT_EQ(Describe(FindTransform("ExtractTopic$Value").status()),
            kConfig +
                "Class ExtractTopic$Value could be "
                "io.aiven.kafka.connect.transforms.ExtractTopic$Value or "
                "io.confluent.connect.transforms.ExtractTopic$Value: name it in full");
}

}  // namespace
}  // namespace sluice::transform
