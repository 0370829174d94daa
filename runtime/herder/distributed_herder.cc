#include "runtime/herder/distributed_herder.h"

#include <algorithm>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/loggers.h"
#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

using storage::State;
using storage::TaskId;

constexpr milliseconds kTick{1000};
constexpr milliseconds kConnectorStop{5000};

RunnerParts MakeRunnerParts(const HerderOptions& options, TickLoop& loop) {
  RunnerParts parts;
  parts.loop = &loop;
  parts.calls = options.calls;
  parts.plugins = options.plugins;
  parts.offsets = options.offsets;
  parts.worker = options.worker;
  parts.providers = options.worker->providers;
  parts.registry = options.registry;
  parts.stop_timeout = kConnectorStop;
  return parts;
}

metrics::WindowConfig WindowOf(const config::WorkerConfig& worker) {
  return {worker.metrics_sample_window.count(), worker.metrics_num_samples};
}

}  // namespace

DistributedHerder::DistributedHerder(HerderOptions options)
    : options_(std::move(options)),
      loop_(*options_.clock),
      runner_parts_(MakeRunnerParts(options_, loop_)),
      tasks_({.loop = &loop_,
              .calls = options_.calls,
              .plugins = options_.plugins,
              .providers = options_.worker->providers,
              .registry = options_.registry,
              .metrics = options_.metrics,
              .clock = options_.clock,
              .window = WindowOf(*options_.worker)},
             *this) {
  loop_.SetStage("awaiting startup");
}

DistributedHerder::~DistributedHerder() {
  Stop();
  loop_.Stop();
}

void DistributedHerder::SetServer(ServerInfo info) {
  MutexLock lock(mutex_);
  server_ = std::move(info);
}
ServerInfo DistributedHerder::Server() const {
  MutexLock lock(mutex_);
  return server_;
}

void DistributedHerder::Open(std::unique_ptr<cluster::Membership> membership,
                             task::Supervisor& supervisor, OpenOptions options) {
  threaded_ = options.thread;
  membership_ = std::move(membership);
  supervisor_ = &supervisor;
  tasks_.SetSupervisor(supervisor);
  statuses_.emplace(*options_.status, *membership_, options_.worker_id, *options_.clock);
  {
    MutexLock lock(mutex_);
    opened_ = true;
  }
  loop_.EndStage();
  loop_.Post([this, ready = options.ready] {
    ready_when_agreed_ = ready;
    membership_->Join(*this);
    OnMembershipChanged();
    Tick();
  });
  if (options.thread) loop_.Start();
}

void DistributedHerder::Tick() {
  if (shutting_down_) return;
  if (options_.on_tick) options_.on_tick();
  RenewSessionKey();
  loop_.PostAfter(kTick, [this] { Tick(); });
}

void DistributedHerder::Stop() {
  bool opened = false;
  {
    MutexLock lock(mutex_);
    if (std::exchange(stopped_, true)) return;
    opened = opened_;
  }
  if (opened) {
    loop_.SetStage("shutting down");
    loop_.Post([this] { CloseAll(); });
    supervisor_->StopAll();
    if (!threaded_) loop_.RunPending();
    const TimePoint deadline = std::chrono::steady_clock::now() + kConnectorStop;
    MutexLock lock(mutex_);
    while (threaded_ && !all_closed_ && closed_.WaitUntil(mutex_, deadline)) {
    }
  }
  if (opened) {
    loop_.Post([this] {  // those that hang: their own later news is not heard any more
      for (const auto& [name, running] : runners_) {
        LogWarn("herder", "Connector ", name, " did not stop within 5 s and is abandoned");
        statuses_->Connector(name, State::kUnassigned, {}, std::nullopt);
      }
    });
  }
  if (opened && !threaded_) loop_.RunPending();
  loop_.Stop();
  if (!opened) return;
  if (options_.on_leave) options_.on_leave();
  const Status flushed = options_.status->Flush(milliseconds(2000));
  if (!flushed.ok()) LogWarn("herder", "The last statuses were not written: ", Message(flushed));
  membership_->Leave();
}

void DistributedHerder::CloseAll() {
  shutting_down_ = true;
  tasks_.ShutDown();
  for (const GroupWaiter& waiter : std::exchange(group_waiters_, {})) {
    waiter.body(ConnectError("Worker is shutting down"));
  }
  for (auto& [name, waiters] : waiters_) {
    for (const Waiter& waiter : waiters) waiter.done(ConnectError("Worker is shutting down"));
  }
  waiters_.clear();
  std::vector<std::string> names;
  for (const auto& [name, running] : runners_) names.push_back(name);
  for (const std::string& name : names) CloseRunner(name);
  if (!runners_.empty()) return;
  MutexLock lock(mutex_);
  all_closed_ = true;
  closed_.NotifyAll();
}

void DistributedHerder::ScheduleReconcile() {
  if (std::exchange(reconcile_planned_, true)) return;
  loop_.Post([this] { Reconcile(); });
}

void DistributedHerder::Reconcile() {
  reconcile_planned_ = false;
  if (shutting_down_) return;
  const Snapshot config = Now();
  const cluster::Parts mine = membership_->Assigned(*config);
  if (options_.metrics != nullptr) {
    options_.metrics->SetAssigned(mine.connectors.size(), mine.tasks.size());
  }
  ShowGroup(membership_->Rebalancing(*Now()));
  ReconcileConnectors(*config, mine);
  tasks_.Reconcile(WantedNow(*config, mine));
  membership_->Reconciled(*config, Settled(mine));
  ServeAgreed();
}

bool DistributedHerder::Settled(const cluster::Parts& mine) const {
  return tasks_.Settled() && std::all_of(runners_.begin(), runners_.end(), [&](const auto& entry) {
           return mine.connectors.contains(entry.first);
         });
}

void DistributedHerder::ReconcileConnectors(const storage::ClusterConfig& config,
                                            const cluster::Parts& mine) {
  for (auto& [name, running] : runners_) {
    if (running.closing) continue;
    // The pointer, not the text: a configuration that was written again restarts its connector.
    if (!mine.connectors.contains(name) || running.runner->config() != config.Config(name)) {
      LogDebug("herder", "Closing connector ", name, ": it is ",
               mine.connectors.contains(name) ? "reconfigured" : "not this worker's any more");
      CloseRunner(name);
      continue;
    }
    if (config.Inconsistent(name)) ReconfigureSoon(name);
    const storage::TargetState target = config.Target(name);
    if (target == running.target) continue;
    running.target = target;
    LogDebug("herder", "Connector ", name, " is to be ", storage::TargetStateName(target));
    running.runner->SetTarget(target);
  }
  for (const std::string& name : mine.connectors) {
    if (runners_.contains(name)) continue;
    Running& running = runners_[name];
    running.target = config.Target(name);
    if (options_.metrics != nullptr) options_.metrics->AddConnector(name);
    running.runner = std::make_unique<ConnectorRunner>(runner_parts_, name, config.Config(name),
                                                       static_cast<RunnerListener&>(*this));
    running.runner->SetTarget(running.target);
  }
}

WantedTasks DistributedHerder::WantedNow(const storage::ClusterConfig& config,
                                         const cluster::Parts& mine) const {
  WantedTasks wanted;
  for (const TaskId& id : mine.tasks) {
    const storage::TargetState target = config.Target(id.connector);
    auto task_config = config.TaskConfig(id);
    auto connector_config = config.Config(id.connector);
    if (target == storage::TargetState::kStopped || task_config == nullptr ||
        connector_config == nullptr) {
      continue;
    }
    wanted[id] = {.connector_config = std::move(connector_config),
                  .task_config = std::move(task_config),
                  .generation = config.TaskGeneration(id.connector),
                  .task_count = config.TaskCount(id.connector),
                  .paused = target == storage::TargetState::kPaused};
  }
  return wanted;
}

void DistributedHerder::CloseRunner(const std::string& name) {
  const auto it = runners_.find(name);
  if (it == runners_.end() || std::exchange(it->second.closing, true)) return;
  // Posted: whoever closes may be in the middle of the map, and the runner of this call.
  it->second.runner->Close([this, name] { loop_.Post([this, name] { RunnerClosed(name); }); });
}

void DistributedHerder::RunnerClosed(const std::string& name) {
  runners_.erase(name);
  if (options_.metrics != nullptr) options_.metrics->RemoveConnector(name);
  reconfigurations_.erase(name);
  const bool restarting = restarting_.erase(name) != 0;
  if (restarting && membership_->Assigned(*Now()).connectors.contains(name)) {
    statuses_->Connector(name, State::kRestarting, {}, std::nullopt);
  } else if (restarting && Now()->Contains(name)) {  // it has moved to another worker meanwhile
    Tell(name, AskOwner(name, membership_->OwnerUrl(name)), true);
  }
  if (const auto waiting = waiters_.find(name); waiting != waiters_.end()) {
    for (const Waiter& waiter : waiting->second) {
      if (waiter.stage != nullptr) waiter.stage->Begin("starting the connector");
    }
  }
  CleanIfGone(name);
  if (!shutting_down_) return ScheduleReconcile();
  if (!runners_.empty()) return;
  MutexLock lock(mutex_);
  all_closed_ = true;
  closed_.NotifyAll();
}

// The last trace of a connector that was deleted, once nothing of it runs here.
void DistributedHerder::CleanIfGone(const std::string& name) {
  if (shutting_down_ || runners_.contains(name) || Now()->Contains(name)) return;
  if (tasks_.HasAnyOf(name)) return;
  Tell(name, NotFoundError(StrCat("Connector ", name, " not found")), true);
  membership_->IsLeader() ? statuses_->RemoveConnector(name) : statuses_->RemoveTopics(name);
}

void DistributedHerder::OnConnectorState(const std::string& name, State state, std::string trace,
                                         std::optional<std::string> version) {
  Show(name, state);
  if (!Now()->Contains(name)) return;  // deleted: nobody shall see it again
  const bool failed = state == State::kFailed;
  const auto it = runners_.find(name);
  const Status failure = failed && it != runners_.end() ? it->second.runner->failure() : OkStatus();
  if (!failed) LogInfo("herder", "Connector ", name, " is ", storage::StateName(state));
  statuses_->Connector(name, state, std::move(trace), std::move(version));
  if (!failure.ok()) {
    Tell(name,
         WrapConnect(failure, StrCat("Failed to start connector: ", name, ": ", Message(failure))),
         true);
  } else if (state == State::kRunning) {
    Tell(name, OkStatus(), false);
  } else if (state == State::kPaused || state == State::kStopped) {
    Tell(name, OkStatus(), true);
  }
}

void DistributedHerder::Show(const std::string& name, State state) {
  const auto it = runners_.find(name);
  if (options_.metrics == nullptr || it == runners_.end()) return;
  options_.metrics->SetConnector(name, ToLower(storage::StateName(state)),
                                 it->second.runner->shown());
}

void DistributedHerder::OnReconfiguration(const std::string& name) { Reconfigure(name); }

void DistributedHerder::OnTaskState(const TaskId& task, State state, std::string trace,
                                    std::optional<std::string> version) {
  if (!Now()->Contains(task.connector)) return;
  LogInfo("herder", "Task ", task.ToString(), " is ", storage::StateName(state));
  statuses_->Task(task, state, std::move(trace), std::move(version));
}

void DistributedHerder::OnTaskTopic(const TaskId& task, const std::string& topic) {
  if (!options_.worker->topic_tracking_enable || !Now()->Contains(task.connector)) return;
  statuses_->Topic(task, topic);
}

void DistributedHerder::OnTaskGone(const TaskId& task) {
  if (const Snapshot config = Now(); task.task < config->TaskCount(task.connector)) {
    statuses_->Task(task, State::kUnassigned, {}, std::nullopt);  // somebody else's from now on
  } else {
    statuses_->RemoveTask(task);
  }
  CleanIfGone(task.connector);
}

void DistributedHerder::OnTasksStopped() { ScheduleReconcile(); }

void DistributedHerder::OnConnectorConfig(const std::string&) {
  loop_.Post([this] { ScheduleReconcile(); });
}
void DistributedHerder::OnConnectorRemoved(const std::string& connector) {
  loop_.Post([this, connector] {
    restarts_.erase(connector);
    ScheduleReconcile();
    loop_.Post([this, connector] { CleanIfGone(connector); });  // if nothing of it runs here
  });
}
void DistributedHerder::OnTaskConfigs(const std::vector<TaskId>&) {
  loop_.Post([this] { ScheduleReconcile(); });
}
void DistributedHerder::OnTargetState(const std::string&) {
  loop_.Post([this] { ScheduleReconcile(); });
}
void DistributedHerder::OnSessionKey(const storage::SessionKey&) {}  // read when it is needed
void DistributedHerder::OnRestart(const storage::RestartRequest& request) {
  loop_.Post([this, request] { TakeRestart(request); });
}
void DistributedHerder::OnLoggerLevel(const std::string& logger, const std::string& level) {
  const auto changed = Loggers::Global().Set(logger, level, options_.clock->WallMillis());
  if (changed.ok()) {
    LogInfo("herder", "Level of logger ", logger, " and all below it set to ", level);
  } else {
    LogWarn("herder", "Leaving the level of logger ", logger,
            " as it is: ", Message(changed.status()));
  }
}

}  // namespace sluice::herder
