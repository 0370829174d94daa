// ExtractField: the key or value becomes one of its fields.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_path.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.ExtractField";
constexpr std::string_view kPurpose = "field extraction";
constexpr std::string_view kNestedPurpose = "nested field access";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey field;
    field.name = "field";
    field.required = true;
    field.documentation = "Name of the field to extract.";
    return new config::ConfigDef({field, ReplaceNullKey(), FieldSyntaxKey()});
  }();
  return *definition;
}

class ExtractField : public FieldTransform {
 public:
  ExtractField(Side side, std::string text, FieldPath path, bool with_default)
      : FieldTransform(kName, side),
        text_(std::move(text)),
        path_(std::move(path)),
        with_default_(with_default) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory&) override {
    const sluice_schema* from = schema(record);
    if (from == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(value(record), FromMap(value(record)));
      return true;
    }
    if (value(record).kind != SLUICE_NULL)
      SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const Route* route = cache_.Find(*from);
    if (route == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Route found, Find(*from));
      route = cache_.Put(*from, std::move(found));
    }
    const sluice_schema* extracted = from;
    for (uint32_t index : *route) extracted = extracted->fields[index].schema;
    SLUICE_ASSIGN_OR_RETURN(value(record), FromStruct(value(record), *route));
    schema(record) = extracted;  // kept by the schema that it is part of
    return true;
  }

 private:
  using Route = std::vector<uint32_t>;  // the field's index at each step

  StatusOr<sluice_value> FromMap(sluice_value at) const {
    std::string_view purpose = kPurpose;
    for (const std::string& step : path_.steps()) {
      if (at.kind == SLUICE_NULL) return at;
      SLUICE_RETURN_IF_ERROR(RequireMap(at, purpose));
      const sluice_value* found = abi::Find(at, step);
      at = found == nullptr ? abi::Null() : *found;
      purpose = kNestedPurpose;
    }
    return at;
  }

  // A null on the way reads as its default; whether the last one does is the setting's choice.
  StatusOr<sluice_value> FromStruct(sluice_value at, const Route& route) const {
    for (size_t i = 0; i < route.size(); ++i) {
      if (at.kind == SLUICE_NULL) return at;
      if (i > 0) SLUICE_RETURN_IF_ERROR(RequireStruct(at, kNestedPurpose));
      const bool last = i + 1 == route.size();
      at = FieldValue(*at.as.structure, route[i], !last || with_default_);
    }
    return at;
  }

  StatusOr<Route> Find(const sluice_schema& from) const {
    Route route;
    const sluice_schema* at = &from;
    for (const std::string& step : path_.steps()) {
      if (at->type != SLUICE_STRUCT) return DataError("Cannot look up fields on non-struct type");
      const int index = abi::FieldIndex(*at, step);
      if (index < 0) {
        return ExceptionError(absl::StatusCode::kInvalidArgument,
                              "java.lang.IllegalArgumentException",
                              StrCat("Unknown field: ", text_));
      }
      route.push_back(static_cast<uint32_t>(index));
      at = at->fields[index].schema;
    }
    return route;
  }

  const std::string text_;
  const FieldPath path_;
  const bool with_default_;
  SchemaCache<Route> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const std::string& text = parsed.Text("field");
  SLUICE_ASSIGN_OR_RETURN(FieldPath path, FieldPath::Parse(text, parsed));
  return std::make_unique<ExtractField>(side, text, std::move(path),
                                        parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddExtractField(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
