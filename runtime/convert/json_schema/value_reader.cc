#include "runtime/convert/json_schema/value_reader.h"

#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/text.h"
#include "runtime/convert/json_members.h"
#include "runtime/convert/json_scalar.h"
#include "runtime/convert/json_schema/connect_names.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"

namespace sluice::convert::json_schema {
namespace {

using record::kJsonNumber;
using record::Logical;

constexpr int kMatchDepthMax = 1000;

class Reader {
 public:
  Reader(ReadOptions options, abi::Arena& arena) : options_(options), arena_(arena) {}

  // `node` may be null: there is no such member, which is no error.
  StatusOr<sluice_value> Read(const sluice_schema& schema, const sluice_value* node) {
    if (node == nullptr || node->kind == SLUICE_NULL) {
      if (schema.default_value != nullptr) return *schema.default_value;
      if (node == nullptr || schema.optional) return Nothing(schema);
      return DataError(
          StrCat("Invalid null value for required ", record::TypeName(schema.type), " field"));
    }
    if (schema.name.data != nullptr) {
      const Logical logical = record::LogicalOf(&schema);
      if (logical == Logical::kDecimal) return ReadJsonDecimal(schema, *node, arena_);
      if (logical != Logical::kNone) return ReadJsonDate(logical, *node);
    }
    switch (schema.type) {
      case SLUICE_STRING:
        return node->kind == SLUICE_STRING ? *node : Nothing(schema);
      case SLUICE_BYTES:
        return ReadBytes(*node);
      case SLUICE_ARRAY:
        return ReadArray(*schema.value_schema, *node);
      case SLUICE_MAP:
        return IsObjectMap(schema) ? ReadObject(schema, *node) : ReadEntries(schema, *node);
      case SLUICE_STRUCT:
        return IsUnion(schema) ? ReadUnion(schema, *node) : ReadStruct(schema, *node);
      default:
        return ReadJsonNumber(schema.type, *node);
    }
  }

 private:
  sluice_value Nothing(const sluice_schema& schema) {
    if (!schema.optional) hole_ = true;
    return abi::Null();
  }

  // What is put into a struct is validated with all that it holds, as Struct.put does: only then do
  // nulls count where a schema has none. It needs looking at only if there are some.
  StatusOr<sluice_value> ReadField(const sluice_field& field, const sluice_value* node) {
    const bool before = std::exchange(hole_, false);
    SLUICE_ASSIGN_OR_RETURN(const sluice_value value, Read(*field.schema, node));
    if (!hole_) [[likely]] {
      hole_ = before;
    } else if (!abi::IsNull(value)) {  // null is not put, and left to whoever puts the struct
      SLUICE_RETURN_IF_ERROR(record::ValidateField(abi::View(field.name), *field.schema, value));
    }
    return value;
  }

  StatusOr<sluice_value> ReadBytes(const sluice_value& node) {
    std::string_view bytes;
    if (node.kind != SLUICE_STRING || !DecodeJsonBase64(abi::Text(node), arena_, bytes)) {
      return DataError("Invalid bytes field");
    }
    return abi::Bytes(bytes);
  }

  // A list's elements, or an object's values; nothing else has any.
  StatusOr<sluice_value> ReadArray(const sluice_schema& schema, const sluice_value& node) {
    const bool object = node.kind == SLUICE_MAP;
    const uint32_t size = object || node.kind == SLUICE_ARRAY ? node.size : 0;
    auto* items = arena_.NewArray<sluice_value>(size);
    for (uint32_t i = 0; i < size; ++i) {
      SLUICE_ASSIGN_OR_RETURN(items[i],
                              Read(schema, object ? &node.as.entries[i].value : &node.as.items[i]));
    }
    return abi::Array(items, size);
  }

  StatusOr<sluice_value> ReadObject(const sluice_schema& schema, const sluice_value& node) {
    if (node.kind != SLUICE_MAP) {
      return DataError(
          StrCat("Maps with string fields should be encoded as JSON objects, but found ",
                 JsonNodeType(node)));
    }
    auto* entries = arena_.NewArray<sluice_map_entry>(node.size);
    for (uint32_t i = 0; i < node.size; ++i) {
      entries[i].key = node.as.entries[i].key;
      SLUICE_ASSIGN_OR_RETURN(entries[i].value,
                              Read(*schema.value_schema, &node.as.entries[i].value));
    }
    return abi::Map(entries, node.size);
  }

  StatusOr<sluice_value> ReadEntries(const sluice_schema& schema, const sluice_value& node) {
    if (node.kind != SLUICE_ARRAY) {
      return DataError(StrCat(
          "Maps with non-string fields should be encoded as JSON array of objects, but found ",
          JsonNodeType(node)));
    }
    JsonEntries entries(node.size, arena_);
    for (uint32_t i = 0; i < node.size; ++i) {
      const sluice_value& pair = node.as.items[i];
      if (pair.kind != SLUICE_MAP) {
        return DataError(StrCat("Found invalid map entry instead of object: ", JsonNodeType(pair)));
      }
      if (pair.size != 2) {
        return DataError(
            StrCat("Found invalid map entry, expected length 2 but found :", pair.size));
      }
      sluice_map_entry entry;
      SLUICE_ASSIGN_OR_RETURN(entry.key, Read(*schema.key_schema, abi::Find(pair, kKey)));
      SLUICE_ASSIGN_OR_RETURN(entry.value, Read(*schema.value_schema, abi::Find(pair, kValue)));
      entries.Add(entry);
    }
    return entries.Map();
  }

  StatusOr<sluice_value> ReadStruct(const sluice_schema& schema, const sluice_value& node) {
    if (node.kind != SLUICE_MAP) {
      return DataError(
          StrCat("Structs should be encoded as JSON objects, but found ", JsonNodeType(node)));
    }
    if (schema.field_count == 0 && node.size > 0 && options_.ends != nullptr &&
        options_.ends->contains(&schema)) {
      return DataError(
          "The data go deeper into a type that contains itself than its schema was unrolled");
    }
    auto* values = arena_.NewArray<sluice_value>(schema.field_count);
    JsonMembers members(node);
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_field& field = schema.fields[i];
      SLUICE_ASSIGN_OR_RETURN(values[i], ReadField(field, members.Find(abi::View(field.name))));
    }
    return arena_.NewStruct(&schema, values);
  }

  // The first field of a simple type that fits, or the struct that knows most of the members.
  StatusOr<sluice_value> ReadUnion(const sluice_schema& schema, const sluice_value& node) {
    uint32_t which = schema.field_count;
    uint64_t matching = 0;
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_schema& field = *schema.fields[i].schema;
      if (IsOfSimpleType(field, node)) {
        which = i;
        break;
      }
      const uint64_t members = CountMatching(field, node, 0);
      if (members > matching) {
        matching = members;
        which = i;
      }
    }
    if (which == schema.field_count) return DataError("Did not find matching oneof field for data");
    auto* values = arena_.NewArray<sluice_value>(schema.field_count);
    for (uint32_t i = 0; i < schema.field_count; ++i) values[i] = abi::Null();
    SLUICE_ASSIGN_OR_RETURN(values[which], ReadField(schema.fields[which], &node));
    return arena_.NewStruct(&schema, values);
  }

  static bool IsOfSimpleType(const sluice_schema& schema, const sluice_value& node) {
    switch (schema.type) {
      case SLUICE_INT8:
      case SLUICE_INT16:
      case SLUICE_INT32:
      case SLUICE_INT64:
        return IsIntegralJson(node);
      case SLUICE_FLOAT32:
      case SLUICE_FLOAT64:
        return node.kind == kJsonNumber;
      case SLUICE_BOOLEAN:
        return node.kind == SLUICE_BOOLEAN;
      case SLUICE_STRING:
        return node.kind == SLUICE_STRING;
      case SLUICE_BYTES:
        return node.kind == kJsonNumber && !IsIntegralJson(node);
      case SLUICE_ARRAY:
        return node.kind == SLUICE_ARRAY;
      case SLUICE_MAP:
        return node.kind == SLUICE_MAP || node.kind == SLUICE_ARRAY;
      default:
        return false;
    }
  }

  static uint64_t CountMatching(const sluice_schema& schema, const sluice_value& node, int depth) {
    if (schema.type != SLUICE_STRUCT || node.kind != SLUICE_MAP || depth > kMatchDepthMax) return 0;
    uint64_t count = 0;
    JsonMembers members(node);
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      const sluice_value* member = members.Find(abi::View(schema.fields[i].name));
      if (member == nullptr) continue;
      count += 1 + CountMatching(*schema.fields[i].schema, *member, depth + 1);
    }
    return count;
  }

  const ReadOptions options_;
  abi::Arena& arena_;
  bool hole_ = false;  // a null was read where the schema has none
};

}  // namespace

StatusOr<sluice_value> ReadValue(const sluice_schema& schema, const sluice_value& node,
                                 ReadOptions options, abi::Arena& arena) {
  return Reader(options, arena).Read(schema, &node);
}

}  // namespace sluice::convert::json_schema
