// What Apache Kafka Connect's transforms and predicates say of some 4,200 records, asked by
// tests/parity/JavaTransforms.java, against ours.
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

// Where ours is another on purpose: the error that Java gives, and what ours begins with.
const std::map<std::string_view, std::string_view> kDifferences = {
    {"Eorg.apache.kafka.common.config.ConfigException: Invalid value null for configuration "
     "static.value: No value "
     "specified for static field: "
     "org.apache.kafka.connect.transforms.InsertField$InsertionSpec@",  // an address
     "Eorg.apache.kafka.common.config.ConfigException: Invalid value null for configuration "
     "static.value: No value "
     "specified for static field: a"},
    {"Ejava.lang.NullPointerException: Cannot invoke \"org.apache.kafka.connect.data.Field",
     "Ejava.lang.NullPointerException: HeaderFrom finds no field "},
    {"Ejava.lang.NullPointerException: Cannot invoke \"java.text.SimpleDateFormat.parse",
     "Ejava.lang.NullPointerException: TimestampConverter needs its format"},
    {"Eorg.apache.kafka.connect.errors.DataException: Timestamp missing on record: S",  // and all
                                                                                        // of it
     "Eorg.apache.kafka.connect.errors.DataException: Timestamp missing on record: topic='t'"},
    {"Eorg.apache.kafka.connect.errors.DataException: id is not a valid field name",
     "t|STRUCT{name:STRING,"},  // where nothing is renamed
    {"Ejava.lang.IllegalArgumentException: Illegal pattern character 'q'",  // at the first record
     "Eorg.apache.kafka.common.config.ConfigException: Invalid value qq for configuration "
     "timestamp.format: Illegal pattern character 'q'"},
};

bool IsKnownDifference(std::string_view java, std::string_view ours) {
  for (const auto& [theirs, expected] : kDifferences) {
    if (java.substr(0, theirs.size()) == theirs) return ours.substr(0, expected.size()) == expected;
  }
  return false;
}

std::string Shown(const JsonValue& question, const sluice_record& record) {
  const bool key = FindJsonMember(question, "key") != nullptr;
  std::string text =
      StrCat(abi::View(record.topic), "|", Show(key ? record.key_schema : record.value_schema), "|",
             Show(key ? record.key : record.value));
  if (!key && (record.key_schema != nullptr || record.key.kind != SLUICE_NULL)) {
    StrAppend(text, "|key|", Show(record.key_schema), "|", Show(record.key));
  }
  for (size_t i = 0; i < record.header_count; ++i) {
    const sluice_header& header = record.headers[i];
    StrAppend(text, "|", abi::View(header.key), "|", Show(header.schema), "|", Show(header.value));
  }
  return text;
}

sluice_record Record(const JsonValue& question, const Input& input) {
  static const sluice_header kHeaders[] = {
      {abi::Str("a"), record::RequiredSchema(SLUICE_STRING), abi::String("x")},
      {abi::Str("b"), record::RequiredSchema(SLUICE_INT32), abi::Int32(7)},
      {abi::Str("a"), record::RequiredSchema(SLUICE_STRING), abi::String("y")},
      {abi::Str("c"), nullptr, abi::Null()}};
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str(JsonText(*FindJsonMember(question, "topic")));
  const bool key = FindJsonMember(question, "key") != nullptr;
  (key ? record.key_schema : record.value_schema) = input.schema.get();
  (key ? record.key : record.value) = input.value;
  if (FindJsonMember(question, "headers") != nullptr) {
    record.headers = kHeaders;
    record.header_count = std::size(kHeaders);
  }
  if (FindJsonMember(question, "sink")->GetBool()) {
    record.original_topic = record.topic;
    record.partition = record.original_partition = 3;
    record.original_offset = 17;
    const auto* timestamp = FindJsonMember(question, "timestamp");
    if (timestamp == nullptr) {
      record.timestamp = 1000;
    } else if (timestamp->IsInt64()) {
      record.timestamp = timestamp->GetInt64();
    }
  }
  return record;
}

std::string Ask(const JsonValue& question, const Input& input) {
  const auto found = FindTransform(
      StrCat("org.apache.kafka.connect.transforms.", JsonText(*FindJsonMember(question, "class"))));
  if (!found.ok()) return Describe(found.status());
  config::ConfigMap settings;
  for (const auto& one : FindJsonMember(question, "config")->GetObject())
    settings.Set(JsonText(one.name), JsonText(one.value));
  auto transform = (*found)->make(settings);
  if (!transform.ok()) return StrCat("E", Describe(transform.status()));
  sluice_record record = Record(question, input);
  const std::string before = Shown(question, record);
  record::BatchMemory memory;
  StatusOr<bool> kept = (*transform)->Apply(record, memory);
  if (!kept.ok() && Shown(question, record) != before) return "changed a record that failed";
  if (!kept.ok()) return StrCat("E", Describe(kept.status()));
  return *kept ? Shown(question, record) : "dropped";
}

std::string AskPredicate(const JsonValue& question, const Input& input) {
  const auto found = FindPredicate(StrCat("org.apache.kafka.connect.transforms.predicates.",
                                          JsonText(*FindJsonMember(question, "predicate"))));
  if (!found.ok()) return Describe(found.status());
  config::ConfigMap settings;
  for (const auto& one : FindJsonMember(question, "config")->GetObject())
    settings.Set(JsonText(one.name), JsonText(one.value));
  auto predicate = (*found)->make(settings);
  if (!predicate.ok()) return StrCat("E", Describe(predicate.status()));
  const StatusOr<bool> holds = (*predicate)->Test(Record(question, input));
  if (!holds.ok()) return StrCat("E", Describe(holds.status()));
  return *holds ? "true" : "false";
}

// What is wrong with a regular expression is said by another library.
std::string_view WithoutRegexError(std::string_view text) {
  constexpr std::string_view kEnd = "Invalid regex: ";
  const size_t at = text.find(kEnd);
  return at == std::string_view::npos ? text : text.substr(0, at + kEnd.size());
}

TEST(Peer, TransformsAndPredicatesSayWhatJavasSay) {
  std::ifstream file("runtime/transform/peer_golden.jsonl");
  abi::Arena arena;
  Reader reader(arena);
  std::map<int, Input> inputs;
  int questions = 0, predicates = 0;
  for (std::string line; std::getline(file, line);) {
    auto json = ParseJson(line);
    ASSERT_TRUE(json.ok()) << Describe(json.status());
    if (const auto* number = FindJsonMember(*json, "is")) {
      inputs[number->GetInt()] = ReadInput(reader, JsonText(*FindJsonMember(*json, "json")));
      continue;
    }
    const std::string_view java = JsonText(*FindJsonMember(*json, "out"));
    const auto* record = FindJsonMember(*json, "record");
    const Input input =
        record->IsInt() ? inputs.at(record->GetInt()) : ReadInput(reader, JsonText(*record));
    if (FindJsonMember(*json, "predicate") != nullptr) {
      ++predicates;
      const std::string ours = AskPredicate(*json, input);
      EXPECT_EQ(WithoutRegexError(ours), WithoutRegexError(java)) << line;
      continue;
    }
    ++questions;
    const std::string ours = Ask(*json, input);
    if (ours != java && !IsKnownDifference(java, ours)) ADD_FAILURE() << line << "\nours: " << ours;
  }
  EXPECT_EQ(questions, 3955);
  EXPECT_EQ(predicates, 228);
}

}  // namespace
}  // namespace sluice::transform
