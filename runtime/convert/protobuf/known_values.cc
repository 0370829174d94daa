#include "runtime/convert/protobuf/known_values.h"

#include <algorithm>
#include <string>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"

namespace sluice::convert::protobuf {
namespace {

constexpr int64_t kSecondsMin = -62'135'596'800;
constexpr int64_t kSecondsMax = 253'402'300'799;
constexpr int64_t kNanosPerMilli = 1'000'000;
constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kYearMax = 5'000'000;  // its days fit an int32

bool IsTimestamp(int64_t seconds, int64_t nanos) {
  return seconds >= kSecondsMin && seconds <= kSecondsMax && nanos >= 0 && nanos < kNanosPerSecond;
}

Status NoTimestamp(int64_t seconds, int64_t nanos) {
  return DataError(StrCat("Timestamp is not valid: seconds (", seconds, ") must be in range [",
                          kSecondsMin, ", ", kSecondsMax, "], nanos (", nanos,
                          ") in range [0, 999999999]"));
}

Status Outside(std::string_view what, int64_t number, int64_t max) {
  return DataError(StrCat("Invalid value for ", what, " (valid values 0 - ", max, "): ", number));
}

std::string Digits(const sluice_decimal& decimal) {
  std::string digits;
  record::AppendDecimalText(digits, {0, decimal.unscaled_size, decimal.unscaled});
  return digits;
}

// Of the unscaled number; 1 for zero.
int64_t DigitCount(const sluice_decimal& decimal) {
  if (decimal.unscaled_size <= sizeof(uint64_t)) {
    const bool negative = static_cast<signed char>(decimal.unscaled[0]) < 0;
    uint64_t bits = negative ? ~uint64_t{0} : 0;
    for (uint32_t i = 0; i < decimal.unscaled_size; ++i) bits = bits << 8 | decimal.unscaled[i];
    int64_t count = 1;
    for (uint64_t rest = (negative ? ~bits + 1 : bits) / 10; rest > 0; rest /= 10) ++count;
    return count;
  }
  const std::string digits = Digits(decimal);
  return static_cast<int64_t>(digits.size()) - (digits[0] == '-' ? 1 : 0);
}

// Half up, as java.math.MathContext does it.
std::string Rounded(std::string digits, size_t precision) {
  const size_t sign = digits[0] == '-' ? 1 : 0;
  const bool up = digits[sign + precision] >= '5';
  digits.resize(sign + precision);
  if (!up) return digits;
  for (size_t i = digits.size(); i-- > sign;) {
    if (digits[i] != '9') {
      ++digits[i];
      return digits;
    }
    digits[i] = '0';
  }
  digits.insert(sign, "1");  // 99 -> 100, of which the last digit is dropped again
  return digits;
}

}  // namespace

StatusOr<sluice_value> TimestampOf(const KnownParts& parts) {
  const int64_t seconds = parts.numbers[1];
  const auto nanos = static_cast<int32_t>(parts.numbers[2]);
  if (!IsTimestamp(seconds, nanos)) return NoTimestamp(seconds, nanos);
  return abi::Integer(SLUICE_TIMESTAMP, seconds * 1000 + nanos / kNanosPerMilli);
}

StatusOr<sluice_value> DateOf(const KnownParts& parts) {
  const auto year = static_cast<int32_t>(parts.numbers[1]);
  const auto month = static_cast<int32_t>(parts.numbers[2]);
  const auto day = static_cast<int32_t>(parts.numbers[3]);
  if (year >= 1 && year <= kYearMax && month >= 1 && month <= 12 && day >= 1 && day <= 31) {
    const int64_t days = record::DayOfDate(year, month, day);
    const record::CalendarFields back = record::FieldsOfMillis(days * record::kMillisPerDay);
    if (back.year == year && back.month == month && back.day == day) {
      return abi::Integer(SLUICE_DATE, days);
    }
  }
  return DataError(StrCat("There is no date of year ", year, ", month ", month, ", day ", day));
}

StatusOr<sluice_value> TimeOf(const KnownParts& parts) {
  const auto hours = static_cast<int32_t>(parts.numbers[1]);
  const auto minutes = static_cast<int32_t>(parts.numbers[2]);
  const auto seconds = static_cast<int32_t>(parts.numbers[3]);
  const auto nanos = static_cast<int32_t>(parts.numbers[4]);
  if (hours < 0 || hours > 23) return Outside("HourOfDay", hours, 23);
  if (minutes < 0 || minutes > 59) return Outside("MinuteOfHour", minutes, 59);
  if (seconds < 0 || seconds > 59) return Outside("SecondOfMinute", seconds, 59);
  if (nanos < 0 || nanos >= kNanosPerSecond) return Outside("NanoOfSecond", nanos, 999'999'999);
  return abi::Integer(SLUICE_TIME, ((int64_t{hours} * 60 + minutes) * 60 + seconds) * 1000 +
                                       nanos / kNanosPerMilli);
}

StatusOr<sluice_value> DecimalOf(const KnownParts& parts, abi::Arena& arena) {
  if (parts.bytes.empty()) return DataError("A Decimal without value: Zero length BigInteger");
  const auto precision = static_cast<uint32_t>(parts.numbers[2]);
  sluice_decimal decimal{static_cast<int32_t>(parts.numbers[3]),
                         static_cast<uint32_t>(parts.bytes.size()),
                         reinterpret_cast<const uint8_t*>(parts.bytes.data())};
  // A byte has less than two and a half digits.
  const bool fits = precision == 0 || parts.bytes.size() * 5 / 2 < precision;
  if (!fits && parts.bytes.size() <= record::kDecimalPrintedBytesMax) {
    const int64_t count = DigitCount(decimal);
    if (count > precision) {
      const std::string digits = Rounded(Digits(decimal), precision);
      const auto rounded = record::ParseDecimal(digits, arena);
      const int64_t scale = int64_t{decimal.scale} - (count - int64_t{precision});
      if (!rounded || scale < INT32_MIN) return DataError("A Decimal with a scale out of range");
      decimal = *rounded;
      decimal.scale = static_cast<int32_t>(scale);
      const bool carried = DigitCount(decimal) > precision;  // 10..0
      if (carried) {
        decimal =
            *record::ParseDecimal(std::string_view(digits).substr(0, digits.size() - 1), arena);
        decimal.scale = static_cast<int32_t>(std::max<int64_t>(scale - 1, INT32_MIN));
      }
    }
  }
  return abi::Decimal(arena.New(decimal));
}

StatusOr<KnownParts> TimestampParts(int64_t millis) {
  int64_t seconds = millis / 1000;
  int64_t rest = millis % 1000;
  if (rest < 0) {
    rest += 1000;
    --seconds;
  }
  const int64_t nanos = rest * kNanosPerMilli;
  if (!IsTimestamp(seconds, nanos)) return NoTimestamp(seconds, nanos);
  return KnownParts{{0, seconds, nanos}};
}

KnownParts DateParts(int64_t millis) {
  const record::CalendarFields fields = record::FieldsOfMillis(millis);
  // Java's calendar counts years before Christ, too, from 1.
  const int64_t year = fields.year > 0 ? fields.year : 1 - fields.year;
  return {{0, year, fields.month, fields.day}};
}

KnownParts TimeParts(int64_t millis) {
  const record::CalendarFields fields = record::FieldsOfMillis(millis);
  return {{0, fields.hour, fields.minute, fields.second, fields.millisecond * kNanosPerMilli}};
}

KnownParts DecimalParts(const sluice_decimal& decimal) {
  KnownParts parts{{0, 0, 0, decimal.scale}};
  parts.bytes = record::MinimalUnscaled(decimal);
  // Counting the digits of a huge number takes too long; 0 is any precision.
  if (parts.bytes.size() <= record::kDecimalPrintedBytesMax) parts.numbers[2] = DigitCount(decimal);
  return parts;
}

}  // namespace sluice::convert::protobuf
