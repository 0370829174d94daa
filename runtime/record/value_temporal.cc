#include "runtime/record/value_temporal.h"

#include <optional>
#include <string>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/schema.h"

namespace sluice::record {
namespace {

// A number as DecimalFormat takes it, after blanks.
bool TakeNumber(std::string_view& text, int& number) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  size_t length = !text.empty() && text[0] == '-' ? 1 : 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
  const std::optional<int64_t> parsed = ParseInt64(text.substr(0, length));
  if (!parsed) return false;
  number = static_cast<int>(*parsed);
  text.remove_prefix(length);
  return true;
}
bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}
bool TakeDate(std::string_view& text, CalendarFields& fields) {
  int year = 0;
  if (!TakeNumber(text, year)) return false;
  fields.year = year;
  return TakeChar(text, '-') && TakeNumber(text, fields.month) && TakeChar(text, '-') &&
         TakeNumber(text, fields.day);
}
bool TakeTime(std::string_view& text, CalendarFields& fields) {
  return TakeNumber(text, fields.hour) && TakeChar(text, ':') && TakeNumber(text, fields.minute) &&
         TakeChar(text, ':') && TakeNumber(text, fields.second) && TakeChar(text, '.') &&
         TakeNumber(text, fields.millisecond) && TakeChar(text, 'Z');
}

size_t Utf16Length(std::string_view text) {
  size_t length = 0;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

std::string WithoutColonEscapes(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == ':') continue;
    plain.push_back(text[i]);
  }
  return plain;
}

}  // namespace

bool ParseTemporal(std::string_view token, SchemaAndValue& result) {
  if (token.size() > 100) return false;
  const std::string plain = WithoutColonEscapes(token);
  std::string_view text = plain;
  CalendarFields fields;
  sluice_kind kind = SLUICE_TIMESTAMP;
  switch (Utf16Length(text)) {
    case 10:
      if (!TakeDate(text, fields)) return false;
      kind = SLUICE_DATE;
      break;
    case 13:
      if (!TakeTime(text, fields)) return false;
      kind = SLUICE_TIME;
      break;
    case 24:
      if (!TakeDate(text, fields) || !TakeChar(text, 'T') || !TakeTime(text, fields)) return false;
      break;
    default:
      return false;
  }
  const int64_t millis = MillisOfFields(fields);
  result = {RequiredSchema(kind),
            abi::Integer(kind, kind == SLUICE_DATE ? DayOfMillis(millis) : millis)};
  return true;
}

}  // namespace sluice::record
