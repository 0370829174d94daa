#include "runtime/cluster/group_membership.h"

#include <algorithm>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/assignor_catalog.h"

namespace sluice::cluster {
namespace {

constexpr milliseconds kLeave{3'000};
constexpr milliseconds kRetry{1'000};
constexpr milliseconds kEndMax{1'000};
constexpr int kSyncTries = 5;

int64_t Nanos(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}
TimePoint FromNanos(int64_t nanos) {
  return TimePoint(
      std::chrono::duration_cast<TimePoint::duration>(std::chrono::nanoseconds(nanos)));
}

// Do both have the same connectors of the same weights with the same task configurations, so that
// one assignment does for both?
bool SameParts(const storage::ClusterConfig& a, const storage::ClusterConfig& b) {
  if (a.offset == b.offset) return true;
  const std::vector<std::string> connectors = a.Connectors();
  if (connectors != b.Connectors()) return false;
  return std::all_of(connectors.begin(), connectors.end(), [&](const std::string& name) {
    if (a.Find(name) == b.Find(name)) return true;
    return a.TaskConfigs(name) == b.TaskConfigs(name) &&
           TaskWeight(*a.Config(name)) == TaskWeight(*b.Config(name));
  });
}

}  // namespace

StatusOr<std::unique_ptr<GroupMembership>> GroupMembership::Make(GroupMembershipOptions options,
                                                                 const MakeGroupClient& make) {
  std::unique_ptr<GroupMembership> membership(new GroupMembership(std::move(options)));
  SLUICE_ASSIGN_OR_RETURN(membership->client_, make(*membership));
  return membership;
}

GroupMembership::GroupMembership(GroupMembershipOptions options)
    : options_(std::move(options)),
      assignor_({.max_delay = options_.max_delay}),
      protocol_(options_.protocols.front()) {}
GroupMembership::~GroupMembership() { Leave(); }

void GroupMembership::Join(MembershipHost& host) {
  host_ = &host;
  client_->Start();
}

void GroupMembership::Looked() {
  Post([this] { TakeLook(); });
}

void GroupMembership::Leave() { client_->Leave("the worker is shutting down", kLeave); }

// --- What the herder asks.

// Ends a little before the session does: who waits for a broker then gives up, and that takes a
// moment.
bool GroupMembership::Holds() const {
  const milliseconds to_end = std::min(kEndMax, options_.stop_time / 2);
  return options_.clock->Now() + to_end < FromNanos(alive_until_ns_.load());
}

bool GroupMembership::IsLeader() const {
  return member_ && leads_ && Holds() && !out_of_touch_.load();
}

int64_t GroupMembership::Term() const {
  return leads_.load() && Holds() && !out_of_touch_.load() ? term_.load() : 0;
}

std::optional<std::string> GroupMembership::LeaderUrl() const {
  if (!member_ || !last_) return std::nullopt;
  return last_->leader_url;
}

std::optional<std::string> GroupMembership::OwnerUrl(const std::string& connector) const {
  if (member_ && own_.connectors.contains(connector)) return options_.url;
  const auto it = connector_owners_.find(connector);
  if (!IsLeader() || it == connector_owners_.end()) return std::nullopt;
  return it->second;
}

std::optional<std::string> GroupMembership::OwnerUrl(const storage::TaskId& task) const {
  if (member_ && own_.tasks.contains(task)) return options_.url;
  const auto it = task_owners_.find(task);
  if (!IsLeader() || it == task_owners_.end()) return std::nullopt;
  return it->second;
}

Ownerless GroupMembership::WhyOwnerless(const std::string& connector) const {
  if (!IsLeader()) return Ownerless::kUnknown;
  if (nobody_can_.contains(connector)) return Ownerless::kNobodyCan;
  return awaits_worker_ ? Ownerless::kAwaitsWorker : Ownerless::kUnknown;
}

bool GroupMembership::Rebalancing(const storage::ClusterConfig& config) const {
  return !member_ || joining_ || rejoin_asked_ || rejoin_after_stop_ || agreed_ == nullptr ||
         !SameParts(config, *agreed_);
}

Parts GroupMembership::Assigned(const storage::ClusterConfig& config) const {
  Parts mine;
  if (agreed_ == nullptr) return mine;
  for (const std::string& name : own_.connectors) {
    if (fresh_.connectors.contains(name)) continue;
    const auto wanted = config.Config(name);
    const auto agreed = agreed_->Config(name);
    if (wanted == nullptr || agreed == nullptr) continue;
    if (wanted != agreed && Withheld(name, wanted)) continue;
    mine.connectors.insert(name);
  }
  for (const storage::TaskId& task : own_.tasks) {
    if (fresh_.tasks.contains(task)) continue;
    if (config.Inconsistent(task.connector) || task.task >= config.TaskCount(task.connector)) {
      continue;
    }
    const auto wanted = config.TaskConfig(task);
    if (wanted != nullptr && wanted == agreed_->TaskConfig(task)) mine.tasks.insert(task);
  }
  return mine;
}

void GroupMembership::Reconciled(const storage::ClusterConfig& config, bool settled) {
  // What is new is looked at before anybody needs to know.
  if (std::exchange(looked_to_, config.offset) != config.offset) {
    if (!AskFitness().unknown.empty()) AwaitLook();
  }
  if (!settled) return;
  if (ready_) {
    Fitness fitness = AskFitness();
    if (!fitness.unknown.empty()) return AwaitLook();
    Publish(config, std::move(fitness.cannot_run));
    return std::exchange(ready_, nullptr)();
  }
  if (!member_ || joining_ || rejoin_asked_) return;
  if (rejoin_after_stop_) return Rejoin("what was taken away has stopped");
  if (agreed_ != nullptr && !SameParts(config, *agreed_)) {
    Rejoin("connectors or tasks have changed");
  }
}

// --- A member's part.

std::vector<std::pair<std::string, std::string>> GroupMembership::Protocols() {
  MutexLock lock(mutex_);
  return offered_;
}

void GroupMembership::Publish(const storage::ClusterConfig& config,
                              std::vector<std::string> cannot_run) {
  join_is_stale_ = false;
  Subscription subscription;
  subscription.url = options_.url;
  subscription.config_offset = config.offset;
  if (last_) {
    subscription.allocation = *last_;
    subscription.allocation->error = AssignmentError::kNone;
    subscription.allocation->assigned = own_;
    subscription.allocation->revoked = {};
    subscription.allocation->delay = milliseconds(0);
  }
  said_ = std::set<std::string>(cannot_run.begin(), cannot_run.end());
  subscription.cannot_run = std::move(cannot_run);
  std::vector<std::pair<std::string, std::string>> offered;
  for (const Protocol protocol : options_.protocols) {
    offered.emplace_back(ProtocolName(protocol), EncodeSubscription(protocol, subscription));
  }
  MutexLock lock(mutex_);
  offered_ = std::move(offered);
}

// Of the newest configuration, which is what starts here.
Fitness GroupMembership::AskFitness() const {
  return options_.fitness ? options_.fitness(*options_.config->Snapshot()) : Fitness{};
}

// Looked comes, or the time is over: then what is unknown is taken to be there.
void GroupMembership::AwaitLook() {
  if (std::exchange(look_awaited_, true)) return;
  host_->PostMembership(kLookTime, [this] {
    look_awaited_ = false;
    TakeLook();
  });
}

void GroupMembership::TakeLook() {
  if (agree_waits_) Agree(round_, *std::exchange(agree_waits_, std::nullopt));
  const Fitness fitness = AskFitness();
  if (!fitness.unknown.empty()) AwaitLook();
  if (HasNews(fitness.cannot_run)) {
    if (joining_) {
      join_is_stale_ = true;
    } else if (member_ && !rejoin_asked_) {
      Rejoin("what this worker can run has changed");
    }
  }
  Changed();  // the join, or a connector, may wait for it
}

bool GroupMembership::HasNews(const std::vector<std::string>& cannot_run) const {
  const Snapshot config = options_.config->Snapshot();
  const auto lacks = [&](const std::string& name) {
    return std::binary_search(cannot_run.begin(), cannot_run.end(), name);
  };
  return std::any_of(cannot_run.begin(), cannot_run.end(),
                     [&](const std::string& name) { return !said_.contains(name); }) ||
         std::any_of(said_.begin(), said_.end(), [&](const std::string& name) {
           return config->Contains(name) && !lacks(name);
         });
}

bool GroupMembership::Owns(const std::string& connector, const Parts& parts) const {
  if (parts.connectors.contains(connector)) return true;
  const auto task = parts.tasks.lower_bound(storage::TaskId{connector, 0});
  return task != parts.tasks.end() && task->connector == connector;
}

// A leader that leaves it here although it was told (Java's does) shall see it fail.
bool GroupMembership::Withheld(const std::string& name,
                               const std::shared_ptr<const config::ConfigMap>& config) const {
  if (!options_.fit) return false;
  const Fit fit = options_.fit(name, config);
  return fit == Fit::kUnknown || (fit == Fit::kLacks && (joining_ || !said_.contains(name)));
}

void GroupMembership::Rejoin(std::string reason) {
  rejoin_asked_ = true;
  rejoin_after_stop_ = false;
  client_->Rejoin(std::move(reason));
}

void GroupMembership::OnRejoin(std::function<void()> ready) {
  Post([this, ready = std::move(ready)] {
    joining_ = true;
    rejoin_asked_ = rejoin_after_stop_ = false;
    ready_ = ready;
    if (protocol_ == Protocol::kEager) own_ = {};
    Changed();  // its Reconciled sends the join
  });
}

// A worker that knows the oldest protocol only has joined. In that protocol a member stops all that
// it runs before it joins; what ran until now has not stopped.
bool GroupMembership::TurnsEager(const Joined& joined) const {
  return member_ && protocol_ != Protocol::kEager &&
         ParseProtocol(joined.protocol).value_or(Protocol::kEager) == Protocol::kEager;
}

void GroupMembership::OnAssigned(const Joined& joined, const std::string& assignment) {
  Post([this, joined, assignment] { Take(joined, assignment); });
}

void GroupMembership::Take(const Joined& joined, const std::string& bytes) {
  ++round_;
  agree_waits_.reset();
  joining_ = rejoin_asked_ = rejoin_after_stop_ = false;
  generation_ = completed_ = joined.generation;
  if (leads_.exchange(joined.leads()) != joined.leads()) ++term_;
  const bool turned_eager = TurnsEager(joined);
  protocol_ = ParseProtocol(joined.protocol).value_or(Protocol::kEager);
  member_ = true;
  if (protocol_ == Protocol::kEager) last_.reset();
  if (!std::exchange(watching_, true)) WatchSession();
  auto assignment = DecodeAssignment(bytes);
  if (!assignment.ok()) {
    LogError("cluster", "The leader's assignment in generation ", generation_,
             " cannot be read, joining again: ", Message(assignment.status()));
    host_->PostMembership(kRetry, [this, round = round_] {
      if (round == round_) Rejoin("the assignment could not be read");
    });
    return Changed();
  }
  Merge(*assignment);
  rejoin_after_stop_ = rejoin_after_stop_ || turned_eager;
  Changed();
  if (std::exchange(join_is_stale_, false)) {
    return Rejoin("what this worker said when it joined has changed since");
  }
  Agree(round_, 0);
}

void GroupMembership::Merge(const GroupAssignment& assignment) {
  LogInfo("cluster", "Generation ", generation_, ", led by ", assignment.leader_url,
          leads_ ? " (this worker)" : "",
          protocol_ == Protocol::kEager ? ", runs here: " : ", new here: ",
          assignment.assigned.connectors.size(), " connectors, ", assignment.assigned.tasks.size(),
          " tasks; taken away: ", assignment.revoked.connectors.size(), " connectors, ",
          assignment.revoked.tasks.size(), " tasks");
  last_ = assignment;
  if (assignment.error != AssignmentError::kNone) return;
  if (protocol_ == Protocol::kEager) own_ = {};
  for (const std::string& name : assignment.revoked.connectors) own_.connectors.erase(name);
  for (const storage::TaskId& task : assignment.revoked.tasks) own_.tasks.erase(task);
  own_.connectors.insert(assignment.assigned.connectors.begin(),
                         assignment.assigned.connectors.end());
  own_.tasks.insert(assignment.assigned.tasks.begin(), assignment.assigned.tasks.end());
  fresh_.connectors.insert(assignment.assigned.connectors.begin(),
                           assignment.assigned.connectors.end());
  fresh_.tasks.insert(assignment.assigned.tasks.begin(), assignment.assigned.tasks.end());
  rejoin_after_stop_ = !assignment.revoked.empty();
  if (assignment.delay.count() > 0) {
    host_->PostMembership(assignment.delay, [this, round = round_] {
      if (round == round_ && !joining_) Rejoin("the delay of this rebalance has ended");
    });
  }
}

void GroupMembership::Agree(int round, int tries) {
  if (round != round_ || joining_ || !last_) return;
  Snapshot config = options_.config->Snapshot();
  if (leads_ && led_by_ != nullptr && led_by_->offset == last_->config_offset) config = led_by_;
  const bool behind = config->offset < last_->config_offset;
  const bool refused = last_->error != AssignmentError::kNone;
  if (tries > 0 && refused) return Rejoin("the leader lacked configuration");
  if (!behind && !refused) {
    if (config->offset > last_->config_offset) return Rejoin("the configuration has moved on");
    const Fitness fitness = AskFitness();
    const auto given = [this](const std::string& name) { return Owns(name, fresh_); };
    if (std::any_of(fitness.unknown.begin(), fitness.unknown.end(), given)) {
      agree_waits_ = tries;
      return AwaitLook();
    }
    const auto in_vain = [&](const std::string& name) {
      return !said_.contains(name) && given(name);
    };
    if (std::any_of(fitness.cannot_run.begin(), fitness.cannot_run.end(), in_vain)) {
      return Rejoin("this worker lacks a class of what it was given");
    }
    agreed_ = config;
    fresh_ = {};
    return Changed();
  }
  if (tries > kSyncTries) {
    LogError("cluster", "The config topic cannot be read to offset ", last_->config_offset,
             ", where the leader is; all that runs here is given back");
    LetGo();
    host_->PostMembership(kRetry, [this, round] {
      if (round == round_ && !joining_) Rejoin("the config topic cannot be read");
    });
    return;
  }
  options_.config->Refresh(options_.sync_timeout, [this, round, tries](const Status& read) {
    milliseconds pause = tries == 0 ? milliseconds(0) : kRetry;
    if (!read.ok()) {
      pause = std::max(kRetry, options_.max_delay / 10 / (kSyncTries + 1 - tries));
      LogWarn("cluster", "Reading the config topic: ", Message(read));
    }
    host_->PostMembership(pause, [this, round, tries] { Agree(round, tries + 1); });
  });
}

void GroupMembership::LetGo() {
  join_is_stale_ = joining_;
  own_ = fresh_ = {};
  last_.reset();
  Changed();
}

void GroupMembership::OnLost(const Status& reason) {
  alive_until_ns_ = 0;  // others may have what runs here already
  ++term_;
  if (leads_.exchange(false)) options_.config->TakeBack();  // there will be another leader
  Post([this, reason] {
    LogWarn("cluster", "Out of the group, stopping what runs here: ", Message(reason));
    ++round_;
    agree_waits_.reset();
    completed_ = -1;
    leads_ = member_ = rejoin_asked_ = rejoin_after_stop_ = false;
    joining_ = true;
    out_of_touch_ = false;
    LetGo();
  });
}

void GroupMembership::OnCoordinatorLost(const Status& reason) {
  LogWarn("cluster", "The group's coordinator does not answer: ", Message(reason));
}

void GroupMembership::OnAlive(TimePoint sent) {
  alive_until_ns_ = Nanos(sent + options_.session_timeout);
  if (!out_of_touch_.exchange(false)) return;
  Post([this] {
    if (member_ && !joining_) Rejoin("the coordinator answers again");
  });
}

void GroupMembership::OnAnswered(metrics::GroupEvent event, milliseconds took) {
  if (options_.metrics != nullptr) options_.metrics->GroupAnswered(event, took);
}

// The coordinator may give away what runs here when the session ends; the stop must be over then.
void GroupMembership::WatchSession() {
  const TimePoint end = FromNanos(alive_until_ns_.load()) - options_.stop_time;
  const TimePoint now = options_.clock->Now();
  const auto left = std::chrono::ceil<milliseconds>(end - now);
  if (left.count() > 0) {
    return host_->PostMembership(left, [this] { WatchSession(); });
  }
  if (member_ && !out_of_touch_.exchange(true)) {
    LogWarn("cluster", "The group's coordinator has not answered for ",
            (options_.session_timeout - options_.stop_time).count(),
            " ms; stopping what runs here before others get it");
    LetGo();
  }
  host_->PostMembership(kRetry, [this] { WatchSession(); });
}

}  // namespace sluice::cluster
