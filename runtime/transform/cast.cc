// Cast: fields, or the whole key or value, become numbers, booleans or texts.
#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/cast_value.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.Cast";
constexpr std::string_view kPurpose = "cast types";

struct FieldCast {
  std::string field;
  sluice_kind type;
};
struct Spec {
  std::vector<FieldCast> fields;
  std::optional<sluice_kind> whole;
};

bool IsOtherType(std::string_view name) {
  for (const sluice_kind type : {SLUICE_BYTES, SLUICE_ARRAY, SLUICE_MAP, SLUICE_STRUCT}) {
    if (EqualsIgnoreCase(record::TypeName(static_cast<sluice_kind>(type)), name)) return true;
  }
  return false;
}

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper;
}

// A type by name, or what is wrong with it: Java's text takes the cause for the value.
std::optional<std::string> ReadType(std::string_view name, sluice_kind& type) {
  if (const auto known = CastTypeByName(name)) {
    type = *known;
    return std::nullopt;
  }
  if (IsOtherType(name)) {
    return StrCat("Cast transformation does not support casting to ", ToUpper(name),
                  "; supported types are [", CastTypeNames(), "]");
  }
  return StrCat(
      "Invalid value java.lang.IllegalArgumentException: No enum constant "
      "org.apache.kafka.connect.data.Schema.Type.",
      ToUpper(name), " for configuration Invalid type found in casting spec: ", name);
}

// field:type, ... or one type for all; what is wrong, or nothing.
std::optional<std::string> ReadSpec(const config::ConfigList& mappings, Spec& spec) {
  if (mappings.empty()) return "Must specify at least one field to cast.";
  for (const std::string& mapping : mappings) {
    std::vector<std::string_view> parts = Split(mapping, ':');
    while (parts.size() > 1 && parts.back().empty()) parts.pop_back();
    if (parts.size() > 2) {
      return StrCat("Invalid value [", StrJoin(mappings, ", "),
                    "] for configuration renames: Invalid rename mapping: ", mapping);
    }
    sluice_kind type = SLUICE_NULL;
    if (auto wrong = ReadType(Trim(parts.back()), type)) return wrong;
    if (parts.size() == 1) {
      spec.whole = type;
      continue;
    }
    const std::string_view field = Trim(parts[0]);
    const auto same = std::find_if(spec.fields.begin(), spec.fields.end(),
                                   [&](const FieldCast& known) { return known.field == field; });
    if (same != spec.fields.end()) {
      same->type = type;
    } else {
      spec.fields.push_back({std::string(field), type});
    }
  }
  if (spec.whole && mappings.size() > 1) {
    return "Cast transformations that specify a type to cast the entire value to may only specify "
           "a single cast in their spec";
  }
  return std::nullopt;
}

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey spec;
    spec.name = "spec";
    spec.type = config::ConfigType::kList;
    spec.required = true;
    spec.validator = config::Validator::Custom([](std::string_view text) {
      Spec ignored;
      return ReadSpec(SplitList(text), ignored);
    });
    spec.validator.check_null = true;
    spec.validator.whole_message = true;
    spec.importance = config::Importance::kHigh;
    spec.documentation =
        "Fields and their new types, field:type,field2:type; or one type for the whole value. "
        "Types are int8, int16, int32, int64, float32, float64, boolean and string; bytes can only "
        "become a string, in base64.";
    return new config::ConfigDef({spec, ReplaceNullKey()});
  }();
  return *definition;
}

class Cast : public FieldTransform {
 public:
  Cast(Side side, Spec spec, bool with_default)
      : FieldTransform(kName, side), spec_(std::move(spec)), with_default_(with_default) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (value(record).kind == SLUICE_NULL) return true;
    SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? ApplySchemaless(record, memory)
                                                     : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  struct Plan {
    SchemaRef schema;
    std::vector<sluice_kind> types;  // of each field; NULL: as it is
  };

  StatusOr<sluice_value> Casted(const sluice_schema* from, const sluice_value& value,
                                sluice_kind type, BatchMemory& memory) {
    return CastValue(from, value, type, memory.arena(), scratch_);
  }

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    const sluice_value& from = value(record);
    if (spec_.whole) {
      SLUICE_ASSIGN_OR_RETURN(value(record), Casted(nullptr, from, *spec_.whole, memory));
      return OkStatus();
    }
    SLUICE_RETURN_IF_ERROR(RequireMap(from, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(from.size + spec_.fields.size());
    std::copy(from.as.entries, from.as.entries + from.size, entries);
    size_t count = from.size;
    for (const FieldCast& cast : spec_.fields) {
      const size_t at = FindEntry(entries, from.size, cast.field);
      if (at == from.size) {
        entries[count++] = {abi::String(cast.field), abi::Null()};
      } else {
        SLUICE_ASSIGN_OR_RETURN(entries[at].value,
                                Casted(nullptr, entries[at].value, cast.type, memory));
      }
    }
    value(record) = abi::Map(entries, count);
    return OkStatus();
  }

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    const sluice_schema& schema_now = *schema(record);
    const Plan* plan = cache_.Find(schema_now);
    if (plan == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Plan made, MakePlan(schema_now));
      plan = cache_.Put(schema_now, std::move(made));
    }
    if (spec_.whole) {
      SLUICE_ASSIGN_OR_RETURN(value(record),
                              Casted(&schema_now, value(record), *spec_.whole, memory));
      schema(record) = memory.Keep(plan->schema);
      return OkStatus();
    }
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const sluice_struct& from = *value(record).as.structure;
    auto* values = memory.arena().NewArray<sluice_value>(plan->types.size());
    for (uint32_t i = 0; i < plan->types.size(); ++i) {
      const sluice_field& field = from.schema->fields[i];
      values[i] = FieldValue(from, i, with_default_);
      if (plan->types[i] != SLUICE_NULL) {
        SLUICE_ASSIGN_OR_RETURN(values[i], Casted(field.schema, values[i], plan->types[i], memory));
      }
      const sluice_schema& becomes = *plan->schema->fields[i].schema;
      if (IsMissing(becomes, values[i])) return NullInRequiredField(abi::View(field.name), becomes);
    }
    schema(record) = memory.Keep(plan->schema);
    value(record) = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  StatusOr<Plan> MakePlan(const sluice_schema& from) {
    Plan plan;
    abi::Arena arena(256);
    SchemaBuilder builder = BuilderLike(from, spec_.whole.value_or(SLUICE_STRUCT));
    builder.Optional(from.optional);
    if (!spec_.whole) {
      SLUICE_RETURN_IF_ERROR(RequireFields(from));
      for (uint32_t i = 0; i < from.field_count; ++i) {
        const sluice_field& field = from.fields[i];
        plan.types.push_back(TypeOf(abi::View(field.name)));
        SLUICE_ASSIGN_OR_RETURN(SchemaRef becomes,
                                FieldSchema(*field.schema, plan.types.back(), arena));
        builder.Field(abi::View(field.name), std::move(becomes));
      }
    }
    if (from.default_value != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value fallback,
                              CastValue(&from, *from.default_value,
                                        spec_.whole.value_or(SLUICE_STRUCT), arena, scratch_));
      SLUICE_RETURN_IF_ERROR(SetDefault(builder, fallback));
    }
    plan.schema = builder.Build();
    return plan;
  }

  StatusOr<SchemaRef> FieldSchema(const sluice_schema& from, sluice_kind type, abi::Arena& arena) {
    if (type == SLUICE_NULL) return SchemaRef(&from);
    SchemaBuilder builder(type);
    builder.Optional(from.optional);
    if (from.default_value != nullptr) {
      SLUICE_ASSIGN_OR_RETURN(const sluice_value fallback,
                              CastValue(&from, *from.default_value, type, arena, scratch_));
      builder.Default(fallback);
    }
    return builder.Build();
  }

  sluice_kind TypeOf(std::string_view field) const {
    for (const FieldCast& cast : spec_.fields) {
      if (cast.field == field) return cast.type;
    }
    return SLUICE_NULL;
  }

  const Spec spec_;
  const bool with_default_;
  std::string scratch_;
  SchemaCache<Plan> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  Spec spec;
  if (auto wrong = ReadSpec(parsed.List("spec"), spec)) return ConfigError(*wrong);
  return std::make_unique<Cast>(side, std::move(spec), parsed.Bool("replace.null.with.default"));
}

}  // namespace

void AddCast(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
