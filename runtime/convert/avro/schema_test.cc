// Avro schemas: texts, resolution, and what Connect makes of them beyond what peer_test asks.
#include "runtime/convert/avro/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/avro/connect_names.h"
#include "runtime/convert/avro/from_connect.h"
#include "runtime/convert/avro/to_connect.h"
#include "runtime/convert/recursion.h"

namespace sluice::convert::avro {
namespace {

using abi::SchemaBuilder;
using testing::HasSubstr;

std::shared_ptr<const Document> Parse(std::string_view text) {
  auto parsed = ParseSchema(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status();
  return parsed.ok() ? *parsed : std::make_shared<const Document>();
}

std::string Record(std::string_view name, std::string_view fields) {
  return StrCat("{\"type\":\"record\",\"name\":\"", name, "\",\"fields\":[", fields, "]}");
}

TEST(AvroSchema, WhatIsNoneIsToldAndNeverACrash) {
  const std::string deep = std::string(400, '[') + std::string(400, ']');
  for (const std::string& text :
       {std::string(""),
        std::string("int"),
        std::string("\"strange\""),
        std::string("{}"),
        std::string("3"),
        std::string("[\"int\",\"int\"]"),
        std::string("[[\"int\"]]"),
        deep,
        std::string("{\"type\":\"array\"}"),
        std::string("{\"type\":\"map\",\"values\":5}"),
        std::string("{\"type\":\"record\",\"name\":\"R\"}"),
        std::string("{\"type\":\"record\",\"fields\":[]}"),
        Record("R", "{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}"),
        Record("R", "{\"name\":\"\",\"type\":\"int\"}"),
        Record("int", ""),
        Record("R", StrCat("{\"name\":\"a\",\"type\":", Record("R", ""), "}")),
        std::string("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}"),
        std::string("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}"),
        std::string("{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}"),
        std::string("{\"type\":\"fixed\",\"name\":\"F\",\"size\":9999999999}")}) {
    const auto parsed = ParseSchema(text);
    EXPECT_EQ(ExceptionClass(parsed.status()), kDataException) << text;
  }
}

TEST(AvroSchema, NamesAreFoundInTheirNamespaceFirst) {
  const auto document = Parse(
      R"([{"type":"record","name":"T","namespace":"a","fields":[{"name":"x","type":"int"}]},)"
      R"({"type":"record","name":"T","namespace":"b","fields":[{"name":"self","type":["null","T"]},)"
      R"({"name":"other","type":"a.T"}]}])");
  const Schema& second = *document->root()->branches[1];
  EXPECT_EQ(second.fields[0].schema->branches[1], &second);
  EXPECT_EQ(second.fields[1].schema, document->root()->branches[0]);
}

TEST(AvroSchema, DependenciesAreKnownByName) {
  const std::string one = Record("a.One", R"({"name":"x","type":"int"})");
  const std::string two = Record("a.Two", R"({"name":"one","type":"One"})");
  const auto document = ParseSchema(Record("Root", R"({"name":"two","type":"a.Two"})"), {one, two});
  ASSERT_TRUE(document.ok()) << document.status();
  const auto text = SchemaText(*(*document)->root());
  EXPECT_THAT(*text, HasSubstr(R"("name":"One")"));
  EXPECT_FALSE(ParseSchema(Record("Root", R"({"name":"two","type":"a.Two"})")).ok());
}

TEST(AvroSchema, TwoDifferentTypesOfOneNameCannotBeWritten) {
  const auto inner = [](sluice_kind kind) {
    return SchemaBuilder(SLUICE_STRUCT)
        .Name("Same")
        .Field("x", SchemaBuilder(kind).Build())
        .Build();
  };
  const abi::SchemaRef schema = SchemaBuilder(SLUICE_STRUCT)
                                    .Name("Outer")
                                    .Field("a", inner(SLUICE_INT32))
                                    .Field("b", inner(SLUICE_STRING))
                                    .Build();
  const auto document = FromConnectSchema(*schema, {});
  ASSERT_TRUE(document.ok());
  const auto text = SchemaText(*(*document)->root());
  EXPECT_EQ(ExceptionClass(text.status()), kDataException);
  EXPECT_THAT(std::string(Message(text.status())), HasSubstr("Can't redefine: Same"));
}

TEST(AvroSchema, WhatAReaderCannotReadIsTold) {
  const auto writer = Parse(Record("R", R"({"name":"a","type":{"type":"array","items":"int"}})"));
  const auto reader =
      Parse(Record("R", R"({"name":"a","type":{"type":"array","items":"string"}})"));
  EXPECT_EQ(*WhyNotReadable(*reader->root(), *writer->root()),
            "field R.a: the reader expects string, the writer has int");
  EXPECT_EQ(WhyNotReadable(*writer->root(), *writer->root()), std::nullopt);
}

TEST(AvroSchema, RecursiveTypesAreComparedAndEnd) {
  const std::string list = Record(
      "Node", R"({"name":"v","type":"int"},{"name":"next","type":["null","Node"],"default":null})");
  const auto a = Parse(list), b = Parse(list);
  EXPECT_EQ(WhyNotReadable(*a->root(), *b->root()), std::nullopt);
  EXPECT_EQ(*SchemaText(*a->root()), list);
}

TEST(ToConnect, ARecursiveTypeIsUnrolled) {
  const auto list =
      Parse(Record("Node", R"({"name":"v","type":"int"},{"name":"next","type":["null","Node"]})"));
  const auto schema = ToConnectSchema(*list->root(), std::nullopt, {});
  ASSERT_TRUE(schema.ok()) << schema.status();
  int depth = 0;
  const sluice_schema* at = schema->get();
  for (; at->field_count > 0; at = at->fields[1].schema) ++depth;
  EXPECT_EQ(depth, kRecursionMax);
  // Back in Avro it is itself again.
  const auto back = FromConnectSchema(**schema, {.connect_meta_data = false});
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*SchemaText(*(*back)->root()),
            Record("Node", R"({"name":"v","type":"int"},{"name":"next","type":["null","Node"],)"
                           R"("default":null})"));
}

TEST(ToConnect, ATreeIsUnrolledLessDeep) {
  const auto tree =
      Parse(Record("T", R"({"name":"l","type":["null","T"]},{"name":"r","type":["null","T"]},)"
                        R"({"name":"m","type":{"type":"map","values":"T"}})"));
  const auto schema = ToConnectSchema(*tree->root(), std::nullopt, {});
  ASSERT_TRUE(schema.ok()) << schema.status();
  int depth = 0;
  for (const sluice_schema* at = schema->get(); at->field_count > 0; at = at->fields[0].schema) {
    ++depth;
  }
  EXPECT_GT(depth, 3);
  EXPECT_LT(depth, kRecursionMax);
}

TEST(ToConnect, SchemasThatAreMadeToHurtEnd) {
  // Each type has two of the one before: written out, 2^60 of them.
  std::string text = StrCat("[\"null\",", Record("T0", R"({"name":"x","type":"int"})"));
  for (int i = 1; i <= 60; ++i) {
    StrAppend(text, ",",
              Record(StrCat("T", i),
                     StrCat("{\"name\":\"a\",\"type\":\"T", i - 1,
                            "\"},{\"name\":\"b\",\"type\":\"T", i - 1, "\",\"default\":{}}")));
  }
  text += "]";
  const auto document = Parse(text);
  (void)ToConnectSchema(*document->root(), std::nullopt, {});
  EXPECT_EQ(WhyNotReadable(*document->root(), *document->root()), std::nullopt);
}

TEST(ToConnect, TheRegistrysVersionIsTheRoots) {
  const auto document = Parse(Record("R", R"({"name":"a","type":"int"})"));
  EXPECT_EQ((*ToConnectSchema(*document->root(), 3, {}))->version, 3);
  const auto own = Parse(R"({"type":"int","connect.version":7})");
  EXPECT_EQ((*ToConnectSchema(*own->root(), 3, {}))->version, 7);
  const auto date = Parse(R"({"type":"int","logicalType":"date"})");
  EXPECT_EQ((*ToConnectSchema(*date->root(), 3, {}))->version, 1);
}

TEST(ToConnect, OptionsOfNewerVersions) {
  const auto single = Parse(R"(["int"])");
  EXPECT_EQ((*ToConnectSchema(*single->root(), std::nullopt, {}))->type, SLUICE_INT32);
  EXPECT_EQ(
      (*ToConnectSchema(*single->root(), std::nullopt, {.flatten_singleton_unions = false}))->type,
      SLUICE_STRUCT);
  const auto sum = Parse(R"(["int",{"type":"enum","name":"E","symbols":["A","B"]}])");
  const auto general =
      *ToConnectSchema(*sum->root(), std::nullopt, {.generalized_sum_types = true});
  EXPECT_EQ(abi::View(general->name), "connect_union_0");
  EXPECT_EQ(abi::View(general->fields[1].name), "connect_union_field_1");
  EXPECT_NE(FindParameter(*general->fields[1].schema, "org.apache.kafka.connect.data.Enum.B"),
            nullptr);
  const auto described = Parse(
      Record("R", R"({"name":"a","type":{"type":"int","connect.doc":"inner"},"doc":"outer"})"));
  EXPECT_EQ(abi::View((*ToConnectSchema(*described->root(), std::nullopt,
                                        {.discard_type_doc_default = true}))
                          ->fields[0]
                          .schema->doc),
            "outer");
  const auto java = Parse(R"({"type":"string","avro.java.string":"String"})");
  EXPECT_NE(FindParameter(**ToConnectSchema(*java->root(), std::nullopt, {}), "avro.java.string"),
            nullptr);
}

TEST(FromConnect, NamesAreScrubbed) {
  const AvroOptions scrub{.scrub_invalid_names = true};
  EXPECT_EQ(ScrubName("a-b", scrub), "a_b");
  EXPECT_EQ(ScrubName("a b$", scrub), "a_b_24");
  EXPECT_EQ(ScrubName("1st", scrub), "x1st");
  EXPECT_EQ(ScrubName("\u00e9", scrub), "_C3_A9");
  EXPECT_EQ(ScrubName("fine_9", scrub), "fine_9");
  EXPECT_EQ(ScrubName("a-b", {}), "a-b");
  const abi::SchemaRef schema = SchemaBuilder(SLUICE_STRUCT)
                                    .Name("com.my-company.2nd")
                                    .Field("a-b", SchemaBuilder(SLUICE_INT32).Build())
                                    .Build();
  const auto document = FromConnectSchema(*schema, scrub);
  EXPECT_EQ((*document)->root()->full_name(), "com.my_company.x2nd");
  EXPECT_EQ((*document)->root()->fields[0].name, "a_b");
}

TEST(FromConnect, OptionalKeysIfAllowed) {
  const abi::SchemaRef map = SchemaBuilder(SLUICE_MAP)
                                 .Key(SchemaBuilder(SLUICE_STRING).Optional().Build())
                                 .Value(SchemaBuilder(SLUICE_INT32).Build())
                                 .Build();
  EXPECT_EQ((*FromConnectSchema(*map, {}))->root()->type, Type::kArray);
  EXPECT_EQ((*FromConnectSchema(*map, {.allow_optional_map_keys = true}))->root()->type,
            Type::kMap);
}

}  // namespace
}  // namespace sluice::convert::avro
