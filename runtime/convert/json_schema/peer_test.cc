// What Confluent's JsonSchemaData and the library behind it answered, replayed: testdata/README.md.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
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
#include "runtime/convert/peer_answers.h"
#include "runtime/record/json_output.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/value.h"

namespace sluice::convert::json_schema {
namespace {

using peer::Answer;
using peer::Has;
using peer::Member;
using peer::SameJson;

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

class PeerTest : public testing::Test {
 protected:
  PeerTest()
      : envelope_(*NewConverter("JsonConverter", {{"replace.null.with.default", "false"}},
                                Role::kValue)) {}

  Answer From(const rapidjson::Value& line) {
    const std::string text = Member(line, "connect");
    const auto data = envelope_->ToConnect("t", abi::Str(text), memory_);
    if (!data.ok()) return Answer::Other(StrCat("the envelope: ", Describe(data.status())));
    const Options options = OptionsOf(line);
    const auto schema = FromConnectSchema(*data->schema, options);
    if (!schema.ok()) return schema.status();
    if (*schema != Member(line, "schema")) return Answer::Other(StrCat("schema ", *schema));
    if (IsAbsent(*data->schema, data->value, options)) {
      return Answer::Of(!Has(line, "payload"), "nothing written");
    }
    record::JsonOutput out;
    const Status written = WriteValue(*data->schema, data->value, options, out);
    if (!written.ok()) return written;
    return Answer::Of(Has(line, "payload") && out.view() == Member(line, "payload"), "payload",
                      out.view());
  }

  // As JsonConverter tells it; nothing if it refuses to.
  std::optional<std::string> Envelope(const sluice_schema* schema, const sluice_value& value) {
    const auto text = envelope_->FromConnect("t", schema, value, memory_);
    if (!text.ok()) return std::nullopt;
    return std::string(abi::View(*text));
  }
  std::optional<std::string> SchemaJson(const abi::SchemaRef& schema) {
    const auto list = abi::SchemaBuilder(SLUICE_ARRAY).Value(schema).Build();
    const auto text = Envelope(list.get(), abi::Array(nullptr, 0));
    const std::string_view head = R"({"schema":{"type":"array","items":)";
    const std::string_view tail = R"(,"optional":false},"payload":[]})";
    if (!text || !text->starts_with(head) || !text->ends_with(tail)) return std::nullopt;
    return text->substr(head.size(), text->size() - head.size() - tail.size());
  }

  Answer To(const rapidjson::Value& line) {
    const Options options = OptionsOf(line);
    const auto document =
        Document::Parse(Member(line, "schema"), {}, options.ignore_modern_dialects);
    if (!document.ok()) return document.status();
    const auto connect = ToConnectSchema(**document, 3, options);
    if (!connect.ok()) return connect.status();
    memory_.Keep(connect->schema);
    const std::string made = SchemaJson(connect->schema).value_or("");
    if (!SameJson(made, Member(line, "made"))) return Answer::Other(StrCat("schema ", made));
    kept_.push_back(Member(line, "payload"));
    const auto node =
        record::JsonReader().Read(kept_.back(), record::JsonNumbers::kText, memory_.arena());
    if (!node.ok()) return Answer::Other(StrCat("the payload: ", Describe(node.status())));
    const auto value = ReadValue(*connect->schema, *node, {}, memory_.arena());
    if (!value.ok()) return value.status();
    const auto text = Envelope(connect->schema.get(), *value);
    if (Has(line, "connect")) {
      return Answer::Of(text && SameJson(*text, Member(line, "connect")), "made",
                        text.value_or("what JsonConverter refuses"));
    }
    if (text) return Answer::Other(StrCat("JsonConverter takes it: ", *text));
    const std::string told = record::JavaText(*value);
    return Answer::Of(Has(line, "text") && told == Member(line, "text"), "text", told);
  }

  Answer Valid(const rapidjson::Value& line) {
    const auto document = Document::Parse(Member(line, "schema"), {});
    if (!document.ok()) return document.status();
    kept_.push_back(Member(line, "payload"));
    const auto node =
        record::JsonReader().Read(kept_.back(), record::JsonNumbers::kText, memory_.arena());
    if (!node.ok()) return node.status();
    const Status valid = Validate(**document, *node);
    return Answer::Of(valid.ok() == Truth(line, "valid"), "valid", Describe(valid));
  }

  Answer Compatible(const rapidjson::Value& line) {
    const auto writer = Document::Parse(Member(line, "schema"), {});
    const auto reader = Document::Parse(Member(line, "reader"), {});
    if (!writer.ok() || !reader.ok()) return Answer::Other("schemas");
    const auto why = WhyNotReadable(**reader, **writer);
    return Answer::Of(why.has_value() != Truth(line, "compatible"), "why not",
                      why.value_or("compatible"));
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
         Member(line, "error") == "Struct schemas do not match." ||
         ((has(R"("enum":[{)") || has(R"("enum":[[)")) && !has(R"("type":"integer")") &&
          !Has(line, "error")) ||
         (has(R"("connect.type":"bytes")") && !has(".Decimal") && Has(line, "text")) ||
         (has(R"("format":"regex")") && Member(line, "payload") == R"("{x}/y")");
}

TEST_F(PeerTest, AnswersAsJava) {
  peer::Tally tally;
  peer::ForEachLine("runtime/convert/json_schema/testdata/peer.jsonl",
                    [&](int number, const std::string& text, const rapidjson::Document& line) {
                      const std::string question = Member(line, "question");
                      const Answer got = question == "from"    ? From(line)
                                         : question == "to"    ? To(line)
                                         : question == "valid" ? Valid(line)
                                                               : Compatible(line);
                      tally.Add(line, got, IsKnownDifference(line),
                                StrCat("line ", number, ": ", text));
                    });
  EXPECT_EQ(tally.failed(), 0);
  EXPECT_EQ(
      tally.Counts(),
      "compatible 941; from 830; "
      "to 792; to, errors 416; to, known differences 47; valid 1961; valid, known differences 1");
  EXPECT_EQ(tally.same_texts(), 394);
}

}  // namespace
}  // namespace sluice::convert::json_schema
