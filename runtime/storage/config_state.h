// What the records of the config topic amount to: the rules of which record changes what, and
// nothing else; the peer's are in KafkaConfigBackingStore. Used by one thread at a time;
// LogConfigStore guards it.
#ifndef SLUICE_RUNTIME_STORAGE_CONFIG_STATE_H_
#define SLUICE_RUNTIME_STORAGE_CONFIG_STATE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rapidjson/document.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/config_store.h"
#include "runtime/storage/topic_log.h"

namespace sluice::storage {

class ConfigState {
 public:
  using News = std::function<void(ConfigListener&)>;

  // Takes the next record; what cannot be understood is logged and ignored, and does not move the
  // offset. Answers the news of it, or an empty function. Records that only mean something when
  // they are seen live (restarts, logger levels) have no other effect than their news.
  News Apply(const LogRecord& record);
  const ClusterConfig& config() const { return config_; }

 private:
  using Value = rapidjson::Value;
  // For these `value` is nullptr for a tombstone.
  News ApplyTarget(std::string connector, const Value* value);
  News ApplyConnector(std::string connector, const Value* value);
  News ApplyTask(std::string_view name, const Value* value);
  News ApplyCommit(std::string connector, const Value* value);
  News ApplyRestart(std::string connector, const Value* value);
  News ApplyFencing(std::string connector, const Value* value);
  News ApplySessionKey(const Value* value);
  News ApplyLogger(std::string logger, const Value* value);

  ConnectorEntry& Edit(const std::string& connector);  // a copy of the entry, to be changed

  ClusterConfig config_;
  std::map<std::string, std::map<int, std::shared_ptr<const config::ConfigMap>>> staged_;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_CONFIG_STATE_H_
