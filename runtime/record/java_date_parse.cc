// Reading dates by a pattern.
#include <algorithm>
#include <cmath>

#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/java_date_format.h"
#include "runtime/record/java_date_names.h"

namespace sluice::record {

struct JavaDateFormat::Fields {
  int year = 1970, week_year = 0, month = 0, day = 1, year_day = 1;
  int week = 1, week_of_month = 1, weekday = 1, weekday_in_month = 1;  // weekday: 1 is Sunday
  int half_day = 0, half_day_hour = 0, hour = 0, minute = 0, second = 0, millisecond = 0;
  int zone_minutes = 0;
  bool before_christ = false;
  bool ambiguous_year = false;  // two digits that may be of either century
};

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int ToInt(double number) {  // a long is cut to its last 32 bits, a double is not
  if (std::abs(number) < 9.2e18) return static_cast<int>(static_cast<int64_t>(number));
  return number < 0 ? INT32_MIN : INT32_MAX;
}

// A number as DecimalFormat takes it for an integer: minus, digits, an exponent. False: none.
bool TakeNumber(std::string_view text, size_t& at, int& number) {
  size_t i = at;
  const bool negative = i < text.size() && text[i] == '-';
  if (negative) ++i;
  const size_t digits = i;
  int64_t whole = 0;
  double real = 0;
  for (; i < text.size() && IsDigit(text[i]); ++i) {
    if (i - digits < 18) whole = whole * 10 + (text[i] - '0');
    real = real * 10 + (text[i] - '0');
  }
  if (i == digits) return false;
  const bool fits = i - digits <= 18;
  size_t exponent = i + 1;
  if (i < text.size() && text[i] == 'E') {
    const bool down = exponent < text.size() && text[exponent] == '-';
    if (down) ++exponent;
    int power = 0;
    const size_t first = exponent;
    for (; exponent < text.size() && IsDigit(text[exponent]); ++exponent) {
      power = std::min(power * 10 + (text[exponent] - '0'), 10'000);
    }
    if (exponent > first) {
      const double scaled = real * std::pow(10, down ? -power : power);
      number = ToInt(negative ? -scaled : scaled);
      at = exponent;
      return true;
    }
  }
  number = fits ? static_cast<int>(negative ? -whole : whole) : ToInt(negative ? -real : real);
  at = i;
  return true;
}

bool StartsWith(std::string_view text, std::string_view name) {
  return text.size() >= name.size() && EqualsIgnoreCase(text.substr(0, name.size()), name);
}

// The index of the name that the text begins with, the long one or its first three letters.
template <size_t size>
bool TakeName(std::string_view text, const std::string_view (&names)[size], size_t& at,
              int& index) {
  for (size_t i = 0; i < size; ++i) {
    if (!StartsWith(text.substr(at), names[i].substr(0, kShortName))) continue;
    at += StartsWith(text.substr(at), names[i]) ? names[i].size() : kShortName;
    index = static_cast<int>(i);
    return true;
  }
  return false;
}

// hh, hhmm or hh:mm; with `one_digit` h:mm too.
bool TakeZone(std::string_view text, size_t& at, bool minutes, bool colon, bool one_digit,
              int& zone) {
  size_t i = at;
  const auto digit = [&](size_t place) { return place < text.size() && IsDigit(text[place]); };
  if (!digit(i)) return false;
  int hours = text[i++] - '0';
  if (digit(i)) {
    hours = hours * 10 + (text[i++] - '0');
  } else if (!one_digit) {
    return false;
  }
  if (hours > 23) return false;
  zone = hours * 60;
  if (minutes) {
    if (colon && (i == text.size() || text[i++] != ':')) return false;
    if (!digit(i) || !digit(i + 1)) return false;
    const int of_hour = (text[i] - '0') * 10 + (text[i + 1] - '0');
    if (of_hour > 59) return false;
    zone += of_hour;
    i += 2;
  }
  at = i;
  return true;
}

// z and Z: +hhmm, GMT, GMT+h:mm, a name.
bool TakeNamedZone(std::string_view text, size_t start, size_t& at, int& zone) {
  const auto sign_at = [&](size_t place) {
    return place >= text.size() ? 0 : text[place] == '+' ? 1 : text[place] == '-' ? -1 : 0;
  };
  int sign = sign_at(at);
  if (sign != 0) {
    if (!TakeZone(text, ++at, true, false, false, zone)) return false;
    zone *= sign;
    return true;
  }
  if (at == start && StartsWith(text.substr(at), "GMT")) {  // behind blanks it is but a name
    at += 3;
    zone = 0;
    sign = sign_at(at);
    if (sign == 0) return true;
    if (!TakeZone(text, ++at, true, true, true, zone)) return false;
    zone *= sign;
    return true;
  }
  for (const ZoneName& known : kZoneNames) {
    if (!StartsWith(text.substr(at), known.name)) continue;
    at += known.name.size();
    zone = known.minutes;
    return true;
  }
  return false;
}

bool TakeIsoZone(std::string_view text, uint32_t count, size_t& at, int& zone) {
  const char c = text[at++];
  if (c == 'Z') {
    zone = 0;
    return true;
  }
  if (c != '+' && c != '-') return false;
  if (!TakeZone(text, at, count > 1, count == 3, false, zone)) return false;
  if (c == '-') zone = -zone;
  return true;
}

// As many bytes as `count` of Java's characters have from `start`; nothing if there are fewer.
std::optional<size_t> Width(std::string_view text, size_t start, uint32_t count) {
  size_t at = start;
  for (uint32_t taken = 0; taken < count;) {
    if (at >= text.size()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(text[at]);
    const size_t bytes = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    at += bytes;
    taken += bytes == 4 ? 2 : 1;
  }
  return std::min(at, text.size());
}

int64_t FloorMod7(int64_t number) { return (number % 7 + 7) % 7; }
// The last day not after `day` that is this day of the week.
int64_t OnOrBefore(int64_t day, int64_t weekday) { return day - FloorMod7(day + 5 - weekday); }

}  // namespace

std::optional<int64_t> JavaDateFormat::Parse(std::string_view text) const {
  Fields fields;
  size_t at = 0;
  for (const Part& part : parts_) {
    if (part.letter != 0) {
      if (!ParsePart(part, text, at, fields)) return std::nullopt;
    } else if (text.substr(at).starts_with(part.text)) {
      at += part.text.size();
    } else {
      return std::nullopt;
    }
  }
  if (at == 0) return std::nullopt;
  int64_t millis = MillisOf(fields);
  if (fields.ambiguous_year && millis < century_start_millis_) {
    const auto later = [](int year) {  // as Java's int: one that was not asked for may wrap round
      return static_cast<int>(static_cast<uint32_t>(year) + 100);
    };
    fields.year = later(fields.year);
    fields.week_year = later(fields.week_year);
    millis = MillisOf(fields);
  }
  return millis;
}

bool JavaDateFormat::ParsePart(const Part& part, std::string_view text, size_t& at,
                               Fields& fields) const {
  const size_t start = at;  // names are looked for here, numbers and zones behind blanks
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  if (at == text.size()) return false;
  int index = 0;
  switch (part.letter) {
    case 'G':
      for (const auto& names : {kEraNames, kLongEraNames}) {
        for (int i : {0, 1}) {
          if (!StartsWith(text.substr(start), names[i])) continue;
          fields.before_christ = i == 0;
          at = start + names[i].size();
          return true;
        }
      }
      return false;
    case 'M':
    case 'L':
      if (part.count <= 2) return ParseNumber(part, text, start, at, fields);
      at = start;
      return TakeName(text, kMonthNames, at, fields.month);
    case 'E':
      at = start;
      if (!TakeName(text, kWeekdayNames, at, index)) return false;
      fields.weekday = index + 1;
      return true;
    case 'a':
      at = start;
      return TakeName(text, kHalfDayNames, at, fields.half_day);
    case 'z':
    case 'Z':
      return TakeNamedZone(text, start, at, fields.zone_minutes);
    case 'X':
      return TakeIsoZone(text, part.count, at, fields.zone_minutes);
    default:
      return ParseNumber(part, text, start, at, fields);
  }
}

bool JavaDateFormat::ParseNumber(const Part& part, std::string_view text, size_t start, size_t& at,
                                 Fields& fields) const {
  if (part.followed_by_number) {
    const std::optional<size_t> end = Width(text, start, part.count);
    if (!end) return false;
    text = text.substr(0, *end);
  }
  const size_t first = at;
  int value = 0;
  if (!TakeNumber(text, at, value)) return false;
  const bool two_digits = at - first == 2 && IsDigit(text[first]) && IsDigit(text[first + 1]);
  SetNumber(part, value, two_digits, fields);
  return true;
}

void JavaDateFormat::SetNumber(const Part& part, int value, bool two_digits, Fields& fields) const {
  switch (part.letter) {
    case 'y':
    case 'Y':
      if (part.count <= 2 && two_digits) {
        const int border = century_start_year_ % 100;
        fields.ambiguous_year = value == border;
        value += century_start_year_ / 100 * 100 + (value < border ? 100 : 0);
      }
      (part.letter == 'y' ? fields.year : fields.week_year) = value;
      return;
    case 'M':
    case 'L':
      fields.month = static_cast<int>(static_cast<uint32_t>(value) - 1);
      return;
    case 'k':
      fields.hour = value == 24 ? 0 : value;
      return;
    case 'h':
      fields.half_day_hour = value == 12 ? 0 : value;
      return;
    case 'u':  // 1 is Monday; others than 1 to 7 are put right later
      fields.weekday = value < 1 || value > 7 ? value : value % 7 + 1;
      return;
    case 'H':
      fields.hour = value;
      return;
    case 'K':
      fields.half_day_hour = value;
      return;
    case 'd':
      fields.day = value;
      return;
    case 'D':
      fields.year_day = value;
      return;
    case 'w':
      fields.week = value;
      return;
    case 'W':
      fields.week_of_month = value;
      return;
    case 'F':
      fields.weekday_in_month = value;
      return;
    case 'm':
      fields.minute = value;
      return;
    case 's':
      fields.second = value;
      return;
    default:
      fields.millisecond = value;
  }
}

int64_t JavaDateFormat::DayOf(const Fields& fields) const {
  const int64_t year = fields.before_christ ? 1 - int64_t{fields.year} : fields.year;
  const int64_t month = int64_t{fields.month} + 1;
  const int64_t weekday = weekday_counts_ ? fields.weekday : 1;
  switch (day_rule_) {
    case DayRule::kDayOfMonth:
      return DayOfDate(year, month, fields.day);
    case DayRule::kDayOfYear:
      return DayOfDate(year, 1, fields.year_day);
    case DayRule::kWeekOfMonth:
      return OnOrBefore(OnOrBefore(DayOfDate(year, month, 1), 1) + 6, weekday) +
             7 * (int64_t{fields.week_of_month} - 1);
    case DayRule::kWeekOfYear:
      return OnOrBefore(OnOrBefore(DayOfDate(year, 1, 1), 1) + 6, weekday) +
             7 * (int64_t{fields.week} - 1);
    case DayRule::kWeekdayInMonth: {
      const int64_t first = DayOfDate(year, month, 1), nth = fields.weekday_in_month;
      if (nth >= 0) return OnOrBefore(first + 7 * nth - 1, weekday);
      return OnOrBefore(DayOfDate(year, month + 1, 1) + 7 * (nth + 1) - 1, weekday);
    }
    case DayRule::kWeekYear:
      break;
  }
  int64_t week = fields.week, day = weekday;
  if (day >= 8) {
    --day;
    week += day / 7;
    day = day % 7 + 1;
    day = day % 7 + 1;
  } else if (day <= 0) {
    const int64_t weeks = (7 - day) / 7;
    day += 7 * weeks;
    week -= weeks;
    day = day % 7 + 1;
  }
  return OnOrBefore(DayOfDate(fields.week_year, 1, 1), 1) + day - 1 + 7 * (week - 1);
}

int64_t JavaDateFormat::MillisOf(const Fields& fields) const {
  const int64_t hour =
      half_days_ ? int64_t{fields.half_day} * 12 + fields.half_day_hour : int64_t{fields.hour};
  const int64_t time = ((hour * 60 + fields.minute) * 60 + fields.second) * 1000 +
                       fields.millisecond - int64_t{fields.zone_minutes} * 60'000;
  return static_cast<int64_t>(static_cast<uint64_t>(DayOf(fields)) *
                                  static_cast<uint64_t>(kMillisPerDay) +
                              static_cast<uint64_t>(time));
}

}  // namespace sluice::record
