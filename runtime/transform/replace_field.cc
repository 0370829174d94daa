// ReplaceField: leaves fields out and renames them.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
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
  key.validator = config::Validator::List(true);
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

// A field's name as it is looked for in lists; made once for a field.
struct Name {
  explicit Name(std::string_view text) : text(text), bit(uint64_t{1} << (Mix(text) & 63)) {}
  const std::string_view text;
  const uint64_t bit;  // names that differ in it differ

 private:
  static size_t Mix(std::string_view text) {
    if (text.empty()) return 0;
    return static_cast<unsigned char>(text.front()) * size_t{7} +
           static_cast<unsigned char>(text.back()) * size_t{13} + text.size() * 29;
  }
};

// Names by their place in a list. The bits of all tell most of those that are not in it; few are
// compared one by one, sizes first, which is quicker than hashing each field's name of each record.
class NameList {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  explicit NameList(config::ConfigList names) : names_(std::move(names)) {
    for (size_t i = 0; i < names_.size(); ++i) {
      places_[names_[i]] = i;  // the last one counts
      bits_ |= Name(names_[i]).bit;
    }
  }
  bool empty() const { return names_.empty(); }
  size_t Find(const Name& name) const {
    return (bits_ & name.bit) == 0 ? kNone : Search(name.text);
  }
  bool Has(const Name& name) const { return Find(name) != kNone; }

 private:
  static constexpr size_t kFew = 8;

  size_t Search(std::string_view name) const {
    if (names_.size() > kFew) {
      const auto found = places_.find(ToAbsl(name));
      return found == places_.end() ? kNone : found->second;
    }
    for (size_t i = names_.size(); i-- > 0;) {
      if (names_[i] == name) return i;
    }
    return kNone;
  }

  const config::ConfigList names_;
  absl::flat_hash_map<std::string, size_t> places_;
  uint64_t bits_ = 0;
};

struct Settings {
  NameList exclude, include;
  NameList renamed;              // old names
  config::ConfigList new_names;  // in the order of `renamed`
  NameList taken;                // the new names again, to be searched
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

  bool Keeps(const Name& name) const {
    return !settings_.exclude.Has(name) &&
           (settings_.include.empty() || settings_.include.Has(name));
  }
  Name Renamed(const Name& name) const {
    const size_t place = settings_.renamed.Find(name);
    return place == NameList::kNone ? name : Name(settings_.new_names[place]);
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
      const Name name(text ? abi::Text(entry.key) : std::string_view());
      if (!Keeps(name)) continue;
      const Name renamed = Renamed(name);
      size_t at = count;
      if (text && settings_.taken.Has(renamed)) {
        at = IndexOf(entries, count, renamed.text);
        if (at < count && renamed.text == name.text) continue;  // a renamed field has its name
      }
      entries[at] = {text ? abi::String(renamed.text) : entry.key, entry.value};
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
      const Name name(abi::View(from.fields[i].name));
      if (!Keeps(name)) continue;
      const std::string_view renamed = Renamed(name).text;
      if (builder.HasField(renamed)) return DuplicateField(renamed);
      builder.Field(renamed, SchemaRef(from.fields[i].schema));
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
  Renames renames;
  if (auto wrong = ParseRenames(parsed.List("renames"), renames)) {
    return ConfigError(StrCat("Invalid rename mapping: ", *wrong));
  }
  config::ConfigList old_names, new_names;
  for (auto& [from, to] : renames) {
    old_names.push_back(from);
    new_names.push_back(to);
  }
  Settings typed{NameList(parsed.List("exclude")),
                 NameList(parsed.List("include")),
                 NameList(std::move(old_names)),
                 new_names,
                 NameList(new_names),
                 parsed.Bool("replace.null.with.default")};
  return std::make_unique<ReplaceField>(side, std::move(typed));
}

}  // namespace

void AddReplaceField(std::vector<TransformClass>& classes) {
  SLUICE_ADD_KEY_AND_VALUE(classes, kName, Definition(), Make);
}

}  // namespace sluice::transform
