#include "runtime/convert/protobuf/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <google/protobuf/descriptor.pb.h>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/protobuf/compatibility.h"
#include "runtime/convert/protobuf/connect_names.h"
#include "runtime/convert/protobuf/from_connect.h"
#include "runtime/convert/protobuf/to_connect.h"
#include "runtime/convert/recursion.h"

namespace sluice::convert::protobuf {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::shared_ptr<const Schema> Parse(std::string_view text,
                                    const std::vector<NamedText>& dependencies = {}) {
  auto parsed = ParseSchema(StrCat("syntax = \"proto3\"; ", text), dependencies);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *parsed : nullptr;
}

std::string WhyNot(std::string_view text) {
  const auto parsed = ParseSchema(text);
  if (parsed.ok()) return "it can";
  EXPECT_EQ(ExceptionClass(parsed.status()), kSerializationException);
  return std::string(sluice::Message(parsed.status()));
}

TEST(ParseSchema, FindsTypesFromTheInnermostScopeOutwards) {
  const auto schema = Parse(
      "package a.b; message M { Inner one = 1; b.M.Inner two = 2; .a.b.Outer three = 3; E e = 4;"
      " message Inner { Outer up = 1; } } message Outer {} message Inner {} enum E { Z = 0; }");
  const Message* message = schema->Find("a.b.M");
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(message->fields[0].message->full_name, "a.b.M.Inner");
  EXPECT_EQ(message->fields[1].message->full_name, "a.b.M.Inner");
  EXPECT_EQ(message->fields[2].message->full_name, "a.b.Outer");
  EXPECT_EQ(message->fields[3].enumeration->full_name, "a.b.E");
  EXPECT_EQ(message->fields[3].type, Type::kEnum);
  EXPECT_EQ(message->nested[0]->fields[0].message->full_name, "a.b.Outer");
}

TEST(ParseSchema, ImportsComeFromDependenciesAndFromWhatIsKnown) {
  const auto schema = Parse(
      "import \"other.proto\"; import \"google/type/money.proto\"; import \"nowhere.proto\";"
      "import \"google/protobuf/descriptor.proto\"; message M { o.Other x = 1;"
      "google.type.Money y = 2; google.protobuf.FieldOptions z = 3; }",
      {{"other.proto",
        "syntax = \"proto3\"; package o; import \"third.proto\";"
        "message Other { Third t = 1; }"},
       {"third.proto", "syntax = \"proto3\"; message Third {}"}});
  ASSERT_NE(schema, nullptr);
  EXPECT_NE(schema->Find("Third"), nullptr);
  EXPECT_EQ(schema->Find("M")->fields[1].message->fields.size(), 3u);
  for (const char* import : {"confluent/meta.proto",
                             "confluent/type/decimal.proto",
                             "confluent/type/variant.proto",
                             "google/protobuf/any.proto",
                             "google/protobuf/api.proto",
                             "google/protobuf/duration.proto",
                             "google/protobuf/empty.proto",
                             "google/protobuf/field_mask.proto",
                             "google/protobuf/source_context.proto",
                             "google/protobuf/struct.proto",
                             "google/protobuf/timestamp.proto",
                             "google/protobuf/type.proto",
                             "google/protobuf/wrappers.proto",
                             "google/type/calendar_period.proto",
                             "google/type/color.proto",
                             "google/type/date.proto",
                             "google/type/datetime.proto",
                             "google/type/dayofweek.proto",
                             "google/type/decimal.proto",
                             "google/type/expr.proto",
                             "google/type/fraction.proto",
                             "google/type/interval.proto",
                             "google/type/latlng.proto",
                             "google/type/money.proto",
                             "google/type/month.proto",
                             "google/type/phone_number.proto",
                             "google/type/postal_address.proto",
                             "google/type/quaternion.proto",
                             "google/type/timeofday.proto",
                             "google/protobuf/descriptor.proto"}) {
    EXPECT_NE(Parse(StrCat("import \"", import, "\";")), nullptr) << import;
    EXPECT_FALSE(KnownFile(import).empty()) << import;
  }
}

TEST(ParseSchema, IndexesCountWhatIsWrittenAsAMessage) {
  const auto schema = Parse(
      "package p.q; message A { map<string, int32> m = 1; message B {} message C { message D {} } }"
      "enum E { Z = 0; } message F {}");
  EXPECT_THAT(schema->IndexesOf("p.q.A"), ElementsAre(0));
  EXPECT_THAT(schema->IndexesOf("p.q.A.C.D"), ElementsAre(0, 1, 0));
  EXPECT_THAT(schema->IndexesOf("F"), ElementsAre(1));
  EXPECT_THAT(schema->IndexesOf("other.G"), IsEmpty());
  EXPECT_EQ(schema->At({0, 1, 0})->full_name, "p.q.A.C.D");
  EXPECT_EQ(schema->At({})->full_name, "p.q.A");
  for (const std::vector<int32_t>& none :
       std::vector<std::vector<int32_t>>{{2}, {-1}, {0, 2}, {0, 0, 0}, {0, -5}}) {
    EXPECT_EQ(schema->At(none), nullptr);
  }
  EXPECT_EQ(Parse("")->At({}), nullptr);
}

TEST(ParseSchema, TakesDescriptorsInBase64) {
  google::protobuf::FileDescriptorProto file;
  file.set_syntax("proto3");
  auto* message = file.add_message_type();
  message->set_name("M");
  auto* field = message->add_field();
  field->set_name("f");
  field->set_number(3);
  field->set_type(google::protobuf::FieldDescriptorProto::TYPE_SINT32);
  const auto schema = ParseSchema(Base64Encode(file.SerializeAsString()));
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ((*schema)->Find("M")->fields[0].type, Type::kSint32);
  field->set_oneof_index(4);
  EXPECT_THAT(WhyNot(Base64Encode(file.SerializeAsString())),
              HasSubstr("no sound file descriptor"));
}

TEST(ParseSchema, SaysWhatIsWrong) {
  const std::string deep = [] {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "message M { ";
    return text;
  }();
  const std::string hidden = [] {
    std::string text = "syntax = \"proto3\";";
    for (int i = 0; i < 3000; ++i) text += "message A{/*}*/";
    return text;
  }();
  const std::pair<std::string, const char*> cases[] = {
      {"", "it can"},
      {"syntax = \"proto2\";", "it can"},
      {"message M { optional int32 a = 1; }", "it can"},  // proto2
      {"syntax = \"proto3\"; message M { int32 a = 1 }", "line 1, column"},
      {"syntax = \"proto9\";", "line 1, column"},
      {"syntax = \"proto3\"; message M { N n = 1; }",
       "The field n of message M has the type N, which is in neither the schema nor"},
      {"syntax = \"proto3\"; message M { int32 a = 1; int32 b = 1; }",
       "has the number 1 of another"},
      {"syntax = \"proto3\"; message M { int32 a = 1; int32 a = 2; }",
       "a of message M is there twice"},
      {"syntax = \"proto3\"; message M { int32 a = 0; }",
       "has the number 0: expected 1 to 536870911"},
      {"syntax = \"proto3\"; message M {} message M {}", "There are two messages called M"},
      {"syntax = \"proto3\"; enum E {}", "The enum E is empty"},
      {"syntax = \"proto3\"; enum E { A = 0; } enum E { B = 0; }", "There are two enums called E"},
      {deep, "is nested deeper than 64"},
      {hidden, "is nested deeper than 64"},
      {"\xff\xfe", "line 1, column"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_THAT(WhyNot(text), HasSubstr(wanted)) << text.substr(0, 100);
  }
}

TEST(ParseSchema, BracesInCommentsAndTextsAreNone) {
  const std::string braces(100, '{');
  EXPECT_NE(
      Parse(StrCat("message M { /* ", braces, " */ int32 a = 1 [json_name = \"", braces, "\"]; }")),
      nullptr);
}

TEST(ParseSchema, FieldMetaInAllItsForms) {
  const auto schema = Parse(
      "message M { int32 a = 1 [(confluent.field_meta) = { doc: \"it's {\", params: [ { key: \"k\","
      " value: \"v\" }, { value: \"w\" key: \"l\" } ], tags: [\"PII\"] }];"
      " int32 b = 2 [(.confluent.field_meta).params = {key: \"x\", value: \"y\" \"z\"}];"
      " int32 c = 3 [(other) = {params: {key: \"no\" value: \"no\"}}, deprecated = true];"
      " int32 d = 4 [(confluent.field_meta).doc = \"d\"];"
      " int32 e = 5 [(confluent.field_meta) = {params { key: \"only\" }}]; }");
  const auto& fields = schema->Find("M")->fields;
  EXPECT_THAT(fields[0].params, ElementsAre(testing::Pair("k", "v"), testing::Pair("l", "w")));
  EXPECT_THAT(fields[1].params, ElementsAre(testing::Pair("x", "yz")));
  EXPECT_THAT(fields[2].params, IsEmpty());
  EXPECT_THAT(fields[3].params, IsEmpty());
  EXPECT_THAT(fields[4].params, ElementsAre(testing::Pair("only", "")));
}

TEST(SchemaText, IsTheOriginalsToTheBlank) {
  const auto inner = SchemaBuilder(SLUICE_STRUCT)
                         .Name("com.example.Inner")
                         .Field("b", SchemaBuilder(SLUICE_INT8).Build())
                         .Build();
  const auto schema = SchemaBuilder(SLUICE_STRUCT)
                          .Name("com.example.Outer")
                          .Field("id", SchemaBuilder(SLUICE_INT64).Build())
                          .Field("in", inner)
                          .Field("tags", SchemaBuilder(SLUICE_MAP)
                                             .Key(SchemaBuilder(SLUICE_STRING).Build())
                                             .Value(SchemaBuilder(SLUICE_STRING).Build())
                                             .Build())
                          .Build();
  const auto made = FromConnectSchema(*schema, {});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->text,
            "syntax = \"proto3\";\npackage com.example;\n\nmessage Outer {\n  int64 id = 1;\n"
            "  Inner in = 2;\n  repeated ConnectDefault1Entry tags = 3;\n\n  message Inner {\n"
            "    int32 b = 1 [(confluent.field_meta) = {\n      params: [\n        {\n"
            "          key: \"connect.type\",\n          value: \"int8\"\n        }\n      ]\n"
            "    }];\n  }\n  message ConnectDefault1Entry {\n    string key = 1;\n"
            "    string value = 2;\n  }\n}\n");
}

TEST(FromConnect, RefusesWhatProtobufCannotHave) {
  const auto text = SchemaBuilder(SLUICE_STRING).Build();
  const auto list = SchemaBuilder(SLUICE_ARRAY).Value(text).Build();
  const auto with = [](std::string_view name, const SchemaRef& field) {
    return SchemaBuilder(SLUICE_STRUCT).Name("S").Field(name, field).Build();
  };
  const auto tagged = [](std::string_view tag) {
    return SchemaBuilder(SLUICE_STRING).Parameter(kTag, tag).Build();
  };
  SchemaRef deep = with("x", text);
  for (int i = 0; i < 70; ++i) {
    deep = SchemaBuilder(SLUICE_STRUCT).Name(StrCat("D", i)).Field("x", deep).Build();
  }
  const std::pair<SchemaRef, const char*> cases[] = {
      {list, "Unsupported root schema of type ARRAY"},
      {SchemaBuilder(SLUICE_MAP).Key(text).Value(text).Build(),
       "Unsupported root schema of type MAP"},
      {SchemaBuilder(SLUICE_INT64).Name(abi::kTimestampName).Build(),
       "Unsupported root schema org.apache.kafka.connect.data.Timestamp"},
      {with("l", SchemaBuilder(SLUICE_ARRAY).Value(list).Build()), "Array cannot be nested"},
      {with("a-b", text), "\"a-b\" is not a valid identifier; scrub.invalid.names=true"},
      {with("t", tagged("x")), "The parameter io.confluent.connect.protobuf.Tag is 'x'"},
      {with("t", tagged("0")), "has the number 0: expected 1 to 536870911"},
      {with("t", SchemaBuilder(SLUICE_INT64).Parameter(kType, "int99").Build()),
       "Type of the field t is 'int99'"},
      {with("u", SchemaBuilder(SLUICE_STRUCT).Name(kUnion).Field("x", text).Build()),
       "A union's schema is called 'io.confluent.connect.protobuf.Union'"},
      {with("m", SchemaBuilder(SLUICE_MAP).Key(text).Value(list).Build()),
       "A map's keys and values can be neither lists"},
      {deep, "nested deeper than 60"},
  };
  for (const auto& [schema, wanted] : cases) {
    const auto made = FromConnectSchema(*schema, {});
    ASSERT_FALSE(made.ok()) << wanted;
    EXPECT_EQ(ExceptionClass(made.status()), kDataException);
    EXPECT_THAT(std::string(sluice::Message(made.status())), HasSubstr(wanted));
  }
}

int Levels(const sluice_schema* schema) {
  int levels = 0;
  for (; schema != nullptr && schema->field_count > 0; ++levels) {
    const int next = abi::FieldIndex(*schema, "next");
    schema = next < 0 ? nullptr : schema->fields[next].schema;
    if (schema != nullptr && schema->type == SLUICE_ARRAY) schema = schema->value_schema;
  }
  return levels;
}

TEST(ToConnect, UnrollsWhatContainsItself) {
  const auto list = Parse("message L { int32 v = 1; L next = 2; }");
  const auto connect = ToConnectSchema(*list->Find("L"), 7, {});
  ASSERT_TRUE(connect.ok()) << connect.status();
  EXPECT_EQ(Levels(connect->get()), kRecursionMax);
  EXPECT_EQ((*connect)->version, 7);
  EXPECT_EQ((*connect)->optional, 1);  // as in the original
  // Two ways down: fewer levels, so that all of them are no more than can be borne.
  const auto tree = Parse("message T { repeated T next = 1; T other = 2; }");
  const auto both = ToConnectSchema(*tree->Find("T"), std::nullopt, {});
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_GT(Levels(both->get()), 8);
  EXPECT_LT(Levels(both->get()), 14);
  // A long way round ends as well.
  std::string ring;
  for (int i = 0; i < 20; ++i) {
    StrAppend(ring, "message R", i, " { R", (i + 1) % 20, " next = 1; int32 x = 2; } ");
  }
  const auto round = ToConnectSchema(*Parse(ring)->Find("R0"), std::nullopt, {});
  ASSERT_TRUE(round.ok()) << round.status();
  EXPECT_EQ(Levels(round->get()), 100);
}

TEST(ToConnect, ManyUsesOfAMessageCostNoMoreThanOne) {
  std::string text = "message M0 { int32 x = 1; } ";
  for (int i = 1; i < 60; ++i) {
    StrAppend(text, "message M", i, " { M", i - 1, " a = 1; M", i - 1, " b = 2; } ");
  }
  const auto schema = Parse(text);
  EXPECT_TRUE(ToConnectSchema(*schema->Find("M59"), std::nullopt, {}).ok());
}

TEST(ToConnect, AUnionNamedAsAFieldIsAnError) {
  const auto schema = Parse("message M { oneof o { int32 a = 1; } int32 o_0 = 2; }");
  const auto made = ToConnectSchema(*schema->Find("M"), std::nullopt, {});
  EXPECT_THAT(std::string(sluice::Message(made.status())),
              HasSubstr("Cannot create field because of field name duplication o_0"));
}

TEST(Names, OfMapsAndScrubbedOnes) {
  EXPECT_EQ(MapEntryName("tags"), "tagsEntry");
  EXPECT_EQ(MapEntryName("my_tags"), "MyTagsEntry");
  EXPECT_EQ(MapEntryName("MY_TAGS"), "MyTagsEntry");
  EXPECT_EQ(MapFieldName("a.b.MyTagsEntry"), "a.b.my_tags");
  EXPECT_EQ(MapFieldName("tagsEntry"), "tags");
  EXPECT_EQ(MapFieldName("Entries"), "Entries");
  const ProtobufOptions scrub{.scrub_invalid_names = true};
  const std::pair<const char*, const char*> cases[] = {
      {"fine_1", "fine_1"}, {"1st", "x1st"},      {"_a", "x_a"}, {"a-b", "a_b"},
      {"a b", "a_b"},       {"\u00e9", "_C3_A9"}, {"-a", "_a"},  {"", ""},
  };
  for (const auto& [name, wanted] : cases) EXPECT_EQ(ScrubName(name, scrub), wanted) << name;
  EXPECT_EQ(ScrubName("a-b", {}), "a-b");
}

TEST(Compatibility, SaysWhatChanged) {
  const auto why = [](std::string_view writer, std::string_view reader) {
    const auto w = Parse(StrCat("message M { ", writer, " }"));
    const auto r = Parse(StrCat("message M { ", reader, " }"));
    return WhyNotReadable(*r, *w).value_or("");
  };
  EXPECT_EQ(why("int32 a = 1;", "int64 a = 1; string b = 2;"), "");
  EXPECT_EQ(why("int32 a = 1;", "string a = 1;"), "the field M.a (1) changed from int32 to string");
  EXPECT_EQ(why("M a = 1; message N { M up = 1; }", "M a = 1; message N { M up = 1; }"), "");
  EXPECT_EQ(why("message N {}", ""), "the message M.N was removed");
}

}  // namespace
}  // namespace sluice::convert::protobuf
