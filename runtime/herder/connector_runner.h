// One connector on this worker: its plugin instance and the state machine around it (the peer's
// WorkerConnector). The herder makes one for each configuration of a connector that is its own,
// tells it the target state, and closes it before it makes the next.
//
// All methods and all callbacks are on the herder's thread. The plugin's calls run in the connector
// pool; what they use is shared with them, so that an abandoned call may outlive the runner.
#ifndef SLUICE_RUNTIME_HERDER_CONNECTOR_RUNNER_H_
#define SLUICE_RUNTIME_HERDER_CONNECTOR_RUNNER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/config/provider.h"
#include "runtime/config/worker_config.h"
#include "runtime/herder/connector_pool.h"
#include "runtime/herder/plugins.h"
#include "runtime/herder/tick_loop.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/offset_store.h"
#include "runtime/storage/status_store.h"

namespace sluice::herder {

// What all runners of a worker share; outlives them and their calls.
struct RunnerParts {
  TickLoop* loop;
  ConnectorCalls* calls;
  Plugins* plugins;
  storage::OffsetStore* offsets;  // the worker's
  const config::WorkerConfig* worker;
  std::shared_ptr<const config::ConfigProviders> providers;
  metrics::Registry* registry = nullptr;  // of the plugins' metrics; may be null
  milliseconds call_timeout{60'000};      // start, task configs
  milliseconds stop_timeout{5'000};
};

class RunnerListener {
 public:
  virtual ~RunnerListener() = default;
  // `trace` of a failure. `version` is empty when it is not known.
  virtual void OnConnectorState(const std::string& name, storage::State state, std::string trace,
                                std::optional<std::string> version) = 0;
  // It runs (after a start or a resume), or asked for it: its task configs may have changed.
  virtual void OnReconfiguration(const std::string& name) = 0;
};

// What a connector wants to run.
struct TaskPlan {
  std::vector<config::ConfigMap> configs;  // as they are to be stored: raw variables put back
  bool settings_changed = false;           // since `applied`, after variables were resolved
};

class ConnectorRunner {
 public:
  using Config = std::shared_ptr<const config::ConfigMap>;

  ConnectorRunner(const RunnerParts& parts, std::string name, Config raw, RunnerListener& listener);
  ~ConnectorRunner();  // news of calls under way is dropped; Close first, to stop the plugin
  ConnectorRunner(const ConnectorRunner&) = delete;
  ConnectorRunner& operator=(const ConnectorRunner&) = delete;

  const Config& config() const { return raw_; }
  // Starts, pauses, resumes or stops it. A newer target replaces one that is not reached yet. A
  // failed one can only be stopped.
  void SetTarget(storage::TargetState target);
  bool running() const { return phase_ == Phase::kRunning && !closing_; }
  bool settled() const { return !busy_; }             // nothing under way
  const Status& failure() const { return failure_; }  // OK unless it is FAILED
  // The class, once it is known; else empty.
  const metrics::WorkerMetrics::Connector& shown() const { return shown_; }
  // It is broken, says the herder or the connector itself: FAILED. Its tasks go on.
  void Fail(const Status& error);
  // Shows or clears an error of something that is tried again and again; FAILED meanwhile.
  void ShowTrouble(const Status& error);

  // Asks the running connector for its tasks' configurations. The errors are the plugin's, or
  // kFailedPrecondition for more than tasks.max: then the connector has FAILED.
  void TaskConfigs(Config applied, std::function<void(StatusOr<TaskPlan>)> done);

  // Stops the plugin if it was started, and says so. A call that is under way is asked to end, and
  // left behind if it does not within the stop time-out; the plugin's stop gets as long.
  void Close(std::function<void()> done);

 private:
  enum class Phase { kNew, kRunning, kPaused, kStopped, kFailed };
  class Instance;  // the plugin and its host
  struct Token;    // what closures that may come late hold instead of `this`

  void Advance();
  void Resolve();
  void StartPlugin();
  void StopPlugin(Phase then);
  void Enter(Phase phase, const Status& error = OkStatus());
  void FinishClose();
  void GiveUp();
  // Runs `work` in the pool, then `done` on the herder's thread if the runner still lives.
  void Call(std::string what, milliseconds deadline, std::function<void()> work,
            std::function<void(Status)> done);

  const RunnerParts parts_;
  const std::string name_;
  const Config raw_;
  RunnerListener& listener_;
  const std::shared_ptr<Token> token_;
  const std::string lane_;  // its calls never overlap; those of its predecessor may still hang

  std::shared_ptr<Instance> instance_;  // there once the class is known
  Phase phase_ = Phase::kNew;
  std::optional<storage::TargetState> wanted_;
  bool busy_ = false;                 // a call that changes the phase is under way
  int64_t calls_ = 0, returned_ = 0;  // so far; in their lane, so in order
  bool started_ = false;  // the plugin's Start has succeeded and Stop has not been called
  bool closing_ = false;
  std::function<void()> closed_;
  Status failure_;
  bool trouble_ = false;
  bool tainted_ = false;                // the plugin's instance has failed
  std::optional<std::string> version_;  // of the class, once it is known
  metrics::WorkerMetrics::Connector shown_;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_CONNECTOR_RUNNER_H_
