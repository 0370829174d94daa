#include "runtime/config/connector_check.h"

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/base/text.h"
#include "runtime/config/client_config.h"

namespace sluice::config {
namespace {

// The answer while it grows: entries in order, found by key.
class Answer {
 public:
  void Add(ConfigInfo info) {
    index_[info.value.name] = infos_.size();
    infos_.push_back(std::move(info));
  }
  void AddAll(const ConfigDef& def, const ConfigMap& config,
              const std::set<std::string, std::less<>>& null_keys) {
    for (ConfigValue& value : def.Validate(config, null_keys)) {
      const std::string name = value.name;
      if (!index_.contains(name)) Add({*def.Find(name), std::move(value)});
    }
    for (const std::string& group : def.Groups()) AddGroup(group);
  }
  // An error on a key; one that nobody defines gets an entry of its own, which comes first in the
  // answer.
  void AddError(const std::string& key, std::string text) {
    const auto it = index_.find(key);
    ConfigValue* value = nullptr;
    if (it != index_.end()) {
      value = &infos_[it->second].value;
    } else {
      auto found = std::find_if(undefined_.begin(), undefined_.end(),
                                [&](const ConfigInfo& info) { return info.value.name == key; });
      if (found == undefined_.end()) {
        undefined_.push_back({});
        undefined_.back().value.name = key;
        found = undefined_.end() - 1;
      }
      value = &found->value;
    }
    value->errors.push_back(std::move(text));
  }
  // The value cannot be used: it is shown as null, as values that cannot be parsed are.
  void Refuse(const std::string& key, std::string text) {
    AddError(key, std::move(text));
    if (const auto it = index_.find(key); it != index_.end())
      infos_[it->second].value.value.reset();
  }
  void AddGroup(const std::string& group) {
    if (std::find(groups_.begin(), groups_.end(), group) == groups_.end()) groups_.push_back(group);
  }

  // The connector's own part counts errors, the parts of clients and converters count entries that
  // have any.
  ConfigInfos Finish(std::string name, std::vector<ConfigInfo> others) && {
    ConfigInfos out;
    out.name = std::move(name);
    out.groups = std::move(groups_);
    for (std::vector<ConfigInfo>* part : {&undefined_, &infos_}) {
      for (ConfigInfo& info : *part) {
        out.error_count += static_cast<int>(info.value.errors.size());
        out.configs.push_back(std::move(info));
      }
    }
    for (ConfigInfo& info : others) {
      out.error_count += info.value.errors.empty() ? 0 : 1;
      out.configs.push_back(std::move(info));
    }
    return out;
  }

 private:
  std::vector<ConfigInfo> undefined_, infos_;
  std::map<std::string, size_t> index_;
  std::vector<std::string> groups_;
};

ConfigKey StepKey(std::string name, ConfigType type, std::string doc, const std::string& group,
                  int order, std::string display) {
  ConfigKey key;
  key.name = std::move(name);
  key.type = type;
  key.importance = Importance::kHigh;
  key.documentation = std::move(doc);
  key.group = group;
  key.order_in_group = order;
  key.width = Width::kLong;
  key.display_name = std::move(display);
  key.required = order == 0;
  return key;
}

// Java's words, and then ours: what there is.
std::string NotFound(std::string_view key, std::string_view type, const Status& why) {
  return StrCat("Invalid value ", type, " for configuration ", key, ": Class ", type,
                " could not be found. ", Message(why));
}

// What the keys of transforms, or of predicates, are called.
struct StepKind {
  const char* list;    // transforms
  const char* group;   // Transforms
  const char* noun;    // Transformation
  bool has_predicate;  // predicate and negate
};

// The keys of the step's own class, and with a transform those that bind it to a predicate, by
// name.
std::map<std::string, ConfigKey> OwnKeys(const ConfigDef* def, bool has_predicate) {
  std::map<std::string, ConfigKey> keys;
  if (def != nullptr) {
    for (const ConfigKey& key : def->keys()) keys.insert_or_assign(key.name, key);
  }
  if (!has_predicate) return keys;
  ConfigKey predicate, negate;  // the framework's keys hide the class's own
  predicate.name = "predicate";
  predicate.documentation = "Alias of a predicate that decides whether the transform is applied.";
  negate.name = "negate";
  negate.type = ConfigType::kBoolean;
  negate.default_value = "false";
  negate.documentation = "Whether the predicate's answer is inverted.";
  keys.insert_or_assign(predicate.name, predicate);
  keys.insert_or_assign(negate.name, negate);
  return keys;
}

void CheckStep(const ConnectorCheck& check, const StepKind& kind, const std::string& alias,
               Answer& answer) {
  const std::string prefix = StrCat(kind.list, ".", alias, "."),
                    group = StrCat(kind.group, ": ", alias);
  const std::string type_key = prefix + "type";
  const ConfigMap& config = *check.config;
  ConfigDef def;
  int order = 0;
  const std::string what = StrCat("'", alias, "' (", kind.noun, ").");
  def.Add(StepKey(type_key, ConfigType::kClass, "Class of " + what, group, order++,
                  StrCat(kind.noun, " type for ", alias)));
  def.Add(StepKey(prefix + "plugin.version", ConfigType::kString, "Version of " + what, group,
                  order++, StrCat(kind.noun, " version for ", alias)));
  const std::string type(Trim(config.Get(type_key)));
  std::string type_error;
  if (!type.empty() && check.classes != nullptr) {
    const auto own = kind.has_predicate ? check.classes->TransformKeys(type)
                                        : check.classes->PredicateKeys(type);
    if (!own.ok()) type_error = NotFound(type_key, type, own.status());
    for (auto& [name, key] : OwnKeys(own.ok() ? *own : nullptr, kind.has_predicate && own.ok())) {
      key.name = prefix + name;
      key.display_name = key.display_name.empty() ? name : key.display_name;
      key.group = group;
      key.order_in_group = order++;
      def.Add(key);
    }
  }
  answer.AddAll(def, config, check.null_keys);
  if (!type_error.empty()) answer.Refuse(type_key, type_error);
  if (kind.has_predicate && config.Contains(prefix + "negate") &&
      !config.Contains(prefix + "predicate")) {
    answer.AddError(type_key,
                    StrCat("Config '", prefix, "negate' was provided but there is no config '",
                           prefix, "predicate' defining a predicate to be negated."));
  }
}

void CheckSteps(const ConnectorCheck& check, const StepKind& kind, Answer& answer) {
  std::set<std::string> seen;
  for (const std::string& alias : SplitList(check.config->Get(kind.list))) {
    if (!alias.empty() && seen.insert(alias).second) CheckStep(check, kind, alias, answer);
  }
}

// The settings of a converter that the connector itself names; they are checked without their
// prefix and shown with it.
void CheckConverter(const ConnectorCheck& check, const std::string& role, Answer& answer,
                    std::vector<ConfigInfo>& others) {
  const std::string key = role + ".converter";
  const std::string* type = check.config->Find(key);
  if (type == nullptr || check.classes == nullptr || Trim(*type).empty()) return;
  const auto def = check.classes->ConverterKeys(role, Trim(*type));
  if (!def.ok()) return answer.Refuse(key, NotFound(key, Trim(*type), def.status()));
  if (*def == nullptr) return;
  ConfigMap settings = check.config->WithPrefix(key + ".");
  settings.Set("converter.type", role);
  for (ConfigValue& value : (*def)->Validate(settings)) {
    ConfigKey definition = *(*def)->Find(value.name);
    definition.name = StrCat(key, ".", definition.name);
    value.name = definition.name;
    others.push_back({std::move(definition), std::move(value)});
  }
  for (const std::string& group : (*def)->Groups()) answer.AddGroup(group);
}

void CheckCross(const ConnectorCheck& check, Answer& answer) {
  if (check.kind == ConnectorKind::kSink) {
    for (auto& [key, text] : CheckSink(*check.config, check.worker))
      answer.AddError(key, std::move(text));
    return;
  }
  const bool distributed =
      check.worker == nullptr || check.worker->mode == WorkerMode::kDistributed;
  if (distributed &&
      EqualsIgnoreCase(Trim(check.config->Get("exactly.once.support")), "required")) {
    answer.AddError("exactly.once.support",
                    "This worker does not have exactly-once source support enabled.");
  }
}

// {a=1, b=2}, as Java prints a map.
std::string Display(const ConfigMap& config) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : config) parts.push_back(StrCat(key, "=", value));
  return StrCat("{", StrJoin(parts, ", "), "}");
}

}  // namespace

StatusOr<ConfigInfos> CheckConnector(const ConnectorCheck& check) {
  const ConfigMap& config = *check.config;
  const std::string* class_name = config.Find("connector.class");
  if (class_name == nullptr) {
    return BadRequestError(
        StrCat("Connector config ", Display(config), " contains no connector type"));
  }
  Answer answer;
  answer.AddAll(ConnectorConfig::Definition(check.kind, check.worker), config, check.null_keys);
  CheckCross(check, answer);
  CheckSteps(check, {"transforms", "Transforms", "Transformation", true}, answer);
  CheckSteps(check, {"predicates", "Predicates", "Predicate", false}, answer);
  if (check.plugin_keys != nullptr)
    answer.AddAll(ConfigDef(*check.plugin_keys), config, check.null_keys);
  for (const std::string& key : check.null_keys) {
    answer.AddError(key, "Null value can not be supplied as the configuration value.");
  }
  for (const auto& [key, text] : check.plugin_errors) answer.AddError(key, text);
  std::vector<ConfigInfo> others;
  if (check.worker != nullptr) others = CheckClientOverrides(check.kind, config, *check.worker);
  for (const char* role : {"header", "key", "value"}) CheckConverter(check, role, answer, others);
  return std::move(answer).Finish(*class_name, std::move(others));
}

}  // namespace sluice::config
