// What a plugin's metric call means to the metrics of its task or connector.
#ifndef SLUICE_RUNTIME_TASK_PLUGIN_METRIC_H_
#define SLUICE_RUNTIME_TASK_PLUGIN_METRIC_H_

#include <string_view>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/metrics/plugin_metrics.h"

namespace sluice::task {

// Any thread.
inline void RecordPluginMetric(metrics::PluginMetrics& metrics, std::string_view name,
                               sluice_metric_kind kind, double value) {
  using Kind = metrics::PluginMetrics::Kind;
  metrics.Record(name,
                 kind == SLUICE_METRIC_SET       ? Kind::kSet
                 : kind == SLUICE_METRIC_OBSERVE ? Kind::kObserve
                                                 : Kind::kAdd,
                 value);
}

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_PLUGIN_METRIC_H_
