#include "runtime/config/internal_topics.h"

namespace sluice::config {

ConfigList InternalTopics(const ConfigMap& connector, const WorkerConfig* worker) {
  ConfigList topics;
  if (worker != nullptr && worker->mode == WorkerMode::kDistributed) {
    topics = {worker->config_topic.name, worker->offset_topic.name, worker->status_topic.name};
  }
  if (const std::string* own = connector.Find("offsets.storage.topic")) topics.push_back(*own);
  return topics;
}

}  // namespace sluice::config
