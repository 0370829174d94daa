// How long the member of a sink's consumer group may be silent, and how often it speaks. A pure
// function; called by client_config.cc when a task's consumer is made.
#ifndef SLUICE_RUNTIME_CONFIG_GROUP_TIMES_H_
#define SLUICE_RUNTIME_CONFIG_GROUP_TIMES_H_

#include "runtime/config/worker_config.h"

namespace sluice::config {

struct GroupTimes {
  milliseconds session, heartbeat;
};

// A dead worker's partitions move as soon as its tasks do, which is at the session time-out.
//
// A connector of one task: the new one joins while the dead one is still a member, and gets its
// partitions when that one's session ends. Were the group empty by then, the broker would wait for
// group.initial.rebalance.delay.ms, which is 3 s, for others to join.
//
// One of several: nobody is put off by an empty group. But each time one of them comes or goes, all
// stop until the last of them has been told, by its next heartbeat: those are frequent, as far as a
// large group does not make too many of them.
GroupTimes TimesInGroup(const WorkerConfig& worker, int tasks);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_GROUP_TIMES_H_
