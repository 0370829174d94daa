#include "connectors/postgres_sink/value_writer.h"

#include <bit>
#include <cmath>
#include <limits>

#include "connectors/postgres_sink/numeric.h"
#include "connectors/sdk/text.h"

namespace sluice::postgres::sink {
namespace {

constexpr int64_t kEpochDays = 10'957;  // from 1970 to 2000, where PostgreSQL begins to count
constexpr int64_t kEpochMicros = kEpochDays * 86'400'000'000;

[[noreturn]] void Misfit(const sluice_value& value, std::string_view type) {
  throw BadValue(sdk::Cat("a value of kind ", int{value.kind}, " does not fit the type ", type));
}

int64_t Whole(const sluice_value& value, int64_t min, int64_t max, std::string_view type) {
  const bool whole = (value.kind >= SLUICE_BOOLEAN && value.kind <= SLUICE_INT64) ||
                     (value.kind >= SLUICE_DATE && value.kind <= SLUICE_TIMESTAMP);
  if (!whole) Misfit(value, type);
  if (value.as.int64 < min || value.as.int64 > max) {
    throw BadValue(sdk::Cat("the number ", value.as.int64, " does not fit the type ", type));
  }
  return value.as.int64;
}

double Real(const sluice_value& value, std::string_view type) {
  switch (value.kind) {
    case SLUICE_FLOAT32:
      return static_cast<double>(value.as.float32);
    case SLUICE_FLOAT64:
      return value.as.float64;
    case SLUICE_INT8:
    case SLUICE_INT16:
    case SLUICE_INT32:
    case SLUICE_INT64:
      return static_cast<double>(value.as.int64);
    default:
      Misfit(value, type);
  }
}

int32_t ToInt32Bits(double number) {
  const auto narrow = static_cast<float>(number);
  if (std::isinf(narrow) && !std::isinf(number)) {
    throw BadValue(sdk::Cat("the number ", number, " does not fit the type real"));
  }
  return std::bit_cast<int32_t>(narrow);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void PutUuid(ByteBuffer& out, std::string_view text) {
  std::string_view rest = text;
  if (rest.size() > 2 && rest.front() == '{' && rest.back() == '}')
    rest = rest.substr(1, rest.size() - 2);
  char bytes[16];
  size_t count = 0;
  for (size_t i = 0; i < rest.size();) {
    if (rest[i] == '-') {
      ++i;
      continue;
    }
    const int high = HexDigit(rest[i]), low = i + 1 < rest.size() ? HexDigit(rest[i + 1]) : -1;
    if (high < 0 || low < 0 || count == sizeof bytes) break;
    bytes[count++] = static_cast<char>(high * 16 + low);
    i += 2;
    if (count == sizeof bytes && i == rest.size()) return out.Bytes({bytes, sizeof bytes});
  }
  throw BadValue(sdk::Cat("invalid input syntax for type uuid: \"", text.substr(0, 100), "\""));
}

void ValueWriter::Put(ByteBuffer& out, const Encoding& encoding, const sluice_value& value) {
  if (value.kind == SLUICE_NULL) return out.Int32(-1);
  const size_t start = out.size();
  out.Int32(0);
  PutContent(out, encoding, encoding.wire, value);
  const size_t size = out.size() - start - 4;
  if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    throw BadValue("a value of more than 2 GiB cannot be sent");
  }
  out.SetInt32(start, static_cast<int32_t>(size));
}

void ValueWriter::PutContent(ByteBuffer& out, const Encoding& encoding, Wire wire,
                             const sluice_value& value) {
  switch (wire) {
    case Wire::kBoolean:
      return out.Byte(static_cast<char>(Whole(value, 0, 1, "boolean")));
    case Wire::kInt2:
      return out.Int16(static_cast<int16_t>(Whole(value, INT16_MIN, INT16_MAX, "smallint")));
    case Wire::kInt4:
      return out.Int32(static_cast<int32_t>(Whole(value, INT32_MIN, INT32_MAX, "integer")));
    case Wire::kInt8:
      return out.Int64(Whole(value, INT64_MIN, INT64_MAX, "bigint"));
    case Wire::kFloat4:
      return out.Int32(ToInt32Bits(Real(value, "real")));
    case Wire::kFloat8:
      return out.Int64(std::bit_cast<int64_t>(Real(value, "double precision")));
    case Wire::kNumeric:
      if (value.kind != SLUICE_DECIMAL)
        return PutNumeric(out, Whole(value, INT64_MIN, INT64_MAX, "numeric"));
      if (!PutNumeric(out, *value.as.decimal))
        throw BadValue("the decimal is too large for the type numeric");
      return;
    case Wire::kText:
      return PutText(out, value);
    case Wire::kJsonb:
      out.Byte(1);  // the version of its format
      return PutJson(out, value);
    case Wire::kJson:
      return PutJson(out, value);
    case Wire::kBytea:
      if (!abi::IsText(value)) Misfit(value, "bytea");
      return out.Bytes(abi::Text(value));
    case Wire::kDate: {
      const int64_t days = Whole(value, INT32_MIN, INT32_MAX, "date") - kEpochDays;
      if (days < INT32_MIN + 2) throw BadValue("the date is beyond PostgreSQL's range");
      return out.Int32(static_cast<int32_t>(days));
    }
    case Wire::kTime:
      return out.Int64(Whole(value, 0, 86'400'000, "time") * 1000);
    case Wire::kTimestamp:
      return PutTimestamp(out, value, encoding.unit, true);
    case Wire::kTimestampTz:
      return PutTimestamp(out, value, encoding.unit, false);
    case Wire::kUuid:
      if (value.kind != SLUICE_STRING) Misfit(value, "uuid");
      return PutUuid(out, abi::Text(value));
    case Wire::kArray:
      return PutArray(out, encoding, value);
  }
}

void ValueWriter::PutText(ByteBuffer& out, const sluice_value& value) {
  if (value.kind == SLUICE_STRING) return out.Bytes(abi::Text(value));
  text_.clear();
  AppendLiteral(text_, value, zone_);
  out.Bytes(text_);
}

void ValueWriter::PutJson(ByteBuffer& out, const sluice_value& value) {
  if (value.kind == SLUICE_STRING) return out.Bytes(abi::Text(value));
  text_.clear();
  AppendJson(text_, value);
  out.Bytes(text_);
}

void ValueWriter::PutTimestamp(ByteBuffer& out, const sluice_value& value, Unit unit, bool zoned) {
  const int64_t counted = Whole(value, INT64_MIN, INT64_MAX, "timestamp");
  const bool millis = unit == Unit::kMillis || value.kind == SLUICE_TIMESTAMP;
  int64_t micros = counted;
  bool over = millis && __builtin_mul_overflow(counted, int64_t{1000}, &micros);
  if (!millis && unit == Unit::kNanos) micros = counted / 1000 - (counted % 1000 < 0 ? 1 : 0);
  if (!over && zoned) {
    const int64_t seconds = micros / 1'000'000 - (micros % 1'000'000 < 0 ? 1 : 0);
    over = __builtin_add_overflow(micros, zone_.OffsetAt(seconds) * 1'000'000, &micros);
  }
  // The extreme values mean infinity.
  over = over || __builtin_sub_overflow(micros, kEpochMicros, &micros) || micros == INT64_MIN ||
         micros == INT64_MAX;
  if (over) throw BadValue(sdk::Cat("the timestamp ", counted, " is beyond PostgreSQL's range"));
  out.Int64(micros);
}

void ValueWriter::PutArray(ByteBuffer& out, const Encoding& encoding, const sluice_value& value) {
  if (value.kind != SLUICE_ARRAY) Misfit(value, "array");
  bool nulls = false;
  for (uint32_t i = 0; i < value.size && !nulls; ++i) nulls = value.as.items[i].kind == SLUICE_NULL;
  out.Int32(value.size == 0 ? 0 : 1);  // dimensions
  out.Int32(nulls ? 1 : 0);
  out.Int32(static_cast<int32_t>(encoding.oid));
  if (value.size == 0) return;
  out.Int32(static_cast<int32_t>(value.size));
  out.Int32(1);  // where indexes begin
  Encoding element = encoding;
  element.wire = encoding.element;
  for (uint32_t i = 0; i < value.size; ++i) Put(out, element, value.as.items[i]);
}

}  // namespace sluice::postgres::sink
