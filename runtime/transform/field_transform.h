// What the transforms of fields share: which side of a record they work on, the peer's complaints
// about values of the wrong kind, and reading and checking the fields of a struct. Pure functions,
// any thread.
#ifndef SLUICE_RUNTIME_TRANSFORM_FIELD_TRANSFORM_H_
#define SLUICE_RUNTIME_TRANSFORM_FIELD_TRANSFORM_H_

#include <string>
#include <string_view>

#include "runtime/abi/views.h"
#include "runtime/base/status.h"
#include "runtime/config/config_key.h"
#include "runtime/record/batch_memory.h"
#include "runtime/transform/transform.h"

namespace sluice::transform {

enum class Side { kKey, kValue };

// A transform of a record's key or value; the class is X$Key or X$Value.
class FieldTransform : public Transform {
 public:
  FieldTransform(std::string_view name, Side side)
      : class_name_(std::string(name) + (side == Side::kKey ? "$Key" : "$Value")), side_(side) {}
  std::string_view class_name() const override { return class_name_; }

 protected:
  const sluice_schema*& schema(sluice_record& record) const {
    return side_ == Side::kKey ? record.key_schema : record.value_schema;
  }
  sluice_value& value(sluice_record& record) const {
    return side_ == Side::kKey ? record.key : record.value;
  }

 private:
  const std::string class_name_;
  const Side side_;
};

// DataException: `Only Map objects supported in absence of schema for [purpose], found: ...`; null
// is not a map either.
Status RequireMap(const sluice_value& value, std::string_view purpose);
// DataException: `Only Struct objects supported for [purpose], found: ...`.
Status RequireStruct(const sluice_value& value, std::string_view purpose);

// A struct's field; a null one reads as its schema's default if `with_default`.
inline const sluice_value& FieldValue(const sluice_struct& from, uint32_t index,
                                      bool with_default) {
  const sluice_value& value = from.values[index];
  if (!with_default || value.kind != SLUICE_NULL) return value;
  const sluice_value* fallback = from.schema->fields[index].schema->default_value;
  return fallback != nullptr ? *fallback : value;
}
// What Java's Struct.put says of a null for a required field.
inline bool IsMissing(const sluice_schema& schema, const sluice_value& value) {
  return value.kind == SLUICE_NULL && !schema.optional;
}
Status NullInRequiredField(std::string_view field, const sluice_schema& schema);
// SchemaBuilderException: two fields of one name.
Status DuplicateField(std::string_view field);

// A new schema with the name, version, doc and parameters of `like`, and no fields; required and
// without a default, as the peer rebuilds the schema of a struct.
record::SchemaBuilder StructLike(const sluice_schema& like);

// The same for a schema of another type, whatever `like` is.
record::SchemaBuilder BuilderLike(const sluice_schema& like, sluice_kind type);
// Gives the schema in the making a default, if that fits it. SchemaBuilderException: `Invalid
// default value`.
Status SetDefault(record::SchemaBuilder& builder, const sluice_value& value);
// DataException: a schema that should have fields is of another type.
Status RequireFields(const sluice_schema& schema);

// A schemaless map's entry for the key, or `count`.
size_t FindEntry(const sluice_map_entry* entries, size_t count, std::string_view key);

// Makes room for `count` more headers behind those that the record has; they are to be filled in.
sluice_header* AppendHeaders(sluice_record& record, size_t count, BatchMemory& memory);

// The definition of replace.null.with.default, which many transforms have.
config::ConfigKey ReplaceNullKey();

}  // namespace sluice::transform

#endif  // SLUICE_RUNTIME_TRANSFORM_FIELD_TRANSFORM_H_
