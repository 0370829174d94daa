// Random lives of a group: workers join, leave, say that they will be back, crash, come back under
// their old URL and are cut off; connectors come, change, weigh more or less, pause, stop and go,
// in an order that a seed decides. What is told to stop runs on for up to three seconds.
//
// At every step nothing runs twice. Whenever the group has come to rest, everything runs once, in
// balance, and after one change no more has moved than it took.
//
// SLUICE_SEED=N runs one seed alone and prints what it does; SLUICE_SEEDS=N runs that many.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/herder/group_fixture.h"

namespace sluice::herder {
namespace {

using storage::TargetState;

constexpr int kSteps = 40;
constexpr int kSeeds = 25;
constexpr size_t kWorkersMax = 5;
constexpr int kStopMs = 2'000;   // more by a second at most, since time goes by seconds
constexpr int kBackWithin = 30;  // seconds, of a worker that says that it will be back
constexpr milliseconds kSecond{1'000};

class Simulation {
 public:
  Simulation(unsigned seed, bool talks) : random_(seed), talks_(talks), weights_(seed % 2 == 1) {}

  void Run() {
    Join();
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      const Owners before = OwnersAtRest();
      simple_ = true;
      Act();
      if (Chance(3)) {
        simple_ = false;
        Act();
      }
      Rest();
      if (simple_) CheckMoves(before);
      Heal();
    }
  }

 private:
  struct Connector {
    int tasks = 0;
    int weight = 1;
    TargetState state = TargetState::kStarted;
  };
  struct Owner {
    std::string worker;
    bool is_task = false;
    int64_t weight = 1;
  };
  using Owners = std::map<std::string, Owner>;  // of connectors and tasks, by name

  void Say(const std::string& text) const {
    if (talks_) printf("%s\n", text.c_str());
  }
  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool Chance(int one_in) { return Pick(one_in) == 0; }
  template <typename Container>
  auto AnyOf(Container& container) {
    return std::next(container.begin(), Pick(static_cast<int>(container.size())));
  }
  std::vector<std::string> Reached() const {  // those that are not cut off
    std::vector<std::string> names;
    for (const auto& [name, worker] : group_.workers) {
      if (!cut_.contains(name)) names.push_back(name);
    }
    return names;
  }
  std::string AnyWorker() {
    const std::vector<std::string> names = Reached();
    return *AnyOf(names);
  }
  void Pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      group_.Run([this] { CheckOwners(); });
      group_.clock.Advance(kSecond);
    }
    group_.Run([this] { CheckOwners(); });
  }

  // --- what happens

  void Act() {
    const int kind = Pick(16);
    if (kind < 3 && group_.workers.size() < kWorkersMax) return Join();
    if (kind < 8 && group_.workers.size() > 1 && cut_.empty()) return Go(kind);
    if (connectors_.empty() || kind < 12) return Put();
    const std::string name = AnyOf(connectors_)->first;
    switch (kind) {
      case 12:
        return Delete(name);
      case 13:
        return SetState(name, TargetState::kPaused);
      case 14:
        return SetState(name, TargetState::kStopped);
      default:
        return SetState(name, TargetState::kStarted);
    }
  }

  void Add(const std::string& name) {
    GroupWorker& worker = group_.Add(name);
    if (gone_.erase(name) != 0) worker.statuses().DeleteLeaving(name + ":8083");
    const auto due = [this] { return group_.clock.Now() + milliseconds(Pick(kStopMs)); };
    worker.supervisor.stop_due = worker.calls.stop_due = due;
  }
  void Join() {
    const bool old = !gone_.empty() && Chance(2);
    const std::string name = old ? *AnyOf(gone_) : "w" + std::to_string(++last_worker_);
    Say("join " + name);
    Add(name);
  }
  void Go(int kind) {
    const std::string name = AnyWorker();
    // What a leader knew goes with it: the next one takes all that nobody runs for new, but for
    // what a worker ran that has said that it will be back.
    const bool led = group_.workers.at(name)->membership().IsLeader();
    switch (kind) {
      case 4:
        Say("leave " + name);
        group_.Leave(name);
        break;
      case 5:
        Say("crash " + name);
        group_.Crash(name);
        break;
      case 6:
        Say("crash " + name + ", and at once back");
        simple_ = simple_ && !led;
        group_.Crash(name);
        return Add(name);
      case 7:
        return LeaveForAWhile(name);
      default:
        Say("cut off " + name);
        group_.CutOff(name, true);
        cut_.insert(name);
        return;
    }
    gone_.insert(name);
  }
  void LeaveForAWhile(const std::string& name) {
    const int seconds = Pick(2 * kBackWithin);
    Say("leave " + name + ", which says that it will be back in " + std::to_string(kBackWithin) +
        " s" + (seconds < kBackWithin ? ", and is in " + std::to_string(seconds) : ""));
    GroupWorker& worker = *group_.workers.at(name);
    worker.statuses().PutLeaving(name + ":8083", worker.membership().generation(),
                                 milliseconds(kBackWithin * 1000));
    group_.Leave(name);
    gone_.insert(name);
    announced_ = true;
    Pass(std::min(seconds, kBackWithin + 1));
    if (seconds >= kBackWithin) return;
    Add(name);
  }
  void Put() {
    const std::string name = "c" + std::to_string(Pick(8));
    Connector& connector = connectors_[name];
    connector.tasks = Pick(6);
    connector.weight = weights_ ? 1 + Pick(4) : 1;
    Say("put " + name + " with " + std::to_string(connector.tasks) + " tasks of " +
        std::to_string(connector.weight));
    SubmittedConfig config{.values = {{"connector.class", "Fake"},
                                      {"name", name},
                                      {"tasks.max", "100"},
                                      {"task.weight", std::to_string(connector.weight)},
                                      {"fake.tasks", std::to_string(connector.tasks)}},
                           .null_keys = {}};
    Ask([name, config](GroupWorker& at, const Done& done) {
      at.herder->PutConfig(name, config,
                           [done](const StatusOr<PutResult>& result) { done(result.status()); });
    });
  }
  void Delete(const std::string& name) {
    Say("delete " + name);
    Ask([name](GroupWorker& at, const Done& done) { at.herder->Delete(name, done); });
    connectors_.erase(name);
  }
  void SetState(const std::string& name, TargetState state) {
    Say(std::string(storage::TargetStateName(state)) + " " + name);
    Ask([name, state](GroupWorker& at, const Done& done) {
      if (state == TargetState::kPaused) return at.herder->Pause(name, done);
      if (state == TargetState::kStopped) return at.herder->Stop(name, done);
      at.herder->Resume(name, done);
    });
    connectors_.at(name).state = state;
  }
  // Those that were cut off are back; that is a change of its own.
  void Heal() {
    if (cut_.empty() || testing::Test::HasFailure()) return;
    const Owners before = OwnersAtRest();
    for (const std::string& name : cut_) {
      Say("heal " + name);
      group_.CutOff(name, false);
    }
    cut_.clear();
    Rest();
    CheckMoves(before);
  }
  // Asks as a client does: again after a conflict, elsewhere if it is told so.
  void Ask(const std::function<void(GroupWorker&, const Done&)>& ask) {
    Status last;
    std::string worker = AnyWorker();
    for (int tries = 0; tries < 60; ++tries) {
      auto answer = std::make_shared<std::optional<Status>>();
      ask(*group_.workers.at(worker), [answer](const Status& status) { *answer = status; });
      for (int i = 0; i < 35 && !*answer; ++i) {
        group_.Run([this] { CheckOwners(); });
        if (!*answer) group_.clock.Advance(kSecond);
      }
      ASSERT_TRUE(*answer) << "no answer from " << worker;
      if ((**answer).ok()) return;
      last = **answer;
      const auto other = OtherWorker(last);
      GroupWorker* next = other ? group_.At(*other) : nullptr;
      const bool reached = next != nullptr && !cut_.contains(next->name);
      worker = reached ? next->name : AnyWorker();
      if (!reached) group_.clock.Advance(kSecond);
    }
    FAIL() << "a request is never served: " << last;
  }

  // --- what must be

  void CheckOwners() {
    std::map<std::string, std::string> owners;
    for (const auto& [name, worker] : group_.workers) {
      for (const std::string& part : worker->Runs()) {
        const auto [it, added] = owners.emplace(part, name);
        ASSERT_TRUE(added) << part << " runs on " << it->second << " and on " << name;
      }
    }
  }
  void Rest() {
    ASSERT_TRUE(group_.Settle([this] { CheckOwners(); })) << "the group does not come to rest";
    if (std::exchange(announced_, false)) {  // it is back, but may have been cut off at once
      Pass(kBackWithin);
      ASSERT_TRUE(group_.Settle([this] { CheckOwners(); })) << "the group does not come to rest";
    }
    CheckAllRuns();
    // After rounds in a row that took something away, the next one that may is put off.
    for (int waits = 0; waits < 25 && !Imbalance().empty(); ++waits) {
      ASSERT_TRUE(group_.Settle([this] { CheckOwners(); }));
    }
    EXPECT_EQ(Imbalance(), "");
    CheckAllRuns();
  }
  // Who is to run what, paused connectors too, which run nowhere.
  Owners OwnersAtRest() {
    Owners owners;
    for (const std::string& name : Reached()) {
      GroupWorker& worker = *group_.workers.at(name);
      const cluster::Parts parts = worker.membership().Assigned(worker.Config());
      for (const std::string& connector : parts.connectors) owners[connector] = {name, false, 1};
      for (const storage::TaskId& task : parts.tasks) {
        owners[task.ToString()] = {name, true, connectors_.at(task.connector).weight};
      }
    }
    return owners;
  }
  void CheckAllRuns() {
    const storage::ClusterConfig& config = group_.workers.at(AnyWorker())->Config();
    std::set<std::string> wanted, found;
    for (const auto& [name, connector] : connectors_) {
      const int tasks = config.TaskCount(name);
      ASSERT_TRUE(config.Contains(name)) << name;
      EXPECT_EQ(config.Target(name), connector.state) << name;
      if (connector.state == TargetState::kStarted) {
        EXPECT_EQ(tasks, connector.tasks) << name;
        wanted.insert(name);
      } else if (connector.state == TargetState::kStopped) {
        EXPECT_EQ(tasks, 0) << name;
      }
      for (int i = 0; i < tasks; ++i) wanted.insert(name + "-" + std::to_string(i));
    }
    for (const std::string& name : Reached()) {
      const std::set<std::string> runs = group_.workers.at(name)->Runs();
      found.insert(runs.begin(), runs.end());
    }
    ASSERT_EQ(found, wanted);
    for (const std::string& name : cut_) EXPECT_TRUE(group_.workers.at(name)->Runs().empty());
  }

  std::map<std::string, int64_t> NoLoad() const {
    std::map<std::string, int64_t> load;
    for (const std::string& name : Reached()) load[name] = 0;
    return load;
  }
  // Nobody has more than another by more than the heaviest that could go there.
  std::string Imbalance() {
    const Owners owners = OwnersAtRest();
    for (const bool tasks : {false, true}) {
      std::map<std::string, int64_t> load = NoLoad(), heaviest = NoLoad();
      for (const auto& [part, owner] : owners) {
        if (owner.is_task != tasks) continue;
        load[owner.worker] += owner.weight;
        heaviest[owner.worker] = std::max(heaviest[owner.worker], owner.weight);
      }
      for (const auto& [from, busy] : load) {
        for (const auto& [to, other] : load) {
          if (busy - other <= heaviest[from]) continue;
          return from + " has " + std::to_string(busy) + ", " + to + " " + std::to_string(other) +
                 (tasks ? " in tasks" : " connectors");
        }
      }
    }
    return "";
  }
  // What has moved between workers that were there all along is no more than they had too much.
  void CheckMoves(const Owners& before) {
    if (testing::Test::HasFailure()) return;
    const Owners after = OwnersAtRest();
    for (const bool tasks : {false, true}) {
      std::map<std::string, int64_t> load = NoLoad();
      int64_t total = 0, moved = 0, heaviest = 1;
      for (const auto& [part, owner] : after) {
        if (owner.is_task != tasks) continue;
        total += owner.weight;
        heaviest = std::max(heaviest, owner.weight);
        const auto was = before.find(part);
        if (was == before.end() || !load.contains(was->second.worker)) continue;
        load[was->second.worker] += owner.weight;
        if (was->second.worker == owner.worker) continue;
        moved += owner.weight;
        Say(part + " has moved from " + was->second.worker + " to " + owner.worker);
      }
      EXPECT_LE(moved, Surplus(load, total, heaviest)) << (tasks ? "tasks" : "connectors");
    }
  }
  // With equal weights: what workers have above the ceiling, or the floor.
  static int64_t Surplus(const std::map<std::string, int64_t>& load, int64_t total,
                         int64_t heaviest) {
    const auto workers = static_cast<int64_t>(load.size());
    std::vector<int64_t> loads;
    for (const auto& [name, weight] : load) loads.push_back(weight);
    std::sort(loads.rbegin(), loads.rend());
    int64_t surplus = heaviest > 1 ? workers * heaviest : 0;
    for (int64_t i = 0; i < workers; ++i) {
      const int64_t limit = total / workers + (i < total % workers ? 1 : 0);
      surplus += std::max<int64_t>(0, loads[static_cast<size_t>(i)] - limit);
    }
    return surplus;
  }

  std::mt19937 random_;
  const bool talks_, weights_;
  TestGroup group_;
  std::map<std::string, Connector> connectors_;
  std::set<std::string> cut_, gone_;
  int last_worker_ = 0;
  bool announced_ = false;  // a worker said since then that it would be back
  bool simple_ = true;      // one change since the last rest, whose effect is known
};

TEST(GroupSimulationTest, EverythingRunsOnceWhateverHappens) {
  SetLogLevel(std::getenv("SLUICE_SEED") != nullptr ? LogLevel::kInfo : LogLevel::kOff);
  if (const char* seed = std::getenv("SLUICE_SEED")) {
    return Simulation(static_cast<unsigned>(std::atoi(seed)), true).Run();
  }
  const char* seeds = std::getenv("SLUICE_SEEDS");
  const int count = seeds != nullptr ? std::atoi(seeds) : kSeeds;
  for (int seed = 1; seed <= count; ++seed) {
    Simulation(static_cast<unsigned>(seed), false).Run();
    ASSERT_FALSE(HasFailure()) << "with seed " << seed << "; SLUICE_SEED=" << seed
                               << " runs it alone";
  }
}

}  // namespace
}  // namespace sluice::herder
