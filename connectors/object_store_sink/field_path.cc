#include "connectors/object_store_sink/field_path.h"

#include <cstdint>

#include "connectors/object_store_sink/format.h"

namespace sluice::object_store_sink {

FieldPath::FieldPath(std::string_view dotted) : name_(dotted) {
  whole_.name = dotted;
  while (true) {
    const size_t dot = dotted.find('.');
    steps_.emplace_back().name = dotted.substr(0, dot);
    if (dot == std::string_view::npos) break;
    dotted.remove_prefix(dot + 1);
  }
}

const sdk::Value* FieldPath::FindStep(const sdk::Value& value, Step& step) {
  if (value.kind == SLUICE_MAP) return sdk::Find(value, step.name);
  if (value.kind != SLUICE_STRUCT) return nullptr;
  const sluice_struct& structure = *value.as.structure;
  const sluice_fingerprint& print = structure.schema->fingerprint;
  if (step.index < 0 || step.schema.lo != print.lo || step.schema.hi != print.hi) {
    step.index = abi::FieldIndex(*structure.schema, step.name);
    step.schema = structure.schema->fingerprint;
  }
  return step.index < 0 ? nullptr : &FieldOf(structure, static_cast<uint32_t>(step.index));
}

const sdk::Value* FieldPath::Find(const sdk::Value& value) {
  if (steps_.size() > 1) {
    if (const sdk::Value* found = FindStep(value, whole_)) return found;
  }
  const sdk::Value* at = &value;
  for (Step& step : steps_) {
    if (at->kind == SLUICE_NULL && at != &value) return at;
    at = FindStep(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace sluice::object_store_sink
