// Counts what a librdkafka client sends and receives, by its interceptors: no statistics to be
// made, queued and parsed, and right at any time. For this folder's files only.
#ifndef SLUICE_RUNTIME_KAFKA_CLIENT_WATCH_H_
#define SLUICE_RUNTIME_KAFKA_CLIENT_WATCH_H_

#include "runtime/metrics/client_metrics.h"

struct rd_kafka_conf_s;

namespace sluice::kafka {

// Before the client is made of `conf`. `metrics` outlives the client, whose own threads use it.
void Watch(rd_kafka_conf_s* conf, metrics::ClientMetrics& metrics);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_CLIENT_WATCH_H_
