// Aiven's FilterByFieldValue: keeps records of which a field, or all, is some value or matches a
// pattern; or those of which it does not.
#include <utility>

#include "runtime/base/java_regex.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/value.h"
#include "runtime/record/values.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/key_and_value.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;

constexpr std::string_view kName = "io.aiven.kafka.connect.transforms.FilterByFieldValue";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = new config::ConfigDef(
      {OptionalKey("field.name", ConfigType::kString, std::nullopt, Importance::kHigh,
                   "Name of the field to look at. Null or empty: the whole key or value, where it "
                   "has no schema."),
       OptionalKey("field.value", ConfigType::kString, std::nullopt, Importance::kHigh,
                   "The value that it is to be: read as Connect reads values in texts (1 is INT8, "
                   "true BOOLEAN). Either this, or a pattern."),
       OptionalKey("field.value.pattern", ConfigType::kString, std::nullopt, Importance::kHigh,
                   "The pattern to be found in its text."),
       OptionalKey("field.value.matches", ConfigType::kBoolean, "true", Importance::kMedium,
                   "true keeps records that match, false those that do not.")});
  return *definition;
}

class FilterByFieldValue : public FieldTransform {
 public:
  FilterByFieldValue(Side side, const config::ParsedConfig& parsed,
                     std::optional<JavaRegex> pattern)
      : FieldTransform(kName, side),
        field_(parsed.Text("field.name")),
        matches_(parsed.Bool("field.value.matches")),
        expected_text_(parsed.Text("field.value")),
        pattern_(std::move(pattern)) {}

  Status ReadExpected() {
    if (pattern_) return OkStatus();
    SLUICE_ASSIGN_OR_RETURN(const record::SchemaAndValue read,
                            record::ParseValueText(expected_text_, expected_memory_));
    expected_ = read.value;
    return OkStatus();
  }

  StatusOr<bool> Apply(sluice_record& record, BatchMemory&) override {
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL) return true;
    const sluice_value* found = &from;
    if (schema(record) != nullptr) {
      if (from.kind != SLUICE_STRUCT) {
        return NotCastable(from, "org.apache.kafka.connect.data.Struct");
      }
      found = NamedField(*from.as.structure, field_);
      if (found == nullptr) {
        return NullPointer(StrCat("FilterByFieldValue finds no field '", field_, "'"));
      }
    } else if (!field_.empty()) {
      if (from.kind != SLUICE_MAP) return NotCastable(from, "java.util.Map");
      found = abi::Find(from, field_);
    }
    if (found != nullptr && found->kind == SLUICE_NULL) found = nullptr;
    SLUICE_ASSIGN_OR_RETURN(const bool holds, Holds(found));
    return holds == matches_;
  }

 private:
  StatusOr<bool> Holds(const sluice_value* found) {
    if (pattern_) {
      if (found == nullptr) return false;
      if (found->kind == SLUICE_STRING) return pattern_->Find(abi::Text(*found));
      text_.clear();
      record::AppendValueText(text_, *found);
      return pattern_->Find(text_);
    }
    if (found == nullptr || expected_.kind == SLUICE_NULL) {
      return NullPointer(StrCat("FilterByFieldValue cannot compare with null: ",
                                found == nullptr ? "the record has no value in field '"
                                                 : "field.value is null; the field is '",
                                field_, "'"));
    }
    return record::DeepEquals(expected_, *found);
  }

  const std::string field_;
  const bool matches_;
  const std::string expected_text_;
  const std::optional<JavaRegex> pattern_;
  BatchMemory expected_memory_;
  sluice_value expected_{};
  std::string text_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  const std::string& pattern = parsed.Text("field.value.pattern");
  if (parsed.IsNull("field.value") == pattern.empty()) {
    return ConfigError(
        "Either field.value or field.value.pattern have to be set to apply filter transform");
  }
  std::optional<JavaRegex> compiled;
  if (!pattern.empty()) {
    SLUICE_ASSIGN_OR_RETURN(compiled, JavaRegex::Compile(pattern));
  }
  auto made = std::make_unique<FilterByFieldValue>(side, parsed, std::move(compiled));
  SLUICE_RETURN_IF_ERROR(made->ReadExpected());
  return made;
}

}  // namespace

void AddFilterByFieldValue(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
