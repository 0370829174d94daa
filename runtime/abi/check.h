// Does a value fit its schema, and is a value's kind one at all? Header-only, shared by the SDK
// (before a batch leaves the plugin) and the worker (what a plugin that was not built with the SDK
// may get wrong). Pure functions, any thread.
#ifndef SLUICE_RUNTIME_ABI_CHECK_H_
#define SLUICE_RUNTIME_ABI_CHECK_H_

#include <string>
#include <string_view>

#include "runtime/abi/views.h"

namespace sluice::abi {

// Sizes of the structs of version 1.0, where pointers have 8 bytes: what a plugin hands over is
// never smaller. Members that came later are looked at only if struct_size covers them.
inline constexpr uint32_t kPluginSizeV1 = 56;
inline constexpr uint32_t kClassSizeV1 = 112;
inline constexpr uint32_t kConfigKeySizeV1 = 144;
inline constexpr uint32_t kConnectorCallsSizeV1 = 88;
inline constexpr uint32_t kSourceTableSizeV1 = 80;
inline constexpr uint32_t kSinkTableSizeV1 = 88;
inline constexpr uint32_t kBatchSizeV1 = 40;
inline constexpr uint32_t kRecordSizeV1 = 144;
inline constexpr uint32_t kSchemaSizeV1 = 128;

inline constexpr sluice_kind kKindMax = SLUICE_TIMESTAMP;

// INT32 and the like, as Kafka Connect's Schema.Type names them; logical kinds have names of their
// own.
inline std::string_view KindName(sluice_kind kind) {
  static constexpr std::string_view kNames[] = {
      "NULL",  "BOOLEAN", "INT8", "INT16",  "INT32",   "INT64", "FLOAT32", "FLOAT64",  "STRING",
      "BYTES", "ARRAY",   "MAP",  "STRUCT", "DECIMAL", "DATE",  "TIME",    "TIMESTAMP"};
  return kind <= kKindMax ? kNames[kind] : "unknown";
}

// The schema type under a kind: BYTES for DECIMAL, INT32 for DATE and TIME, INT64 for TIMESTAMP,
// else itself.
inline sluice_kind BaseType(sluice_kind kind) {
  switch (kind) {
    case SLUICE_DECIMAL:
      return SLUICE_BYTES;
    case SLUICE_DATE:
    case SLUICE_TIME:
      return SLUICE_INT32;
    case SLUICE_TIMESTAMP:
      return SLUICE_INT64;
    default:
      return kind;
  }
}

// Can the value's own bytes be read: a kind that exists, pointers where its size needs them? Does
// not look inside. Answers what is wrong, "" for nothing.
inline std::string CheckShallow(const sluice_value& value) {
  if (value.kind > kKindMax) {
    return "kind " + std::to_string(value.kind) + " does not exist, the highest is " +
           std::to_string(kKindMax);
  }
  const auto missing = [&](const char* member) {
    return std::string(KindName(value.kind)) + " of size " + std::to_string(value.size) +
           " has a NULL as." + member;
  };
  switch (value.kind) {
    case SLUICE_STRING:
    case SLUICE_BYTES:
      return value.size != 0 && value.as.data == nullptr ? missing("data") : "";
    case SLUICE_ARRAY:
      return value.size != 0 && value.as.items == nullptr ? missing("items") : "";
    case SLUICE_MAP:
      return value.size != 0 && value.as.entries == nullptr ? missing("entries") : "";
    case SLUICE_DECIMAL:
      if (value.as.decimal == nullptr) return missing("decimal");
      if (value.as.decimal->unscaled == nullptr || value.as.decimal->unscaled_size == 0) {
        return "DECIMAL without unscaled bytes";
      }
      return "";
    case SLUICE_STRUCT:
      if (value.as.structure == nullptr) return missing("structure");
      if (value.as.structure->schema == nullptr) return "STRUCT without a schema";
      if (value.as.structure->schema->type != SLUICE_STRUCT) return "STRUCT with another's schema";
      if (value.size != value.as.structure->schema->field_count) {
        return "STRUCT of size " + std::to_string(value.size) + " whose schema has " +
               std::to_string(value.as.structure->schema->field_count) + " fields";
      }
      return value.size != 0 && value.as.structure->values == nullptr ? "STRUCT without values"
                                                                      : "";
    default:
      return "";
  }
}

// Kafka Connect's ConnectSchema.validateValue: "" if `value` fits `schema` with all that it holds,
// else its sentence. `field` names the field that the value belongs to, "" for none.
inline std::string CheckValue(const sluice_schema* schema, const sluice_value& value,
                              std::string_view field = "", int depth = 0) {
  if (std::string broken = CheckShallow(value); !broken.empty()) return broken;
  if (schema == nullptr) return "";
  if (depth > 1000) return "Values are nested deeper than 1000 levels";
  const auto of_field = [&] {
    return field.empty() ? std::string() : " for field: \"" + std::string(field) + "\"";
  };
  if (IsNull(value)) {
    if (schema->optional != 0 || schema->default_value != nullptr) return "";
    return "Invalid value: null used for required field: \"" +
           (field.empty() ? std::string("null") : std::string(field)) +
           "\", schema type: " + std::string(KindName(schema->type));
  }
  const bool logical = BaseType(value.kind) != value.kind;
  if (BaseType(value.kind) != schema->type || (logical && schema->name.data == nullptr)) {
    return "Invalid value" + of_field() + ": a value of kind " + std::string(KindName(value.kind)) +
           " does not fit schema type " + std::string(KindName(schema->type));
  }
  std::string problem;
  if (value.kind == SLUICE_STRUCT) {
    const sluice_struct& structure = *value.as.structure;
    if (!SameSchema(structure.schema, schema)) {
      return "Struct schemas do not match" + of_field();
    }
    for (uint32_t i = 0; i < value.size && problem.empty(); ++i) {
      problem = CheckValue(schema->fields[i].schema, structure.values[i],
                           View(schema->fields[i].name), depth + 1);
    }
  } else if (value.kind == SLUICE_ARRAY) {
    for (uint32_t i = 0; i < value.size && problem.empty(); ++i) {
      problem = CheckValue(schema->value_schema, value.as.items[i], field, depth + 1);
    }
  } else if (value.kind == SLUICE_MAP) {
    for (uint32_t i = 0; i < value.size && problem.empty(); ++i) {
      problem = CheckValue(schema->key_schema, value.as.entries[i].key, field, depth + 1);
      if (!problem.empty()) break;
      problem = CheckValue(schema->value_schema, value.as.entries[i].value, field, depth + 1);
    }
  }
  return problem;
}

}  // namespace sluice::abi

#endif  // SLUICE_RUNTIME_ABI_CHECK_H_
