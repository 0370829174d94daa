// All connectors and tasks that are configured, by number, in the order of their names: what the
// assignor spreads. Immutable, any thread. Internal to runtime/cluster.
#ifndef SLUICE_RUNTIME_CLUSTER_ASSIGNOR_CATALOG_H_
#define SLUICE_RUNTIME_CLUSTER_ASSIGNOR_CATALOG_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/config/config_map.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/ids.h"

namespace sluice::cluster {

// task.weight of a connector's configuration; 1 if it is no whole number from 1.
int64_t TaskWeight(const config::ConfigMap& config);

class Catalog {
 public:
  static constexpr int kNone = -1;

  struct Connector {
    std::string name;
    int64_t task_weight = 1;
    int first_task = 0;  // its number
    int tasks = 0;
  };

  explicit Catalog(const storage::ClusterConfig& config);
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  int connectors() const { return static_cast<int>(connectors_.size()); }
  int tasks() const { return static_cast<int>(connector_of_.size()); }
  const Connector& connector(int number) const { return connectors_[number]; }
  int connector_of(int task) const { return connector_of_[task]; }
  storage::TaskId task(int number) const;

  // The number, or kNone.
  int Find(std::string_view connector) const;
  int Find(const storage::TaskId& task) const;

 private:
  std::vector<Connector> connectors_;
  std::vector<int> connector_of_;                      // by task
  std::unordered_map<std::string_view, int> by_name_;  // views of connectors_
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_ASSIGNOR_CATALOG_H_
