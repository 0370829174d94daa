#include "runtime/config/connector_check.h"

#include <optional>
#include <set>
#include <string_view>

#include "runtime/base/text.h"
#include "runtime/config/check_answer.h"
#include "runtime/config/class_check.h"
#include "runtime/config/client_config.h"
#include "runtime/config/dlq_topic.h"

namespace sluice::config {
namespace {

constexpr char kVersionKey[] = "connector.plugin.version";
constexpr char kNullValue[] = "Null value can not be supplied as the configuration value.";

void CheckCross(const ConnectorCheck& check, CheckAnswer& answer) {
  if (check.kind == ConnectorKind::kSink) {
    for (auto& [key, text] : CheckSink(*check.config, check.worker))
      answer.AddError(key, std::move(text));
    return;
  }
  for (auto& [key, text] : CheckSource(*check.config, check.worker)) {
    answer.AddError(key, std::move(text));
  }
  const bool distributed =
      check.worker == nullptr || check.worker->mode == WorkerMode::kDistributed;
  if (distributed &&
      EqualsIgnoreCase(Trim(check.config->Get("exactly.once.support")), "required")) {
    answer.AddError("exactly.once.support",
                    "This worker does not have exactly-once source support enabled.");
  }
}

// The newest version is what counts without another, and what forms offer.
void ShowVersions(const ConnectorCheck& check, CheckAnswer& answer) {
  if (check.plugin_versions.empty()) return;
  ConfigInfo& version = *answer.Find(kVersionKey);
  version.definition->default_value = check.plugin_versions.back();
  version.value.recommended = check.plugin_versions;
  if (!check.config->Contains(kVersionKey)) version.value.value = check.plugin_versions.back();
}

// A key of ours. It is shown only where it is set, so that the answer is the peer's otherwise.
void CheckTaskWeight(const ConfigMap& config, CheckAnswer& answer) {
  if (!config.Contains("task.weight")) return;
  ConfigDef def;
  def.Add({.name = "task.weight",
           .type = ConfigType::kInt,
           .default_value = "1",
           .validator = Validator::Between(1, 1'000'000),
           .importance = Importance::kLow,
           .documentation = "How much each task of this connector counts when the leader spreads "
                            "tasks over workers. As it stands: no variables (Sluice only).",
           .group = "Common",
           .order_in_group = 15,
           .width = Width::kShort,
           .display_name = "Task weight"});
  answer.AddAll(def);
}

// Those of a source, which the peer has not: shown only where one of them is set, too.
void CheckDeadLetters(const ConnectorCheck& check, CheckAnswer& answer) {
  if (check.kind != ConnectorKind::kSource) return;
  if (check.config->WithPrefix("errors.deadletterqueue.").empty()) return;
  answer.AddAll(DeadLetterDefinition());
}

// A plugin that reads its keys finds once more what their definitions have refused; it is told
// once.
void AddPluginErrors(const ConnectorCheck& check, CheckAnswer& answer) {
  constexpr std::string_view kInvalid = "Invalid value ";
  std::set<std::string> refused;
  for (const auto& [key, text] : check.plugin_errors) {
    const ConfigInfo* info = answer.Find(key);
    if (info == nullptr) continue;
    for (const std::string& error : info->value.errors) {
      if (error.starts_with(kInvalid)) refused.insert(key);
    }
  }
  for (const auto& [key, text] : check.plugin_errors) {
    const bool again = text.starts_with(kInvalid) && refused.contains(key) &&
                       text.find(StrCat(" for configuration ", key, ":")) != std::string::npos;
    if (!again) answer.AddError(key, text);
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
  CheckAnswer answer(config, check.null_keys);
  answer.AddAll(ConnectorConfig::Definition(check.kind, check.worker));
  CheckTaskWeight(config, answer);
  CheckDeadLetters(check, answer);
  ShowVersions(check, answer);
  CheckCross(check, answer);
  if (check.classes != nullptr) CheckSteps(config, *check.classes, answer);
  if (check.plugin_keys != nullptr) answer.AddAll(ConfigDef(*check.plugin_keys));
  for (const std::string& key : check.null_keys) answer.AddError(key, kNullValue);
  AddPluginErrors(check, answer);
  if (check.worker != nullptr) {
    for (ConfigInfo& info : CheckClientOverrides(check.kind, config, *check.worker)) {
      answer.AddOther(std::move(info));
    }
  }
  if (check.classes != nullptr) CheckConverters(config, check.worker, *check.classes, answer);
  if (check.classes != nullptr && check.plugin_keys != nullptr) {
    if (check.kind == ConnectorKind::kSource) answer.LeaveOpen("topic.creation.");
    answer.LeaveOpen("admin.override.");  // the clients that REST alters offsets by have them, too
    answer.AddUnknown();
  }
  return std::move(answer).Finish(*class_name);
}

std::vector<std::string> UnknownKeys(const ConfigInfos& infos) {
  std::vector<std::string> keys;
  for (const ConfigInfo& info : infos.configs) {
    if (info.unknown) keys.push_back(info.value.name);
  }
  return keys;
}

ConfigInfos WrongVersion(const ConnectorCheck& check, const std::string& why) {
  // What source and sink have alike: all up to the keys that only one of them has.
  const ConfigDef source = ConnectorConfig::Definition(ConnectorKind::kSource, check.worker);
  const ConfigDef sink = ConnectorConfig::Definition(ConnectorKind::kSink, check.worker);
  ConfigDef common;
  for (const ConfigKey& key : source.keys()) {
    if (sink.Find(key.name) != nullptr) common.Add(key);
  }
  CheckAnswer answer(*check.config, check.null_keys);
  answer.AddAll(common);
  ShowVersions(check, answer);
  for (const char* key : {"connector.class", kVersionKey}) answer.AddError(key, why);
  for (const std::string& key : check.null_keys) answer.AddError(key, kNullValue);
  return std::move(answer).Finish(std::string(check.config->Get("connector.class")));
}

}  // namespace sluice::config
