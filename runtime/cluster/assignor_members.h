// The members of a group as the assignor sees them: in the order of their ids, numbered. For
// assignor.cc and assignor_eager.cc.
#ifndef SLUICE_RUNTIME_CLUSTER_ASSIGNOR_MEMBERS_H_
#define SLUICE_RUNTIME_CLUSTER_ASSIGNOR_MEMBERS_H_

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/cluster/assignor.h"
#include "runtime/cluster/assignor_catalog.h"

namespace sluice::cluster {

class Members {
 public:
  explicit Members(const AssignmentRound& round);  // refers to its members

  int size() const { return static_cast<int>(members_.size()); }
  const GroupMember& operator[](int member) const { return *members_[member]; }
  // kNobody if there is none.
  int FindId(std::string_view id) const;
  int FindAddress(std::string_view address) const;

  // Has a member read more of the config topic than the leader? Then there can be no assignment.
  bool AheadOf(const storage::ClusterConfig& config) const;
  // For each of them an assignment without parts.
  std::vector<GroupAssignment> Answers(const AssignmentRound& round) const;
  std::map<std::string, GroupAssignment> ById(std::vector<GroupAssignment> answers) const;

 private:
  std::vector<const GroupMember*> members_;
  std::unordered_map<std::string_view, int> by_id_, by_address_;
};

// Connectors that the same members can run are one group.
class Eligibility {
 public:
  Eligibility(const Catalog& catalog, const Members& members);

  int group(int connector) const { return group_of_[connector]; }
  bool CanRun(int connector, int member) const { return groups_[group(connector)][member]; }
  // Whether a member, by number, can run the connectors of a group. The last group is nobody's, and
  // has no connector.
  const std::vector<std::vector<bool>>& groups() const { return groups_; }
  int nobodys() const { return static_cast<int>(groups_.size()) - 1; }

 private:
  std::vector<int> group_of_;
  std::vector<std::vector<bool>> groups_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_ASSIGNOR_MEMBERS_H_
