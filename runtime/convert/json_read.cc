#include "runtime/convert/json_read.h"

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_members.h"
#include "runtime/convert/json_scalar.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert {
namespace {

using record::kJsonMissing;
using record::kJsonNumber;
using record::Logical;

class ValueReader {
 public:
  ValueReader(JsonReadOptions options, abi::Arena& arena) : options_(options), arena_(arena) {}

  StatusOr<sluice_value> Read(const sluice_schema* schema, const sluice_value& node) {
    if (schema == nullptr) return ReadSchemaless(node);
    if (node.kind == SLUICE_NULL) {
      if (schema->default_value != nullptr && options_.replace_null_with_default) {
        return *schema->default_value;
      }
      if (schema->optional) return abi::Null();
      return DataError(
          StrCat("Invalid null value for required ", record::TypeName(schema->type), " field"));
    }
    if (schema->name.data != nullptr) {
      switch (record::LogicalOf(schema)) {
        case Logical::kDecimal:
          return ReadJsonDecimal(*schema, node, arena_);
        case Logical::kDate:
        case Logical::kTime:
        case Logical::kTimestamp:
          return ReadJsonDate(record::LogicalOf(schema), node);
        case Logical::kNone:
          break;
      }
    }
    return ReadTyped(*schema, node);
  }

 private:
  StatusOr<sluice_value> ReadTyped(const sluice_schema& schema, const sluice_value& node) {
    switch (schema.type) {
      case SLUICE_BOOLEAN:
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
      case SLUICE_INT64:
      case SLUICE_FLOAT32:
      case SLUICE_FLOAT64:
        return ReadJsonNumber(schema.type, node);
      case SLUICE_STRING:
        if (node.kind == SLUICE_STRING) return node;
        made_null_ = true;
        return abi::Null();
      case SLUICE_BYTES:
        return ReadBytes(node);
      case SLUICE_ARRAY:
        return ReadArray(schema.value_schema, node);
      case SLUICE_MAP:
        return ReadMap(schema, node);
      case SLUICE_STRUCT:
        return ReadStruct(schema, node);
      default:
        return DataError(StrCat("Unknown schema type: ", record::TypeName(schema.type)));
    }
  }

  StatusOr<sluice_value> ReadSchemaless(const sluice_value& node) {
    switch (node.kind) {
      case kJsonMissing:
        return abi::Null();
      case kJsonNumber:
        return ReadJsonNumber(IsIntegralJson(node) ? SLUICE_INT64 : SLUICE_FLOAT64, node);
      case SLUICE_ARRAY:
        return ReadArray(nullptr, node);
      case SLUICE_MAP:
        return ReadObject(nullptr, node);
      default:
        return node;
    }
  }

  StatusOr<sluice_value> ReadBytes(const sluice_value& node) {
    if (node.kind != SLUICE_STRING) {
      made_null_ = true;
      return abi::Null();
    }
    std::string_view bytes;
    if (!DecodeJsonBase64(abi::Text(node), arena_, bytes)) {
      return DataError("Invalid bytes field");
    }
    return abi::Bytes(bytes);
  }

  // A list's elements, or an object's values; nothing else has any.
  StatusOr<sluice_value> ReadArray(const sluice_schema* schema, const sluice_value& node) {
    const bool object = node.kind == SLUICE_MAP;
    const uint32_t size = object || node.kind == SLUICE_ARRAY ? node.size : 0;
    auto* items = arena_.NewArray<sluice_value>(size);
    for (uint32_t i = 0; i < size; ++i) {
      SLUICE_ASSIGN_OR_RETURN(items[i],
                              Read(schema, object ? node.as.entries[i].value : node.as.items[i]));
    }
    return abi::Array(items, size);
  }

  StatusOr<sluice_value> ReadObject(const sluice_schema* value_schema, const sluice_value& node) {
    auto* entries = arena_.NewArray<sluice_map_entry>(node.size);
    for (uint32_t i = 0; i < node.size; ++i) {
      entries[i].key = node.as.entries[i].key;
      SLUICE_ASSIGN_OR_RETURN(entries[i].value, Read(value_schema, node.as.entries[i].value));
    }
    return abi::Map(entries, node.size);
  }

  StatusOr<sluice_value> ReadMap(const sluice_schema& schema, const sluice_value& node) {
    if (schema.key_schema->type == SLUICE_STRING) {
      if (node.kind == SLUICE_MAP) return ReadObject(schema.value_schema, node);
      return DataError(
          StrCat("Maps with string fields should be encoded as JSON objects, but found ",
                 JsonNodeType(node)));
    }
    if (node.kind != SLUICE_ARRAY) {
      return DataError(StrCat(
          "Maps with non-string fields should be encoded as JSON array of tuples, but found ",
          JsonNodeType(node)));
    }
    JsonEntries entries(node.size, arena_);
    for (uint32_t i = 0; i < node.size; ++i) {
      const sluice_value& pair = node.as.items[i];
      if (pair.kind != SLUICE_ARRAY) {
        return DataError(
            StrCat("Found invalid map entry instead of array tuple: ", JsonNodeType(pair)));
      }
      if (pair.size != 2) {
        return DataError(
            StrCat("Found invalid map entry, expected length 2 but found :", pair.size));
      }
      sluice_map_entry entry;
      SLUICE_ASSIGN_OR_RETURN(entry.key, Read(schema.key_schema, pair.as.items[0]));
      SLUICE_ASSIGN_OR_RETURN(entry.value, Read(schema.value_schema, pair.as.items[1]));
      entries.Add(entry);
    }
    return entries.Map();
  }

  StatusOr<sluice_value> ReadStruct(const sluice_schema& schema, const sluice_value& node) {
    if (node.kind != SLUICE_MAP) {
      return DataError(
          StrCat("Structs should be encoded as JSON objects, but found ", JsonNodeType(node)));
    }
    auto* values = arena_.NewArray<sluice_value>(schema.field_count);
    JsonMembers finder(node);
    const bool made_null_before = made_null_;
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_field& field = schema.fields[i];
      const sluice_value* member = finder.Find(abi::View(field.name));
      made_null_ = false;
      SLUICE_ASSIGN_OR_RETURN(values[i],
                              Read(field.schema, member == nullptr ? abi::Null() : *member));
      // All else is of the right class by the way it was made.
      if (made_null_) {
        SLUICE_RETURN_IF_ERROR(
            record::ValidateField(abi::View(field.name), *field.schema, values[i]));
      }
    }
    made_null_ = made_null_before;
    return arena_.NewStruct(&schema, values);
  }

  const JsonReadOptions options_;
  abi::Arena& arena_;
  bool made_null_ = false;  // of something that was not null
};

}  // namespace

StatusOr<sluice_value> ReadJsonValue(const sluice_schema* schema, const sluice_value& node,
                                     JsonReadOptions options, record::BatchMemory& memory) {
  return ValueReader(options, memory.arena()).Read(schema, node);
}

}  // namespace sluice::convert
