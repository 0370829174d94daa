// Aiven's ConcatFields: one more field, with the texts of others joined.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/key_and_value.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;
using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "io.aiven.kafka.connect.transforms.ConcatFields";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey output =
        RequiredKey("output.field.name", ConfigType::kString, Importance::kHigh,
                    "Name of the field that the joined text is put into.");
    output.validator = config::Validator::NonEmpty();
    return new config::ConfigDef(
        {RequiredKey("field.names", ConfigType::kList, Importance::kHigh,
                     "Fields whose texts are joined, in this order."),
         output,
         OptionalKey("field.replace.missing", ConfigType::kString, "", Importance::kHigh,
                     "What stands for a field that is missing or null."),
         OptionalKey("delimiter", ConfigType::kString, "", Importance::kHigh,
                     "What stands between two texts.")});
  }();
  return *definition;
}

class ConcatFields : public FieldTransform {
 public:
  ConcatFields(Side side, const config::ParsedConfig& parsed)
      : FieldTransform(kName, side),
        place_(PlaceName(side)),
        fields_(parsed.List("field.names")),
        output_(parsed.Text("output.field.name")),
        missing_(parsed.Text("field.replace.missing")),
        delimiter_(parsed.Text("delimiter")) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL) {
      return RecordError(StrCat(place_, " Value can't be null"), record);
    }
    if (from.kind == SLUICE_STRUCT) {
      SLUICE_RETURN_IF_ERROR(ApplyToStruct(record, memory));
      return true;
    }
    if (from.kind != SLUICE_MAP) {
      return RecordError("Value type must be STRUCT or MAP", record);
    }
    if (schema(record) != nullptr) {
      SLUICE_RETURN_IF_ERROR(RequireFields(*schema(record)));
      return RecordError("Value type must be STRUCT where its schema is", record);
    }
    Start();
    for (const std::string& field : fields_) Add(abi::Find(from, field));
    value(record) = WithEntry(from, output_, memory.arena().CopyString(text_), memory);
    return true;
  }

 private:
  void Start() {
    text_.clear();
    first_ = true;
  }
  void Add(const sluice_value* field) {
    if (!first_) text_.append(delimiter_);
    first_ = false;
    if (field == nullptr || field->kind == SLUICE_NULL) {
      text_.append(missing_);
    } else {
      record::AppendJavaText(text_, *field);
    }
  }

  Status ApplyToStruct(sluice_record& record, BatchMemory& memory) {
    const sluice_struct& from = *value(record).as.structure;
    const SchemaRef* updated = cache_.Find(*from.schema);
    if (updated == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(SchemaRef made, Updated(*from.schema));
      updated = cache_.Put(*from.schema, std::move(made));
    }
    const uint32_t count = from.schema->field_count;
    auto* values = memory.arena().NewArray<sluice_value>(size_t{count} + 1);
    for (uint32_t i = 0; i < count; ++i) {
      const sluice_field& field = from.schema->fields[i];
      values[i] = FieldValue(from, i, true);
      if (IsMissing(*field.schema, values[i])) {
        return NullInRequiredField(abi::View(field.name), *field.schema);
      }
    }
    Start();
    for (const std::string& field : fields_) Add(NamedField(from, field));
    values[count] = memory.arena().CopyString(text_);
    schema(record) = memory.Keep(*updated);
    value(record) = memory.arena().NewStruct(updated->get(), values);
    return OkStatus();
  }

  // Without a name, as Aiven's.
  StatusOr<SchemaRef> Updated(const sluice_schema& from) const {
    SchemaBuilder builder(SLUICE_STRUCT);
    for (uint32_t i = 0; i < from.field_count; ++i) {
      builder.Field(abi::View(from.fields[i].name), SchemaRef(from.fields[i].schema));
    }
    if (builder.HasField(output_)) return DuplicateField(output_);
    builder.Field(output_, SchemaRef(record::OptionalSchema(SLUICE_STRING)));
    return builder.Build();
  }

  const std::string_view place_;
  const config::ConfigList fields_;
  const std::string output_, missing_, delimiter_;
  std::string text_;
  bool first_ = true;
  SchemaCache<SchemaRef> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<ConcatFields>(side, parsed);
}

}  // namespace

void AddConcatFields(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
