// Workers that have left the group and said when they would be back: what they ran waits for them.
#ifndef SLUICE_RUNTIME_CLUSTER_EXPECTED_WORKERS_H_
#define SLUICE_RUNTIME_CLUSTER_EXPECTED_WORKERS_H_

#include <map>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/cluster/membership.h"
#include "runtime/storage/status_store.h"

namespace sluice::cluster {

struct ExpectedWorker {
  TimePoint until{};  // when it said it would be back
  // What had its last status from it. A leader that has seen the worker leave knows better; one
  // that leads since then, for instance since it was the leader that left, knows nothing else.
  Parts ran{};
};
using ExpectedWorkers = std::map<std::string, ExpectedWorker>;  // by address: host:port

// As the status topic has them, as far as it was read. Any thread.
ExpectedWorkers ReadExpectedWorkers(const storage::StatusStore& statuses);

// Of a member's url, http://host:port/ or https: what stays when it changes its scheme.
std::string_view WorkerAddress(std::string_view url);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_EXPECTED_WORKERS_H_
