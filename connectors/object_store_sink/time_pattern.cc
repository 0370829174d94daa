#include "connectors/object_store_sink/time_pattern.h"

#include <chrono>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

constexpr std::string_view kLetters = "GCYyxweEDMdaKhkHmsSzZ";
constexpr int64_t kDayMs = 86'400'000;

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
constexpr std::string_view kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};

// All that a pattern may ask for.
struct Fields {
  int64_t year, weekyear;
  unsigned month, day, day_of_year, weekday /* Monday is 1 */, week, ms_of_day;
};

Fields FieldsOf(int64_t local_ms) {
  using std::chrono::days;
  using std::chrono::sys_days;
  int64_t day = local_ms / kDayMs;
  int64_t of_day = local_ms % kDayMs;
  if (of_day < 0) of_day += kDayMs, --day;
  // Within the calendar's own range of years: texts of others are of no use to anybody.
  if (day < -10'000'000) day = -10'000'000;
  if (day > 10'000'000) day = 10'000'000;
  const sys_days date{days(day)};
  const std::chrono::year_month_day civil(date);
  const auto new_year = [](std::chrono::year year) { return sys_days(year / 1 / 1); };
  Fields out{};
  out.year = static_cast<int>(civil.year());
  out.month = static_cast<unsigned>(civil.month());
  out.day = static_cast<unsigned>(civil.day());
  out.day_of_year = static_cast<unsigned>((date - new_year(civil.year())).count()) + 1;
  out.weekday = std::chrono::weekday(date).iso_encoding();
  out.ms_of_day = static_cast<unsigned>(of_day);
  // The year of a week is its Thursday's.
  const sys_days thursday = date + days(4 - static_cast<int>(out.weekday));
  const std::chrono::year weekyear = std::chrono::year_month_day(thursday).year();
  out.weekyear = static_cast<int>(weekyear);
  out.week = static_cast<unsigned>((thursday - new_year(weekyear)).count() / 7) + 1;
  return out;
}

void Padded(std::string& out, int64_t number, size_t digits) {
  if (number < 0) {
    out.push_back('-');
    number = -number;
  }
  const std::string text = std::to_string(number);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out.append(text);
}

// Two letters write two digits; Joda's years do no more.
void Year(std::string& out, int64_t year, size_t count) {
  if (count == 2) return Padded(out, (year % 100 + 100) % 100, 2);
  Padded(out, year, count);
}

void Name(std::string& out, std::string_view name, size_t count) {
  out.append(count >= 4 ? name : name.substr(0, 3));
}

void Zone(std::string& out, int64_t offset_ms, size_t count, const shared::TimeZone& zone) {
  if (count >= 3) return out.append(zone.name()), void();
  out.push_back(offset_ms < 0 ? '-' : '+');
  const int64_t minutes = (offset_ms < 0 ? -offset_ms : offset_ms) / 60'000;
  Padded(out, minutes / 60, 2);
  if (count == 2) out.push_back(':');
  Padded(out, minutes % 60, 2);
}

// Parts of a second, from the left.
void Fraction(std::string& out, unsigned ms, size_t count) {
  std::string text = std::to_string(1000 + ms).substr(1);
  text.resize(count, '0');
  out.append(text);
}

unsigned Hour(char letter, unsigned hour) {
  switch (letter) {
    case 'K':
      return hour % 12;
    case 'h':
      return hour % 12 == 0 ? 12 : hour % 12;
    case 'k':
      return hour == 0 ? 24 : hour;
    default:
      return hour;
  }
}

void AppendField(std::string& out, const Fields& fields, char letter, size_t count) {
  switch (letter) {
    case 'G':
      return out.append(fields.year > 0 ? "AD" : "BC"), void();
    case 'C':
      return Padded(out, fields.year > 0 ? fields.year / 100 : (1 - fields.year) / 100, count);
    case 'Y':  // of the era
      return Year(out, fields.year > 0 ? fields.year : 1 - fields.year, count);
    case 'y':
      return Year(out, fields.year, count);
    case 'x':
      return Year(out, fields.weekyear, count);
    case 'w':
      return Padded(out, fields.week, count);
    case 'e':
      return Padded(out, fields.weekday, count);
    case 'E':
      return Name(out, kDays[fields.weekday - 1], count);
    case 'D':
      return Padded(out, fields.day_of_year, count);
    case 'M':
      if (count >= 3) return Name(out, kMonths[fields.month - 1], count);
      return Padded(out, fields.month, count);
    case 'd':
      return Padded(out, fields.day, count);
    case 'a':
      return out.append(fields.ms_of_day < kDayMs / 2 ? "AM" : "PM"), void();
    case 'm':
      return Padded(out, fields.ms_of_day / 60'000 % 60, count);
    case 's':
      return Padded(out, fields.ms_of_day / 1000 % 60, count);
    case 'S':
      return Fraction(out, fields.ms_of_day % 1000, count);
    default:
      return Padded(out, Hour(letter, fields.ms_of_day / 3'600'000), count);
  }
}

}  // namespace

TimePattern TimePattern::Compile(std::string_view key, std::string_view pattern) {
  TimePattern out;
  const auto text = [&](char c) {
    if (out.parts_.empty() || out.parts_.back().letter != 0) out.parts_.push_back({0, 0, ""});
    out.parts_.back().text.push_back(c);
  };
  bool quoted = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        text(pattern[++i]);
      } else {
        quoted = !quoted;
      }
    } else if (quoted || !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      text(c);
    } else {
      if (kLetters.find(c) == std::string_view::npos) {
        throw sdk::ConfigException::Invalid(key, pattern,
                                            sdk::Cat("Illegal pattern component: ", c,
                                                     "; letters that are text need "
                                                     "quotes, as 'year'=YYYY"));
      }
      size_t end = i;
      while (end < pattern.size() && pattern[end] == c) ++end;
      out.parts_.push_back({c, end - i, ""});
      i = end - 1;
    }
  }
  if (quoted) throw sdk::ConfigException::Invalid(key, pattern, "a quote is not closed");
  return out;
}

void TimePattern::Append(std::string& out, int64_t local_ms, const shared::TimeZone& zone) const {
  const Fields fields = FieldsOf(local_ms);
  for (const Part& part : parts_) {
    if (part.letter == 0) {
      out.append(part.text);
    } else if (part.letter == 'Z' || part.letter == 'z') {
      const size_t count = part.letter == 'z' ? 3 : part.count;
      Zone(out, local_ms - zone.FromLocalMs(local_ms), count, zone);
    } else {
      AppendField(out, fields, part.letter, part.count);
    }
  }
}

bool TimePattern::has_names() const {
  for (const Part& part : parts_) {
    if (part.letter == 'E' || part.letter == 'a' || part.letter == 'G' ||
        (part.letter == 'M' && part.count >= 3)) {
      return true;
    }
  }
  return false;
}

}  // namespace sluice::object_store_sink
