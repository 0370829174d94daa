#include "connectors/file/value_text.h"

#include <chrono>

#include "connectors/shared/base64.h"
#include "connectors/shared/json_text.h"
#include "connectors/shared/number_text.h"
#include "connectors/shared/text_buffer.h"

namespace sluice::file {
namespace {

using shared::PutWhole;
using shared::TextBuffer;

constexpr uint64_t kDayMs = 86'400'000;

void Text(TextBuffer& out, const sluice_value& value, int depth);

void PutTwo(TextBuffer& out, unsigned number) {
  out.Put(static_cast<char>('0' + number / 10 % 10));
  out.Put(static_cast<char>('0' + number % 10));
}

// Thu Jan 01 00:00:00 UTC 1970
void PutDate(TextBuffer& out, int64_t epoch_ms) {
  using std::chrono::days;
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int64_t kDay = 86'400'000;
  // Civil dates repeat every 400 years, so that any 64-bit time fits the calendar's own range of
  // years.
  constexpr int64_t kEra = 146'097;
  int64_t day = epoch_ms / kDay;
  int64_t of_day = epoch_ms % kDay;
  if (of_day < 0) of_day += kDay, --day;
  int64_t era = day / kEra;
  int64_t in_era = day % kEra;
  if (in_era < 0) in_era += kEra, --era;
  const std::chrono::sys_days date{days(in_era)};
  const std::chrono::year_month_day civil(date);
  const int64_t year = static_cast<int>(civil.year()) + era * 400;
  out.Put(kDays[std::chrono::weekday(date).c_encoding()]);
  out.Put(' ');
  out.Put(kMonths[static_cast<unsigned>(civil.month()) - 1]);
  out.Put(' ');
  PutTwo(out, static_cast<unsigned>(civil.day()));
  out.Put(' ');
  const unsigned seconds = static_cast<unsigned>(of_day / 1000);
  PutTwo(out, seconds / 3600);
  out.Put(':');
  PutTwo(out, seconds / 60 % 60);
  out.Put(':');
  PutTwo(out, seconds % 60);
  out.Put(" UTC ");
  PutWhole(out, year > 0 ? year : 1 - year);  // Java's years before the first have no sign
}

void TextOfMany(TextBuffer& out, const sluice_value& value, int depth) {
  shared::CheckNesting(depth + 1);
  if (value.kind == SLUICE_STRUCT) {
    const sluice_struct& from = *value.as.structure;
    out.Put("Struct{");
    bool first = true;
    for (uint32_t i = 0; i < value.size; ++i) {
      if (from.values[i].kind == SLUICE_NULL) continue;
      if (!first) out.Put(',');
      first = false;
      out.Put(abi::View(from.schema->fields[i].name));
      out.Put('=');
      Text(out, from.values[i], depth + 1);
    }
    return out.Put('}');
  }
  const bool map = value.kind == SLUICE_MAP;
  out.Put(map ? '{' : '[');
  for (uint32_t i = 0; i < value.size; ++i) {
    if (i > 0) out.Put(", ");
    if (map) {
      Text(out, value.as.entries[i].key, depth + 1);
      out.Put('=');
    }
    Text(out, map ? value.as.entries[i].value : value.as.items[i], depth + 1);
  }
  out.Put(map ? '}' : ']');
}

void Text(TextBuffer& out, const sluice_value& value, int depth) {
  switch (value.kind) {
    case SLUICE_NULL:
      return out.Put("null");
    case SLUICE_BOOLEAN:
      return out.Put(value.as.int64 != 0 ? "true" : "false");
    case SLUICE_FLOAT32:
      return shared::PutFloating(out, value.as.float32);
    case SLUICE_FLOAT64:
      return shared::PutFloating(out, value.as.float64);
    case SLUICE_STRING:
      return out.Put(abi::Text(value));
    case SLUICE_BYTES:
      return shared::PutBase64(out, abi::Text(value));
    case SLUICE_DECIMAL:
      return shared::PutDecimal(out, *value.as.decimal);
    case SLUICE_DATE:
      return PutDate(out, static_cast<int64_t>(static_cast<uint64_t>(value.as.int64) * kDayMs));
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP:
      return PutDate(out, value.as.int64);
    case SLUICE_ARRAY:
    case SLUICE_MAP:
    case SLUICE_STRUCT:
      return TextOfMany(out, value, depth);
    default:
      return PutWhole(out, value.as.int64);
  }
}

}  // namespace

void AppendText(std::string& out, const sluice_value& value) {
  if (value.kind == SLUICE_STRING) return out.append(abi::Text(value)), void();
  TextBuffer buffer(out);
  Text(buffer, value, 0);
  buffer.Flush();
}

}  // namespace sluice::file
