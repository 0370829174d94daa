#include "runtime/cluster/assignor_members.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "runtime/cluster/assignor_balance.h"

namespace sluice::cluster {

Members::Members(const AssignmentRound& round) {
  for (const GroupMember& member : round.members) members_.push_back(&member);
  std::sort(members_.begin(), members_.end(),
            [](const GroupMember* a, const GroupMember* b) { return a->id < b->id; });
  for (int i = 0; i < size(); ++i) {
    by_id_.emplace(members_[i]->id, i);
    const std::string_view address = WorkerAddress(members_[i]->subscription.url);
    if (!address.empty()) by_address_.emplace(address, i);  // empty: of one that could not be read
  }
}

int Members::FindId(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? kNobody : found->second;
}

int Members::FindAddress(std::string_view address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? kNobody : found->second;
}

bool Members::AheadOf(const storage::ClusterConfig& config) const {
  return std::any_of(members_.begin(), members_.end(), [&](const GroupMember* member) {
    return member->subscription.config_offset > config.offset;
  });
}

std::vector<GroupAssignment> Members::Answers(const AssignmentRound& round) const {
  GroupAssignment answer;
  answer.leader_id = round.leader_id;
  answer.leader_url = round.leader_url;
  answer.config_offset = round.config->offset;
  if (AheadOf(*round.config)) {
    answer.error = AssignmentError::kConfigMismatch;
    for (const GroupMember* member : members_) {
      answer.config_offset = std::max(answer.config_offset, member->subscription.config_offset);
    }
  }
  return std::vector<GroupAssignment>(members_.size(), answer);
}

std::map<std::string, GroupAssignment> Members::ById(std::vector<GroupAssignment> answers) const {
  std::map<std::string, GroupAssignment> by_id;
  for (int i = 0; i < size(); ++i) by_id.emplace(members_[i]->id, std::move(answers[i]));
  return by_id;
}

Eligibility::Eligibility(const Catalog& catalog, const Members& members) {
  const std::vector<bool> all(members.size(), true);
  std::vector<std::vector<bool>> can_run(catalog.connectors(), all);
  for (int member = 0; member < members.size(); ++member) {
    for (const std::string& name : members[member].subscription.cannot_run) {
      const int connector = catalog.Find(name);
      if (connector != Catalog::kNone) can_run[connector][member] = false;
    }
  }
  std::map<std::vector<bool>, int> numbers;
  for (const std::vector<bool>& who : can_run) {
    const auto [found, is_new] = numbers.emplace(who, static_cast<int>(groups_.size()));
    if (is_new) groups_.push_back(who);
    group_of_.push_back(found->second);
  }
  groups_.emplace_back(members.size(), false);
}

}  // namespace sluice::cluster
