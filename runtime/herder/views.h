// What REST shows of the cluster, read from a snapshot of the configuration and the status store.
// No state; the herder's thread.
#ifndef SLUICE_RUNTIME_HERDER_VIEWS_H_
#define SLUICE_RUNTIME_HERDER_VIEWS_H_

#include <map>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/herder/herder.h"
#include "runtime/herder/plugins.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/status_store.h"

namespace sluice::herder {

class Views {
 public:
  Views(const storage::ClusterConfig& config, const storage::StatusStore& status,
        const Plugins& plugins)
      : config_(config), status_(status), plugins_(plugins) {}

  StatusOr<ConnectorInfo> Info(const std::string& name) const;
  StatusOr<ConnectorStatus> Status(const std::string& name) const;
  StatusOr<std::vector<TaskInfo>> Tasks(const std::string& name) const;
  StatusOr<PartState> Task(const storage::TaskId& task) const;
  std::map<std::string, ExpandedConnector> Expanded(bool status, bool info) const;
  std::vector<std::string> Topics(const std::string& name) const;  // sorted
  std::string TypeOf(const std::string& name) const;               // source, sink, unknown

 private:
  const storage::ClusterConfig& config_;
  const storage::StatusStore& status_;
  const Plugins& plugins_;
};

// What a restart with these flags would touch.
struct RestartPlan {
  bool connector = false;
  std::vector<storage::TaskId> tasks;
};
RestartPlan PlanRestart(const RestartRequest& request, const ConnectorStatus& status);
// `status` with everything in the plan RESTARTING.
ConnectorStatus WithRestarting(ConnectorStatus status, const RestartPlan& plan);

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_VIEWS_H_
