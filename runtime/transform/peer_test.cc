// What Apache Kafka Connect's transforms made of some 480 records, asked by
// tests/parity/JavaTransforms.java, against ours.
#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <map>

#include "runtime/base/json.h"
#include "runtime/record/decimal.h"
#include "runtime/transform/record_builder.h"

namespace sluice::transform {
namespace {

using abi::SchemaBuilder;
using abi::SchemaRef;
using JsonValue = rapidjson::Value;

// ---- Data as text, as JavaTransforms.java writes it

std::string Show(const sluice_value& value) {
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

std::string Show(const sluice_schema* schema) {
  if (schema == nullptr) return "-";
  std::string text(record::TypeName(schema->type));
  if (schema->optional) text.push_back('?');
  if (schema->type == SLUICE_ARRAY) StrAppend(text, "<", Show(schema->value_schema), ">");
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
        {"boolean", SLUICE_BOOLEAN}, {"int8", SLUICE_INT8},      {"int32", SLUICE_INT32},
        {"int64", SLUICE_INT64},     {"double", SLUICE_FLOAT64}, {"string", SLUICE_STRING},
        {"bytes", SLUICE_BYTES},     {"array", SLUICE_ARRAY},    {"struct", SLUICE_STRUCT}};
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
        return arena_.CopyBytes(*Base64Decode(JsonText(json)));
      return arena_.CopyString(JsonText(json));
    }
    if (json.IsNumber()) {
      if (schema == nullptr)
        return json.IsInt64() ? abi::Int64(json.GetInt64()) : abi::Float64(json.GetDouble());
      if (schema->type == SLUICE_FLOAT64) return abi::Float64(json.GetDouble());
      const bool date = record::LogicalOf(schema) == record::Logical::kDate;
      return abi::Integer(date ? sluice_kind{SLUICE_DATE} : schema->type, json.GetInt64());
    }
    if (json.IsArray()) {
      auto* items = arena_.NewArray<sluice_value>(json.Size());
      for (unsigned i = 0; i < json.Size(); ++i)
        items[i] = Read(json[i], schema ? schema->value_schema : nullptr);
      return abi::Array(items, json.Size());
    }
    if (schema != nullptr) {
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
      entries[count++] = {arena_.CopyString(JsonText(member.name)), Read(member.value, nullptr)};
    }
    return abi::Map(entries, count);
  }

 private:
  abi::Arena& arena_;
};

struct Input {
  SchemaRef schema;
  sluice_value value;
};

// Where ours is another on purpose: the error that Java gives, and what ours begins with.
const std::map<std::string_view, std::string_view> kDifferences = {
    {"Eorg.apache.kafka.common.config.ConfigException: Invalid value null for configuration "
     "static.value: No value "
     "specified for static field: "
     "org.apache.kafka.connect.transforms.InsertField$InsertionSpec@",  // an address
     "Eorg.apache.kafka.common.config.ConfigException: Invalid value null for configuration "
     "static.value: No value "
     "specified for static field: a"},
};

bool IsKnownDifference(std::string_view java, std::string_view ours) {
  for (const auto& [theirs, expected] : kDifferences) {
    if (java.substr(0, theirs.size()) == theirs) return ours.substr(0, expected.size()) == expected;
  }
  return false;
}

std::string Ask(const JsonValue& question, const std::map<int, Input>& inputs) {
  const auto found = FindTransform(
      StrCat("org.apache.kafka.connect.transforms.", JsonText(*FindJsonMember(question, "class"))));
  if (!found.ok()) return Describe(found.status());
  config::ConfigMap settings;
  for (const auto& one : FindJsonMember(question, "config")->GetObject())
    settings.Set(JsonText(one.name), JsonText(one.value));
  auto transform = (*found)->make(settings);
  if (!transform.ok()) return StrCat("E", Describe(transform.status()));
  const Input& input = inputs.at(FindJsonMember(question, "record")->GetInt());
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str(JsonText(*FindJsonMember(question, "topic")));
  record.value_schema = input.schema.get();
  record.value = input.value;
  if (FindJsonMember(question, "sink")->GetBool()) {
    record.original_topic = record.topic;
    record.partition = record.original_partition = 3;
    record.original_offset = 17;
    record.timestamp = 1000;
  }
  record::BatchMemory memory;
  StatusOr<bool> kept = (*transform)->Apply(record, memory);
  if (!kept.ok()) return StrCat("E", Describe(kept.status()));
  if (!*kept) return "dropped";
  return StrCat(abi::View(record.topic), "|", Show(record.value_schema), "|", Show(record.value));
}

TEST(Peer, TransformsMakeWhatJavasMake) {
  std::ifstream file("runtime/transform/peer_golden.jsonl");
  abi::Arena arena;
  Reader reader(arena);
  std::map<int, Input> inputs;
  int questions = 0;
  for (std::string line; std::getline(file, line);) {
    auto json = ParseJson(line);
    ASSERT_TRUE(json.ok()) << Describe(json.status());
    if (const auto* number = FindJsonMember(*json, "is")) {
      auto data = ParseJson(JsonText(*FindJsonMember(*json, "json")));
      ASSERT_TRUE(data.ok());
      Input& input = inputs[number->GetInt()];
      const auto* schema = FindJsonMember(*data, "schema");
      if (schema != nullptr) input.schema = reader.ReadSchema(*schema);
      input.value = reader.Read(schema != nullptr ? *FindJsonMember(*data, "payload") : *data,
                                input.schema.get());
      continue;
    }
    ++questions;
    const std::string_view java = JsonText(*FindJsonMember(*json, "out"));
    const std::string ours = Ask(*json, inputs);
    if (ours != java && !IsKnownDifference(java, ours)) ADD_FAILURE() << line << "\nours: " << ours;
  }
  EXPECT_GT(questions, 400);
}

}  // namespace
}  // namespace sluice::transform
