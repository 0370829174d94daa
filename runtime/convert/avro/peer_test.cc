// What Java's Avro and AvroData answered, replayed: testdata/README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <string>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"
#include "runtime/convert/converter.h"

namespace sluice::convert::avro {
namespace {

std::string Member(const rapidjson::Value& line, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(line, name);
  return member != nullptr && member->IsString() ? std::string(JsonText(*member)) : std::string();
}

bool Has(const rapidjson::Value& line, std::string_view name) {
  return FindJsonMember(line, name) != nullptr;
}

AvroOptions OptionsOf(const rapidjson::Value& line) {
  AvroOptions options;
  for (const auto& one : FindJsonMember(line, "options")->GetArray()) {
    if (JsonText(one) == "enhanced.avro.schema.support") options.enhanced = true;
    if (JsonText(one) == "-connect.meta.data") options.connect_meta_data = false;
  }
  return options;
}

// The same JSON, whatever the order of members, and of pairs: Java's maps have one of their own.
bool SameJson(const rapidjson::Value& a, const rapidjson::Value& b) {
  if (a.IsObject() && b.IsObject()) {
    return a.MemberCount() == b.MemberCount() &&
           std::all_of(a.MemberBegin(), a.MemberEnd(), [&](const auto& member) {
             const rapidjson::Value* other = FindJsonMember(b, JsonText(member.name));
             return other != nullptr && SameJson(member.value, *other);
           });
  }
  if (!a.IsArray() || !b.IsArray()) return a == b;
  const auto is_pair = [](const auto& one) { return one.IsArray() && one.Size() == 2; };
  const auto same = [](const auto& one, const auto& other) { return SameJson(one, other); };
  if (std::all_of(a.Begin(), a.End(), is_pair)) {
    return std::is_permutation(a.Begin(), a.End(), b.Begin(), b.End(), same);
  }
  return std::equal(a.Begin(), a.End(), b.Begin(), b.End(), same);
}

bool SameJson(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto one = ParseJson(a), other = ParseJson(b);
  return one.ok() && other.ok() && SameJson(*one, *other);
}

class PeerTest : public testing::Test {
 protected:
  PeerTest()
      : envelope_(*NewConverter("JsonConverter", {{"replace.null.with.default", "false"}},
                                Role::kValue)) {}

  // Empty: as Java; else what is not.
  std::string From(const rapidjson::Value& line) {
    const std::string text = Member(line, "connect");
    const auto data = envelope_->ToConnect("t", abi::Str(text), memory_);
    if (!data.ok()) return StrCat("the envelope: ", Describe(data.status()));
    const AvroOptions options = OptionsOf(line);
    const auto document = FromConnectSchema(*data->schema, options);
    if (!document.ok()) return Describe(document.status());
    const auto schema = SchemaText(*(*document)->root());
    if (!schema.ok()) return Describe(schema.status());
    if (*schema != Member(line, "schema")) return StrCat("schema ", *schema);
    if (abi::IsNull(data->value)) return Has(line, "bytes") ? "null" : "";
    const auto writer = Writer::Make(data->schema, *(*document)->root(), options);
    if (!writer.ok()) return Describe(writer.status());
    ByteOutput out;
    const Status written = (*writer)->Write(data->value, out);
    if (!written.ok()) return Has(line, "error") ? "" : Describe(written);
    std::string wanted = *Base64Decode(Member(line, "bytes"));
    // Bytes at the root have no length in front of them in a registry's frame.
    if ((*document)->root()->type == Type::kBytes) wanted.erase(0, 1);
    return out.view() == wanted ? "" : StrCat("bytes ", Base64Encode(out.view()));
  }

  std::string Envelope(const abi::SchemaRef& schema, const sluice_value& value) {
    // A value that is null although its schema is required has no envelope: Java answers null.
    if (abi::IsNull(value)) return "";
    const auto text = envelope_->FromConnect("t", schema.get(), value, memory_);
    return text.ok() ? std::string(abi::View(*text)) : Describe(text.status());
  }

  std::string Read(const rapidjson::Value& line, const Schema& writer, const Schema& reader) {
    const AvroOptions options = OptionsOf(line);
    auto schema = ToConnectSchema(reader, std::nullopt, options);
    if (!schema.ok()) return Describe(schema.status());
    const auto made = Reader::Make(writer, reader, *schema, options);
    if (!made.ok()) return Describe(made.status());
    std::string bytes = *Base64Decode(Member(line, "bytes"));
    if (writer.type == Type::kBytes) bytes.erase(0, bytes[0] < 0 ? 2 : 1);
    kept_.push_back(bytes);
    const auto value = (*made)->Read(kept_.back(), memory_.arena());
    if (!value.ok()) return Describe(value.status());
    memory_.Keep(*schema);
    const std::string text = Envelope(*schema, *value);
    if (SameJson(text, Member(line, "connect")))
      return Has(line, "connect") ? "" : StrCat("made ", text);
    return text;
  }

  std::string To(const rapidjson::Value& line) {
    const auto document = ParseSchema(Member(line, "schema"));
    if (!document.ok()) return Describe(document.status());
    const auto text = SchemaText(*(*document)->root());
    if (!text.ok() || *text != Member(line, "text")) {
      return StrCat("text ", text.ok() ? *text : Describe(text.status()));
    }
    documents_.push_back(*document);
    return Read(line, *(*document)->root(), *(*document)->root());
  }

  std::string Resolve(const rapidjson::Value& line) {
    const auto writer = ParseSchema(Member(line, "schema"));
    const auto reader = ParseSchema(Member(line, "reader"));
    if (!writer.ok() || !reader.ok()) return "schemas";
    const bool compatible = !WhyNotReadable(*(*reader)->root(), *(*writer)->root());
    if (compatible != FindJsonMember(line, "compatible")->GetBool()) return "compatible";
    documents_.push_back(*writer);
    documents_.push_back(*reader);
    return Read(line, *(*writer)->root(), *(*reader)->root());
  }

  const std::unique_ptr<Converter> envelope_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
  std::vector<std::shared_ptr<const Document>> documents_;
};

// Where the class that was asked is older than Confluent's; where it answers null, which its caller
// cannot bear; and where Java makes an int a double by way of a float.
bool IsKnownDifference(const rapidjson::Value& line) {
  const std::string error = Member(line, "error"), schema = Member(line, "schema");
  return error.starts_with(
             "Mismatched names: name already added to SchemaBuilder "
             "(org.apache.kafka.connect.data.Decimal)") ||
         schema.find("avro.java.string") != std::string::npos || schema == "\"null\"" ||
         Member(line, "reader") == R"({"type":"array","items":"double"})";
}

TEST_F(PeerTest, AnswersAsJava) {
  std::ifstream file(
      StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/convert/avro/testdata/peer.jsonl"));
  ASSERT_TRUE(file.is_open());
  std::string text;
  int number = 0, failed = 0;
  while (std::getline(file, text)) {
    ++number;
    const auto line = ParseJson(text);
    ASSERT_TRUE(line.ok()) << number;
    const std::string question = Member(*line, "question");
    const std::string got = question == "from" ? From(*line)
                            : question == "to" ? To(*line)
                                               : Resolve(*line);
    // An error's text may be another; that there is one must be the same.
    const bool as_java = Has(*line, "error") ? !got.empty() || question == "from" : got.empty();
    if (as_java || IsKnownDifference(*line)) continue;
    if (++failed <= 20) ADD_FAILURE() << "line " << number << ": " << text << "\n  got " << got;
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(number, 1908);
}

}  // namespace
}  // namespace sluice::convert::avro
