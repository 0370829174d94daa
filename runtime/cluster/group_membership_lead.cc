// The leader's part of a member: it hears all subscriptions and assigns.
#include <algorithm>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_membership.h"

namespace sluice::cluster {

void GroupMembership::OnLead(const Joined& joined, LeadAnswer answer) {
  Post([this, joined, answer = std::move(answer)] { Lead(joined, answer); });
}

void GroupMembership::Lead(const Joined& joined, const LeadAnswer& answer) {
  std::vector<GroupMember> members;
  int64_t offset = -1;
  for (const JoinedMember& member : joined.members) {
    auto subscription = DecodeSubscription(member.metadata);
    if (!subscription.ok()) {  // one such member must not keep all others from their work
      const auto known = last_round_.find(member.id);
      LogError("cluster", "The subscription of member ", member.id,
               " cannot be read; it counts as ",
               known == last_round_.end() ? "one that runs nothing: " : "what it was given: ",
               Message(subscription.status()));
      subscription = known == last_round_.end() ? Subscription{} : known->second;
    }
    offset = std::max(offset, subscription->config_offset);
    members.push_back({member.id, *std::move(subscription)});
  }
  options_.config->Refresh(options_.sync_timeout, [this, joined, members = std::move(members),
                                                   offset, answer](const Status& read) {
    const auto assign = [this, joined, members, offset, read,
                         answer](const ExpectedWorkers& returns) {
      Post([this, joined, members, offset, read, returns, answer] {
        AssignAll(joined, members, offset, read, returns, answer);
      });
    };
    options_.returns ? options_.returns(assign) : assign({});
  });
}

void GroupMembership::AssignAll(const Joined& joined, const std::vector<GroupMember>& members,
                                int64_t config_offset, const Status& read,
                                const ExpectedWorkers& returns, const LeadAnswer& answer) {
  const Protocol protocol = ParseProtocol(joined.protocol).value_or(Protocol::kEager);
  const Snapshot config = options_.config->Snapshot();
  if (!read.ok() || config->offset < config_offset) {
    LogWarn("cluster", "Leading generation ", joined.generation, " with the config topic read to ",
            config->offset, ", where another worker has read to ", config_offset,
            read.ok() ? "" : ": ", Message(read));
  }
  AssignmentRound round;
  round.generation = joined.generation;
  round.last_completed_generation = completed_;
  round.leader_id = joined.member_id;
  round.leader_url = options_.url;
  round.members = members;
  round.config = config.get();
  round.now = options_.clock->Now();
  round.returns = returns;
  std::map<std::string, GroupAssignment> assignments;
  if (TurnsEager(joined)) {  // nothing until all has stopped; then they join again
    for (const GroupMember& member : members) {
      assignments[member.id] = {.leader_id = joined.member_id,
                                .leader_url = options_.url,
                                .config_offset = std::max(config_offset, config->offset),
                                .assigned = {},
                                .revoked = {}};
    }
  } else {
    assignments = protocol == Protocol::kEager ? AssignEager(round) : assignor_.Assign(round);
  }
  NoteOwners(members, assignments);
  NoteOwnerless(members, assignments);
  led_by_ = config;
  std::map<std::string, std::string> bytes;
  for (const auto& [id, assignment] : assignments) {
    bytes[id] = EncodeAssignment(protocol, assignment);
  }
  answer(std::move(bytes));
}

void GroupMembership::NoteOwners(const std::vector<GroupMember>& members,
                                 const std::map<std::string, GroupAssignment>& assignments) {
  connector_owners_.clear();
  task_owners_.clear();
  last_round_.clear();
  for (const GroupMember& member : members) {
    const auto it = assignments.find(member.id);
    if (it == assignments.end()) continue;
    const std::string& url = member.subscription.url;
    Subscription& seen = last_round_[member.id];
    seen.url = url;
    seen.cannot_run = member.subscription.cannot_run;
    Parts& has = seen.allocation.emplace().assigned;
    const auto note = [&](const Parts& parts) {
      for (const std::string& name : parts.connectors) {
        if (it->second.revoked.connectors.contains(name)) continue;
        has.connectors.insert(name);
        if (!url.empty()) connector_owners_[name] = url;
      }
      for (const storage::TaskId& task : parts.tasks) {
        if (it->second.revoked.tasks.contains(task)) continue;
        has.tasks.insert(task);
        if (!url.empty()) task_owners_[task] = url;
      }
    };
    if (member.subscription.allocation) note(member.subscription.allocation->assigned);
    note(it->second.assigned);
  }
}

void GroupMembership::NoteOwnerless(const std::vector<GroupMember>& members,
                                    const std::map<std::string, GroupAssignment>& assignments) {
  std::map<std::string, size_t> lacking;  // members, by connector
  for (const GroupMember& member : members) {
    for (const std::string& name : member.subscription.cannot_run) ++lacking[name];
  }
  nobody_can_.clear();
  for (const auto& [name, count] : lacking) {
    if (count >= members.size()) nobody_can_.insert(name);
  }
  awaits_worker_ = std::any_of(assignments.begin(), assignments.end(),
                               [](const auto& entry) { return entry.second.delay.count() > 0; });
}

}  // namespace sluice::cluster
