// What Confluent's JsonSchemaData and the library behind it answered, replayed: testdata/README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <string>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/converter.h"
#include "runtime/convert/json_schema/compatibility.h"
#include "runtime/convert/json_schema/from_connect.h"
#include "runtime/convert/json_schema/schema.h"
#include "runtime/convert/json_schema/to_connect.h"
#include "runtime/convert/json_schema/validator.h"
#include "runtime/convert/json_schema/value_reader.h"
#include "runtime/convert/json_schema/value_writer.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/value.h"

namespace sluice::convert::json_schema {
namespace {

std::string Member(const rapidjson::Value& line, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(line, name);
  return member != nullptr && member->IsString() ? std::string(JsonText(*member)) : std::string();
}
bool Has(const rapidjson::Value& line, std::string_view name) {
  return FindJsonMember(line, name) != nullptr;
}
bool Truth(const rapidjson::Value& line, std::string_view name) {
  return FindJsonMember(line, name)->GetBool();
}

Options OptionsOf(const rapidjson::Value& line) {
  Options options;
  for (const auto& given : FindJsonMember(line, "options")->GetArray()) {
    const std::string_view one = JsonText(given);
    if (one == "object.additional.properties=false") options.additional_properties = false;
    if (one == "use.optional.for.nonrequired=true") options.optional_for_nonrequired = true;
    if (one == "ignore.modern.dialects=true") options.ignore_modern_dialects = true;
    if (one == "decimal.format=NUMERIC") options.numeric_decimals = true;
    if (one == "flatten.singleton.unions=false") options.flatten_singleton_unions = false;
    if (one == "generalized.sum.type.support=true") options.generalized_sum_types = true;
    if (one == "ignore.default.for.nullables=true") options.ignore_default_for_nullables = true;
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
    const Options options = OptionsOf(line);
    const auto schema = FromConnectSchema(*data->schema, options);
    if (!schema.ok()) return Describe(schema.status());
    if (*schema != Member(line, "schema")) return StrCat("schema ", *schema);
    if (IsAbsent(*data->schema, data->value, options)) {
      return Has(line, "payload") ? "nothing written" : "";
    }
    record::JsonOutput out;
    const Status written = WriteValue(*data->schema, data->value, options, out);
    if (!written.ok()) return Describe(written);
    return out.view() == Member(line, "payload") ? "" : StrCat("payload ", out.view());
  }

  std::string Envelope(const sluice_schema* schema, const sluice_value& value) {
    const auto text = envelope_->FromConnect("t", schema, value, memory_);
    return text.ok() ? std::string(abi::View(*text)) : Describe(text.status());
  }
  // The schema alone, as JsonConverter tells it.
  std::string SchemaJson(const abi::SchemaRef& schema) {
    const auto list = abi::SchemaBuilder(SLUICE_ARRAY).Value(schema).Build();
    std::string text = Envelope(list.get(), abi::Array(nullptr, 0));
    const std::string_view head = R"({"schema":{"type":"array","items":)";
    const std::string_view tail = R"(,"optional":false},"payload":[]})";
    if (!text.starts_with(head) || !text.ends_with(tail)) return text;
    return text.substr(head.size(), text.size() - head.size() - tail.size());
  }

  std::string To(const rapidjson::Value& line) {
    const Options options = OptionsOf(line);
    const auto document =
        Document::Parse(Member(line, "schema"), {}, options.ignore_modern_dialects);
    if (!document.ok()) return Describe(document.status());
    const auto connect = ToConnectSchema(**document, 3, options);
    if (!connect.ok()) return Describe(connect.status());
    memory_.Keep(connect->schema);
    const std::string made = SchemaJson(connect->schema);
    if (!SameJson(made, Member(line, "made"))) return StrCat("schema ", made);
    kept_.push_back(Member(line, "payload"));
    const auto node =
        record::JsonReader().Read(kept_.back(), record::JsonNumbers::kText, memory_.arena());
    if (!node.ok()) return Describe(node.status());
    const auto value = ReadValue(*connect->schema, *node, {}, memory_.arena());
    if (!value.ok()) return Describe(value.status());
    if (Has(line, "text")) {
      const std::string text = record::JavaText(*value);
      return text == Member(line, "text") ? "" : StrCat("text ", text);
    }
    const std::string text = Envelope(connect->schema.get(), *value);
    return SameJson(text, Member(line, "connect")) ? "" : StrCat("made ", text);
  }

  std::string Valid(const rapidjson::Value& line) {
    const auto document = Document::Parse(Member(line, "schema"), {});
    if (!document.ok()) return Describe(document.status());
    kept_.push_back(Member(line, "payload"));
    const auto node =
        record::JsonReader().Read(kept_.back(), record::JsonNumbers::kText, memory_.arena());
    if (!node.ok()) return Describe(node.status());
    const Status valid = Validate(**document, *node);
    return valid.ok() == Truth(line, "valid") ? "" : Describe(valid);
  }

  std::string Compatible(const rapidjson::Value& line) {
    const auto writer = Document::Parse(Member(line, "schema"), {});
    const auto reader = Document::Parse(Member(line, "reader"), {});
    if (!writer.ok() || !reader.ok()) return "schemas";
    const auto why = WhyNotReadable(**reader, **writer);
    return why.has_value() != Truth(line, "compatible") ? "" : why.value_or("compatible");
  }

  const std::unique_ptr<Converter> envelope_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
};

// What Confluent's class has since 8.4, Variant, for schemas that allow anything; defaults that are
// structs, at which it fails; enums of lists and objects; numbers for bytes, which no sink could
// take, and the text of bytes, which is an address; a regular expression.
bool IsKnownDifference(const rapidjson::Value& line) {
  const std::string schema = Member(line, "schema");
  const auto has = [&](std::string_view part) { return schema.find(part) != std::string::npos; };
  return Member(line, "made").find("org.apache.kafka.connect.data.Variant") != std::string::npos ||
         Member(line, "error") == "Struct schemas do not match." || has(R"("enum":[{)") ||
         has(R"("enum":[[)") || (has(R"("connect.type":"bytes")") && Has(line, "text")) ||
         (has(R"("format":"regex")") && Member(line, "payload") == R"("{x}/y")");
}

TEST_F(PeerTest, AnswersAsJava) {
  std::ifstream file(StrCat(std::getenv("TEST_SRCDIR"),
                            "/sluice/runtime/convert/json_schema/testdata/peer.jsonl"));
  ASSERT_TRUE(file.is_open());
  std::string text;
  int number = 0, failed = 0;
  while (std::getline(file, text)) {
    ++number;
    const auto line = ParseJson(text);
    ASSERT_TRUE(line.ok()) << number;
    const std::string question = Member(*line, "question");
    const std::string got = question == "from"    ? From(*line)
                            : question == "to"    ? To(*line)
                            : question == "valid" ? Valid(*line)
                                                  : Compatible(*line);
    // An error's text may be another; that there is one must be the same.
    const bool as_java = Has(*line, "error") ? !got.empty() : got.empty();
    if (as_java || IsKnownDifference(*line)) continue;
    if (++failed <= 20) ADD_FAILURE() << "line " << number << ": " << text << "\n  got " << got;
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(number, 4792);
}

}  // namespace
}  // namespace sluice::convert::json_schema
