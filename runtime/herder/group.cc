// The herder in its group: news of the membership, and requests that only the leader, or the owner
// of a connector or task, can serve.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/herder/distributed_herder.h"

namespace sluice::herder {
namespace {

constexpr milliseconds kAgreeTime{10'000};  // how long a request waits for a rebalance
constexpr size_t kGroupWaitersMax = 1000;

Status NoLeader() {
  return ConflictError(
      "Cannot complete request momentarily due to no known leader URL, likely because a rebalance "
      "was underway.");
}

}  // namespace

void DistributedHerder::PostMembership(milliseconds delay, std::function<void()> work) {
  delay.count() > 0 ? loop_.PostAfter(delay, std::move(work)) : void(loop_.Post(std::move(work)));
}

void DistributedHerder::OnMembershipChanged() {
  if (shutting_down_) return;
  const bool rebalancing = membership_->Rebalancing(*Now());
  // A leader's, after each rebalance: what is not configured any more has no status.
  if (membership_->IsLeader() && !rebalancing &&
      std::exchange(cleaned_generation_, membership_->generation()) != membership_->generation()) {
    statuses_->RemoveStrangers(*Now());
  }
  if (ready_when_agreed_ && !rebalancing) ready_ = true;
  RenewSessionKey();
  ShowGroup(rebalancing);
  ScheduleReconcile();
}

void DistributedHerder::ShowGroup(bool rebalancing) {
  if (options_.metrics == nullptr) return;
  std::string protocol(membership_->protocol());
  std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  options_.metrics->SetGroup({.leader_url = membership_->LeaderUrl().value_or(""),
                              .protocol = std::move(protocol),
                              .generation = membership_->generation(),
                              .rebalancing = rebalancing});
}

Status DistributedHerder::CheckLeader() const {
  if (membership_->IsLeader()) return OkStatus();
  const auto leader = membership_->LeaderUrl();
  return leader ? OtherWorkerError(*leader) : NoLeader();
}

Status DistributedHerder::AskOwner(const std::string& connector,
                                   const std::optional<std::string>& owner_url) const {
  const bool leads = membership_->IsLeader();
  const auto url = leads ? owner_url : membership_->LeaderUrl();
  if (url) return OtherWorkerError(*url);
  switch (leads ? membership_->WhyOwnerless(connector) : cluster::Ownerless::kUnknown) {
    case cluster::Ownerless::kNobodyCan:
      return ConnectError(StrCat(
          "Connector ", connector,
          " runs nowhere: no worker of the group has every class that its configuration names. "
          "Add the plugin to plugin.path of a worker, whose log names what it lacks, or change the "
          "configuration"));
    case cluster::Ownerless::kAwaitsWorker:
      return ConflictError(StrCat(
          "Connector ", connector,
          " waits for the worker that ran it, which has left and said that it would be back "
          "(shutdown.expect.return.ms). It goes on there, or on another one when that time is "
          "over; try again then, or start that worker"));
    case cluster::Ownerless::kUnknown:
      break;
  }
  return NoLeader();
}

TimePoint DistributedHerder::AgreeBy() const { return options_.clock->Now() + kAgreeTime; }

void DistributedHerder::WhenAgreed(TimePoint deadline, std::function<void(Status)> body) {
  if (!membership_->Rebalancing(*Now())) return body(CheckLeader());
  if (group_waiters_.size() >= kGroupWaitersMax) return body(NoLeader());
  group_waiters_.push_back({deadline, std::move(body), StageScope::Current()});
  const auto left = std::chrono::ceil<milliseconds>(deadline - options_.clock->Now());
  loop_.PostAfter(std::max(left, milliseconds(0)), [this] { ServeAgreed(); });
}

void DistributedHerder::ServeAgreed() {
  if (group_waiters_.empty()) return;
  const bool rebalancing = membership_->Rebalancing(*Now());
  const TimePoint now = options_.clock->Now();
  std::deque<GroupWaiter> waiters = std::exchange(group_waiters_, {});
  for (GroupWaiter& waiter : waiters) {
    if (rebalancing && waiter.deadline > now) {
      group_waiters_.push_back(std::move(waiter));
      continue;
    }
    const StageScope scope(waiter.stage);
    Status status = CheckLeader();
    if (rebalancing && membership_->LeaderUrl()) {
      status = ConflictError(
          "Cannot complete request momentarily due to stale configuration (typically caused by a "
          "concurrent config change)");
    }
    waiter.body(rebalancing && status.ok() ? NoLeader() : status);
  }
}

}  // namespace sluice::herder
