// SetSchemaMetadata: gives the schema of the key or value, which is a struct, a name, a version or
// both.
#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.SetSchemaMetadata";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey name;
    name.name = "schema.name";
    name.importance = config::Importance::kHigh;
    name.documentation = "The schema's new name.";
    config::ConfigKey version;
    version.name = "schema.version";
    version.type = config::ConfigType::kInt;
    version.importance = config::Importance::kHigh;
    version.documentation = "The schema's new version.";
    return new config::ConfigDef({name, version, ReplaceNullKey()});
  }();
  return *definition;
}

class SetSchemaMetadata : public FieldTransform {
 public:
  SetSchemaMetadata(Side side, std::optional<std::string> name, std::optional<int64_t> version,
                    bool with_default)
      : FieldTransform(kName, side),
        name_(std::move(name)),
        version_(version),
        with_default_(with_default) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_schema* from = schema(record);
    sluice_value& data = value(record);
    if (from == nullptr) {
      if (data.kind == SLUICE_NULL) return true;
      return DataError("Schema required for [updating schema metadata]");
    }
    SLUICE_RETURN_IF_ERROR(RequireFields(*from));
    const SchemaRef* updated = cache_.Find(*from);
    if (updated == nullptr) updated = cache_.Put(*from, Updated(*from));
    if (data.kind == SLUICE_STRUCT) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value* values, Values(*data.as.structure, memory));
      data = memory.arena().NewStruct(updated->get(), values);
    }
    schema(record) = memory.Keep(*updated);
    return true;
  }

 private:
  SchemaRef Updated(const sluice_schema& from) const {
    SchemaBuilder builder = SchemaBuilder::Like(from);
    if (name_) builder.Name(*name_);
    if (version_) builder.Version(static_cast<int32_t>(*version_));
    return builder.Build();
  }

  // The struct's own values, or a copy with defaults in place of nulls.
  StatusOr<const sluice_value*> Values(const sluice_struct& from, BatchMemory& memory) const {
    sluice_value* copy = nullptr;
    for (uint32_t i = 0; i < from.schema->field_count; ++i) {
      if (from.values[i].kind != SLUICE_NULL) continue;
      const sluice_field& field = from.schema->fields[i];
      const sluice_value& fallback = FieldValue(from, i, with_default_);
      if (IsMissing(*field.schema, fallback)) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
      if (fallback.kind == SLUICE_NULL) continue;
      if (copy == nullptr) {
        copy = memory.arena().NewArray<sluice_value>(from.schema->field_count);
        std::copy(from.values, from.values + from.schema->field_count, copy);
      }
      copy[i] = fallback;
    }
    return copy != nullptr ? copy : from.values;
  }

  const std::optional<std::string> name_;
  const std::optional<int64_t> version_;
  const bool with_default_;
  SchemaCache<SchemaRef> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  std::optional<std::string> name = parsed.OptionalText("schema.name");
  const std::optional<int64_t> version = parsed.OptionalInt("schema.version");
  if (!name && !version) return ConfigError("Neither schema name nor version configured");
  return std::make_unique<SetSchemaMetadata>(side, std::move(name), version,
                                             parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddSetSchemaMetadata(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
