// JSON schemas: Java's order, references, recursion, what is refused; validation and compatibility
// in words. What they are in Connect is in peer_test.
#include "runtime/convert/json_schema/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/abi/arena.h"
#include "runtime/abi/schema.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_schema/compatibility.h"
#include "runtime/convert/json_schema/from_connect.h"
#include "runtime/convert/json_schema/java_map.h"
#include "runtime/convert/json_schema/to_connect.h"
#include "runtime/convert/json_schema/validator.h"
#include "runtime/convert/json_schema/value_reader.h"
#include "runtime/convert/recursion.h"
#include "runtime/record/json_reader.h"

namespace sluice::convert::json_schema {
namespace {

using testing::HasSubstr;
using DocumentPtr = std::shared_ptr<const Document>;
using Dependencies = std::vector<Document::Dependency>;

DocumentPtr Parse(std::string_view text, const Dependencies& dependencies = {}) {
  auto document = Document::Parse(text, dependencies);
  EXPECT_TRUE(document.ok()) << text << document.status();
  return document.ok() ? *document : nullptr;
}
std::string WhyRefused(std::string_view text, const Dependencies& dependencies = {}) {
  const auto document = Document::Parse(text, dependencies);
  if (document.ok()) return "";
  EXPECT_EQ(ExceptionClass(document.status()), kSerializationException);
  return std::string(Message(document.status()));
}
abi::SchemaRef Connect(const Document& document) {
  auto connect = ToConnectSchema(document, std::nullopt, {});
  EXPECT_TRUE(connect.ok()) << connect.status();
  return connect.ok() ? connect->schema : abi::SchemaRef();
}
std::string WhyInvalid(const Document& document, std::string_view payload) {
  abi::Arena arena;
  const auto node = record::JsonReader().Read(payload, record::JsonNumbers::kText, arena);
  EXPECT_TRUE(node.ok());
  return std::string(Message(Validate(document, *node)));
}

TEST(JavaMap, HashesAsJava) {
  EXPECT_EQ(JavaHash(""), 0u);
  EXPECT_EQ(JavaHash("Aa"), JavaHash("BB"));
  EXPECT_EQ(JavaHash("connect.type"), 0x6F6351BEu);
  EXPECT_EQ(JavaHash("\xF0\x9F\x98\x80"), 0xD83Du * 31 + 0xDE00u);  // two characters in Java
}

TEST(JavaMap, OrdersByBucketAndWithinByPlace) {
  EXPECT_EQ(JavaMapOrder({"key", "value"}), (std::vector<size_t>{1, 0}));
  EXPECT_EQ(JavaMapOrder({"BB", "Aa"}), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(JavaMapOrder({"Aa", "BB"}), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(JavaCopyCapacity(1), 2u);
  EXPECT_EQ(JavaCopyCapacity(3), 8u);
}

constexpr char kZip[] = R"({"type":"string","title":"Zip"})";
constexpr char kCity[] =
    R"({"type":"object","title":"City","properties":{"zip":{"$ref":"zip.json"}},)"
    R"("definitions":{"x":{"type":"integer"}}})";

TEST(JsonSchema, ReferencesLeadIntoOtherSchemas) {
  const Dependencies others = {{"zip.json", kZip}, {"city.json", kCity}};
  const auto person = Parse(
      R"({"type":"object","properties":{"a":{"$ref":"city.json"},"b":{"$ref":"city.json#/definitions/x"},)"
      R"("c":{"$ref":"./city.json#/$defs/x"}}})",
      others);
  const abi::SchemaRef schema = Connect(*person);
  ASSERT_EQ(schema->field_count, 3u);
  const sluice_schema& city = *schema->fields[0].schema;
  EXPECT_EQ(abi::View(city.name), "City");
  EXPECT_EQ(abi::View(city.fields[0].schema->name), "Zip");
  EXPECT_EQ(schema->fields[1].schema->type, SLUICE_INT64);
  EXPECT_EQ(schema->fields[2].schema->type, SLUICE_INT64);
  // Relative to the schema's id.
  const auto named = Parse(
      R"({"$id":"http://example.com/a/root.json","type":"object","properties":)"
      R"({"a":{"$ref":"city.json"},"b":{"$ref":"http://example.com/a/zip.json"},)"
      R"("c":{"$ref":"../a/city.json#/definitions/x"},"d":{"$ref":"root.json#/properties/b"}}})",
      others);
  EXPECT_EQ(Connect(*named)->field_count, 4u);
}

TEST(JsonSchema, ReferencesByIdAndAnchor) {
  EXPECT_EQ(
      Connect(*Parse(R"({"$ref":"#s","definitions":{"x":{"$id":"#s","type":"string"}}})"))->type,
      SLUICE_STRING);
  EXPECT_EQ(Connect(*Parse(R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
                           R"("$ref":"#s","$defs":{"x":{"$anchor":"s","type":"string"}}})"))
                ->type,
            SLUICE_STRING);
  EXPECT_EQ(Connect(*Parse(R"({"$id":"http://a/b","$ref":"c","definitions":{"x":{"$id":"c",)"
                           R"("type":"boolean"}}})"))
                ->type,
            SLUICE_BOOLEAN);
}

// They would be copied for each schema below them.
TEST(JsonSchema, NamesOfAbsurdLengthAreNone) {
  const std::string absurd(100'000, 'x');
  const auto schema = [&](std::string_view reference) {
    return StrCat(R"({"$id":"http://a/)", absurd, R"(","$ref":")", reference,
                  R"(","definitions":{"x":{"$id":"c","type":"boolean"}}})");
  };
  EXPECT_EQ(Connect(*Parse(schema("#/definitions/x")))->type, SLUICE_BOOLEAN);
  EXPECT_EQ(Connect(*Parse(schema("c")))->type, SLUICE_BOOLEAN);  // relative to nothing
  EXPECT_THAT(WhyRefused(schema("http://a/c")), HasSubstr("is not among its references"));
  std::string deep = R"({"type":"string"})";
  for (int i = 0; i < 50; ++i) {
    deep = StrCat(R"({"$id":")", std::string(300, 'y'), R"(/","allOf":[)", deep, "]}");
  }
  EXPECT_EQ(Connect(*Parse(deep))->type, SLUICE_STRING);
}

TEST(JsonSchema, ReferencesThatLeadNowhere) {
  EXPECT_THAT(WhyRefused(R"({"$ref":"#/definitions/none"})"), HasSubstr("leads nowhere"));
  EXPECT_THAT(WhyRefused(R"({"$ref":"http://evil.example/x.json"})"),
              HasSubstr("is not among its references in the registry; schemas from elsewhere are "
                        "not fetched"));
  EXPECT_THAT(WhyRefused(R"({"$ref":"#"})"), HasSubstr("leads to itself"));
  EXPECT_THAT(
      WhyRefused(R"({"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},)"
                 R"("b":{"$ref":"#/definitions/a"}}})"),
      HasSubstr("leads to itself"));
}

TEST(JsonSchema, WhatIsNoneIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "Invalid JSON schema"},
      {"{", "Invalid JSON schema"},
      {"5", "expected an object or boolean at the root"},
      {R"({"type":5})", "type must be"},
      {R"({"type":["string",5]})", "type must be an array of strings"},
      {R"({"type":"money"})", "unknown type: [money]"},
      {R"({"properties":[]})", "properties must be an object"},
      {R"({"properties":{"a":5}})", "a schema must be an object or a boolean"},
      {R"({"required":"a"})", "required must be an array of strings"},
      {R"({"minLength":"a"})", "minLength must be an integer"},
      {R"({"maximum":"a"})", "maximum must be a number"},
      {R"({"multipleOf":0})", "multipleOf should not be 0"},
      {R"({"pattern":"("})", "Invalid JSON schema"},
      {R"({"enum":"a"})", "enum must be an array"},
      {R"({"oneOf":{}})", "oneOf must be an array"},
      {R"({"title":5})", "title must be a string"},
      {R"({"uniqueItems":1})", "uniqueItems must be a boolean"},
      {R"({"dependencies":{"a":[1]}})", "dependencies must be an array of strings"},
  };
  for (const auto& [text, why] : cases) EXPECT_THAT(WhyRefused(text), HasSubstr(why)) << text;
}

TEST(JsonSchema, SchemasThatAreMadeToHurtEnd) {
  std::string deep = "{}";
  for (int i = 0; i < 300; ++i) deep = StrCat("{\"not\":", deep, "}");
  EXPECT_THAT(WhyRefused(deep), HasSubstr("too large"));
  // Each has two of the one before: written out, 2^60 of them.
  std::string objects, unions;
  for (int i = 1; i <= 60; ++i) {
    const std::string ref = StrCat("{\"$ref\":\"#/definitions/", i - 1, "\"}");
    StrAppend(objects, ",\"", i, "\":{\"type\":\"object\",\"properties\":{\"a\":", ref,
              ",\"b\":", ref, "}}");
    StrAppend(unions, ",\"", i, "\":{\"oneOf\":[", ref, ",", ref, "]}");
  }
  const auto whole = [](std::string_view definitions) {
    return StrCat("{\"$ref\":\"#/definitions/60\",\"definitions\":{\"0\":{\"type\":\"integer\"}",
                  definitions, "}}");
  };
  const abi::SchemaRef schema = Connect(*Parse(whole(objects)));
  const auto back = FromConnectSchema(*schema, {});
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_LT(back->size(), 100'000u);
  const auto unions_document = Parse(whole(unions));
  EXPECT_THAT(std::string(Message(ToConnectSchema(*unions_document, 1, {}).status())),
              HasSubstr("too large"));
  EXPECT_THAT(WhyInvalid(*unions_document, "\"a\""), HasSubstr("steps"));
  EXPECT_EQ(WhyNotReadable(*unions_document, *unions_document), std::nullopt);
}

constexpr char kList[] = R"({"type":"object","title":"Node","properties":{"v":{"type":"integer"},)"
                         R"("next":{"oneOf":[{"type":"null"},{"$ref":"#"}]}}})";

TEST(ToConnect, ARecursiveTypeIsUnrolled) {
  const auto connect = ToConnectSchema(*Parse(kList), std::nullopt, {});
  ASSERT_TRUE(connect.ok()) << connect.status();
  EXPECT_FALSE(connect->ends.empty());
  int depth = 0;
  const sluice_schema* at = connect->schema.get();
  for (int next; at->field_count > 0; at = at->fields[next].schema) {
    next = abi::FieldIndex(*at, "next");
    ++depth;
  }
  EXPECT_EQ(depth, kRecursionMax + 1);  // in Java, too, the root is another than what # leads to
  // Back in JSON Schema it refers to itself, as Confluent's does.
  const auto back = FromConnectSchema(*connect->schema, {});
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_THAT(*back, HasSubstr(R"({"$ref":"#id)"));
  EXPECT_LT(back->size(), 2000u);
}

TEST(ToConnect, DataThatGoDeeperThanATypeWasUnrolledAreRefused) {
  const auto connect = ToConnectSchema(*Parse(kList), std::nullopt, {});
  const auto read = [&](int depth) {
    std::string text = "null";
    for (int i = 0; i < depth; ++i) text = StrCat("{\"v\":1,\"next\":", text, "}");
    abi::Arena arena;
    const auto node = record::JsonReader().Read(text, record::JsonNumbers::kText, arena);
    return ReadValue(*connect->schema, *node, {.ends = &connect->ends}, arena).status();
  };
  EXPECT_TRUE(read(kRecursionMax + 1).ok());
  EXPECT_THAT(std::string(Message(read(kRecursionMax + 2))), HasSubstr("The data go deeper"));
}

// Objects that are free of properties are no ends.
TEST(ToConnect, ATypeThatContainsItselfMayHaveFreeObjectsBeside) {
  const auto connect =
      ToConnectSchema(*Parse(R"({"type":"object","properties":{"meta":{"type":"object"},)"
                             R"("children":{"type":"array","items":{"$ref":"#"}}}})"),
                      std::nullopt, {});
  ASSERT_TRUE(connect.ok()) << connect.status();
  for (const bool fits : {true, false}) {
    std::string text = fits ? R"({"meta":{},"children":[]})" : R"({"meta":{"k":1}})";
    for (int i = 0; i < (fits ? 3 : kRecursionMax + 2); ++i) {
      text = StrCat(R"({"meta":{"k":1},"children":[)", text, "]}");
    }
    abi::Arena arena;
    const auto node = record::JsonReader().Read(text, record::JsonNumbers::kText, arena);
    const auto value = ReadValue(*connect->schema, *node, {.ends = &connect->ends}, arena);
    EXPECT_EQ(value.ok(), fits) << value.status();
  }
}

TEST(ToConnect, ATreeIsUnrolledLessDeep) {
  const auto connect =
      ToConnectSchema(*Parse(R"({"type":"object","properties":{"l":{"$ref":"#"},"r":{"$ref":"#"},)"
                             R"("m":{"type":"array","items":{"$ref":"#"}}}})"),
                      std::nullopt, {});
  ASSERT_TRUE(connect.ok()) << connect.status();
  int depth = 0;
  for (const sluice_schema* at = connect->schema.get(); at->field_count > 0;
       at = at->fields[0].schema) {
    ++depth;
  }
  EXPECT_GT(depth, 3);
  EXPECT_LT(depth, kRecursionMax);
}

TEST(Validate, SaysWhatIsWrongAndWhere) {
  const auto schema = Parse(
      R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"integer","minimum":5}},)"
      R"("s":{"type":"string","maxLength":2}},"required":["a"],"additionalProperties":false})");
  const std::string start = "Validation error in JSON, Error report: ";
  EXPECT_EQ(WhyInvalid(*schema, R"({"a":[5,6]})"), "");
  EXPECT_EQ(WhyInvalid(*schema, R"({"a":[5,4]})"), start + "#/a/1: 4 is not greater or equal to 5");
  EXPECT_EQ(WhyInvalid(*schema, R"({"a":[5.5]})"),
            start + "#/a/0: expected type: Integer, found: 5.5");
  EXPECT_EQ(WhyInvalid(*schema, R"({"s":"x"})"), start + "#: required key [a] not found");
  EXPECT_EQ(WhyInvalid(*schema, R"({"a":[],"s":"xyz"})"),
            start + "#/s: expected maxLength: 2, actual: 3");
  EXPECT_EQ(WhyInvalid(*schema, R"({"a":[],"z":1})"),
            start + "#: extraneous key [z] is not permitted");
  EXPECT_EQ(WhyInvalid(*schema, "[]"), start + "#: expected type: JSONObject, found: ARRAY");
}

TEST(Validate, NumbersAreExact) {
  const auto cents = Parse(R"({"multipleOf":0.01,"maximum":9007199254740993})");
  EXPECT_EQ(WhyInvalid(*cents, "19.99"), "");
  EXPECT_THAT(WhyInvalid(*cents, "19.995"), HasSubstr("is not a multiple of 0.01"));
  EXPECT_EQ(WhyInvalid(*cents, "9007199254740993"), "");
  EXPECT_THAT(WhyInvalid(*cents, "9007199254740994"), HasSubstr("is not less or equal to"));
  EXPECT_EQ(WhyInvalid(*Parse(R"({"enum":[1.50,{"a":1e2}]})"), R"({"a":100})"), "");
  EXPECT_EQ(WhyInvalid(*Parse(R"({"minimum":-1e400})"), "-1e-400"), "");
}

TEST(Validate, TakesABoundedNumberOfSteps) {
  // A recursive schema that asks twice at each level.
  const auto schema =
      Parse(R"({"anyOf":[{"type":"object","required":["x"],"properties":{"n":{"$ref":"#"}}},)"
            R"({"type":"object","required":["y"],"properties":{"n":{"$ref":"#"}}},)"
            R"({"not":{"not":{"properties":{"n":{"$ref":"#"}},"required":["z"]}}}]})");
  std::string text = "{}";
  for (int i = 0; i < 60; ++i) text = StrCat("{\"z\":1,\"x\":1,\"y\":1,\"n\":", text, "}");
  EXPECT_THAT(WhyInvalid(*schema, text), HasSubstr("steps"));
}

TEST(WhyNotReadable, NamesTheFirstChange) {
  const auto why = [](std::string_view reader, std::string_view writer) {
    return WhyNotReadable(*Parse(reader), *Parse(writer)).value_or("");
  };
  EXPECT_EQ(why(R"({"type":"number"})", R"({"type":"integer"})"), "");
  EXPECT_EQ(why(R"({"type":"string"})", R"({"type":"integer"})"), "#: the type has changed");
  EXPECT_EQ(why(R"({"type":"object","properties":{"a":{"type":"string"}}})",
                R"({"type":"object","properties":{"a":{"type":"integer"}}})"),
            "#/a: the type has changed");
  EXPECT_EQ(
      why(R"({"type":"object","properties":{"a":{"type":"string"}}})", R"({"type":"object"})"),
      "#: property a was added, and the writer may have written another of this name");
  EXPECT_EQ(why(kList, kList), "");
}

}  // namespace
}  // namespace sluice::convert::json_schema
