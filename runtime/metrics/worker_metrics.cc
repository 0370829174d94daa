#include "runtime/metrics/worker_metrics.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "runtime/metrics/worker_families.h"

namespace sluice::metrics {

WorkerMetrics::WorkerMetrics(WorkerMetricsOptions options)
    : options_(std::move(options)),
      start_ms_(options_.clock->WallMillis()),
      connector_starts_(options_.window),
      task_starts_(options_.window),
      answers_{Answers(options_.window), Answers(options_.window), Answers(options_.window),
               Answers(options_.window), Answers(options_.window)},
      rebalance_times_(options_.window) {}

std::shared_ptr<WorkerMetrics> WorkerMetrics::Make(WorkerMetricsOptions options) {
  auto made = std::make_shared<WorkerMetrics>(std::move(options));
  made->self_ = made;
  const std::string client = Label("clientid", made->options_.client_id);
  made->Register(kAppFamilies, client, &WorkerMetrics::ReadApp);
  made->Register(kWorkerFamilies, {}, &WorkerMetrics::ReadWorker);
  if (made->options_.distributed) {
    made->Register(kRebalanceFamilies, {}, &WorkerMetrics::ReadRebalance);
    made->Register(kCoordinatorFamilies, client, &WorkerMetrics::ReadCoordinator);
  }
  return made;
}

int64_t WorkerMetrics::NowMs() const {
  return std::chrono::duration_cast<milliseconds>(options_.clock->Now().time_since_epoch()).count();
}

void WorkerMetrics::Register(Families families, std::string labels,
                             void (WorkerMetrics::*read)(Reading&) const) {
  registrations_.push_back(
      options_.registry->Add(families, std::move(labels), [weak = self_, read](Reading& reading) {
        if (const auto self = weak.lock()) ((*self).*read)(reading);
      }));
}

void WorkerMetrics::SetAssigned(size_t connectors, size_t tasks) {
  MutexLock lock(mutex_);
  assigned_connectors_ = connectors;
  assigned_tasks_ = tasks;
}

void WorkerMetrics::SetGroup(GroupState group) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  if (group.rebalancing && !group_.rebalancing) rebalance_began_ms_ = now_ms;
  if (!group.rebalancing && group_.rebalancing) {
    rebalance_ended_ms_ = now_ms;
    rebalances_ += 1;
    rebalance_times_.Record(static_cast<double>(now_ms - rebalance_began_ms_), now_ms);
  }
  group_ = std::move(group);
}

void WorkerMetrics::AddConnector(const std::string& name) {
  Registry::Registration registration = options_.registry->Add(
      kConnectorFamilies, Label("connector", name), [weak = self_, name](Reading& reading) {
        if (const auto self = weak.lock()) self->ReadConnector(name, reading);
      });
  MutexLock lock(mutex_);
  ConnectorEntry& entry = connectors_[name];
  entry = ConnectorEntry{};
  entry.registration = std::move(registration);
}

void WorkerMetrics::SetConnector(const std::string& name, std::string_view state,
                                 const Connector& what) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  const auto it = connectors_.find(name);
  if (it == connectors_.end()) return;
  ConnectorEntry& entry = it->second;
  entry.what = what;
  if (state == "running" && !std::exchange(entry.started, true)) {
    connector_starts_.Record(true, now_ms);
  } else if (state == "failed" && !entry.started && entry.state != "failed") {
    connector_starts_.Record(false, now_ms);
  }
  entry.state = state;
}

void WorkerMetrics::RemoveConnector(const std::string& name) {
  ConnectorEntry gone;
  MutexLock lock(mutex_);
  if (const auto it = connectors_.find(name); it != connectors_.end()) {
    gone = std::move(it->second);
    connectors_.erase(it);
  }
}

void WorkerMetrics::MoveTask(const std::string& connector, std::string_view from,
                             std::string_view to) {
  if (from == to) return;
  MutexLock lock(mutex_);
  auto it = tasks_.find(connector);
  if (it == tasks_.end()) {
    it = tasks_.try_emplace(connector).first;
    it->second.registration =
        options_.registry->Add(kTaskCountFamilies, Label("connector", connector),
                               [weak = self_, connector](Reading& reading) {
                                 if (const auto self = weak.lock())
                                   self->ReadTaskCounts(connector, reading);
                               });
  }
  TaskCounts& counts = it->second;
  const auto add = [&](std::string_view state, int64_t by) {
    if (state.empty()) return;
    counts.total += by;
    const auto found = std::find(kTaskStates.begin(), kTaskStates.end(), state);
    if (found != kTaskStates.end()) {
      counts.by_state[static_cast<size_t>(found - kTaskStates.begin())] += by;
    }
  };
  add(from, -1);
  add(to, 1);
  task_count_ += (to.empty() ? 0 : 1) - (from.empty() ? 0 : 1);
  if (counts.total == 0) tasks_.erase(it);
}

void WorkerMetrics::TaskStarted(bool success) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  task_starts_.Record(success, now_ms);
}

void WorkerMetrics::ReadWorker(Reading& reading) const {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  reading.Number(static_cast<double>(connectors_.size()));
  reading.Number(static_cast<double>(task_count_));
  for (Starts* starts : {&connector_starts_, &task_starts_}) {
    reading.Number(starts->successes + starts->failures);
    reading.Number(starts->successes).Number(starts->results.Fraction(now_ms));
    reading.Number(starts->failures).Number(starts->results.OtherFraction(now_ms));
  }
}

void WorkerMetrics::ReadRebalance(Reading& reading) const {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  reading.Text(group_.leader_url).Text(group_.protocol);
  reading.Number(group_.generation).Number(rebalances_).Number(group_.rebalancing ? 1 : 0);
  reading.Number(rebalance_times_.Max(now_ms)).Number(rebalance_times_.Avg(now_ms));
  reading.Number(rebalance_ended_ms_ < 0 ? std::numeric_limits<double>::infinity()
                                         : static_cast<double>(now_ms - rebalance_ended_ms_));
}

void WorkerMetrics::ReadCoordinator(Reading& reading) const {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  reading.Number(static_cast<double>(assigned_connectors_));
  reading.Number(static_cast<double>(assigned_tasks_));
  const auto of = [this](GroupEvent event) ABSL_NO_THREAD_SAFETY_ANALYSIS -> Answers& {
    return answers_[static_cast<size_t>(event)];
  };
  const auto ago = [&](const Answers& answers) {
    return answers.last_ms < 0 ? -1.0 : static_cast<double>((now_ms - answers.last_ms) / 1000);
  };
  Answers& beats = of(GroupEvent::kHeartbeat);
  reading.Number(beats.times.Max(now_ms)).Number(beats.count.Rate(now_ms)).Number(beats.total);
  reading.Number(ago(beats));
  for (Answers* answers : {&of(GroupEvent::kJoin), &of(GroupEvent::kSync)}) {
    reading.Number(answers->times.Avg(now_ms)).Number(answers->times.Max(now_ms));
    reading.Number(answers->count.Rate(now_ms)).Number(answers->total);
  }
  Answers& rounds = of(GroupEvent::kRebalance);
  reading.Number(rounds.times.Avg(now_ms)).Number(rounds.times.Max(now_ms));
  reading.Number(rounds.total_ms);
  for (Answers* answers : {&rounds, &of(GroupEvent::kFailedRebalance)}) {
    reading.Number(answers->total).Number(answers->count.Rate(now_ms) * 3600);
  }
  reading.Number(ago(rounds));
}

void WorkerMetrics::GroupAnswered(GroupEvent event, milliseconds took) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  Answers& answers = answers_[static_cast<size_t>(event)];
  answers.total += 1;
  answers.total_ms += static_cast<double>(took.count());
  answers.last_ms = now_ms;
  answers.times.Record(static_cast<double>(took.count()), now_ms);
  answers.count.Record(1, now_ms);
}

void WorkerMetrics::ReadApp(Reading& reading) const {
  reading.Number(static_cast<double>(start_ms_) / 1000);
  reading.Text(options_.version).Text(options_.commit);
}

void WorkerMetrics::ReadConnector(const std::string& name, Reading& reading) const {
  MutexLock lock(mutex_);
  const auto it = connectors_.find(name);
  if (it == connectors_.end()) return;
  const Connector& what = it->second.what;
  reading.Text(what.class_name).Text(what.type).Text(what.version).Text(it->second.state);
}

void WorkerMetrics::ReadTaskCounts(const std::string& connector, Reading& reading) const {
  MutexLock lock(mutex_);
  const auto it = tasks_.find(connector);
  if (it == tasks_.end()) return;
  reading.Number(static_cast<double>(it->second.total));
  for (const int64_t count : it->second.by_state) reading.Number(static_cast<double>(count));
}

}  // namespace sluice::metrics
