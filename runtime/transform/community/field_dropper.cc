#include "runtime/transform/community/field_dropper.h"

#include <utility>

#include "runtime/transform/community/community.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kPurpose = "field replacement";

bool Names(const sluice_value& names, std::string_view field) {
  for (uint32_t i = 0; i < names.size; ++i) {
    const sluice_value& name = names.as.items[i];
    if (name.kind == SLUICE_STRING && abi::Text(name) == field) return true;
  }
  return false;
}

void DropFromMap(const sluice_value& names, sluice_value& value, BatchMemory& memory) {
  auto* entries = memory.arena().NewArray<sluice_map_entry>(value.size);
  size_t count = 0;
  for (uint32_t i = 0; i < value.size; ++i) {
    const sluice_map_entry& entry = value.as.entries[i];
    if (entry.key.kind == SLUICE_STRING && Names(names, abi::Text(entry.key))) continue;
    entries[count++] = entry;
  }
  value = abi::Map(entries, count);
}

}  // namespace

bool FieldDropper::Same(const std::vector<std::string>& known, const sluice_value& names) {
  if (known.size() != names.size) return false;
  for (uint32_t i = 0; i < names.size; ++i) {
    const sluice_value& name = names.as.items[i];
    if (name.kind != SLUICE_STRING || abi::Text(name) != known[i]) return false;
  }
  return true;
}

FieldDropper::Plan FieldDropper::MakePlan(const sluice_value& names,
                                          const sluice_schema& from) const {
  Plan plan;
  for (uint32_t i = 0; i < names.size; ++i) {
    const sluice_value& name = names.as.items[i];
    plan.names.emplace_back(name.kind == SLUICE_STRING ? abi::Text(name) : std::string_view());
  }
  record::SchemaBuilder builder = StructLike(from);
  for (uint32_t i = 0; i < from.field_count; ++i) {
    const sluice_field& field = from.fields[i];
    const std::string_view name = abi::View(field.name);
    if (Names(names, name) && (!only_optional_ || field.schema->optional)) continue;
    builder.Field(name, record::SchemaRef(field.schema));
    plan.kept.push_back(i);
  }
  plan.unchanged = only_optional_ && plan.kept.size() == from.field_count;
  plan.schema = builder.Build();
  return plan;
}

Status FieldDropper::Drop(const sluice_value& names, const sluice_schema*& schema,
                          sluice_value& value, BatchMemory& memory) {
  if (only_optional_) {
    if (schema == nullptr) return NullPointer("Fields cannot be dropped compatibly without schema");
    SLUICE_RETURN_IF_ERROR(RequireFields(*schema));
  }
  if (value.kind == SLUICE_NULL) return OkStatus();
  if (schema == nullptr) {
    SLUICE_RETURN_IF_ERROR(RequireMap(value, kPurpose));
    DropFromMap(names, value, memory);
    return OkStatus();
  }
  SLUICE_RETURN_IF_ERROR(RequireStruct(value, kPurpose));
  const sluice_struct& from = *value.as.structure;
  const Plan* plan = cache_.Find(*from.schema);
  if (plan == nullptr || !Same(plan->names, names)) {
    plan = cache_.Put(*from.schema, MakePlan(names, *from.schema));
  }
  if (plan->unchanged) return OkStatus();
  auto* values = memory.arena().NewArray<sluice_value>(plan->kept.size());
  for (size_t i = 0; i < plan->kept.size(); ++i) {
    const sluice_field& field = from.schema->fields[plan->kept[i]];
    values[i] = FieldValue(from, plan->kept[i], true);
    if (IsMissing(*field.schema, values[i])) {
      return NullInRequiredField(abi::View(field.name), *field.schema);
    }
  }
  schema = memory.Keep(plan->schema);
  value = memory.arena().NewStruct(plan->schema.get(), values);
  return OkStatus();
}

}  // namespace sluice::transform
