// The worker's place in its group, made of its configuration: membership, whether it may join, and
// what it leaves behind. For worker.cc.
#ifndef SLUICE_RUNTIME_WORKER_GROUP_H_
#define SLUICE_RUNTIME_WORKER_GROUP_H_

#include <memory>
#include <string>
#include <utility>

#include "runtime/base/status.h"
#include "runtime/cluster/group_membership.h"
#include "runtime/cluster/membership.h"
#include "runtime/config/worker_config.h"
#include "runtime/herder/built_in_classes.h"
#include "runtime/herder/class_support.h"
#include "runtime/herder/connector_pool.h"
#include "runtime/herder/plugins.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/storage/config_store.h"
#include "runtime/storage/status_store.h"

namespace sluice::worker {

// Where others reach the worker `worker_id` (its advertised host:port) of this configuration.
std::string WorkerUrl(const config::WorkerConfig& config, const std::string& worker_id);

// All of it outlives the group.
struct GroupParts {
  const config::WorkerConfig* config = nullptr;
  std::string worker_id;  // advertised host:port
  std::string version;    // of the built-in classes
  storage::ConfigStore* configs = nullptr;
  storage::StatusStore* statuses = nullptr;
  herder::Plugins* plugins = nullptr;
  herder::ConnectorCalls* calls = nullptr;
  std::shared_ptr<metrics::WorkerMetrics> metrics;
};

class Group {
 public:
  // Errors (ConfigException) name the key.
  static StatusOr<std::unique_ptr<Group>> Make(const GroupParts& parts);

  // Once the config topic has been read: whether this worker has every class that the group's
  // connectors name. Prints each that it lacks; an error then, unless join.unsupported is `join`.
  Status CheckClasses();
  // For --check-takeover: prints what the group has, and what is lacking here. Whether nothing is.
  bool PrintTakeover();

  // Once; the membership does not outlive the group.
  std::unique_ptr<cluster::Membership> TakeMembership() { return std::move(membership_); }
  // Whether the group surely counts this worker as a member still. Any thread.
  bool Holds() const { return member_->Holds(); }
  // Every second, on the herder's thread.
  void Tick();
  // When nothing runs any more and the worker is about to leave: says when it will be back
  // (shutdown.expect.return.ms).
  void Announce();

 private:
  explicit Group(const GroupParts& parts);
  cluster::GroupMembershipOptions MembershipOptions();

  const GroupParts parts_;
  const herder::BuiltInClasses built_in_;
  herder::ClassSupport support_;
  std::unique_ptr<cluster::GroupMembership> membership_;
  cluster::GroupMembership* member_ = nullptr;  // the same, also when it has been taken
  bool is_back_ = false;                        // a leave of an earlier run has been taken back
};

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_GROUP_H_
