#include "runtime/base/text.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(TextTest, CatAndJoin) {
  EXPECT_EQ(StrCat("a", 1, 'b', true, std::string("c"), std::string_view("d")), "a1btruecd");
  EXPECT_EQ(StrJoin(std::vector<int>{1, 2, 3}, ", "), "1, 2, 3");
  EXPECT_EQ(StrJoin(std::vector<int>{}, ", "), "");
}

TEST(TextTest, TrimAndSplit) {
  EXPECT_EQ(Trim(" \t\r\n x y \x01"), "x y");
  EXPECT_EQ(Trim("   "), "");
  EXPECT_EQ(Split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(Split("", ','), (std::vector<std::string_view>{""}));
  EXPECT_EQ(SplitList(" a , b ,c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(SplitList("a,,b"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(SplitList("").empty());
  EXPECT_TRUE(SplitList("  ").empty());
}

TEST(TextTest, Case) {
  EXPECT_EQ(ToLower("AbZ\xC3\x84"), "abz\xC3\x84");
  EXPECT_TRUE(EqualsIgnoreCase("True", "tRUE"));
  EXPECT_FALSE(EqualsIgnoreCase("True", "tru"));
}

TEST(TextTest, ParseInt64) {
  EXPECT_EQ(ParseInt64("12"), 12);
  EXPECT_EQ(ParseInt64("+12"), 12);
  EXPECT_EQ(ParseInt64("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  for (std::string_view bad :
       {"", "+", "-", "+-1", "1 ", " 1", "1x", "9223372036854775808", "0x1"}) {
    EXPECT_FALSE(ParseInt64(bad)) << bad;
  }
}

// What `new String(bytes, UTF_8)` gives under Java 17.
TEST(TextTest, MalformedUtf8BecomesWhatJavaMakesOfIt) {
  struct Case {
    std::string text;
    std::string expected;  // `?` stands for U+FFFD
  };
  const Case cases[] = {
      {"\x80", "?"},
      {"a\xC3", "a?"},
      {"\xC3\x41", "?A"},
      {"\xC0\x80", "??"},
      {"\xE2\x82", "?"},
      {"\xE2\x82\x41", "?A"},
      {"\xE0\x80\x80", "???"},
      {"\xED\xA0\x80", "?"},  // an encoded surrogate
      {"\xED\xA0\x41", "?A"},
      {"\xF0\x9F\x98", "?"},
      {"\xF0\x9F\x98\x41", "?A"},
      {"\xF0\x80\x80\x80", "????"},
      {"\xF4\x90\x80\x80", "????"},
      {"\xF5\x80", "??"},
      {"\xFF\xFE", "??"},
      {"0123456789abcdef\x80tail of sixteen bytes", "0123456789abcdef?tail of sixteen bytes"},
  };
  for (const Case& c : cases) {
    std::string expected;
    for (char ch : c.expected) StrAppend(expected, ch == '?' ? "\xEF\xBF\xBD" : std::string(1, ch));
    EXPECT_EQ(ReplaceInvalidUtf8(c.text), expected);
    EXPECT_NE(FindInvalidUtf8(c.text), std::string_view::npos) << expected;
  }
}

TEST(TextTest, WellFormedUtf8Stays) {
  const std::string good =
      "plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \xED\x9F\xBF \xEF\xBF\xBF end";
  EXPECT_EQ(FindInvalidUtf8(good), std::string_view::npos);
  EXPECT_EQ(ReplaceInvalidUtf8(good), good);
  EXPECT_EQ(FindInvalidUtf8(good + "\xC3"), good.size());
  EXPECT_EQ(FindInvalidUtf8(""), std::string_view::npos);
}

TEST(TextTest, MalformedUtf8IsFoundAtEveryPlace) {
  for (size_t size = 1; size < 80; ++size) {
    std::string text(size, 'x');
    EXPECT_EQ(FindInvalidUtf8(text), std::string_view::npos) << size;
    for (size_t at = 0; at < size; ++at) {
      text[at] = '\xFF';
      EXPECT_EQ(FindInvalidUtf8(text), at) << size;
      if (at >= 2) {  // behind a character of two bytes
        std::string two = text;
        two.replace(at - 2, 2, "\xC3\xBC");
        EXPECT_EQ(FindInvalidUtf8(two), at) << size;
      }
      text[at] = 'x';
    }
  }
}

std::string JavaDouble(double value) {
  std::string out;
  AppendJavaDouble(out, value);
  return out;
}
std::string JavaFloat(float value) {
  std::string out;
  AppendJavaFloat(out, value);
  return out;
}

TEST(TextTest, NumbersAsJavaPrintsThem) {
  EXPECT_EQ(JavaDouble(0), "0.0");
  EXPECT_EQ(JavaDouble(-0.0), "-0.0");
  EXPECT_EQ(JavaDouble(1), "1.0");
  EXPECT_EQ(JavaDouble(-1.5), "-1.5");
  EXPECT_EQ(JavaDouble(100), "100.0");
  EXPECT_EQ(JavaDouble(9999999), "9999999.0");
  EXPECT_EQ(JavaDouble(1e7), "1.0E7");
  EXPECT_EQ(JavaDouble(12345678.5), "1.23456785E7");
  EXPECT_EQ(JavaDouble(0.001), "0.001");
  EXPECT_EQ(JavaDouble(0.00012), "1.2E-4");
  EXPECT_EQ(JavaDouble(0.1), "0.1");
  EXPECT_EQ(JavaDouble(1.7976931348623157e308), "1.7976931348623157E308");
  EXPECT_EQ(JavaDouble(4.9e-324), "4.9E-324");
  EXPECT_EQ(JavaDouble(0x1p-44), "5.6843418860808015E-14");  // since JDK 19: 5.684341886080802E-14
  EXPECT_EQ(JavaDouble(2e23), "1.9999999999999998E23");      // since JDK 19: 2.0E23
  EXPECT_EQ(JavaDouble(2.0e-3), "0.002");
  EXPECT_EQ(JavaDouble(9007199254740992), "9.007199254740992E15");
  EXPECT_EQ(JavaDouble(9223372036854775807.0), "9.223372036854776E18");
  EXPECT_EQ(JavaDouble(1.0e22), "1.0E22");
  EXPECT_EQ(JavaDouble(2.2250738585072014e-308), "2.2250738585072014E-308");
  EXPECT_EQ(JavaDouble(-2.4676985463028642e25), "-2.4676985463028642E25");
  EXPECT_EQ(JavaFloat(6.6096016e25f), "6.6096016E25");
  EXPECT_EQ(JavaFloat(1.4e-45f), "1.4E-45");
  EXPECT_EQ(JavaFloat(16777216.0f), "1.6777216E7");
  EXPECT_EQ(JavaDouble(std::nan("")), "NaN");
  EXPECT_EQ(JavaDouble(-INFINITY), "-Infinity");
  EXPECT_EQ(JavaFloat(3.4028235e38f), "3.4028235E38");
  EXPECT_EQ(JavaFloat(1.1f), "1.1");
  EXPECT_EQ(JavaFloat(1e10f), "1.0E10");
}

TEST(TextTest, Base64) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("a"), "YQ==");
  EXPECT_EQ(Base64Encode("ab"), "YWI=");
  EXPECT_EQ(Base64Encode("abc"), "YWJj");
  EXPECT_EQ(Base64Encode("\xFB\xFF"), "+/8=");
  EXPECT_EQ(Base64Decode("+/8="), "\xFB\xFF");
  EXPECT_EQ(Base64Decode("YWI"), "ab");
  EXPECT_EQ(Base64Decode(""), "");
  for (std::string_view bad : {"Y", "YQ=", "Y===", "Y Q=", "YQ==YQ==", "-_8="}) {
    EXPECT_FALSE(Base64Decode(bad)) << bad;
  }
}

}  // namespace
}  // namespace sluice
