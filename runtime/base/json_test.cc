#include "runtime/base/json.h"

#include <cmath>

#include "gtest/gtest.h"

namespace sluice {
namespace {

std::string RoundTrip(std::string_view text) {
  auto document = ParseJson(text);
  return document.ok() ? WriteJson(*document) : std::string(Message(document.status()));
}

TEST(JsonTest, HalfOfASurrogatePairIsAQuestionMark) {
  const auto read = ParseJson("{\"a\\uDC00\":\"\\udddd\\udddd x \\ud83d\\ude00\"}");
  ASSERT_TRUE(read.ok()) << Describe(read.status());
  const rapidjson::Value* found = FindJsonMember(*read, "a?");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(JsonText(*found), "?? x \xF0\x9F\x98\x80");
}

TEST(JsonTest, WritesAsJackson) {
  EXPECT_EQ(RoundTrip(R"( {"a" : [1, -2, 3.5, 1e22, true, null, "x/y\u00e4\u0001\n\""]} )"),
            "{\"a\":[1,-2,3.5,1.0E22,true,null,\"x/y\xC3\xA4\\u0001\\n\\\"\"]}");
  EXPECT_EQ(RoundTrip("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(JsonQuote("a\"b"), "\"a\\\"b\"");
  EXPECT_EQ(JsonQuote(""), "\"\"");
}

TEST(JsonTest, NumbersAreTheNearest) {
  EXPECT_EQ(RoundTrip("[-9223372036854775808, -9223372036854775809, 18446744073709551616, -0]"),
            "[-9223372036854775808,-9.223372036854776E18,1.8446744073709552E19,0]");
  EXPECT_EQ(RoundTrip("[0.1, 1e-400, 9007199254740993.0, 1.7976931348623157e308]"),
            "[0.1,0.0,9.007199254740992E15,1.7976931348623157E308]");
  // Twenty digits and more, of which the first nineteen do not fill 64 bits.
  EXPECT_EQ(RoundTrip("100000000000000000000.5"), "1.0E20");
  EXPECT_EQ(
      RoundTrip("0.00000000000000000000000000000000000000000000000000000123456789012345678901"),
      "1.2345678901234568E-54");
  for (const char* large : {"17e308", "-1.8e308", "1e99999"}) {
    EXPECT_NE(RoundTrip(large).find("too big"), std::string::npos) << large;
  }
}

TEST(JsonTest, MalformedInputNamesThePlace) {
  struct Case {
    std::string text;
    std::string expected;  // part of the message
  };
  const Case cases[] = {
      {"", "the text is empty"},        {"{\"a\":1,\n  b:2}", "line 2, column 3"},
      {"{} x", "line 1, column 4"},     {std::string("{}\0x", 4), "column 3"},
      {"\"\xFF\"", "Invalid encoding"}, {"[1,2", "Malformed JSON"},
      {"nul", "Malformed JSON"},        {"{\"a\":01}", "Malformed JSON"},
      {"\"a\tb\"", "Malformed JSON"},
  };
  for (const Case& c : cases) {
    auto document = ParseJson(c.text);
    ASSERT_FALSE(document.ok()) << c.text;
    EXPECT_NE(Message(document.status()).find(c.expected), std::string_view::npos)
        << document.status();
  }
}

TEST(JsonTest, DepthIsBounded) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(1000)).ok());
  EXPECT_EQ(RoundTrip(nested(1000)), nested(1000));
  EXPECT_FALSE(ParseJson(nested(1001)).ok());
  EXPECT_TRUE(ParseJson(nested(3), 3).ok());
  EXPECT_FALSE(ParseJson(nested(4), 3).ok());
  auto megabyte = ParseJson(std::string(1 << 20, '['));
  ASSERT_FALSE(megabyte.ok());
  EXPECT_NE(Message(megabyte.status()).find("deeper than 1000"), std::string_view::npos);
}

TEST(JsonTest, OfDuplicateMembersTheLastCounts) {
  auto document = ParseJson(R"({"a":1,"b":2,"a":3})");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(FindJsonMember(*document, "a")->GetInt(), 3);
  EXPECT_EQ(FindJsonMember(*document, "c"), nullptr);
  EXPECT_EQ(FindJsonMember(*FindJsonMember(*document, "a"), "x"), nullptr);
}

TEST(JsonTest, WriterComposes) {
  JsonWriter json;
  auto inner = ParseJson("[1]");
  json.StartObject()
      .Key("code")
      .Int(404)
      .Key("text")
      .String("n\xC3\xB6/")
      .Key("raw")
      .Raw("{\"x\":1}");
  json.Key("v").Value(*inner).Key("d").Double(0.5).Key("nan").Double(std::nan("")).EndObject();
  EXPECT_EQ(json.Take(),
            "{\"code\":404,\"text\":\"n\xC3\xB6/"
            "\",\"raw\":{\"x\":1},\"v\":[1],\"d\":0.5,\"nan\":\"NaN\"}");
}

}  // namespace
}  // namespace sluice
