#include "runtime/record/calendar.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace sluice::record {
namespace {

std::string JavaDate(int64_t millis) {
  std::string text;
  AppendJavaDate(text, millis);
  return text;
}
std::string Timestamp(int64_t millis) {
  std::string text;
  AppendIsoTimestamp(text, millis);
  return text;
}

TEST(CalendarTest, PrintsAsJavaDoes) {
  EXPECT_EQ(JavaDate(0), "Thu Jan 01 00:00:00 UTC 1970");
  EXPECT_EQ(JavaDate(-1), "Wed Dec 31 23:59:59 UTC 1969");
  EXPECT_EQ(JavaDate(951782400000), "Tue Feb 29 00:00:00 UTC 2000");
  EXPECT_EQ(JavaDate(1700000000123), "Tue Nov 14 22:13:20 UTC 2023");
  EXPECT_EQ(Timestamp(1700000000123), "2023-11-14T22:13:20.123Z");
}

TEST(CalendarTest, TheDayBeforeTheGregorianCalendarIsTenDaysEarlier) {
  const int64_t first = int64_t{-141427} * kMillisPerDay;
  EXPECT_EQ(Timestamp(first), "1582-10-15T00:00:00.000Z");
  EXPECT_EQ(Timestamp(first - 1), "1582-10-04T23:59:59.999Z");
  EXPECT_EQ(JavaDate(first - 1), "Thu Oct 04 23:59:59 UTC 1582");
}

TEST(CalendarTest, FieldsAndBack) {
  for (int64_t day = -800'000; day < 800'000; day += 37) {
    const int64_t millis = day * kMillisPerDay + 12'345'678;
    EXPECT_EQ(MillisOfFields(FieldsOfMillis(millis)), millis) << day;
  }
  EXPECT_EQ(FieldsOfMillis(0).weekday, 4);
  EXPECT_EQ(FieldsOfMillis(951782400000).year_day, 60);
}

TEST(CalendarTest, IsLenient) {
  CalendarFields fields;
  fields.year = 2020;
  fields.month = 14;
  fields.day = 0;
  fields.hour = 25;
  EXPECT_EQ(Timestamp(MillisOfFields(fields)), "2021-02-01T01:00:00.000Z");
}

TEST(CalendarTest, FarAwayDoesNoHarm) {
  EXPECT_FALSE(JavaDate(INT64_MAX).empty());
  EXPECT_FALSE(JavaDate(INT64_MIN).empty());
}

}  // namespace
}  // namespace sluice::record
