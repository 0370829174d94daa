#include "runtime/worker/group.h"

#include <algorithm>
#include <utility>

#include "runtime/cluster/connect_protocol.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/group_membership.h"
#include "runtime/config/client_config.h"

namespace sluice::worker {
namespace {

// Oftener than heartbeat.interval.ms may say, since what a worker runs stops when it has not been
// answered for a part of the session.
constexpr milliseconds kHeartbeatMax{1'000};

}  // namespace

StatusOr<std::unique_ptr<cluster::Membership>> NewMembership(const config::WorkerConfig& config,
                                                             const std::string& url,
                                                             storage::ConfigStore& store) {
  SLUICE_ASSIGN_OR_RETURN(
      const config::ClientProperties client,
      config::WorkerClientProperties(config, config::WorkerClient::kSharedAdmin));
  cluster::GroupClientOptions group;
  group.group_id = config.group_id;
  group.client_id = config.client_id;
  group.bootstrap_servers = client.bootstrap_servers;
  group.java = client.java;
  group.session_timeout = config.session_timeout;
  group.rebalance_timeout = config.rebalance_timeout;
  group.heartbeat_interval = std::min(config.heartbeat_interval, kHeartbeatMax);
  cluster::GroupMembershipOptions options;
  options.url = url;
  options.protocols = cluster::OfferedProtocols(config.connect_protocol);
  options.config = &store;
  options.session_timeout = config.session_timeout;
  options.stop_time = std::min(config.task_shutdown_graceful_timeout, config.session_timeout / 2);
  options.max_delay = config.scheduled_rebalance_max_delay;
  options.sync_timeout = config.worker_sync_timeout;
  SLUICE_ASSIGN_OR_RETURN(
      auto membership,
      cluster::GroupMembership::Make(std::move(options), [&](cluster::GroupListener& listener) {
        return cluster::NewGroupClient(group, listener);
      }));
  return std::unique_ptr<cluster::Membership>(std::move(membership));
}

}  // namespace sluice::worker
