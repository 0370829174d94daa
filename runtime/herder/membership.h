// What a worker knows of its group: which connectors and tasks are its own, who leads, and in which
// generation. Today a worker is alone (SoloMembership); a group client takes its place behind the
// same interface. Herder's thread only.
#ifndef SLUICE_RUNTIME_HERDER_MEMBERSHIP_H_
#define SLUICE_RUNTIME_HERDER_MEMBERSHIP_H_

#include <set>
#include <string>

#include "runtime/storage/cluster_config.h"
#include "runtime/storage/ids.h"

namespace sluice::herder {

// What this worker is to run.
struct Assignment {
  std::set<std::string> connectors;
  std::set<storage::TaskId> tasks;
};

class Membership {
 public:
  virtual ~Membership() = default;
  // May this worker write configurations? Others forward to the leader.
  virtual bool IsLeader() const = 0;
  // Goes into every status.
  virtual int generation() const = 0;
  // Of the configuration that the group has agreed on, at most `config`.
  virtual Assignment Assigned(const storage::ClusterConfig& config) const = 0;
};

// A worker that is its own group: leader of everything, at once.
class SoloMembership : public Membership {
 public:
  // Statuses of an earlier run must not look newer than ours: `generation` is above theirs.
  explicit SoloMembership(int generation) : generation_(generation) {}
  bool IsLeader() const override { return true; }
  int generation() const override { return generation_; }
  Assignment Assigned(const storage::ClusterConfig& config) const override;

 private:
  const int generation_;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_MEMBERSHIP_H_
