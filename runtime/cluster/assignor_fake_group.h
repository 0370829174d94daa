// A group of workers in memory that follow the rules of members, for tests of the assignor: a
// worker stops what is revoked before it joins again, runs what it was given on top of what it had,
// and says so in its next subscription. Everything goes through the real bytes. One thread.
//
// Workers have short names; `a` has the url http://a/ and the member ids a-1, a-2, ...
#ifndef SLUICE_RUNTIME_CLUSTER_ASSIGNOR_FAKE_GROUP_H_
#define SLUICE_RUNTIME_CLUSTER_ASSIGNOR_FAKE_GROUP_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/cluster/assignor.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/cluster/membership.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::cluster {

class AssignorFakeGroup {
 public:
  struct Worker {
    std::string id, url;
    std::unique_ptr<IncrementalAssignor> assignor;
    int completed = -1;  // its last generation
    std::optional<GroupAssignment> allocation;
    Parts running;
    std::vector<std::string> cannot_run;
    std::optional<TimePoint> rejoin_at;
  };

  explicit AssignorFakeGroup(milliseconds max_delay = milliseconds(300'000))
      : max_delay_(max_delay) {}

  // A group at rest, of these workers, with c0, c1, ... of so many tasks each.
  void Start(const std::vector<std::string>& workers, int connectors, int tasks);

  // --- the config topic
  void Configure(const std::string& connector, int tasks, int64_t weight = 1);
  void Delete(const std::string& connector);
  const storage::ClusterConfig& config() const { return config_; }
  Parts Configured() const;
  int64_t Weight(const std::string& connector) const;
  // The leader has read the topic up to here only.
  void LeaderHasReadTo(const storage::ClusterConfig& config) { leaders_config_ = config; }

  // --- who is there
  void Join(const std::string& name, std::vector<std::string> cannot_run = {});
  void CannotRun(const std::string& name, std::vector<std::string> connectors);
  void Crash(const std::string& name);
  void Leave(const std::string& name, std::optional<milliseconds> back_within = std::nullopt);
  // Out of the group, but it goes on and comes back with all that it ran, as a worker that was
  // frozen might.
  void BecomeZombie(const std::string& name);
  void ZombieComesBack(const std::string& name);
  void Lead(const std::string& name) { leader_ = name; }
  const std::string& leader() const { return leader_; }
  const std::map<std::string, Worker>& workers() const { return workers_; }
  const std::map<std::string, TimePoint>& returns() const { return returns_; }  // by name

  // --- what happens
  void Advance(std::chrono::nanoseconds by) { now_ += by; }
  TimePoint now() const { return now_; }
  // All join, the leader assigns; nobody has its assignment yet.
  void Assign();
  void Deliver(const std::string& name);
  void DeliverAll();
  // Assign and DeliverAll.
  void Round();
  // Rounds for as long as somebody wants one at once, and, with `in_time`, time as well while
  // somebody waits to join again. How many it took; over 30 is a violation.
  enum class Until { kNobodyRejoins, kNobodyWaits };
  int Settle(Until until = Until::kNobodyRejoins);
  // When the first member joins again by itself.
  std::optional<TimePoint> NextRejoin() const;

  // --- what there is to see
  // "c c-0 d-1": what a worker runs, in order.
  std::string Runs(const std::string& name) const;
  // The same for what it was told in the last round.
  std::string Assigned(const std::string& name) const { return Text(answer(name).assigned); }
  std::string Revoked(const std::string& name) const { return Text(answer(name).revoked); }
  milliseconds delay() const { return answer(leader_).delay; }
  const GroupAssignment& answer(const std::string& name) const { return answers_.at(name); }
  // "a: c c-0 | b: c-1": all of them.
  std::string All() const;
  // By worker: how many connectors; the weight of its tasks.
  std::vector<int64_t> Connectors() const;
  std::vector<int64_t> TaskWeights() const;
  // Who was the last that was given it, or left with it, by the item's name.
  std::string LastOwner(const std::string& item) const;
  // What must never be: two owners, an unknown item, ...
  const std::vector<std::string>& violations() const { return violations_; }
  static std::string Text(const Parts& parts);

 private:
  void MustExist(const std::string& name, const Parts& parts);
  void StartParts(const std::string& name, const Parts& parts);
  template <typename Item>
  void StartOne(const std::string& starter, const Item& item);
  void Remove(const std::string& name);
  Parts LastRunBy(const std::string& name) const;  // of what is configured

  milliseconds max_delay_;
  storage::ClusterConfig config_;
  std::optional<storage::ClusterConfig> leaders_config_;
  TimePoint now_{std::chrono::hours(1)};
  int generation_ = 0;
  std::string leader_;
  std::map<std::string, Worker> workers_;
  std::map<std::string, int> joined_;  // how often
  std::map<std::string, std::string> last_owner_;
  std::map<std::string, Worker> zombies_;
  std::map<std::string, TimePoint> returns_;
  std::map<std::string, GroupAssignment> answers_;
  std::vector<std::string> violations_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_ASSIGNOR_FAKE_GROUP_H_
