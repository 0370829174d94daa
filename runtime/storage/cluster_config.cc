#include "runtime/storage/cluster_config.h"

#include <iterator>
#include <utility>

namespace sluice::storage {
namespace {

constexpr std::string_view kNames[] = {"STARTED", "PAUSED", "STOPPED"};

}  // namespace

std::string_view TargetStateName(TargetState state) { return kNames[static_cast<size_t>(state)]; }

std::optional<TargetState> ParseTargetState(std::string_view name) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<TargetState>(i);
  }
  return std::nullopt;
}

const ConnectorEntry* ClusterConfig::Find(std::string_view connector) const {
  const auto found = entries.find(connector);
  return found == entries.end() ? nullptr : found->second.get();
}

std::vector<std::string> ClusterConfig::Connectors() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries) {
    if (entry->config != nullptr) names.push_back(name);
  }
  return names;
}

std::shared_ptr<const config::ConfigMap> ClusterConfig::Config(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry == nullptr ? nullptr : entry->config;
}

std::shared_ptr<const config::ConfigMap> ClusterConfig::AppliedConfig(
    std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry == nullptr ? nullptr : entry->applied;
}

TargetState ClusterConfig::Target(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry == nullptr ? TargetState::kStarted : entry->target.value_or(TargetState::kStarted);
}

int ClusterConfig::TaskCount(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry == nullptr ? 0 : entry->task_count.value_or(0);
}

std::vector<TaskId> ClusterConfig::Tasks(std::string_view connector) const {
  std::vector<TaskId> tasks;
  const ConnectorEntry* entry = Find(connector);
  if (entry == nullptr || entry->inconsistent) return tasks;
  for (int i = 0; i < entry->task_count.value_or(0); ++i) {
    tasks.push_back({std::string(connector), i});
  }
  return tasks;
}

std::shared_ptr<const config::ConfigMap> ClusterConfig::TaskConfig(const TaskId& task) const {
  const ConnectorEntry* entry = Find(task.connector);
  if (entry == nullptr || entry->inconsistent) return nullptr;
  const auto found = entry->tasks.find(task.task);
  return found == entry->tasks.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const config::ConfigMap>> ClusterConfig::TaskConfigs(
    std::string_view connector) const {
  std::vector<std::shared_ptr<const config::ConfigMap>> configs;
  for (const TaskId& task : Tasks(connector)) {
    if (auto config = TaskConfig(task)) configs.push_back(std::move(config));
  }
  return configs;
}

bool ClusterConfig::Inconsistent(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry != nullptr && entry->inconsistent;
}

bool ClusterConfig::PendingFencing(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry != nullptr && entry->pending_fencing;
}

std::optional<int> ClusterConfig::FencingCount(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry == nullptr ? std::nullopt : entry->fencing_count;
}

std::optional<int> ClusterConfig::TaskGeneration(std::string_view connector) const {
  const ConnectorEntry* entry = Find(connector);
  return entry == nullptr ? std::nullopt : entry->task_generation;
}

}  // namespace sluice::storage
