// The herder: keeps what runs on this worker in line with the config topic, and answers REST. The
// same class serves standalone mode, over stores in memory.
//
// It is level-triggered: whatever happens (a record in the config topic, a task that ended, a call
// that returned), Reconcile compares the configuration's snapshot with what runs and moves it one
// step nearer. Nothing is ever assumed to have been seen before, so a restart after kill -9 is the
// same as any other step.
//
// State is touched on the herder's thread only (tick_loop.h). Requests may come from any thread
// from the beginning; they wait until Open.
#ifndef SLUICE_RUNTIME_HERDER_DISTRIBUTED_HERDER_H_
#define SLUICE_RUNTIME_HERDER_DISTRIBUTED_HERDER_H_

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/stage.h"
#include "runtime/cluster/membership.h"
#include "runtime/config/worker_config.h"
#include "runtime/herder/connector_offsets.h"
#include "runtime/herder/connector_pool.h"
#include "runtime/herder/connector_runner.h"
#include "runtime/herder/herder.h"
#include "runtime/herder/local_tasks.h"
#include "runtime/herder/peers.h"
#include "runtime/herder/plugins.h"
#include "runtime/herder/status_writer.h"
#include "runtime/herder/tick_loop.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/window.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/storage/config_store.h"
#include "runtime/storage/offset_store.h"
#include "runtime/storage/status_store.h"
#include "runtime/task/supervisor.h"

namespace sluice::herder {

struct HerderOptions {
  const config::WorkerConfig* worker = nullptr;
  std::string worker_id;    // advertised host:port
  bool standalone = false;  // create and PUT config answer once all has started
  std::string version;      // of the built-in plugins
  storage::ConfigStore* config = nullptr;
  storage::OffsetStore* offsets = nullptr;
  storage::StatusStore* status = nullptr;
  Plugins* plugins = nullptr;
  ConnectorCalls* calls = nullptr;
  // Where offsets are read and changed, which waits for brokers; nullptr: with the other calls.
  ConnectorCalls* offset_calls = nullptr;
  std::function<StatusOr<std::unique_ptr<kafka::Admin>>(const config::ClientProperties&)>
      make_admin;                         // empty: real ones
  metrics::Registry* registry = nullptr;  // both null, or both set
  metrics::WorkerMetrics* metrics = nullptr;
  Clock* clock = &Clock::System();
  Peers* peers = nullptr;  // null: a worker alone
  // Called by Stop when nothing runs any more and before it leaves the group; may be empty.
  std::function<void()> on_leave;
  std::function<void()> on_tick;  // every second, on the herder's thread; may be empty
};

struct OpenOptions {
  bool ready = true;   // false: /health answers `starting` until SetReady
  bool thread = true;  // false: a test calls RunPending
};

class DistributedHerder : public Herder,
                          public storage::ConfigListener,
                          private cluster::MembershipHost,
                          private RunnerListener,
                          private TasksListener {
 public:
  // Everything in `options` outlives it.
  explicit DistributedHerder(HerderOptions options);
  ~DistributedHerder() override;

  // For the supervisor; its news is taken from Open on.
  task::TaskListener& task_listener() { return tasks_; }
  void SetServer(ServerInfo info);  // before requests come

  // Once, after the stores have been started: joins the group and begins to run things. The
  // supervisor outlives Stop.
  void Open(std::unique_ptr<cluster::Membership> membership, task::Supervisor& supervisor,
            OpenOptions options = {});
  void SetReady() { ready_ = true; }  // any thread
  void RunPending() { loop_.RunPending(); }
  // Connectors, tasks, last statuses, the group; requests that wait fail. Blocks for about the
  // connectors' 5 s and the tasks' graceful time-out at most. Idempotent.
  void Stop();

  // Herder
  ServerInfo Server() const override;
  std::string Stage() const override { return loop_.Stage(); }
  bool Ready() const override { return ready_; }
  void CheckHealth(Callback<Health> done) override;
  void Connectors(Callback<std::vector<std::string>> done) override;
  void Expanded(bool status, bool info,
                Callback<std::map<std::string, ExpandedConnector>> done) override;
  void Create(CreateRequest request, Callback<ConnectorInfo> done) override;
  void Info(std::string name, Callback<ConnectorInfo> done) override;
  void Config(std::string name, Callback<config::ConfigMap> done) override;
  void PutConfig(std::string name, SubmittedConfig config, Callback<PutResult> done) override;
  void PatchConfig(std::string name, ConfigPatch patch, Callback<ConnectorInfo> done) override;
  void Delete(std::string name, Done done) override;
  void ConnectorState(std::string name, Callback<ConnectorStatus> done) override;
  void Tasks(std::string name, Callback<std::vector<TaskInfo>> done) override;
  void TaskState(std::string name, int task, Callback<PartState> done) override;
  void Pause(std::string name, Done done) override;
  void Resume(std::string name, Done done) override;
  void Stop(std::string name, Done done) override;
  void RestartConnector(std::string name, Done done) override;
  void Restart(RestartRequest request, Callback<ConnectorStatus> done) override;
  void RestartTask(std::string name, int task, Done done) override;
  void PutTaskConfigs(std::string name, std::vector<config::ConfigMap> tasks, SignedRequest request,
                      Done done) override;
  void FenceZombies(std::string name, SignedRequest request, Done done) override;
  void ActiveTopics(std::string name, Callback<std::vector<std::string>> done) override;
  void ResetActiveTopics(std::string name, Done done) override;
  void Plugins(bool connectors_only, Callback<std::vector<PluginInfo>> done) override;
  void PluginConfig(std::string plugin, std::string version,
                    Callback<std::vector<config::ConfigKey>> done) override;
  void Validate(SubmittedConfig config, Callback<config::ConfigInfos> done) override;
  void Offsets(std::string name, Callback<std::vector<ConnectorOffset>> done) override;
  void AlterOffsets(std::string name, std::vector<ConnectorOffset> offsets,
                    Callback<std::string> done) override;
  void ResetOffsets(std::string name, Callback<std::string> done) override;
  void SetClusterLoggerLevel(std::string logger, std::string level, Done done) override;

  // storage::ConfigListener
  void OnConnectorConfig(const std::string& connector) override;
  void OnConnectorRemoved(const std::string& connector) override;
  void OnTaskConfigs(const std::vector<storage::TaskId>& tasks) override;
  void OnTargetState(const std::string& connector) override;
  void OnSessionKey(const storage::SessionKey& key) override;
  void OnRestart(const storage::RestartRequest& request) override;
  void OnLoggerLevel(const std::string& logger, const std::string& level) override;

 private:
  struct Running {
    std::unique_ptr<ConnectorRunner> runner;
    storage::TargetState target = storage::TargetState::kStarted;
    bool closing = false;
  };
  // The task configs of one connector, on their way from the plugin to the config topic.
  struct Reconfiguration {
    bool busy = false;
    bool again = false;
    bool retry_planned = false;
    milliseconds backoff{0};  // before the next try; 0: the last one succeeded
  };
  struct Waiter {
    bool tasks_too;  // until its tasks are configured, not only until it runs
    Done done;
    std::shared_ptr<sluice::Stage> stage;  // of the request; may be null
  };
  struct GroupWaiter {
    TimePoint deadline;
    std::function<void(Status)> body;
    std::shared_ptr<sluice::Stage> stage;  // of the request; may be null
  };
  using Snapshot = std::shared_ptr<const storage::ClusterConfig>;
  using Operation = std::function<void(std::function<void()> finish)>;

  // reconcile: distributed_herder.cc
  void ScheduleReconcile();
  void Reconcile();
  void ReconcileConnectors(const storage::ClusterConfig& config, const cluster::Parts& mine);
  WantedTasks WantedNow(const storage::ClusterConfig& config, const cluster::Parts& mine) const;
  void Show(const std::string& name, storage::State state);  // to the metrics
  void CloseRunner(const std::string& name);
  void RunnerClosed(const std::string& name);
  void CleanIfGone(const std::string& name);
  bool Settled(const cluster::Parts& mine) const;
  void Tick();
  void CloseAll();

  // cluster::MembershipHost: group.cc
  void PostMembership(milliseconds delay, std::function<void()> work) override;
  void OnMembershipChanged() override;
  void ShowGroup(bool rebalancing);  // to the metrics
  // Runs `body` when no change of the group is under way, with OK on the leader, on others with
  // what tells REST where to go; with a conflict if the change takes longer than to `deadline`,
  // which is AgreeBy() of when the request came.
  void WhenAgreed(TimePoint deadline, std::function<void(Status)> body);
  TimePoint AgreeBy() const;
  void ServeAgreed();
  Status CheckLeader() const;
  // Where the owner of the connector, or of one of its tasks, is asked: by the leader itself, by
  // others the leader. If it has none, why.
  Status AskOwner(const std::string& connector, const std::optional<std::string>& owner_url) const;

  // RunnerListener, TasksListener
  void OnConnectorState(const std::string& name, storage::State state, std::string trace,
                        std::optional<std::string> version) override;
  void OnReconfiguration(const std::string& name) override;
  void OnTaskState(const storage::TaskId& task, storage::State state, std::string trace,
                   std::optional<std::string> version) override;
  void OnTaskTopic(const storage::TaskId& task, const std::string& topic) override;
  void OnTaskGone(const storage::TaskId& task) override;
  void OnTasksStopped() override;

  // task configs: reconfigure.cc
  void Reconfigure(const std::string& name);
  void ReconfigureSoon(const std::string& name);  // whose tasks were lost
  void TakePlan(const std::string& name, StatusOr<TaskPlan> plan);
  void WriteTaskConfigs(const std::string& name, const std::vector<config::ConfigMap>& tasks,
                        std::function<void(Status)> then);
  void ForwardTaskConfigs(const std::string& leader_url, const std::string& name,
                          const std::vector<config::ConfigMap>& tasks,
                          std::function<void(Status)> then);
  void Reconfigured(const std::string& name, const Status& status, bool shown = true);
  bool MayReconfigure(const std::string& name) const;

  // writes: herder_writes.cc
  void Checked(SubmittedConfig config, std::function<void(Status)> then);
  void Write(const std::string& name, SubmittedConfig config,
             std::optional<storage::TargetState> initial, bool must_be_new, TimePoint agree_by,
             Callback<PutResult> done);
  void WriteConfig(const std::string& name, const config::ConfigMap& values,
                   std::optional<storage::TargetState> initial, const std::function<void()>& finish,
                   const Callback<PutResult>& done);
  void PutTarget(const std::string& name, storage::TargetState state, Done done);
  // One privileged change of a connector after the other. Error: too many wait already, and
  // `operation` is not run.
  [[nodiscard]] Status Serially(const std::string& name, Operation operation);
  void NextOperation(const std::string& name);
  // What the worker does, and does for the request of this scope; the answer ends both.
  std::function<void()> BeginStage(std::string description);

  // offsets: herder_offsets.cc
  using OffsetsWork = std::function<StatusOr<std::string>(ConnectorOffsets&)>;
  std::shared_ptr<ConnectorOffsets> OffsetsOf(const std::string& name, TimePoint deadline) const;
  template <typename T>
  void WithOffsets(const std::string& connector, std::string what,
                   std::shared_ptr<ConnectorOffsets> offsets,
                   std::function<StatusOr<T>(ConnectorOffsets&)> work, Callback<T> done);
  Status MayModifyOffsets(const std::string& name) const;
  void WhenTasksAreGone(const std::string& name, TimePoint deadline, std::function<void()> then);
  void ModifyOffsets(std::string name, OffsetsWork work, Callback<std::string> done);
  // other workers: herder_internal.cc
  bool Sessioned() const;  // requests between workers are signed
  Status CheckInternal(const std::string& name, const SignedRequest& request);
  Status CheckTaskConfigs(const std::string& name, const std::vector<config::ConfigMap>& tasks,
                          const SignedRequest& request);
  void RenewSessionKey();
  // A request to another worker, with the signature that it will ask for.
  StatusOr<SignedRequest> Signed(std::string body) const;

  // restarts: herder_restarts.cc
  void TakeRestart(const storage::RestartRequest& request);
  void ApplyRestart(const storage::RestartRequest& request);
  void Await(const std::string& name, bool tasks_too, Done done);
  void Tell(const std::string& name, const Status& status, bool tasks_too);

  // Runs `body` on the herder's thread with the callback, or fails the request.
  template <typename T>
  void Ask(std::function<void(T)> done, std::function<void(std::function<void(T)>)> body);
  // Runs `work` in the pool, for plugin code, and hands its result to `done` on a pool thread.
  template <typename T>
  void InPool(std::string what, std::function<StatusOr<T>()> work, Callback<T> done);

  Snapshot Now() const { return options_.config->Snapshot(); }

  const HerderOptions options_;
  TickLoop loop_;
  std::atomic<bool> ready_{false};
  bool threaded_ = true;  // set by Open

  // Herder's thread only
  std::unique_ptr<cluster::Membership> membership_;
  std::optional<StatusWriter> statuses_;
  task::Supervisor* supervisor_ = nullptr;
  const RunnerParts runner_parts_;
  LocalTasks tasks_;
  std::map<std::string, Running> runners_;
  std::map<std::string, Reconfiguration> reconfigurations_;
  std::map<std::string, std::deque<Operation>> operations_;
  std::map<std::string, std::vector<Waiter>> waiters_;
  std::deque<GroupWaiter> group_waiters_;
  int cleaned_generation_ = -1;  // of the group, when this leader last cleaned the statuses
  std::map<std::string, storage::RestartRequest> restarts_;  // pending; by connector
  std::set<std::string> restarting_;  // connectors: RESTARTING when their runner has closed
  bool ready_when_agreed_ = false;
  bool key_under_way_ = false;
  bool reconcile_planned_ = false;
  bool shutting_down_ = false;

  mutable Mutex mutex_;
  CondVar closed_;
  ServerInfo server_ ABSL_GUARDED_BY(mutex_);
  bool opened_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool all_closed_ ABSL_GUARDED_BY(mutex_) = false;
};

template <typename T>
void DistributedHerder::Ask(std::function<void(T)> done,
                            std::function<void(std::function<void(T)>)> body) {
  const bool posted =
      loop_.PostRequest([this, done, body = std::move(body), stage = StageScope::Current()] {
        const StageScope scope(stage);
        if (shutting_down_) return done(T(ConnectError("Worker is shutting down")));
        body(done);
      });
  if (!posted) {
    done(T(ExceptionError(absl::StatusCode::kResourceExhausted, kConnectException,
                          "Worker is shutting down, or too many requests wait already")));
  }
}

template <typename T>
void DistributedHerder::InPool(std::string what, std::function<StatusOr<T>()> work,
                               Callback<T> done) {
  auto result = std::make_shared<StatusOr<T>>();
  ConnectorCall call;
  call.what = std::move(what);
  call.deadline = milliseconds(90'000);
  call.work = [result, work = std::move(work), stage = StageScope::Current()] {
    const StageScope scope(stage);
    *result = work();
    StageScope::End();
  };
  call.done = [result, done = std::move(done)](const Status& status) {
    status.ok() ? done(std::move(*result)) : done(status);
  };
  options_.calls->Run(std::move(call));
}

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_DISTRIBUTED_HERDER_H_
