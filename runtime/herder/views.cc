#include "runtime/herder/views.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

PartState ToPart(const storage::PartStatus& status) {
  return {.state = std::string(storage::StateName(status.state)),
          .worker_id = status.worker_id,
          .version = status.version,
          .trace = status.trace.value_or("")};
}

sluice::Status NoConnector(const std::string& name) {
  return NotFoundError(StrCat("Connector ", name, " not found"));
}

}  // namespace

std::string Views::TypeOf(const std::string& name) const {
  const auto config = config_.Config(name);
  if (config == nullptr) return "unknown";
  const auto kind = plugins_.KindOf(config->Get("connector.class"));
  if (!kind) return "unknown";
  return *kind == plugin::ClassKind::kSource ? "source" : "sink";
}

StatusOr<ConnectorInfo> Views::Info(const std::string& name) const {
  const auto config = config_.Config(name);
  if (config == nullptr) return NoConnector(name);
  ConnectorInfo info{.name = name, .config = *config, .tasks = {}, .type = TypeOf(name)};
  for (const storage::TaskId& task : config_.Tasks(name)) {
    info.tasks.push_back({task.connector, task.task});
  }
  return info;
}

StatusOr<ConnectorStatus> Views::Status(const std::string& name) const {
  const auto connector = status_.Connector(name);
  if (!connector) return NotFoundError(StrCat("No status found for connector ", name));
  ConnectorStatus status{
      .name = name, .connector = ToPart(*connector), .tasks = {}, .type = TypeOf(name)};
  for (const auto& [task, part] : status_.Tasks(name)) {
    status.tasks.emplace_back(task, ToPart(part));
  }
  return status;
}

StatusOr<std::vector<TaskInfo>> Views::Tasks(const std::string& name) const {
  if (!config_.Contains(name)) return NoConnector(name);
  std::vector<TaskInfo> tasks;
  for (const storage::TaskId& task : config_.Tasks(name)) {
    const auto config = config_.TaskConfig(task);
    tasks.push_back(
        {{task.connector, task.task}, config != nullptr ? *config : config::ConfigMap()});
  }
  return tasks;
}

StatusOr<PartState> Views::Task(const storage::TaskId& task) const {
  const auto status = status_.Task(task);
  if (!status) return NotFoundError(StrCat("No status found for task ", task.ToString()));
  return ToPart(*status);
}

std::map<std::string, ExpandedConnector> Views::Expanded(bool status, bool info) const {
  std::map<std::string, ExpandedConnector> all;
  for (const std::string& name : config_.Connectors()) {
    ExpandedConnector one;
    if (status) {
      auto found = Status(name);
      if (!found.ok()) continue;  // the peer leaves it out until it has one
      one.status = *std::move(found);
    }
    if (info) {
      auto found = Info(name);
      if (found.ok()) one.info = *std::move(found);
    }
    all.emplace(name, std::move(one));
  }
  return all;
}

std::vector<std::string> Views::Topics(const std::string& name) const {
  std::set<std::string> topics;
  for (const storage::TopicStatus& topic : status_.Topics(name)) topics.insert(topic.topic);
  return {topics.begin(), topics.end()};
}

RestartPlan PlanRestart(const RestartRequest& request, const ConnectorStatus& status) {
  const auto selected = [&](const PartState& part) {
    return !request.only_failed || part.state == "FAILED";
  };
  RestartPlan plan;
  plan.connector = selected(status.connector);
  if (!request.include_tasks) return plan;
  for (const auto& [task, part] : status.tasks) {
    if (selected(part)) plan.tasks.push_back({status.name, task});
  }
  return plan;
}

ConnectorStatus WithRestarting(ConnectorStatus status, const RestartPlan& plan) {
  if (plan.connector) status.connector.state = "RESTARTING";
  for (auto& [task, part] : status.tasks) {
    const storage::TaskId id{status.name, task};
    if (std::find(plan.tasks.begin(), plan.tasks.end(), id) != plan.tasks.end()) {
      part.state = "RESTARTING";
    }
  }
  return status;
}

}  // namespace sluice::herder
