// HoistField: wraps the key or value into a struct, or a map, with one field.
#include <utility>

#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.HoistField";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey field;
    field.name = "field";
    field.required = true;
    field.documentation =
        "Name of the one field of the struct or map that the data is wrapped into.";
    return new config::ConfigDef({field});
  }();
  return *definition;
}

class HoistField : public FieldTransform {
 public:
  HoistField(Side side, std::string field)
      : FieldTransform(kName, side), field_(std::move(field)) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_schema* from = schema(record);
    if (from == nullptr) {
      auto* entry = memory.arena().New(sluice_map_entry{abi::String(field_), value(record)});
      value(record) = abi::Map(entry, 1);
      return true;
    }
    if (IsMissing(*from, value(record))) return NullInRequiredField(field_, *from);
    const SchemaRef* updated = cache_.Find(*from);
    if (updated == nullptr) {
      updated =
          cache_.Put(*from, SchemaBuilder(SLUICE_STRUCT).Field(field_, SchemaRef(from)).Build());
    }
    schema(record) = memory.Keep(*updated);
    value(record) = memory.arena().NewStruct(updated->get(), memory.arena().New(value(record)));
    return true;
  }

 private:
  const std::string field_;
  SchemaCache<SchemaRef> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<HoistField>(side, parsed.Text("field"));
}

}  // namespace

void AddHoistField(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
