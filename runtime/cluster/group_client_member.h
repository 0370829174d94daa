// The member's side of the classic group protocol, as three coroutines on one thread: one finds the
// coordinator (GroupCoordinator), one joins, and one beats, on a connection of its own, since the
// broker lets a JoinGroup wait and answers nothing else on its connection meanwhile. Internal to
// runtime/cluster.
//
//   kWaiting    OnRejoin was called; until `ready`.
//   kJoining    JoinGroup is sent; the broker waits for all members, at most the rebalance timeout.
//   kSyncing    OnLead was called, or SyncGroup is sent; the broker waits for the leader's answer.
//   kStable     OnAssigned was called.
//
// Heartbeats go on in all of them, from the first join on. An answer to one that was sent at T
// (REBALANCE_IN_PROGRESS is one, too) keeps the membership until T + session timeout; after that
// the coordinator may give away what this member runs, so the membership is given up, whoever is to
// blame: a broker, the network, or this process, which may have been stopped.
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_MEMBER_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_MEMBER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/group_client_coordinator.h"
#include "runtime/cluster/group_client_wakeup.h"
#include "runtime/cluster/kafka_connection.h"

namespace sluice::cluster {

class GroupMemberClient {
 public:
  GroupMemberClient(const KafkaContext& context, const GroupClientOptions& options,
                    GroupListener& listener);

  void Start();  // spawns the coroutines
  void Rejoin(const std::string& reason);
  // From now on no listener is called. `done` once LeaveGroup has been answered, was not needed, or
  // `deadline` is over.
  void Leave(std::string reason, TimePoint deadline, std::function<void()> done);

 private:
  enum class State { kWaiting, kJoining, kSyncing, kStable };
  enum class Next { kGoOn, kAtOnce, kSoon, kSlowly };

  // group_client_join.cc
  net::awaitable<void> Run();
  net::awaitable<void> WaitUntilReady();
  net::awaitable<Next> JoinAndSync();
  net::awaitable<Next> Join();
  net::awaitable<Next> Sync();
  Next JoinFailed(const JoinGroupRequest& request, const JoinGroupResponse& response);
  Next RoundFailed(int16_t error);  // what an error of JoinGroup or SyncGroup means
  net::awaitable<Next> AskLeader(uint64_t round, SyncGroupRequest& request);
  void Joins(JoinGroupResponse response);
  // Tells the metrics of an answer to what was sent then.
  void Answers(metrics::GroupEvent what, TimePoint sent);

  // group_client_beat.cc
  net::awaitable<void> Beat();
  net::awaitable<void> BeatOnce();
  void BeatAnswered(const HeartbeatRequest& request, int16_t error, TimePoint sent);
  void Alive(TimePoint sent);  // the coordinator has answered what was sent then
  void LoseSession();
  TimePoint SessionEnd() const { return alive_ + options_.session_timeout; }

  net::awaitable<void> LeaveGroup(TimePoint deadline);

  bool is_member() const { return joined_.generation >= 0; }
  // Whether what was begun in `round` is still wanted.
  bool Current(uint64_t round) const { return round == round_ && !leaving_; }
  // Out of the group. `forget`: it does not know this member's id any more.
  void Lose(bool forget, const Status& reason);
  void CloseConnections();
  milliseconds PatienceWithBroker() const;
  void Spawn(net::awaitable<void> coroutine);

  const KafkaContext& context_;
  const GroupClientOptions options_;
  GroupListener& listener_;
  GroupCoordinator coordinator_;

  State state_ = State::kWaiting;
  // Counts lost memberships and calls of the listener that want an answer, so that a late answer is
  // known for one.
  uint64_t round_ = 0;
  Joined joined_;               // generation -1: no member, or none any more
  std::string member_id_;       // that the coordinator has given; empty: none
  bool prepared_ = false;       // nothing was assigned since the last `ready`
  bool rejoin_wanted_ = false;  // since the last JoinGroup
  bool ready_ = false;          // kWaiting is over
  std::optional<StatusOr<std::map<std::string, std::string>>> answer_;  // the leader's
  bool leaving_ = false;

  std::shared_ptr<KafkaConnection> join_, beat_;
  TimePoint round_began_{};
  uint64_t beat_epoch_ = 0;  // of the coordinator that beat_ goes to
  TimePoint alive_{}, next_beat_{};
  Wakeup changed_, beat_due_, leave_due_;
  Backoff backoff_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_MEMBER_H_
