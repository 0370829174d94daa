#include "runtime/transform/community/change_field.h"

#include <utility>

#include "runtime/base/text.h"
#include "runtime/transform/community/community.h"

namespace sluice::transform {
namespace {

// Java's String.split: empty pieces at the end do not count.
std::vector<std::string_view> JavaSplit(std::string_view text, char separator) {
  std::vector<std::string_view> parts = Split(text, separator);
  while (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  return parts;
}

std::string_view UsualParent(std::string_view name) {
  if (name == "id" || name == "data_collection_order" || name == "total_order") {
    return "transaction";
  }
  if (name == "op" || name == "ts_ms" || name == "ts_us" || name == "ts_ns") return "";
  return name == "updateDescription" ? name : "source";
}

// The field's schema as an optional one: without default, and a struct's without its fields, as
// Connect copies the basics of schemas.
record::SchemaRef OptionalLike(const sluice_schema& like) {
  record::SchemaBuilder builder = BuilderLike(like, like.type);
  if (like.key_schema != nullptr) builder.Key(record::SchemaRef(like.key_schema));
  if (like.value_schema != nullptr) builder.Value(record::SchemaRef(like.value_schema));
  return builder.Optional().Build();
}

}  // namespace

StatusOr<std::vector<ChangeField>> ParseChangeFields(std::string_view list,
                                                     std::string_view prefix) {
  std::vector<ChangeField> fields;
  if (list.empty()) return fields;
  for (const std::string_view piece : JavaSplit(list, ',')) {
    const std::string_view entry = Trim(piece);
    const std::vector<std::string_view> renamed = JavaSplit(entry, ':');
    const std::vector<std::string_view> path = JavaSplit(renamed[0], '.');
    if (renamed.size() > 2) {
      return ExceptionError(absl::StatusCode::kInvalidArgument,
                            "java.lang.IllegalArgumentException",
                            StrCat("Unexpected field name: ", entry));
    }
    ChangeField field;
    field.name = std::string(path.size() == 1 ? path[0] : path[1]);
    field.parent = std::string(path.size() == 1 ? UsualParent(field.name) : path[0]);
    if (renamed.size() == 2) {
      field.new_name = StrCat(prefix, renamed[1]);
    } else {
      field.new_name = path.size() == 1 ? StrCat(prefix, field.name)
                                        : StrCat(prefix, field.parent, "_", field.name);
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

StatusOr<std::vector<FoundField>> FindChangeFields(const std::vector<ChangeField>& fields,
                                                   const sluice_schema& envelope) {
  std::vector<FoundField> found;
  for (const ChangeField& field : fields) {
    FoundField one{&field, -1, -1, false, {}};
    const sluice_schema* parent = &envelope;
    if (!field.parent.empty()) {
      one.parent = abi::FieldIndex(envelope, field.parent);
      if (one.parent < 0) {
        return NullPointer(StrCat("ExtractNewRecordState finds no '", field.parent,
                                  "' in the change event, which was to have '", field.name, "'"));
      }
      parent = envelope.fields[one.parent].schema;
      if (parent->type != SLUICE_STRUCT) {
        return DataError("Cannot look up fields on non-struct type");
      }
    }
    one.index = abi::FieldIndex(*parent, field.name);
    if (one.index < 0) {
      one.in_envelope = true;
      parent = &envelope;
      one.index = abi::FieldIndex(envelope, field.name);
      if (one.index < 0) continue;
    }
    one.schema = OptionalLike(*parent->fields[one.index].schema);
    found.push_back(std::move(one));
  }
  return found;
}

StatusOr<sluice_value> ChangeFieldValue(const FoundField& found, const sluice_struct& envelope) {
  const sluice_struct* from = &envelope;
  if (found.parent >= 0) {
    const sluice_value& parent = envelope.values[found.parent];
    if (parent.kind != SLUICE_STRUCT) return abi::Null();
    if (!found.in_envelope) from = parent.as.structure;
  }
  const sluice_value& value = from->values[found.index];
  if (value.kind == SLUICE_STRUCT) return DataError("Struct schemas do not match.");
  return value;
}

}  // namespace sluice::transform
