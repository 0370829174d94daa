// JsonSchemaConverter over a registry in memory: frames, nulls, what is registered, references,
// validation, evolution.
#include "runtime/convert/json_schema_converter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/value.h"
#include "runtime/schema_registry/fake_registry.h"

namespace sluice::convert {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;
using schema_registry::FakeRegistry;
using testing::HasSubstr;

constexpr char kUser[] =
    R"({"type":"object","title":"com.example.User","properties":{"name":{"type":"string",)"
    R"("connect.index":0},"age":{"connect.index":1,"oneOf":[{"type":"null"},{"type":"integer",)"
    R"("connect.type":"int32"}]}}})";

class JsonSchemaConverterTest : public testing::Test {
 protected:
  JsonSchemaConverterTest()
      : user_(SchemaBuilder(SLUICE_STRUCT)
                  .Name("com.example.User")
                  .Field("name", SchemaBuilder(SLUICE_STRING).Build())
                  .Field("age", SchemaBuilder(SLUICE_INT32).Optional().Build())
                  .Build()) {
    values_[0] = abi::String("ann");
    values_[1] = abi::Int32(40);
    ann_ = memory_.arena().NewStruct(user_.get(), values_);
  }

  std::unique_ptr<Converter> New(config::ConfigMap settings = {}, std::string_view role = "value") {
    settings.Set("schema.registry.url", "http://registry");
    settings.Set("converter.type", role);
    client_ = std::make_shared<schema_registry::Client>(
        schema_registry::ClientOptions{.urls = {"http://registry"}, .max_retries = 0},
        registry_.NewTransport());
    auto made = MakeJsonSchemaConverter(settings, client_);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }
  std::string Out(Converter& converter, const sluice_schema* schema, const sluice_value& value,
                  std::string_view topic = "users") {
    const auto bytes = converter.FromConnect(topic, schema, value, memory_);
    if (!bytes.ok()) return StrCat("! ", StackTrace(bytes.status()));
    return record::IsNull(*bytes) ? "null" : std::string(abi::View(*bytes));
  }
  std::string Out(Converter& converter, std::string_view topic = "users") {
    return Out(converter, user_.get(), ann_, topic);
  }
  std::string In(Converter& converter, std::string_view bytes, std::string_view topic = "users") {
    kept_.emplace_back(bytes);
    const auto data = converter.ToConnect(topic, abi::Str(kept_.back()), memory_);
    if (!data.ok()) return StrCat("! ", StackTrace(data.status()));
    schema_ = SchemaRef(data->schema);
    return record::JavaText(data->value);
  }
  static std::string Frame(int32_t id, std::string_view payload) {
    return StrCat(std::string("\0\0\0\0", 4), static_cast<char>(id), payload);
  }
  int32_t Add(std::string subject, std::string text,
              std::vector<schema_registry::Reference> references = {}) {
    return registry_.Add(
        std::move(subject),
        {.type = "JSON", .text = std::move(text), .references = std::move(references)});
  }

  FakeRegistry registry_;
  std::shared_ptr<schema_registry::Client> client_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
  const SchemaRef user_;
  sluice_value values_[2];
  sluice_value ann_;
  SchemaRef schema_;
};

TEST_F(JsonSchemaConverterTest, WritesTheFrameAndReadsItBack) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  EXPECT_EQ(bytes, Frame(1, R"({"name":"ann","age":40})"));
  ASSERT_EQ(registry_.Versions("users-value").size(), 1u);
  EXPECT_EQ(registry_.Versions("users-value")[0].text, kUser);
  EXPECT_EQ(registry_.Versions("users-value")[0].type, "JSON");
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  EXPECT_EQ(schema_->version, 1);  // the registry's
  EXPECT_EQ(schema_->fields[1].schema->type, SLUICE_INT32);
}

TEST_F(JsonSchemaConverterTest, WhatWasSeenCostsNoRequest) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  (void)In(*converter, bytes);
  const size_t requests = registry_.requests().size();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Out(*converter), bytes);
    (void)In(*converter, bytes);
  }
  EXPECT_EQ(registry_.requests().size(), requests);
}

TEST_F(JsonSchemaConverterTest, NullIsWrittenWhereTheSchemaHasAPlaceForIt) {
  const auto converter = New();
  const auto optional = SchemaBuilder(SLUICE_STRING).Optional().Build();
  const auto fallback = SchemaBuilder(SLUICE_STRING).Default(abi::String("x")).Build();
  EXPECT_EQ(Out(*converter, nullptr, abi::Null(), "t"), "null");
  EXPECT_EQ(Out(*converter, user_.get(), abi::Null(), "t"), "null");
  EXPECT_TRUE(registry_.requests().empty());
  EXPECT_EQ(Out(*converter, optional.get(), abi::Null(), "t"), Frame(1, "null"));
  EXPECT_EQ(Out(*converter, fallback.get(), abi::Null(), "t"), Frame(2, "\"x\""));
  EXPECT_EQ(In(*converter, Frame(1, "null"), "t"), "null");
  EXPECT_EQ(schema_->optional, 1);
  const auto back = converter->ToConnect("t", record::kNullBytes, memory_);
  EXPECT_EQ(back->schema, nullptr);
  EXPECT_TRUE(abi::IsNull(back->value));
}

TEST_F(JsonSchemaConverterTest, DataWithoutASchemaAreRefused) {
  const Status refused = New()->FromConnect("t", nullptr, abi::Int64(1), memory_).status();
  EXPECT_EQ(ExceptionClass(refused), kDataException);
  EXPECT_THAT(std::string(Message(refused)), HasSubstr("writes only data that have a schema"));
}

TEST_F(JsonSchemaConverterTest, SubjectsByRecordAreTheTitle) {
  (void)Out(*New({}, "key"));
  (void)Out(*New({{"value.subject.name.strategy", "RecordNameStrategy"}}));
  (void)Out(*New({{"value.subject.name.strategy", "TopicRecordNameStrategy"}}));
  for (const char* subject : {"users-key", "com.example.User", "users-com.example.User"}) {
    EXPECT_EQ(registry_.Versions(subject).size(), 1u) << subject;
  }
  const auto text = SchemaBuilder(SLUICE_STRING).Build();
  EXPECT_THAT(Out(*New({{"value.subject.name.strategy", "RecordNameStrategy"}}), text.get(),
                  abi::String("x"), "t"),
              HasSubstr("the message value must only be a record schema"));
}

TEST_F(JsonSchemaConverterTest, WithoutRegistrationTheSchemaMustBeThere) {
  const auto converter = New({{"auto.register.schemas", "false"}});
  EXPECT_THAT(Out(*converter), HasSubstr("Subject 'users-value' not found."));
  Add("users-value", kUser);
  EXPECT_EQ(Out(*New({{"auto.register.schemas", "false"}})),
            Frame(1, R"({"name":"ann","age":40})"));
}

TEST_F(JsonSchemaConverterTest, TheLatestVersionInsteadOfTheRecordsOwn) {
  const std::string wider =
      R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":["null","number"]}}})";
  const int32_t id = Add("users-value", wider);
  const config::ConfigMap settings = {{"auto.register.schemas", "false"},
                                      {"use.latest.version", "true"}};
  EXPECT_EQ(Out(*New(settings)), Frame(id, R"({"name":"ann","age":40})"));
  EXPECT_EQ(registry_.Versions("users-value").size(), 1u);
  Add("strict-value", R"({"type":"object","properties":{"name":{"type":"integer"}}})");
  EXPECT_THAT(Out(*New(settings), "strict"),
              HasSubstr("#/name: the type has changed. Set latest.compatibility.strict=false"));
  config::ConfigMap lenient = settings;
  lenient.Set("latest.compatibility.strict", "false");
  EXPECT_THAT(Out(*New(lenient), "strict"), HasSubstr("\"name\":\"ann\""));
  lenient.Set("json.fail.invalid.schema", "true");
  EXPECT_THAT(Out(*New(lenient), "strict"), HasSubstr("#/name: expected type: Integer"));
}

TEST_F(JsonSchemaConverterTest, ReadersSeeTheLatestVersion) {
  const int32_t first =
      Add("users-value", R"({"type":"object","properties":{"name":{"type":"string"}}})");
  Add("users-value", R"({"type":"object","properties":{"name":{"type":"string"},)"
                     R"("city":{"type":"string","default":"none"}}})");
  const std::string old = Frame(first, R"({"name":"ann"})");
  EXPECT_EQ(In(*New(), old), "Struct{name=ann}");
  EXPECT_EQ(In(*New({{"use.latest.version", "true"}}), old), "Struct{city=none,name=ann}");
}

TEST_F(JsonSchemaConverterTest, ReferencesAreFollowed) {
  Add("city", R"({"type":"object","title":"City","properties":{"zip":{"$ref":"zip.json"}}})",
      {{"zip.json", "zip", 1}});
  Add("zip", R"({"type":"string","title":"Zip"})");
  const int32_t id =
      Add("users-value", R"({"type":"object","properties":{"in":{"$ref":"city.json"}}})",
          {{"city.json", "city", 1}});
  EXPECT_EQ(In(*New(), Frame(id, R"({"in":{"zip":"B"}})")), "Struct{in=Struct{zip=B}}");
  EXPECT_EQ(abi::View(schema_->fields[0].schema->name), "City");
  const int32_t missing = Add("users-value", R"({"$ref":"nowhere.json"})");
  EXPECT_THAT(In(*New(), Frame(missing, "{}")), HasSubstr("is not among its references"));
}

TEST_F(JsonSchemaConverterTest, InvalidRecordsAreRefusedIfThatIsAskedFor) {
  const int32_t id = Add(
      "users-value", R"({"type":"object","properties":{"name":{"type":"string","minLength":3}},)"
                     R"("required":["name"]})");
  EXPECT_EQ(In(*New(), Frame(id, R"({"name":"a"})")), "Struct{name=a}");
  EXPECT_EQ(In(*New(), Frame(id, "{}")), "Struct{}");
  const auto strict = New({{"json.fail.invalid.schema", "true"}});
  EXPECT_EQ(In(*strict, Frame(id, R"({"name":"ann"})")), "Struct{name=ann}");
  const std::string bytes = Frame(id, R"({"name":"a"})");
  const Status refused = strict->ToConnect("users", abi::Str(bytes), memory_).status();
  EXPECT_EQ(ExceptionClass(refused), kDataException);
  EXPECT_THAT(StackTrace(refused), HasSubstr("#/name: expected minLength: 3, actual: 1"));
  EXPECT_THAT(In(*strict, Frame(id, "{}")), HasSubstr("required key [name] not found"));
}

TEST_F(JsonSchemaConverterTest, BytesThatAreNoneOfIts) {
  const auto converter = New();
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string("\0\0\0\0", 4)}) {
    const auto read = converter->ToConnect("users", abi::Str(bytes), memory_);
    EXPECT_EQ(ExceptionClass(read.status()), kDataException);
    EXPECT_EQ(std::string(Message(read.status())),
              "Converting byte[] to Kafka Connect data failed due to serialization error of topic "
              "users: Unknown magic byte!");
  }
  EXPECT_THAT(In(*converter, Frame(9, "1")), HasSubstr("Schema not found"));
  const int32_t avro = registry_.Add("a", {.type = "AVRO", .text = "\"int\""});
  EXPECT_THAT(In(*converter, Frame(avro, "x")),
              HasSubstr("The schema is of type AVRO: expected JSON"));
  const int32_t id = Add("users-value", kUser);
  EXPECT_THAT(In(*converter, Frame(id, R"({"name":)")),
              HasSubstr(StrCat("Error deserializing JSON message for id ", id)));
  EXPECT_THAT(In(*converter, Frame(id, "[]")),
              HasSubstr("Structs should be encoded as JSON objects, but found ARRAY"));
  const int32_t broken = Add("b", R"({"type":"money"})");
  EXPECT_THAT(In(*converter, Frame(broken, "1")), HasSubstr("unknown type: [money]"));
}

TEST_F(JsonSchemaConverterTest, WhileTheRegistryIsDownKnownSchemasWork) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  registry_.SetDown(true);
  EXPECT_EQ(Out(*converter), bytes);
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  const auto other = SchemaBuilder(SLUICE_STRING).Build();
  const auto unknown = converter->FromConnect("users", other.get(), abi::String("x"), memory_);
  EXPECT_TRUE(IsRetriable(unknown.status()));
}

TEST(JsonSchemaConverterSettings, AreChecked) {
  const auto fails = [](config::ConfigMap settings, std::string_view text) {
    settings.Set("schema.registry.url", "http://h");
    const auto made = NewConverter("JsonSchemaConverter", settings, Role::kValue);
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException) << text;
    EXPECT_THAT(StackTrace(made.status()), HasSubstr(std::string(text)));
  };
  fails({{"decimal.format", "HEX"}}, "decimal.format");
  fails({{"json.fail.invalid.schema", "maybe"}}, "json.fail.invalid.schema");
  fails({{"json.indent.output", "true"}}, "json.indent.output");
  fails({{"preserve.additional.properties", "true"}}, "preserve.additional.properties");
  fails({{"validation.rules.execution", "BEFORE_DOMAIN_RULES"}}, "validation.rules.execution");
  const config::ConfigMap fine = {{"schema.registry.url", "http://h"},
                                  {"decimal.format", "numeric"},
                                  {"json.schema.spec.version", "draft_2019_09"},
                                  {"json.oneof.for.nullables", "false"}};
  for (const char* name :
       {"io.confluent.connect.json.JsonSchemaConverter", "JsonSchemaConverter", "JsonSchema"}) {
    EXPECT_TRUE(NewConverter(name, fine, Role::kKey).ok()) << name;
  }
  EXPECT_FALSE(NewHeaderConverter("JsonSchemaConverter", fine).ok());
  EXPECT_EQ((*NewConverter("Json", {}, Role::kKey))->class_name(),
            "org.apache.kafka.connect.json.JsonConverter");
}

}  // namespace
}  // namespace sluice::convert
