// What Java's ProtobufData answered, replayed: testdata/README.md.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/converter.h"
#include "runtime/convert/peer_answers.h"
#include "runtime/convert/protobuf/compatibility.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/writer.h"
#include "runtime/record/value.h"

namespace sluice::convert::protobuf {
namespace {

using peer::Answer;
using peer::Has;
using peer::Member;
using peer::SameJson;

ProtobufOptions OptionsOf(const rapidjson::Value& names) {
  struct Named {
    const char* name;
    bool ProtobufOptions::*option;
  };
  constexpr Named kAll[] = {
      {"optional.for.nullables", &ProtobufOptions::optional_for_nullables},
      {"wrapper.for.nullables", &ProtobufOptions::wrapper_for_nullables},
      {"scrub.invalid.names", &ProtobufOptions::scrub_invalid_names},
      {"generalized.sum.type.support", &ProtobufOptions::generalized_sum_types},
      {"ignore.default.for.nullables", &ProtobufOptions::ignore_default_for_nullables},
      {"enhanced.protobuf.schema.support", &ProtobufOptions::enhanced},
      {"int.for.enums", &ProtobufOptions::int_for_enums},
      {"generate.index.for.unions", &ProtobufOptions::index_for_unions},
      {"optional.for.proto2", &ProtobufOptions::optional_for_proto2},
      {"flatten.unions", &ProtobufOptions::flatten_unions},
      {"wrapper.for.raw.primitives", &ProtobufOptions::wrapper_for_raw_primitives},
      {"generate.struct.for.nulls", &ProtobufOptions::struct_for_nulls},
  };
  ProtobufOptions options;
  for (const auto& one : names.GetArray()) {
    std::string_view name = JsonText(one);
    const bool on = !name.starts_with('-');
    if (!on) name.remove_prefix(1);
    for (const Named& known : kAll) {
      if (known.name == name) options.*known.option = on;
    }
  }
  return options;
}

class PeerTest : public testing::Test {
 protected:
  PeerTest()
      : envelope_(*NewConverter("JsonConverter", {{"replace.null.with.default", "false"}},
                                Role::kValue)) {}

  Answer From(const rapidjson::Value& line, const ProtobufOptions& options) {
    const std::string text = Member(line, "connect");
    const auto data = envelope_->ToConnect("t", abi::Str(text), memory_);
    if (!data.ok()) return Answer::Other(StrCat("the envelope: ", Describe(data.status())));
    const auto made = FromConnectSchema(*data->schema, options);
    if (!made.ok()) return made.status();
    if (Has(line, "schema") && made->text != Member(line, "schema")) {
      return Answer::Other(StrCat("schema ", made->text));
    }
    const auto parsed = ParseSchema(made->text);
    if (!parsed.ok()) return parsed.status();
    const auto writer = Writer::Make(*data->schema, *made->message, *made->message, options);
    if (!writer.ok()) return writer.status();
    ByteOutput out;
    const Status written = (*writer)->Write(data->value, out);
    if (!written.ok()) return written;
    std::vector<int32_t> indexes;
    if (const auto* list = FindJsonMember(line, "indexes")) {
      for (const auto& one : list->GetArray()) indexes.push_back(one.GetInt());
    }
    if ((*parsed)->IndexesOf(made->message->full_name) != indexes) {
      return Answer::Other("other indexes");
    }
    return Answer::Of(Has(line, "bytes") && out.view() == *Base64Decode(Member(line, "bytes")),
                      "bytes", Base64Encode(out.view()));
  }

  Answer To(const rapidjson::Value& line, const ProtobufOptions& options) {
    const auto schema = ParseSchema(Member(line, "schema"));
    if (!schema.ok()) return schema.status();
    const Message* message = (*schema)->Find(Member(line, "message"));
    if (message == nullptr) return Answer::Other("no such message");
    schemas_.push_back(*schema);
    auto connect = ToConnectSchema(*message, std::nullopt, options);
    if (!connect.ok()) return connect.status();
    const auto made = Reader::Make(*message, *connect, options);
    if (!made.ok()) return made.status();
    kept_.push_back(*Base64Decode(Member(line, "bytes")));
    const auto value = (*made)->Read(kept_.back(), memory_.arena());
    if (!value.ok()) return value.status();
    memory_.Keep(*connect);
    const auto text = envelope_->FromConnect("t", connect->get(), *value, memory_);
    if (Has(line, "connect")) {
      if (!text.ok()) return Answer::Other(StrCat("the envelope: ", Describe(text.status())));
      return Answer::Of(SameJson(abi::View(*text), Member(line, "connect")), "made",
                        abi::View(*text));
    }
    if (text.ok()) return Answer::Other(StrCat("JsonConverter takes it: ", abi::View(*text)));
    const std::string told = record::JavaText(*value);
    return Answer::Of(Has(line, "text") && told == Member(line, "text"), "text", told);
  }

  Answer Compatible(const rapidjson::Value& line) {
    const auto writer = ParseSchema(Member(line, "schema"));
    const auto reader = ParseSchema(Member(line, "reader"));
    if (!writer.ok() || !reader.ok()) return Answer::Other("schemas");
    const auto why = WhyNotReadable(**reader, **writer);
    return Answer::Of(why.has_value() != FindJsonMember(line, "compatible")->GetBool(), "why not",
                      why.value_or("it is"));
  }

  const std::unique_ptr<Converter> envelope_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
  std::vector<std::shared_ptr<const Schema>> schemas_;
};

// A null pointer of Java's, where a union has no parameters; and the text of bytes, which is none
// of what is in them.
bool IsKnownDifference(const rapidjson::Value& line) {
  const std::string connect = Member(line, "connect");
  const auto has = [&](std::string_view part) { return connect.find(part) != std::string::npos; };
  if (Member(line, "text").find("java.nio.HeapByteBuffer") != std::string::npos) return true;
  return Member(line, "class") == "java.lang.NullPointerException" &&
         has(R"("io.confluent.connect.protobuf.Tag":"4")") &&
         !has(R"("kind_0":{"i":null,"s":null,"w":null,"n":null,"t":null})");
}

TEST_F(PeerTest, AnswersAsJava) {
  peer::Tally tally;
  peer::ForEachLine("runtime/convert/protobuf/testdata/peer.jsonl",
                    [&](int number, const std::string& text, const rapidjson::Document& line) {
                      const std::string question = Member(line, "question"),
                                        where = StrCat("line ", number);
                      if (question == "compatible") {
                        tally.Add(line, Compatible(line), false, StrCat(where, ": ", text));
                        return;
                      }
                      for (const auto& options : FindJsonMember(line, "options")->GetArray()) {
                        std::string names;
                        for (const auto& one : options.GetArray())
                          StrAppend(names, " ", JsonText(one));
                        tally.Add(line,
                                  question == "from" ? From(line, OptionsOf(options))
                                                     : To(line, OptionsOf(options)),
                                  IsKnownDifference(line), StrCat(where, names, ": ", text));
                      }
                    });
  EXPECT_EQ(tally.failed(), 0);
  EXPECT_EQ(tally.Counts(),
            "compatible 43; from 1050; from, errors 149; from, known differences 6; "
            "to 486; to, errors 73; to, known differences 2");
  EXPECT_EQ(tally.same_texts(), 39);
}

}  // namespace
}  // namespace sluice::convert::protobuf
