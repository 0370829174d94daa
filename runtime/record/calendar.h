// Java's calendar in UTC: milliseconds since the epoch <-> year, month, day and time, in the Julian
// calendar before 1582-10-15 and the Gregorian one from then on, as java.util.GregorianCalendar has
// it. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_RECORD_CALENDAR_H_
#define SLUICE_RUNTIME_RECORD_CALENDAR_H_

#include <cstdint>
#include <string>

namespace sluice::record {

inline constexpr int64_t kMillisPerDay = 24 * 60 * 60 * 1000;

struct CalendarFields {
  int64_t year = 1970;  // 0 is 1 BC
  int month = 1;        // 1 .. 12
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  int weekday = 0;   // 0 is Sunday
  int year_day = 1;  // 1 .. 366
};

CalendarFields FieldsOfMillis(int64_t millis);
// Lenient: a month 13 is January of the next year, a day 0 the last one of the month before. Reads
// neither weekday nor year_day. Fields far out of any calendar wrap.
int64_t MillisOfFields(const CalendarFields& fields);
// The day since the epoch, as lenient.
int64_t DayOfDate(int64_t year, int64_t month, int64_t day);
// Days since the epoch, rounded down, and what is left of the day.
int64_t DayOfMillis(int64_t millis);
int64_t MillisOfDay(int64_t millis);

// java.util.Date.toString: Thu Jan 01 00:00:00 UTC 1970.
void AppendJavaDate(std::string& out, int64_t millis);
// yyyy-MM-dd, HH:mm:ss.SSS'Z', and both joined by a T, as SimpleDateFormat writes them.
void AppendIsoDate(std::string& out, int64_t millis);
void AppendIsoTime(std::string& out, int64_t millis);
void AppendIsoTimestamp(std::string& out, int64_t millis);

}  // namespace sluice::record

#endif  // SLUICE_RUNTIME_RECORD_CALENDAR_H_
