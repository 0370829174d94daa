// Whether values fit schemas, in the words of Java's ConnectSchema.
#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::record {
namespace {

// Where in a value one is; its text is only made for a message.
struct Location {
  const Location* of = nullptr;  // "element of array" and the like: of what
  std::string_view text;

  std::string Text() const { return of == nullptr ? std::string(text) : StrCat(text, of->Text()); }
};

bool HasClassOf(const sluice_schema& schema, const sluice_value& value) {
  switch (LogicalOf(&schema)) {
    case Logical::kDecimal:
      return value.kind == SLUICE_DECIMAL;
    case Logical::kDate:
    case Logical::kTime:
    case Logical::kTimestamp:
      return IsDateKind(value.kind);
    case Logical::kNone:
      return value.kind == schema.type;
  }
  return false;
}

Status Validate(const sluice_schema& schema, const sluice_value& value, const Location& location);

Status NoSchema(const Location& location) {
  return DataError(StrCat("No schema defined for ", location.Text()));
}

Status ValidateItems(const sluice_schema& schema, const sluice_value& value,
                     const Location& location) {
  const Location entry{&location, "element of array "};
  if (schema.value_schema == nullptr) return NoSchema(entry);
  for (uint32_t i = 0; i < value.size; ++i) {
    SLUICE_RETURN_IF_ERROR(Validate(*schema.value_schema, value.as.items[i], entry));
  }
  return OkStatus();
}

Status ValidateEntries(const sluice_schema& schema, const sluice_value& value,
                       const Location& location) {
  const Location key{&location, "key of map "};
  const Location entry{&location, "value of map "};
  if (schema.key_schema == nullptr) return NoSchema(key);
  if (schema.value_schema == nullptr) return NoSchema(entry);
  for (uint32_t i = 0; i < value.size; ++i) {
    SLUICE_RETURN_IF_ERROR(Validate(*schema.key_schema, value.as.entries[i].key, key));
    SLUICE_RETURN_IF_ERROR(Validate(*schema.value_schema, value.as.entries[i].value, entry));
  }
  return OkStatus();
}

Status Validate(const sluice_schema& schema, const sluice_value& value, const Location& location) {
  if (abi::IsNull(value)) {
    if (schema.optional) return OkStatus();
    return DataError(StrCat("Invalid value: null used for required ", location.Text(),
                            ", schema type: ", TypeName(schema.type)));
  }
  if (!HasClassOf(schema, value)) {
    std::string text = "Invalid Java object for schema";
    if (schema.name.data != nullptr) StrAppend(text, " \"", abi::View(schema.name), "\"");
    return DataError(StrCat(text, " with type ", TypeName(schema.type), ": ", JavaClassText(value),
                            " for ", location.Text()));
  }
  // By the value's kind: a schema that is logical by name may have any type.
  if (value.kind == SLUICE_STRUCT) {
    if (!abi::SameSchema(value.as.structure->schema, &schema)) {
      return DataError("Struct schemas do not match.");
    }
    return ValidateStruct(*value.as.structure);
  }
  if (value.kind == SLUICE_ARRAY) return ValidateItems(schema, value, location);
  if (value.kind == SLUICE_MAP) return ValidateEntries(schema, value, location);
  return OkStatus();
}

}  // namespace

Status ValidateValue(const sluice_schema& schema, const sluice_value& value) {
  return Validate(schema, value, {nullptr, "value"});
}

Status ValidateField(std::string_view field, const sluice_schema& schema,
                     const sluice_value& value) {
  const Location quote{nullptr, "\""};
  const Location name{&quote, field};
  return Validate(schema, value, {&name, "field: \""});
}

Status ValidateStruct(const sluice_struct& structure) {
  for (uint32_t i = 0; i < structure.schema->field_count; ++i) {
    const sluice_field& field = structure.schema->fields[i];
    const sluice_value& value = structure.values[i];
    if (abi::IsNull(value) && (field.schema->optional || field.schema->default_value != nullptr)) {
      continue;
    }
    SLUICE_RETURN_IF_ERROR(ValidateField(abi::View(field.name), *field.schema, value));
  }
  return OkStatus();
}

Status ValidateFields(const sluice_struct& structure) {
  for (uint32_t i = 0; i < structure.schema->field_count; ++i) {
    const sluice_field& field = structure.schema->fields[i];
    const sluice_value& value = structure.values[i];
    if (abi::IsNull(value)) continue;
    SLUICE_RETURN_IF_ERROR(ValidateField(abi::View(field.name), *field.schema, value));
  }
  return OkStatus();
}

}  // namespace sluice::record
