#include "runtime/convert/json_scalar.h"

#include <charconv>
#include <optional>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/calendar.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

using record::JavaClassText;
using record::kJsonMissing;
using record::kJsonNumber;
using record::Logical;

// longValue: what is no number is 0.
int64_t LongOf(const sluice_value& node) {
  if (node.kind != kJsonNumber) return 0;
  const std::string_view text = abi::Text(node);
  if (node.reserved[0] == 0 && text.size() <= 18) {
    int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  return record::NumberTextToInt64(text);
}

// Jackson's isInt: a whole number that fits 32 bits.
bool IsInt(const sluice_value& node, int64_t& number) {
  if (!IsIntegralJson(node)) return false;
  const std::optional<int64_t> whole = record::WholeNumber(abi::Text(node));
  if (!whole || *whole != static_cast<int32_t>(*whole)) return false;
  number = *whole;
  return true;
}

std::string_view NameOf(Logical logical) {
  return logical == Logical::kDate ? "Date" : logical == Logical::kTime ? "Time" : "Timestamp";
}

}  // namespace

std::string_view JsonNodeType(const sluice_value& node) {
  switch (node.kind) {
    case SLUICE_NULL:
      return "NULL";
    case SLUICE_BOOLEAN:
      return "BOOLEAN";
    case SLUICE_STRING:
      return "STRING";
    case SLUICE_ARRAY:
      return "ARRAY";
    case SLUICE_MAP:
      return "OBJECT";
    case kJsonNumber:
      return "NUMBER";
    default:
      return "MISSING";
  }
}

bool IsIntegralJson(const sluice_value& node) {
  return node.kind == kJsonNumber && node.reserved[0] == 0;
}

sluice_value ReadJsonNumber(sluice_kind kind, const sluice_value& node) {
  const bool number = node.kind == kJsonNumber;
  switch (kind) {
    case SLUICE_BOOLEAN:
      return abi::Boolean(node.kind == SLUICE_BOOLEAN && node.as.int64 != 0);
    case SLUICE_INT8:
      return abi::Integer(SLUICE_INT8, static_cast<int8_t>(LongOf(node)));
    case SLUICE_INT16:
      return abi::Integer(SLUICE_INT16, static_cast<int16_t>(LongOf(node)));
    case SLUICE_INT32:
      return abi::Integer(SLUICE_INT32, static_cast<int32_t>(LongOf(node)));
    case SLUICE_FLOAT32:
      return abi::Float32(number ? record::NumberTextToFloat(abi::Text(node)) : 0);
    case SLUICE_FLOAT64:
      return abi::Float64(number ? record::NumberTextToDouble(abi::Text(node)) : 0);
    default:
      return abi::Int64(LongOf(node));
  }
}

StatusOr<sluice_value> ReadJsonDecimal(const sluice_schema& schema, const sluice_value& node,
                                       abi::Arena& arena) {
  if (node.kind == kJsonNumber) {
    const std::optional<sluice_decimal> decimal = record::ParseDecimal(abi::Text(node), arena);
    if (!decimal) return DataError("Invalid bytes for Decimal field");
    return abi::Decimal(arena.New(*decimal));
  }
  if (node.kind != SLUICE_STRING) {
    return DataError(StrCat(
        "Invalid type for Decimal, underlying representation should be numeric or bytes but was ",
        JsonNodeType(node)));
  }
  std::string_view bytes;
  const StatusOr<int32_t> scale = record::DecimalScale(schema);
  if (!scale.ok()) {
    return Wrap(scale.status(), kDataException, "Invalid bytes for Decimal field");
  }
  if (!DecodeJsonBase64(abi::Text(node), arena, bytes) || bytes.empty()) {
    return DataError("Invalid bytes for Decimal field");
  }
  return abi::Decimal(arena.New(sluice_decimal{*scale, static_cast<uint32_t>(bytes.size()),
                                               reinterpret_cast<const uint8_t*>(bytes.data())}));
}

StatusOr<sluice_value> ReadJsonDate(Logical logical, const sluice_value& node) {
  if (logical == Logical::kTimestamp) {
    if (IsIntegralJson(node)) return abi::Integer(SLUICE_TIMESTAMP, LongOf(node));
    return DataError(
        StrCat("Invalid type for Timestamp, underlying representation should be integral but was ",
               JsonNodeType(node)));
  }
  int64_t number = 0;
  if (!IsInt(node, number)) {
    return DataError(StrCat("Invalid type for ", NameOf(logical),
                            ", underlying representation should be integer but was ",
                            JsonNodeType(node)));
  }
  if (logical == Logical::kDate) return abi::Integer(SLUICE_DATE, number);
  if (number < 0 || number > record::kMillisPerDay) {
    return DataError(
        "Time values must use number of milliseconds greater than 0 and less than 86400000");
  }
  return abi::Integer(SLUICE_TIME, number);
}

Status WriteJsonDecimal(const sluice_schema& schema, const sluice_value& value, bool numeric,
                        record::JsonOutput& out) {
  if (value.kind != SLUICE_DECIMAL) {
    return DataError(
        StrCat("Invalid type for Decimal, expected BigDecimal but was ", JavaClassText(value)));
  }
  const sluice_decimal& decimal = *value.as.decimal;
  if (numeric) {
    if (decimal.unscaled_size > record::kDecimalPrintedBytesMax) {
      return DataError(StrCat("A Decimal of ", decimal.unscaled_size,
                              " bytes is too long to be written as a number (at most ",
                              record::kDecimalPrintedBytesMax, "); use decimal.format=BASE64"));
    }
    std::string text;
    record::AppendDecimalText(text, decimal);
    out.Raw(text);
    return OkStatus();
  }
  SLUICE_ASSIGN_OR_RETURN(const int32_t scale, record::DecimalScale(schema));
  if (decimal.scale != scale) {
    return DataError(
        StrCat("Decimal value has mismatching scale for given Decimal schema. Schema has scale ",
               scale, ", value has scale ", decimal.scale, "."));
  }
  out.Base64(record::MinimalUnscaled(decimal));
  return OkStatus();
}

Status WriteJsonDate(Logical logical, const sluice_value& value, record::JsonOutput& out) {
  if (!record::IsDateKind(value.kind)) {
    return DataError(StrCat("Invalid type for ", NameOf(logical), ", expected Date but was ",
                            JavaClassText(value)));
  }
  const int64_t millis = record::DateMillis(value);
  if (logical == Logical::kDate) {
    if (value.kind != SLUICE_DATE && record::MillisOfDay(millis) != 0) {
      return DataError(
          "Kafka Connect Date type should not have any time fields set to non-zero values.");
    }
    out.Int(static_cast<int32_t>(value.kind == SLUICE_DATE ? value.as.int64
                                                           : millis / record::kMillisPerDay));
  } else if (logical == Logical::kTime) {
    if (millis < 0 || millis > record::kMillisPerDay) {
      return DataError(
          "Kafka Connect Time type should not have any date fields set to non-zero values.");
    }
    out.Int(millis);
  } else {
    out.Int(millis);
  }
  return OkStatus();
}

}  // namespace sluice::convert
