#include "runtime/record/calendar.h"

#include <string_view>

#include "runtime/base/text.h"

namespace sluice::record {
namespace {

constexpr int64_t kFirstGregorianDay = -141427;  // 1582-10-15

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
int64_t FloorMod(int64_t a, int64_t b) { return a - FloorDiv(a, b) * b; }

// Days of years that begin in March, so that a leap day comes last. Year 0 is 1 BC.
int64_t DayOfYearMonthDay(int64_t year, int64_t month, int64_t day, bool gregorian) {
  if (month <= 2) --year;
  const int64_t shifted = month > 2 ? month - 3 : month + 9;
  const int64_t year_day = (153 * shifted + 2) / 5 + day - 1;
  const int64_t julian = year * 365 + FloorDiv(year, 4) + year_day;
  if (gregorian) return julian - FloorDiv(year, 100) + FloorDiv(year, 400) - 719468;
  return julian - 719470;
}

void SetDate(CalendarFields& fields, int64_t day) {
  const bool gregorian = day >= kFirstGregorianDay;
  int64_t year, year_day;  // of the year that begins in March
  if (gregorian) {
    const int64_t shifted = day + 719468;
    const int64_t era = FloorDiv(shifted, 146097);
    const int64_t era_day = shifted - era * 146097;
    const int64_t era_year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    year = era_year + era * 400;
    year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
  } else {
    const int64_t shifted = day + 719470;
    const int64_t era = FloorDiv(shifted, 1461);
    const int64_t era_day = shifted - era * 1461;
    const int64_t era_year = (era_day - era_day / 1460) / 365;
    year = era_year + era * 4;
    year_day = era_day - 365 * era_year;
  }
  const int64_t month = (5 * year_day + 2) / 153;
  fields.day = static_cast<int>(year_day - (153 * month + 2) / 5 + 1);
  fields.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  fields.year = fields.month <= 2 ? year + 1 : year;
  fields.weekday = static_cast<int>(FloorMod(day + 4, 7));
  fields.year_day =
      static_cast<int>(day - DayOfDate(fields.year, 1, 1) + 1);  // 1582 began in the other calendar
}

void AppendPadded(std::string& out, int64_t number, size_t width) {
  const std::string digits = StrCat(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out.append(digits);
}

void AppendTime(std::string& out, const CalendarFields& fields) {
  AppendPadded(out, fields.hour, 2);
  out.push_back(':');
  AppendPadded(out, fields.minute, 2);
  out.push_back(':');
  AppendPadded(out, fields.second, 2);
}

// Years before the first are counted backwards from 1 BC: without an era, 0 prints as 1.
int64_t YearOfEra(int64_t year) { return year > 0 ? year : 1 - year; }

}  // namespace

int64_t DayOfMillis(int64_t millis) { return FloorDiv(millis, kMillisPerDay); }
int64_t MillisOfDay(int64_t millis) { return FloorMod(millis, kMillisPerDay); }

CalendarFields FieldsOfMillis(int64_t millis) {
  CalendarFields fields;
  SetDate(fields, DayOfMillis(millis));
  const auto of_day = static_cast<int>(MillisOfDay(millis));
  fields.millisecond = of_day % 1000;
  fields.second = of_day / 1000 % 60;
  fields.minute = of_day / 60000 % 60;
  fields.hour = of_day / 3600000;
  return fields;
}

int64_t DayOfDate(int64_t year, int64_t month, int64_t day) {
  const int64_t months = month - 1;
  year += FloorDiv(months, 12);
  month = FloorMod(months, 12) + 1;
  const int64_t gregorian = DayOfYearMonthDay(year, month, day, true);
  return gregorian >= kFirstGregorianDay ? gregorian : DayOfYearMonthDay(year, month, day, false);
}

int64_t MillisOfFields(const CalendarFields& fields) {
  const int64_t day = DayOfDate(fields.year, fields.month, fields.day);
  const uint64_t time = static_cast<uint64_t>(
      ((static_cast<int64_t>(fields.hour) * 60 + fields.minute) * 60 + fields.second) * 1000 +
      fields.millisecond);
  return static_cast<int64_t>(static_cast<uint64_t>(day) * kMillisPerDay + time);
}

void AppendJavaDate(std::string& out, int64_t millis) {
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CalendarFields fields = FieldsOfMillis(millis);
  StrAppend(out, kDays[fields.weekday], " ", kMonths[fields.month - 1], " ");
  AppendPadded(out, fields.day, 2);
  out.push_back(' ');
  AppendTime(out, fields);
  StrAppend(out, " UTC ", YearOfEra(fields.year));
}

void AppendIsoDate(std::string& out, int64_t millis) {
  const CalendarFields fields = FieldsOfMillis(millis);
  AppendPadded(out, YearOfEra(fields.year), 4);
  out.push_back('-');
  AppendPadded(out, fields.month, 2);
  out.push_back('-');
  AppendPadded(out, fields.day, 2);
}

void AppendIsoTime(std::string& out, int64_t millis) {
  const CalendarFields fields = FieldsOfMillis(millis);
  AppendTime(out, fields);
  out.push_back('.');
  AppendPadded(out, fields.millisecond, 3);
  out.push_back('Z');
}

void AppendIsoTimestamp(std::string& out, int64_t millis) {
  AppendIsoDate(out, millis);
  out.push_back('T');
  AppendIsoTime(out, millis);
}

}  // namespace sluice::record
