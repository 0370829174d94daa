#include "connectors/postgres_sink/value_text.h"

#include <charconv>
#include <cmath>

#include "connectors/postgres_sink/numeric.h"

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
void AppendFloat(std::string& out, T number, bool json) {
  if (std::isfinite(number)) return AppendNumber(out, number);
  const char* text = std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
  if (json) {
    out.append("\"").append(text).append("\"");
  } else {
    out.append(text);
  }
}

void AppendHex(std::string& out, std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.append("\\x");
  for (unsigned char c : bytes) {
    out.push_back(kHex[c >> 4]);
    out.push_back(kHex[c & 15]);
  }
}

void AppendBase64(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = i; j < i + 3; ++j)
      group = group << 8 | (j < bytes.size() ? static_cast<uint8_t>(bytes[j]) : 0u);
    for (size_t j = 0; j < 4; ++j) {
      out.push_back(i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=');
    }
  }
}

void AppendJsonText(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(copied, i - copied));
    copied = i + 1;
    out.push_back('\\');
    if (c == '"' || c == '\\') {
      out.push_back(static_cast<char>(c));
    } else {
      out.append("u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    }
  }
  out.append(text.substr(copied));
  out.push_back('"');
}

void Json(std::string& out, const sluice_value& value, int depth);

void JsonMap(std::string& out, const sluice_value& map, int depth) {
  bool text_keys = true;
  for (uint32_t i = 0; i < map.size && text_keys; ++i)
    text_keys = map.as.entries[i].key.kind == SLUICE_STRING;
  out.push_back(text_keys ? '{' : '[');
  for (uint32_t i = 0; i < map.size; ++i) {
    if (i > 0) out.push_back(',');
    if (!text_keys) out.push_back('[');
    Json(out, map.as.entries[i].key, depth + 1);
    out.push_back(text_keys ? ':' : ',');
    Json(out, map.as.entries[i].value, depth + 1);
    if (!text_keys) out.push_back(']');
  }
  out.push_back(text_keys ? '}' : ']');
}

void JsonOfMany(std::string& out, const sluice_value& value, int depth) {
  if (depth > kDepthMax) throw BadValue("the value is nested more than 1000 levels deep");
  if (value.kind == SLUICE_MAP) return JsonMap(out, value, depth);
  const bool fields = value.kind == SLUICE_STRUCT;
  out.push_back(fields ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out.push_back(',');
    if (fields) {
      AppendJsonText(out, abi::View(value.as.structure->schema->fields[i].name));
      out.push_back(':');
    }
    Json(out, fields ? value.as.structure->values[i] : value.as.items[i], depth + 1);
  }
  out.push_back(fields ? '}' : ']');
}

void Json(std::string& out, const sluice_value& value, int depth) {
  switch (value.kind) {
    case SLUICE_NULL:
      return out.append("null"), void();
    case SLUICE_BOOLEAN:
      return out.append(value.as.int64 != 0 ? "true" : "false"), void();
    case SLUICE_FLOAT32:
      return AppendFloat(out, value.as.float32, true);
    case SLUICE_FLOAT64:
      return AppendFloat(out, value.as.float64, true);
    case SLUICE_STRING:
      return AppendJsonText(out, abi::Text(value));
    case SLUICE_BYTES:
      out.push_back('"');
      AppendBase64(out, abi::Text(value));
      return out.push_back('"');
    case SLUICE_DECIMAL:
      return AppendDecimal(out, *value.as.decimal);
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return JsonOfMany(out, value, depth);
    default:
      return AppendNumber(out, value.as.int64);
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
      return AppendFloat(out, value.as.float32, false);
    case SLUICE_FLOAT64:
      return AppendFloat(out, value.as.float64, false);
    case SLUICE_STRING:
      return out.append(abi::Text(value)), void();
    case SLUICE_BYTES:
      return AppendHex(out, abi::Text(value));
    case SLUICE_DECIMAL:
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

void AppendJson(std::string& out, const sluice_value& value) { Json(out, value, 0); }

}  // namespace sluice::postgres::sink
