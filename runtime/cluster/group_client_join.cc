// Joining: from OnRejoin to OnAssigned.
#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_client_member.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {
namespace {

using std::chrono::steady_clock;

// Beyond the rebalance timeout, for the broker to notice that it is over.
constexpr milliseconds kJoinSlack{5'000};

}  // namespace

net::awaitable<void> GroupMemberClient::Run() {
  while (!leaving_) {
    if (!prepared_) {
      co_await WaitUntilReady();
      continue;
    }
    state_ = State::kJoining;
    if (!coordinator_.address()) {
      co_await changed_.WaitUntil(TimePoint::max());
      continue;
    }
    const Next next = co_await JoinAndSync();
    join_.reset();
    if (next == Next::kSoon || next == Next::kSlowly) {
      if (!leaving_) listener_.OnAnswered(metrics::GroupEvent::kFailedRebalance, milliseconds(0));
      const TimePoint until =
          steady_clock::now() + (next == Next::kSoon ? backoff_.Next() : backoff_.Slow());
      for (const uint64_t round = round_; Current(round) && steady_clock::now() < until;) {
        co_await changed_.WaitUntil(until);
      }
    }
    while (state_ == State::kStable && is_member() && !rejoin_wanted_ && !leaving_) {
      co_await changed_.WaitUntil(TimePoint::max());
    }
  }
}

net::awaitable<void> GroupMemberClient::WaitUntilReady() {
  const uint64_t round = ++round_;
  state_ = State::kWaiting;
  round_began_ = steady_clock::now();
  ready_ = false;
  listener_.OnRejoin([this, round, mailbox = context_.mailbox] {
    mailbox->Post([this, round] {
      if (!Current(round)) return;
      ready_ = true;
      changed_.Notify();
    });
  });
  while (Current(round) && !ready_) co_await changed_.WaitUntil(TimePoint::max());
  if (Current(round)) prepared_ = true;
}

net::awaitable<GroupMemberClient::Next> GroupMemberClient::JoinAndSync() {
  const uint64_t round = round_, epoch = coordinator_.epoch();
  const HostPort server = *coordinator_.address();
  const TimePoint deadline = steady_clock::now() + PatienceWithBroker();
  auto opened = co_await KafkaConnection::Open(context_, server, deadline);
  if (!opened.ok()) coordinator_.Lost(epoch, opened.status());
  if (!Current(round)) co_return Next::kAtOnce;
  if (!opened.ok()) co_return Next::kSoon;
  join_ = *std::move(opened);
  const Next joined = co_await Join();
  if (joined != Next::kGoOn) co_return joined;
  co_return co_await Sync();
}

net::awaitable<GroupMemberClient::Next> GroupMemberClient::Join() {
  const uint64_t round = round_, epoch = coordinator_.epoch();
  const milliseconds patience =
      std::max(context_.settings.request_timeout, options_.rebalance_timeout + kJoinSlack);
  while (true) {
    rejoin_wanted_ = false;
    JoinGroupRequest request;
    request.group_id = options_.group_id;
    request.session_timeout_ms = static_cast<int32_t>(options_.session_timeout.count());
    request.rebalance_timeout_ms = static_cast<int32_t>(options_.rebalance_timeout.count());
    request.member_id = member_id_;
    request.protocol_type = "connect";
    request.protocols = listener_.Protocols();
    const TimePoint sent = steady_clock::now();
    auto response = co_await join_->Call(request, sent + patience);
    if (!Current(round)) co_return Next::kAtOnce;
    if (!response.ok()) {
      coordinator_.Lost(epoch, response.status());
      co_return Next::kSoon;
    }
    if (response->error == 0) {
      Answers(metrics::GroupEvent::kJoin, sent);
      Joins(*std::move(response));
      co_return Next::kGoOn;
    }
    const Next next = JoinFailed(request, *response);
    if (next != Next::kGoOn) co_return next;
  }
}

// kGoOn: the same again, on this connection.
GroupMemberClient::Next GroupMemberClient::JoinFailed(const JoinGroupRequest& request,
                                                      const JoinGroupResponse& response) {
  if (response.error == kMemberIdRequired) {
    const bool first = request.member_id.empty() && !response.member_id.empty();
    if (!first) Lose(true, ConnectError(KafkaErrorText(response.error, options_.group_id)));
    member_id_ = response.member_id;
    return first ? Next::kGoOn : Next::kSoon;
  }
  return RoundFailed(response.error);
}

void GroupMemberClient::Answers(metrics::GroupEvent what, TimePoint sent) {
  listener_.OnAnswered(what, std::chrono::duration_cast<milliseconds>(steady_clock::now() - sent));
}

void GroupMemberClient::Joins(JoinGroupResponse response) {
  coordinator_.Answered();
  // Of a first join nobody knows when in between the broker began to count, and nothing runs yet. A
  // member's heartbeats have gone on until now.
  if (!is_member()) alive_ = steady_clock::now();
  member_id_ = response.member_id;
  joined_ = {.generation = response.generation,
             .member_id = std::move(response.member_id),
             .leader_id = std::move(response.leader_id),
             .protocol = std::move(response.protocol),
             .members = {}};
  if (joined_.leads()) {
    for (JoinGroupResponse::Member& member : response.members) {
      joined_.members.push_back({std::move(member.id), std::move(member.metadata)});
    }
  }
  LogInfo("cluster", "Group ", options_.group_id, ": generation ", joined_.generation, ", member ",
          joined_.member_id, ", protocol ", joined_.protocol,
          joined_.leads() ? ", as leader of " : ", leader ",
          joined_.leads() ? StrCat(joined_.members.size()) : joined_.leader_id);
  state_ = State::kSyncing;
  coordinator_.set_connect_timeout(PatienceWithBroker());
  next_beat_ = {};
  beat_due_.Notify();
}

net::awaitable<GroupMemberClient::Next> GroupMemberClient::AskLeader(uint64_t round,
                                                                     SyncGroupRequest& request) {
  answer_.reset();
  using Answer = StatusOr<std::map<std::string, std::string>>;
  listener_.OnLead(joined_, [this, round, mailbox = context_.mailbox](Answer answer) {
    mailbox->Post([this, round, answer = std::move(answer)] {
      if (!Current(round) || answer_) return;
      answer_ = answer;
      changed_.Notify();
    });
  });
  while (Current(round) && !answer_) co_await changed_.WaitUntil(TimePoint::max());
  if (!Current(round)) co_return Next::kAtOnce;
  const Answer answer = *std::exchange(answer_, std::nullopt);
  if (!answer.ok()) {
    LogWarn("cluster", "Group ", options_.group_id,
            ": the leader could not assign: ", Message(answer.status()));
    co_return Next::kSoon;
  }
  request.assignments.assign(answer->begin(), answer->end());
  co_return Next::kGoOn;
}

net::awaitable<GroupMemberClient::Next> GroupMemberClient::Sync() {
  const uint64_t round = ++round_, epoch = coordinator_.epoch();
  SyncGroupRequest request;
  request.group_id = options_.group_id;
  request.generation = joined_.generation;
  request.member_id = member_id_;
  if (joined_.leads()) {
    const Next next = co_await AskLeader(round, request);
    if (next != Next::kGoOn) co_return next;
  }
  const milliseconds patience =
      std::max(context_.settings.request_timeout, options_.rebalance_timeout + kJoinSlack);
  const TimePoint sent = steady_clock::now();
  const auto response = co_await join_->Call(request, sent + patience);
  if (!Current(round)) co_return Next::kAtOnce;
  if (!response.ok()) {
    coordinator_.Lost(epoch, response.status());
    co_return Next::kSoon;
  }
  if (response->error != 0) co_return RoundFailed(response->error);
  backoff_.Reset();
  Alive(sent);
  if (!Current(round)) co_return Next::kAtOnce;
  prepared_ = false;
  state_ = State::kStable;
  Answers(metrics::GroupEvent::kSync, sent);
  Answers(metrics::GroupEvent::kRebalance, round_began_);
  listener_.OnAssigned(joined_, response->assignment);
  co_return Next::kGoOn;
}

GroupMemberClient::Next GroupMemberClient::RoundFailed(int16_t error) {
  const Status reason = ConnectError(KafkaErrorText(error, options_.group_id));
  switch (KindOf(error)) {
    case KafkaErrorKind::kNotCoordinator:
      coordinator_.Lost(coordinator_.epoch(), reason);
      return Next::kSoon;
    case KafkaErrorKind::kUnknownMember:
      Lose(true, reason);
      return Next::kSoon;
    case KafkaErrorKind::kOldGeneration:
      Lose(false, reason);
      return Next::kSoon;
    case KafkaErrorKind::kRefused:
      LogError("cluster", Message(reason));
      return Next::kSlowly;
    case KafkaErrorKind::kNone:
    case KafkaErrorKind::kBusy:
    case KafkaErrorKind::kRebalance:
      LogDebug("cluster", Message(reason));
      return Next::kSoon;
  }
  return Next::kSoon;
}

}  // namespace sluice::cluster
