// What the config topic says about all connectors at one moment. A snapshot is immutable and
// shared: any thread. The stores make them; the herder, the assignor and REST read them.
#ifndef SLUICE_RUNTIME_STORAGE_CLUSTER_CONFIG_H_
#define SLUICE_RUNTIME_STORAGE_CLUSTER_CONFIG_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/config_map.h"
#include "runtime/storage/ids.h"

namespace sluice::storage {

enum class TargetState { kStarted, kPaused, kStopped };
std::string_view TargetStateName(TargetState state);  // STARTED, PAUSED, STOPPED
std::optional<TargetState> ParseTargetState(std::string_view name);

// Signs the requests between workers (KIP-507).
struct SessionKey {
  std::string key;  // bytes; a secret
  std::string algorithm;
  int64_t created_ms = 0;
  friend bool operator==(const SessionKey&, const SessionKey&) = default;
};

// One connector's part. It may lack a configuration (deleted, or records that came first); then it
// is no connector, and ClusterConfig's questions answer as if it were not there.
struct ConnectorEntry {
  std::shared_ptr<const config::ConfigMap> config;   // raw text; null: no such connector
  std::shared_ptr<const config::ConfigMap> applied;  // `config` as it was at the last commit
  std::optional<TargetState> target;
  std::optional<int> task_count;  // of the last commit
  // May hold leftovers beyond task_count: never listed.
  std::map<int, std::shared_ptr<const config::ConfigMap>> tasks;
  bool inconsistent = false;         // the last commit lacked task records
  std::optional<int> fencing_count;  // the tasks-fencing record
  bool pending_fencing = false;
  std::optional<int> task_generation;  // counts applied commits, from 0; of this process only
};

struct ClusterConfig {
  int64_t offset = -1;  // of the last record that was understood + 1; workers compare it
  std::optional<SessionKey> session_key;
  std::map<std::string, std::shared_ptr<const ConnectorEntry>, std::less<>> entries;

  bool Contains(std::string_view connector) const { return Config(connector) != nullptr; }
  std::vector<std::string> Connectors() const;  // sorted
  // nullptr: no such connector.
  std::shared_ptr<const config::ConfigMap> Config(std::string_view connector) const;
  std::shared_ptr<const config::ConfigMap> AppliedConfig(std::string_view connector) const;
  TargetState Target(std::string_view connector) const;  // kStarted if nothing is known
  // How many tasks the last commit wrote; 0 if there was none.
  int TaskCount(std::string_view connector) const;
  // 0..n-1; none while the connector is inconsistent.
  std::vector<TaskId> Tasks(std::string_view connector) const;
  std::shared_ptr<const config::ConfigMap> TaskConfig(const TaskId& task) const;
  // All listed task configurations, by number.
  std::vector<std::shared_ptr<const config::ConfigMap>> TaskConfigs(
      std::string_view connector) const;
  bool Inconsistent(std::string_view connector) const;
  bool PendingFencing(std::string_view connector) const;
  std::optional<int> FencingCount(std::string_view connector) const;
  std::optional<int> TaskGeneration(std::string_view connector) const;

  // The entry, also one without a configuration; nullptr: nothing at all is known.
  const ConnectorEntry* Find(std::string_view connector) const;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_CLUSTER_CONFIG_H_
