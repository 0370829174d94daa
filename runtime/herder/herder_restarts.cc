// Restarts: of a connector, of a task, of both by flags (KIP-745); and whoever waits for a
// connector to be started.
#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/views.h"

namespace sluice::herder {
namespace {

// Of several pending restarts of a connector the one that does most is kept.
int Rank(const storage::RestartRequest& request) {
  return (request.only_failed ? 0 : 2) + (request.include_tasks ? 1 : 0);
}

Status UnknownConnector(const std::string& name) {
  return NotFoundError(StrCat("Unknown connector: ", name));
}

}  // namespace

void DistributedHerder::Await(const std::string& name, bool tasks_too, Done done) {
  StageScope::Begin("starting the connector");
  waiters_[name].push_back({tasks_too, std::move(done), StageScope::Current()});
}

// Answers those that wait for the connector; `tasks_too`: also those that wait for its tasks.
void DistributedHerder::Tell(const std::string& name, const Status& status, bool tasks_too) {
  const auto it = waiters_.find(name);
  if (it == waiters_.end()) return;
  std::vector<Waiter> told;
  std::vector<Waiter> rest;
  for (Waiter& waiter : it->second) {
    (tasks_too || !waiter.tasks_too ? told : rest).push_back(std::move(waiter));
  }
  rest.empty() ? void(waiters_.erase(it)) : void(it->second = std::move(rest));
  for (const Waiter& waiter : told) waiter.done(status);
}

void DistributedHerder::RestartConnector(std::string name, Done done) {
  Ask<Status>(std::move(done), [this, name](const Done& reply) {
    if (!Now()->Contains(name)) {
      return reply(options_.standalone ? NotFoundError(StrCat("Connector ", name, " not found"))
                                       : UnknownConnector(name));
    }
    WhenAgreed(AgreeBy(), [this, name, reply](const Status& leader) {
      if (!Now()->Contains(name)) return reply(UnknownConnector(name));
      if (!membership_->Assigned(*Now()).connectors.contains(name)) {
        if (membership_->Rebalancing(*Now())) return reply(leader);
        return reply(AskOwner(name, membership_->OwnerUrl(name)));
      }
      LogInfo("herder", "Restarting connector ", name);
      Await(name, false, reply);
      if (runners_.contains(name)) StageScope::Begin(StrCat("stopping restarted connector ", name));
      restarting_.insert(name);
      CloseRunner(name);
      ScheduleReconcile();
    });
  });
}

void DistributedHerder::RestartTask(std::string name, int task, Done done) {
  Ask<Status>(std::move(done), [this, name, task](const Done& reply) {
    const storage::TaskId id{name, task};
    const Snapshot config = Now();
    const bool known = config->Contains(name);
    const std::vector<storage::TaskId> ids = config->Tasks(name);  // none of one that is stopped
    if (!known || std::find(ids.begin(), ids.end(), id) == ids.end()) {
      if (options_.standalone)
        return reply(NotFoundError(StrCat("Task ", id.ToString(), " not found")));
      return reply(known ? NotFoundError(StrCat("Unknown task: ", id.ToString()))
                         : UnknownConnector(name));
    }
    WhenAgreed(AgreeBy(), [this, id, reply](const Status& leader) {
      if (!membership_->Assigned(*Now()).tasks.contains(id)) {
        if (membership_->Rebalancing(*Now())) return reply(leader);
        return reply(AskOwner(id.connector, membership_->OwnerUrl(id)));
      }
      if (!tasks_.Has(id)) {
        return reply(ConnectError(StrCat("Failed to start task: ", id.ToString())));
      }
      LogInfo("herder", "Restarting task ", id.ToString());
      const auto restarted = BeginStage(StrCat("restarting task ", id.ToString()));
      tasks_.Restart({id}, [reply, restarted] {
        restarted();
        reply(OkStatus());
      });
    });
  });
}

void DistributedHerder::Restart(RestartRequest request, Callback<ConnectorStatus> done) {
  Ask<StatusOr<ConnectorStatus>>(
      std::move(done), [this, request](const Callback<ConnectorStatus>& reply) {
        WhenAgreed(AgreeBy(), [this, request, reply](const Status& leader) {
          const std::string& name = request.connector;
          if (!leader.ok()) return reply(leader);
          if (!Now()->Contains(name)) return reply(UnknownConnector(name));
          const auto status = Views(*Now(), *options_.status, *options_.plugins).Status(name);
          if (!status.ok()) {
            return reply(NotFoundError(StrCat("Status for connector ", name, " not found")));
          }
          const ConnectorStatus planned = WithRestarting(*status, PlanRestart(request, *status));
          const storage::RestartRequest record{.connector = name,
                                               .only_failed = request.only_failed,
                                               .include_tasks = request.include_tasks};
          StageScope::Begin(
              StrCat("writing restart request for connector ", name, " to the config topic"));
          options_.config->PutRestart(record, [reply, planned](const Status& written) {
            written.ok() ? reply(planned) : reply(written);
          });
        });
      });
}

// The record comes back from the config topic, to every worker.
void DistributedHerder::TakeRestart(const storage::RestartRequest& request) {
  const auto [it, added] = restarts_.emplace(request.connector, request);
  if (!added) {
    if (Rank(request) > Rank(it->second)) it->second = request;
    return;
  }
  loop_.Post([this, name = request.connector] {
    const auto pending = restarts_.find(name);
    if (pending == restarts_.end()) return;
    const storage::RestartRequest restart = pending->second;
    restarts_.erase(pending);
    ApplyRestart(restart);
  });
}

void DistributedHerder::ApplyRestart(const storage::RestartRequest& request) {
  const std::string& name = request.connector;
  const auto status = Views(*Now(), *options_.status, *options_.plugins).Status(name);
  if (shutting_down_ || !Now()->Contains(name) || !status.ok()) return;
  const RestartPlan plan = PlanRestart({.connector = name,
                                        .include_tasks = request.include_tasks,
                                        .only_failed = request.only_failed},
                                       *status);
  LogInfo("herder", "Restarting connector ", name, ": connector ", plan.connector, ", ",
          plan.tasks.size(), " tasks");
  if (plan.connector && runners_.contains(name)) {
    restarting_.insert(name);
    CloseRunner(name);
  }
  if (!plan.tasks.empty()) tasks_.Restart(plan.tasks, [] {});
  ScheduleReconcile();
}

}  // namespace sluice::herder
