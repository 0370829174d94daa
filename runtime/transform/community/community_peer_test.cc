// What Debezium's and Aiven's own transforms made of some 3,600 records, asked by
// tests/parity/JavaCommunityTransforms.java, against ours.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "runtime/transform/peer_records.h"

namespace sluice::transform {
namespace {

using testing::Input;
using testing::JsonValue;
using testing::Reader;
using testing::ReadInput;
using testing::Show;

// Where ours is another on purpose: what Java's answer has, and what ours begins with.
struct Difference {
  std::string_view java, ours;
};
constexpr Difference kDifferences[] = {
    // Java's null pointers and casts have words of the JVM's.
    {"Ejava.lang.NullPointerException: ", "Ejava.lang.NullPointerException: "},
    {"Ejava.lang.ClassCastException: ", "Ejava.lang.ClassCastException: "},
    {"Ejava.util.regex.PatternSyntaxException: ", "Ejava.util.regex.PatternSyntaxException: "},
    // What is wrong with a setting is in Debezium's log only.
    {"Eorg.apache.kafka.connect.errors.ConnectException: Unable to validate config.",
     "Eorg.apache.kafka.common.config.ConfigException: Invalid value "},
};

bool IsKnownDifference(std::string_view java, std::string_view ours) {
  for (const Difference& known : kDifferences) {
    if (java.starts_with(known.java)) return ours.starts_with(known.ours);
  }
  // Debezium's own words about a value: Invalid value V for configuration K: The 'K' value ...
  const size_t at = java.find(": The '");
  return at != std::string_view::npos && ours.starts_with(java.substr(0, at + 2));
}

std::string Shown(const sluice_record& record) {
  const std::string partition =
      record.partition == SLUICE_NO_PARTITION ? "null" : StrCat(record.partition);
  const std::string timestamp =
      record.timestamp == SLUICE_NO_TIMESTAMP ? "null" : StrCat(record.timestamp);
  std::string text =
      StrCat(abi::View(record.topic), "/", partition, "|", timestamp, "|", Show(record.key_schema),
             "|", Show(record.key), "|", Show(record.value_schema), "|", Show(record.value));
  for (size_t i = 0; i < record.header_count; ++i) {
    const sluice_header& header = record.headers[i];
    StrAppend(text, "|", abi::View(header.key), "|", Show(header.schema), "|", Show(header.value));
  }
  return text;
}

sluice_record Record(const JsonValue& question, const Input& key, const Input& value) {
  static const auto* const list = new abi::SchemaRef(
      abi::SchemaBuilder(SLUICE_ARRAY).Value(testing::Schema(SLUICE_STRING)).Build());
  static const sluice_value kNames[] = {abi::String("secret"), abi::String("name"),
                                        abi::String("n")};
  static const sluice_header kHeaders[] = {
      {abi::Str("drop"), list->get(), abi::Array(kNames, 3)},
      {abi::Str("text"), record::RequiredSchema(SLUICE_STRING), abi::String("x")},
      {abi::Str("empty"), list->get(), abi::Array(kNames, 0)}};
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str(JsonText(*FindJsonMember(question, "topic")));
  if (FindJsonMember(question, "source") == nullptr) {
    record.original_topic = record.topic;
    record.partition = record.original_partition = 3;
    record.original_offset = 17;
  }
  record.timestamp = 1000;
  record.key_schema = key.schema.get();
  record.key = key.value;
  record.value_schema = value.schema.get();
  record.value = value.value;
  if (FindJsonMember(question, "headers") != nullptr) {
    record.headers = kHeaders;
    record.header_count = std::size(kHeaders);
  }
  return record;
}

// An error, without the place of the record that ours ends with and the whole record that Java's
// ends with.
std::string Error(const Status& status) {
  std::string text = StrCat("E", Describe(status));
  if (const size_t at = text.find(": topic='"); at != std::string::npos) {
    text = StrCat(text.substr(0, at), ": <record>");
  }
  return text;
}

std::string Ask(const JsonValue& question, const Input& key, const Input& value) {
  const auto found = FindTransform(JsonText(*FindJsonMember(question, "class")));
  if (!found.ok()) return Describe(found.status());
  config::ConfigMap settings;
  for (const auto& one : FindJsonMember(question, "config")->GetObject())
    settings.Set(JsonText(one.name), JsonText(one.value));
  auto transform = (*found)->make(settings);
  if (!transform.ok()) return Error(transform.status());
  sluice_record record = Record(question, key, value);
  const std::string before = Shown(record);
  record::BatchMemory memory;
  StatusOr<bool> kept = (*transform)->Apply(record, memory);
  if (!kept.ok() && Shown(record) != before) return "changed a record that failed";
  if (!kept.ok()) return Error(kept.status());
  return *kept ? Shown(record) : "dropped";
}

// Aiven's message has the map, whose order is any, between these; ours does not.
std::string WithoutMap(std::string text) {
  const size_t start = text.find("type in "), end = text.find(" must be [class ");
  if (start == std::string::npos || end == std::string::npos) return text;
  const size_t from = text.find(' ', start + 8);
  return StrCat(text.substr(0, from), text.substr(end));
}

int CompareAll(const std::string& name) {
  std::ifstream file("runtime/transform/community/" + name);
  static auto* const arena = new abi::Arena;  // schemas' defaults point into it
  Reader reader(*arena);
  std::map<int, Input> inputs;
  int questions = 0;
  for (std::string line; std::getline(file, line);) {
    auto json = ParseJson(line);
    EXPECT_TRUE(json.ok()) << Describe(json.status());
    if (!json.ok()) return 0;
    if (const auto* number = FindJsonMember(*json, "is")) {
      inputs[number->GetInt()] = ReadInput(reader, JsonText(*FindJsonMember(*json, "json")));
      continue;
    }
    ++questions;
    const std::string java = WithoutMap(std::string(JsonText(*FindJsonMember(*json, "out"))));
    const Input& key = inputs.at(FindJsonMember(*json, "key")->GetInt());
    const Input& value = inputs.at(FindJsonMember(*json, "record")->GetInt());
    const std::string ours = Ask(*json, key, value);
    if (ours != java && !IsKnownDifference(java, ours)) ADD_FAILURE() << line << "\nours: " << ours;
  }
  return questions;
}

TEST(CommunityPeer, DebeziumsMakeWhatJavasMake) {
  EXPECT_GT(CompareAll("debezium_golden.jsonl"), 1200);
}
TEST(CommunityPeer, DebeziumsOldSettingsMakeWhatTheyMade) {
  EXPECT_GT(CompareAll("debezium_2_golden.jsonl"), 100);
}
TEST(CommunityPeer, AivensMakeWhatJavasMake) { EXPECT_GT(CompareAll("aiven_golden.jsonl"), 2000); }

}  // namespace
}  // namespace sluice::transform
