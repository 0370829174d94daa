#include <gtest/gtest.h>

#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using testing::kConfig;
using testing::kData;
using testing::Maker;
using testing::New;
using testing::Outcome;
using testing::RunTransform;
using testing::Schema;
using testing::Shown;
using testing::WhyNot;

class MapTest : public ::testing::Test {
 protected:
  MapTest() {
    at_ = abi::SchemaBuilder(SLUICE_STRUCT).Field("city", Schema(SLUICE_STRING)).Build();
    schema_ = abi::SchemaBuilder(SLUICE_STRUCT)
                  .Name("Order")
                  .Optional()
                  .Field("id", Schema(SLUICE_INT32))
                  .Field("name", Schema(SLUICE_STRING, true))
                  .Field("price", Schema(SLUICE_FLOAT64))
                  .Field("at", at_)
                  .Build();
    const sluice_value city = abi::String("Ulm");
    typed_ = make_.Record(make_.Struct(schema_, {abi::Int32(3), abi::String("pen"),
                                                 abi::Float64(1.5), make_.Struct(at_, {city})}));
    bare_ = make_.Record(make_.Map({{"id", abi::Int32(3)},
                                    {"name", abi::String("pen")},
                                    {"price", abi::Float64(1.5)},
                                    {"at", make_.Map({{"city", city}})}}));
  }

  Outcome Typed(const config::ConfigMap& settings) {
    return RunTransform("Map$Value", settings, typed_);
  }
  Outcome Bare(const config::ConfigMap& settings) {
    return RunTransform("Map$Value", settings, bare_);
  }

  Maker make_;
  abi::SchemaRef at_, schema_;
  sluice_record typed_, bare_;
};

TEST_F(MapTest, AddsFields) {
  const config::ConfigMap settings = {{"field.total", "value.price * value.id"},
                                      {"field.city", "value.at.city"},
                                      {"field.from", "topic + '/' + string(offset)"}};
  EXPECT_EQ(Bare(settings).value,
            "{id=int32:3,name=\"pen\",price=float64:1.5,at={city=\"Ulm\"},total=float64:4.5,"
            "city=\"Ulm\",from=\"t/17\"}");
  const Outcome typed = Typed(settings);
  EXPECT_EQ(typed.error, "");
  EXPECT_EQ(typed.value,
            "struct{id=int32:3,name=\"pen\",price=float64:1.5,at=struct{city=\"Ulm\"},"
            "total=float64:4.5,city=\"Ulm\",from=\"t/17\"}");
  EXPECT_EQ(typed.schema,
            "Order(id:INT32,name:STRING?,price:FLOAT64,at:STRUCT(city:STRING),total:FLOAT64?,"
            "city:STRING?,from:STRING?)");
}

TEST_F(MapTest, ReplacesInPlaceAndLeavesOut) {
  const config::ConfigMap settings = {
      {"field.name", "upper(value.name)"}, {"field.id", "value.id + 1"}, {"exclude", "at,nope"}};
  EXPECT_EQ(Bare(settings).value, "{id=int64:4,name=\"PEN\",price=float64:1.5}");
  EXPECT_EQ(Typed(settings).value, "struct{id=int64:4,name=\"PEN\",price=float64:1.5}");
  EXPECT_EQ(Typed(settings).schema, "Order(id:INT64?,name:STRING?,price:FLOAT64)");
}

TEST_F(MapTest, RenamesAndExcludedFieldsAreSeen) {
  const config::ConfigMap settings = {{"field.label", "value.name"}, {"exclude", "name,at,price"}};
  EXPECT_EQ(Bare(settings).value, "{id=int32:3,label=\"pen\"}");
  EXPECT_EQ(Typed(settings).schema, "Order(id:INT32,label:STRING?)");
}

TEST_F(MapTest, KeepsOnlyWhatItIsTold) {
  const config::ConfigMap settings = {
      {"keep.fields", "false"}, {"field.b", "value.at"}, {"field.id", "value.id"}};
  EXPECT_EQ(Bare(settings).value, "{b={city=\"Ulm\"},id=int32:3}");
  EXPECT_EQ(Typed(settings).value, "struct{b=struct{city=\"Ulm\"},id=int32:3}");
  EXPECT_EQ(Typed(settings).schema, "Order(b:STRUCT(city:STRING)?,id:INT32?)");
}

TEST_F(MapTest, TellsTypesOfResults) {
  const auto type_of = [&](const char* expression) {
    const Outcome outcome = Typed({{"keep.fields", "false"}, {"field.x", expression}});
    return outcome.error.empty() ? outcome.schema + " " + outcome.value : outcome.error;
  };
  EXPECT_EQ(type_of("true ? value.id : 7"), "Order(x:INT64?) struct{x=int64:3}");
  EXPECT_EQ(type_of("true ? value.id : 7.5"), "Order(x:FLOAT64?) struct{x=float64:3.0}");
  EXPECT_EQ(type_of("has(value.name) ? value.name : null"), "Order(x:STRING?) struct{x=\"pen\"}");
  EXPECT_EQ(type_of("coalesce(value.name, 'none')"), "Order(x:STRING?) struct{x=\"pen\"}");
  EXPECT_EQ(type_of("max(value.id, 1)"), "Order(x:INT64?) struct{x=int64:3}");
  EXPECT_EQ(type_of("int32(value.price)"), "Order(x:INT32?) struct{x=int32:1}");
  EXPECT_EQ(type_of("split(value.name, 'e')"), "Order(x:ARRAY?) struct{x=[\"p\",\"n\"]}");
  EXPECT_EQ(type_of("[value.id, 2]"), "Order(x:ARRAY?) struct{x=[int64:3,int64:2]}");
  EXPECT_EQ(type_of("timestamp(timestamp)"), "Order(x:Timestamp?) struct{x=timestamp:1000}");
  EXPECT_EQ(type_of("value.id > 2"), "Order(x:BOOLEAN?) struct{x=bool:true}");
  EXPECT_EQ(type_of("string(headers.none)"), "Order(x:STRING?) struct{x=null}");
  EXPECT_EQ(type_of("value.nope"),
            std::string(kData) +
                "field.x: the type of 'value.nope' cannot be told from the record's schemas, which "
                "lack the field; say it with a cast, such as string(...) or int64(...)");
  EXPECT_EQ(type_of("headers.none"),
            std::string(kData) +
                "field.x: the type of 'headers.none' cannot be told from the record's schemas; say "
                "it with a cast, such as string(...) or int64(...)");
  EXPECT_EQ(type_of("true ? value.id : 'a'"),
            std::string(kData) +
                "field.x: what begins at position 6 is of two types, INT32 and STRING; cast one of "
                "them");
  EXPECT_EQ(type_of("value.name + 1"),
            std::string(kData) +
                "field.x: Expression 'value.name + 1' at position 12: '+' needs two numbers or two "
                "texts, found java.lang.String and java.lang.Long");
}

TEST_F(MapTest, SetsTopicTimestampAndHeaders) {
  const auto map = New("Map$Value", {{"topic", "topic + '-' + value.name"},
                                     {"timestamp", "value.id * 1000"},
                                     {"header.kind", "value.price > 1 ? 'dear' : 'cheap'"},
                                     {"header.at", "value.at"}});
  ASSERT_NE(map, nullptr);
  record::BatchMemory memory;
  sluice_record record = typed_;
  ASSERT_TRUE(map->Apply(record, memory).ok());
  EXPECT_EQ(abi::View(record.topic), "t-pen");
  EXPECT_EQ(record.timestamp, 3000);
  ASSERT_EQ(record.header_count, 2u);
  EXPECT_EQ(abi::View(record.headers[0].key), "kind");
  EXPECT_EQ(Shown(record.headers[0].value), "\"dear\"");
  EXPECT_EQ(record.headers[0].schema->type, SLUICE_STRING);
  EXPECT_EQ(record.headers[1].schema, at_.get());
  EXPECT_EQ(Shown(record.value), Shown(typed_.value));
}

TEST_F(MapTest, NullLeavesTopicAndTimestamp) {
  const auto map = New("Map$Value", {{"topic", "value.nope"}, {"timestamp", "value.nope"}});
  record::BatchMemory memory;
  sluice_record record = bare_;
  ASSERT_TRUE(map->Apply(record, memory).ok());
  EXPECT_EQ(abi::View(record.topic), "t");
  EXPECT_EQ(record.timestamp, 1000);
}

TEST_F(MapTest, ATombstonePassesButForWhatIsNotItsFields) {
  const sluice_record tombstone = make_.Record(abi::Null());
  const config::ConfigMap settings = {{"field.a", "1"}, {"topic", "'deleted'"}};
  EXPECT_EQ(RunTransform("Map$Value", settings, tombstone).value, "null");
  const auto map = New("Map$Value", settings);
  record::BatchMemory memory;
  sluice_record record = tombstone;
  ASSERT_TRUE(map->Apply(record, memory).ok());
  EXPECT_EQ(abi::View(record.topic), "deleted");
}

TEST_F(MapTest, MapsKeysToo) {
  sluice_record record = typed_;
  record.key = make_.Map({{"a", abi::Int64(1)}});
  const auto map = New("Map$Key", {{"field.name", "value.name"}, {"exclude", "a"}});
  record::BatchMemory memory;
  ASSERT_TRUE(map->Apply(record, memory).ok());
  EXPECT_EQ(Shown(record.key), "{name=\"pen\"}");
  EXPECT_EQ(Shown(record.value), Shown(typed_.value));
}

TEST_F(MapTest, FailsLeavingTheRecordAsItWas) {
  const config::ConfigMap settings = {{"field.a", "value.name"}, {"field.b", "1 / (value.id - 3)"}};
  const std::string error =
      std::string(kData) +
      "field.b: Expression '1 / (value.id - 3)' at position 3: '/' divides by zero";
  EXPECT_EQ(Bare(settings).error, error);
  EXPECT_EQ(Typed(settings).error, error);
  EXPECT_EQ(Bare({{"topic", "value.id"}}).error,
            std::string(kData) +
                "topic: 'value.id' must be a text that is not empty, found java.lang.Integer");
  EXPECT_EQ(Bare({{"timestamp", "'x'"}}).error,
            std::string(kData) +
                "timestamp: ''x'' must be an int64 or a logical timestamp, found java.lang.String");
  EXPECT_EQ(RunTransform("Map$Value", {{"field.a", "1"}}, make_.Record(abi::Int64(1))).error,
            std::string(kData) +
                "Only Map objects supported in absence of schema for [mapping of fields], found: "
                "java.lang.Long");
}

TEST_F(MapTest, FollowsSchemasThatChange) {
  const auto map = New("Map$Value", {{"field.x", "value.name"}, {"exclude", "name,price,at"}});
  const auto other = abi::SchemaBuilder(SLUICE_STRUCT)
                         .Field("name", Schema(SLUICE_INT64))
                         .Field("id", Schema(SLUICE_INT32))
                         .Build();
  record::BatchMemory memory;
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(RunTransform(*map, typed_, memory).schema, "Order(id:INT32,x:STRING?)");
    const sluice_record record = make_.Record(make_.Struct(other, {abi::Int64(5), abi::Int32(1)}));
    EXPECT_EQ(RunTransform(*map, record, memory).value, "struct{id=int32:1,x=int64:5}");
  }
}

TEST(MapSettings, AreChecked) {
  EXPECT_EQ(WhyNot("Map$Value", {}),
            std::string(kConfig) +
                "Map needs something to do: field.NAME, header.NAME, topic or timestamp with an "
                "expression, or exclude");
  EXPECT_TRUE(WhyNot("Map$Value", {{"field.a", "1 +"}})
                  .starts_with(std::string(kConfig) +
                               "Invalid value 1 + for configuration field.a: expected a value"));
  EXPECT_TRUE(
      WhyNot("Map$Value", {{"topic", "("}})
          .starts_with(std::string(kConfig) + "Invalid value ( for configuration topic: expected"));
  const TransformClass* map = *FindTransform("Map$Value");
  ASSERT_NE(map->check, nullptr);
  const SettingErrors errors =
      map->check({{"field.a", "1"}, {"field.b", "1 +"}, {"header.c", "x"}, {"other.d", "("}});
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].first, "field.b");
  EXPECT_EQ(errors[1].first, "header.c");
  const SettingErrors nothing = map->check({{"exclude", " "}, {"keep.fields", "false"}});
  ASSERT_EQ(nothing.size(), 1u);
  EXPECT_EQ(nothing[0].first, "type");
}

}  // namespace
}  // namespace sluice::transform
