// What the operating system knows of the worker: the process_* metrics that Prometheus' client
// libraries agree on, and three jvm_* names that dashboards for Apache Kafka Connect ask for.
#ifndef SLUICE_RUNTIME_METRICS_PROCESS_METRICS_H_
#define SLUICE_RUNTIME_METRICS_PROCESS_METRICS_H_

#include <vector>

#include "runtime/metrics/registry.h"

namespace sluice::metrics {

// Read from /proc when somebody asks.
[[nodiscard]] std::vector<Registry::Registration> AddProcessMetrics(Registry& registry);

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_PROCESS_METRICS_H_
