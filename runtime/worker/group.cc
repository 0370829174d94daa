#include "runtime/worker/group.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/cluster/expected_workers.h"
#include "runtime/cluster/group_client.h"
#include "runtime/config/client_config.h"

namespace sluice::worker {
namespace {

// Oftener than heartbeat.interval.ms may say: what a worker runs stops when it has not been
// answered for a part of the session, and a round waits until the last member has been told of it.
constexpr milliseconds kHeartbeatMax{500};

StatusOr<cluster::GroupClientOptions> ClientOptions(const config::WorkerConfig& config) {
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
  return group;
}

// Each of them once.
std::string NamesOf(const std::vector<herder::Lack>& lacks) {
  std::set<std::string> names;
  for (const herder::Lack& lack : lacks) names.insert(lack.Name());
  return StrJoin(std::vector<std::string>(names.begin(), names.end()), ", ");
}

}  // namespace

std::string WorkerUrl(const config::WorkerConfig& config, const std::string& worker_id) {
  return StrCat(config.advertised_scheme, "://", worker_id, "/");
}

Group::Group(const GroupParts& parts)
    : parts_(parts),
      built_in_(parts.version, parts.plugins),
      support_(
          *parts.plugins, built_in_,
          [calls = parts.calls](std::function<void()> work) {
            return calls->Aside(std::move(work));
          },
          [this] { member_->Looked(); }) {}

StatusOr<std::unique_ptr<Group>> Group::Make(const GroupParts& parts) {
  SLUICE_ASSIGN_OR_RETURN(const cluster::GroupClientOptions client, ClientOptions(*parts.config));
  if (parts.config->task_shutdown_graceful_timeout > parts.config->session_timeout / 2) {
    LogWarn("worker", "task.shutdown.graceful.timeout.ms=",
            parts.config->task_shutdown_graceful_timeout.count(),
            " is more than half of session.timeout.ms=", parts.config->session_timeout.count(),
            ": when this worker is cut off from the group, a task that takes so long to stop may "
            "still write while another worker runs it already");
  }
  std::unique_ptr<Group> group(new Group(parts));
  SLUICE_ASSIGN_OR_RETURN(group->membership_,
                          cluster::GroupMembership::Make(
                              group->MembershipOptions(), [&](cluster::GroupListener& listener) {
                                return cluster::NewGroupClient(client, listener);
                              }));
  group->member_ = group->membership_.get();
  parts.configs->SetTerm([member = group->member_] { return member->Term(); });
  return group;
}

cluster::GroupMembershipOptions Group::MembershipOptions() {
  const config::WorkerConfig& config = *parts_.config;
  cluster::GroupMembershipOptions options;
  options.url = WorkerUrl(config, parts_.worker_id);
  options.protocols = cluster::OfferedProtocols(config.connect_protocol);
  options.config = parts_.configs;
  options.metrics = parts_.metrics;
  options.session_timeout = config.session_timeout;
  options.stop_time = std::min(config.task_shutdown_graceful_timeout, config.session_timeout / 2);
  options.max_delay = config.scheduled_rebalance_max_delay;
  options.sync_timeout = config.worker_sync_timeout;
  options.fitness = [this](const storage::ClusterConfig& now) { return support_.Ask(now); };
  options.fit = [this](const std::string& name, const herder::ClassSupport::Config& now) {
    return support_.Ask(name, now);
  };
  options.returns = [config = parts_.config, statuses = parts_.statuses](const auto& tell) {
    statuses->Refresh(config->worker_sync_timeout, [statuses, tell](const Status& read) {
      if (!read.ok()) LogWarn("worker", "Who will be back may be out of date: ", Message(read));
      tell(cluster::ReadExpectedWorkers(*statuses));
    });
  };
  return options;
}

Status Group::CheckClasses() {
  const auto config = parts_.configs->Snapshot();
  const std::vector<herder::Lack> missing = support_.Look(*config);
  for (const herder::Lack& one : missing) LogError("worker", one.ToString());
  if (missing.empty() || parts_.config->join_unsupported) return OkStatus();
  return ConnectError(StrCat(
      "This worker lacks what connectors of group ", parts_.config->group_id,
      " ask for: ", NamesOf(missing),
      ". It does not join, since they could only fail here. Add the plugins to plugin.path (now ",
      StrJoin(parts_.config->plugin_path, ","),
      "), or set join.unsupported=join: then the other workers run these connectors"));
}

bool Group::PrintTakeover() {
  const auto config = parts_.configs->Snapshot();
  size_t tasks = 0;
  for (const std::string& name : config->Connectors()) tasks += config->Tasks(name).size();
  std::printf("Group %s: %zu connectors, %zu tasks in topic %s\n", parts_.config->group_id.c_str(),
              config->Connectors().size(), tasks, parts_.config->config_topic.name.c_str());
  const std::vector<herder::Lack> missing = herder::FindLacks(*config, *parts_.plugins, built_in_);
  for (const herder::Lack& one : missing) std::printf("%s\n", one.ToString().c_str());
  if (missing.empty()) {
    std::printf("This worker has all that they ask for.\n");
    return true;
  }
  std::printf("This worker could not take over: it lacks %s.\n", NamesOf(missing).c_str());
  return false;
}

void Group::Tick() {
  if (is_back_ || member_->Rebalancing(*parts_.configs->Snapshot())) return;
  is_back_ = true;
  if (parts_.statuses->Leaving().contains(parts_.worker_id)) {
    parts_.statuses->DeleteLeaving(parts_.worker_id);
  }
}

void Group::Announce() {
  const milliseconds back_within = parts_.config->shutdown_expect_return;
  if (back_within.count() <= 0) return;
  parts_.statuses->PutLeaving(parts_.worker_id, member_->generation(), back_within);
}

}  // namespace sluice::worker
