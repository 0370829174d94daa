// A group of workers that come, go, crash and wake from a freeze, while connectors are added,
// changed and deleted, leaders change, and rounds fail or reach only some. By a seed.
//
// Always: nothing has two owners, nobody gets what it cannot run. After each complete round: what
// nobody runs was revoked in it, or waits for a worker that announced its return. At rest: all
// have one owner, the load is even, no more has moved than that took, and nothing moves any more,
// whoever leads.
//
// SLUICE_SIMULATION_SEED=n replays one seed and tells its story; SLUICE_SIMULATION_SEEDS=n runs so
// many.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/cluster/assignor_fake_group.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/cluster/membership.h"
#include "runtime/storage/cluster_config.h"
#include "runtime/storage/ids.h"

namespace sluice::cluster {
namespace {

constexpr int kSteps = 30;
constexpr size_t kWorkersMax = 7;

// One connector or task.
struct Item {
  std::string name, connector;
  bool is_task = false;
  int64_t weight = 1;
};

class Simulation {
 public:
  enum class Telling { kYes, kNo };

  Simulation(unsigned seed, Telling telling)
      : seed_(seed),
        tells_(telling == Telling::kYes),
        random_(seed),
        weights_(seed % 2 == 1),
        restricted_(seed % 4 >= 2),
        group_(seed % 7 == 0 ? milliseconds(0) : milliseconds(300'000)) {}

  // False: something is wrong; the story tells what.
  bool Run() {
    Tell("join w0");
    group_.Join("w0");
    for (int i = 0; i < kSteps && wrong_.empty(); ++i) Step();
    return wrong_.empty();
  }

  std::string Story() const {
    return StrCat("seed ", seed_, ":\n", StrJoin(story_, "\n"), "\n", wrong_, "\n", group_.All());
  }

 private:
  int Random(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  void Tell(std::string line) {
    if (tells_) story_.push_back(std::move(line));
  }
  void Wrong(const std::string& what) {
    if (wrong_.empty()) wrong_ = "WRONG: " + what;
  }

  // --- what happens

  void Step() {
    const Ownership before = Owners();
    const bool rested = at_rest_;
    const int changes = 1 + (Random(3) == 0 ? Random(3) : 0);
    simple_ = changes == 1;
    for (int i = 0; i < changes; ++i) Change();
    if (group_.workers().empty()) group_.Join("w0");
    Settle(Random(2) == 0);
    CheckAtRest();
    if (at_rest_ && rested && simple_) CheckMoves(before);
    if (at_rest_ && wrong_.empty() && Random(3) == 0) CheckRestart();
    if (at_rest_ && wrong_.empty()) CheckNothingMoves();
  }

  void Settle(bool wait) {
    Round();
    for (int rounds = 1; wrong_.empty(); ++rounds) {
      const auto next = group_.NextRejoin();
      at_rest_ = !next.has_value();
      if (at_rest_ || (*next > group_.now() && !wait)) return;
      if (*next > group_.now())
        group_.Advance(std::chrono::ceil<milliseconds>(*next - group_.now()));
      if (rounds > 12) return Wrong("the group does not settle");
      Round();
    }
  }

  void Round() {
    group_.Round();
    if (tells_) Tell(StrCat("round: ", group_.All(), " delay ", group_.delay().count()));
    for (const std::string& violation : group_.violations()) Wrong(violation);
    CheckRound();
  }

  std::string AnyWorker() {
    return std::next(group_.workers().begin(), Random(static_cast<int>(group_.workers().size())))
        ->first;
  }

  void Change() {
    const int kind = Random(20);
    if (kind < 7) return ChangeConfig();
    if (group_.workers().empty() || kind < 11) return Join();
    if (kind < 16) return Go(AnyWorker(), kind);
    if (kind < 18) return FailRound();
    const std::string leader = AnyWorker();
    Tell("leader " + leader);
    group_.Lead(leader);
  }

  void ChangeConfig() {
    const std::string connector = StrCat("c", Random(9));
    if (Random(4) == 0) {
      Tell("delete " + connector);
      if (Random(3) == 0 && !group_.workers().empty()) {
        Tell("the leader has not seen it yet");
        group_.LeaderHasReadTo(group_.config());
        simple_ = false;
      }
      return group_.Delete(connector);
    }
    const int tasks = Random(7), weight = weights_ ? 1 + Random(9) : 1;
    Tell(StrCat("configure ", connector, ": ", tasks, " tasks of ", weight));
    group_.Configure(connector, tasks, weight);
  }

  void Join() {
    if (!zombies_.empty() && Random(2) == 0) {
      const std::string name = *zombies_.begin();
      zombies_.erase(name);
      Tell("zombie comes back: " + name);
      simple_ = false;
      return group_.ZombieComesBack(name);
    }
    const std::string name = StrCat("w", Random(9));
    const bool known = group_.workers().contains(name) || zombies_.contains(name);
    if (known || group_.workers().size() >= kWorkersMax) return;
    const std::vector<std::string> cannot_run = SomeConnectors();
    Tell(StrCat("join ", name, ", cannot run ", StrJoin(cannot_run, " ")));
    group_.Join(name, cannot_run);
  }

  void Go(const std::string& name, int kind) {
    switch (kind) {
      case 11:
        Tell("crash " + name);
        return group_.Crash(name);
      case 12: {
        const milliseconds back(Random(400'000));
        Tell(StrCat("leave ", name, ", back in ", back.count()));
        return group_.Leave(name, back);
      }
      case 13:
        Tell("leave " + name);
        return group_.Leave(name);
      case 14:
        Tell("zombie " + name);
        zombies_.insert(name);
        return group_.BecomeZombie(name);
      default: {
        if (!restricted_) return group_.Advance(milliseconds(Random(100'000)));
        const std::vector<std::string> cannot_run = SomeConnectors();
        Tell(StrCat(name, " now cannot run ", StrJoin(cannot_run, " ")));
        simple_ = false;
        return group_.CannotRun(name, cannot_run);
      }
    }
  }

  std::vector<std::string> SomeConnectors() {
    std::vector<std::string> names;
    for (int i = 0; restricted_ && i < Random(4); ++i) names.push_back(StrCat("c", Random(9)));
    return names;
  }

  // The leader's answer reaches some, or nobody; some crash before they have it.
  void FailRound() {
    simple_ = false;
    group_.Assign();
    const bool some = Random(2) == 0;
    Tell(StrCat("a round that reaches ", some ? "some" : "nobody"));
    std::vector<std::string> names;
    for (const auto& [name, worker] : group_.workers()) names.push_back(name);
    for (const std::string& name : names) {
      const int fate = Random(4);
      if (some && fate < 2) {
        Tell("  " + name);
        group_.Deliver(name);
      } else if (fate == 3 && group_.workers().size() > 1) {
        Tell("  crash " + name);
        group_.Crash(name);
      }
    }
  }

  // --- what must be

  using Ownership = std::map<std::string, std::string>;  // item: member id

  const std::vector<Item>& Items() {
    if (items_of_ == group_.config().offset) return items_;
    items_of_ = group_.config().offset;
    items_.clear();
    const Parts all = group_.Configured();
    for (const std::string& connector : all.connectors) items_.push_back({connector, connector});
    for (const storage::TaskId& task : all.tasks) {
      items_.push_back({task.ToString(), task.connector, true, group_.Weight(task.connector)});
    }
    return items_;
  }

  Ownership Owners() {
    Ownership owners;
    for (const auto& [name, worker] : group_.workers()) {
      for (const std::string& connector : worker.running.connectors) {
        if (!owners.emplace(connector, worker.id).second) owners[connector] = "two";
      }
      for (const storage::TaskId& task : worker.running.tasks) {
        if (!owners.emplace(task.ToString(), worker.id).second) owners[task.ToString()] = "two";
      }
    }
    return owners;
  }

  static bool CanRun(const AssignorFakeGroup::Worker& worker, const std::string& connector) {
    return std::find(worker.cannot_run.begin(), worker.cannot_run.end(), connector) ==
           worker.cannot_run.end();
  }

  bool SomebodyCanRun(const std::string& connector) const {
    return std::any_of(group_.workers().begin(), group_.workers().end(),
                       [&](const auto& named) { return CanRun(named.second, connector); });
  }

  bool IsExpected(const std::string& worker) const {
    const auto found = group_.returns().find(worker);
    return found != group_.returns().end() && group_.now() < found->second;
  }

  void CheckRound() {
    if (group_.answer(group_.leader()).error != AssignmentError::kNone) return;
    std::set<std::string> revoked;
    for (const auto& [name, worker] : group_.workers()) {
      const std::string names = group_.Revoked(name);
      for (const std::string_view item : Split(names, ' ')) revoked.emplace(item);
    }
    const Ownership owners = Owners();
    for (const Item& item : Items()) {
      if (owners.contains(item.name) || revoked.contains(item.name)) continue;
      if (!SomebodyCanRun(item.connector) || IsExpected(group_.LastOwner(item.name))) continue;
      Wrong(StrCat(item.name, " has no owner after a round, and nobody is expected for it"));
    }
  }

  void CheckAtRest() {
    if (!at_rest_) return;
    const Ownership owners = Owners();
    const std::vector<Item>& items = Items();
    size_t owned = 0;
    for (const Item& item : items) {
      const auto found = owners.find(item.name);
      if (found == owners.end() && !SomebodyCanRun(item.connector)) continue;
      if (found == owners.end()) return Wrong(item.name + " has no owner at rest");
      if (found->second == "two") return Wrong(item.name + " has two owners at rest");
      ++owned;
    }
    if (owned != owners.size()) return Wrong("something runs that does not exist");
    for (const auto& [name, worker] : group_.workers()) {
      for (const std::string& connector : worker.cannot_run) {
        const auto found = owners.find(connector);
        if (found != owners.end() && found->second == worker.id) {
          return Wrong(StrCat(name, " runs ", connector, ", which it cannot"));
        }
      }
    }
    CheckBalance(items, owners, false);
    CheckBalance(items, owners, true);
  }

  // No member has more than another by more than the heaviest that could go there.
  void CheckBalance(const std::vector<Item>& items, const Ownership& owners, bool tasks) {
    std::map<std::string, int64_t> busy;
    for (const auto& [name, worker] : group_.workers()) busy[worker.id] = 0;
    for (const Item& item : items) {
      if (item.is_task == tasks && owners.contains(item.name)) {
        busy[owners.at(item.name)] += item.weight;
      }
    }
    for (const auto& [name, to] : group_.workers()) {
      std::map<std::string, int64_t> heaviest;
      for (const Item& item : items) {
        if (item.is_task != tasks || !owners.contains(item.name)) continue;
        if (!CanRun(to, item.connector)) continue;
        int64_t& weight = heaviest[owners.at(item.name)];
        weight = std::max(weight, item.weight);
      }
      for (const auto& [from, weight] : heaviest) {
        if (busy[from] - busy[to.id] <= weight) continue;
        Wrong(StrCat(from, " has ", busy[from], ", ", to.id, " ", busy[to.id],
                     tasks ? " in tasks" : " connectors"));
      }
    }
  }

  // What has moved between members that were there all along, after one change.
  void CheckMoves(const Ownership& before) {
    if (restricted_ || !wrong_.empty()) return;
    for (const bool tasks : {false, true}) {
      const Ownership after = Owners();
      std::map<std::string, int64_t> load;
      for (const auto& [name, worker] : group_.workers()) load[worker.id] = 0;
      int64_t total = 0, moved = 0, heaviest = 1;
      for (const Item& item : Items()) {
        if (item.is_task != tasks) continue;
        total += item.weight;
        heaviest = std::max(heaviest, item.weight);
        const auto was = before.find(item.name);
        if (was == before.end() || !load.contains(was->second)) continue;
        load[was->second] += item.weight;
        if (after.at(item.name) != was->second) moved += item.weight;
      }
      const int64_t needed = Surplus(load, total, heaviest);
      if (moved > needed) {
        Wrong(StrCat(moved, tasks ? " of tasks" : " connectors", " moved, ", needed, " had to"));
      }
    }
  }

  // With equal weights: what members have above the ceiling, or the floor.
  int64_t Surplus(const std::map<std::string, int64_t>& load, int64_t total, int64_t heaviest) {
    const auto members = static_cast<int64_t>(load.size());
    std::vector<int64_t> loads;
    for (const auto& [id, weight] : load) loads.push_back(weight);
    std::sort(loads.rbegin(), loads.rend());
    int64_t surplus = heaviest > 1 ? members * heaviest : 0;
    for (int64_t i = 0; i < members; ++i) {
      const int64_t limit = total / members + (i < total % members ? 1 : 0);
      surplus += std::max<int64_t>(0, loads[static_cast<size_t>(i)] - limit);
    }
    return surplus;
  }

  // A worker that says that it comes back finds all as it was.
  void CheckRestart() {
    const std::string name = AnyWorker();
    if (group_.workers().size() < 2 || seed_ % 7 == 0) return;
    const AssignorFakeGroup::Worker& worker = group_.workers().at(name);
    const std::vector<std::string> cannot_run = worker.cannot_run;
    const std::string before = group_.All();
    Tell("restart " + name);
    group_.Leave(name, milliseconds(60'000));
    Settle(false);
    group_.Advance(milliseconds(59'000));
    group_.Join(name, cannot_run);
    Settle(false);
    if (group_.All() != before) Wrong("a restart has moved something");
  }

  void CheckNothingMoves() {
    const std::string before = group_.All();
    if (Random(2) == 0) {
      Tell("another leader, nothing else");
      group_.Lead(AnyWorker());
    }
    Round();
    at_rest_ = !group_.NextRejoin().has_value();
    if (!at_rest_ || group_.All() != before) Wrong("something has moved for no reason");
  }

  const unsigned seed_;
  const bool tells_;
  std::mt19937 random_;
  const bool weights_, restricted_;
  AssignorFakeGroup group_;
  std::set<std::string> zombies_;
  std::vector<std::string> story_;
  std::string wrong_;
  std::vector<Item> items_;
  int64_t items_of_ = -1;  // the offset of the configuration
  bool at_rest_ = false;
  bool simple_ = false;  // the step changed one thing, whose effect is known
};

unsigned Number(const char* variable, unsigned otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(value, nullptr, 10));
}

// Runs one seed again, to tell its story.
void Replay(unsigned seed) {
  Simulation simulation(seed, Simulation::Telling::kYes);
  EXPECT_TRUE(simulation.Run());
  std::cout << simulation.Story() << "\n";
}

TEST(AssignorSimulationTest, WhateverHappensAllIsOwnedOnceAndLittleMoves) {
  if (const unsigned seed = Number("SLUICE_SIMULATION_SEED", 0); seed != 0) return Replay(seed);
  const unsigned seeds = Number("SLUICE_SIMULATION_SEEDS", 200);
  for (unsigned seed = 1; seed <= seeds && !HasFailure(); ++seed) {
    if (!Simulation(seed, Simulation::Telling::kNo).Run()) {
      ADD_FAILURE() << "SLUICE_SIMULATION_SEED=" << seed << " fails";
      Replay(seed);
    }
  }
}

}  // namespace
}  // namespace sluice::cluster
