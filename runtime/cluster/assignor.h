// How the leader spreads connectors and tasks over the members of the group. Pure: the same inputs
// and memory give the same answer; the caller owns thread, clock and configuration.
//
// IncrementalAssignor does what the peer's incremental cooperative assignor does (KIP-415,
// internal-topics reference 5.3), so that a group may change its leader between Java and Sluice,
// and beyond it: what a crashed worker ran moves at once; the delay is for a worker that announced
// its return; tasks count by their weight.
#ifndef SLUICE_RUNTIME_CLUSTER_ASSIGNOR_H_
#define SLUICE_RUNTIME_CLUSTER_ASSIGNOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/cluster/connect_protocol.h"
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
  int generation = 0;                  // of the group, now being formed
  int last_completed_generation = -1;  // of this member; older memory is dropped if they differ
  std::string leader_id, leader_url;
  std::vector<GroupMember> members;                // in any order
  const storage::ClusterConfig* config = nullptr;  // read at least as far as any member
  TimePoint now{};
  // For a worker that has left: until when it said it would be back. By worker url.
  std::map<std::string, TimePoint> returns;
};

class IncrementalAssignor {
 public:
  explicit IncrementalAssignor(AssignorOptions options) : options_(options) {}

  // One assignment for each member, by id. A connector is never given to a member that cannot run
  // it, nor are its tasks; if nobody can, it stays unassigned.
  std::map<std::string, GroupAssignment> Assign(const AssignmentRound& round);

 private:
  const AssignorOptions options_;
};

// `default`: connectors by name over the members by id, then, going on at the next member, all
// tasks (internal-topics reference 5.2).
std::map<std::string, GroupAssignment> AssignEager(const AssignmentRound& round);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_ASSIGNOR_H_
