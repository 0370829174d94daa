// Aiven's ExtractTopic: the topic's name is a field, or the whole key or value.
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/value.h"
#include "runtime/transform/community/community.h"
#include "runtime/transform/key_and_value.h"

namespace sluice::transform {
namespace {

using config::ConfigType;
using config::Importance;

constexpr std::string_view kName = "io.aiven.kafka.connect.transforms.ExtractTopic";
constexpr std::string_view kTypes =
    "[INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING]";
constexpr std::string_view kClasses =
    "[class java.lang.Byte, class java.lang.Short, class java.lang.Integer, class java.lang.Long, "
    "class java.lang.Double, class java.lang.Float, class java.lang.Boolean, "
    "class java.lang.String]";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = new config::ConfigDef(
      {OptionalKey(
           "field.name", ConfigType::kString, std::nullopt, Importance::kHigh,
           "Name of the field with the topic's name. Null or empty: the whole key or value."),
       OptionalKey("skip.missing.or.null", ConfigType::kBoolean, "false", Importance::kLow,
                   "Whether a record without it passes as it is.")});
  return *definition;
}

// BOOLEAN .. STRING: both the kinds of values and the types of schemas that become a topic's name.
bool IsSupported(sluice_kind kind) { return kind >= SLUICE_BOOLEAN && kind <= SLUICE_STRING; }

class ExtractTopic : public FieldTransform {
 public:
  ExtractTopic(Side side, const config::ParsedConfig& parsed)
      : FieldTransform(kName, side),
        place_(PlaceName(side)),
        field_(parsed.Text("field.name")),
        skip_(parsed.Bool("skip.missing.or.null")) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    const sluice_value* found = nullptr;  // nothing: the topic stays
    const bool bare = schema(record) == nullptr;
    if (field_.empty()) {
      SLUICE_ASSIGN_OR_RETURN(found, bare ? Whole(record) : WholeWithSchema(record));
    } else {
      SLUICE_ASSIGN_OR_RETURN(found, bare ? OfMap(record) : OfStruct(record));
    }
    if (found == nullptr) return true;
    if (found->kind == SLUICE_STRING) {
      record.topic = abi::Str(abi::Text(*found));
    } else {
      text_.clear();
      record::AppendJavaText(text_, *found);
      record.topic = abi::Str(memory.arena().Copy(text_));
    }
    return true;
  }

 private:
  // There is none: the record passes, or is refused with `text`.
  StatusOr<const sluice_value*> None(std::string_view text, const sluice_record& record) const {
    if (skip_) return nullptr;
    return RecordError(text, record);
  }

  StatusOr<const sluice_value*> OfMap(sluice_record& record) const {
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL) {
      return RecordError(StrCat(place_, " can't be null if field name is specified"), record);
    }
    if (from.kind != SLUICE_MAP) {
      return RecordError(StrCat(place_, " type must be Map if field name is specified"), record);
    }
    const sluice_value* found = abi::Find(from, field_);
    if (found != nullptr && found->kind != SLUICE_NULL && !IsSupported(found->kind)) {
      return RecordError(StrCat(field_, " type in ", place_, " must be ", kClasses), record);
    }
    if (found == nullptr || found->kind == SLUICE_NULL || IsBlankText(*found)) {
      return None(StrCat(field_, " in ", place_, " can't be null or empty"), record);
    }
    return found;
  }

  StatusOr<const sluice_value*> Whole(sluice_record& record) const {
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL || IsBlankText(from)) {
      return None(StrCat(place_, " can't be null or empty"), record);
    }
    if (!IsSupported(from.kind)) {
      return RecordError(StrCat("type in ", place_, " must be ", kClasses), record);
    }
    return &from;
  }

  StatusOr<const sluice_value*> OfStruct(sluice_record& record) const {
    if (schema(record)->type != SLUICE_STRUCT) {
      return RecordError(StrCat(place_, " schema type must be STRUCT if field name is specified"),
                         record);
    }
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL) {
      return RecordError(StrCat(place_, " can't be null if field name is specified"), record);
    }
    SLUICE_RETURN_IF_ERROR(RequireStruct(from, "topic extraction"));
    const sluice_struct& structure = *from.as.structure;
    const int index = abi::FieldIndex(*structure.schema, field_);
    if (index < 0) return None(StrCat(field_, " in ", place_, " schema can't be missing"), record);
    if (!IsSupported(structure.schema->fields[index].schema->type)) {
      return RecordError(StrCat(field_, " schema type in ", place_, " must be ", kTypes), record);
    }
    const sluice_value& found = FieldValue(structure, static_cast<uint32_t>(index), true);
    if (found.kind == SLUICE_NULL || (found.kind == SLUICE_STRING && found.size == 0)) {
      return None(StrCat(field_, " in ", place_, " can't be null or empty"), record);
    }
    return &found;
  }

  StatusOr<const sluice_value*> WholeWithSchema(sluice_record& record) const {
    if (!IsSupported(schema(record)->type)) {
      return RecordError(
          StrCat(place_, " schema type must be ", kTypes, " if field name is not specified"),
          record);
    }
    const sluice_value& from = value(record);
    if (from.kind == SLUICE_NULL || (from.kind == SLUICE_STRING && from.size == 0)) {
      return None(StrCat(place_, " can't be null or empty"), record);
    }
    return &from;
  }

  static bool IsBlankText(const sluice_value& text) {
    return text.kind == SLUICE_STRING && IsBlank(abi::Text(text));
  }

  const std::string_view place_;
  const std::string field_;
  const bool skip_;
  std::string text_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<ExtractTopic>(side, parsed);
}

}  // namespace

void AddExtractTopic(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
