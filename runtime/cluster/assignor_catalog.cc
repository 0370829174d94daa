#include "runtime/cluster/assignor_catalog.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

// Sums of weights must stay numbers.
constexpr int64_t kWeightMax = 1'000'000;

}  // namespace

int64_t TaskWeight(const config::ConfigMap& config) {
  const std::optional<int64_t> weight = ParseInt64(Trim(config.Get("task.weight")));
  return weight.has_value() ? std::clamp(*weight, int64_t{1}, kWeightMax) : 1;
}

Catalog::Catalog(const storage::ClusterConfig& config) {
  for (const auto& [name, entry] : config.entries) {
    if (entry->config == nullptr) continue;
    const int tasks = entry->inconsistent ? 0 : std::max(entry->task_count.value_or(0), 0);
    connectors_.push_back({.name = name,
                           .task_weight = TaskWeight(*entry->config),
                           .first_task = this->tasks(),
                           .tasks = tasks});
    connector_of_.insert(connector_of_.end(), static_cast<size_t>(tasks), connectors() - 1);
  }
  for (int i = 0; i < connectors(); ++i) by_name_.emplace(connectors_[i].name, i);
}

storage::TaskId Catalog::task(int number) const {
  const Connector& connector = connectors_[connector_of_[number]];
  return {connector.name, number - connector.first_task};
}

int Catalog::Find(std::string_view connector) const {
  const auto found = by_name_.find(connector);
  return found == by_name_.end() ? kNone : found->second;
}

int Catalog::Find(const storage::TaskId& task) const {
  const int connector = Find(task.connector);
  if (connector == kNone || task.task < 0 || task.task >= connectors_[connector].tasks)
    return kNone;
  return connectors_[connector].first_task + task.task;
}

}  // namespace sluice::cluster
