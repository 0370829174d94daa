// Records as the golden files of the peer's answers write them (tests/parity/JavaTransforms.java),
// and data as the text that they write. Not for production code.
#ifndef SLUICE_RUNTIME_TRANSFORM_PEER_RECORDS_H_
#define SLUICE_RUNTIME_TRANSFORM_PEER_RECORDS_H_

#include <algorithm>
#include <bit>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/record/decimal.h"
#include "runtime/transform/record_builder.h"

namespace sluice::transform::testing {

using abi::SchemaBuilder;
using abi::SchemaRef;
using JsonValue = rapidjson::Value;

// ---- Data as text, as JavaTransforms.java writes it

inline std::string Show(const sluice_value& value) {
  const auto number = [&](std::string_view name) { return StrCat(name, value.as.int64); };
  std::vector<std::string> parts;
  switch (value.kind) {
    case SLUICE_NULL:
      return "null";
    case SLUICE_BOOLEAN:
      return value.as.int64 ? "bool:true" : "bool:false";
    case SLUICE_INT8:
      return number("i8:");
    case SLUICE_INT16:
      return number("i16:");
    case SLUICE_INT32:
      return number("i32:");
    case SLUICE_INT64:
      return number("i64:");
    case SLUICE_FLOAT32:
    case SLUICE_FLOAT64: {
      char text[40];
      if (value.kind == SLUICE_FLOAT32) {
        std::snprintf(text, sizeof text, "f32:%08x", std::bit_cast<uint32_t>(value.as.float32));
      } else {
        std::snprintf(text, sizeof text, "f64:%016llx",
                      static_cast<unsigned long long>(std::bit_cast<uint64_t>(value.as.float64)));
      }
      return text;
    }
    case SLUICE_STRING:
      return StrCat("s'", abi::Text(value), "'");
    case SLUICE_BYTES:
      return StrCat("b:", Base64Encode(abi::Text(value)));
    case SLUICE_DECIMAL:
      return StrCat("d:", Base64Encode(record::MinimalUnscaled(*value.as.decimal)), "/",
                    value.as.decimal->scale);
    case SLUICE_ARRAY:
      for (uint32_t i = 0; i < value.size; ++i) parts.push_back(Show(value.as.items[i]));
      return StrCat("[", StrJoin(parts, ","), "]");
    case SLUICE_MAP:
      for (uint32_t i = 0; i < value.size; ++i) {
        parts.push_back(
            StrCat(Show(value.as.entries[i].key), "=", Show(value.as.entries[i].value)));
      }
      std::sort(parts.begin(), parts.end());
      return StrCat("{", StrJoin(parts, ","), "}");
    case SLUICE_STRUCT:
      for (uint32_t i = 0; i < value.size; ++i) {
        parts.push_back(StrCat(abi::View(value.as.structure->schema->fields[i].name), "=",
                               Show(value.as.structure->values[i])));
      }
      return StrCat("Struct{", StrJoin(parts, ","), "}");
    default:
      return StrCat("t:", record::DateMillis(value));
  }
}

inline std::string Show(const sluice_schema* schema) {
  if (schema == nullptr) return "-";
  std::string text(record::TypeName(schema->type));
  if (schema->optional) text.push_back('?');
  if (schema->type == SLUICE_ARRAY) StrAppend(text, "<", Show(schema->value_schema), ">");
  if (schema->type == SLUICE_MAP)
    StrAppend(text, "<", Show(schema->key_schema), ",", Show(schema->value_schema), ">");
  std::vector<std::string> parts;
  for (uint32_t i = 0; i < schema->field_count; ++i) {
    parts.push_back(StrCat(abi::View(schema->fields[i].name), ":", Show(schema->fields[i].schema)));
  }
  if (schema->type == SLUICE_STRUCT) StrAppend(text, "{", StrJoin(parts, ","), "}");
  if (schema->name.data != nullptr) StrAppend(text, "(", abi::View(schema->name), ")");
  if (schema->has_version) StrAppend(text, "v", schema->version);
  if (schema->doc.data != nullptr) StrAppend(text, "doc'", abi::View(schema->doc), "'");
  if (schema->parameter_count > 0) {
    parts.clear();
    for (uint32_t i = 0; i < schema->parameter_count; ++i) {
      parts.push_back(StrCat(abi::View(schema->parameters[i].key), "=",
                             abi::View(schema->parameters[i].value)));
    }
    std::sort(parts.begin(), parts.end());
    StrAppend(text, "{", StrJoin(parts, ", "), "}");
  }
  if (schema->default_value != nullptr) StrAppend(text, "=", Show(*schema->default_value));
  return text;
}

// ---- Records from JsonConverter's JSON, as far as the golden file needs it

class Reader {
 public:
  explicit Reader(abi::Arena& arena) : arena_(arena) {}

  SchemaRef ReadSchema(const JsonValue& json) {
    static const std::map<std::string_view, sluice_kind> kTypes = {
        {"boolean", SLUICE_BOOLEAN}, {"int8", SLUICE_INT8},     {"int16", SLUICE_INT16},
        {"int32", SLUICE_INT32},     {"int64", SLUICE_INT64},   {"float", SLUICE_FLOAT32},
        {"double", SLUICE_FLOAT64},  {"string", SLUICE_STRING}, {"bytes", SLUICE_BYTES},
        {"array", SLUICE_ARRAY},     {"map", SLUICE_MAP},       {"struct", SLUICE_STRUCT}};
    SchemaBuilder builder(kTypes.at(JsonText(*FindJsonMember(json, "type"))));
    const auto* optional = FindJsonMember(json, "optional");
    builder.Optional(optional != nullptr && optional->GetBool());
    if (const auto* name = FindJsonMember(json, "name")) builder.Name(JsonText(*name));
    if (const auto* doc = FindJsonMember(json, "doc")) builder.Doc(JsonText(*doc));
    if (const auto* version = FindJsonMember(json, "version")) builder.Version(version->GetInt());
    if (const auto* parameters = FindJsonMember(json, "parameters")) {
      for (const auto& one : parameters->GetObject())
        builder.Parameter(JsonText(one.name), JsonText(one.value));
    }
    if (const auto* keys = FindJsonMember(json, "keys")) builder.Key(ReadSchema(*keys));
    if (const auto* values = FindJsonMember(json, "values")) builder.Value(ReadSchema(*values));
    if (const auto* items = FindJsonMember(json, "items")) builder.Value(ReadSchema(*items));
    if (const auto* fields = FindJsonMember(json, "fields")) {
      for (const auto& field : fields->GetArray()) {
        builder.Field(JsonText(*FindJsonMember(field, "field")), ReadSchema(field));
      }
    }
    if (const auto* value = FindJsonMember(json, "default"))
      builder.Default(Read(*value, builder.Build().get()));
    return builder.Build();
  }

  sluice_value Read(const JsonValue& json, const sluice_schema* schema) {
    if (json.IsNull()) return abi::Null();
    if (json.IsBool()) return abi::Boolean(json.GetBool());
    if (json.IsString()) {
      if (schema != nullptr && schema->type == SLUICE_BYTES)
        return ReadBytes(*Base64Decode(JsonText(json)), *schema);
      return arena_.CopyString(JsonText(json));
    }
    if (json.IsNumber()) {
      if (schema == nullptr)
        return json.IsInt64() ? abi::Int64(json.GetInt64()) : abi::Float64(json.GetDouble());
      if (schema->type == SLUICE_FLOAT64) return abi::Float64(json.GetDouble());
      if (schema->type == SLUICE_FLOAT32) return abi::Float32(static_cast<float>(json.GetDouble()));
      return abi::Integer(KindOf(*schema), json.GetInt64());
    }
    if (json.IsArray()) {
      auto* items = arena_.NewArray<sluice_value>(json.Size());
      for (unsigned i = 0; i < json.Size(); ++i)
        items[i] = Read(json[i], schema ? schema->value_schema : nullptr);
      return abi::Array(items, json.Size());
    }
    if (schema != nullptr && schema->type == SLUICE_STRUCT) {
      auto* values = arena_.NewArray<sluice_value>(schema->field_count);
      for (uint32_t i = 0; i < schema->field_count; ++i) {
        const auto* field = FindJsonMember(json, abi::View(schema->fields[i].name));
        values[i] = field == nullptr ? abi::Null() : Read(*field, schema->fields[i].schema);
      }
      return arena_.NewStruct(schema, values);
    }
    auto* entries = arena_.NewArray<sluice_map_entry>(json.MemberCount());
    size_t count = 0;
    for (const auto& member : json.GetObject()) {
      entries[count++] = {arena_.CopyString(JsonText(member.name)),
                          Read(member.value, schema ? schema->value_schema : nullptr)};
    }
    return abi::Map(entries, count);
  }

  // A struct's fields as a map.
  sluice_value Bare(const sluice_value& value) {
    if (value.kind != SLUICE_STRUCT) return value;
    const sluice_struct& from = *value.as.structure;
    auto* entries = arena_.NewArray<sluice_map_entry>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      entries[i] = {abi::String(abi::View(from.schema->fields[i].name)), Bare(from.values[i])};
    }
    return abi::Map(entries, value.size);
  }

 private:
  static sluice_kind KindOf(const sluice_schema& schema) {
    switch (record::LogicalOf(&schema)) {
      case record::Logical::kDate:
        return SLUICE_DATE;
      case record::Logical::kTime:
        return SLUICE_TIME;
      case record::Logical::kTimestamp:
        return SLUICE_TIMESTAMP;
      default:
        return schema.type;
    }
  }
  sluice_value ReadBytes(const std::string& bytes, const sluice_schema& schema) {
    if (record::LogicalOf(&schema) != record::Logical::kDecimal) return arena_.CopyBytes(bytes);
    const std::string_view kept = arena_.Copy(bytes);
    return abi::Decimal(
        arena_.New(sluice_decimal{*record::DecimalScale(schema), static_cast<uint32_t>(kept.size()),
                                  reinterpret_cast<const uint8_t*>(kept.data())}));
  }

  abi::Arena& arena_;
};

struct Input {
  SchemaRef schema,
      bare_schema;  // bare_schema: of which the value is free, but its parts may point into
  sluice_value value;
};

// A record as TransformQuestions.java writes it.
inline Input ReadInput(Reader& reader, std::string_view text) {
  const bool bare = text.starts_with("bare:"), fallback = text.starts_with("default:");
  std::string_view default_text;
  if (bare) text.remove_prefix(5);
  if (fallback) {
    default_text = text.substr(8, text.find('\n') - 8);
    text.remove_prefix(text.find('\n') + 1);
  }
  const auto json = ParseJson(text);
  Input input;
  const auto* schema = json->IsObject() ? FindJsonMember(*json, "schema") : nullptr;
  if (schema == nullptr) {
    input.value = reader.Read(*json, nullptr);
    return input;
  }
  input.schema = reader.ReadSchema(*schema);
  if (fallback) {
    const auto data = ParseJson(default_text);
    SchemaBuilder builder = SchemaBuilder::Like(*input.schema);
    input.schema = builder.Default(reader.Read(*data, input.schema.get())).Build();
  }
  input.value = reader.Read(*FindJsonMember(*json, "payload"), input.schema.get());
  if (bare) {
    std::swap(input.schema, input.bare_schema);
    input.value = reader.Bare(input.value);
  }
  return input;
}

}  // namespace sluice::transform::testing

#endif  // SLUICE_RUNTIME_TRANSFORM_PEER_RECORDS_H_
