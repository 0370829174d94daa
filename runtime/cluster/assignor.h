// How the leader spreads connectors and tasks over the members of the group. Pure: the same inputs
// and memory give the same answer; the caller owns thread, clock and configuration.
//
// IncrementalAssignor does what the peer's incremental cooperative assignor does (KIP-415), so that
// a group may change its leader between Java and Sluice: only what must move does, and it is
// revoked in one round and given away in the next. Beyond it:
// - What a crashed worker ran moves at once. The delay is for a worker that announced its return:
//   until then its own waits for it, and it gets that back, as a new member at the same address.
// - Tasks count by `task.weight` of their connector, a whole number from 1 (assignor_balance.h).
// - What a member cannot run never goes to it.
// - A round that the group did not complete is as if it had not been.
#ifndef SLUICE_RUNTIME_CLUSTER_ASSIGNOR_H_
#define SLUICE_RUNTIME_CLUSTER_ASSIGNOR_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/cluster/expected_workers.h"
#include "runtime/cluster/membership.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::cluster {

struct GroupMember {
  std::string id;
  Subscription subscription;
};

struct AssignorOptions {
  milliseconds max_delay{300'000};  // scheduled.rebalance.max.delay.ms
};

// All that one round is decided by.
struct AssignmentRound {
  int generation = 0;  // of the group, now being formed
  // Of this member, since it was last out of the group; -1 if there is none. What was remembered of
  // other generations is dropped: then all that nobody runs is new, but for what `returns` knows.
  int last_completed_generation = -1;
  std::string leader_id, leader_url;
  std::vector<GroupMember> members;                // in any order
  const storage::ClusterConfig* config = nullptr;  // read at least as far as any member
  TimePoint now{};
  ExpectedWorkers returns{};
};

class IncrementalAssignor {
 public:
  explicit IncrementalAssignor(AssignorOptions options);
  ~IncrementalAssignor();

  // One assignment for each member, by id. A connector is never given to a member that cannot run
  // it, nor are its tasks; if nobody can, it stays unassigned. If a member has read more of the
  // config topic than `config` has, all get kConfigMismatch and nothing else: read and join again.
  std::map<std::string, GroupAssignment> Assign(const AssignmentRound& round);

 private:
  struct Memory;
  class Round;

  const AssignorOptions options_;
  std::unique_ptr<Memory> completed_;  // after the last round that the group completed
  std::unique_ptr<Memory> latest_;     // after the last one that we answered
};

// `default`: connectors by name over the members by id, then, going on at the next member, all
// tasks; members that cannot run one are passed over.
std::map<std::string, GroupAssignment> AssignEager(const AssignmentRound& round);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_ASSIGNOR_H_
