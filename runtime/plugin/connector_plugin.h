// A connector's plugin (the part that makes task configurations) as the worker calls it. Calls on
// one object never overlap, but for RequestStop; they come from the connector pool.
#ifndef SLUICE_RUNTIME_PLUGIN_CONNECTOR_PLUGIN_H_
#define SLUICE_RUNTIME_PLUGIN_CONNECTOR_PLUGIN_H_

#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/arena.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"

namespace sluice::plugin {

// What a connector asks of the worker. Outlives the plugin. Log, Metric, RequestReconfiguration and
// RaiseError may come from any thread, the others only inside a call.
class ConnectorHost {
 public:
  virtual ~ConnectorHost() = default;
  virtual void Log(sluice_log_level level, std::string_view text) = 0;
  virtual void Metric(std::string_view name, sluice_metric_kind kind, double value) = 0;
  virtual StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value* partitions,
                                                            size_t count, abi::Arena& arena) = 0;
  virtual void RequestReconfiguration() = 0;
  virtual void RaiseError(Status error) = 0;
  virtual StatusOr<config::ConfigMap> ResolvedConfig() = 0;
};

class ConnectorPlugin {
 public:
  virtual ~ConnectorPlugin() = default;
  virtual Status Start(const config::ConfigMap& config) = 0;
  virtual StatusOr<std::vector<config::ConfigMap>> TaskConfigs(int max) = 0;
  // Answers whether the connector keeps no offsets elsewhere. kUnimplemented: it does not support
  // alteration.
  virtual StatusOr<bool> AlterOffsets(
      const config::ConfigMap& config,
      const std::vector<std::pair<sluice_value, sluice_value>>& offsets) = 0;
  virtual void Stop() = 0;         // after Start; on its own
  virtual void RequestStop() = 0;  // any thread, during Start or TaskConfigs
};

}  // namespace sluice::plugin

#endif  // SLUICE_RUNTIME_PLUGIN_CONNECTOR_PLUGIN_H_
