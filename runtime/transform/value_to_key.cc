// ValueToKey: a new key of some of the value's fields.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.ValueToKey";
constexpr std::string_view kPurpose = "copying fields from value to key";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey fields;
    fields.name = "fields";
    fields.type = config::ConfigType::kList;
    fields.required = true;
    fields.validator = config::Validator::List(false);
    fields.importance = config::Importance::kHigh;
    fields.documentation = "Names of the value's fields that make the key.";
    return new config::ConfigDef({fields, ReplaceNullKey()});
  }();
  return *definition;
}

class ValueToKey : public Transform {
 public:
  ValueToKey(config::ConfigList fields, bool with_default)
      : fields_(std::move(fields)), with_default_(with_default) {}
  std::string_view class_name() const override { return kName; }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    SLUICE_RETURN_IF_ERROR(record.value_schema == nullptr ? ApplySchemaless(record, memory)
                                                          : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  struct Plan {
    SchemaRef schema;
    std::vector<uint32_t> indexes;  // of the fields in the value
  };

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireMap(record.value, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(fields_.size());
    for (size_t i = 0; i < fields_.size(); ++i) {
      const sluice_value* found = abi::Find(record.value, fields_[i]);
      entries[i] = {abi::String(fields_[i]), found == nullptr ? abi::Null() : *found};
    }
    record.key_schema = nullptr;
    record.key = abi::Map(entries, fields_.size());
    return OkStatus();
  }

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(record.value, kPurpose));
    const sluice_struct& from = *record.value.as.structure;
    const Plan* plan = cache_.Find(*from.schema);
    if (plan == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Plan made, MakePlan(*from.schema));
      plan = cache_.Put(*from.schema, std::move(made));
    }
    auto* values = memory.arena().NewArray<sluice_value>(fields_.size());
    for (size_t i = 0; i < fields_.size(); ++i) {
      values[i] = FieldValue(from, plan->indexes[i], with_default_);
      const sluice_field& field = plan->schema->fields[i];
      if (IsMissing(*field.schema, values[i])) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
    }
    record.key_schema = memory.Keep(plan->schema);
    record.key = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  StatusOr<Plan> MakePlan(const sluice_schema& from) const {
    Plan plan;
    SchemaBuilder builder(SLUICE_STRUCT);
    for (const std::string& field : fields_) {
      const int index = abi::FieldIndex(from, field);
      if (index < 0) return DataError(StrCat("Field does not exist: ", field));
      builder.Field(field, SchemaRef(from.fields[index].schema));
      plan.indexes.push_back(static_cast<uint32_t>(index));
    }
    plan.schema = builder.Build();
    return plan;
  }

  const config::ConfigList fields_;  // each once
  const bool with_default_;
  SchemaCache<Plan> cache_;
};

StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<ValueToKey>(parsed.List("fields"),
                                      parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddValueToKey(std::vector<TransformClass>& classes) {
  classes.push_back({std::string(kName), &Definition(), &Make});
}

}  // namespace sluice::transform
