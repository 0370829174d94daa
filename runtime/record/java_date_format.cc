// Compiling patterns, and writing dates by them.
#include "runtime/record/java_date_format.h"

#include <algorithm>
#include <charconv>

#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/java_date_names.h"

namespace sluice::record {
namespace {

constexpr std::string_view kLetters = "GyYMLwWDdFEuaHkKhmsSzZX";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether a run of this letter begins with a digit, so that a number before it ends after as many
// characters as its own run has.
bool IsNumber(char letter, uint32_t count) {
  if (letter == 'M' || letter == 'L') return count <= 2;
  return std::string_view("yYwWDdFuHkKhmsS").find(letter) != std::string_view::npos;
}

Status BadPattern(std::string_view text) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.IllegalArgumentException",
                        text);
}

void AppendPadded(std::string& out, int64_t number, size_t width) {
  char digits[24];
  const uint64_t size = number < 0 ? -static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  const char* end = std::to_chars(digits, digits + sizeof digits, size).ptr;
  const auto length = static_cast<size_t>(end - digits);
  if (number < 0) out.push_back('-');
  if (length < width) out.append(width - length, '0');
  out.append(digits, length);
}

// The week in which `day` lies, counted from the one that holds `first`, which is 1.
int64_t WeekSince(int64_t first, int64_t day) {
  const int64_t weekday = ((first + 4) % 7 + 7) % 7;
  return (day - (first - weekday)) / 7 + 1;
}

struct Week {
  int64_t year;
  int64_t week;
};
Week WeekOfYear(const CalendarFields& fields, int64_t day) {
  const int64_t next_year = DayOfDate(fields.year + 1, 1, 1);
  const int64_t next_weekday = ((next_year + 4) % 7 + 7) % 7;
  if (day >= next_year - next_weekday) return {fields.year + 1, 1};
  return {fields.year, WeekSince(day - fields.year_day + 1, day)};
}

std::string_view Name(std::string_view name, uint32_t count) {
  return count >= 4 ? name : name.substr(0, kShortName);
}

void AppendField(std::string& out, char letter, uint32_t count, const CalendarFields& fields,
                 int64_t day) {
  switch (letter) {
    case 'G':
      return StrAppend(out, kEraNames[fields.year > 0]);
    case 'y':
    case 'Y': {
      const int64_t year = letter == 'Y'     ? WeekOfYear(fields, day).year
                           : fields.year > 0 ? fields.year
                                             : 1 - fields.year;
      return AppendPadded(out, count == 2 ? year % 100 : year, count);
    }
    case 'M':
    case 'L':
      if (count >= 3) return StrAppend(out, Name(kMonthNames[fields.month - 1], count));
      return AppendPadded(out, fields.month, count);
    case 'E':
      return StrAppend(out, Name(kWeekdayNames[fields.weekday], count));
    case 'a':
      return StrAppend(out, kHalfDayNames[fields.hour >= 12]);
    case 'z':
      return StrAppend(out, count < 4 ? "UTC" : "Coordinated Universal Time");
    case 'Z':
      return StrAppend(out, "+0000");
    case 'X':
      return out.push_back('Z');
    case 'w':
      return AppendPadded(out, WeekOfYear(fields, day).week, count);
    case 'W':
      return AppendPadded(out, WeekSince(day - fields.day + 1, day), count);
    case 'D':
      return AppendPadded(out, fields.year_day, count);
    case 'd':
      return AppendPadded(out, fields.day, count);
    case 'F':
      return AppendPadded(out, (fields.day - 1) / 7 + 1, count);
    case 'u':
      return AppendPadded(out, fields.weekday == 0 ? 7 : fields.weekday, count);
    case 'H':
      return AppendPadded(out, fields.hour, count);
    case 'k':
      return AppendPadded(out, fields.hour == 0 ? 24 : fields.hour, count);
    case 'K':
      return AppendPadded(out, fields.hour % 12, count);
    case 'h':
      return AppendPadded(out, fields.hour % 12 == 0 ? 12 : fields.hour % 12, count);
    case 'm':
      return AppendPadded(out, fields.minute, count);
    case 's':
      return AppendPadded(out, fields.second, count);
    default:  // S
      return AppendPadded(out, fields.millisecond, count);
  }
}

}  // namespace

StatusOr<JavaDateFormat> JavaDateFormat::Compile(std::string_view pattern, int64_t now_millis) {
  JavaDateFormat format(pattern);
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '\'') {  // two of them are one, inside a quotation and outside
      ++at;
      if (at < pattern.size() && pattern[at] == '\'') {
        format.AddText("'");
        ++at;
        continue;
      }
      for (;; ++at) {
        if (at == pattern.size()) return BadPattern("Unterminated quote");
        if (pattern[at] == '\'' && (at + 1 == pattern.size() || pattern[at + 1] != '\'')) break;
        if (pattern[at] == '\'') ++at;
        format.AddText(pattern.substr(at, 1));
      }
      ++at;
      continue;
    }
    if (!IsLetter(c)) {
      format.AddText(pattern.substr(at++, 1));
      continue;
    }
    if (kLetters.find(c) == std::string_view::npos) {
      return BadPattern(StrCat("Illegal pattern character '", c, "'"));
    }
    const size_t end = std::min(pattern.find_first_not_of(c, at), pattern.size());
    if (c == 'X' && end - at > 3) {
      return BadPattern(StrCat("invalid ISO 8601 format: length=", end - at));
    }
    format.parts_.push_back({c, static_cast<uint32_t>(end - at)});
    at = end;
  }
  CalendarFields start = FieldsOfMillis(now_millis);
  start.year -= 80;
  format.century_start_millis_ = MillisOfFields(start);
  format.century_start_year_ = static_cast<int>(start.year);
  format.Resolve();
  return format;
}

void JavaDateFormat::AddText(std::string_view text) {
  if (parts_.empty() || parts_.back().letter != 0) parts_.emplace_back();
  parts_.back().text.append(text);
}

// GregorianCalendar takes of several fields that tell the day, or the hour, the one that was set
// last; one that tells a week counts when a day of the week was set too. A pattern's fields are all
// set, in its order, so that this is known beforehand.
void JavaDateFormat::Resolve() {
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].letter != 0)
      places_[static_cast<size_t>(parts_[i].letter)] = static_cast<int>(i + 1);
    if (i + 1 < parts_.size()) {
      const Part& next = parts_[i + 1];
      parts_[i].followed_by_number = next.letter != 0 && IsNumber(next.letter, next.count);
    }
  }
  const auto place = [&](char a, char b = '\0') {
    return std::max(places_[static_cast<size_t>(a)], places_[static_cast<size_t>(b)]);
  };
  const auto both = [](int a, int b) { return a == 0 || b == 0 ? 0 : std::max(a, b); };
  const int weekday = place('E', 'u'), day = place('d'), month = place('M', 'L');
  int week_of_month = both(place('W'), weekday), in_month = both(place('F'), weekday);
  int week = both(place('w'), weekday);
  int best = std::max({day, week_of_month, in_month, place('D'), week});
  weekday_counts_ = weekday != 0;
  if (best == 0) {
    week_of_month = place('W');
    in_month = std::max(place('F'), weekday);
    week = place('w');
    best = std::max({week_of_month, in_month, week});
    if (best == 0) best = month;  // the first of the month
  }
  if (place('Y') > place('y')) {
    day_rule_ = DayRule::kWeekYear;
  } else if (best == day || best == 0 ||
             (best == month && day == 0 && week_of_month == 0 && in_month == 0 && week == 0 &&
              place('D') == 0)) {
    day_rule_ = DayRule::kDayOfMonth;
  } else if (best == week_of_month && place('W') >= place('w')) {
    day_rule_ = week_of_month == in_month && place('W') < place('F') ? DayRule::kWeekdayInMonth
                                                                     : DayRule::kWeekOfMonth;
  } else if (best == in_month && place('F') >= place('w')) {
    day_rule_ = DayRule::kWeekdayInMonth;
  } else {
    day_rule_ = best == place('D') ? DayRule::kDayOfYear : DayRule::kWeekOfYear;
  }
  const int half_day_hour = place('h', 'K'), full_hour = place('H', 'k');
  half_days_ = both(half_day_hour, place('a')) > full_hour || full_hour == 0;
}

void JavaDateFormat::Append(std::string& out, int64_t millis) const {
  const CalendarFields fields = FieldsOfMillis(millis);
  const int64_t day = DayOfMillis(millis);
  for (const Part& part : parts_) {
    if (part.letter == 0) {
      out.append(part.text);
    } else {
      AppendField(out, part.letter, part.count, fields, day);
    }
  }
}

}  // namespace sluice::record
