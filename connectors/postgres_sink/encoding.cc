#include "connectors/postgres_sink/encoding.h"

#include <optional>

#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

using abi::View;

bool IsWhole(sluice_kind type) { return type >= SLUICE_INT8 && type <= SLUICE_INT64; }
bool IsFloat(sluice_kind type) { return type == SLUICE_FLOAT32 || type == SLUICE_FLOAT64; }
bool IsNested(const sluice_schema& schema) {
  return schema.type == SLUICE_ARRAY || schema.type == SLUICE_MAP || schema.type == SLUICE_STRUCT;
}
// Text is assigned to these, and compared with them, as it is: char(n), which ignores blanks at the
// end, is not among them.
bool IsTextType(const Column& column) {
  return column.type == kOidText || column.type == kOidVarchar;
}

bool IsWholeType(const Column& column) {
  return column.type == kOidInt2 || column.type == kOidInt4 || column.type == kOidInt8;
}

// The wire whose binary form is that of `type`, for values of the schema; nothing: it has to be
// text and a cast.
std::optional<Wire> DirectWire(const sluice_schema& schema, uint32_t type) {
  switch (type) {  // text can be made of everything
    case kOidJson:
      return Wire::kJson;
    case kOidJsonb:
      return Wire::kJsonb;
    case kOidText:
    case kOidVarchar:
    case kOidBpchar:
    case kOidXml:
      return IsNested(schema) ? Wire::kJson : Wire::kText;
    default:
      break;
  }
  const std::string_view logical = LogicalName(schema);
  if (logical == abi::kDecimalName)
    return type == kOidNumeric ? std::optional(Wire::kNumeric) : std::nullopt;
  if (logical == abi::kDateName)
    return type == kOidDate ? std::optional(Wire::kDate) : std::nullopt;
  if (logical == abi::kTimeName)
    return type == kOidTime ? std::optional(Wire::kTime) : std::nullopt;
  if (logical == abi::kTimestampName) {
    if (type == kOidTimestamp) return Wire::kTimestamp;
    if (type == kOidTimestampTz) return Wire::kTimestampTz;
    return std::nullopt;
  }
  switch (type) {
    case kOidInt2:
      return IsWhole(schema.type) ? std::optional(Wire::kInt2) : std::nullopt;
    case kOidInt4:
      return IsWhole(schema.type) ? std::optional(Wire::kInt4) : std::nullopt;
    case kOidInt8:
      return IsWhole(schema.type) ? std::optional(Wire::kInt8) : std::nullopt;
    case kOidNumeric:
      return IsWhole(schema.type) ? std::optional(Wire::kNumeric) : std::nullopt;
    case kOidFloat4:
      return IsWhole(schema.type) || IsFloat(schema.type) ? std::optional(Wire::kFloat4)
                                                          : std::nullopt;
    case kOidFloat8:
      return IsWhole(schema.type) || IsFloat(schema.type) ? std::optional(Wire::kFloat8)
                                                          : std::nullopt;
    case kOidBool:
      return schema.type == SLUICE_BOOLEAN ? std::optional(Wire::kBoolean) : std::nullopt;
    case kOidBytea:
      return schema.type == SLUICE_BYTES ? std::optional(Wire::kBytea) : std::nullopt;
    case kOidUuid:
      return schema.type == SLUICE_STRING ? std::optional(Wire::kUuid) : std::nullopt;
    default:
      return std::nullopt;
  }
}

uint32_t ArrayOid(Wire wire) {
  switch (wire) {
    case Wire::kBoolean:
      return 1000;
    case Wire::kInt2:
      return 1005;
    case Wire::kInt4:
      return 1007;
    case Wire::kInt8:
      return 1016;
    case Wire::kFloat4:
      return 1021;
    case Wire::kFloat8:
      return 1022;
    case Wire::kNumeric:
      return 1231;
    case Wire::kBytea:
      return 1001;
    case Wire::kDate:
      return 1182;
    case Wire::kTime:
      return 1183;
    case Wire::kTimestamp:
      return 1115;
    case Wire::kTimestampTz:
      return 1185;
    case Wire::kUuid:
      return 2951;
    default:
      return 1009;
  }
}

bool IsTextWire(Wire wire) {
  return wire == Wire::kText || wire == Wire::kJson || wire == Wire::kJsonb;
}

// int64 and strings of timestamp.fields.list, where the column is a timestamp.
std::optional<Wire> CountedWire(const sluice_schema& schema, uint32_t type, Unit unit) {
  if (unit == Unit::kMillis || !IsWhole(schema.type)) return std::nullopt;
  if (type == kOidTimestamp) return Wire::kTimestamp;
  if (type == kOidTimestampTz) return Wire::kTimestampTz;
  return std::nullopt;
}

}  // namespace

std::string_view LogicalName(const sluice_schema& schema) {
  const std::string_view name = View(schema.name);
  const bool known =
      (schema.type == SLUICE_BYTES && name == abi::kDecimalName) ||
      (schema.type == SLUICE_INT32 && (name == abi::kDateName || name == abi::kTimeName)) ||
      (schema.type == SLUICE_INT64 && name == abi::kTimestampName);
  return known ? name : std::string_view();
}

ColumnEncoding ChooseEncoding(const sluice_schema& schema, const Column& column, Unit unit) {
  ColumnEncoding out;
  if (column.is_enum) {  // its binary form is its label; there is no array that fits
    out.copyable = true;
    out.copy = out.parameter = {Wire::kText, Wire::kText, kOidText, unit};
    out.cast = column.type_name;
    return out;
  }
  if (column.element != 0) {
    out.parameter = {Wire::kText, Wire::kText, kOidText, unit};
    out.cast = column.type_name;
    if (schema.type != SLUICE_ARRAY || schema.value_schema == nullptr) return out;
    const std::optional<Wire> element = DirectWire(*schema.value_schema, column.element);
    if (!element || IsNested(*schema.value_schema)) return out;
    out.copyable = true;
    out.copy = {Wire::kArray, *element, column.element, unit};
    return out;
  }
  std::optional<Wire> wire = CountedWire(schema, column.type, unit);
  if (!wire) wire = DirectWire(schema, column.type);
  if (!wire) {
    if (IsNested(schema) && schema.type != SLUICE_ARRAY) {
      throw sdk::ConnectException("The column \"", column.name, "\" is of type ", column.type_name,
                                  ", and a ", schema.type == SLUICE_MAP ? "map" : "struct",
                                  " can be written to jsonb, json and text only");
    }
    out.parameter = {Wire::kText, Wire::kText, kOidText, unit};
    out.cast = column.type_name;
    // As text 1.0 is no integer; as a number it is rounded.
    const bool decimal = LogicalName(schema) == abi::kDecimalName;
    if ((decimal || IsFloat(schema.type)) && IsWholeType(column)) {
      out.parameter.wire = decimal ? Wire::kNumeric : Wire::kFloat8;
      out.parameter.oid = decimal ? kOidNumeric : kOidFloat8;
      out.array_oid = ArrayOid(out.parameter.wire);
    }
    return out;
  }
  out.copyable = true;
  out.copy = out.parameter = {*wire, Wire::kText, column.type, unit};
  out.array_oid = ArrayOid(*wire);
  if (IsTextWire(*wire)) {
    out.parameter.oid = kOidText;
    if (*wire == Wire::kJsonb)
      out.parameter.wire = Wire::kJson;  // text has no version byte before it
    if (!IsTextType(column)) out.cast = column.type_name;
  }
  return out;
}

std::string CreateType(const sluice_schema& schema) {
  const std::string_view logical = LogicalName(schema);
  if (logical == abi::kDecimalName) return "DECIMAL";
  if (logical == abi::kDateName) return "DATE";
  if (logical == abi::kTimeName) return "TIME";
  if (logical == abi::kTimestampName) return "TIMESTAMP";
  switch (schema.type) {
    case SLUICE_INT8:
    case SLUICE_INT16:
      return "SMALLINT";
    case SLUICE_INT32:
      return "INT";
    case SLUICE_INT64:
      return "BIGINT";
    case SLUICE_FLOAT32:
      return "REAL";
    case SLUICE_FLOAT64:
      return "DOUBLE PRECISION";
    case SLUICE_BOOLEAN:
      return "BOOLEAN";
    case SLUICE_STRING:
      return "TEXT";
    case SLUICE_BYTES:
      return "BYTEA";
    case SLUICE_ARRAY:
      if (schema.value_schema != nullptr && !IsNested(*schema.value_schema)) {
        return CreateType(*schema.value_schema) + "[]";
      }
      return "JSONB";
    default:
      return "JSONB";
  }
}

}  // namespace sluice::postgres::sink
