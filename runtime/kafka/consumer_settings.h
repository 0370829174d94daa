// What a consumer of ours, not librdkafka, does with its configuration. For this folder's files
// only.
#ifndef SLUICE_RUNTIME_KAFKA_CONSUMER_SETTINGS_H_
#define SLUICE_RUNTIME_KAFKA_CONSUMER_SETTINGS_H_

#include <cstddef>
#include <cstdint>

#include "runtime/base/clock.h"
#include "runtime/config/client_config.h"

namespace sluice::kafka {

struct ConsumerSettings {
  size_t max_poll_records;
  milliseconds metadata_interval;  // how often a pattern looks for new topics
  bool exclude_internal;           // topics, from a pattern
  int64_t reset_offset;            // where to begin if nothing is committed: a logical offset
};

ConsumerSettings ReadConsumerSettings(const config::ClientProperties& properties);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_CONSUMER_SETTINGS_H_
