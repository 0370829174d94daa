// What a worker's group coordinator has answered, for the metrics of rebalances and of the group
// member.
#ifndef SLUICE_RUNTIME_METRICS_GROUP_EVENT_H_
#define SLUICE_RUNTIME_METRICS_GROUP_EVENT_H_

namespace sluice::metrics {

// kRebalance: a round, from the call to stop what is given away to the assignment.
enum class GroupEvent { kHeartbeat, kJoin, kSync, kRebalance, kFailedRebalance };

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_GROUP_EVENT_H_
