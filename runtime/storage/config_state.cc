#include "runtime/storage/config_state.h"

#include <optional>
#include <utility>

#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::storage {
namespace {

using rapidjson::Value;

std::optional<std::string_view> After(std::string_view key, std::string_view prefix) {
  if (key.size() <= prefix.size() || key.substr(0, prefix.size()) != prefix) return std::nullopt;
  return key.substr(prefix.size());
}

// {"properties":{...}}; nothing if it has another shape. Values that are no strings keep their JSON
// text.
std::shared_ptr<const config::ConfigMap> Properties(const Value& value) {
  const Value* properties = FindJsonMember(value, "properties");
  if (properties == nullptr || !properties->IsObject()) return nullptr;
  auto map = std::make_shared<config::ConfigMap>();
  for (const auto& member : properties->GetObject()) {
    if (member.value.IsNull()) continue;
    map->Set(JsonText(member.name), member.value.IsString() ? std::string(JsonText(member.value))
                                                            : WriteJson(member.value));
  }
  return map;
}

std::optional<int> Number(const Value* value, std::string_view member) {
  const Value* number = value == nullptr ? nullptr : FindJsonMember(*value, member);
  if (number == nullptr || !number->IsInt()) return std::nullopt;
  return number->GetInt();
}

std::optional<std::string_view> Text(const Value* value, std::string_view member) {
  const Value* text = value == nullptr ? nullptr : FindJsonMember(*value, member);
  if (text == nullptr || !text->IsString()) return std::nullopt;
  return JsonText(*text);
}

bool Flag(const Value& value, std::string_view member) {
  const Value* flag = FindJsonMember(value, member);
  return flag != nullptr && flag->IsTrue();
}

}  // namespace

ConnectorEntry& ConfigState::Edit(const std::string& connector) {
  std::shared_ptr<const ConnectorEntry>& entry = config_.entries[connector];
  auto copy = entry == nullptr ? std::make_shared<ConnectorEntry>()
                               : std::make_shared<ConnectorEntry>(*entry);
  ConnectorEntry& edited = *copy;
  entry = std::move(copy);
  return edited;
}

ConfigState::News ConfigState::Apply(const LogRecord& record) {
  if (!record.key) return {};
  const std::string_view key = *record.key;
  std::optional<rapidjson::Document> document;
  if (record.value) {
    StatusOr<rapidjson::Document> parsed = ParseJson(*record.value);
    if (!parsed.ok()) {
      LogError("storage", "Ignoring the record of key '", key, "' at offset ", record.offset,
               " of the config topic: ", Message(parsed.status()));
      return {};
    }
    document = *std::move(parsed);
  }
  config_.offset = record.offset + 1;
  LogDebug("storage", "Read the record of key '", key, "' at offset ", record.offset,
           " of the config topic");
  const Value* value = document ? &*document : nullptr;
  if (value != nullptr && value->IsNull()) value = nullptr;
  if (value != nullptr && !value->IsObject()) {
    LogError("storage", "Ignoring the record of key '", key, "' at offset ", record.offset,
             " of the config topic: its value should be a JSON object, but is ", *record.value);
    return {};
  }
  if (auto name = After(key, "target-state-")) return ApplyTarget(std::string(*name), value);
  if (auto name = After(key, "connector-")) return ApplyConnector(std::string(*name), value);
  if (auto name = After(key, "task-")) return ApplyTask(*name, value);
  if (auto name = After(key, "commit-")) return ApplyCommit(std::string(*name), value);
  if (auto name = After(key, "restart-connector-")) return ApplyRestart(std::string(*name), value);
  if (auto name = After(key, "tasks-fencing-")) return ApplyFencing(std::string(*name), value);
  if (key == "session-key") return ApplySessionKey(value);
  if (auto name = After(key, "logger-cluster-")) return ApplyLogger(std::string(*name), value);
  LogWarn("storage", "Leaving alone a record of unknown key '", key, "' in the config topic");
  return {};
}

ConfigState::News ConfigState::ApplyTarget(std::string connector, const Value* value) {
  if (value == nullptr) {
    Edit(connector).target.reset();
    return {};
  }
  std::optional<std::string_view> name = Text(value, "state.v2");
  if (!name) name = Text(value, "state");
  const std::optional<TargetState> state = name ? ParseTargetState(*name) : std::nullopt;
  if (!state) {
    LogError("storage", "Ignoring the target state of connector ", connector,
             ": it should be STARTED, PAUSED or STOPPED, but is '", name.value_or(""), "'");
    return {};
  }
  ConnectorEntry& entry = Edit(connector);
  const bool changed = entry.target.value_or(TargetState::kStarted) != *state;
  entry.target = *state;
  if (!changed || entry.config == nullptr) return {};
  return [connector](ConfigListener& listener) { listener.OnTargetState(connector); };
}

ConfigState::News ConfigState::ApplyConnector(std::string connector, const Value* value) {
  if (value == nullptr) {
    ConnectorEntry& entry = Edit(connector);
    entry.config = entry.applied = nullptr;
    entry.task_count.reset();
    entry.tasks.clear();
    entry.inconsistent = false;
    staged_.erase(connector);
    return [connector](ConfigListener& listener) { listener.OnConnectorRemoved(connector); };
  }
  auto properties = Properties(*value);
  if (properties == nullptr) {
    LogError("storage", "Ignoring the configuration of connector ", connector,
             ": it should be {\"properties\":{...}}, but is ", WriteJson(*value));
    return {};
  }
  ConnectorEntry& entry = Edit(connector);
  entry.config = std::move(properties);
  if (!entry.target) entry.target = TargetState::kStarted;
  return [connector](ConfigListener& listener) { listener.OnConnectorConfig(connector); };
}

ConfigState::News ConfigState::ApplyTask(std::string_view name, const Value* value) {
  const size_t dash = name.rfind('-');  // names may hold dashes: the number is behind the last
  const auto number =
      dash == std::string_view::npos ? std::nullopt : ParseInt64(name.substr(dash + 1));
  auto properties = value == nullptr ? nullptr : Properties(*value);
  if (!number || *number < 0 || *number > INT32_MAX || properties == nullptr) {
    LogError("storage", "Ignoring the task configuration of key 'task-", name,
             "': it should be task-<connector>-<number> and {\"properties\":{...}}");
    return {};
  }
  staged_[std::string(name.substr(0, dash))][static_cast<int>(*number)] = std::move(properties);
  return {};
}

ConfigState::News ConfigState::ApplyCommit(std::string connector, const Value* value) {
  const ConnectorEntry* known = config_.Find(connector);
  if (known == nullptr || known->config == nullptr) {  // deleted, and compacted away
    staged_.erase(connector);
    if (known != nullptr) {
      ConnectorEntry& entry = Edit(connector);
      entry.tasks.clear();
      entry.task_count.reset();
    }
    return {};
  }
  const std::optional<int> count = Number(value, "tasks");
  if (!count || *count < 0) {
    LogError("storage", "Ignoring the commit of connector ", connector,
             "'s tasks: it should be {\"tasks\":<number>}");
    return {};
  }
  ConnectorEntry& entry = Edit(connector);
  auto staged = std::exchange(staged_[connector], {});
  staged_.erase(connector);
  bool complete = true;
  for (int i = 0; i < *count && complete; ++i) complete = staged.contains(i);
  std::vector<TaskId> applied;
  if (complete) {
    for (auto& [number, config] : staged) {
      applied.push_back({connector, number});
      entry.tasks[number] = std::move(config);
    }
    if (!applied.empty()) entry.task_generation = entry.task_generation.value_or(-1) + 1;
    entry.applied = entry.config;
  }
  entry.inconsistent = !complete;
  entry.task_count = *count;
  entry.pending_fencing = true;
  return
      [applied = std::move(applied)](ConfigListener& listener) { listener.OnTaskConfigs(applied); };
}

ConfigState::News ConfigState::ApplyRestart(std::string connector, const Value* value) {
  if (value == nullptr) return {};
  return [request = RestartRequest{std::move(connector), Flag(*value, "only-failed"),
                                   Flag(*value, "include-tasks")}](ConfigListener& listener) {
    listener.OnRestart(request);
  };
}

ConfigState::News ConfigState::ApplyFencing(std::string connector, const Value* value) {
  const std::optional<int> count = Number(value, "task-count");
  if (!count) {
    LogError("storage", "Ignoring the fencing record of connector ", connector,
             ": it should be {\"task-count\":<number>}");
    return {};
  }
  ConnectorEntry& entry = Edit(connector);
  entry.fencing_count = count;
  entry.pending_fencing = false;
  return {};
}

ConfigState::News ConfigState::ApplySessionKey(const Value* value) {
  const auto key = Text(value, "key"), algorithm = Text(value, "algorithm");
  const auto bytes = key ? Base64Decode(*key) : std::nullopt;
  const Value* created = value == nullptr ? nullptr : FindJsonMember(*value, "creation-timestamp");
  if (!bytes || !algorithm || created == nullptr || !created->IsInt64()) {
    LogError("storage",
             "Ignoring a session key in the config topic that is not of the form "
             "{\"key\":<base64>,\"algorithm\":<name>,\"creation-timestamp\":<ms>}");
    return {};
  }
  config_.session_key = SessionKey{*bytes, std::string(*algorithm), created->GetInt64()};
  return [key = *config_.session_key](ConfigListener& listener) { listener.OnSessionKey(key); };
}

ConfigState::News ConfigState::ApplyLogger(std::string logger, const Value* value) {
  const auto level = Text(value, "level");
  if (!level) return {};
  return [logger = std::move(logger), level = std::string(*level)](ConfigListener& listener) {
    listener.OnLoggerLevel(logger, level);
  };
}

}  // namespace sluice::storage
