// Where connectors' configurations live: the config topic (KafkaConfigStore), or memory in
// standalone mode. The herder owns it and reads snapshots; it learns of changes by a listener.
//
// Thread-safe. Writers never block: `done` comes when the write has been read back, so that the
// next Snapshot has it, or with ConnectException (`Error writing connector configuration to Kafka`,
// ...) whose cause says why; the message, too, says if it may have been written all the same, or if
// this worker does not lead its group any more (a 409). Writes for one connector happen one after
// the other, in the order of the calls; each may take kConfigWriteTimeout in all.
#ifndef SLUICE_RUNTIME_STORAGE_CONFIG_STORE_H_
#define SLUICE_RUNTIME_STORAGE_CONFIG_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/ids.h"

namespace sluice::storage {

inline constexpr milliseconds kConfigWriteTimeout{30000};

struct RestartRequest {
  std::string connector;
  bool only_failed = false;
  bool include_tasks = false;
};

// News that arrived after Start, on the store's thread; must not block. The snapshot already has
// it.
class ConfigListener {
 public:
  virtual ~ConfigListener() = default;
  virtual void OnConnectorConfig(const std::string& connector) = 0;  // new or changed
  virtual void OnConnectorRemoved(const std::string& connector) = 0;
  virtual void OnTaskConfigs(const std::vector<TaskId>& tasks) = 0;  // of one commit
  virtual void OnTargetState(const std::string& connector) = 0;      // of a known connector
  virtual void OnSessionKey(const SessionKey& key) = 0;
  virtual void OnRestart(const RestartRequest& request) = 0;
  virtual void OnLoggerLevel(const std::string& logger, const std::string& level) = 0;
};

class ConfigStore {
 public:
  // In which of its terms as leader of the group this worker is; 0: in none. Any thread.
  using Term = std::function<int64_t()>;

  virtual ~ConfigStore() = default;
  // Asked when a leader's write is begun and before each of its records: one that was begun in
  // another term is not gone on with, so that a worker which was stopped for a while, or cut off,
  // does not write over what its successor has written. Once, before Start; without it, all goes.
  virtual void SetTerm(Term term) = 0;
  // Gives up the writes that no broker has acknowledged; they fail. Any thread, at once.
  virtual void TakeBack() = 0;
  // Reads everything; blocks. No events meanwhile. The listener outlives Stop.
  virtual Status Start(ConfigListener& listener, milliseconds timeout) = 0;
  virtual void Stop() = 0;

  virtual std::shared_ptr<const ClusterConfig> Snapshot() const = 0;  // cheap
  // `done` when the store knows all that was written before the call.
  virtual void Refresh(milliseconds timeout, Done done) = 0;

  // `initial` is written first, for a new connector.
  virtual void PutConnector(const std::string& connector, const config::ConfigMap& config,
                            std::optional<TargetState> initial, Done done) = 0;
  virtual void RemoveConnector(const std::string& connector, Done done) = 0;
  // All task configurations of the connector, then the commit that makes them count.
  virtual void PutTaskConfigs(const std::string& connector, std::vector<config::ConfigMap> configs,
                              Done done) = 0;
  // `done` when it is written; it is read back by everybody, this worker too, soon after.
  virtual void PutTargetState(const std::string& connector, TargetState state, Done done) = 0;
  virtual void PutRestart(const RestartRequest& request, Done done) = 0;
  virtual void PutLoggerLevel(const std::string& logger, const std::string& level, Done done) = 0;
  virtual void PutSessionKey(const SessionKey& key, Done done) = 0;
  // The tasks-fencing record.
  virtual void PutTaskCount(const std::string& connector, int tasks, Done done) = 0;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_CONFIG_STORE_H_
