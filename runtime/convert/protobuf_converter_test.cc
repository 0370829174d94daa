// ProtobufConverter over a registry in memory: frames, indexes of messages, subjects, what is
// registered, references, evolution, a registry that is down.
#include "runtime/convert/protobuf_converter.h"

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
    "syntax = \"proto3\";\npackage com.example;\n\nmessage User {\n  string name = 1;\n"
    "  int32 age = 2;\n}\n";

std::string Proto(std::string_view rest) { return StrCat("syntax = \"proto3\"; ", rest); }

class ProtobufConverterTest : public testing::Test {
 protected:
  ProtobufConverterTest()
      : user_(SchemaBuilder(SLUICE_STRUCT)
                  .Name("com.example.User")
                  .Field("name", SchemaBuilder(SLUICE_STRING).Build())
                  .Field("age", SchemaBuilder(SLUICE_INT32).Optional().Build())
                  .Build()) {
    values_[0] = abi::String("ann");
    values_[1] = abi::Int32(40);
    ann_ = memory_.arena().NewStruct(user_.get(), values_);
  }

  StatusOr<std::unique_ptr<Converter>> TryNew(config::ConfigMap settings, std::string_view role) {
    settings.Set("schema.registry.url", "http://registry");
    settings.Set("converter.type", role);
    client_ = std::make_shared<schema_registry::Client>(
        schema_registry::ClientOptions{.urls = {"http://registry"}, .max_retries = 0},
        registry_.NewTransport());
    return MakeProtobufConverter(settings, client_);
  }
  std::unique_ptr<Converter> New(config::ConfigMap settings = {}, std::string_view role = "value") {
    auto made = TryNew(std::move(settings), role);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }
  int32_t Add(const std::string& subject, std::string text,
              std::vector<schema_registry::Reference> references = {}) {
    return registry_.Add(
        subject,
        {.type = "PROTOBUF", .text = std::move(text), .references = std::move(references)});
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
  static std::string Framed(int id, std::string_view rest) {
    return StrCat(std::string_view("\0\0\0\0", 4), static_cast<char>(id), rest);
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

TEST_F(ProtobufConverterTest, WritesTheFrameAndReadsItBack) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  EXPECT_EQ(bytes, Framed(1, std::string_view("\0\x0a\3ann\x10\x28", 8)));
  ASSERT_EQ(registry_.Versions("users-value").size(), 1u);
  EXPECT_EQ(registry_.Versions("users-value")[0].text, kUser);
  EXPECT_EQ(registry_.Versions("users-value")[0].type, "PROTOBUF");
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  EXPECT_EQ(schema_->version, 1);  // the registry's
  EXPECT_EQ(abi::View(schema_->name), "User");
  EXPECT_EQ(In(*New({{"enhanced.protobuf.schema.support", "true"}}), bytes),
            "Struct{name=ann,age=40}");
  EXPECT_EQ(abi::View(schema_->name), "com.example.User");
}

// The message's indexes stand behind the id, wherever that is.
TEST_F(ProtobufConverterTest, ASchemaMayBeNamedInAHeader) {
  const int32_t id =
      Add("users-value", Proto("message A { string a = 1; } message B { int32 b = 1; }"));
  const auto converter = New();
  const std::string header = Framed(id, "\2\2"), payload("\x08\x07");
  const auto data =
      converter->ToConnectWithId("users", abi::Str(header), abi::Str(payload), memory_);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(record::JavaText(data->value), "Struct{b=7}");
}

TEST_F(ProtobufConverterTest, WhatWasSeenCostsNoRequest) {
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

TEST_F(ProtobufConverterTest, NullIsATombstoneWhateverTheSchema) {
  const auto converter = New();
  EXPECT_TRUE(record::IsNull(*converter->FromConnect("t", user_.get(), abi::Null(), memory_)));
  const auto back = converter->ToConnect("t", record::kNullBytes, memory_);
  EXPECT_EQ(back->schema, nullptr);
  EXPECT_TRUE(registry_.requests().empty());
}

TEST_F(ProtobufConverterTest, ScalarsAreWrappers) {
  const auto converter = New();
  const auto schema = SchemaBuilder(SLUICE_STRING).Build();
  const auto bytes = converter->FromConnect("t", schema.get(), abi::String("ab"), memory_);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(abi::View(*bytes), Framed(1,
                                      "\x02\x0e\x0a\x02"
                                      "ab"));  // the 8th message
  EXPECT_THAT(registry_.Versions("t-value")[0].text, HasSubstr("message StringValue {"));
  EXPECT_EQ(In(*converter, abi::View(*bytes), "t"), "ab");
  EXPECT_EQ(schema_->type, SLUICE_STRING);
  EXPECT_EQ(In(*New({{"wrapper.for.raw.primitives", "false"}}), abi::View(*bytes), "t"),
            "Struct{value=ab}");
}

TEST_F(ProtobufConverterTest, SchemalessDataAreRefused) {
  const Status refused = New()->FromConnect("t", nullptr, abi::String("x"), memory_).status();
  EXPECT_EQ(ExceptionClass(refused), kDataException);
  EXPECT_THAT(std::string(Message(refused)), HasSubstr("Protobuf needs a schema"));
}

TEST_F(ProtobufConverterTest, TheIndexesSayWhichMessage) {
  const int id =
      Add("users-value", Proto("package p; message A { int32 a = 1; message B { string b ="
                               " 1; } message C { bool c = 1; } } message D {}"));
  const auto converter = New();
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\0\x08\1", 3))), "Struct{a=1}");
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\2\0\x08\1", 4))), "Struct{a=1}");
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\4\0\0\x0a\1x", 6))), "Struct{b=x}");
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\4\0\2\x08\1", 5))), "Struct{c=true}");
  EXPECT_EQ(In(*converter, Framed(id, "\2\2")), "Struct{}");
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\0\x08\2", 3))), "Struct{a=2}");
  const std::pair<std::string_view, const char*> wrong[] = {
      {"\2\4", "Invalid message indexes: [2]: the schema has no such message"},
      {"\2\1", "Invalid message indexes: [-1]"},
      {std::string_view("\4\0\4", 3), "Invalid message indexes: [0, 2]"},
      {"", "The indexes of the message in its schema are malformed"},
      {"\2", "are malformed"},
      {"\1", "are malformed"},
      {"\xff\xff\xff\xff\xff\xff", "are malformed"},
      {"\xfe\xff\xff\xff\x0f", "are malformed"},
  };
  for (const auto& [indexes, wanted] : wrong) {
    const std::string got = In(*converter, Framed(id, indexes));
    EXPECT_THAT(got, testing::StartsWith(StrCat("! ", kDataException,
                                                ": Failed to deserialize data for topic users to "
                                                "Protobuf: ")));
    EXPECT_THAT(got, HasSubstr(wanted));
  }
}

TEST_F(ProtobufConverterTest, BadBytesAreBadData) {
  const int id = Add("users-value", Proto("message A { int32 a = 1; }"));
  Add("avro-value", "{}");
  const int avro = registry_.Add("x", {.text = "\"int\""});
  const auto converter = New();
  for (const auto& [bytes, wanted] : std::vector<std::pair<std::string, std::string>>{
           {"\1\0\0\0\1", "Unknown magic byte!"},
           {"", "Unknown magic byte!"},
           {Framed(id, std::string_view("\0\x08", 2)), "the input ended unexpectedly"},
           {Framed(avro, std::string_view("\0", 1)),
            "The schema is of type AVRO: expected PROTOBUF"},
           {Framed(99, std::string_view("\0", 1)), "99"},
       }) {
    const std::string got = In(*converter, bytes);
    EXPECT_THAT(got, testing::StartsWith(StrCat("! ", kDataException))) << got;
    EXPECT_THAT(got, HasSubstr(wanted));
  }
}

TEST_F(ProtobufConverterTest, SubjectsByTopicByRecordAndBoth) {
  const std::string prefix = "io.confluent.kafka.serializers.subject.";
  (void)Out(*New({}, "key"));
  (void)Out(*New({{"value.subject.name.strategy", prefix + "RecordNameStrategy"}}));
  (void)Out(*New({{"value.subject.name.strategy", "TopicRecordNameStrategy"}}));
  for (const char* subject : {"users-key", "com.example.User", "users-com.example.User"}) {
    EXPECT_EQ(registry_.Versions(subject).size(), 1u) << subject;
  }
  // The version is that of the subject of the message that was read.
  const std::string text = Proto("package p; message A {} message B { int32 b = 1; }");
  Add("p.B", Proto("message B {}"));
  Add("p.A", text);
  const int id = Add("p.B", text);
  const auto converter = New({{"value.subject.name.strategy", "RecordNameStrategy"}});
  EXPECT_EQ(In(*converter, Framed(id, "\2\2")), "Struct{b=0}");
  EXPECT_EQ(schema_->version, 2);
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\0", 1))), "Struct{}");
  EXPECT_EQ(schema_->version, 1);
}

TEST_F(ProtobufConverterTest, ReferencesAreImports) {
  Add("money", Proto("package m; message Money { int64 units = 1; Currency currency = 2; } enum "
                     "Currency { EUR = 0; USD = 1; }"));
  Add("item", Proto("import \"money.proto\"; message Item { m.Money price = 1; }"),
      {{"money.proto", "money", 1}});
  const int id =
      Add("users-value", Proto("import \"item.proto\"; message Order { repeated Item items = 1; }"),
          {{"item.proto", "item", 1}});
  const auto converter = New();
  EXPECT_EQ(In(*converter, Framed(id, std::string_view("\0\x0a\6\x0a\4\x08\7\x10\1", 9))),
            "Struct{items=[Struct{price=Struct{units=7,currency=USD}}]}");
  const int missing = Add("b-value", Proto("import \"item.proto\"; message O { Item i = 1; }"));
  EXPECT_THAT(In(*converter, Framed(missing, std::string_view("\0", 1)), "b"),
              HasSubstr("has the type Item, which is in neither the schema nor what it imports"));
}

TEST_F(ProtobufConverterTest, WithoutRegistrationTheSchemaMustBeThere) {
  EXPECT_THAT(Out(*New({{"auto.register.schemas", "false"}})),
              HasSubstr("Subject 'users-value' not found."));
  Add("users-value", kUser);
  EXPECT_EQ(Out(*New({{"auto.register.schemas", "false"}})).size(), 13u);
}

TEST_F(ProtobufConverterTest, TheLatestVersionInsteadOfTheRecordsOwn) {
  Add("users-value", Proto("package com.example; message Other {} message User { string city = 3; "
                           "string name = 1; int64 age = 2; }"));
  const config::ConfigMap latest = {{"auto.register.schemas", "false"},
                                    {"use.latest.version", "true"}};
  const auto converter = New(latest);
  EXPECT_EQ(Out(*converter), Framed(1, "\2\2\x0a\3ann\x10\x28"));
  EXPECT_EQ(In(*converter, Out(*converter)), "Struct{city=,name=ann,age=40}");

  Add("strict-value", Proto("package com.example; message User { int32 name = 1; }"));
  EXPECT_THAT(Out(*converter, "strict"),
              HasSubstr("the field com.example.User.name (1) changed from string to int32. Set "
                        "latest.compatibility.strict=false"));
  Add("moved-value", Proto("package org.other; message User { int32 age = 7; string name = 9; }"));
  EXPECT_THAT(Out(*New(latest), "moved"), HasSubstr("the package changed"));
  config::ConfigMap lenient = latest;
  lenient.Set("latest.compatibility.strict", "false");
  EXPECT_EQ(Out(*New(lenient), "moved"), Framed(3, std::string_view("\0\x38\x28\x4a\3ann", 8)));
}

TEST_F(ProtobufConverterTest, WhatWasWrittenIsReadWithTheLatestVersion) {
  const int old =
      Add("users-value", Proto("message A { int32 a = 1; } message B { int32 b = 1; }"));
  Add("users-value", Proto("message B { int32 b = 1; string c = 2; } message A { int64 z = 1; }"));
  const auto converter = New({{"use.latest.version", "true"}});
  EXPECT_EQ(In(*converter, Framed(old, std::string_view("\0\x08\5", 3))), "Struct{z=5}");
  EXPECT_EQ(In(*converter, Framed(old, std::string_view("\2\2\x08\5", 4))), "Struct{b=5,c=}");
}

TEST_F(ProtobufConverterTest, AnIncompatibleSchemaIsAClearError) {
  registry_.RefuseNew("FIELD_SCALAR_KIND_CHANGED");
  const Status refused = New()->FromConnect("users", user_.get(), ann_, memory_).status();
  EXPECT_EQ(ExceptionClass(refused), kDataException);
  EXPECT_FALSE(IsRetriable(refused));
  EXPECT_THAT(std::string(Message(refused)),
              HasSubstr("Failed to serialize Protobuf data from topic users: The schema is not "
                        "compatible with what is registered under subject users-value"));
}

TEST_F(ProtobufConverterTest, WhileTheRegistryIsDownKnownSchemasWorkAndOthersAreRetriable) {
  const auto converter = New();
  const std::string bytes = Out(*converter);
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  registry_.SetDown(true);
  EXPECT_EQ(Out(*converter), bytes);
  EXPECT_EQ(In(*converter, bytes), "Struct{name=ann,age=40}");
  const auto other = SchemaBuilder(SLUICE_STRING).Build();
  const auto unknown = converter->FromConnect("users", other.get(), abi::String("x"), memory_);
  EXPECT_EQ(ExceptionClass(unknown.status()), kRetriableException);
  const std::string strange = Framed(9, std::string_view("\0", 1));
  EXPECT_TRUE(IsRetriable(converter->ToConnect("users", abi::Str(strange), memory_).status()));
}

TEST_F(ProtobufConverterTest, SettingsAreCheckedAndListed) {
  const auto refused = TryNew({{"skip.known.types", "false"}}, "value");
  EXPECT_THAT(std::string(Message(refused.status())), HasSubstr("skip.known.types"));
  EXPECT_FALSE(TryNew({{"int.for.enums", "maybe"}}, "value").ok());
  std::vector<std::string> names;
  for (const auto& key : ProtobufConverterConfig().keys()) names.push_back(key.name);
  for (const char* name :
       {"schema.registry.url", "auto.register.schemas", "enhanced.protobuf.schema.support",
        "int.for.enums", "optional.for.nullables", "optional.for.proto2", "wrapper.for.nullables",
        "wrapper.for.raw.primitives", "generate.struct.for.nulls", "generate.index.for.unions",
        "flatten.unions", "scrub.invalid.names", "generalized.sum.type.support",
        "ignore.default.for.nullables", "reference.lookup.only", "reference.subject.name.strategy",
        "skip.known.types", "schemas.cache.config"}) {
    EXPECT_THAT(names, testing::Contains(name));
  }
}

TEST_F(ProtobufConverterTest, OptionsChangeWhatIsReadAndWritten) {
  const int id =
      Add("users-value", Proto("message M { E e = 1; oneof o { int32 a = 2; string b = 3;"
                               " } enum E { LOW = 0; HIGH = 4; } }"));
  const std::string bytes = Framed(id, std::string_view("\0\x08\4\x10\0", 5));
  EXPECT_EQ(In(*New(), bytes), "Struct{o_0=Struct{a=0},e=HIGH}");
  EXPECT_EQ(In(*New({{"int.for.enums", "true"}, {"generate.index.for.unions", "false"}}), bytes),
            "Struct{o=Struct{a=0},e=4}");
  EXPECT_EQ(In(*New({{"flatten.unions", "true"}}), bytes), "Struct{a=0,e=HIGH}");
  values_[1] = abi::Null();
  EXPECT_EQ(Out(*New()).size(), 11u);
  (void)Out(*New({{"optional.for.nullables", "true"}}), "optional");
  EXPECT_THAT(registry_.Versions("optional-value")[0].text, HasSubstr("optional int32 age = 2;"));
  (void)Out(*New({{"wrapper.for.nullables", "true"}}), "wrapped");
  EXPECT_THAT(
      registry_.Versions("wrapped-value")[0].text,
      HasSubstr("import \"google/protobuf/wrappers.proto\";\n\nmessage User {\n  string name "
                "= 1;\n  google.protobuf.Int32Value age = 2;"));
}

}  // namespace
}  // namespace sluice::convert
