// What the real class answers to some hundred patterns and texts is in runtime/transform/peer_test;
// here is what depends on the time, and what it says of bad patterns.
#include "runtime/record/java_date_format.h"

#include <gtest/gtest.h>

#include "runtime/base/status.h"
#include "runtime/record/calendar.h"

namespace sluice::record {
namespace {

constexpr int64_t kNow = 1'577'840'523'045;  // 2020-01-01T01:02:03.045Z

JavaDateFormat Compile(std::string_view pattern, int64_t now = kNow) {
  return *JavaDateFormat::Compile(pattern, now);
}
std::string Format(std::string_view pattern, int64_t millis) {
  std::string text;
  Compile(pattern).Append(text, millis);
  return text;
}
int64_t Day(int64_t year, int64_t month, int64_t day) {
  return DayOfDate(year, month, day) * kMillisPerDay;
}

TEST(JavaDateFormat, WritesAndReadsBack) {
  const JavaDateFormat format = Compile("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  std::string text;
  format.Append(text, kNow);
  EXPECT_EQ(text, "2020-01-01T01:02:03.045Z");
  EXPECT_EQ(format.Parse(text), kNow);
  EXPECT_EQ(format.pattern(), "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  EXPECT_EQ(Format("EEEE, d MMMM yyyy h:mm a", kNow), "Wednesday, 1 January 2020 1:02 AM");
}

TEST(JavaDateFormat, DaysOfFourCenturiesReadBack) {
  const JavaDateFormat days = Compile("yyyy-MM-dd"), numbered = Compile("yyyyDDD"),
                       weeks = Compile("YYYY-'W'ww-E"), in_month = Compile("yyyy MM W u");
  for (int64_t day = DayOfDate(1600, 1, 1); day < DayOfDate(2000, 1, 1); day += 19) {
    for (const JavaDateFormat* format : {&days, &numbered, &weeks, &in_month}) {
      std::string text;
      format->Append(text, day * kMillisPerDay);
      ASSERT_EQ(format->Parse(text), day * kMillisPerDay) << format->pattern() << " " << text;
    }
  }
}

TEST(JavaDateFormat, TwoDigitsAreOfTheEightyYearsBeforeAndTheTwentyAfter) {
  const JavaDateFormat format = Compile("yy-MM-dd", Day(2026, 11, 26));  // from 1946-11-26
  EXPECT_EQ(format.Parse("26-01-01"), Day(2026, 1, 1));
  EXPECT_EQ(format.Parse("45-12-31"), Day(2045, 12, 31));
  EXPECT_EQ(format.Parse("47-01-01"), Day(1947, 1, 1));
  EXPECT_EQ(format.Parse("46-11-25"), Day(2046, 11, 25));  // the border's year has both
  EXPECT_EQ(format.Parse("46-11-27"), Day(1946, 11, 27));
  EXPECT_EQ(format.Parse("046-11-27"), Day(46, 11, 27));  // three digits are what they are
  EXPECT_EQ(Compile("YY", Day(2026, 11, 26)).Parse("30"),
            Day(2029, 12, 30));  // its first week's Sunday
  // A hundred years more are added to both kinds of year: the other one may be Java's last.
  EXPECT_EQ(Compile("Y yy", Day(2026, 11, 26)).Parse("2147483647 46"), Day(2046, 1, 1));
}

TEST(JavaDateFormat, RefusesBadPatterns) {
  const std::pair<std::string_view, std::string_view> kBad[] = {
      {"yyyy-qq", "Illegal pattern character 'q'"}, {"T", "Illegal pattern character 'T'"},
      {"e", "Illegal pattern character 'e'"},       {"'yyyy", "Unterminated quote"},
      {"yyyy''''a'", "Unterminated quote"},         {"XXXX", "invalid ISO 8601 format: length=4"}};
  for (const auto& [pattern, text] : kBad) {
    const Status status = JavaDateFormat::Compile(pattern, kNow).status();
    EXPECT_EQ(Describe(status), "java.lang.IllegalArgumentException: " + std::string(text))
        << pattern;
  }
}

TEST(JavaDateFormat, EmptyTextsAndPatterns) {
  EXPECT_EQ(Format("", kNow), "");
  EXPECT_EQ(Compile("").Parse(""), std::nullopt);
  EXPECT_EQ(Compile("").Parse("x"), std::nullopt);
  EXPECT_EQ(Compile("yyyy").Parse(" "), std::nullopt);
  EXPECT_EQ(Compile("X").Parse("+"), std::nullopt);
  EXPECT_EQ(Compile("z").Parse("GMT+"), std::nullopt);
}

}  // namespace
}  // namespace sluice::record
