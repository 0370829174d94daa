#include "runtime/record/json_reader.h"

#include <cmath>
#include <string>

#include "gtest/gtest.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/json_output.h"

namespace sluice::record {
namespace {

class JsonReaderTest : public ::testing::Test {
 protected:
  StatusOr<sluice_value> Read(std::string_view text) {
    return reader_.Read(text, JsonNumbers::kValues, arena_);
  }
  // What was read, written again; or the error's class and text.
  std::string Again(std::string_view text) {
    const StatusOr<sluice_value> value = Read(text);
    if (!value.ok()) return Describe(value.status());
    JsonOutput out;
    EXPECT_TRUE(WriteSchemaless(*value, out).ok());
    return std::string(out.view());
  }
  void ExpectError(std::string_view text, std::string_view part) {
    const std::string result = Again(text);
    EXPECT_NE(result.find(part), std::string::npos) << text << " gives " << result;
  }

  abi::Arena arena_;
  JsonReader reader_;
};

TEST_F(JsonReaderTest, Values) {
  EXPECT_EQ(Again(" { \"a\" : [ 1 , -2.5 , true , false , null , \"x\" ] , \"b\" : { } }\n"),
            "{\"a\":[1,-2.5,true,false,null,\"x\"],\"b\":{}}");
  EXPECT_EQ(Again("[]"), "[]");
  EXPECT_EQ(Again("[[],{},[[]]]"), "[[],{},[[]]]");
  EXPECT_EQ(Again(""), "null");
  EXPECT_EQ(Again(" \r\n\t"), "null");
  EXPECT_EQ(Again("\xEF\xBB\xBF{\"a\":1}"), "{\"a\":1}");
}

TEST_F(JsonReaderTest, NumbersAsJacksonAndBigDecimalHaveThem) {
  EXPECT_EQ(Again("007"), "7");
  EXPECT_EQ(Again("-007.50"), "-7.5");
  EXPECT_EQ(Again("-0"), "0");
  EXPECT_EQ(Again("-0.0"), "0.0");
  EXPECT_EQ(Again("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Again("12345678901234567890"), "-6101065172474983726");
  EXPECT_EQ(Again("-12345678901234567890"), "6101065172474983726");
  EXPECT_EQ(Again("1e400"), "\"Infinity\"");
  EXPECT_EQ(Again("-1e400"), "\"-Infinity\"");
  EXPECT_EQ(Again("1e-400"), "0.0");
  EXPECT_EQ(Again("0.1"), "0.1");
  EXPECT_EQ(Again("123456789012345678.5"), "1.2345678901234568E17");
  EXPECT_EQ(Again("0.30000000000000004"), "0.30000000000000004");
  EXPECT_EQ(Again("3.141592653589793238462643383279"), "3.141592653589793");
  EXPECT_EQ(Again("1E3"), "1000.0");
  EXPECT_EQ(Again("[1,2]").size(), 5u);
}

TEST_F(JsonReaderTest, ShortDecimalsAreTheNearestDoubles) {
  uint64_t random = 88172645463325252ULL;
  for (int i = 0; i < 20'000; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    const std::string text =
        StrCat(random % 1'000'000'000, ".", random / 7 % 10'000'000 + 10'000'000);
    const StatusOr<sluice_value> value = Read(text);
    ASSERT_TRUE(value.ok());
    ASSERT_EQ(value->as.float64, std::strtod(text.c_str(), nullptr)) << text;
    if (i % 1000 == 0) arena_.Reset();
  }
}

TEST_F(JsonReaderTest, Strings) {
  EXPECT_EQ(Again(R"("a\"\\\/\b\f\n\r\t")"), R"("a\"\\/\b\f\n\r\t")");
  EXPECT_EQ(Again(R"("\u00e9\u20AC\ud83d\ude00")"), "\"\xC3\xA9\xE2\x82\xAC\\uD83D\\uDE00\"");
  EXPECT_EQ(Again(R"("\ud800 \udc00 \ud800\u0041")"), R"("? ? ?A")");
  EXPECT_EQ(Again(R"("\u0000")"), R"("\u0000")");
  EXPECT_EQ(Again("\"gr\xC3\xBCn and a long text behind\""),
            "\"gr\xC3\xBCn and a long text behind\"");
  EXPECT_EQ(Again("{\"\\u0061\":1}"), "{\"a\":1}");
}

TEST_F(JsonReaderTest, StringsWithoutEscapesAreNotCopied) {
  const std::string text = "\"0123456789abcdef\"";
  const StatusOr<sluice_value> value = Read(text);
  EXPECT_EQ(value->as.data, text.data() + 1);
}

TEST_F(JsonReaderTest, OfOneNameTheLastValueCounts) {
  EXPECT_EQ(Again(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
  EXPECT_EQ(Again(R"({"":1,"a":2,"":3,"\u0061":4})"), R"({"":3,"a":4})");
  std::string many = "{", merged;
  for (int i = 0; i < 200; ++i) StrAppend(many, i ? "," : "", "\"k", i % 100, "\":", i);
  for (int i = 0; i < 100; ++i) StrAppend(merged, i ? "," : "{", "\"k", i, "\":", i + 100);
  EXPECT_EQ(Again(many + "}"), merged + "}");
}

TEST_F(JsonReaderTest, WhatFollowsTheFirstValueIsIgnored) {
  EXPECT_EQ(Again("1 2"), "1");
  EXPECT_EQ(Again("{}x"), "{}");
  EXPECT_EQ(Again("\"a\"b"), "\"a\"");
  EXPECT_EQ(Again("true$"), "true");
  ExpectError("1,2", "Unexpected character (',' (code 44))");
  ExpectError("1x", "Unexpected character ('x' (code 120))");
  ExpectError("truex", "Unrecognized token 'truex'");
}

TEST_F(JsonReaderTest, RefusesWhatIsNoJson) {
  for (const char* text : {"[1,]",
                           "[,1]",
                           "[1 2]",
                           "{\"a\" 1}",
                           "{\"a\":1,}",
                           "{,}",
                           "{a:1}",
                           "{1:2}",
                           "{\"a\":}",
                           "nul",
                           "nullx",
                           "NaN",
                           "[NaN]",
                           "Infinity",
                           "'a'",
                           "+1",
                           ".5",
                           "[.5]",
                           "[1.]",
                           "1.e5",
                           "[1e]",
                           "[1e+]",
                           "-x",
                           "--1",
                           "/**/1",
                           "#1",
                           "]",
                           "}",
                           ":",
                           ",",
                           "[1}",
                           "{\"a\":1]",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"a\nb\"",
                           "\x01",
                           "1e99999999999",
                           "[1e2147483648]"}) {
    ExpectError(text, "JsonParseException");
  }
  for (const char* text : {"[", "{", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
                           "\"", "\"abc", "\"\\", "\"\\u12", "\"a\\\"", "-", "[-", "1e", "1."}) {
    ExpectError(text, "Exception: Unexpected end of input");
  }
  ExpectError("{\n \"a\": x}", "line: 2, column: 7");
  ExpectError({"\0", 1}, "(CTRL-CHAR, code 0)");
}

TEST_F(JsonReaderTest, RefusesMalformedUtf8) {
  for (const char* text : {"\"\xFF\"", "\"a\xC3\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"",
                           "\"\\n\xFF\"", "{\"\xFF\":1}", "\"long enough for sixteen\xE2\x82\""}) {
    ExpectError(text, "Invalid UTF-8");
  }
}

// Text is looked at in pieces of 16 bytes: whatever is special counts at each place of each length.
TEST_F(JsonReaderTest, WhatIsSpecialIsSeenAnywhere) {
  for (size_t size = 1; size <= 34; ++size) {
    for (size_t at = 0; at < size; ++at) {
      const std::string plain(size, 'x');
      const auto quoted = [&](std::string_view special) {
        return "\"" + plain.substr(0, at) + std::string(special) + plain.substr(at) + "\"";
      };
      for (const std::string& after : {std::string(), std::string(20, ' ')}) {
        EXPECT_EQ(Again(quoted("") + after), quoted(""));
        EXPECT_EQ(Again(quoted("\xC3\xA9") + after), quoted("\xC3\xA9"));
        EXPECT_EQ(Again(quoted("\\n") + after), quoted("\\n"));
        ExpectError(quoted("\x1F") + after, "control character");
        ExpectError(quoted("\xFF") + after, "Invalid UTF-8");
      }
    }
    ExpectError("\"" + std::string(size, 'x'), "end of input");
  }
}

TEST_F(JsonReaderTest, LimitsAreJacksons) {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  EXPECT_EQ(Again(deep), deep);
  ExpectError(std::string(1 << 20, '['),
              "StreamConstraintsException: Document nesting depth (1001) exceeds the maximum "
              "allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`)");
  EXPECT_EQ(Again(std::string(1000, '0') + "7"), "7");
  ExpectError(std::string(1001, '7'), "Number value length (1001) exceeds");
  ExpectError("1." + std::string(1000, '7'), "Number value length (1001) exceeds");
  ExpectError("{\"" + std::string(50'001, 'k') + "\":1}", "Name length (50001) exceeds");
}

TEST_F(JsonReaderTest, NumbersAsText) {
  const std::string text = R"({"schema": {"a": [1]} ,"payload":1.50,"schema":007})";
  const StatusOr<sluice_value> value = reader_.Read(text, JsonNumbers::kText, arena_);
  ASSERT_TRUE(value.ok());
  const sluice_value& payload = value->as.entries[1].value;
  EXPECT_EQ(payload.kind, kJsonNumber);
  EXPECT_EQ(payload.reserved[0], 1);
  EXPECT_EQ(abi::Text(payload), "1.50");
  EXPECT_EQ(abi::Text(value->as.entries[0].value), "007");
  ASSERT_EQ(reader_.root_members().size(), 3u);
  EXPECT_EQ(reader_.root_members()[0].text, "{\"a\": [1]}");
  EXPECT_EQ(reader_.root_members()[1].text, "1.50");
  EXPECT_EQ(reader_.Read("  ", JsonNumbers::kText, arena_)->kind, kJsonMissing);
}

TEST_F(JsonReaderTest, PrefixesTellWhereTheyEnd) {
  size_t used = 0;
  ASSERT_TRUE(reader_.ReadPrefix("  [1,2] , 3", JsonNumbers::kValues, arena_, used).ok());
  EXPECT_EQ(used, 7u);
  ASSERT_TRUE(reader_.ReadPrefix("12}", JsonNumbers::kValues, arena_, used).ok());
  EXPECT_EQ(used, 2u);
}

}  // namespace
}  // namespace sluice::record
