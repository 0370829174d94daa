#include "runtime/transform/field_transform.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::transform {
Status RequireMap(const sluice_value& value, std::string_view purpose) {
  if (value.kind == SLUICE_MAP) [[likely]]
    return OkStatus();
  return DataError(StrCat("Only Map objects supported in absence of schema for [", purpose,
                          "], found: ", record::JavaClassName(value)));
}

Status RequireStruct(const sluice_value& value, std::string_view purpose) {
  if (value.kind == SLUICE_STRUCT) [[likely]]
    return OkStatus();
  return DataError(StrCat("Only Struct objects supported for [", purpose,
                          "], found: ", record::JavaClassName(value)));
}

Status NullInRequiredField(std::string_view field, const sluice_schema& schema) {
  return record::ValidateField(field, schema, abi::Null());
}

Status DuplicateField(std::string_view field) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, record::kSchemaBuilderException,
                        StrCat("Cannot create field because of field name duplication ", field));
}

record::SchemaBuilder StructLike(const sluice_schema& like) {
  return record::SchemaBuilder::Like(like).Optional(false).NoDefault().ClearFields();
}

record::SchemaBuilder BuilderLike(const sluice_schema& like, sluice_kind type) {
  record::SchemaBuilder builder(type);
  if (like.has_version) builder.Version(like.version);
  if (like.name.data != nullptr) builder.Name(abi::View(like.name));
  if (like.doc.data != nullptr) builder.Doc(abi::View(like.doc));
  for (uint32_t i = 0; i < like.parameter_count; ++i) {
    builder.Parameter(abi::View(like.parameters[i].key), abi::View(like.parameters[i].value));
  }
  return builder;
}

Status SetDefault(record::SchemaBuilder& builder, const sluice_value& value) {
  const record::SchemaRef schema = builder.Build();
  if (const Status fits = record::ValidateValue(*schema, value); !fits.ok()) {
    return Wrap(fits, record::kSchemaBuilderException, "Invalid default value");
  }
  builder.Default(value);
  return OkStatus();
}

Status RequireFields(const sluice_schema& schema) {
  if (schema.type == SLUICE_STRUCT) return OkStatus();
  return DataError("Cannot list fields on non-struct type");
}

size_t FindEntry(const sluice_map_entry* entries, size_t count, std::string_view key) {
  size_t at = 0;
  while (at < count &&
         !(entries[at].key.kind == SLUICE_STRING && abi::Text(entries[at].key) == key)) {
    ++at;
  }
  return at;
}

sluice_header* AppendHeaders(sluice_record& record, size_t count, BatchMemory& memory) {
  auto* headers = memory.arena().NewArray<sluice_header>(record.header_count + count);
  sluice_header* added = std::copy(record.headers, record.headers + record.header_count, headers);
  record.headers = headers;
  record.header_count += count;
  return added;
}

config::ConfigKey ReplaceNullKey() {
  config::ConfigKey key;
  key.name = "replace.null.with.default";
  key.type = config::ConfigType::kBoolean;
  key.default_value = "true";
  key.documentation =
      "Whether a field that is null reads as its schema's default, if it has one. With false it "
      "stays null.";
  return key;
}

}  // namespace sluice::transform
