#include "runtime/convert/json_write.h"

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_scalar.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

using record::JavaClassText;
using record::JsonOutput;
using record::Logical;

class Writer {
 public:
  Writer(const JsonSettings& settings, JsonOutput& out) : settings_(settings), out_(out) {}

  Status Write(const sluice_schema* schema, const sluice_value& value, int depth) {
    if (schema == nullptr) return record::WriteSchemaless(value, out_, depth);
    if (abi::IsNull(value)) return WriteNull(*schema, depth);
    if (schema->name.data != nullptr) {
      const Logical logical = record::LogicalOf(schema);
      if (logical == Logical::kDecimal) {
        return WriteJsonDecimal(*schema, value, settings_.numeric_decimals, out_);
      }
      if (logical != Logical::kNone) return WriteJsonDate(logical, value, out_);
    }
    if (value.kind != schema->type) return WrongClass(*schema, value);
    switch (value.kind) {
      case SLUICE_BOOLEAN:
        out_.Bool(value.as.int64 != 0);
        return OkStatus();
      case SLUICE_FLOAT32:
        out_.Float(value.as.float32);
        return OkStatus();
      case SLUICE_FLOAT64:
        out_.Double(value.as.float64);
        return OkStatus();
      case SLUICE_STRING:
        out_.String(abi::Text(value));
        return OkStatus();
      case SLUICE_BYTES:
        out_.Base64(abi::Text(value));
        return OkStatus();
      case SLUICE_ARRAY:
        return WriteArray(*schema, value, depth + 1);
      case SLUICE_MAP:
        return WriteMap(*schema, value, depth + 1);
      case SLUICE_STRUCT:
        return WriteStruct(*schema, *value.as.structure, depth + 1);
      default:
        out_.Int(value.as.int64);
        return OkStatus();
    }
  }

 private:
  static Status WrongClass(const sluice_schema& schema, const sluice_value& value) {
    if (schema.type == SLUICE_BYTES) {
      return DataError(StrCat("Invalid type for bytes type: ", JavaClassText(value)));
    }
    return DataError(
        StrCat("Invalid type for ", record::TypeName(schema.type), ": ", JavaClassText(value)));
  }

  Status WriteNull(const sluice_schema& schema, int depth) {
    if (schema.default_value != nullptr && settings_.replace_null_with_default) {
      return Write(&schema, *schema.default_value, depth);
    }
    if (schema.optional) {
      out_.Null();
      return OkStatus();
    }
    return DataError(
        "Conversion error: null value for field that is required and has no default value");
  }

  Status WriteArray(const sluice_schema& schema, const sluice_value& value, int depth) {
    if (depth > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
    out_.Char('[');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i != 0) out_.Char(',');
      SLUICE_RETURN_IF_ERROR(Write(schema.value_schema, value.as.items[i], depth));
    }
    out_.Char(']');
    return OkStatus();
  }

  Status WriteMap(const sluice_schema& schema, const sluice_value& value, int depth) {
    const bool object = schema.key_schema != nullptr && schema.key_schema->type == SLUICE_STRING;
    if (depth + (object || value.size == 0 ? 0 : 1) > record::kJsonWriteDepthMax) {
      return record::JsonTooDeepToWrite();
    }
    out_.Char(object ? '{' : '[');
    for (uint32_t i = 0; i < value.size; ++i) {
      if (i != 0) out_.Char(',');
      const sluice_map_entry& entry = value.as.entries[i];
      if (object) {
        SLUICE_RETURN_IF_ERROR(WriteKey(*schema.key_schema, entry.key));
        out_.Char(':');
        SLUICE_RETURN_IF_ERROR(Write(schema.value_schema, entry.value, depth));
      } else {
        out_.Char('[');
        SLUICE_RETURN_IF_ERROR(Write(schema.key_schema, entry.key, depth + 1));
        out_.Char(',');
        SLUICE_RETURN_IF_ERROR(Write(schema.value_schema, entry.value, depth + 1));
        out_.Char(']');
      }
    }
    out_.Char(object ? '}' : ']');
    return OkStatus();
  }

  Status WriteKey(const sluice_schema& schema, const sluice_value& key) {
    if (key.kind == SLUICE_STRING && schema.name.data == nullptr) [[likely]] {
      out_.String(abi::Text(key));
      return OkStatus();
    }
    // A null, or a logical type on a string: whatever it is written as, as a text.
    JsonOutput written;
    SLUICE_RETURN_IF_ERROR(Writer(settings_, written).Write(&schema, key, 0));
    const std::string_view text = written.view();
    if (!text.empty() && text.front() == '"') {
      out_.Raw(text);
    } else {
      out_.String(text);
    }
    return OkStatus();
  }

  Status WriteStruct(const sluice_schema& schema, const sluice_struct& structure, int depth) {
    if (!abi::SameSchema(structure.schema, &schema)) return DataError("Mismatching schema.");
    if (depth > record::kJsonWriteDepthMax) return record::JsonTooDeepToWrite();
    out_.Char('{');
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      if (i != 0) out_.Char(',');
      out_.String(abi::View(schema.fields[i].name));
      out_.Char(':');
      SLUICE_RETURN_IF_ERROR(Write(schema.fields[i].schema, structure.values[i], depth));
    }
    out_.Char('}');
    return OkStatus();
  }

  const JsonSettings& settings_;
  JsonOutput& out_;
};

std::string_view JsonTypeName(sluice_kind type) {
  static constexpr std::string_view kNames[] = {"",      "boolean", "int8",   "int16",  "int32",
                                                "int64", "float",   "double", "string", "bytes",
                                                "array", "map",     "struct"};
  return type < std::size(kNames) ? kNames[type] : "";
}

Status WriteInner(std::string_view member, const sluice_schema* inner, const JsonSettings& settings,
                  JsonOutput& out) {
  out.Raw(member);
  if (inner != nullptr) return WriteJsonSchema(*inner, settings, out);
  out.Null();
  return OkStatus();
}

Status WriteParts(const sluice_schema& schema, const JsonSettings& settings, JsonOutput& out) {
  if (schema.type == SLUICE_ARRAY) {
    return WriteInner(",\"items\":", schema.value_schema, settings, out);
  }
  if (schema.type == SLUICE_MAP) {
    SLUICE_RETURN_IF_ERROR(WriteInner(",\"keys\":", schema.key_schema, settings, out));
    return WriteInner(",\"values\":", schema.value_schema, settings, out);
  }
  if (schema.type != SLUICE_STRUCT) return OkStatus();
  out.Raw(",\"fields\":[");
  for (uint32_t i = 0; i < schema.field_count; ++i) {
    if (i != 0) out.Char(',');
    const sluice_field& field = schema.fields[i];
    SLUICE_RETURN_IF_ERROR(WriteJsonSchema(*field.schema, settings, out, &field.name));
  }
  out.Char(']');
  return OkStatus();
}

}  // namespace

Status WriteJsonValue(const sluice_schema* schema, const sluice_value& value,
                      const JsonSettings& settings, JsonOutput& out, int depth) {
  return Writer(settings, out).Write(schema, value, depth);
}

Status WriteJsonSchema(const sluice_schema& schema, const JsonSettings& settings, JsonOutput& out,
                       const sluice_str* field) {
  out.Raw("{\"type\":\"");
  out.Raw(JsonTypeName(schema.type));
  out.Char('"');
  SLUICE_RETURN_IF_ERROR(WriteParts(schema, settings, out));
  out.Raw(schema.optional ? ",\"optional\":true" : ",\"optional\":false");
  if (schema.name.data != nullptr) {
    out.Raw(",\"name\":");
    out.String(abi::View(schema.name));
  }
  if (schema.has_version) {
    out.Raw(",\"version\":");
    out.Int(schema.version);
  }
  if (schema.doc.data != nullptr) {
    out.Raw(",\"doc\":");
    out.String(abi::View(schema.doc));
  }
  if (schema.parameter_count > 0) {
    out.Raw(",\"parameters\":");
    for (uint32_t i = 0; i < schema.parameter_count; ++i) {
      out.Char(i == 0 ? '{' : ',');
      out.String(abi::View(schema.parameters[i].key));
      out.Char(':');
      out.String(abi::View(schema.parameters[i].value));
    }
    out.Char('}');
  }
  if (schema.default_value != nullptr && !abi::IsNull(*schema.default_value)) {
    out.Raw(",\"default\":");
    SLUICE_RETURN_IF_ERROR(WriteJsonValue(&schema, *schema.default_value, settings, out, 0));
  }
  if (field != nullptr) {
    out.Raw(",\"field\":");
    out.String(abi::View(*field));
  }
  out.Char('}');
  return OkStatus();
}

}  // namespace sluice::convert
