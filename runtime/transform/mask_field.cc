// MaskField: replaces fields by an empty value of their type, or by a text or number from the
// configuration.
#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/decimal.h"
#include "runtime/record/value.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.MaskField";
constexpr std::string_view kPurpose = "mask fields";
constexpr uint8_t kZero = 0;

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey fields;
    fields.name = "fields";
    fields.type = config::ConfigType::kList;
    fields.required = true;
    fields.validator = config::Validator::List(false);
    fields.importance = config::Importance::kHigh;
    fields.documentation = "Names of the fields to mask.";
    config::ConfigKey replacement;
    replacement.name = "replacement";
    replacement.validator = config::Validator::NonEmpty();
    replacement.importance = config::Importance::kLow;
    replacement.documentation =
        "What masked fields get, read as each field's own type; for fields of numbers and text "
        "only. Without it they "
        "get 0, false, an empty text and the like.";
    return new config::ConfigDef({fields, replacement, ReplaceNullKey()});
  }();
  return *definition;
}

StatusOr<sluice_value> EmptyValue(const sluice_value& value, bool with_schema,
                                  BatchMemory& memory) {
  switch (value.kind) {
    case SLUICE_FLOAT32:
      return abi::Float32(0);
    case SLUICE_FLOAT64:
      return abi::Float64(0);
    case SLUICE_STRING:
      return abi::String("");
    case SLUICE_ARRAY:
      return abi::Array(nullptr, 0);
    case SLUICE_MAP:
      return abi::Map(nullptr, 0);
    case SLUICE_DECIMAL:  // a schema prescribes the scale
      return abi::Decimal(
          memory.arena().New(sluice_decimal{with_schema ? value.as.decimal->scale : 0, 1, &kZero}));
    case SLUICE_STRUCT:
    case SLUICE_BYTES:
      return DataError(StrCat("Cannot mask value of type: ", record::JavaClassText(value)));
    default:
      return abi::Integer(value.kind, 0);
  }
}

// The configured replacement, read once.
class Replacement {
 public:
  explicit Replacement(std::string text)
      : text_(std::move(text)), number_(record::ParseDecimal(text_, arena_)) {
    if (!number_) return;
    whole_ = record::DecimalToInt64(*number_);
    real_ = record::DecimalToDouble(*number_);
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  StatusOr<sluice_value> For(const sluice_value& value) const {
    switch (value.kind) {
      case SLUICE_STRING:
        return abi::String(text_);
      case SLUICE_INT8:
        if (number_) return abi::Integer(value.kind, static_cast<int8_t>(whole_));
        return NoNumber();
      case SLUICE_INT16:
        if (number_) return abi::Integer(value.kind, static_cast<int16_t>(whole_));
        return NoNumber();
      case SLUICE_INT32:
        if (number_) return abi::Integer(value.kind, static_cast<int32_t>(whole_));
        return NoNumber();
      case SLUICE_INT64:
        if (number_) return abi::Integer(value.kind, whole_);
        return NoNumber();
      case SLUICE_FLOAT32:
        if (number_) return abi::Float32(static_cast<float>(real_));
        return NoNumber();
      case SLUICE_FLOAT64:
        if (number_) return abi::Float64(real_);
        return NoNumber();
      case SLUICE_DECIMAL:
        if (number_) return abi::Decimal(&*number_);
        return DataError(
            StrCat("Unable to convert ", text_, " (class java.lang.String) to number"));
      default:
        return DataError(StrCat("Cannot mask value of type ", record::JavaClassText(value),
                                " with custom replacement."));
    }
  }

 private:
  Status NoNumber() const {
    return DataError(StrCat("Unable to convert ", text_, " (class java.lang.String) to a number"));
  }

  const std::string text_;
  abi::Arena arena_{256};
  const std::optional<sluice_decimal> number_;
  int64_t whole_ = 0;
  double real_ = 0;
};

class MaskField : public FieldTransform {
 public:
  MaskField(Side side, config::ConfigList fields, std::optional<std::string> replacement,
            bool with_default)
      : FieldTransform(kName, side), fields_(std::move(fields)), with_default_(with_default) {
    if (replacement) replacement_.emplace(*std::move(replacement));
  }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? ApplySchemaless(record, memory)
                                                     : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  using Plan = std::vector<bool>;  // whether the field is masked

  StatusOr<sluice_value> Masked(const sluice_value& value, bool with_schema,
                                BatchMemory& memory) const {
    if (value.kind == SLUICE_NULL) return value;
    return replacement_ ? replacement_->For(value) : EmptyValue(value, with_schema, memory);
  }

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    const sluice_value& map = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(map, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(map.size + fields_.size());
    std::copy(map.as.entries, map.as.entries + map.size, entries);
    size_t count = map.size;
    for (const std::string& field : fields_) {
      size_t i = 0;
      while (i < map.size &&
             !(entries[i].key.kind == SLUICE_STRING && abi::Text(entries[i].key) == field))
        ++i;
      if (i == map.size) {
        entries[count++] = {abi::String(field), abi::Null()};
      } else {
        SLUICE_ASSIGN_OR_RETURN(entries[i].value, Masked(entries[i].value, false, memory));
      }
    }
    value(record) = abi::Map(entries, count);
    return OkStatus();
  }

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const sluice_struct& from = *value(record).as.structure;
    const Plan* plan = cache_.Find(*from.schema);
    if (plan == nullptr) plan = cache_.Put(*from.schema, MakePlan(*from.schema));
    auto* values = memory.arena().NewArray<sluice_value>(from.schema->field_count);
    for (uint32_t i = 0; i < from.schema->field_count; ++i) {
      values[i] = FieldValue(from, i, with_default_);
      if ((*plan)[i]) {
        SLUICE_ASSIGN_OR_RETURN(values[i], Masked(values[i], true, memory));
      }
      const sluice_field& field = from.schema->fields[i];
      if (IsMissing(*field.schema, values[i]))
        return NullInRequiredField(abi::View(field.name), *field.schema);
    }
    value(record) = memory.arena().NewStruct(from.schema, values);
    return OkStatus();
  }

  Plan MakePlan(const sluice_schema& schema) const {
    Plan plan(schema.field_count);
    for (uint32_t i = 0; i < schema.field_count; ++i) {
      plan[i] = std::find(fields_.begin(), fields_.end(), abi::View(schema.fields[i].name)) !=
                fields_.end();
    }
    return plan;
  }

  const config::ConfigList fields_;
  const bool with_default_;
  std::optional<Replacement> replacement_;
  SchemaCache<Plan> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  config::ConfigList fields;  // each once
  for (const std::string& field : parsed.List("fields")) {
    if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
  }
  return std::make_unique<MaskField>(side, std::move(fields), parsed.OptionalText("replacement"),
                                     parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddMaskField(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
