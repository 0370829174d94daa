// What a worker knows of its group: which connectors and tasks are its own, who leads, and in which
// generation. A worker alone is its own group (SoloMembership); in distributed mode it is a member
// of a Kafka group (group_membership.h).
//
// Herder's thread only, but where it says otherwise.
#ifndef SLUICE_RUNTIME_CLUSTER_MEMBERSHIP_H_
#define SLUICE_RUNTIME_CLUSTER_MEMBERSHIP_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/ids.h"

namespace sluice::cluster {

// What a worker is to run, or runs.
struct Parts {
  std::set<std::string> connectors;
  std::set<storage::TaskId> tasks;

  bool empty() const { return connectors.empty() && tasks.empty(); }
  friend bool operator==(const Parts&, const Parts&) = default;
};

// Why nobody runs a connector, or a task of it, that is configured.
enum class Ownerless {
  kUnknown,       // it will be given to somebody in a moment, or this worker does not know
  kNobodyCan,     // each worker lacks a class that its configuration names
  kAwaitsWorker,  // the worker that ran it has said that it will be back
};

// What a membership needs of its herder.
class MembershipHost {
 public:
  virtual ~MembershipHost() = default;
  // Runs `work` on the herder's thread, now or after `delay`; dropped when it shuts down. Any
  // thread.
  virtual void PostMembership(milliseconds delay, std::function<void()> work) = 0;
  // The answers of Membership have changed: compare again. Herder's thread.
  virtual void OnMembershipChanged() = 0;
};

class Membership {
 public:
  virtual ~Membership() = default;

  // Joins, and tells `host` of changes. Once; the host outlives this.
  virtual void Join(MembershipHost& host) = 0;
  // Leaves the group, once nothing runs any more. Blocks, for a moment at most, so not on the
  // herder's thread. Idempotent.
  virtual void Leave() = 0;

  // May this worker write configurations? Others forward to the leader.
  virtual bool IsLeader() const = 0;
  // Does the group surely still count this worker as a member, so that what runs here runs nowhere
  // else? Any thread.
  virtual bool Holds() const = 0;
  // Where requests for the leader go, with a slash at its end; nothing while no leader is known.
  virtual std::optional<std::string> LeaderUrl() const = 0;
  // Of the member that runs it; nothing if nobody does, or nobody knows.
  virtual std::optional<std::string> OwnerUrl(const std::string& connector) const = 0;
  virtual std::optional<std::string> OwnerUrl(const storage::TaskId& task) const = 0;
  // Of a connector that has no owner, as far as this worker knows.
  virtual Ownerless WhyOwnerless(const std::string& /*connector*/) const {
    return Ownerless::kUnknown;
  }
  // Goes into every status.
  virtual int generation() const = 0;
  // That the group speaks: eager, compatible or sessioned.
  virtual std::string_view protocol() const = 0;
  // Is a change of the group under way, or one due that `config` asks for? Requests that need a
  // leader wait for its end.
  virtual bool Rebalancing(const storage::ClusterConfig& config) const = 0;
  // Of what this worker is to run, what `config` still has. A task whose configuration has changed
  // since the group agreed is left out: it stops here, and starts anew after the next rebalance. So
  // is a connector whose new configuration may name a class that this worker lacks.
  virtual Parts Assigned(const storage::ClusterConfig& config) const = 0;

  // The herder has compared `config` with what runs. `settled`: nothing runs any more that is not
  // in Assigned(config); until then this member does not join again.
  virtual void Reconciled(const storage::ClusterConfig& config, bool settled) = 0;
};

// A worker that is its own group: leader of everything, at once.
class SoloMembership : public Membership {
 public:
  // Statuses of an earlier run must not look newer than ours: `generation` is above theirs.
  // `url`: this worker's own.
  SoloMembership(int generation, std::string url) : generation_(generation), url_(std::move(url)) {}
  void Join(MembershipHost&) override {}
  void Leave() override {}
  bool IsLeader() const override { return true; }
  bool Holds() const override { return true; }
  std::optional<std::string> LeaderUrl() const override { return url_; }
  std::optional<std::string> OwnerUrl(const std::string&) const override { return url_; }
  std::optional<std::string> OwnerUrl(const storage::TaskId&) const override { return url_; }
  int generation() const override { return generation_; }
  std::string_view protocol() const override { return "sessioned"; }
  bool Rebalancing(const storage::ClusterConfig&) const override { return false; }
  Parts Assigned(const storage::ClusterConfig& config) const override;
  void Reconciled(const storage::ClusterConfig&, bool) override {}

 private:
  const int generation_;
  const std::string url_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_MEMBERSHIP_H_
