#include <utility>
#include <vector>

#include "runtime/cluster/assignor.h"
#include "runtime/cluster/assignor_balance.h"
#include "runtime/cluster/assignor_catalog.h"
#include "runtime/cluster/assignor_members.h"

namespace sluice::cluster {

std::map<std::string, GroupAssignment> AssignEager(const AssignmentRound& round) {
  const Members members(round);
  std::vector<GroupAssignment> answers = members.Answers(round);
  if (members.AheadOf(*round.config)) return members.ById(std::move(answers));
  const Catalog catalog(*round.config);
  const Eligibility eligibility(catalog, members);
  int next = 0;
  const auto take_next = [&](int connector) {
    for (int tried = 0; tried < members.size(); ++tried) {
      const int member = (next + tried) % members.size();
      if (!eligibility.CanRun(connector, member)) continue;
      next = member + 1;
      return member;
    }
    return kNobody;
  };
  for (int connector = 0; connector < catalog.connectors(); ++connector) {
    const int member = take_next(connector);
    if (member == kNobody) continue;
    answers[member].assigned.connectors.insert(catalog.connector(connector).name);
  }
  for (int task = 0; task < catalog.tasks(); ++task) {
    const int member = take_next(catalog.connector_of(task));
    if (member != kNobody) answers[member].assigned.tasks.insert(catalog.task(task));
  }
  return members.ById(std::move(answers));
}

}  // namespace sluice::cluster
