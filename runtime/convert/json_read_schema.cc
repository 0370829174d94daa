// Schemas out of JSON.
#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_read.h"
#include "runtime/record/decimal.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

Status BuilderError(std::string_view message) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, record::kSchemaBuilderException,
                        message);
}

// A text member, or nothing.
const sluice_value* FindText(const sluice_value& node, std::string_view name) {
  const sluice_value* member = abi::Find(node, name);
  return member != nullptr && member->kind == SLUICE_STRING ? member : nullptr;
}

sluice_kind KindOfType(std::string_view name) {
  static constexpr std::pair<std::string_view, sluice_kind> kTypes[] = {
      {"boolean", SLUICE_BOOLEAN}, {"int8", SLUICE_INT8},   {"int16", SLUICE_INT16},
      {"int32", SLUICE_INT32},     {"int64", SLUICE_INT64}, {"float", SLUICE_FLOAT32},
      {"double", SLUICE_FLOAT64},  {"bytes", SLUICE_BYTES}, {"string", SLUICE_STRING},
      {"array", SLUICE_ARRAY},     {"map", SLUICE_MAP},     {"struct", SLUICE_STRUCT}};
  for (const auto& [type, kind] : kTypes) {
    if (type == name) return kind;
  }
  return SLUICE_NULL;
}

class SchemaReader {
 public:
  SchemaReader(JsonReadOptions options, record::BatchMemory& memory)
      : options_(options), memory_(memory) {}

  StatusOr<abi::SchemaRef> Read(const sluice_value& node) {
    if (abi::IsNull(node)) return abi::SchemaRef();
    const sluice_value* type = FindText(node, "type");
    if (type == nullptr) return DataError("Schema must contain 'type' field");
    const sluice_kind kind = KindOfType(abi::Text(*type));
    if (kind == SLUICE_NULL) {
      return DataError(StrCat("Unknown schema type: ", abi::Text(*type)));
    }
    abi::SchemaBuilder builder(kind);
    if (kind == SLUICE_ARRAY) SLUICE_RETURN_IF_ERROR(ReadItems(node, builder));
    if (kind == SLUICE_MAP) SLUICE_RETURN_IF_ERROR(ReadKeysAndValues(node, builder));
    if (kind == SLUICE_STRUCT) SLUICE_RETURN_IF_ERROR(ReadFields(node, builder));
    SLUICE_RETURN_IF_ERROR(ReadRest(node, builder));
    const sluice_value* fallback = abi::Find(node, "default");
    if (fallback == nullptr) return builder.Build();
    return WithDefault(*fallback, std::move(builder));
  }

 private:
  Status ReadItems(const sluice_value& node, abi::SchemaBuilder& builder) {
    const sluice_value* items = abi::Find(node, "items");
    if (items == nullptr || abi::IsNull(*items)) {
      return DataError("Array schema did not specify the element type");
    }
    SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef schema, Read(*items));
    builder.Value(std::move(schema));
    return OkStatus();
  }

  Status ReadKeysAndValues(const sluice_value& node, abi::SchemaBuilder& builder) {
    const sluice_value* keys = abi::Find(node, "keys");
    if (keys == nullptr) return DataError("Map schema did not specify the key type");
    const sluice_value* values = abi::Find(node, "values");
    if (values == nullptr) return DataError("Map schema did not specify the value type");
    SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef key, Read(*keys));
    SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef value, Read(*values));
    if (!key) return BuilderError("keySchema cannot be null.");
    if (!value) return BuilderError("valueSchema cannot be null.");
    builder.Key(std::move(key)).Value(std::move(value));
    return OkStatus();
  }

  Status ReadFields(const sluice_value& node, abi::SchemaBuilder& builder) {
    const sluice_value* fields = abi::Find(node, "fields");
    if (fields == nullptr || fields->kind != SLUICE_ARRAY) {
      return DataError("Struct schema's \"fields\" argument is not an array.");
    }
    absl::flat_hash_set<std::string_view> names;
    for (uint32_t i = 0; i < fields->size; ++i) {
      const sluice_value& field = fields->as.items[i];
      const sluice_value* name = FindText(field, "field");
      if (name == nullptr) return DataError("Struct schema's field name not specified properly");
      SLUICE_ASSIGN_OR_RETURN(abi::SchemaRef schema, Read(field));
      const std::string_view text = abi::Text(*name);
      if (text.empty()) return BuilderError("fieldName cannot be null.");
      if (!names.insert(text).second) {
        return BuilderError(StrCat("Cannot create field because of field name duplication ", text));
      }
      builder.Field(text, std::move(schema));
    }
    return OkStatus();
  }

  static Status ReadRest(const sluice_value& node, abi::SchemaBuilder& builder) {
    const sluice_value* optional = abi::Find(node, "optional");
    builder.Optional(optional != nullptr && optional->kind == SLUICE_BOOLEAN &&
                     optional->as.int64 != 0);
    if (const sluice_value* name = FindText(node, "name")) builder.Name(abi::Text(*name));
    const sluice_value* version = abi::Find(node, "version");
    if (version != nullptr && version->kind == record::kJsonNumber && version->reserved[0] == 0) {
      builder.Version(static_cast<int32_t>(record::NumberTextToInt64(abi::Text(*version))));
    }
    if (const sluice_value* doc = FindText(node, "doc")) builder.Doc(abi::Text(*doc));
    const sluice_value* parameters = abi::Find(node, "parameters");
    if (parameters == nullptr || parameters->kind != SLUICE_MAP) return OkStatus();
    for (uint32_t i = 0; i < parameters->size; ++i) {
      const sluice_map_entry& parameter = parameters->as.entries[i];
      if (parameter.value.kind != SLUICE_STRING) {
        return DataError("Schema parameters must have string values.");
      }
      builder.Parameter(abi::Text(parameter.key), abi::Text(parameter.value));
    }
    return OkStatus();
  }

  StatusOr<abi::SchemaRef> WithDefault(const sluice_value& node, abi::SchemaBuilder builder) {
    abi::SchemaRef bare = builder.Build();
    SLUICE_ASSIGN_OR_RETURN(const sluice_value value,
                            ReadJsonValue(bare.get(), node, options_, memory_));
    Status valid = record::ValidateValue(*bare, value);
    // In Java the struct's schema is never equal to the builder that it is checked against.
    if (value.kind == SLUICE_STRUCT) valid = DataError("Struct schemas do not match.");
    if (!valid.ok()) {
      return Wrap(valid, record::kSchemaBuilderException, "Invalid default value");
    }
    if (abi::IsNull(value)) return bare;
    return builder.Default(value).Build();
  }

  const JsonReadOptions options_;
  record::BatchMemory& memory_;
};

}  // namespace

StatusOr<abi::SchemaRef> ReadJsonSchema(const sluice_value& node, JsonReadOptions options,
                                        record::BatchMemory& memory) {
  return SchemaReader(options, memory).Read(node);
}

}  // namespace sluice::convert
