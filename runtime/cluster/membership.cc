#include "runtime/cluster/membership.h"

namespace sluice::cluster {

Parts SoloMembership::Assigned(const storage::ClusterConfig& config) const {
  Parts all;
  for (std::string& connector : config.Connectors()) {
    for (const storage::TaskId& task : config.Tasks(connector)) all.tasks.insert(task);
    all.connectors.insert(std::move(connector));
  }
  return all;
}

}  // namespace sluice::cluster
