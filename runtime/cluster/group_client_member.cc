#include "runtime/cluster/group_client_member.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {

using std::chrono::steady_clock;

GroupMemberClient::GroupMemberClient(const KafkaContext& context, const GroupClientOptions& options,
                                     GroupListener& listener)
    : context_(context),
      options_(options),
      listener_(listener),
      coordinator_(context, options.group_id, options.heartbeat_interval,
                   {.found =
                        [this] {
                          changed_.Notify();
                          beat_due_.Notify();
                          leave_due_.Notify();
                        },
                    .lost = [this] { CloseConnections(); },
                    .outage =
                        [this](const Status& reason) {
                          if (!leaving_) listener_.OnCoordinatorLost(reason);
                        }}),
      changed_(context.io),
      beat_due_(context.io),
      leave_due_(context.io),
      backoff_(context.settings.backoff, context.settings.backoff_max) {}

void GroupMemberClient::Start() {
  Spawn(coordinator_.Run());
  Spawn(Run());
  Spawn(Beat());
}

// What a coroutine throws is a bug, or memory that has run out: it ends the process rather than
// leaving a member that does not beat.
void GroupMemberClient::Spawn(net::awaitable<void> coroutine) {
  net::co_spawn(context_.io, std::move(coroutine), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
}

void GroupMemberClient::Rejoin(const std::string& reason) {
  if (leaving_ || rejoin_wanted_) return;
  LogInfo("cluster", "Group ", options_.group_id, ": joining again: ", reason);
  rejoin_wanted_ = true;
  changed_.Notify();
}

void GroupMemberClient::Lose(bool forget, const Status& reason) {
  const bool was_member = is_member();
  joined_ = {};
  coordinator_.set_connect_timeout(PatienceWithBroker());
  if (forget) member_id_.clear();
  ++round_;
  prepared_ = prepared_ && !was_member;
  rejoin_wanted_ = false;
  if (join_ != nullptr) join_->Close();
  changed_.Notify();
  beat_due_.Notify();
  if (!was_member || leaving_) return;
  LogWarn("cluster", "Group ", options_.group_id, ": membership lost: ", Message(reason));
  listener_.OnLost(reason);
}

void GroupMemberClient::CloseConnections() {
  if (join_ != nullptr) join_->Close();
  if (beat_ != nullptr) beat_->Close();
}

// With a broker that does not answer: a membership must outlive three of them.
milliseconds GroupMemberClient::PatienceWithBroker() const {
  const milliseconds most = context_.settings.connect_timeout;
  return is_member() ? std::min(most, options_.session_timeout / 3) : most;
}

void GroupMemberClient::Leave(std::string reason, TimePoint deadline, std::function<void()> done) {
  leaving_ = true;
  ++round_;
  LogInfo("cluster", "Group ", options_.group_id, ": leaving: ", reason);
  CloseConnections();
  changed_.Notify();
  beat_due_.Notify();
  net::co_spawn(context_.io, LeaveGroup(deadline),
                [this, done = std::move(done)](std::exception_ptr error) {
                  if (error) std::rethrow_exception(error);
                  coordinator_.Stop();
                  done();
                });
}

net::awaitable<void> GroupMemberClient::LeaveGroup(TimePoint deadline) {
  while (!member_id_.empty() && steady_clock::now() < deadline) {
    if (!coordinator_.address()) {
      co_await leave_due_.WaitUntil(deadline);
      continue;
    }
    const uint64_t epoch = coordinator_.epoch();
    const HostPort server = *coordinator_.address();
    auto connection = co_await KafkaConnection::Open(context_, server, deadline);
    Status status = connection.status();
    if (connection.ok()) {
      LeaveGroupRequest request;
      request.group_id = options_.group_id;
      request.member_id = member_id_;
      const auto response = co_await (*connection)->Call(request, deadline);
      status = response.status();
      if (response.ok()) {
        const KafkaErrorKind kind = KindOf(response->error);
        if (kind != KafkaErrorKind::kNotCoordinator && kind != KafkaErrorKind::kBusy) co_return;
        status = ConnectError(KafkaErrorText(response->error, options_.group_id));
      }
    }
    coordinator_.Lost(epoch, status);
  }
}

}  // namespace sluice::cluster
