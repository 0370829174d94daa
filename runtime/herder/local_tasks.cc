#include "runtime/herder/local_tasks.h"

#include <algorithm>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/connector_config.h"

namespace sluice::herder {
namespace {

using storage::State;
using storage::TaskId;

State FromTask(task::State state) {
  switch (state) {
    case task::State::kUnassigned:
      return State::kUnassigned;
    case task::State::kRunning:
      return State::kRunning;
    case task::State::kPaused:
      return State::kPaused;
    case task::State::kFailed:
      return State::kFailed;
    case task::State::kRestarting:
      return State::kRestarting;
    case task::State::kStopped:
      return State::kStopped;
  }
  return State::kUnassigned;
}

bool SameTask(const WantedTask& a, const WantedTask& b) {
  return a.generation == b.generation && a.task_config == b.task_config;
}

// The class that the connector's configuration names, unless it may not run so many tasks.
StatusOr<plugin::ClassInfo> ClassOf(Plugins& plugins, const config::ConfigProviders& providers,
                                    const std::string& connector, const WantedTask& spec) {
  SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved,
                          providers.Resolve(*spec.connector_config));
  const auto max = ParseInt64(Trim(resolved.Get("tasks.max", "1")));
  if (max && *max >= 1 && !EqualsIgnoreCase(Trim(resolved.Get("tasks.max.enforce")), "false")) {
    SLUICE_RETURN_IF_ERROR(config::CheckTaskCount(connector, static_cast<size_t>(spec.task_count),
                                                  static_cast<int>(*max)));
  }
  return plugins.Find(resolved.Get("connector.class"), resolved.Get("connector.plugin.version"));
}

}  // namespace

struct LocalTasks::Token {
  LocalTasks* tasks;  // null once it is gone; herder's thread only
};

LocalTasks::LocalTasks(const LocalTasksParts& parts, TasksListener& listener)
    : parts_(parts), listener_(listener), token_(std::make_shared<Token>(Token{this})) {}
LocalTasks::~LocalTasks() { token_->tasks = nullptr; }

void LocalTasks::Reconcile(WantedTasks wanted) {
  wanted_ = std::move(wanted);
  if (shutting_down_ || supervisor_ == nullptr) return;
  std::vector<TaskId> stop;
  for (auto& [id, local] : tasks_) {
    if (local.phase == Phase::kStopping) continue;
    const auto it = wanted_.find(id);
    if (it == wanted_.end() || !SameTask(it->second, local.spec)) {
      stop.push_back(id);
      continue;
    }
    if (local.phase == Phase::kStarted && local.paused != it->second.paused) {
      local.paused = it->second.paused;
      local.paused ? supervisor_->Pause({id.connector, id.task})
                   : supervisor_->Resume({id.connector, id.task});
    }
  }
  if (!stop.empty()) StopThem(stop, false, [] {});
  for (const auto& [id, spec] : wanted_) {
    if (!tasks_.contains(id)) StartTask(id, spec);
  }
}

bool LocalTasks::Settled() const {
  return std::all_of(tasks_.begin(), tasks_.end(), [&](const auto& entry) {
    const auto it = wanted_.find(entry.first);
    return it != wanted_.end() && SameTask(it->second, entry.second.spec);
  });
}

bool LocalTasks::HasAnyOf(const std::string& connector) const {
  const auto first = tasks_.lower_bound({connector, 0});
  return first != tasks_.end() && first->first.connector == connector;
}

void LocalTasks::Restart(const std::vector<TaskId>& tasks, std::function<void()> done) {
  std::vector<TaskId> known;
  for (const TaskId& id : tasks) {
    if (tasks_.contains(id)) known.push_back(id);
  }
  if (known.empty() || shutting_down_) return done();
  StopThem(known, true, std::move(done));
}

void LocalTasks::StopThem(const std::vector<TaskId>& ids, bool restarting,
                          std::function<void()> done) {
  std::vector<task::TaskId> started;
  std::vector<TaskId> stopping;
  for (const TaskId& id : ids) {
    Local& local = tasks_[id];
    local.restarting = local.restarting || restarting;
    if (local.phase == Phase::kStopping) continue;  // the stop that is under way will tell of it
    if (local.phase != Phase::kResolving) started.push_back({id.connector, id.task});
    local.phase = Phase::kStopping;
    stopping.push_back(id);
  }
  if (stopping.empty()) return done();
  auto stopped = [loop = parts_.loop, token = token_, ids = std::move(stopping),
                  done = std::move(done)] {
    loop->Post([token, ids, done] {
      if (token->tasks == nullptr) return;
      token->tasks->Stopped(ids);
      done();
    });
  };
  started.empty() ? stopped() : supervisor_->Stop(started, std::move(stopped));
}

void LocalTasks::Stopped(const std::vector<TaskId>& ids) {
  for (const TaskId& id : ids) {
    const auto it = tasks_.find(id);
    if (it == tasks_.end() || it->second.phase != Phase::kStopping) continue;
    const bool failed = it->second.failed;
    const bool restarting = it->second.restarting;  // perhaps asked for while it stopped
    Show(id, it->second, {});
    tasks_.erase(it);
    if (!wanted_.contains(id)) {
      listener_.OnTaskGone(id);
    } else if (restarting) {
      listener_.OnTaskState(id, State::kRestarting, {}, std::nullopt);
    } else if (!failed) {
      listener_.OnTaskState(id, State::kUnassigned, {}, std::nullopt);
    }
  }
  if (!shutting_down_) listener_.OnTasksStopped();
}

void LocalTasks::StartTask(const TaskId& id, const WantedTask& spec) {
  Local& local = tasks_[id];
  local.spec = spec;
  local.attempt = ++last_attempt_;
  if (parts_.registry != nullptr) {
    local.metrics = metrics::TaskMetrics::Make({.registry = parts_.registry,
                                                .window = parts_.window,
                                                .clock = parts_.clock,
                                                .connector = id.connector,
                                                .task = id.task});
  }
  Show(id, local, "unassigned");
  auto result = std::make_shared<StatusOr<plugin::ClassInfo>>();
  parts_.calls->Run({"", StrCat("find the class of task ", id.ToString()), parts_.call_timeout,
                     [plugins = parts_.plugins, providers = parts_.providers, id, spec, result] {
                       *result = ClassOf(*plugins, *providers, id.connector, spec);
                     },
                     [loop = parts_.loop, token = token_, id, attempt = local.attempt,
                      result](const Status& call) {
                       loop->Post([token, id, attempt, result, call] {
                         if (token->tasks == nullptr) return;
                         token->tasks->Resolved(id, attempt, call.ok() ? std::move(*result) : call);
                       });
                     },
                     nullptr});
}

void LocalTasks::Resolved(const TaskId& id, int64_t attempt, StatusOr<plugin::ClassInfo> info) {
  const auto it = tasks_.find(id);
  if (it == tasks_.end() || it->second.attempt != attempt) return;
  Local& local = it->second;
  if (local.phase != Phase::kResolving || shutting_down_) return;
  local.phase = Phase::kStarted;
  if (!info.ok()) return Failed(id, local, StackTrace(info.status()));
  local.version = info->version;
  if (local.metrics != nullptr) local.metrics->SetKind(info->kind == plugin::ClassKind::kSource);
  if (const auto wanted = wanted_.find(id); wanted != wanted_.end()) {
    local.spec.paused = wanted->second.paused;  // it may have changed meanwhile
  }
  local.paused = local.spec.paused;
  supervisor_->Start({.id = {id.connector, id.task},
                      .attempt = attempt,
                      .plugin = *std::move(info),
                      .connector_config = *local.spec.connector_config,
                      .task_config = *local.spec.task_config,
                      .paused = local.spec.paused,
                      .metrics = local.metrics});
}

void LocalTasks::Failed(const TaskId& id, Local& local, std::string trace) {
  local.failed = true;
  Show(id, local, "failed");
  LogError("herder", "Task ", id.ToString(), " has failed: ", trace);
  listener_.OnTaskState(id, State::kFailed, std::move(trace), local.version);
}

void LocalTasks::Show(const TaskId& id, Local& local, std::string_view state) {
  if (local.metrics != nullptr)
    state.empty() ? local.metrics->Remove() : local.metrics->SetState(state);
  if (parts_.metrics == nullptr) return;
  parts_.metrics->MoveTask(id.connector, local.state, state);
  local.state = state;
  const bool running = state == "running";
  if ((running || state == "failed") && !std::exchange(local.started, true)) {
    parts_.metrics->TaskStarted(running);
  }
}

void LocalTasks::OnTaskState(const task::TaskId& id, int64_t attempt, task::State state,
                             std::string trace) {
  parts_.loop->Post([token = token_, id = TaskId{id.connector, id.task}, attempt,
                     state = FromTask(state), trace = std::move(trace)] {
    if (token->tasks == nullptr) return;
    LocalTasks& self = *token->tasks;
    const auto it = self.tasks_.find(id);
    if (it == self.tasks_.end() || it->second.attempt != attempt) return;  // late news
    Local& local = it->second;
    if (state == State::kFailed) return self.Failed(id, local, trace);
    if (local.phase == Phase::kStopping) return;  // the end of a stop is told by Stopped
    if (state == State::kUnassigned) {
      if (local.failed) return;
      self.Show(id, local, "unassigned");
      self.listener_.OnTaskState(id, state, {}, std::nullopt);
      return;
    }
    local.failed = false;
    self.Show(id, local, ToLower(storage::StateName(state)));
    self.listener_.OnTaskState(id, state, trace, local.version);
  });
}

void LocalTasks::OnTopicUsed(const task::TaskId& id, const std::string& topic) {
  parts_.loop->Post([token = token_, id = TaskId{id.connector, id.task}, topic] {
    if (token->tasks != nullptr) token->tasks->listener_.OnTaskTopic(id, topic);
  });
}

}  // namespace sluice::herder
