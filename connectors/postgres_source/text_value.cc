#include "connectors/postgres_source/text_value.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include "connectors/postgres_source/value_reader.h"
#include "connectors/sdk/text.h"

namespace sluice::postgres::source {
namespace {

constexpr int64_t kSecond = 1'000'000, kDay = 86'400 * kSecond;
// PGStatement.DATE_POSITIVE_INFINITY and its opposite, in microseconds.
constexpr int64_t kInfinity = 9'223'372'036'825'200'000;

[[noreturn]] void Refuse(std::string_view text, std::string_view expected) {
  throw UnreadableValue(
      sdk::Cat("'", text.substr(0, 100), "' is not ", expected, " as PostgreSQL writes it"));
}

// Takes pieces off the front of a text.
class Scanner {
 public:
  Scanner(std::string_view text, std::string_view expected)
      : text_(text), rest_(text), expected_(expected) {}

  int64_t Number() {
    int64_t number = 0;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc() || rest_.front() == '-') Fail();
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return number;
  }
  bool Skip(std::string_view piece) {
    if (!rest_.starts_with(piece)) return false;
    rest_.remove_prefix(piece.size());
    return true;
  }
  void Expect(std::string_view piece) {
    if (!Skip(piece)) Fail();
  }
  // What .25 adds, in microseconds.
  int64_t Fraction() {
    if (!Skip(".")) return 0;
    int64_t micros = 0, unit = 100'000;
    size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      micros += (rest_[digits] - '0') * unit;
      unit /= 10;
    }
    if (digits == 0) Fail();
    rest_.remove_prefix(digits);
    return micros;
  }
  // Seconds east of Greenwich; `found` says whether there is a zone.
  int64_t Zone(bool& found) {
    found = rest_.starts_with('+') || rest_.starts_with('-');
    if (!found) return 0;
    const int64_t sign = rest_.front() == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    int64_t seconds = Number() * 3600;
    if (Skip(":")) seconds += Number() * 60;
    if (Skip(":")) seconds += Number();
    return sign * seconds;
  }
  int64_t ClockMicros() {
    const int64_t hours = Number();
    Expect(":");
    const int64_t minutes = Number();
    Expect(":");
    const int64_t seconds = Number();
    return (hours * 3600 + minutes * 60 + seconds) * kSecond + Fraction();
  }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void End() {
    if (!rest_.empty()) Fail();
  }
  [[noreturn]] void Fail() const { Refuse(text_, expected_); }

 private:
  std::string_view text_, rest_, expected_;
};

// Howard Hinnant's algorithm, of the proleptic Gregorian calendar.
int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct Civil {
  int64_t year, month, day;
};

Civil CivilOf(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t shifted = (5 * of_year + 2) / 153;
  const int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * shifted + 2) / 5 + 1};
}

// Year, month and day; " BC" stands at the end of the whole text.
int64_t ScanDays(Scanner& scan, bool before_christ) {
  int64_t year = scan.Number();
  scan.Expect("-");
  const int64_t month = scan.Number();
  scan.Expect("-");
  const int64_t day = scan.Number();
  if (month < 1 || month > 12 || day < 1 || day > 31) scan.Fail();
  if (before_christ) year = 1 - year;
  return DaysOf(year, month, day);
}

bool TakeEra(std::string_view& text) {
  constexpr std::string_view kBefore = " BC";
  if (!text.ends_with(kBefore)) return false;
  text.remove_suffix(kBefore.size());
  return true;
}

void AppendPadded(std::string& out, int64_t number, size_t digits) {
  const std::string text = std::to_string(number);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

// Rounded down.
int64_t SecondsOf(int64_t micros) { return micros / kSecond - (micros % kSecond < 0 ? 1 : 0); }

// Magnitude in base 2^32, least first: times 10^9, plus.
void Accumulate(std::vector<uint32_t>& words, uint32_t factor, uint32_t plus) {
  uint64_t carry = plus;
  for (uint32_t& word : words) {
    carry += static_cast<uint64_t>(word) * factor;
    word = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0) words.push_back(static_cast<uint32_t>(carry));
}

// The bytes of BigInteger.toByteArray.
const sluice_decimal* MakeDecimal(const std::string& digits, bool negative, int32_t scale,
                                  abi::Arena& arena) {
  std::vector<uint32_t> words;
  for (size_t at = 0; at < digits.size();) {
    const size_t count = std::min<size_t>(9, digits.size() - at);
    uint32_t chunk = 0, factor = 1;
    for (size_t i = 0; i < count; ++i) {
      chunk = chunk * 10 + static_cast<uint32_t>(digits[at + i] - '0');
      factor *= 10;
    }
    Accumulate(words, factor, chunk);
    at += count;
  }
  const uint32_t size = static_cast<uint32_t>(words.size()) * 4 + 1;
  auto* bytes = arena.NewArray<uint8_t>(size);
  uint32_t carry = negative ? 1 : 0;
  for (uint32_t i = 0; i < size; ++i) {  // from the least byte on
    const uint32_t byte = i / 4 < words.size() ? words[i / 4] >> (8 * (i % 4)) & 0xFF : 0;
    const uint32_t sum = (negative ? ~byte & 0xFF : byte) + carry;
    bytes[size - 1 - i] = static_cast<uint8_t>(sum);
    carry = sum >> 8;
  }
  uint32_t first = 0;
  while (first + 1 < size && bytes[first] == ((bytes[first + 1] & 0x80) != 0 ? 0xFF : 0)) ++first;
  return arena.New(sluice_decimal{scale, size - first, bytes + first});
}

}  // namespace

int32_t ReadDate(std::string_view text) {
  if (text == "infinity") return std::numeric_limits<int32_t>::max();
  if (text == "-infinity") return std::numeric_limits<int32_t>::min();
  const bool before_christ = TakeEra(text);
  Scanner scan(text, "a date");
  const int64_t days = ScanDays(scan, before_christ);
  scan.End();
  return static_cast<int32_t>(days);
}

int64_t ReadTime(std::string_view text) {
  Scanner scan(text, "a time");
  int64_t micros = scan.ClockMicros();
  bool zoned = false;
  micros -= scan.Zone(zoned) * kSecond;
  scan.End();
  return zoned ? (micros % kDay + kDay) % kDay : micros;
}

int64_t ReadTimestamp(std::string_view text, const shared::TimeZone& zone) {
  if (text == "infinity") return kInfinity;
  if (text == "-infinity") return -kInfinity;
  const bool before_christ = TakeEra(text);
  Scanner scan(text, "a timestamp");
  int64_t micros = ScanDays(scan, before_christ) * kDay;
  if (!scan.at_end()) {  // a date may stand for its midnight
    scan.Expect(" ");
    micros += scan.ClockMicros();
  }
  bool zoned = false;
  micros -= scan.Zone(zoned) * kSecond;
  scan.End();
  if (zoned) return micros;
  const int64_t seconds = SecondsOf(micros);
  return micros + (zone.FromLocal(seconds) - seconds) * kSecond;
}

std::string TimestampText(int64_t epoch_micros, bool zoned, const shared::TimeZone& zone) {
  if (epoch_micros >= kInfinity) return "infinity";
  if (epoch_micros <= -kInfinity) return "-infinity";
  if (!zoned) epoch_micros += zone.OffsetAt(SecondsOf(epoch_micros)) * kSecond;
  int64_t days = epoch_micros / kDay, rest = epoch_micros % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  const Civil date = CivilOf(days);
  std::string out;
  AppendPadded(out, date.year > 0 ? date.year : 1 - date.year, 4);
  for (int64_t part : {date.month, date.day}) {
    out.push_back('-');
    AppendPadded(out, part, 2);
  }
  char separator = ' ';
  for (int64_t unit : {3600 * kSecond, 60 * kSecond, kSecond}) {
    out.push_back(std::exchange(separator, ':'));
    AppendPadded(out, rest / unit, 2);
    rest %= unit;
  }
  out.push_back('.');
  AppendPadded(out, rest, 6);
  if (zoned) out += "+00";
  if (date.year <= 0) out += " BC";
  return out;
}

const sluice_decimal* ReadDecimal(std::string_view text, int32_t scale, abi::Arena& arena) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  std::string digits;
  int32_t behind = 0;
  bool point = false;
  for (char c : rest) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digits.push_back(c);
      behind += point ? 1 : 0;
    } else {
      throw UnreadableValue(sdk::Cat("'", text.substr(0, 100), "' has no place in a Decimal"));
    }
  }
  if (digits.empty()) Refuse(text, "a number");
  if (behind < scale) digits.append(static_cast<size_t>(scale - behind), '0');
  for (; behind > scale; --behind) {
    if (digits.size() > 1 && digits.back() == '0') {
      digits.pop_back();
    } else if (digits != "0") {
      throw UnreadableValue(
          sdk::Cat("'", text.substr(0, 100), "' has more digits than a scale of ", scale, " has"));
    }
  }
  return MakeDecimal(digits, negative, scale, arena);
}

}  // namespace sluice::postgres::source
