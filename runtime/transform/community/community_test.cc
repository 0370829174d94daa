// Confluent's transforms, which are not to be had as source: from what their documentation says.
// And what the settings of all of these refuse.
#include <gtest/gtest.h>

#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using testing::kConfig;
using testing::kData;
using testing::Maker;
using testing::New;
using testing::RunTransform;
using testing::WhyNot;

constexpr std::string_view kTopic = "io.confluent.connect.transforms.ExtractTopic";
constexpr std::string_view kRouter = "MessageTimestampRouter";

// The topic afterwards, `dropped`, or the error.
std::string TopicOf(std::string_view name, const config::ConfigMap& settings,
                    sluice_record record) {
  const auto transform = New(name, settings);
  if (transform == nullptr) return WhyNot(name, settings);
  record::BatchMemory memory;
  const StatusOr<bool> kept = transform->Apply(record, memory);
  if (!kept.ok()) return std::string(Message(kept.status()));
  return *kept ? std::string(abi::View(record.topic)) : "dropped";
}

class ExtractTopicTest : public ::testing::Test {
 protected:
  Maker make_;
  sluice_value Map() {
    return make_.Map(
        {{"name", abi::String("orders")},
         {"empty", abi::String("")},
         {"id", abi::Int64(1)},
         {"at", make_.Map({{"city", abi::String("Ulm")},
                           {"a.b", make_.Array({abi::Int64(0), abi::String("deep")})}})}});
  }
};

TEST_F(ExtractTopicTest, TakesAField) {
  const std::string name = StrCat(kTopic, "$Value");
  EXPECT_EQ(TopicOf(name, {{"field", "name"}}, make_.Record(Map())), "orders");
  const auto schema = abi::SchemaBuilder(SLUICE_STRUCT)
                          .Field("name", testing::Schema(SLUICE_STRING))
                          .Field("id", testing::Schema(SLUICE_INT32))
                          .Build();
  const sluice_record record =
      make_.Record(make_.Struct(schema, {abi::String("t2"), abi::Int32(1)}));
  EXPECT_EQ(TopicOf(name, {{"field", "name"}}, record), "t2");
  EXPECT_EQ(TopicOf(name, {}, make_.Record(abi::String("whole"))), "whole");
  EXPECT_EQ(TopicOf(name, {{"field", "id"}}, record),
            "Value field 'id' must be a string to be a topic's name, and is a java.lang.Integer: "
            "topic='t', originalTopic='t', originalKafkaPartition=3, originalKafkaOffset=17");
}

TEST_F(ExtractTopicTest, FollowsAPath) {
  const std::string name = StrCat(kTopic, "$Value");
  const auto of = [&](std::string_view path) {
    return TopicOf(name, {{"field", std::string(path)}, {"field.format", "JSON_PATH"}},
                   make_.Record(Map()));
  };
  EXPECT_EQ(of("$.at.city"), "Ulm");
  EXPECT_EQ(of("$[\"at\"][\"city\"]"), "Ulm");
  EXPECT_EQ(of("['at']['a.b'][1]"), "deep");
  EXPECT_EQ(of("$.at['a.b'][1]"), "deep");
  for (const std::string_view path :
       {"$", "$..a", "$.*", "$[?(@.a)]", "$['a'", "$[x]", "$[1", "a"}) {
    EXPECT_TRUE(of(path).starts_with(
        StrCat(kConfig, "Invalid value ", path, " for configuration field: not a JSON path that")))
        << path << ": " << of(path);
  }
}

TEST_F(ExtractTopicTest, SkipsOrRefusesWhatIsMissing) {
  const std::string name = StrCat(kTopic, "$Value");
  for (const char* field : {"nope", "empty"}) {
    EXPECT_EQ(
        TopicOf(name, {{"field", field}, {"skip.missing.or.null", "true"}}, make_.Record(Map())),
        "t");
    EXPECT_TRUE(TopicOf(name, {{"field", field}}, make_.Record(Map()))
                    .starts_with(StrCat("Value field '", field, "' is missing, null or empty")));
  }
}

TEST_F(ExtractTopicTest, TakesKeysAndHeaders) {
  sluice_record record = make_.Record(abi::Null());
  record.key = abi::String("k");
  const sluice_header headers[] = {{abi::Str("h"), nullptr, abi::String("first")},
                                   {abi::Str("h"), nullptr, abi::String("last")}};
  record.headers = headers;
  record.header_count = 2;
  EXPECT_EQ(TopicOf(StrCat(kTopic, "$Key"), {}, record), "k");
  EXPECT_EQ(TopicOf(StrCat(kTopic, "$Header"), {{"field", "h"}}, record), "last");
  EXPECT_TRUE(TopicOf(StrCat(kTopic, "$Header"), {{"field", "x"}}, record)
                  .starts_with("Header 'x' is missing, null or empty"));
  EXPECT_EQ(
      TopicOf(StrCat(kTopic, "$Header"), {}, record),
      StrCat(kConfig, "Invalid value  for configuration field: $Header needs a header's key"));
}

TEST(MessageTimestampRouter, NamesTheTopicByAField) {
  Maker make;
  const config::ConfigMap settings = {{"topic.format", "foo-${topic}-${timestamp}"},
                                      {"message.timestamp.format", "yyyy-MM-dd"},
                                      {"topic.timestamp.format", "yyyy.MM.dd"},
                                      {"message.timestamp.keys", "timestamp,time,ts"}};
  const auto of = [&](std::string_view field, const sluice_value& value) {
    return TopicOf(kRouter, settings, make.Record(make.Map({{field, value}})));
  };
  EXPECT_EQ(of("time", abi::String("2019-08-06")), "foo-t-2019.08.06");
  EXPECT_EQ(of("ts", abi::Int64(0)), "foo-t-1970.01.01");
  EXPECT_TRUE(of("other", abi::Int64(0))
                  .starts_with("No timestamp in the fields timestamp, time, ts of the message"));
  EXPECT_TRUE(
      of("ts", abi::String("x"))
          .starts_with(
              "The message's timestamp is not of the format 'yyyy-MM-dd', but a java.lang.String"));
  EXPECT_TRUE(TopicOf(kRouter, settings, make.Record(abi::String("x")))
                  .starts_with("Only Map objects supported"));
}

TEST(Drop, NullifiesByTheSchemasRule) {
  Maker make;
  const auto order = testing::Order();
  const auto required = testing::Schema(SLUICE_INT32);
  const sluice_record record = make.Record(required.get(), abi::Int32(1));
  const auto run = [&](const char* behavior) {
    return RunTransform("Drop$Value", {{"schema.behavior", behavior}}, record);
  };
  EXPECT_EQ(run("nullify").schema, "null");
  EXPECT_EQ(run("nullify").value, "null");
  EXPECT_EQ(run("retain").schema, "INT32");
  EXPECT_EQ(run("force_optional").schema, "INT32?");
  EXPECT_TRUE(run("validate")
                  .error.starts_with(
                      StrCat(kData, "value schema must be optional for its value to be dropped")));
  EXPECT_EQ(WhyNot("Drop$Key", {{"schema.behavior", "x"}}),
            StrCat(kConfig,
                   "Invalid value x for configuration schema.behavior: String must be one of: "
                   "nullify, retain, validate, force_optional"));
}

TEST(TombstoneHandler, DropsOrRefusesTombstones) {
  Maker make;
  const sluice_record tombstone = make.Record(abi::Null());
  EXPECT_EQ(TopicOf("TombstoneHandler", {}, tombstone), "dropped");
  EXPECT_EQ(TopicOf("TombstoneHandler", {{"behavior", "ignore"}}, tombstone), "dropped");
  EXPECT_EQ(TopicOf("TombstoneHandler", {}, make.Record(abi::Int64(1))), "t");
  EXPECT_TRUE(TopicOf("TombstoneHandler", {{"behavior", "fail"}}, tombstone)
                  .starts_with("Tombstone record encountered, and behavior=fail"));
}

TEST(ByLogicalTableRouter, SaysWhatIsWrongWithItsSettings) {
  EXPECT_EQ(WhyNot("ByLogicalTableRouter", {{"topic.regex", "a"}}),
            StrCat(kConfig,
                   "Missing required configuration \"topic.replacement\" which has no "
                   "default value."));
  EXPECT_EQ(WhyNot("ByLogicalTableRouter",
                   {{"topic.regex", "a"}, {"topic.replacement", "b"}, {"key.field.regex", "x"}}),
            StrCat(kConfig,
                   "Invalid value null for configuration key.field.replacement: "
                   "key.field.replacement must be non-empty if key.field.regex is set."));
}

}  // namespace
}  // namespace sluice::transform
