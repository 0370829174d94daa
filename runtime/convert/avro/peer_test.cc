// What Java's Avro and AvroData answered, replayed: testdata/README.md.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/reader.h"
#include "runtime/convert/avro/schema.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/avro/writer.h"
#include "runtime/convert/converter.h"
#include "runtime/convert/peer_answers.h"
#include "runtime/record/value.h"

namespace sluice::convert::avro {
namespace {

using peer::Answer;
using peer::Has;
using peer::Member;
using peer::SameJson;

AvroOptions OptionsOf(const rapidjson::Value& line) {
  AvroOptions options;
  for (const auto& one : FindJsonMember(line, "options")->GetArray()) {
    if (JsonText(one) == "enhanced.avro.schema.support") options.enhanced = true;
    if (JsonText(one) == "-connect.meta.data") options.connect_meta_data = false;
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
    const AvroOptions options = OptionsOf(line);
    const auto document = FromConnectSchema(*data->schema, options);
    if (!document.ok()) return document.status();
    const auto schema = SchemaText(*(*document)->root());
    if (!schema.ok()) return schema.status();
    if (*schema != Member(line, "schema")) return Answer::Other(StrCat("schema ", *schema));
    if (abi::IsNull(data->value)) return Answer::Of(!Has(line, "bytes"), "null");
    const auto writer = Writer::Make(data->schema, *(*document)->root(), options);
    if (!writer.ok()) return writer.status();
    ByteOutput out;
    const Status written = (*writer)->Write(data->value, out);
    if (!written.ok()) return written;
    std::string wanted = *Base64Decode(Member(line, "bytes"));
    // Bytes at the root have no length in front of them in a registry's frame.
    if ((*document)->root()->type == Type::kBytes) wanted.erase(0, 1);
    return Answer::Of(Has(line, "bytes") && out.view() == wanted, "bytes",
                      Base64Encode(out.view()));
  }

  Answer Read(const rapidjson::Value& line, const Schema& writer, const Schema& reader) {
    const AvroOptions options = OptionsOf(line);
    auto schema = ToConnectSchema(reader, std::nullopt, options);
    if (!schema.ok()) return schema.status();
    const auto made = Reader::Make(writer, reader, *schema, options);
    if (!made.ok()) return made.status();
    std::string bytes = *Base64Decode(Member(line, "bytes"));
    if (writer.type == Type::kBytes) bytes.erase(0, bytes[0] < 0 ? 2 : 1);
    kept_.push_back(bytes);
    const auto value = (*made)->Read(kept_.back(), memory_.arena());
    if (!value.ok()) return value.status();
    memory_.Keep(*schema);
    // For null AvroData has no schema either.
    const rapidjson::Value* connect = FindJsonMember(line, "connect");
    if (connect == nullptr || connect->IsNull() || abi::IsNull(*value)) {
      return Answer::Of(connect != nullptr && connect->IsNull() && abi::IsNull(*value), "value",
                        record::JavaText(*value));
    }
    const auto text = envelope_->FromConnect("t", schema->get(), *value, memory_);
    if (!text.ok()) return Answer::Other(StrCat("the envelope: ", Describe(text.status())));
    return Answer::Of(SameJson(abi::View(*text), JsonText(*connect)), "made", abi::View(*text));
  }

  Answer To(const rapidjson::Value& line) {
    const auto document = ParseSchema(Member(line, "schema"));
    if (!document.ok()) return document.status();
    const auto text = SchemaText(*(*document)->root());
    if (!text.ok() || *text != Member(line, "text")) {
      return Answer::Other(StrCat("text ", text.ok() ? *text : Describe(text.status())));
    }
    documents_.push_back(*document);
    return Read(line, *(*document)->root(), *(*document)->root());
  }

  Answer Resolve(const rapidjson::Value& line) {
    const auto writer = ParseSchema(Member(line, "schema"));
    const auto reader = ParseSchema(Member(line, "reader"));
    if (!writer.ok() || !reader.ok()) return Answer::Other("schemas");
    const bool compatible = !WhyNotReadable(*(*reader)->root(), *(*writer)->root());
    if (compatible != FindJsonMember(line, "compatible")->GetBool()) {
      return Answer::Other("compatible");
    }
    documents_.push_back(*writer);
    documents_.push_back(*reader);
    return Read(line, *(*writer)->root(), *(*reader)->root());
  }

  const std::unique_ptr<Converter> envelope_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
  std::vector<std::shared_ptr<const Document>> documents_;
};

// Where Java answers null, which its caller cannot bear; and where it makes an int a double by way
// of a float.
bool IsKnownDifference(const rapidjson::Value& line) {
  return Member(line, "schema") == "\"null\"" ||
         Member(line, "reader") == R"({"type":"array","items":"double"})";
}

TEST_F(PeerTest, AnswersAsJava) {
  peer::Tally tally;
  peer::ForEachLine("runtime/convert/avro/testdata/peer.jsonl",
                    [&](int number, const std::string& text, const rapidjson::Document& line) {
                      const std::string question = Member(line, "question");
                      const Answer got = question == "from" ? From(line)
                                         : question == "to" ? To(line)
                                                            : Resolve(line);
                      tally.Add(line, got, IsKnownDifference(line),
                                StrCat("line ", number, ": ", text));
                    });
  EXPECT_EQ(tally.failed(), 0);
  EXPECT_EQ(tally.Counts(),
            "from 1179; resolve 71; resolve, errors 21; resolve, known differences 4; "
            "to 549; to, errors 87; to, known differences 12");
  EXPECT_EQ(tally.same_texts(), 72);
}

}  // namespace
}  // namespace sluice::convert::avro
