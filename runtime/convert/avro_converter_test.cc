// AvroConverter over a registry in memory: frames, subjects, what is registered, evolution, a
// registry that is down.
#include "runtime/convert/avro_converter.h"

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
using testing::Not;

std::string Record(std::string_view fields) {
  return StrCat("{\"type\":\"record\",\"name\":\"User\",\"namespace\":\"com.example\",\"fields\":[",
                fields, "]}");
}
constexpr char kName[] = R"({"name":"name","type":"string"})";
constexpr char kAge[] = R"({"name":"age","type":["null","int"],"default":null})";
constexpr char kCity[] = R"({"name":"city","type":"string","default":"none"})";

class AvroConverterTest : public testing::Test {
 protected:
  AvroConverterTest()
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
    settings.Set("connect.meta.data", "false");
    schema_registry::ClientOptions options{.urls = {"http://registry"}, .max_retries = 0};
    if (settings.Get("latest.cache.ttl.sec") == "0") options.latest_ttl = milliseconds(0);
    client_ = std::make_shared<schema_registry::Client>(options, registry_.NewTransport());
    auto made = MakeAvroConverter(settings, client_);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }
  std::string Out(Converter& converter, std::string_view topic = "users") {
    const auto bytes = converter.FromConnect(topic, user_.get(), ann_, memory_);
    return bytes.ok() ? std::string(abi::View(*bytes)) : StrCat("! ", StackTrace(bytes.status()));
  }
  std::string In(Converter& converter, std::string_view bytes, std::string_view topic = "users") {
    kept_.emplace_back(bytes);
    const auto data = converter.ToConnect(topic, abi::Str(kept_.back()), memory_);
    if (!data.ok()) return StrCat("! ", StackTrace(data.status()));
    schema_ = SchemaRef(data->schema);
    return record::JavaText(data->value);
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

TEST_F(AvroConverterTest, WritesTheFrameAndReadsItBack) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  EXPECT_EQ(bytes, std::string("\0\0\0\0\1\6ann\2\x50", 11));
  ASSERT_EQ(registry_.Versions("users-value").size(), 1u);
  EXPECT_EQ(registry_.Versions("users-value")[0].text, Record(StrCat(kName, ",", kAge)));
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  EXPECT_EQ(schema_->version, 1);  // the registry's
}

TEST_F(AvroConverterTest, WhatWasSeenCostsNoRequest) {
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

TEST_F(AvroConverterTest, NullIsATombstone) {
  const auto converter = New();
  const auto optional = SchemaBuilder(SLUICE_STRING).Optional().Build();
  EXPECT_TRUE(record::IsNull(*converter->FromConnect("t", nullptr, abi::Null(), memory_)));
  EXPECT_TRUE(record::IsNull(*converter->FromConnect("t", optional.get(), abi::Null(), memory_)));
  EXPECT_EQ(
      std::string(Message(converter->FromConnect("t", user_.get(), abi::Null(), memory_).status())),
      "Found null value for non-optional schema");
  const auto back = converter->ToConnect("t", record::kNullBytes, memory_);
  EXPECT_EQ(back->schema, nullptr);
  EXPECT_TRUE(abi::IsNull(back->value));
  EXPECT_TRUE(registry_.requests().empty());
}

TEST_F(AvroConverterTest, BytesAtTheRootHaveNoLength) {
  const auto converter = New();
  const auto schema = SchemaBuilder(SLUICE_BYTES).Build();
  const auto bytes = converter->FromConnect("t", schema.get(), abi::Bytes("ab"), memory_);
  EXPECT_EQ(abi::View(*bytes), std::string_view("\0\0\0\0\1ab", 7));
  EXPECT_EQ(In(*converter, abi::View(*bytes), "t"), "YWI=");
}

TEST_F(AvroConverterTest, SchemalessDataAreAnything) {
  const auto converter = New();
  const sluice_map_entry entry{abi::String("k"), abi::Int64(7)};
  const auto bytes = converter->FromConnect("t", nullptr, abi::Map(&entry, 1), memory_);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(In(*converter, abi::View(*bytes), "t"), "{k=7}");
  EXPECT_FALSE(schema_);
}

TEST_F(AvroConverterTest, SubjectsByTopicByRecordAndBoth) {
  const std::string prefix = "io.confluent.kafka.serializers.subject.";
  (void)Out(*New({}, "key"));
  (void)Out(*New({{"value.subject.name.strategy", prefix + "RecordNameStrategy"}}));
  (void)Out(*New({{"value.subject.name.strategy", "TopicRecordNameStrategy"}}));
  (void)Out(*New({{"key.subject.name.strategy", prefix + "RecordNameStrategy"}}));  // of keys only
  for (const char* subject :
       {"users-key", "com.example.User", "users-com.example.User", "users-value"}) {
    EXPECT_EQ(registry_.Versions(subject).size(), 1u) << subject;
  }
  const auto converter = New({{"value.subject.name.strategy", "RecordNameStrategy"}});
  const auto text = SchemaBuilder(SLUICE_STRING).Build();
  const Status refused =
      converter->FromConnect("t", text.get(), abi::String("x"), memory_).status();
  EXPECT_EQ(ExceptionClass(refused), kDataException);
  EXPECT_THAT(StackTrace(refused), HasSubstr("the message value must only be a record schema"));
}

TEST_F(AvroConverterTest, EachTopicHasItsSubject) {
  const auto converter = New();
  (void)Out(*converter, "a");
  (void)Out(*converter, "b");
  (void)Out(*converter, "a");
  EXPECT_EQ(registry_.Versions("a-value").size(), 1u);
  EXPECT_EQ(registry_.Versions("b-value").size(), 1u);
  EXPECT_EQ(registry_.requests().size(), 2u);
}

TEST_F(AvroConverterTest, WithoutRegistrationTheSchemaMustBeThere) {
  const auto converter = New({{"auto.register.schemas", "false"}});
  EXPECT_THAT(Out(*converter), HasSubstr("Subject 'users-value' not found."));
  registry_.Add("users-value", {.text = Record(StrCat(kName, ",", kAge))});
  EXPECT_EQ(Out(*New({{"auto.register.schemas", "false"}})).size(), 11u);
}

TEST_F(AvroConverterTest, TheLatestVersionInsteadOfTheRecordsOwn) {
  registry_.Add("users-value", {.text = Record(StrCat(kAge, ",", kCity, ",", kName))});
  const auto converter = New({{"auto.register.schemas", "false"}, {"use.latest.version", "true"}});
  EXPECT_EQ(Out(*converter), std::string("\0\0\0\0\1\2\x50\x08none\6ann", 16));
  EXPECT_EQ(registry_.Versions("users-value").size(), 1u);

  registry_.Add("strict-value", {.text = Record(R"({"name":"name","type":"int"})")});
  EXPECT_THAT(Out(*converter, "strict"),
              HasSubstr("the reader expects int, the writer has string. Set "
                        "latest.compatibility.strict=false"));
}

TEST_F(AvroConverterTest, WhatWasTheLatestWorksOnWhileTheRegistryIsDown) {
  registry_.Add("users-value", {.text = Record(StrCat(kAge, ",", kCity, ",", kName))});
  const auto converter = New({{"auto.register.schemas", "false"},
                              {"use.latest.version", "true"},
                              {"latest.cache.ttl.sec", "0"}});
  const std::string bytes = Out(*converter);
  EXPECT_EQ(bytes.size(), 16u);
  const std::string data = In(*converter, bytes);
  registry_.SetDown(true);
  EXPECT_EQ(Out(*converter), bytes);
  EXPECT_EQ(In(*converter, bytes), data);
}

TEST_F(AvroConverterTest, AGivenId) {
  const int32_t id = registry_.Add("any", {.text = Record(StrCat(kName, ",", kCity))});
  const auto converter = New({{"auto.register.schemas", "false"}, {"use.schema.id", StrCat(id)}});
  EXPECT_EQ(Out(*converter), std::string("\0\0\0\0\1\6ann\x08none", 14));
}

TEST_F(AvroConverterTest, AnIncompatibleSchemaIsAClearError) {
  registry_.RefuseNew("reader field 'city' has no default");
  const auto converter = New();
  const Status refused = converter->FromConnect("users", user_.get(), ann_, memory_).status();
  EXPECT_EQ(ExceptionClass(refused), kDataException);
  EXPECT_FALSE(IsRetriable(refused));
  EXPECT_THAT(std::string(Message(refused)),
              HasSubstr("Failed to serialize Avro data from topic users: The schema is not "
                        "compatible with what is registered under subject users-value: the schema "
                        "registry answered 409: reader field 'city' has no default"));
}

TEST_F(AvroConverterTest, WhileTheRegistryIsDownKnownSchemasWorkAndOthersAreRetriable) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  registry_.SetDown(true);
  EXPECT_EQ(Out(*converter), bytes);
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  const auto other = SchemaBuilder(SLUICE_STRING).Build();
  const auto unknown = converter->FromConnect("users", other.get(), abi::String("x"), memory_);
  EXPECT_TRUE(IsRetriable(unknown.status()));
  EXPECT_EQ(ExceptionClass(unknown.status()), kRetriableException);
  const std::string strange("\0\0\0\0\x09\2", 6);
  const auto read = converter->ToConnect("users", abi::Str(strange), memory_);
  EXPECT_TRUE(IsRetriable(read.status()));
  registry_.SetDown(false);
  EXPECT_TRUE(converter->FromConnect("users", other.get(), abi::String("x"), memory_).ok());
}

TEST_F(AvroConverterTest, AStopEndsTheWaitForARegistry) {
  class Stop : public Waiter {
   public:
    bool Wait(milliseconds) override { return false; }
  } stop;
  registry_.Hold();
  const auto converter = New();
  converter->SetWaiter(&stop);
  EXPECT_TRUE(IsStopped(converter->FromConnect("t", user_.get(), ann_, memory_).status()));
  registry_.Release();
}

TEST_F(AvroConverterTest, BytesThatAreNoneOfIts) {
  const auto converter = New();
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string("\0\0\0\0", 4),
                                   std::string("\1\0\0\0\1x", 6)}) {
    const auto read = converter->ToConnect("users", abi::Str(bytes), memory_);
    EXPECT_EQ(ExceptionClass(read.status()), kDataException);
    EXPECT_EQ(std::string(Message(read.status())),
              "Failed to deserialize data for topic users to Avro: Unknown magic byte!");
  }
  EXPECT_THAT(In(*converter, std::string("\0\0\0\0\x09\2", 6)), HasSubstr("Schema not found"));
  const int32_t id = registry_.Add("p", {.type = "PROTOBUF", .text = "message A {}"});
  EXPECT_THAT(In(*converter, StrCat(std::string("\0\0\0\0", 4), static_cast<char>(id), "x")),
              HasSubstr("The schema is of type PROTOBUF: expected AVRO"));
  const std::string whole = Out(*converter);
  EXPECT_THAT(In(*converter, whole.substr(0, 8)),
              HasSubstr("Error deserializing Avro message for id 2"));
}

// BACKWARD: a new reader reads old data. FORWARD: an old reader reads new data. Each record is read
// as it was written; with use.latest.version, as the latest version has it.
TEST_F(AvroConverterTest, EvolutionOfWhatIsRead) {
  const int32_t first = registry_.Add("users-value", {.text = Record(StrCat(kName, ",", kAge))});
  const int32_t second = registry_.Add("users-value", {.text = Record(StrCat(kName, ",", kCity))});
  const auto frame = [](int32_t id, std::string_view payload) {
    return StrCat(std::string("\0\0\0\0", 4), static_cast<char>(id), payload);
  };
  const std::string old = frame(first, "\6ann\2\x50"), fresh = frame(second, "\6ann\6Ulm");
  const auto as_written = New();
  EXPECT_EQ(In(*as_written, old), "Struct{name=ann,age=40}");
  EXPECT_EQ(schema_->version, 1);
  EXPECT_EQ(In(*as_written, fresh), "Struct{name=ann,city=Ulm}");
  EXPECT_EQ(schema_->version, 2);
  EXPECT_EQ(In(*as_written, old), "Struct{name=ann,age=40}");
  const auto as_latest = New({{"use.latest.version", "true"}});
  EXPECT_EQ(In(*as_latest, old), "Struct{name=ann,city=none}");
  EXPECT_EQ(In(*as_latest, fresh), "Struct{name=ann,city=Ulm}");
}

TEST_F(AvroConverterTest, ReferencesAreFollowed) {
  registry_.Add("city", {.text = R"({"type":"record","name":"City","namespace":"com.example",)"
                                 R"("fields":[{"name":"zip","type":"Zip"}]})",
                         .references = {{"com.example.Zip", "zip", 1}}});
  registry_.Add("zip", {.text = R"({"type":"enum","name":"Zip","namespace":"com.example",)"
                                R"("symbols":["A","B"]})"});
  const int32_t id =
      registry_.Add("users-value", {.text = Record(R"({"name":"in","type":"com.example.City"})"),
                                    .references = {{"com.example.City", "city", 1}}});
  const auto converter = New();
  EXPECT_EQ(In(*converter, StrCat(std::string("\0\0\0\0", 4), static_cast<char>(id), "\2")),
            "Struct{in=Struct{zip=B}}");
  const int32_t circle =
      registry_.Add("circle", {.text = Record(""), .references = {{"other", "circle", 1}}});
  EXPECT_THAT(In(*converter, StrCat(std::string("\0\0\0\0", 4), static_cast<char>(circle), "\2")),
              HasSubstr("The references of a schema are a circle"));
}

TEST_F(AvroConverterTest, AVersionThatTheSubjectDoesNotKnowIsNoError) {
  const int32_t id = registry_.Add("elsewhere", {.text = Record(kName)});
  EXPECT_EQ(In(*New(), StrCat(std::string("\0\0\0\0", 4), static_cast<char>(id), "\6ann")),
            "Struct{name=ann}");
  EXPECT_FALSE(schema_->has_version);
}

TEST(AvroConverterSettings, AreChecked) {
  const auto fails = [](config::ConfigMap settings, std::string_view text) {
    const auto made = NewConverter("AvroConverter", settings, Role::kValue);
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException) << text;
    EXPECT_THAT(StackTrace(made.status()), HasSubstr(std::string(text)));
    EXPECT_THAT(StackTrace(made.status()), Not(HasSubstr("s3cret")));
  };
  const std::string url = "schema.registry.url";
  fails({}, "schema.registry.url");
  fails({{url, "mock://x"}}, "expected http:// or https://");
  fails({{url, "http://h"}, {"value.subject.name.strategy", "com.My"}}, "RecordNameStrategy");
  fails({{url, "http://h"}, {"basic.auth.credentials.source", "USER_INFO"}},
        "basic.auth.user.info");
  fails({{url, "http://h"}, {"schema.registry.basic.auth.credentials.source", "USER_INFO"}},
        "basic.auth.user.info");
  fails({{url, "http://h"}, {"basic.auth.credentials.source", "KEY"}}, "USER_INFO");
  fails({{url, "http://h"}, {"value.schema.id.serializer", "x.HeaderSchemaIdSerializer"}},
        "value.schema.id.serializer");
  fails({{url, "http://h"}, {"propagate.schema.tags", "true"}}, "propagate.schema.tags");
  fails({{url, "http://h"}, {"proxy.host", "p"}}, "proxy.host");
  fails({{url, "https://h"}, {"schema.registry.ssl.truststore.location", "/none"}},
        "ssl.truststore.location");
  fails({{url, "http://h"},
         {"basic.auth.credentials.source", "SASL_INHERIT"},
         {"sasl.jaas.config", "x required password=\"s3cret\";"}},
        "username and password");
  for (const char* name : {"io.confluent.connect.avro.AvroConverter", "AvroConverter", "Avro"}) {
    EXPECT_TRUE(NewConverter(name, {{url, "http://a:8081,https://b"}}, Role::kKey).ok()) << name;
  }
  EXPECT_FALSE(NewHeaderConverter("AvroConverter", {{url, "http://h"}}).ok());
}

}  // namespace
}  // namespace sluice::convert
