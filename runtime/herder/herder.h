// What may be asked of a worker: one method for each REST call. Implemented by the distributed and
// the standalone herder. Every method may be called from any thread, returns at once, and calls
// back exactly once, from the herder's thread or a pool; the caller sets its own deadline and must
// cope with an answer that comes too late.
//
// Errors carry what REST needs: NotFoundError 404, AlreadyExistsError and ConflictError 409,
// BadRequestError 400, others 500; texts are the peer's. OtherWorkerError: ask there.
#ifndef SLUICE_RUNTIME_HERDER_HERDER_H_
#define SLUICE_RUNTIME_HERDER_HERDER_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"

namespace sluice::herder {

template <typename T>
using Callback = std::function<void(StatusOr<T>)>;
using Done = std::function<void(Status)>;

struct TaskRef {
  std::string connector;
  int task;
};
struct ConnectorInfo {
  std::string name;
  config::ConfigMap config;  // raw, as submitted
  std::vector<TaskRef> tasks;
  std::string type;  // source, sink, unknown
};
struct PartState {  // of a connector or a task
  std::string state;
  std::string worker_id;
  std::optional<std::string> version;  // nothing: JSON null; "undefined": left out
  std::string trace;                   // empty: left out
};
struct ConnectorStatus {
  std::string name;
  PartState connector;
  std::vector<std::pair<int, PartState>> tasks;  // by id
  std::string type;
};
struct TaskInfo {
  TaskRef id;
  config::ConfigMap config;
};
struct ExpandedConnector {
  std::optional<ConnectorStatus> status;  // set when asked for
  std::optional<ConnectorInfo> info;
};
struct PluginInfo {
  std::string class_name;
  std::string type;  // sink, source, converter, header_converter, transformation, predicate
  std::string version;
};
struct ServerInfo {
  std::string version;
  std::string commit;
  std::string kafka_cluster_id;
};
struct Health {
  enum class State { kHealthy, kStarting, kUnhealthy } state;
  std::string message;
};
// A connector's configuration as a client sent it.
struct SubmittedConfig {
  config::ConfigMap values;
  std::set<std::string, std::less<>> null_keys;  // given as JSON null, which is an error to report
};
struct CreateRequest {
  std::string name;
  SubmittedConfig config;
  std::optional<std::string> initial_state;  // RUNNING, PAUSED, STOPPED
};
struct PutResult {
  bool created;
  ConnectorInfo info;
};
struct RestartRequest {
  std::string connector;
  bool include_tasks = false;
  bool only_failed = false;
};
// One partition of a connector and its offset, each a JSON object or `null`. A sink's are
// {"kafka_partition":0,"kafka_topic":"t"} and {"kafka_offset":1}, a source's whatever it stores.
struct ConnectorOffset {
  std::string partition;
  std::string offset;
};
// A request of another worker's as it came: what its signature is checked against.
struct SignedRequest {
  std::string body;
  std::optional<std::string> signature, algorithm;  // as their headers say
};
// A PATCH of a configuration: nothing removes the key.
using ConfigPatch = std::vector<std::pair<std::string, std::optional<std::string>>>;

// Another worker of the group must do this, the leader or the one that runs the connector or task:
// `url` is its REST API's, with a slash at its end. To who cannot ask it, a 409.
Status OtherWorkerError(std::string_view url);
// The URL of such an error; nothing for others.
std::optional<std::string> OtherWorker(const Status& status);

class Herder {
 public:
  virtual ~Herder() = default;

  virtual ServerInfo Server() const = 0;  // at once
  // One sentence on what the herder's thread does, or did last; for answers to requests that timed
  // out. At once.
  virtual std::string Stage() const = 0;
  virtual bool Ready() const = 0;  // it has been ready to serve once. At once.
  // Answers when the herder's thread gets to it and has read the config topic to its end, which
  // shows that both are alive.
  virtual void CheckHealth(Callback<Health> done) = 0;

  virtual void Connectors(Callback<std::vector<std::string>> done) = 0;
  virtual void Expanded(bool status, bool info,
                        Callback<std::map<std::string, ExpandedConnector>> done) = 0;
  virtual void Create(CreateRequest request, Callback<ConnectorInfo> done) = 0;
  virtual void Info(std::string name, Callback<ConnectorInfo> done) = 0;
  virtual void Config(std::string name, Callback<config::ConfigMap> done) = 0;
  virtual void PutConfig(std::string name, SubmittedConfig config, Callback<PutResult> done) = 0;
  virtual void PatchConfig(std::string name, ConfigPatch patch, Callback<ConnectorInfo> done) = 0;
  virtual void Delete(std::string name, Done done) = 0;

  virtual void ConnectorState(std::string name, Callback<ConnectorStatus> done) = 0;
  virtual void Tasks(std::string name, Callback<std::vector<TaskInfo>> done) = 0;
  virtual void TaskState(std::string name, int task, Callback<PartState> done) = 0;

  virtual void Pause(std::string name, Done done) = 0;
  virtual void Resume(std::string name, Done done) = 0;
  virtual void Stop(std::string name, Done done) = 0;
  virtual void RestartConnector(std::string name, Done done) = 0;
  // With flags: answers the status with everything selected as RESTARTING.
  virtual void Restart(RestartRequest request, Callback<ConnectorStatus> done) = 0;
  virtual void RestartTask(std::string name, int task, Done done) = 0;

  // From another worker of the group, to its leader. Refused without a good signature (KIP-507).
  virtual void PutTaskConfigs(std::string name, std::vector<config::ConfigMap> tasks,
                              SignedRequest request, Done done) = 0;
  virtual void FenceZombies(std::string name, SignedRequest request, Done done) = 0;

  virtual void ActiveTopics(std::string name, Callback<std::vector<std::string>> done) = 0;
  virtual void ResetActiveTopics(std::string name, Done done) = 0;

  // KIP-875. Changing them needs a connector that is stopped and has no tasks, and answers what to
  // tell the client. A null offset removes that partition's; Reset removes all.
  virtual void Offsets(std::string name, Callback<std::vector<ConnectorOffset>> done) = 0;
  virtual void AlterOffsets(std::string name, std::vector<ConnectorOffset> offsets,
                            Callback<std::string> done) = 0;
  virtual void ResetOffsets(std::string name, Callback<std::string> done) = 0;

  virtual void Plugins(bool connectors_only, Callback<std::vector<PluginInfo>> done) = 0;
  virtual void PluginConfig(std::string plugin, std::string version,
                            Callback<std::vector<config::ConfigKey>> done) = 0;
  // `config` names its connector.class itself.
  virtual void Validate(SubmittedConfig config, Callback<config::ConfigInfos> done) = 0;

  // Every worker of the cluster, this one too, is to log `logger` and all below it at `level`
  // (KIP-976). The level has been checked (base/loggers.h).
  virtual void SetClusterLoggerLevel(std::string logger, std::string level, Done done) = 0;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_HERDER_H_
