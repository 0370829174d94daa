// A worker as a member of its group: joins with what it runs, takes what the leader assigns, leads
// when the broker picks it, and lets go in time of what it may no longer run. Where it does more
// than the peer (WorkerGroupMember, WorkerCoordinator):
//
// - What runs is stopped when the coordinator has not answered for so long that it may soon give it
//   to others (the session time-out less the time that a stop takes), not before and not later.
// - A rebalance waits for everything that must stop, so that nothing runs twice.
// - It says which connectors it lacks a class for, and starts none that it has not looked at: a
//   leader that has read more of the config topic may give it one that it has not heard of.
//
// All state belongs to the herder's thread; the group client's calls are posted to it.
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_MEMBERSHIP_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_MEMBERSHIP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/cluster/assignor.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/cluster/expected_workers.h"
#include "runtime/cluster/fitness.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/membership.h"
#include "runtime/config/config_map.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/storage/config_store.h"

namespace sluice::cluster {

struct GroupMembershipOptions {
  std::string url;                  // advertised, with a slash at its end
  std::vector<Protocol> protocols;  // offered, best first
  storage::ConfigStore* config = nullptr;
  milliseconds session_timeout{10'000};
  milliseconds stop_time{5'000};     // what a stop of everything may take
  milliseconds max_delay{300'000};   // scheduled.rebalance.max.delay.ms
  milliseconds sync_timeout{3'000};  // worker.sync.timeout.ms
  Clock* clock = &Clock::System();
  // What this worker has the classes for, of all connectors and of one with that configuration; at
  // once. What is unknown is being looked at, and told of by Looked. Both set, or both empty.
  std::function<Fitness(const storage::ClusterConfig&)> fitness;
  std::function<Fit(const std::string&, const std::shared_ptr<const config::ConfigMap>&)> fit;
  // Who is expected back; any thread may answer, after sync_timeout at the latest. May be empty.
  std::function<void(std::function<void(ExpectedWorkers)>)> returns;
  std::shared_ptr<metrics::WorkerMetrics> metrics;  // may be null
};
using MakeGroupClient = std::function<StatusOr<std::unique_ptr<GroupClient>>(GroupListener&)>;

class GroupMembership : public Membership, private GroupListener {
 public:
  // Errors: of `make`.
  static StatusOr<std::unique_ptr<GroupMembership>> Make(GroupMembershipOptions options,
                                                         const MakeGroupClient& make);
  ~GroupMembership() override;

  // What was unknown to `fitness` has been looked at. Any thread, once it has joined.
  void Looked();
  // In which of its terms as leader this worker is; 0: in none, so that it must not write what only
  // a leader writes. Any thread.
  int64_t Term() const;

  // Membership
  void Join(MembershipHost& host) override;
  void Leave() override;
  bool IsLeader() const override;
  bool Holds() const override;
  std::optional<std::string> LeaderUrl() const override;
  std::optional<std::string> OwnerUrl(const std::string& connector) const override;
  std::optional<std::string> OwnerUrl(const storage::TaskId& task) const override;
  Ownerless WhyOwnerless(const std::string& connector) const override;
  int generation() const override { return generation_; }
  std::string_view protocol() const override {
    return protocol_ == Protocol::kEager ? "eager" : ProtocolName(protocol_);
  }
  bool Rebalancing(const storage::ClusterConfig& config) const override;
  Parts Assigned(const storage::ClusterConfig& config) const override;
  void Reconciled(const storage::ClusterConfig& config, bool settled) override;

 private:
  using Snapshot = std::shared_ptr<const storage::ClusterConfig>;
  using LeadAnswer = std::function<void(StatusOr<std::map<std::string, std::string>>)>;
  explicit GroupMembership(GroupMembershipOptions options);

  // GroupListener: on the client's thread
  std::vector<std::pair<std::string, std::string>> Protocols() override;
  void OnRejoin(std::function<void()> ready) override;
  void OnLead(const Joined& joined, LeadAnswer answer) override;
  void OnAssigned(const Joined& joined, const std::string& assignment) override;
  void OnLost(const Status& reason) override;
  void OnAlive(TimePoint sent) override;
  void OnAnswered(metrics::GroupEvent event, milliseconds took) override;
  void OnCoordinatorLost(const Status& reason) override;

  void Post(std::function<void()> work) { host_->PostMembership(milliseconds(0), std::move(work)); }
  void Changed() { host_->OnMembershipChanged(); }
  // A member's part
  void Publish(const storage::ClusterConfig& config, std::vector<std::string> cannot_run);
  Fitness AskFitness() const;
  void AwaitLook();
  void TakeLook();
  // Has the leader not been told yet of what this worker lacks?
  bool HasNews(const std::vector<std::string>& cannot_run) const;
  bool Owns(const std::string& connector, const Parts& parts) const;
  bool Withheld(const std::string& name,
                const std::shared_ptr<const config::ConfigMap>& config) const;
  bool TurnsEager(const Joined& joined) const;
  void Take(const Joined& joined, const std::string& bytes);
  void Merge(const GroupAssignment& assignment);
  // Brings the configuration to where the leader saw it, then agrees on it. `round` is over when
  // another one has begun.
  void Agree(int round, int tries);
  void Rejoin(std::string reason);
  void LetGo();  // of everything
  void WatchSession();
  // The leader's part
  void Lead(const Joined& joined, const LeadAnswer& answer);
  void AssignAll(const Joined& joined, const std::vector<GroupMember>& members,
                 int64_t config_offset, const Status& read, const ExpectedWorkers& returns,
                 const LeadAnswer& answer);
  void NoteOwnerless(const std::vector<GroupMember>& members,
                     const std::map<std::string, GroupAssignment>& assignments);
  void NoteOwners(const std::vector<GroupMember>& members,
                  const std::map<std::string, GroupAssignment>& assignments);

  const GroupMembershipOptions options_;
  std::unique_ptr<GroupClient> client_;
  MembershipHost* host_ = nullptr;  // set by Join

  // Herder's thread
  IncrementalAssignor assignor_;
  Parts own_;                            // what is to run here
  Parts fresh_;                          // of own_: does not start before agreed_ is of its round
  std::optional<GroupAssignment> last_;  // the last word of a leader; nothing: none that counts
  Snapshot agreed_;                      // the configuration that own_ was assigned by; or null
  Protocol protocol_;                    // that the group speaks
  int generation_ = -1;
  int completed_ =
      -1;  // the last generation that this member was assigned in; -1: out of the group
  bool member_ = false;
  bool joining_ = true;        // from OnRejoin until the assignment has come
  bool rejoin_asked_ = false;  // a round of our own wish is on its way
  bool rejoin_after_stop_ = false;
  bool join_is_stale_ = false;   // what the join under way says is not true any more: join again
  std::function<void()> ready_;  // the client waits for it, and we for what must stop
  int round_ = 0;                // counts assignments; stale continuations are told by it
  bool watching_ = false;
  std::set<std::string> said_;      // that it cannot run, when it joined last
  int64_t looked_to_ = -1;          // offset of the configuration that was last asked about
  bool look_awaited_ = false;       // a timer ends the wait
  std::optional<int> agree_waits_;  // for what is being looked at: the tries of Agree
  Snapshot led_by_;                 // the configuration that this leader last assigned by; or null
  std::map<std::string, std::string> connector_owners_;  // urls; the leader knows them
  std::map<storage::TaskId, std::string> task_owners_;
  std::map<std::string, Subscription> last_round_;  // what each member, by id, had after it
  std::set<std::string> nobody_can_;                // connectors that no member can run
  bool awaits_worker_ = false;                      // one that has left is waited for

  std::atomic<int64_t> alive_until_ns_{0};  // steady; the coordinator keeps us until then
  std::atomic<bool> out_of_touch_{false};   // let go, since it was nearly over
  std::atomic<bool> leads_{false};
  std::atomic<int64_t> term_{1};  // counts what may have made another worker the leader
  Mutex mutex_;
  std::vector<std::pair<std::string, std::string>> offered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_MEMBERSHIP_H_
