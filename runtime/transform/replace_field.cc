// ReplaceField: leaves fields out and renames them.
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "runtime/base/text.h"
#include "runtime/config/config_def.h"
#include "runtime/transform/builtin.h"
#include "runtime/transform/field_transform.h"
#include "runtime/transform/schema_cache.h"

namespace sluice::transform {
namespace {

using record::SchemaBuilder;
using record::SchemaRef;

constexpr std::string_view kName = "org.apache.kafka.connect.transforms.ReplaceField";
constexpr std::string_view kPurpose = "field replacement";

using Renames = std::vector<std::pair<std::string, std::string>>;

// The mapping that is wrong, or nothing.
std::optional<std::string> ParseRenames(const config::ConfigList& mappings, Renames& renames) {
  for (const std::string& mapping : mappings) {
    const std::vector<std::string_view> parts = Split(mapping, ':');
    if (parts.size() != 2 || parts[1].empty()) return mapping;
    renames.emplace_back(std::string(parts[0]), std::string(parts[1]));
  }
  return std::nullopt;
}

config::ConfigKey ListKey(std::string_view name, std::string_view documentation) {
  config::ConfigKey key;
  key.name = std::string(name);
  key.type = config::ConfigType::kList;
  key.default_value = "";
  key.documentation = std::string(documentation);
  return key;
}

const config::ConfigDef& Definition() {
  static const config::ConfigDef* const definition = [] {
    config::ConfigKey renames =
        ListKey("renames", "New names, applied to the fields that remain: old:new,old2:new2.");
    renames.validator =
        config::Validator::Custom([](std::string_view text) -> std::optional<std::string> {
          Renames parsed;
          std::optional<std::string> wrong = ParseRenames(SplitList(text), parsed);
          if (!wrong) return std::nullopt;
          return StrCat("Invalid rename mapping: ", *wrong);
        });
    return new config::ConfigDef(
        {ListKey("exclude", "Fields to leave out; wins over include."),
         ListKey("include", "Fields to keep; all others are left out. Empty: all."), renames,
         ReplaceNullKey()});
  }();
  return *definition;
}

struct Settings {
  absl::flat_hash_set<std::string> exclude, include;
  absl::flat_hash_map<std::string, std::string> renames;
  bool with_default;
};

class ReplaceField : public FieldTransform {
 public:
  ReplaceField(Side side, Settings settings)
      : FieldTransform(kName, side), settings_(std::move(settings)) {}

  StatusOr<bool> Apply(sluice_record& record, BatchMemory& memory) override {
    if (value(record).kind == SLUICE_NULL) return true;
    SLUICE_RETURN_IF_ERROR(schema(record) == nullptr ? ApplySchemaless(record, memory)
                                                     : ApplyWithSchema(record, memory));
    return true;
  }

 private:
  struct Plan {
    SchemaRef schema;
    std::vector<uint32_t> kept;  // indexes of the input's fields
  };

  bool Keeps(std::string_view name) const {
    const absl::string_view key = ToAbsl(name);
    return !settings_.exclude.contains(key) &&
           (settings_.include.empty() || settings_.include.contains(key));
  }
  std::string_view Renamed(std::string_view name) const {
    auto found = settings_.renames.find(ToAbsl(name));
    return found == settings_.renames.end() ? name : std::string_view(found->second);
  }

  // Where the key is, or `count`.
  static size_t IndexOf(const sluice_map_entry* entries, size_t count, std::string_view key) {
    size_t at = 0;
    while (at < count &&
           !(entries[at].key.kind == SLUICE_STRING && abi::Text(entries[at].key) == key)) {
      ++at;
    }
    return at;
  }

  Status ApplySchemaless(sluice_record& record, BatchMemory& memory) {
    const sluice_value& map = value(record);
    SLUICE_RETURN_IF_ERROR(RequireMap(map, kPurpose));
    auto* entries = memory.arena().NewArray<sluice_map_entry>(map.size);
    size_t count = 0;
    for (uint32_t i = 0; i < map.size; ++i) {
      const sluice_map_entry& entry = map.as.entries[i];
      const bool text = entry.key.kind == SLUICE_STRING;
      const std::string_view name = text ? abi::Text(entry.key) : std::string_view();
      if (!Keeps(name)) continue;
      const std::string_view renamed = Renamed(name);
      const size_t at =
          text && !settings_.renames.empty() ? IndexOf(entries, count, renamed) : count;
      if (at < count && renamed == name) continue;  // a renamed field has taken its name
      entries[at] = {text ? abi::String(renamed) : entry.key, entry.value};
      if (at == count) ++count;
    }
    value(record) = abi::Map(entries, count);
    return OkStatus();
  }

  Status ApplyWithSchema(sluice_record& record, BatchMemory& memory) {
    SLUICE_RETURN_IF_ERROR(RequireStruct(value(record), kPurpose));
    const sluice_struct& from = *value(record).as.structure;
    const Plan* plan = cache_.Find(*from.schema);
    if (plan == nullptr) {
      SLUICE_ASSIGN_OR_RETURN(Plan made, MakePlan(*from.schema));
      plan = cache_.Put(*from.schema, std::move(made));
    }
    auto* values = memory.arena().NewArray<sluice_value>(plan->kept.size());
    for (size_t i = 0; i < plan->kept.size(); ++i) {
      values[i] = FieldValue(from, plan->kept[i], settings_.with_default);
      const sluice_field& field = plan->schema->fields[i];
      if (IsMissing(*field.schema, values[i]))
        return NullInRequiredField(abi::View(field.name), *field.schema);
    }
    schema(record) = memory.Keep(plan->schema);
    value(record) = memory.arena().NewStruct(plan->schema.get(), values);
    return OkStatus();
  }

  StatusOr<Plan> MakePlan(const sluice_schema& from) const {
    Plan plan;
    SchemaBuilder builder = StructLike(from);
    for (uint32_t i = 0; i < from.field_count; ++i) {
      const std::string_view name = abi::View(from.fields[i].name);
      if (!Keeps(name)) continue;
      if (builder.HasField(Renamed(name))) return DuplicateField(Renamed(name));
      builder.Field(Renamed(name), SchemaRef(from.fields[i].schema));
      plan.kept.push_back(i);
    }
    plan.schema = builder.Build();
    return plan;
  }

  const Settings settings_;
  SchemaCache<Plan> cache_;
};

template <Side side>
StatusOr<std::unique_ptr<Transform>> Make(const config::ConfigMap& settings) {
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig parsed, Definition().Parse(settings));
  Settings typed;
  for (const std::string& name : parsed.List("exclude")) typed.exclude.insert(name);
  for (const std::string& name : parsed.List("include")) typed.include.insert(name);
  Renames renames;
  if (auto wrong = ParseRenames(parsed.List("renames"), renames)) {
    return ConfigError(StrCat("Invalid rename mapping: ", *wrong));
  }
  for (auto& [from, to] : renames) typed.renames[from] = to;
  typed.with_default = parsed.Bool("replace.null.with.default");
  return std::make_unique<ReplaceField>(side, std::move(typed));
}

}  // namespace

void AddReplaceField(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
