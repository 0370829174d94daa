// What Java's ProtobufData answered, replayed: testdata/README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <string>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/convert/byte_output.h"
#include "runtime/convert/converter.h"
#include "runtime/convert/protobuf/compatibility.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/reader.h"
#include "runtime/convert/protobuf/schema.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/protobuf/writer.h"

namespace sluice::convert::protobuf {
namespace {

std::string Member(const rapidjson::Value& line, std::string_view name) {
  const rapidjson::Value* member = FindJsonMember(line, name);
  return member != nullptr && member->IsString() ? std::string(JsonText(*member)) : std::string();
}

bool Has(const rapidjson::Value& line, std::string_view name) {
  return FindJsonMember(line, name) != nullptr;
}

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
  std::string From(const rapidjson::Value& line, const ProtobufOptions& options) {
    const std::string text = Member(line, "connect");
    const auto data = envelope_->ToConnect("t", abi::Str(text), memory_);
    if (!data.ok()) return StrCat("the envelope: ", Describe(data.status()));
    const auto made = FromConnectSchema(*data->schema, options);
    if (!made.ok()) return Describe(made.status());
    if (Has(line, "schema") && made->text != Member(line, "schema")) {
      return StrCat("schema ", made->text);
    }
    const auto parsed = ParseSchema(made->text);
    if (!parsed.ok()) return Describe(parsed.status());
    const auto writer = Writer::Make(*data->schema, *made->message, *made->message, options);
    if (!writer.ok()) return Describe(writer.status());
    ByteOutput out;
    const Status written = (*writer)->Write(data->value, out);
    if (!written.ok()) return Describe(written);
    std::vector<int32_t> indexes;
    if (const auto* list = FindJsonMember(line, "indexes")) {
      for (const auto& one : list->GetArray()) indexes.push_back(one.GetInt());
    }
    if ((*parsed)->IndexesOf(made->message->full_name) != indexes) return "other indexes";
    return out.view() == *Base64Decode(Member(line, "bytes"))
               ? ""
               : StrCat("bytes ", Base64Encode(out.view()));
  }

  std::string To(const rapidjson::Value& line, const ProtobufOptions& options) {
    const auto schema = ParseSchema(Member(line, "schema"));
    if (!schema.ok()) return Describe(schema.status());
    const Message* message = (*schema)->Find(Member(line, "message"));
    if (message == nullptr) return "no such message";
    schemas_.push_back(*schema);
    auto connect = ToConnectSchema(*message, std::nullopt, options);
    if (!connect.ok()) return Describe(connect.status());
    const auto made = Reader::Make(*message, *connect, options);
    if (!made.ok()) return Describe(made.status());
    kept_.push_back(*Base64Decode(Member(line, "bytes")));
    const auto value = (*made)->Read(kept_.back(), memory_.arena());
    if (!value.ok()) return Describe(value.status());
    memory_.Keep(*connect);
    const auto text = envelope_->FromConnect("t", connect->get(), *value, memory_);
    if (!text.ok()) return Describe(text.status());
    return SameJson(abi::View(*text), Member(line, "connect")) ? ""
                                                               : StrCat("made ", abi::View(*text));
  }

  std::string Compatible(const rapidjson::Value& line) {
    const auto writer = ParseSchema(Member(line, "schema"));
    const auto reader = ParseSchema(Member(line, "reader"));
    if (!writer.ok() || !reader.ok()) return "schemas";
    const auto why = WhyNotReadable(**reader, **writer);
    return why.has_value() != FindJsonMember(line, "compatible")->GetBool()
               ? ""
               : StrCat("why not: ", why.value_or("it is"));
  }

  const std::unique_ptr<Converter> envelope_;
  BatchMemory memory_;
  std::deque<std::string> kept_;
  std::vector<std::shared_ptr<const Schema>> schemas_;
};

TEST_F(PeerTest, AnswersAsJava) {
  std::ifstream file(
      StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/convert/protobuf/testdata/peer.jsonl"));
  ASSERT_TRUE(file.is_open());
  std::string text;
  int number = 0, asked = 0, failed = 0;
  while (std::getline(file, text)) {
    ++number;
    const auto line = ParseJson(text);
    ASSERT_TRUE(line.ok()) << number;
    const std::string question = Member(*line, "question");
    const auto check = [&](const std::string& got, std::string_view options) {
      ++asked;
      // An error's text may be another; that there is one must be the same.
      if (Has(*line, "error") ? !got.empty() : got.empty()) return;
      if (++failed <= 20) {
        ADD_FAILURE() << "line " << number << " " << options << ": " << text << "\n  got " << got;
      }
    };
    if (question == "compatible") {
      check(Compatible(*line), "");
      continue;
    }
    for (const auto& options : FindJsonMember(*line, "options")->GetArray()) {
      std::string names;
      for (const auto& one : options.GetArray()) StrAppend(names, JsonText(one), " ");
      check(question == "from" ? From(*line, OptionsOf(options)) : To(*line, OptionsOf(options)),
            names);
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(asked, 1685);
}

}  // namespace
}  // namespace sluice::convert::protobuf
