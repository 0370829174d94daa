#include "runtime/convert/avro/connect_names.h"

#include <cstdlib>

#include "runtime/abi/views.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::convert::avro {
namespace {

bool IsPlain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Scrub(std::string_view name) {
  bool plain = !name.empty() && !IsDigit(name[0]);
  for (const char c : name) plain = plain && IsPlain(c);
  if (plain || name.empty()) return std::string(name);
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  if (IsDigit(name[0])) out = "x";
  for (const char c : name) {
    if (IsPlain(c)) {
      out += c;
    } else if (c == '.' || c == '-' || c == '*' || c == ' ') {  // one character when URL-encoded
      out += '_';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '_';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// What is written for schemaless data: one of many optional fields is set.
constexpr std::string_view kAnything =
    R"({"type":"record","name":"Anything","namespace":"io.confluent.connect.avro","fields":[)"
    R"({"name":"boolean","type":["null","boolean"],"default":null},)"
    R"({"name":"bytes","type":["null","bytes"],"default":null},)"
    R"({"name":"double","type":["null","double"],"default":null},)"
    R"({"name":"float","type":["null","float"],"default":null},)"
    R"({"name":"int","type":["null","int"],"default":null},)"
    R"({"name":"long","type":["null","long"],"default":null},)"
    R"({"name":"string","type":["null","string"],"default":null},)"
    R"({"name":"array","type":["null",{"type":"array","items":"Anything"}],"default":null},)"
    R"({"name":"map","type":["null",{"type":"array","items":{"type":"record","name":"MapEntry",)"
    R"("fields":[{"name":"key","type":"Anything"},{"name":"value","type":"Anything"}]}}],)"
    R"("default":null}]})";

}  // namespace

const sluice_key_value* FindParameter(const sluice_schema& schema, std::string_view key) {
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    if (abi::View(schema.parameters[i].key) == key) return &schema.parameters[i];
  }
  return nullptr;
}

bool IsUnion(const sluice_schema& schema) {
  return schema.type == SLUICE_STRUCT &&
         (abi::View(schema.name) == kUnion || FindParameter(schema, kGeneralUnion) != nullptr);
}

bool IsEnum(const sluice_schema& schema) {
  return schema.type == SLUICE_STRING && (FindParameter(schema, kEnum) != nullptr ||
                                          FindParameter(schema, kGeneralEnum) != nullptr);
}

bool IsFixed(const sluice_schema& schema) {
  return schema.type == SLUICE_BYTES && schema.name.data != nullptr &&
         FindParameter(schema, kFixedSize) != nullptr;
}

std::optional<int32_t> FixedSize(const sluice_schema& schema) {
  const sluice_key_value* size = FindParameter(schema, kFixedSize);
  if (size == nullptr) return std::nullopt;
  const auto number = ParseInt64(abi::View(size->value));
  if (!number || *number < 0 || *number > INT32_MAX) return std::nullopt;
  return static_cast<int32_t>(*number);
}

bool IsMapEntry(const Schema& schema) {
  if (schema.type != Type::kRecord) return false;
  return (schema.space == kNamespace && schema.name == kMapEntry) ||
         schema.TextProp(kConnectInternalType) == kMapEntry;
}

bool HasTextKeys(const sluice_schema& map, const AvroOptions& options) {
  return map.key_schema != nullptr && map.key_schema->type == SLUICE_STRING &&
         (map.key_schema->optional == 0 || options.allow_optional_map_keys);
}

std::string ScrubName(std::string_view name, const AvroOptions& options) {
  return options.scrub_invalid_names ? Scrub(name) : std::string(name);
}

SplitName SplitFullName(std::string_view full, const AvroOptions& options) {
  SplitName split;
  while (true) {
    const size_t dot = full.find('.');
    std::string part = ScrubName(full.substr(0, dot), options);
    if (dot == std::string_view::npos) {
      split.name = std::move(part);
      return split;
    }
    StrAppend(split.space, split.space.empty() ? "" : ".", part);
    full.remove_prefix(dot + 1);
  }
}

std::string UnionField(const Schema& branch, int index, const AvroOptions& options) {
  if (options.generalized_sum_types) return StrCat(kGeneralUnionField, index);
  if (!branch.named()) return std::string(TypeName(branch.type));
  if (options.enhanced) return branch.full_name();
  return SplitFullName(branch.name, options).name;
}

const Schema& AnythingSchema() {
  static const auto& document = *new std::shared_ptr<const Document>([] {
    auto parsed = ParseSchema(kAnything);
    if (!parsed.ok()) std::abort();
    return *std::move(parsed);
  }());
  return *document->root();
}

const std::string& AnythingText() {
  static const auto& text = *new std::string(kAnything);
  return text;
}

std::string TextOf(const rapidjson::Value& value) {
  return value.IsString() ? std::string(JsonText(value)) : WriteJson(value);
}

abi::SchemaRef WithFieldParameters(const Field& field, abi::SchemaRef made) {
  for (const auto& [key, value] : field.props) {
    if (key != kConnectParameters || !value->IsObject()) continue;
    abi::SchemaBuilder builder = abi::SchemaBuilder::Like(*made);
    for (const auto& one : value->GetObject()) {
      builder.Parameter(JsonText(one.name), TextOf(one.value));
    }
    return builder.Build();
  }
  return made;
}

}  // namespace sluice::convert::avro
