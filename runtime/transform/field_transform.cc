#include "runtime/transform/field_transform.h"

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
