#include "runtime/transform/community/expanded_json.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/record/json_reader.h"
#include "runtime/record/schema.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr int kDepthMax = 100;

class Expansion {
 public:
  Expansion(bool null_as_bytes, abi::Arena& arena) : null_as_bytes_(null_as_bytes), arena_(arena) {}

  // Without a schema: there is nothing to tell one from; it is left out.
  StatusOr<SchemaRef> SchemaOf(const std::string& name, const sluice_value& json, int depth) const {
    if (depth > kDepthMax) return DataError(StrCat("it is nested more than ", kDepthMax, " deep"));
    switch (json.kind) {
      case SLUICE_STRING:
      case SLUICE_BOOLEAN:
      case SLUICE_FLOAT64:
        return SchemaRef(record::OptionalSchema(json.kind));
      case SLUICE_INT64:
        return SchemaRef(record::OptionalSchema(IsInt32(json) ? SLUICE_INT32 : SLUICE_INT64));
      case SLUICE_NULL:
        return null_as_bytes_ ? SchemaRef(record::OptionalSchema(SLUICE_BYTES)) : SchemaRef();
      case SLUICE_ARRAY:
        return ListSchema(name, json, depth);
      default:
        break;
    }
    SchemaBuilder builder(SLUICE_STRUCT);
    builder.Optional();
    if (!name.empty()) builder.Name(name);
    for (uint32_t i = 0; i < json.size; ++i) {
      const std::string field(abi::Text(json.as.entries[i].key));
      SLUICE_ASSIGN_OR_RETURN(SchemaRef schema,
                              SchemaOf(name.empty() ? field : StrCat(name, ".", field),
                                       json.as.entries[i].value, depth + 1));
      if (schema && !builder.HasField(field)) builder.Field(field, std::move(schema));
    }
    return builder.Build();
  }

  // The value as the schema has it.
  sluice_value ValueOf(const sluice_value& json, const sluice_schema& schema) const {
    if (schema.type == SLUICE_STRUCT && json.kind == SLUICE_MAP) {
      auto* values = arena_.NewArray<sluice_value>(schema.field_count);
      for (uint32_t i = 0; i < schema.field_count; ++i) {
        const sluice_value* member = abi::Find(json, abi::View(schema.fields[i].name));
        values[i] = member == nullptr ? abi::Null() : ValueOf(*member, *schema.fields[i].schema);
      }
      return arena_.NewStruct(&schema, values);
    }
    if (schema.type == SLUICE_ARRAY && json.kind == SLUICE_ARRAY) {
      auto* items = arena_.NewArray<sluice_value>(json.size);
      for (uint32_t i = 0; i < json.size; ++i) {
        items[i] = ValueOf(json.as.items[i], *schema.value_schema);
      }
      return abi::Array(items, json.size);
    }
    if (json.kind == SLUICE_INT64) return abi::Integer(schema.type, json.as.int64);
    return json;
  }

 private:
  static bool IsInt32(const sluice_value& number) {
    return number.as.int64 >= INT32_MIN && number.as.int64 <= INT32_MAX;
  }

  StatusOr<SchemaRef> ListSchema(const std::string& name, const sluice_value& list,
                                 int depth) const {
    if (list.size == 0) return SchemaRef();
    const sluice_value* end = list.as.items + list.size;
    const sluice_value* sample = std::find_if(
        list.as.items, end, [](const sluice_value& item) { return item.kind != SLUICE_NULL; });
    SchemaRef items;
    for (const sluice_value* item = sample; item != end; ++item) {
      if (item->kind == SLUICE_NULL) continue;
      if (item->kind != sample->kind) {
        return ConnectError(StrCat("Field '", name, "' is not a homogenous array"));
      }
      SLUICE_ASSIGN_OR_RETURN(SchemaRef next,
                              SchemaOf(item->kind == SLUICE_MAP ? name : "", *item, depth + 1));
      if (!items) {
        items = std::move(next);
      } else if (item->kind == SLUICE_MAP) {
        items = Merged(*items, *next);
      } else if (item->kind == SLUICE_INT64 && next && items->type != next->type) {
        return ConnectError(
            StrCat("Field '", name, "' is not a homogenous array, different number types"));
      }
    }
    if (!items && sample == end && null_as_bytes_) {
      items = SchemaRef(record::OptionalSchema(SLUICE_BYTES));
    }
    if (!items) return ConnectError(StrCat("Array '", name, "' has unrecognized member schema."));
    return SchemaBuilder(SLUICE_ARRAY).Value(std::move(items)).Optional().Build();
  }

  // The fields of both; where one is only known to be null, the other's type.
  static SchemaRef Merged(const sluice_schema& left, const sluice_schema& right) {
    SchemaBuilder builder(SLUICE_STRUCT);
    if (left.name.data != nullptr) builder.Name(abi::View(left.name));
    for (uint32_t i = 0; i < left.field_count; ++i) {
      const sluice_field& field = left.fields[i];
      const int other = abi::FieldIndex(right, abi::View(field.name));
      const bool better = other >= 0 && field.schema->type == SLUICE_BYTES;
      builder.Field(abi::View(field.name),
                    SchemaRef(better ? right.fields[other].schema : field.schema));
    }
    for (uint32_t i = 0; i < right.field_count; ++i) {
      const std::string_view name = abi::View(right.fields[i].name);
      if (!builder.HasField(name)) builder.Field(name, SchemaRef(right.fields[i].schema));
    }
    return builder.Build();
  }

  const bool null_as_bytes_;
  abi::Arena& arena_;
};

}  // namespace

StatusOr<ExpandedJson> ExpandJson(std::string_view name, std::string_view text, bool null_as_bytes,
                                  abi::Arena& arena) {
  record::JsonReader reader;
  SLUICE_ASSIGN_OR_RETURN(const sluice_value json,
                          reader.Read(text, record::JsonNumbers::kValues, arena));
  if (json.kind != SLUICE_MAP) return DataError("it is no JSON object");
  const Expansion expansion(null_as_bytes, arena);
  SLUICE_ASSIGN_OR_RETURN(const SchemaRef schema, expansion.SchemaOf(std::string(name), json, 0));
  return ExpandedJson{schema, expansion.ValueOf(json, *schema)};
}

}  // namespace sluice::transform
