#include "runtime/record/schema_projector.h"

#include <map>
#include <string>
#include <string_view>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::record {
namespace {

Status Incompatible(std::string_view message) {
  return ExceptionError(absl::StatusCode::kInvalidArgument, kSchemaProjectorException, message);
}

bool IsNumber(sluice_kind kind) { return kind >= SLUICE_INT8 && kind <= SLUICE_FLOAT64; }
// Along int8, int16, int32, int64, float32, float64, from left to right.
bool IsPromotable(sluice_kind from, sluice_kind to) {
  return IsNumber(from) && IsNumber(to) && from <= to;
}

std::string NameOf(const sluice_schema& schema) {
  return schema.name.data == nullptr ? "null" : std::string(abi::View(schema.name));
}

std::map<std::string_view, std::string_view> ParametersOf(const sluice_schema& schema) {
  std::map<std::string_view, std::string_view> parameters;
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    parameters[abi::View(schema.parameters[i].key)] = abi::View(schema.parameters[i].value);
  }
  return parameters;
}

// {a=1, b=2}, or null, as Java has it for a schema without any.
std::string ParametersText(const sluice_schema& schema) {
  if (schema.parameter_count == 0) return "null";
  std::string text = "{";
  for (uint32_t i = 0; i < schema.parameter_count; ++i) {
    StrAppend(text, i == 0 ? "" : ", ", abi::View(schema.parameters[i].key), "=",
              abi::View(schema.parameters[i].value));
  }
  return text + "}";
}

Status CheckCompatible(const sluice_schema& source, const sluice_schema& target) {
  if (source.type != target.type && !IsPromotable(source.type, target.type)) {
    return Incompatible(StrCat("Schema type mismatch. source type: ", TypeName(source.type),
                               " and target type: ", TypeName(target.type)));
  }
  if (NameOf(source) != NameOf(target)) {
    return Incompatible(StrCat("Schema name mismatch. source name: ", NameOf(source),
                               " and target name: ", NameOf(target)));
  }
  if (ParametersOf(source) != ParametersOf(target)) {
    return Incompatible(
        StrCat("Schema parameters not equal. source parameters: ", ParametersText(source),
               " and target parameters: ", ParametersText(target)));
  }
  return OkStatus();
}

sluice_value Promote(const sluice_value& value, sluice_kind target) {
  if (!IsNumber(value.kind)) return value;  // a date, whose schema is a number's
  const bool single = value.kind == SLUICE_FLOAT32;
  if (target == SLUICE_FLOAT64) {
    if (value.kind == SLUICE_FLOAT64) return value;
    return abi::Float64(single ? static_cast<double>(value.as.float32)
                               : static_cast<double>(value.as.int64));
  }
  if (target == SLUICE_FLOAT32) {
    return single ? value : abi::Float32(static_cast<float>(value.as.int64));
  }
  sluice_value result = value;
  result.kind = target;
  return result;
}

const sluice_field* FindField(const sluice_schema& schema, const sluice_field& like,
                              uint32_t guess) {
  const std::string_view name = abi::View(like.name);
  if (guess < schema.field_count && abi::View(schema.fields[guess].name) == name) {
    return &schema.fields[guess];  // mostly where it was
  }
  for (uint32_t i = 0; i < schema.field_count; ++i) {
    if (abi::View(schema.fields[i].name) == name) return &schema.fields[i];
  }
  return nullptr;
}

class Projector {
 public:
  explicit Projector(BatchMemory& memory) : memory_(memory) {}

  StatusOr<sluice_value> Project(const sluice_schema& source, const sluice_value& value,
                                 const sluice_schema& target) {
    SLUICE_RETURN_IF_ERROR(CheckCompatible(source, target));
    if (source.optional && !target.optional) {
      if (target.default_value == nullptr) {
        return Incompatible(
            "Writer schema is optional, however, target schema does not provide a default value.");
      }
      if (abi::IsNull(value)) return *target.default_value;
    }
    if (abi::IsNull(value)) return value;
    switch (target.type) {
      case SLUICE_STRUCT:
        return Struct(source, value, target);
      case SLUICE_ARRAY:
        return Array(source, value, target);
      case SLUICE_MAP:
        return Map(source, value, target);
      default:
        return IsPromotable(source.type, target.type) ? Promote(value, target.type) : value;
    }
  }

 private:
  // The field's value; of none the default, and null of an optional one.
  StatusOr<sluice_value> Field(const sluice_schema& source, const sluice_struct& from,
                               const sluice_field& field, uint32_t index) {
    const sluice_field* found = FindField(source, field, index);
    const sluice_schema& wanted = *field.schema;
    if (found == nullptr) {
      if (wanted.optional) return abi::Null();
      if (wanted.default_value != nullptr) return *wanted.default_value;
      return Incompatible(StrCat("Required field `", abi::View(field.name),
                                 "` is missing from source schema: ", SchemaText(source)));
    }
    const sluice_value* value = &from.values[found - source.fields];
    if (abi::IsNull(*value) && found->schema->default_value != nullptr) {
      value = found->schema->default_value;  // as Struct.get
    }
    StatusOr<sluice_value> projected = Project(*found->schema, *value, wanted);
    if (projected.ok()) return projected;
    if (ExceptionClass(projected.status()) != kSchemaProjectorException) return projected;
    return Wrap(projected.status(), kSchemaProjectorException,
                StrCat("Error projecting ", abi::View(field.name)));
  }

  StatusOr<sluice_value> Struct(const sluice_schema& source, const sluice_value& value,
                                const sluice_schema& target) {
    if (value.kind != SLUICE_STRUCT)
      return WrongKind(value, "org.apache.kafka.connect.data.Struct");
    auto* values = memory_.arena().NewArray<sluice_value>(target.field_count);
    for (uint32_t i = 0; i < target.field_count; ++i) {
      const sluice_field& field = target.fields[i];
      SLUICE_ASSIGN_OR_RETURN(values[i], Field(source, *value.as.structure, field, i));
      if (abi::IsNull(values[i]) && FindField(source, field, i) == nullptr) continue;
      SLUICE_RETURN_IF_ERROR(ValidateField(abi::View(field.name), *field.schema, values[i]));
    }
    return abi::Struct(memory_.arena().New(sluice_struct{&target, values}));
  }

  StatusOr<sluice_value> Array(const sluice_schema& source, const sluice_value& value,
                               const sluice_schema& target) {
    if (value.kind != SLUICE_ARRAY) return WrongKind(value, "java.util.List");
    auto* items = memory_.arena().NewArray<sluice_value>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      SLUICE_ASSIGN_OR_RETURN(
          items[i], Project(*source.value_schema, value.as.items[i], *target.value_schema));
    }
    return abi::Array(items, value.size);
  }

  StatusOr<sluice_value> Map(const sluice_schema& source, const sluice_value& value,
                             const sluice_schema& target) {
    if (value.kind != SLUICE_MAP) return WrongKind(value, "java.util.Map");
    auto* entries = memory_.arena().NewArray<sluice_map_entry>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) {
      const sluice_map_entry& entry = value.as.entries[i];
      SLUICE_ASSIGN_OR_RETURN(entries[i].key,
                              Project(*source.key_schema, entry.key, *target.key_schema));
      SLUICE_ASSIGN_OR_RETURN(entries[i].value,
                              Project(*source.value_schema, entry.value, *target.value_schema));
    }
    return abi::Map(entries, value.size);
  }

  // Java's cast fails.
  static Status WrongKind(const sluice_value& value, std::string_view wanted) {
    return DataError(StrCat("The value to project is a ", JavaClassName(value), ", not a ", wanted,
                            " as its schema says"));
  }

  BatchMemory& memory_;
};

}  // namespace

StatusOr<sluice_value> ProjectValue(const sluice_schema& source, const sluice_value& value,
                                    const sluice_schema& target, BatchMemory& memory) {
  return Projector(memory).Project(source, value, target);
}

}  // namespace sluice::record
