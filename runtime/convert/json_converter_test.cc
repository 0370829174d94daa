// What a list of questions and answers (peer_test) does not show: caches, bounds, and where results
// live.
#include <string>

#include "gtest/gtest.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

std::string Int32Envelope(std::string_view name, std::string_view payload) {
  return StrCat(R"({"schema":{"type":"int32","name":")", name, R"("},"payload":)", payload, "}");
}

class JsonConverterTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Converter> Make(const config::ConfigMap& settings = {}) {
    return NewConverter("JsonConverter", settings, Role::kValue).value();
  }
  SchemaAndValue Read(Converter& converter, std::string_view text) {
    StatusOr<SchemaAndValue> data =
        converter.ToConnect("t", abi::Str(memory_.arena().Copy(text)), memory_);
    EXPECT_TRUE(data.ok()) << data.status();
    return data.ok() ? *data : SchemaAndValue{};
  }
  std::string Write(Converter& converter, const SchemaAndValue& data) {
    StatusOr<Bytes> bytes = converter.FromConnect("t", data.schema, data.value, memory_);
    return bytes.ok() ? std::string(abi::View(*bytes)) : Describe(bytes.status());
  }

  BatchMemory memory_;
};

TEST_F(JsonConverterTest, TheSameSchemaTextIsOneSchema) {
  auto json = Make();
  const SchemaAndValue one = Read(*json, Int32Envelope("n", "1"));
  const SchemaAndValue two = Read(*json, Int32Envelope("n", "2"));
  const SchemaAndValue other = Read(*json, Int32Envelope("m", "3"));
  EXPECT_EQ(one.schema, two.schema);
  EXPECT_NE(one.schema, other.schema);
  EXPECT_EQ(Read(*json, Int32Envelope("n", "4")).schema, one.schema);
  // In another order, too.
  const SchemaAndValue turned =
      Read(*json, R"({"payload":5,"schema":{"type":"int32","name":"n"}})");
  EXPECT_EQ(turned.schema, one.schema);
  EXPECT_EQ(turned.value.as.int64, 5);
}

TEST_F(JsonConverterTest, ASchemaOutlivesTheCacheInItsBatch) {
  auto json = Make({{"schemas.cache.size", "1"}});
  const SchemaAndValue first = Read(*json, Int32Envelope("first", "1"));
  for (int i = 0; i < 20; ++i) Read(*json, Int32Envelope(StrCat("n", i), "1"));
  json.reset();
  EXPECT_EQ(abi::View(first.schema->name), "first");
}

TEST_F(JsonConverterTest, ManySchemasThroughASmallCache) {
  for (const char* size : {"0", "1", "3", "-5"}) {
    auto json = Make({{"schemas.cache.size", size}});
    for (int i = 0; i < 50; ++i) {
      const std::string text = Int32Envelope(StrCat("n", i % 7), StrCat(i));
      EXPECT_EQ(Write(*json, Read(*json, text)),
                StrCat(R"({"schema":{"type":"int32","optional":false,"name":"n)", i % 7,
                       R"("},"payload":)", i, "}"));
    }
  }
}

TEST_F(JsonConverterTest, AKnownSchemaHidesNoError) {
  auto json = Make();
  Read(*json, Int32Envelope("n", "1"));
  for (const char* tail : {",\"payload\":1", ",\"payload\":1,\"x\":1}", "}", ",\"payload\":}",
                           ",\"payload\":[1,}", ",\"payloads\":1}", ",\"payload\":null}"}) {
    const std::string text = StrCat(R"({"schema":{"type":"int32","name":"n"})", tail);
    EXPECT_FALSE(json->ToConnect("t", abi::Str(text), memory_).ok()) << text;
  }
  EXPECT_FALSE(
      json->ToConnect("t", abi::Str(R"({"schema":{"type":"int32","name":"n"}x,)"), memory_).ok());
}

TEST_F(JsonConverterTest, ARepeatedMemberCountsLast) {
  auto json = Make();
  Read(*json, Int32Envelope("n", "1"));
  const SchemaAndValue data =
      Read(*json, R"({"schema":{"type":"int32","name":"n"},"payload":1,"payload":2})");
  EXPECT_EQ(data.value.as.int64, 2);
  const SchemaAndValue string =
      Read(*json, R"({"schema":{"type":"int32","name":"n"},"payload":1,"schema":{"type":"int8"}})");
  EXPECT_EQ(string.value.kind, SLUICE_INT8);
}

TEST_F(JsonConverterTest, WrittenBytesDoNotDependOnTheConverter) {
  auto json = Make({{"schemas.enable", "false"}});
  const SchemaAndValue data = Read(*json, R"({"a":[1,2]})");
  const Bytes first = json->FromConnect("t", data.schema, data.value, memory_).value();
  EXPECT_EQ(Write(*json, {nullptr, abi::String("something else, written later")}),
            "\"something else, written later\"");
  json.reset();
  EXPECT_EQ(abi::View(first), R"({"a":[1,2]})");
}

TEST_F(JsonConverterTest, TombstonesAndNulls) {
  auto bare = Make({{"schemas.enable", "false"}});
  auto enveloped = Make();
  for (Converter* json : {bare.get(), enveloped.get()}) {
    EXPECT_TRUE(record::IsNull(json->FromConnect("t", nullptr, abi::Null(), memory_).value()));
    const SchemaAndValue data = json->ToConnect("t", record::kNullBytes, memory_).value();
    EXPECT_EQ(data.schema, nullptr);
    EXPECT_TRUE(abi::IsNull(data.value));
  }
  const SchemaAndValue null{record::OptionalSchema(SLUICE_STRING), abi::Null()};
  EXPECT_EQ(Write(*bare, null), "null");
  EXPECT_EQ(Write(*enveloped, null),
            R"({"schema":{"type":"string","optional":true},"payload":null})");
}

TEST_F(JsonConverterTest, DeepInputIsRefused) {
  const std::string deep(1 << 20, '[');
  for (const char* schemas : {"true", "false"}) {
    auto json = Make({{"schemas.enable", schemas}});
    const Status status = json->ToConnect("t", abi::Str(deep), memory_).status();
    EXPECT_EQ(Describe(status),
              "org.apache.kafka.connect.errors.DataException: Converting byte[] to Kafka Connect "
              "data failed due to serialization error: ");
    EXPECT_NE(StackTrace(status).find("Document nesting depth (1001) exceeds the maximum allowed"),
              std::string::npos);
  }
}

TEST_F(JsonConverterTest, DeepValuesAreRefused) {
  auto json = Make();
  sluice_value nested[1001];
  nested[0] = abi::Array(nullptr, 0);
  for (int i = 1; i <= 1000; ++i) nested[i] = abi::Array(&nested[i - 1], 1);
  EXPECT_EQ(Write(*json, {nullptr, nested[998]}).substr(0, 10), "{\"schema\":");
  EXPECT_EQ(Write(*json, {nullptr, nested[999]}),
            "org.apache.kafka.connect.errors.DataException: Converting Kafka Connect data to "
            "byte[] failed due to serialization error: ");
}

// In quadratic time it would not end.
TEST_F(JsonConverterTest, WideObjectsAreRead) {
  constexpr int kFields = 100'000;
  std::string fields, members;
  for (int i = 0; i < kFields; ++i) {
    StrAppend(fields, i ? "," : "", R"({"type":"int32","field":"f)", i, "\"}");
    StrAppend(members, i ? "," : "", "\"f", kFields - 1 - i, "\":", kFields - 1 - i);
  }
  auto json = Make();
  const SchemaAndValue data = Read(*json, StrCat(R"({"schema":{"type":"struct","fields":[)", fields,
                                                 R"(]},"payload":{)", members, "}}"));
  EXPECT_EQ(data.value.as.structure->values[54'321].as.int64, 54'321);
}

TEST_F(JsonConverterTest, StructsOfAnotherSchemaDoNotMatch) {
  auto json = Make();
  const abi::SchemaRef schema = abi::SchemaBuilder(SLUICE_STRUCT).Build();
  const abi::SchemaRef other = abi::SchemaBuilder(SLUICE_STRUCT).Name("n").Build();
  const sluice_value value = memory_.arena().NewStruct(other.get(), nullptr);
  EXPECT_EQ(Write(*json, {schema.get(), value}),
            "org.apache.kafka.connect.errors.DataException: Mismatching schema.");
  EXPECT_EQ(Write(*json, {nullptr, value}),
            "org.apache.kafka.connect.errors.DataException: Mismatching schema.");
}

}  // namespace
}  // namespace sluice::convert
