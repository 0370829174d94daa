#include "runtime/convert/json_schema/value_writer.h"

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_scalar.h"
#include "runtime/convert/json_schema/connect_names.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::json_schema {
namespace {

using record::JavaClassText;
using record::JsonOutput;
using record::Logical;

bool HasDefault(const sluice_schema& schema, const Options& options) {
  return schema.default_value != nullptr && !abi::IsNull(*schema.default_value) &&
         !options.ignore_default_for_nullables;
}

// The field of a union that is set; nothing: none is.
const sluice_field* SetField(const sluice_struct& structure, const Options& options,
                             sluice_value& value) {
  const sluice_schema& schema = *structure.schema;
  for (uint32_t i = 0; i < schema.field_count; ++i) {
    value = structure.values[i];
    const sluice_schema& field = *schema.fields[i].schema;
    if (abi::IsNull(value) && HasDefault(field, options)) value = *field.default_value;
    if (!abi::IsNull(value)) return &schema.fields[i];
  }
  return nullptr;
}

class Writer {
 public:
  Writer(const Options& options, JsonOutput& out) : options_(options), out_(out) {}

  Status Write(const sluice_schema& schema, const sluice_value& value, int depth) {
    if (abi::IsNull(value)) {
      if (HasDefault(schema, options_)) return Write(schema, *schema.default_value, depth);
      return out_.Null(), OkStatus();
    }
    if (schema.name.data != nullptr) {
      const Logical logical = record::LogicalOf(&schema);
      if (logical == Logical::kDecimal) {
        return WriteJsonDecimal(schema, value, options_.numeric_decimals, out_);
      }
      if (logical != Logical::kNone) return WriteJsonDate(logical, value, out_);
    }
    if (value.kind != schema.type) return WrongClass(schema, value);
    switch (value.kind) {
      case SLUICE_BOOLEAN:
        return out_.Bool(value.as.int64 != 0), OkStatus();
      case SLUICE_FLOAT32:
        return out_.Float(value.as.float32), OkStatus();
      case SLUICE_FLOAT64:
        return out_.Double(value.as.float64), OkStatus();
      case SLUICE_STRING:
        return out_.String(abi::Text(value)), OkStatus();
      case SLUICE_BYTES:
        return out_.Base64(abi::Text(value)), OkStatus();
      case SLUICE_ARRAY:
        return WriteArray(schema, value, depth + 1);
      case SLUICE_MAP:
        return IsObjectMap(schema) ? WriteObject(schema, value, depth + 1)
                                   : WriteEntries(schema, value, depth + 1);
      case SLUICE_STRUCT:
        return WriteStruct(schema, *value.as.structure, depth);
      default:
        return out_.Int(value.as.int64), OkStatus();
    }
  }

 private:
  static Status WrongClass(const sluice_schema& schema, const sluice_value& value) {
    return DataError(schema.type == SLUICE_BYTES
                         ? StrCat("Invalid type for bytes type: ", JavaClassText(value))
                         : StrCat("Invalid type for ", record::TypeName(schema.type), ": ",
                                  JavaClassText(value)));
  }

  Status WriteArray(const sluice_schema& schema, const sluice_value& value, int depth) {
    if (depth > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
    out_.Char('[');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i != 0) out_.Char(',');
      SLUICE_RETURN_IF_ERROR(Write(*schema.value_schema, value.as.items[i], depth));
    }
    out_.Char(']');
    return OkStatus();
  }

  Status WriteObject(const sluice_schema& schema, const sluice_value& value, int depth) {
    if (depth > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
    out_.Char('{');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i != 0) out_.Char(',');
      const sluice_map_entry& entry = value.as.entries[i];
      if (entry.key.kind != SLUICE_STRING) return WrongClass(*schema.key_schema, entry.key);
      out_.String(abi::Text(entry.key));
      out_.Char(':');
      SLUICE_RETURN_IF_ERROR(Write(*schema.value_schema, entry.value, depth));
    }
    out_.Char('}');
    return OkStatus();
  }

  Status WriteEntries(const sluice_schema& schema, const sluice_value& value, int depth) {
    if (depth + 1 > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
    out_.Char('[');
    for (uint32_t i = 0; i < value.size; ++i) {
      const sluice_map_entry& entry = value.as.entries[i];
      out_.Raw(i == 0 ? "{\"key\":" : ",{\"key\":");
      SLUICE_RETURN_IF_ERROR(Write(*schema.key_schema, entry.key, depth + 1));
      out_.Raw(",\"value\":");
      SLUICE_RETURN_IF_ERROR(Write(*schema.value_schema, entry.value, depth + 1));
      out_.Char('}');
    }
    out_.Char(']');
    return OkStatus();
  }

  Status WriteStruct(const sluice_schema& schema, const sluice_struct& structure, int depth) {
    if (!abi::SameSchema(structure.schema, &schema)) return DataError("Mismatching schema.");
    if (IsUnion(schema)) {
      sluice_value value;
      const sluice_field* field = SetField(structure, options_, value);
      if (field != nullptr) {
        if (depth + 1 > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
        return Write(*field->schema, value, depth + 1);
      }
      return out_.Null(), OkStatus();
    }
    if (depth + 1 > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
    char before = '{';
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_field& field = schema.fields[i];
      if (IsAbsent(*field.schema, structure.values[i], options_)) continue;
      out_.Char(before);
      before = ',';
      out_.String(abi::View(field.name));
      out_.Char(':');
      SLUICE_RETURN_IF_ERROR(Write(*field.schema, structure.values[i], depth + 1));
    }
    if (before == '{') out_.Char('{');
    out_.Char('}');
    return OkStatus();
  }

  const Options& options_;
  JsonOutput& out_;
};

}  // namespace

bool IsAbsent(const sluice_schema& schema, const sluice_value& value, const Options& options) {
  if (abi::IsNull(value)) return schema.optional == 0 && !HasDefault(schema, options);
  if (value.kind != SLUICE_STRUCT || schema.type != SLUICE_STRUCT || !IsUnion(schema)) return false;
  sluice_value set;
  const sluice_field* field = SetField(*value.as.structure, options, set);
  return field == nullptr ? IsAbsent(schema, abi::Null(), options)
                          : IsAbsent(*field->schema, set, options);
}

Status WriteValue(const sluice_schema& schema, const sluice_value& value, const Options& options,
                  JsonOutput& out) {
  return Writer(options, out).Write(schema, value, 0);
}

}  // namespace sluice::convert::json_schema
