// The task configs of connectors: asked of the plugin, compared with what the config topic has,
// written if they differ, and tried again without end when that fails.
#include <algorithm>
#include <utility>

#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/config/config_json.h"
#include "runtime/herder/distributed_herder.h"

namespace sluice::herder {
namespace {

constexpr milliseconds kBackoffMin{250};
constexpr milliseconds kBackoffMax{60'000};
constexpr milliseconds kForwardTime{10'000};  // for the leader to take task configs

// Whether the topic has exactly these task configs.
bool SameTasks(const storage::ClusterConfig& config, const std::string& name,
               const TaskPlan& plan) {
  const auto stored = config.TaskConfigs(name);
  if (config.Inconsistent(name) || stored.size() != plan.configs.size() ||
      config.TaskCount(name) != static_cast<int>(stored.size())) {
    return false;
  }
  for (size_t i = 0; i < stored.size(); ++i) {
    if (stored[i] == nullptr || !(*stored[i] == plan.configs[i])) return false;
  }
  // Without a commit there is nothing that new settings could have changed.
  return stored.empty() || !plan.settings_changed;
}

}  // namespace

bool DistributedHerder::MayReconfigure(const std::string& name) const {
  const auto it = runners_.find(name);
  return !shutting_down_ && it != runners_.end() && !it->second.closing &&
         it->second.runner->running() && Now()->Target(name) == storage::TargetState::kStarted;
}

void DistributedHerder::Reconfigure(const std::string& name) {
  if (!MayReconfigure(name)) return;
  Reconfiguration& state = reconfigurations_[name];
  if (state.busy) {
    state.again = true;
    return;
  }
  state.busy = true;
  state.again = false;
  ConnectorRunner& runner = *runners_[name].runner;
  runner.TaskConfigs(Now()->AppliedConfig(name),
                     [this, name](StatusOr<TaskPlan> plan) { TakePlan(name, std::move(plan)); });
}

// A commit that lacks its tasks leaves the connector without any: one of a former leader that has
// come late, or of one that died between the records. Nothing else would bring them back. What a
// leader has just taken from here is read in a moment, so not at once.
void DistributedHerder::ReconfigureSoon(const std::string& name) {
  Reconfiguration& state = reconfigurations_[name];
  if (state.busy || std::exchange(state.retry_planned, true)) return;
  loop_.PostAfter(kBackoffMin, [this, name] {
    const auto later = reconfigurations_.find(name);
    if (later == reconfigurations_.end()) return;
    later->second.retry_planned = false;
    if (Now()->Inconsistent(name)) Reconfigure(name);
  });
}

void DistributedHerder::TakePlan(const std::string& name, StatusOr<TaskPlan> plan) {
  if (!plan.ok()) return Reconfigured(name, plan.status());
  // Behind the connector's other changes, so that a stop cannot be overtaken.
  const Status full = Serially(name, [this, name, plan = *plan](std::function<void()> finish) {
    const bool current = MayReconfigure(name);
    if (!current || SameTasks(*Now(), name, plan)) {
      LogDebug("herder", "The task configs of connector ", name, " stay as they are: ",
               current ? "generated ones are the same" : "it does not run here any more");
      Reconfigured(name, OkStatus());
      return finish();
    }
    WriteTaskConfigs(name, plan.configs, [=, this](const Status& status) {
      Reconfigured(name, status, membership_->IsLeader());
      ScheduleReconcile();
      finish();
    });
  });
  if (!full.ok()) Reconfigured(name, full, false);
}

// The leader writes them to the config topic; others hand them to it.
void DistributedHerder::WriteTaskConfigs(const std::string& name,
                                         const std::vector<config::ConfigMap>& tasks,
                                         std::function<void(Status)> then) {
  const auto leader = membership_->LeaderUrl();
  const bool leads = membership_->IsLeader();
  if (!leads && (!leader || options_.peers == nullptr)) return then(CheckLeader());
  if (!leads) return ForwardTaskConfigs(*leader, name, tasks, std::move(then));
  const auto end = BeginStage(StrCat("writing ", tasks.size(), " task configs for connector ", name,
                                     " to the config topic"));
  options_.config->PutTaskConfigs(name, tasks,
                                  [this, end, then = std::move(then)](const Status& status) {
                                    loop_.Post([end, then, status] {
                                      end();
                                      then(status);
                                    });
                                  });
}

// A leader that has died answers nothing; the connector's other changes wait, so not for long.
void DistributedHerder::ForwardTaskConfigs(const std::string& leader_url, const std::string& name,
                                           const std::vector<config::ConfigMap>& tasks,
                                           std::function<void(Status)> then) {
  const auto end = std::make_shared<std::function<void(Status)>>(
      [ended = BeginStage(StrCat("forwarding task configurations to the leader at ", leader_url)),
       then = std::move(then)](const Status& status) {
        ended();
        then(status);
      });
  const auto once = [end](const Status& status) {  // on the herder's thread
    if (const auto first = std::exchange(*end, nullptr)) first(status);
  };
  const auto done = [this, once](const Status& status) {
    loop_.Post([once, status] { once(status); });
  };
  loop_.PostAfter(kForwardTime, [once, name, leader_url] {
    once(TimeoutError(StrCat("The leader at ", leader_url, " did not take the task configs of ",
                             "connector ", name, " within ", kForwardTime.count(), " ms")));
  });
  JsonWriter json;
  json.StartArray();
  for (const config::ConfigMap& task : tasks) config::WriteConfigMap(json, task);
  json.EndArray();
  auto request = Signed(json.Take());
  if (!request.ok()) return done(request.status());
  options_.peers->PutTaskConfigs(leader_url, name, *std::move(request), done);
}

// `shown`: a failure makes the connector FAILED until it succeeds. One to reach the leader does
// not.
void DistributedHerder::Reconfigured(const std::string& name, const Status& status, bool shown) {
  const auto it = reconfigurations_.find(name);
  if (it == reconfigurations_.end()) return;  // the runner was replaced meanwhile
  Reconfiguration& state = it->second;
  state.busy = false;
  const auto running = runners_.find(name);
  const bool alive = running != runners_.end() && running->second.runner->running();
  if (!alive) return;  // FAILED, paused or closing: it is asked again when it runs again
  if (shown || status.ok()) running->second.runner->ShowTrouble(status);
  if (status.ok()) {
    state.backoff = milliseconds(0);
    Tell(name, OkStatus(), true);
    // Asked for meanwhile; by a connector that asks in every task_configs, too, so not at once.
    if (state.again) loop_.PostAfter(kBackoffMin, [this, name] { Reconfigure(name); });
    return;
  }
  Tell(name, status, true);
  state.backoff = std::clamp(state.backoff * 2, kBackoffMin, kBackoffMax);
  LogError("herder", "Failed to reconfigure the tasks of connector ", name, ", trying again in ",
           state.backoff.count(), " ms: ", StackTrace(status));
  if (std::exchange(state.retry_planned, true)) return;
  loop_.PostAfter(state.backoff, [this, name] {
    const auto later = reconfigurations_.find(name);
    if (later == reconfigurations_.end()) return;
    later->second.retry_planned = false;
    Reconfigure(name);
  });
}

}  // namespace sluice::herder
