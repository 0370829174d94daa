// Heartbeats: from the first join until Leave.
#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_client_member.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {

using std::chrono::steady_clock;

net::awaitable<void> GroupMemberClient::Beat() {
  while (!leaving_) {
    const TimePoint now = steady_clock::now();
    if (!is_member()) {
      beat_.reset();
      co_await beat_due_.WaitUntil(TimePoint::max());
    } else if (now >= SessionEnd()) {
      LoseSession();
    } else if (!coordinator_.address()) {
      co_await beat_due_.WaitUntil(SessionEnd());
    } else if (now < next_beat_) {
      co_await beat_due_.WaitUntil(std::min(next_beat_, SessionEnd()));
    } else {
      co_await BeatOnce();
    }
  }
}

net::awaitable<void> GroupMemberClient::BeatOnce() {
  const uint64_t epoch = coordinator_.epoch();
  if (beat_ == nullptr || beat_epoch_ != epoch) {
    beat_.reset();
    const HostPort server = *coordinator_.address();
    const TimePoint deadline = std::min(steady_clock::now() + PatienceWithBroker(), SessionEnd());
    auto opened = co_await KafkaConnection::Open(context_, server, deadline);
    if (!opened.ok()) {
      coordinator_.Lost(epoch, opened.status());
      co_return;
    }
    beat_ = *std::move(opened);
    beat_epoch_ = epoch;
    co_return;  // whatever has changed meanwhile, the caller looks at it
  }
  HeartbeatRequest request;
  request.group_id = options_.group_id;
  request.generation = joined_.generation;
  request.member_id = joined_.member_id;
  const TimePoint sent = steady_clock::now();
  next_beat_ = sent + options_.heartbeat_interval;
  const milliseconds patience = std::min(context_.settings.request_timeout, PatienceWithBroker());
  const std::shared_ptr<KafkaConnection> connection = beat_;
  const auto response = co_await connection->Call(request, std::min(sent + patience, SessionEnd()));
  if (leaving_) co_return;
  if (!response.ok()) {
    beat_.reset();
    coordinator_.Lost(epoch, response.status());
  } else {
    BeatAnswered(request, response->error, sent);
  }
}

void GroupMemberClient::Alive(TimePoint sent) {
  coordinator_.Answered();
  const bool news = sent >= alive_;  // of a SyncGroup not, if heartbeats have gone on meanwhile
  if (news) alive_ = sent;
  if (steady_clock::now() >= SessionEnd()) {  // this thread has slept since
    LoseSession();
  } else if (news) {
    listener_.OnAlive(sent);
  }
}

void GroupMemberClient::LoseSession() {
  Lose(false, ConnectError(StrCat("no heartbeat of this worker was answered within "
                                  "session.timeout.ms=",
                                  options_.session_timeout.count())));
}

void GroupMemberClient::BeatAnswered(const HeartbeatRequest& request, int16_t error,
                                     TimePoint sent) {
  if (!is_member() || request.member_id != joined_.member_id) return;
  const bool old = request.generation != joined_.generation;
  const Status reason = ConnectError(KafkaErrorText(error, options_.group_id));
  switch (KindOf(error)) {
    case KafkaErrorKind::kNone:
    case KafkaErrorKind::kRebalance:
      Answers(metrics::GroupEvent::kHeartbeat, sent);
      Alive(sent);
      if (error != 0 && !old && is_member() && state_ == State::kStable)
        Rejoin("the group is rebalancing");
      return;
    case KafkaErrorKind::kUnknownMember:
      Lose(true, reason);
      return;
    case KafkaErrorKind::kOldGeneration:
      // While joining: the answer to JoinGroup is on its way. If it is not, the session ends.
      if (!old && state_ != State::kJoining) Lose(false, reason);
      return;
    case KafkaErrorKind::kNotCoordinator:
      coordinator_.Lost(beat_epoch_, reason);
      return;
    case KafkaErrorKind::kBusy:
    case KafkaErrorKind::kRefused:
      LogWarn("cluster", Message(reason));
      return;
  }
}

}  // namespace sluice::cluster
