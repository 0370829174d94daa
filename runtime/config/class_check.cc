#include "runtime/config/class_check.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/java_order.h"

namespace sluice::config {
namespace {

// What the keys of transforms, or of predicates, are called.
struct StepKind {
  ClassRole role;
  const char* list;   // transforms
  const char* group;  // Transforms
  const char* noun;   // Transformation
};
constexpr StepKind kTransforms = {ClassRole::kTransform, "transforms", "Transforms",
                                  "Transformation"};
constexpr StepKind kPredicates = {ClassRole::kPredicate, "predicates", "Predicates", "Predicate"};

std::string NotFound(std::string_view key, std::string_view type) {
  return StrCat("Invalid value ", type, " for configuration ", key, ": Class ", type,
                " could not be found.");
}

ConfigKey StepKey(const StepKind& kind, const std::string& alias, const char* name,
                  ConfigType type) {
  const bool version = type == ConfigType::kString;
  ConfigKey key;
  key.name = StrCat(kind.list, ".", alias, ".", name);
  key.type = type;
  key.required = !version;
  key.importance = Importance::kHigh;
  key.documentation =
      StrCat(version ? "Version of '" : "Class of '", alias, "' (", kind.noun, ").");
  key.group = StrCat(kind.group, ": ", alias);
  key.order_in_group = version ? 1 : 0;
  key.width = Width::kLong;
  key.display_name = StrCat(kind.noun, version ? " version for " : " type for ", alias);
  return key;
}

// The keys of the step's own class, and with a transform those that bind it to a predicate; in the
// order of a form.
std::vector<ConfigKey> OwnKeys(const ConfigDef* def, bool has_predicate) {
  ConfigDef keys;
  if (def != nullptr) keys = *def;
  if (has_predicate) {  // the framework's keys hide the class's own
    ConfigKey predicate, negate;
    predicate.name = "predicate";
    predicate.documentation = "Alias of a predicate that decides whether the transform is applied.";
    negate.name = "negate";
    negate.type = ConfigType::kBoolean;
    negate.default_value = "false";
    negate.documentation = "Whether the predicate's answer is inverted.";
    keys.Add(std::move(predicate)).Add(std::move(negate));
  }
  const std::vector<std::string> groups = keys.Groups();
  const auto rank = [&](const ConfigKey& key) {
    const auto group = key.group.empty()
                           ? -1
                           : std::find(groups.begin(), groups.end(), key.group) - groups.begin();
    return std::make_tuple(group, key.order_in_group, !key.required, key.importance, key.name);
  };
  std::vector<ConfigKey> sorted = keys.keys();
  std::sort(sorted.begin(), sorted.end(),
            [&](const ConfigKey& a, const ConfigKey& b) { return rank(a) < rank(b); });
  return sorted;
}

void AddOwnKeys(ConfigDef& def, const std::vector<ConfigKey>& keys, const std::string& prefix,
                const std::string& group) {
  int order = 2;  // behind type and plugin.version
  for (ConfigKey key : keys) {
    key.validator = {};  // CheckOwnKeys asks it
    if (key.display_name.empty()) key.display_name = key.name;
    key.name = prefix + key.name;
    key.group = key.group.empty() ? group : StrCat(group, ": ", key.group);
    key.order_in_group = order++;
    for (std::string& dependent : key.dependents) dependent = prefix + dependent;
    def.Add(std::move(key));
  }
}

// What validators say: they know their keys without the prefix.
void CheckOwnKeys(const ConfigMap& config, const std::vector<ConfigKey>& keys,
                  const std::string& prefix, CheckAnswer& answer) {
  for (const ConfigKey& key : keys) {
    const std::string* text = config.Find(prefix + key.name);
    ParsedValue value;
    if (text != nullptr) {
      auto parsed = ParseConfigValue(key.name, *text, key.type);
      if (parsed.ok()) value = *std::move(parsed);
    } else if (!key.required) {
      continue;  // defaults are good
    }
    if (Status status = CheckConfigValue(key, value); !status.ok()) {
      answer.AddError(prefix + key.name, std::string(Message(status)));
    }
  }
}

// A transform's predicate is one of `predicates`, and a negation has one to negate.
void CheckBinding(const ConfigMap& config, const std::string& prefix, const std::string& type_key,
                  CheckAnswer& answer) {
  const std::string key = prefix + "predicate";
  if (!config.Contains(key)) {
    if (!config.Contains(prefix + "negate")) return;
    answer.AddError(type_key,
                    StrCat("Config '", prefix, "negate' was provided but there is no config '", key,
                           "' defining a predicate to be negated."));
    return;
  }
  const std::string predicate(Trim(config.Get(key)));
  const std::vector<std::string> all = SplitList(config.Get(kPredicates.list));
  if (predicate.empty() || std::find(all.begin(), all.end(), predicate) != all.end()) return;
  answer.AddError(key,
                  StrCat("Invalid value ", predicate, " for configuration ", key,
                         ": no such alias in predicates, which names [", StrJoin(all, ", "), "]"));
}

void CheckStep(const ConfigMap& config, const ClassKeys& classes, const StepKind& kind,
               const std::string& alias, CheckAnswer& answer) {
  const std::string prefix = StrCat(kind.list, ".", alias, ".");
  const std::string type_key = prefix + "type", version_key = prefix + "plugin.version";
  const std::string type(Trim(config.Get(type_key)));
  const bool transform = kind.role == ClassRole::kTransform;
  NamedClass found;
  if (!type.empty()) found = classes.Find(kind.role, type);
  VersionTrouble trouble;
  if (const std::string* required = config.Find(version_key);
      required != nullptr && found.usable()) {
    trouble = classes.CheckVersion(found, *required);
  }
  ConfigDef def;
  def.Add(StepKey(kind, alias, "type", ConfigType::kClass));
  ConfigKey version = StepKey(kind, alias, "plugin.version", ConfigType::kString);
  if (found.usable()) version.default_value = found.version;
  const std::string group = version.group;
  def.Add(std::move(version));
  std::vector<ConfigKey> own;
  const bool has_keys = found.usable() && trouble.text.empty();
  if (has_keys) own = OwnKeys(found.keys, transform);
  AddOwnKeys(def, own, prefix, group);
  answer.AddAll(def);
  CheckOwnKeys(config, own, prefix, answer);
  if (!has_keys) answer.LeaveOpen(prefix);
  for (std::string_view beginning : found.open) answer.LeaveOpen(StrCat(prefix, beginning));
  if (has_keys && found.check != nullptr) {
    for (auto& [key, text] : found.check(config.WithPrefix(prefix))) {
      answer.AddError(prefix + key, std::move(text));
    }
  }
  ConfigValue& shown = answer.Find(type_key)->value;
  shown.recommended = classes.Names(kind.role);
  if (!type.empty()) {
    shown.value.reset();
    if (!found.name.empty()) shown.value = found.name;
    if (found.name.empty()) shown.errors.push_back(NotFound(type_key, type));
    if (!found.complaint.empty()) shown.errors.push_back(found.complaint);
  }
  if (found.usable()) answer.Find(version_key)->value.recommended = {found.version};
  if (!trouble.text.empty()) {
    answer.AddError(type_key, trouble.text);
    answer.AddError(version_key, trouble.text);
  }
  if (transform) CheckBinding(config, prefix, type_key, answer);
}

// The settings of a converter; they are checked without their prefix and shown with it.
void AddSettings(const ConfigMap& config, const std::string& role, const ConfigDef& def,
                 CheckAnswer& answer) {
  const std::string prefix = role + ".converter.";
  ConfigMap settings = config.WithPrefix(prefix);
  if (!settings.Contains("converter.type")) settings.Set("converter.type", role);
  std::map<std::string, ConfigValue> values;
  std::vector<std::string> names;
  for (ConfigValue& value : def.Validate(settings)) {
    names.push_back(value.name);
    values.emplace(value.name, std::move(value));
  }
  for (const std::string& name : JavaHashOrder(std::move(names))) {
    ConfigKey definition = *def.Find(name);
    ConfigValue value = std::move(values[name]);
    if (definition.display_name.empty()) definition.display_name = name;
    definition.name = value.name = prefix + name;
    answer.AddOther({std::move(definition), std::move(value)});
  }
  for (const std::string& group : JavaHashOrder(def.Groups())) answer.AddGroup(group);
}

void CheckConverter(const ConfigMap& config, const WorkerConfig* worker, const ClassKeys& classes,
                    const std::string& role, CheckAnswer& answer) {
  const std::string key = role + ".converter", version_key = key + ".plugin.version";
  const ClassRole kind = role == "header" ? ClassRole::kHeaderConverter : ClassRole::kConverter;
  const auto find = [&](std::string_view type) {
    return type.empty() ? NamedClass() : classes.Find(kind, type);
  };
  const std::string* own = config.Find(key);
  const std::string_view of_worker = worker == nullptr ? std::string_view()
                                     : role == "key"   ? worker->key_converter
                                     : role == "value" ? worker->value_converter
                                                       : worker->header_converter;
  const NamedClass fallback = find(of_worker);
  const NamedClass found = own != nullptr ? find(Trim(*own)) : fallback;

  ConfigInfo& shown = *answer.Find(key);
  if (!fallback.name.empty()) shown.definition->default_value = fallback.name;
  shown.value.recommended = classes.Names(kind);
  if (!found.name.empty()) shown.value.value = found.name;
  if (own != nullptr && found.name.empty()) {
    shown.value.value.reset();
    if (!Trim(*own).empty()) shown.value.errors.push_back(NotFound(key, Trim(*own)));
  }
  if (own != nullptr && !found.complaint.empty()) shown.value.errors.push_back(found.complaint);

  ConfigInfo& version = *answer.Find(version_key);
  version.value.visible = own == nullptr || !found.name.empty();
  if (found.usable()) {
    version.definition->default_value = found.version;
    version.value.recommended = {found.version};
    if (!config.Contains(version_key)) version.value.value = found.version;
  }
  if (own == nullptr) return;
  for (std::string_view beginning : found.open) answer.LeaveOpen(StrCat(key, ".", beginning));
  if (!found.usable()) return answer.LeaveOpen(key + ".");
  if (const std::string* required = config.Find(version_key)) {
    const VersionTrouble trouble = classes.CheckVersion(found, *required);
    if (!trouble.text.empty()) {
      answer.LeaveOpen(key + ".");
      version.value.errors.push_back(trouble.text);
      if (!trouble.malformed) shown.value.errors.push_back(trouble.text);
      return;
    }
  }
  if (found.keys != nullptr) AddSettings(config, role, *found.keys, answer);
}

}  // namespace

void CheckSteps(const ConfigMap& config, const ClassKeys& classes, CheckAnswer& answer) {
  for (const StepKind& kind : {kTransforms, kPredicates}) {
    std::set<std::string> seen;
    for (const std::string& alias : SplitList(config.Get(kind.list))) {
      if (seen.insert(alias).second) CheckStep(config, classes, kind, alias, answer);
    }
  }
}

void CheckConverters(const ConfigMap& config, const WorkerConfig* worker, const ClassKeys& classes,
                     CheckAnswer& answer) {
  for (const char* role : {"header", "key", "value"}) {
    CheckConverter(config, worker, classes, role, answer);
  }
}

}  // namespace sluice::config
