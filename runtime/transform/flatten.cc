// Flatten: the fields of structs or maps inside the key or value come to its top, their names
// joined.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/record/schema.h"
#include "runtime/record/value.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.Flatten";
constexpr std::string_view kPurpose = "flattening";

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey delimiter;
    delimiter.name = "delimiter";
    delimiter.default_value = ".";
    delimiter.documentation = "What stands between the names of an outer and an inner field.";
    return new config::ConfigDef({delimiter});
  }();
  return *definition;
}

class Flatten : public FieldTransform {
 public:
  Flatten(Side side, std::string delimiter)
      : FieldTransform(kName, side), delimiter_(std::move(delimiter)) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (value(record).kind == SLUICE_NULL) return true;
    SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? ApplySchemaless(record, memory)
                                                     : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  // ---- Maps

  struct Entries {
    sluice_map_entry* entries = nullptr;
    size_t count = 0;
    bool may_repeat = false;  // a name that was joined may be another's
  };

  static size_t CountLeaves(const sluice_value& map) {
    size_t count = 0;
    for (uint32_t i = 0; i < map.size; ++i) {
      const sluice_value& inner = map.as.entries[i].value;
      count += inner.kind == SLUICE_MAP ? CountLeaves(inner) : 1;
    }
    return count;
  }

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    const sluice_value& map = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(map, kPurpose));
    Entries flat;
    flat.entries = memory.arena().NewArray<sluice_map_entry>(CountLeaves(map));
    SLUICE_RETURN_IF_ERROR(FlattenMap(map, "", flat, memory.arena()));
    if (flat.may_repeat) KeepLast(flat);
    value(record) = abi::Map(flat.entries, flat.count);
    return OkStatus();
  }

  Status FlattenMap(const sluice_value& map, std::string_view prefix, Entries& flat,
                    abi::Arena& arena) const {
    for (uint32_t i = 0; i < map.size; ++i) {
      const sluice_map_entry& entry = map.as.entries[i];
      if (entry.key.kind != SLUICE_STRING) {
        return ExceptionError(absl::StatusCode::kInvalidArgument, "java.lang.ClassCastException",
                              StrCat("Flatten needs maps with text keys, and found a key of ",
                                     record::JavaClassText(entry.key)));
      }
      const std::string_view key = abi::Text(entry.key);
      const std::string_view name = Joined(prefix, key, arena);
      flat.may_repeat |= key.empty() || key.find(delimiter_) != std::string_view::npos;
      const sluice_value& inner = entry.value;
      if (inner.kind == SLUICE_MAP) {
        SLUICE_RETURN_IF_ERROR(FlattenMap(inner, name, flat, arena));
        continue;
      }
      if (inner.kind > SLUICE_STRUCT) {
        return DataError(StrCat("Flatten transformation was passed a value of type ",
                                record::JavaClassText(inner),
                                " which is not supported by Connect's data API"));
      }
      if (inner.kind == SLUICE_STRUCT) {
        return DataError(StrCat("Flatten transformation does not support ",
                                record::JavaClassText(inner),
                                " for record without schemas (for field ", name, ")."));
      }
      flat.entries[flat.count++] = {abi::String(name), inner};
    }
    return OkStatus();
  }

  // Of entries with one name the last one's value, in the first one's place.
  static void KeepLast(Entries& flat) {
    absl::flat_hash_map<absl::string_view, size_t> places;
    size_t count = 0;
    for (size_t i = 0; i < flat.count; ++i) {
      const auto [known, fresh] = places.try_emplace(ToAbsl(abi::Text(flat.entries[i].key)), count);
      flat.entries[known->second] = flat.entries[i];
      if (fresh) ++count;
    }
    flat.count = count;
  }

  std::string_view Joined(std::string_view prefix, std::string_view name, abi::Arena& arena) const {
    if (prefix.empty()) return name;
    const size_t size = prefix.size() + delimiter_.size() + name.size();
    char* text = arena.NewArray<char>(size);
    char* end = std::copy(prefix.begin(), prefix.end(), text);
    end = std::copy(delimiter_.begin(), delimiter_.end(), end);
    std::copy(name.begin(), name.end(), end);
    return {text, size};
  }

  // ---- Structs

  // What the fields of a struct have from those around it.
  struct Outer {
    std::string prefix;
    bool optional;
    const sluice_value* fallback;  // the default of the struct that they are in, or nullptr
  };

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const sluice_schema& from = *schema(record);
    const SchemaRef* updated = cache_.Find(from);
    if (updated == nullptr) {
      SchemaBuilder builder = StructLike(from);
      SLUICE_RETURN_IF_ERROR(
          AddFields(from, {"", from.optional != 0, from.default_value}, builder));
      updated = cache_.Put(from, builder.Build());
    }
    auto* values = memory.arena().NewArray<sluice_value>((*updated)->field_count);
    uint32_t at = 0;
    SLUICE_RETURN_IF_ERROR(FlattenStruct(from, value(record), **updated, values, at));
    schema(record) = memory.Keep(*updated);
    value(record) = memory.arena().NewStruct(updated->get(), values);
    return OkStatus();
  }

  // Leaves of a struct that is null are null, whatever their schemas say of it.
  static Status FlattenStruct(const sluice_schema& from, const sluice_value& structure,
                              const sluice_schema& flat, sluice_value* values, uint32_t& at) {
    const bool null = structure.kind == SLUICE_NULL;
    for (uint32_t i = 0; i < from.field_count; ++i) {
      const sluice_schema& inner = *from.fields[i].schema;
      if (inner.type == SLUICE_STRUCT) {
        const sluice_value field = null ? abi::Null() : structure.as.structure->values[i];
        SLUICE_RETURN_IF_ERROR(FlattenStruct(inner, field, flat, values, at));
        continue;
      }
      values[at] = null ? abi::Null() : FieldValue(*structure.as.structure, i, true);
      const sluice_field& becomes = flat.fields[at];
      if (!null && IsMissing(*becomes.schema, values[at])) {
        return NullInRequiredField(abi::View(becomes.name), *becomes.schema);
      }
      ++at;
    }
    return OkStatus();
  }

  Status AddFields(const sluice_schema& from, const Outer& outer, SchemaBuilder& builder) const {
    for (uint32_t i = 0; i < from.field_count; ++i) {
      const sluice_schema& field = *from.fields[i].schema;
      const std::string_view own = abi::View(from.fields[i].name);
      Outer inner;
      inner.prefix =
          outer.prefix.empty() ? std::string(own) : StrCat(outer.prefix, delimiter_, own);
      inner.optional = outer.optional || field.optional;
      inner.fallback = field.default_value;
      if (inner.fallback == nullptr && outer.fallback != nullptr) {
        const sluice_value& given = outer.fallback->as.structure->values[i];
        if (given.kind != SLUICE_NULL) inner.fallback = &given;
      }
      if (field.type == SLUICE_STRUCT) {
        SLUICE_RETURN_IF_ERROR(AddFields(field, inner, builder));
        continue;
      }
      if (field.type == SLUICE_MAP) {
        return DataError(StrCat("Flatten transformation does not support ",
                                record::TypeName(field.type),
                                " for record with schemas (for field ", inner.prefix, ")."));
      }
      SchemaBuilder leaf = BuilderLike(field, field.type);
      leaf.Optional(inner.optional).Value(SchemaRef(field.value_schema));
      if (inner.fallback != nullptr) SLUICE_RETURN_IF_ERROR(SetDefault(leaf, *inner.fallback));
      if (builder.HasField(inner.prefix)) return DuplicateField(inner.prefix);
      builder.Field(inner.prefix, leaf.Build());
    }
    return OkStatus();
  }

  const std::string delimiter_;
  SchemaCache<SchemaRef> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  return std::make_unique<Flatten>(side, parsed.Text("delimiter"));
}

}  // namespace

void AddFlatten(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
