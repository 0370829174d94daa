// Casts: what int32(x), string(x) and the others make of a value.
#include <charconv>
#include <cmath>
#include <limits>

#include "runtime/base/parse_java_number.h"
#include "runtime/base/text.h"
#include "runtime/record/decimal.h"
#include "runtime/record/value.h"
#include "runtime/record/value_temporal.h"
#include "runtime/record/values.h"
#include "runtime/transform/expression/functions.h"

namespace sluice::transform {
namespace {

Status Refused(sluice_kind kind, const sluice_value& value) {
  static constexpr std::string_view kNames[] = {"null",  "bool",    "int8",    "int16", "int32",
                                                "int64", "float32", "float64", "string"};
  return DataError(StrCat(record::JavaClassName(value), " cannot become ",
                          kind == SLUICE_TIMESTAMP ? "timestamp" : kNames[kind]));
}

Status TooLarge(int bits) { return DataError(StrCat("the number does not fit in int", bits)); }

StatusOr<int64_t> WholeOf(sluice_kind kind, const sluice_value& value) {
  if (IsWhole(value.kind)) return value.as.int64;
  if (value.kind == SLUICE_BOOLEAN) return value.as.int64;
  if (value.kind == SLUICE_STRING) {
    const auto parsed = ParseInt64(Trim(abi::Text(value)));
    if (parsed) return *parsed;
    return DataError("the text is no whole number of 64 bits");
  }
  if (!IsNumber(value.kind)) return Refused(kind, value);
  const double number = NumberOf(value);
  // 2^63 is the first double that is too large.
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) return TooLarge(64);
  return static_cast<int64_t>(number);
}

StatusOr<sluice_value> ToWhole(sluice_kind kind, const sluice_value& value) {
  SLUICE_ASSIGN_OR_RETURN(const int64_t number, WholeOf(kind, value));
  const int bits = 8 << (kind - SLUICE_INT8);
  const int64_t max =
      bits == 64 ? std::numeric_limits<int64_t>::max() : (int64_t{1} << (bits - 1)) - 1;
  if (number > max || number < -max - 1) return TooLarge(bits);
  return abi::Integer(kind, number);
}

StatusOr<sluice_value> ToFloat(sluice_kind kind, const sluice_value& value) {
  double number = 0;
  if (IsNumber(value.kind)) {
    number = NumberOf(value);
  } else if (value.kind == SLUICE_BOOLEAN) {
    number = static_cast<double>(value.as.int64);
  } else if (value.kind == SLUICE_STRING) {
    const auto parsed = ParseJavaDouble(abi::Text(value));
    if (!parsed) return DataError("the text is no number");
    number = *parsed;
  } else {
    return Refused(kind, value);
  }
  return kind == SLUICE_FLOAT64 ? abi::Float64(number) : abi::Float32(static_cast<float>(number));
}

StatusOr<sluice_value> ToText(const sluice_value& value, abi::Arena& arena) {
  char buffer[kJavaNumberMax];
  switch (value.kind) {
    case SLUICE_STRING:
      return value;
    case SLUICE_BOOLEAN:
      return abi::String(value.as.int64 != 0 ? "true" : "false");
    case SLUICE_INT8:
    case SLUICE_INT16:
    case SLUICE_INT32:
    case SLUICE_INT64: {
      const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value.as.int64);
      return arena.CopyString({buffer, static_cast<size_t>(end - buffer)});
    }
    case SLUICE_FLOAT32: {
      char* end = FormatJavaFloat(buffer, value.as.float32);
      return arena.CopyString({buffer, static_cast<size_t>(end - buffer)});
    }
    case SLUICE_FLOAT64: {
      char* end = FormatJavaDouble(buffer, value.as.float64);
      return arena.CopyString({buffer, static_cast<size_t>(end - buffer)});
    }
    default: {  // dates in ISO 8601, bytes in base64, lists and maps as JSON
      thread_local std::string text;
      text.clear();
      record::AppendValueText(text, value);
      return arena.CopyString(text);
    }
  }
}

StatusOr<sluice_value> ToBoolean(const sluice_value& value) {
  if (value.kind == SLUICE_BOOLEAN) return value;
  if (value.kind == SLUICE_STRING) {
    const std::string_view text = abi::Text(value);
    if (EqualsIgnoreCase(text, "true")) return abi::Boolean(true);
    if (EqualsIgnoreCase(text, "false")) return abi::Boolean(false);
    return DataError("the text is neither true nor false");
  }
  if (IsNumber(value.kind)) return abi::Boolean(NumberOf(value) != 0);
  return Refused(SLUICE_BOOLEAN, value);
}

StatusOr<sluice_value> ToTimestamp(const sluice_value& value) {
  if (record::IsDateKind(value.kind)) {
    return abi::Integer(SLUICE_TIMESTAMP, record::DateMillis(value));
  }
  if (value.kind == SLUICE_STRING) {
    record::SchemaAndValue parsed;
    if (record::ParseTemporal(abi::Text(value), parsed)) {
      return abi::Integer(SLUICE_TIMESTAMP, record::DateMillis(parsed.value));
    }
    return DataError("the text is no time as yyyy-MM-dd'T'HH:mm:ss.SSS'Z' or yyyy-MM-dd");
  }
  if (IsWhole(value.kind)) return abi::Integer(SLUICE_TIMESTAMP, value.as.int64);
  return Refused(SLUICE_TIMESTAMP, value);
}

}  // namespace

double NumberOf(const sluice_value& value) {
  if (value.kind == SLUICE_FLOAT64) return value.as.float64;
  if (value.kind == SLUICE_FLOAT32) return static_cast<double>(value.as.float32);
  if (value.kind == SLUICE_DECIMAL) return record::DecimalToDouble(*value.as.decimal);
  return static_cast<double>(value.as.int64);
}

StatusOr<sluice_value> ConvertTo(sluice_kind kind, const sluice_value& value, abi::Arena& arena) {
  if (value.kind == SLUICE_NULL) return value;
  if (kind == SLUICE_BOOLEAN) return ToBoolean(value);
  if (kind == SLUICE_STRING) return ToText(value, arena);
  if (kind == SLUICE_TIMESTAMP) return ToTimestamp(value);
  if (kind == SLUICE_FLOAT32 || kind == SLUICE_FLOAT64) return ToFloat(kind, value);
  return ToWhole(kind, value);
}

}  // namespace sluice::transform
