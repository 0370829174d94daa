#include "connectors/postgres_sink/value_text.h"

#include <charconv>
#include <cmath>

#include "connectors/postgres_sink/numeric.h"
#include "connectors/shared/json_text.h"

namespace sluice::postgres::sink {
namespace {

constexpr int kDepthMax = 1000;
constexpr int64_t kDayMicros = 86'400'000'000;

template <typename T>
void AppendNumber(std::string& out, T number) {
  char text[40];
  auto [end, error] = std::to_chars(text, text + sizeof text, number);
  out.append(text, end);
}

void AppendPadded(std::string& out, int64_t number, size_t digits) {
  const size_t start = out.size();
  AppendNumber(out, number);
  if (const size_t size = out.size() - start; size < digits) out.insert(start, digits - size, '0');
}

template <typename T>
void AppendFloat(std::string& out, T number) {
  if (std::isfinite(number)) return AppendNumber(out, number);
  out.append(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
}

void AppendHex(std::string& out, std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.append("\\x");
  for (unsigned char c : bytes) {
    out.push_back(kHex[c >> 4]);
    out.push_back(kHex[c & 15]);
  }
}

// An array's element: in quotes unless it is a number or an array itself.
void AppendElement(std::string& out, const sluice_value& value, const shared::TimeZone& zone,
                   int depth) {
  if (depth > kDepthMax) throw BadValue("the value is nested more than 1000 levels deep");
  if (value.kind == SLUICE_NULL) return out.append("NULL"), void();
  if (value.kind == SLUICE_ARRAY) {
    out.push_back('{');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i > 0) out.push_back(',');
      AppendElement(out, value.as.items[i], zone, depth + 1);
    }
    return out.push_back('}');
  }
  std::string text;
  AppendLiteral(text, value, zone);
  out.push_back('"');
  for (char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

struct Civil {
  int64_t year;
  unsigned month, day;
};

// Howard Hinnant's algorithm, of the proleptic Gregorian calendar.
Civil CivilOf(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  const unsigned shifted = (5 * of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<int64_t>(year) + era * 400 + (month <= 2 ? 1 : 0), month,
          of_year - (153 * shifted + 2) / 5 + 1};
}

void AppendCivil(std::string& out, const Civil& date) {
  AppendPadded(out, date.year > 0 ? date.year : 1 - date.year, 4);
  out.push_back('-');
  AppendPadded(out, date.month, 2);
  out.push_back('-');
  AppendPadded(out, date.day, 2);
}

}  // namespace

void AppendDate(std::string& out, int64_t epoch_days) {
  const Civil date = CivilOf(epoch_days);
  AppendCivil(out, date);
  if (date.year <= 0) out.append(" BC");
}

void AppendTime(std::string& out, int64_t micros) {
  AppendPadded(out, micros / 3'600'000'000, 2);
  out.push_back(':');
  AppendPadded(out, micros / 60'000'000 % 60, 2);
  out.push_back(':');
  AppendPadded(out, micros / 1'000'000 % 60, 2);
  if (const int64_t rest = micros % 1'000'000; rest != 0) {
    out.push_back('.');
    AppendPadded(out, rest, 6);
    while (out.back() == '0') out.pop_back();
  }
}

void AppendTimestamp(std::string& out, int64_t epoch_micros) {
  int64_t days = epoch_micros / kDayMicros, rest = epoch_micros % kDayMicros;
  if (rest < 0) {
    rest += kDayMicros;
    --days;
  }
  const Civil date = CivilOf(days);
  AppendCivil(out, date);
  out.push_back(' ');
  AppendTime(out, rest);
  if (date.year <= 0) out.append(" BC");
}

void AppendLiteral(std::string& out, const sluice_value& value, const shared::TimeZone& zone) {
  switch (value.kind) {
    case SLUICE_BOOLEAN:
      return out.append(value.as.int64 != 0 ? "true" : "false"), void();
    case SLUICE_FLOAT32:
      return AppendFloat(out, value.as.float32);
    case SLUICE_FLOAT64:
      return AppendFloat(out, value.as.float64);
    case SLUICE_STRING:
      return out.append(abi::Text(value)), void();
    case SLUICE_BYTES:
      return AppendHex(out, abi::Text(value));
    case SLUICE_DECIMAL:
      if (!FitsNumeric(*value.as.decimal)) {
        throw BadValue("the decimal is too large for the type numeric");
      }
      return AppendDecimal(out, *value.as.decimal);
    case SLUICE_DATE:
      return AppendDate(out, value.as.int64);
    case SLUICE_TIME:
      return AppendTime(out, value.as.int64 * 1000);
    case SLUICE_TIMESTAMP: {
      int64_t micros = 0;
      const int64_t seconds = value.as.int64 / 1000 - (value.as.int64 % 1000 < 0 ? 1 : 0);
      if (__builtin_mul_overflow(value.as.int64, int64_t{1000}, &micros) ||
          __builtin_add_overflow(micros, zone.OffsetAt(seconds) * 1'000'000, &micros)) {
        throw BadValue("the timestamp is beyond PostgreSQL's range");
      }
      return AppendTimestamp(out, micros);
    }
    case SLUICE_ARRAY:
      return AppendElement(out, value, zone, 0);
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return AppendJson(out, value);
    case SLUICE_NULL:
      return;
    default:
      return AppendNumber(out, value.as.int64);
  }
}

void AppendJson(std::string& out, const sluice_value& value) {
  try {
    shared::AppendJson(out, value, shared::DecimalText::kNumeric);
  } catch (const sdk::DataException& bad) {
    throw BadValue(bad.what());
  }
}

}  // namespace sluice::postgres::sink
