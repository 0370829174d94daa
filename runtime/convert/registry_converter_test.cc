// What converters of registered schemas do whatever the format, here Avro: where a record's schema
// is looked for, how long what was learnt is believed, and what could not be learnt.
#include "runtime/convert/registry_converter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro_converter.h"
#include "runtime/convert/parsed_schemas.h"
#include "runtime/record/value.h"
#include "runtime/schema_registry/fake_registry.h"

namespace sluice::convert {
namespace {

using schema_registry::FakeRegistry;
using testing::HasSubstr;

constexpr char kText[] = "\"string\"";
constexpr char kDual[] = "io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer";

// 16 bytes.
std::string GuidBytes(int32_t id) {
  std::string bytes("\xf0\0\0\0\0\0\x40\0\x80\0\0\0\0\0\0", 15);
  bytes.push_back(static_cast<char>(id));
  return bytes;
}
std::string Id(int32_t id) {
  return StrCat(std::string_view("\0\0\0\0", 4), static_cast<char>(id));
}

class RegistryConverterTest : public testing::Test {
 protected:
  // Of the client that there is, or a new one.
  std::unique_ptr<Converter> New(config::ConfigMap settings = {}, std::string_view role = "value") {
    settings.Set("schema.registry.url", "http://registry");
    settings.Set("converter.type", role);
    if (client_ == nullptr) {
      client_ = std::make_shared<schema_registry::Client>(
          schema_registry::ClientOptions{
              .urls = {"http://registry"}, .max_retries = 0, .latest_ttl = milliseconds(5000)},
          registry_.NewTransport(), clock_);
    }
    auto made = MakeAvroConverter(settings, client_);
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }
  std::string Result(const StatusOr<SchemaAndValue>& data) {
    if (!data.ok()) return StrCat("! ", StackTrace(data.status()));
    schema_ = abi::SchemaRef(data->schema);
    return record::JavaText(data->value);
  }
  std::string In(Converter& converter, std::string_view bytes, std::string_view topic = "t") {
    kept_.emplace_back(bytes);
    return Result(converter.ToConnect(topic, abi::Str(kept_.back()), memory_));
  }
  std::string InWithId(Converter& converter, std::string_view id, std::string_view bytes) {
    kept_.emplace_back(id);
    const Bytes header = abi::Str(kept_.back());
    kept_.emplace_back(bytes);
    return Result(converter.ToConnectWithId("t", header, abi::Str(kept_.back()), memory_));
  }
  std::string Out(Converter& converter, std::string_view text, std::string_view topic = "t") {
    const auto schema = abi::SchemaBuilder(SLUICE_STRING).Build();
    kept_.emplace_back(text);
    const auto bytes =
        converter.FromConnect(topic, schema.get(), abi::String(kept_.back()), memory_);
    return bytes.ok() ? std::string(abi::View(*bytes)) : StrCat("! ", StackTrace(bytes.status()));
  }
  size_t asked() const { return registry_.requests().size(); }

  FakeRegistry registry_;
  FakeClock clock_;
  std::shared_ptr<schema_registry::Client> client_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
  abi::SchemaRef schema_;
};

TEST_F(RegistryConverterTest, ASchemaMayBeNamedInAHeader) {
  const int32_t id = registry_.Add("t-value", {.text = kText});
  registry_.ServeGuids();
  const auto converter = New({{"value.schema.id.deserializer", kDual}});
  EXPECT_EQ(converter->id_header(), "__value_schema_id");
  EXPECT_EQ(New({}, "key")->id_header(), "__key_schema_id");
  EXPECT_EQ(InWithId(*converter, StrCat("\1", GuidBytes(id)), "\6ann"), "ann");
  EXPECT_EQ(schema_->version, 1);
  EXPECT_EQ(InWithId(*converter, Id(id), "\6bob"), "bob");
  EXPECT_EQ(In(*converter, StrCat("\1", GuidBytes(id), "\6eve")), "eve");  // in front of the bytes
  const size_t before = asked();
  EXPECT_EQ(InWithId(*converter, StrCat("\1", GuidBytes(id)), "\6ann"), "ann");
  EXPECT_EQ(asked(), before);
  // A header without a value says nothing; a tombstone has no schema.
  kept_.push_back(StrCat(Id(id), "\6ann"));
  EXPECT_EQ(
      Result(converter->ToConnectWithId("t", record::kNullBytes, abi::Str(kept_.back()), memory_)),
      "ann");
  kept_.push_back("what?");
  EXPECT_TRUE(abi::IsNull(
      converter->ToConnectWithId("t", abi::Str(kept_.back()), record::kNullBytes, memory_)->value));
}

TEST_F(RegistryConverterTest, HeadersThatNameNoSchema) {
  const int32_t id = registry_.Add("t-value", {.text = kText});
  const auto converter = New();
  for (const std::string& header :
       {std::string(), std::string("\2"), std::string("\0\0\0", 3), std::string("\1short")}) {
    EXPECT_THAT(InWithId(*converter, header, "\6ann"), HasSubstr("Unknown magic byte!"));
  }
  EXPECT_THAT(InWithId(*converter, StrCat("\1", GuidBytes(id)), "\6ann"),
              HasSubstr("GUID f0000000-0000-4000-8000-000000000001"));
  EXPECT_THAT(InWithId(*converter, Id(id), "\x20"), HasSubstr("message for id 1"));
}

TEST_F(RegistryConverterTest, HeadersMayBeLeftAlone) {
  const auto converter = New({{"value.schema.id.deserializer", "PrefixSchemaIdDeserializer"}});
  EXPECT_EQ(converter->id_header(), "");
}

TEST_F(RegistryConverterTest, AnIdIsAskedForWithTheSubjectOfTheTopic) {
  const int32_t id = registry_.Add("t-value", {.text = kText});
  EXPECT_EQ(In(*New(), StrCat(Id(id), "\6ann")), "ann");
  EXPECT_TRUE(registry_.requests()[0].url.ends_with("&subject=t-value"));
  EXPECT_TRUE(registry_.requests()[1].url.ends_with("?normalize=false&deleted=true"));
  client_ = nullptr;
  (void)In(*New({{"value.subject.name.strategy", "RecordNameStrategy"}}), StrCat(Id(id), "\6ann"));
  EXPECT_TRUE(registry_.requests()[2].url.ends_with("?fetchMaxId=false"));
}

TEST_F(RegistryConverterTest, ADeletedVersionIsStillOne) {
  registry_.Add("t-value", {.text = "\"int\""});
  const int32_t id = registry_.Add("t-value", {.text = kText});
  registry_.Delete("t-value", 2);
  EXPECT_EQ(In(*New(), StrCat(Id(id), "\6ann")), "ann");
  EXPECT_EQ(schema_->version, 2);
  EXPECT_THAT(Out(*New({{"auto.register.schemas", "false"}}), "x"), HasSubstr("Schema not found"));
}

TEST_F(RegistryConverterTest, ReferencesStayInTheContextOfWhoRefers) {
  registry_.Add(":.c:zip", {.text = R"({"type":"enum","name":"Zip","symbols":["A","B"]})"});
  registry_.Add(":.c:city", {.text = R"({"type":"record","name":"City","fields":[)"
                                     R"({"name":"zip","type":"Zip"}]})",
                             .references = {{"Zip", "zip", 1}}});
  const int32_t id =
      registry_.Add("t-value", {.text = R"({"type":"record","name":"User","fields":[)"
                                        R"({"name":"city","type":"City"}]})",
                                .references = {{"City", ":.c:city", 1}}});
  EXPECT_EQ(In(*New(), StrCat(Id(id), "\2")), "Struct{city=Struct{zip=B}}");
}

TEST_F(RegistryConverterTest, TheLatestVersionIsBelievedNoLongerThanTheClientBelievesIt) {
  registry_.Add("t-value", {.text = kText});
  const config::ConfigMap settings{{"auto.register.schemas", "false"},
                                   {"use.latest.version", "true"},
                                   {"latest.compatibility.strict", "false"}};
  const auto first = New(settings), second = New(settings);
  EXPECT_EQ(Out(*first, "ann"), StrCat(Id(1), "\6ann"));
  clock_.Advance(milliseconds(4000));
  EXPECT_EQ(Out(*second, "ann"), StrCat(Id(1), "\6ann"));
  EXPECT_EQ(In(*second, StrCat(Id(1), "\6ann")), "ann");
  registry_.Add("t-value", {.text = R"(["null","string"])"});
  clock_.Advance(milliseconds(1000));
  EXPECT_EQ(Out(*first, "ann"), StrCat(Id(2), "\2\6ann"));
  EXPECT_EQ(Out(*second, "ann"), StrCat(Id(2), "\2\6ann"));
  EXPECT_EQ(In(*second, StrCat(Id(1), "\6ann")), "ann");
  EXPECT_NE(schema_->optional, 0);  // as the latest has it
}

TEST_F(RegistryConverterTest, WhatIsRefusedIsNotAskedForWithEachRecord) {
  registry_.RefuseNew("no default");
  const auto converter = New();
  const std::string refused = Out(*converter, "ann");
  EXPECT_THAT(refused, HasSubstr("no default"));
  EXPECT_EQ(asked(), 1u);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Out(*converter, "ann"), refused);
  EXPECT_EQ(asked(), 1u);
  EXPECT_THAT(Out(*converter, "ann", "u"), HasSubstr("subject u-value"));
  EXPECT_EQ(asked(), 2u);
  registry_.RefuseNew("");
  EXPECT_EQ(Out(*converter, "ann"), refused);
  clock_.Advance(milliseconds(1000));
  EXPECT_EQ(Out(*converter, "ann"), StrCat(Id(1), "\6ann"));
}

TEST_F(RegistryConverterTest, WhatCannotBeLearntIsNotTriedWithEachRecord) {
  registry_.AnswerNext({403, ""});
  const auto converter = New();
  const std::string bytes = StrCat(Id(1), "\6ann");
  const std::string refused = In(*converter, bytes);
  EXPECT_THAT(refused, HasSubstr("answered 403"));
  EXPECT_EQ(In(*converter, bytes), refused);
  EXPECT_EQ(asked(), 1u);
  registry_.Add("t-value", {.text = kText});
  clock_.Advance(milliseconds(1000));
  EXPECT_EQ(In(*converter, bytes), "ann");
}

// Nobody answered: that is asked for again at once, by the error handler's retries.
TEST_F(RegistryConverterTest, WhatMayPassIsNotRemembered) {
  registry_.SetDown(true);
  const auto converter = New();
  EXPECT_THAT(In(*converter, StrCat(Id(1), "\6ann")), HasSubstr("no schema registry"));
  EXPECT_THAT(Out(*converter, "ann"), HasSubstr("no schema registry"));
  registry_.SetDown(false);
  EXPECT_EQ(Out(*converter, "ann"), StrCat(Id(1), "\6ann"));
  EXPECT_EQ(In(*converter, StrCat(Id(1), "\6ann")), "ann");
}

TEST(ParsedSchemasTest, ParseOnceWhateverCameOfIt) {
  ParsedSchemas<std::string> parsed;
  int calls = 0;
  const auto parse = [&](const ResolvedSchema& schema) -> ParsedSchemas<std::string>::Answer {
    ++calls;
    if (schema.schema.text == "bad") return DataError("bad");
    return std::make_shared<const std::string>(schema.schema.text);
  };
  const ResolvedSchema good{.schema = {.text = "good"}}, bad{.schema = {.text = "bad"}};
  ResolvedSchema other = good;
  other.dependencies = {{"a", "b"}};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(**parsed.Get(good, parse), "good");
    EXPECT_FALSE(parsed.Get(bad, parse).ok());
    EXPECT_TRUE(parsed.Get(other, parse).ok());
  }
  EXPECT_EQ(calls, 3);
  other.dependencies = {{"ab", ""}};
  (void)parsed.Get(other, parse);
  EXPECT_EQ(calls, 4);
}

}  // namespace
}  // namespace sluice::convert
