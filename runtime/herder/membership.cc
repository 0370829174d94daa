#include "runtime/herder/membership.h"

namespace sluice::herder {

Assignment SoloMembership::Assigned(const storage::ClusterConfig& config) const {
  Assignment all;
  for (std::string& connector : config.Connectors()) {
    for (const storage::TaskId& task : config.Tasks(connector)) all.tasks.insert(task);
    all.connectors.insert(std::move(connector));
  }
  return all;
}

}  // namespace sluice::herder
