#include "runtime/transform/cast_value.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "runtime/abi/views.h"
#include "runtime/base/parse_java_number.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/record/values.h"

namespace sluice::transform {
namespace {

using record::Logical;

constexpr sluice_kind kTypes[] = {SLUICE_INT8,    SLUICE_INT16,   SLUICE_INT32,   SLUICE_INT64,
                                  SLUICE_FLOAT32, SLUICE_FLOAT64, SLUICE_BOOLEAN, SLUICE_STRING};

Status OutOfRange(std::string_view value) {
  return DataError(StrCat("Value (", value, ") was out of range for requested data type"));
}
Status Unexpected(const sluice_value& value) {
  return DataError(
      StrCat("Unexpected type in Cast transformation: ", record::JavaClassText(value)));
}

// (byte) number and the like: the low bits.
sluice_value Narrow(sluice_kind type, int64_t number) {
  switch (type) {
    case SLUICE_INT8:
      return abi::Integer(type, static_cast<int8_t>(number));
    case SLUICE_INT16:
      return abi::Integer(type, static_cast<int16_t>(number));
    case SLUICE_INT32:
      return abi::Integer(type, static_cast<int32_t>(number));
    default:
      return abi::Integer(type, number);
  }
}

sluice_value FromInteger(int64_t number, sluice_kind type) {
  switch (type) {
    case SLUICE_FLOAT32:
      return abi::Float32(static_cast<float>(number));
    case SLUICE_FLOAT64:
      return abi::Float64(static_cast<double>(number));
    case SLUICE_BOOLEAN:
      return abi::Boolean(number != 0);
    default:
      return Narrow(type, number);
  }
}

sluice_value FromReal(double number, sluice_kind type) {
  switch (type) {
    case SLUICE_FLOAT32:
      return abi::Float32(static_cast<float>(number));
    case SLUICE_FLOAT64:
      return abi::Float64(number);
    case SLUICE_BOOLEAN:
      return abi::Boolean(JavaLong(number) != 0);
    case SLUICE_INT64:
      return abi::Int64(JavaLong(number));
    default:  // the smaller ones by way of int32
      return Narrow(type, JavaInt(number));
  }
}

sluice_value FromDecimal(const sluice_decimal& number, sluice_kind type) {
  if (type == SLUICE_FLOAT32) return abi::Float32(record::DecimalToFloat(number));
  if (type == SLUICE_FLOAT64) return abi::Float64(record::DecimalToDouble(number));
  return FromInteger(record::DecimalToInt64(number), type);
}

StatusOr<sluice_value> FromText(std::string_view text, sluice_kind type) {
  switch (type) {
    case SLUICE_BOOLEAN:
      return abi::Boolean(EqualsIgnoreCase(text, "true"));
    case SLUICE_FLOAT32:
      if (const auto number = ParseJavaFloat(text)) return abi::Float32(*number);
      return OutOfRange(text);
    case SLUICE_FLOAT64:
      if (const auto number = ParseJavaDouble(text)) return abi::Float64(*number);
      return OutOfRange(text);
    default:
      break;
  }
  const auto number = ParseInt64(text);
  if (!number) return OutOfRange(text);
  const sluice_value narrow = Narrow(type, *number);
  if (narrow.as.int64 != *number) return OutOfRange(text);
  return narrow;
}

sluice_value ToText(const sluice_value& value, abi::Arena& arena, std::string& scratch) {
  if (value.kind == SLUICE_STRING) return value;
  scratch.clear();
  if (record::IsDateKind(value.kind) || value.kind == SLUICE_BYTES) {
    record::AppendValueText(scratch, value);
  } else {
    record::AppendJavaText(scratch, value);
  }
  return abi::String(arena.Copy(scratch));
}

// The number behind a date: its schema says in what unit, and what it must not have.
StatusOr<int64_t> NumberOfDate(const sluice_value& value, Logical logical) {
  const int64_t millis = record::DateMillis(value);
  if (logical == Logical::kDate) {
    if (record::MillisOfDay(millis) == 0) return record::DayOfMillis(millis);
    return DataError(
        "Kafka Connect Date type should not have any time fields set to non-zero values.");
  }
  if (logical == Logical::kTime && (millis < 0 || millis >= record::kMillisPerDay)) {
    return DataError(
        "Kafka Connect Time type should not have any date fields set to non-zero values.");
  }
  return millis;
}

// The type that a value is cast from; nothing: one that data cannot have without a schema.
std::optional<sluice_kind> TypeOf(const sluice_schema* schema, const sluice_value& value) {
  if (schema != nullptr) return schema->type;
  if (value.kind <= SLUICE_STRUCT) return value.kind;
  return std::nullopt;
}

}  // namespace

std::optional<sluice_kind> CastTypeByName(std::string_view name) {
  for (const sluice_kind type : kTypes) {
    if (EqualsIgnoreCase(record::TypeName(type), name)) return type;
  }
  return std::nullopt;
}

std::string CastTypeNames() {
  std::vector<std::string_view> names;
  for (const sluice_kind type : kTypes) names.push_back(record::TypeName(type));
  return StrJoin(names, ", ");
}

StatusOr<sluice_value> CastValue(const sluice_schema* schema, const sluice_value& value,
                                 sluice_kind type, abi::Arena& arena, std::string& scratch) {
  if (value.kind == SLUICE_NULL) return value;
  const std::optional<sluice_kind> from = TypeOf(schema, value);
  if (!from) {
    return DataError(StrCat("Cast transformation was passed a value of type ",
                            record::JavaClassText(value),
                            " which is not supported by Connect's data API"));
  }
  if (*from != SLUICE_BYTES &&
      std::find(std::begin(kTypes), std::end(kTypes), *from) == std::end(kTypes)) {
    return DataError(StrCat("Cast transformation does not support casting from ",
                            record::TypeName(*from), "; supported types are [", CastTypeNames(),
                            ", BYTES]"));
  }
  if (type == SLUICE_STRING) return ToText(value, arena, scratch);
  switch (value.kind) {
    case SLUICE_FLOAT32:
      return FromReal(value.as.float32, type);
    case SLUICE_FLOAT64:
      return FromReal(value.as.float64, type);
    case SLUICE_STRING:
      return FromText(abi::Text(value), type);
    case SLUICE_DECIMAL:
      return FromDecimal(*value.as.decimal, type);
    case SLUICE_DATE:
    case SLUICE_TIME:
    case SLUICE_TIMESTAMP: {
      SLUICE_ASSIGN_OR_RETURN(const int64_t number, NumberOfDate(value, record::LogicalOf(schema)));
      return FromInteger(number, type);
    }
    case SLUICE_BOOLEAN:
    case SLUICE_INT8:
    case SLUICE_INT16:
    case SLUICE_INT32:
    case SLUICE_INT64:
      return FromInteger(value.as.int64, type);
    default:
      return Unexpected(value);
  }
}

}  // namespace sluice::transform
