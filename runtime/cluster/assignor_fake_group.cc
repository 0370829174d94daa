#include "runtime/cluster/assignor_fake_group.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <type_traits>

#include "runtime/base/text.h"
#include "runtime/config/config_map.h"

namespace sluice::cluster {
namespace {

template <typename Item>
const std::set<Item>& Of(const Parts& parts) {
  if constexpr (std::is_same_v<Item, std::string>) {
    return parts.connectors;
  } else {
    return parts.tasks;
  }
}

std::string Name(const std::string& connector) { return connector; }
std::string Name(const storage::TaskId& task) { return task.ToString(); }

void Remove(Parts& from, const Parts& what) {
  for (const std::string& connector : what.connectors) from.connectors.erase(connector);
  for (const storage::TaskId& task : what.tasks) from.tasks.erase(task);
}

void AddTo(Parts& to, const Parts& what) {
  to.connectors.insert(what.connectors.begin(), what.connectors.end());
  to.tasks.insert(what.tasks.begin(), what.tasks.end());
}

}  // namespace

void AssignorFakeGroup::Start(const std::vector<std::string>& workers, int connectors, int tasks) {
  for (const std::string& worker : workers) Join(worker);
  for (int i = 0; i < connectors; ++i) Configure(StrCat("c", i), tasks);
  Round();
  Settle();
}

void AssignorFakeGroup::Configure(const std::string& connector, int tasks, int64_t weight) {
  auto entry = std::make_shared<storage::ConnectorEntry>();
  auto values = std::make_shared<config::ConfigMap>();
  values->Set("name", connector);
  if (weight != 1) values->Set("task.weight", StrCat(weight));
  entry->config = values;
  entry->task_count = tasks;
  config_.entries[connector] = std::move(entry);
  ++config_.offset;
}

void AssignorFakeGroup::Delete(const std::string& connector) {
  config_.entries[connector] = std::make_shared<storage::ConnectorEntry>();
  ++config_.offset;
}

Parts AssignorFakeGroup::Configured() const {
  Parts all;
  for (const std::string& connector : config_.Connectors()) {
    all.connectors.insert(connector);
    for (const storage::TaskId& task : config_.Tasks(connector)) all.tasks.insert(task);
  }
  return all;
}

int64_t AssignorFakeGroup::Weight(const std::string& connector) const {
  const auto values = config_.Config(connector);
  return values == nullptr ? 1 : ParseInt64(values->Get("task.weight", "1")).value_or(1);
}

void AssignorFakeGroup::Join(const std::string& name, std::vector<std::string> cannot_run) {
  Worker& worker = workers_[name];
  worker.id = StrCat(name, "-", ++joined_[name]);
  worker.url = StrCat("http://", name, "/");
  worker.assignor = std::make_unique<IncrementalAssignor>(AssignorOptions{max_delay_});
  worker.cannot_run = std::move(cannot_run);
  returns_.erase(name);
  if (leader_.empty()) leader_ = name;
}

void AssignorFakeGroup::CannotRun(const std::string& name, std::vector<std::string> connectors) {
  workers_.at(name).cannot_run = std::move(connectors);
}

void AssignorFakeGroup::Remove(const std::string& name) {
  workers_.erase(name);
  answers_.erase(name);
  if (leader_ == name) leader_ = workers_.empty() ? "" : workers_.begin()->first;
}

void AssignorFakeGroup::Crash(const std::string& name) { Remove(name); }

void AssignorFakeGroup::Leave(const std::string& name, std::optional<milliseconds> back_within) {
  const Parts& runs = workers_.at(name).running;
  for (const std::string& connector : runs.connectors) last_owner_[connector] = name;
  for (const storage::TaskId& task : runs.tasks) last_owner_[task.ToString()] = name;
  if (back_within.has_value()) returns_[name] = now_ + *back_within;
  Remove(name);
}

void AssignorFakeGroup::BecomeZombie(const std::string& name) {
  zombies_[name] = std::move(workers_.at(name));
  Remove(name);
}

void AssignorFakeGroup::ZombieComesBack(const std::string& name) {
  auto zombie = zombies_.extract(name);
  const std::string id = StrCat(name, "-", ++joined_[name]);
  zombie.mapped().id = id;
  zombie.mapped().completed = -1;
  workers_.insert(std::move(zombie));
  if (leader_.empty()) leader_ = name;
}

void AssignorFakeGroup::Assign() {
  ++generation_;
  answers_.clear();
  AssignmentRound round;
  round.generation = generation_;
  round.last_completed_generation = workers_.at(leader_).completed;
  round.leader_id = workers_.at(leader_).id;
  round.leader_url = workers_.at(leader_).url;
  round.config = leaders_config_.has_value() ? &*leaders_config_ : &config_;
  round.now = now_;
  for (const auto& [name, until] : returns_) round.returns[name] = {until, LastRunBy(name)};
  for (auto& [name, worker] : workers_) {
    worker.rejoin_at.reset();
    const Subscription subscription{.url = worker.url,
                                    .config_offset = config_.offset,
                                    .allocation = worker.allocation,
                                    .cannot_run = worker.cannot_run};
    auto read = DecodeSubscription(EncodeSubscription(Protocol::kSessioned, subscription));
    round.members.push_back({worker.id, *std::move(read)});
  }
  // The broker gives them in no order.
  std::reverse(round.members.begin(), round.members.end());
  const auto answers = workers_.at(leader_).assignor->Assign(round);
  leaders_config_.reset();
  for (const auto& [name, worker] : workers_) {
    const auto found = answers.find(worker.id);
    if (found == answers.end()) {
      violations_.push_back(StrCat("no assignment for ", name));
    } else {
      answers_[name] =
          DecodeAssignment(EncodeAssignment(Protocol::kSessioned, found->second)).value();
      MustExist(name, found->second.assigned);
    }
  }
  if (answers.size() != workers_.size()) violations_.push_back("an assignment for nobody");
}

void AssignorFakeGroup::MustExist(const std::string& name, const Parts& parts) {
  const auto unknown = [&](const std::string& item) {
    violations_.push_back(StrCat(name, " was given ", item, ", which does not exist"));
  };
  for (const std::string& connector : parts.connectors) {
    if (!config_.Contains(connector)) unknown(connector);
  }
  for (const storage::TaskId& task : parts.tasks) {
    if (task.task >= config_.TaskCount(task.connector)) unknown(task.ToString());
  }
}

void AssignorFakeGroup::Deliver(const std::string& name) {
  Worker& worker = workers_.at(name);
  const GroupAssignment& answer = answers_.at(name);
  worker.completed = generation_;
  if (answer.error != AssignmentError::kNone) {
    worker.rejoin_at = now_;
    return;
  }
  cluster::Remove(worker.running, answer.revoked);
  StartParts(name, answer.assigned);
  worker.allocation = answer;
  worker.allocation->assigned = worker.running;
  worker.allocation->revoked = {};
  worker.allocation->delay = milliseconds(0);
  if (!answer.revoked.empty()) {
    worker.rejoin_at = now_;
  } else if (answer.delay > milliseconds(0)) {
    worker.rejoin_at = now_ + answer.delay;
  }
}

template <typename Item>
void AssignorFakeGroup::StartOne(const std::string& starter, const Item& item) {
  last_owner_[Name(item)] = starter;
  for (const auto& [name, worker] : workers_) {
    if (Of<Item>(worker.running).contains(item)) {
      violations_.push_back(StrCat(starter, " was given ", Name(item), ", which ", name, " runs"));
    }
  }
}

void AssignorFakeGroup::StartParts(const std::string& name, const Parts& parts) {
  Worker& worker = workers_.at(name);
  for (const std::string& connector : parts.connectors) StartOne(name, connector);
  for (const storage::TaskId& task : parts.tasks) StartOne(name, task);
  for (const std::string& connector : worker.cannot_run) {
    const bool has_task =
        std::any_of(parts.tasks.begin(), parts.tasks.end(),
                    [&](const storage::TaskId& task) { return task.connector == connector; });
    if (has_task || parts.connectors.contains(connector)) {
      violations_.push_back(StrCat(name, " was given ", connector, ", which it cannot run"));
    }
  }
  AddTo(worker.running, parts);
}

void AssignorFakeGroup::DeliverAll() {
  for (const auto& [name, answer] : answers_) Deliver(name);
}

void AssignorFakeGroup::Round() {
  Assign();
  DeliverAll();
}

std::optional<TimePoint> AssignorFakeGroup::NextRejoin() const {
  std::optional<TimePoint> next;
  for (const auto& [name, worker] : workers_) {
    if (!worker.rejoin_at.has_value()) continue;
    next = std::min(next.value_or(*worker.rejoin_at), *worker.rejoin_at);
  }
  return next;
}

int AssignorFakeGroup::Settle(Until until) {
  for (int rounds = 0; rounds < 30; ++rounds) {
    const std::optional<TimePoint> next = NextRejoin();
    if (!next.has_value() || (*next > now_ && until == Until::kNobodyRejoins)) return rounds;
    now_ = std::max(now_, *next);
    Round();
  }
  violations_.push_back("the group does not settle in 30 rounds");
  return 30;
}

Parts AssignorFakeGroup::LastRunBy(const std::string& name) const {
  Parts parts = Configured();
  std::erase_if(parts.connectors, [&](const auto& item) { return LastOwner(item) != name; });
  std::erase_if(parts.tasks, [&](const auto& item) { return LastOwner(Name(item)) != name; });
  return parts;
}

std::string AssignorFakeGroup::LastOwner(const std::string& item) const {
  const auto found = last_owner_.find(item);
  return found == last_owner_.end() ? "" : found->second;
}

std::string AssignorFakeGroup::Text(const Parts& parts) {
  std::vector<std::string> names(parts.connectors.begin(), parts.connectors.end());
  for (const storage::TaskId& task : parts.tasks) names.push_back(task.ToString());
  return StrJoin(names, " ");
}

std::string AssignorFakeGroup::Runs(const std::string& name) const {
  return Text(workers_.at(name).running);
}

std::string AssignorFakeGroup::All() const {
  std::vector<std::string> lines;
  for (const auto& [name, worker] : workers_) lines.push_back(StrCat(name, ": ", Runs(name)));
  return StrJoin(lines, " | ");
}

std::vector<int64_t> AssignorFakeGroup::Connectors() const {
  std::vector<int64_t> counts;
  for (const auto& [name, worker] : workers_) {
    counts.push_back(static_cast<int64_t>(worker.running.connectors.size()));
  }
  return counts;
}

std::vector<int64_t> AssignorFakeGroup::TaskWeights() const {
  std::vector<int64_t> weights;
  for (const auto& [name, worker] : workers_) {
    int64_t weight = 0;
    for (const storage::TaskId& task : worker.running.tasks) weight += Weight(task.connector);
    weights.push_back(weight);
  }
  return weights;
}

}  // namespace sluice::cluster
