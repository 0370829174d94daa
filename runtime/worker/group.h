// The worker's place in its group, made of its configuration. For worker.cc, at start.
#ifndef SLUICE_RUNTIME_WORKER_GROUP_H_
#define SLUICE_RUNTIME_WORKER_GROUP_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/membership.h"
#include "runtime/config/worker_config.h"
#include "runtime/storage/config_store.h"

namespace sluice::worker {

// `url`: the advertised one of this worker, with a slash at its end. `store` outlives the
// membership. Errors (ConfigException) name the key.
StatusOr<std::unique_ptr<cluster::Membership>> NewMembership(const config::WorkerConfig& config,
                                                             const std::string& url,
                                                             storage::ConfigStore& store);

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_GROUP_H_
