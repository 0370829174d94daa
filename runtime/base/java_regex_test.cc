#include "runtime/base/java_regex.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

bool Matches(std::string_view pattern, std::string_view text) {
  auto regex = JavaRegex::Compile(pattern);
  EXPECT_TRUE(regex.ok()) << pattern << ": " << Describe(regex.status());
  if (!regex.ok()) return false;
  auto matches = regex->Matches(text);
  EXPECT_TRUE(matches.ok()) << Describe(matches.status());
  return matches.ok() && *matches;
}

std::string Replace(std::string_view pattern, std::string_view text, std::string_view with) {
  auto regex = JavaRegex::Compile(pattern);
  if (!regex.ok()) return Describe(regex.status());
  std::string out;
  Status status = regex->ReplaceFirst(text, with, out);
  return status.ok() ? out : Describe(status);
}

TEST(JavaRegex, MatchesTheWholeText) {
  EXPECT_TRUE(Matches("a.*", "abc"));
  EXPECT_FALSE(Matches("a", "abc"));
  EXPECT_TRUE(Matches("a|ab", "ab"));  // goes on to the alternative that covers all
  EXPECT_TRUE(Matches("", ""));
  EXPECT_FALSE(Matches("", "x"));
  EXPECT_TRUE(Matches("(?i)ORDERS-\\d+", "orders-17"));
  EXPECT_TRUE(Matches("^(?!__).+$", "orders"));
  EXPECT_FALSE(Matches("^(?!__).+$", "__consumer_offsets"));
  EXPECT_TRUE(Matches("(?<=^)x++y*+", "xxy"));
  EXPECT_TRUE(Matches("(?<env>dev|prod)-\\k<env>", "dev-dev"));
}

TEST(JavaRegex, FindsAPart) {
  const auto regex = JavaRegex::Compile("^b|c$");
  ASSERT_TRUE(regex.ok());
  EXPECT_TRUE(*regex->Find("bx"));
  EXPECT_TRUE(*regex->Find("abc"));
  EXPECT_FALSE(*regex->Find("abd"));
  EXPECT_FALSE(*regex->Find(""));
}

TEST(JavaRegex, ReadsWhatOnlyJavaWrites) {
  EXPECT_TRUE(Matches("\\p{Lower}+", "abc"));
  EXPECT_FALSE(Matches("\\p{Lower}+", "aBc"));
  EXPECT_TRUE(Matches("[\\p{Alpha}_]+", "a_B"));
  EXPECT_TRUE(Matches("\\P{Digit}+", "abc"));
  EXPECT_TRUE(Matches("\\u0061b", "ab"));
  EXPECT_TRUE(Matches("\\Qa.b[\\E.", "a.b[c"));
  EXPECT_FALSE(Matches("\\Qa.b\\E", "axb"));
  EXPECT_TRUE(Matches("(?iu)ABC", "abc"));
  EXPECT_TRUE(Matches("(?u:abc)", "abc"));
  EXPECT_TRUE(Matches("\\p{IsLatin}\\p{L}\\pL", "abc"));
  EXPECT_TRUE(Matches("[\\[\\]&]+", "[&]"));
}

TEST(JavaRegex, RefusesWhatItWouldReadInAnotherWay) {
  for (std::string_view pattern :
       {"[a-z&&[^b]]", "[a[bc]]", "(?U)x",   "(*ACCEPT)", "a\\Kb", "(?R)", "(?P<n>x)",
        "(?|a)",       "\\C",     "(",       "a)",        "[a",    "*a",   "a\\",
        "\\p{Nope}",   "\\u12",   "(?<1>x)", "\\y",       "[]",    "\\p{"}) {
    auto regex = JavaRegex::Compile(pattern);
    ASSERT_FALSE(regex.ok()) << pattern;
    EXPECT_EQ(ExceptionClass(regex.status()), "java.util.regex.PatternSyntaxException");
    EXPECT_NE(Message(regex.status()).find(pattern), std::string_view::npos);
    EXPECT_NE(Message(regex.status()).find(" near index "), std::string_view::npos);
  }
}

TEST(JavaRegex, ReplacesTheFirstMatch) {
  EXPECT_EQ(Replace("(.*)-raw", "orders-raw", "$1"), "orders");
  EXPECT_EQ(Replace("(?<t>.*)-raw", "orders-raw", "x.${t}.y"), "x.orders.y");
  EXPECT_EQ(Replace("(a)(b)?", "a", "[$1$2$0]"), "[aa]");
  EXPECT_EQ(Replace("(a)", "a", "$12"), "a2");  // there is no group 12
  EXPECT_EQ(Replace("b", "abc", "\\$1\\\\"), "a$1\\c");
  EXPECT_EQ(Replace("b", "abcb", ""), "acb");
  EXPECT_EQ(Replace("a|ab", "ab", "x"), "xb");  // finds, where Matches covers
  EXPECT_EQ(Replace("z", "abc", "x"), "abc");
}

TEST(JavaRegex, SaysWhatIsWrongWithAReplacement) {
  EXPECT_EQ(Replace("a", "a", "$1"), "java.lang.IndexOutOfBoundsException: No group 1");
  EXPECT_EQ(Replace("a", "a", "${n}"),
            "java.lang.IllegalArgumentException: No group with name {n}");
  EXPECT_EQ(Replace("a", "a", "$"),
            "java.lang.IllegalArgumentException: Illegal group reference: group index is missing");
  EXPECT_EQ(Replace("a", "a", "$x"), "java.lang.IllegalArgumentException: Illegal group reference");
  EXPECT_EQ(Replace("a", "a", "\\"),
            "java.lang.IllegalArgumentException: character to be escaped is missing");
}

TEST(JavaRegex, GivesUpOnARunawayPattern) {
  auto regex = JavaRegex::Compile("(x+x+)+y");
  ASSERT_TRUE(regex.ok());
  auto matches = regex->Matches(std::string(5000, 'x'));
  ASSERT_FALSE(matches.ok());
  EXPECT_EQ(ExceptionClass(matches.status()), kDataException);
  EXPECT_NE(Message(matches.status()).find("match limit"), std::string_view::npos);
  // Machine code, which only these two use, counts its steps in another way. (That there is no y at
  // all is seen at once.)
  auto part = JavaRegex::Compile("(x+x+)+[yz]");
  ASSERT_TRUE(part.ok());
  const auto found = part->Find(std::string(5000, 'x'));
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(ExceptionClass(found.status()), kDataException);
  std::string out;
  EXPECT_EQ(ExceptionClass(part->ReplaceFirst(std::string(5000, 'x'), "", out)), kDataException);
}

TEST(JavaRegex, GoesOnWithoutMachineCodeWhereItsStackEnds) {
  auto regex = JavaRegex::Compile("(?:(a)|(b))*y");
  ASSERT_TRUE(regex.ok());
  const std::string text(20'000, 'a');
  const auto found = regex->Find(text + "y");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_TRUE(*found);
  std::string out;
  EXPECT_TRUE(regex->ReplaceFirst(text + "y", "$1", out).ok());
  EXPECT_EQ(out, "a");
}

TEST(JavaRegex, TakesTextThatIsNotUtf8) { EXPECT_FALSE(Matches("a", "\xff\xfe")); }

}  // namespace
}  // namespace sluice
