// Random lives of a group: workers join, leave, crash and are cut off, connectors come, change and
// go, in an order that a seed decides. At every step nothing runs twice; whenever the group has
// come to rest, everything runs once, in balance, and nothing has moved that need not.
//
// SLUICE_SEED=N runs one seed alone and prints what it does; SLUICE_SEEDS=N runs that many.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "runtime/base/log.h"
#include "runtime/herder/group_fixture.h"

namespace sluice::herder {
namespace {

constexpr int kSteps = 25;
constexpr int kSeeds = 20;

class Simulation {
 public:
  explicit Simulation(unsigned seed, bool talks) : random_(seed), talks_(talks) {}

  void Run() {
    Join();
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      const std::map<std::string, std::string> before = Owners();
      moves_expected_ = false;
      Act();
      if (Chance(3)) Act();  // two at once
      ASSERT_TRUE(group_.Settle([this] { CheckOwners(); })) << "the group does not come to rest";
      Heal();
      CheckAllRuns();
      CheckBalance();
      if (!moves_expected_) CheckNothingMoved(before);
    }
  }

 private:
  void Say(const std::string& text) const {
    if (talks_) printf("%s\n", text.c_str());
  }
  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool Chance(int one_in) { return Pick(one_in) == 0; }
  std::string AnyWorker() {
    std::vector<std::string> reached;
    for (const auto& [name, worker] : group_.workers) {
      if (!cut_.contains(name)) reached.push_back(name);
    }
    return reached[static_cast<size_t>(Pick(static_cast<int>(reached.size())))];
  }

  void Act() {
    const int workers = static_cast<int>(group_.workers.size());
    switch (Pick(9)) {
      case 0:
      case 1:
        if (workers < 5) return Join();
        break;
      case 2:
        if (workers > 1 && cut_.empty()) return Leave();
        break;
      case 3:
        if (workers > 1 && cut_.empty()) return Crash();
        break;
      case 4:
        if (workers > 1 && cut_.empty()) return CutOff();
        break;
      case 5:
        if (!connectors_.empty()) return Delete();
        break;
      default:
        return Put();
    }
    Put();
  }
  void Join() {
    const std::string name = "w" + std::to_string(++last_worker_);
    Say("join " + name);
    moves_expected_ = true;
    group_.Add(name);
  }
  void Leave() {
    const std::string name = AnyWorker();
    Say("leave " + name);
    moves_expected_ = true;
    group_.Leave(name);
  }
  void Crash() {
    const std::string name = AnyWorker();
    Say("crash " + name);
    moves_expected_ = true;
    group_.Crash(name);
  }
  void CutOff() {
    const std::string name = AnyWorker();
    Say("cut off " + name);
    moves_expected_ = true;
    group_.CutOff(name, true);
    cut_.insert(name);
  }
  void Heal() {
    if (cut_.empty()) return;
    for (const std::string& name : cut_) {
      Say("heal " + name);
      group_.CutOff(name, false);
    }
    cut_.clear();
    ASSERT_TRUE(group_.Settle([this] { CheckOwners(); }));
  }
  void Put() {
    const std::string name = "c" + std::to_string(Pick(8));
    const int tasks = Pick(6);
    Say("put " + name + " with " + std::to_string(tasks) + " tasks");
    if (connectors_.contains(name)) moves_expected_ = true;  // fewer tasks need balancing
    SubmittedConfig config{.values = {{"connector.class", "Fake"},
                                      {"name", name},
                                      {"tasks.max", "100"},
                                      {"fake.tasks", std::to_string(tasks)}},
                           .null_keys = {}};
    Ask([name, config](GroupWorker& at, const Done& done) {
      at.herder->PutConfig(name, config,
                           [done](const StatusOr<PutResult>& result) { done(result.status()); });
    });
    connectors_[name] = tasks;
  }
  void Delete() {
    auto it = connectors_.begin();
    std::advance(it, Pick(static_cast<int>(connectors_.size())));
    const std::string name = it->first;
    Say("delete " + name);
    moves_expected_ = true;
    Ask([name](GroupWorker& at, const Done& done) { at.herder->Delete(name, done); });
    connectors_.erase(name);
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
        if (!*answer) group_.clock.Advance(milliseconds(1000));
      }
      ASSERT_TRUE(*answer) << "no answer from " << worker;
      if ((**answer).ok()) return;
      last = **answer;
      const auto other = OtherWorker(last);
      GroupWorker* next = other ? group_.At(*other) : nullptr;
      const bool reached = next != nullptr && !cut_.contains(next->name);
      worker = reached ? next->name : AnyWorker();
      if (!reached) group_.clock.Advance(milliseconds(1000));
    }
    FAIL() << "a request is never served: " << last;
  }

  std::map<std::string, std::string> Owners() const {
    std::map<std::string, std::string> owners;
    for (const auto& [name, worker] : group_.workers) {
      for (const std::string& part : worker->Runs()) owners[part] = name;
    }
    return owners;
  }
  void CheckOwners() {
    std::map<std::string, std::string> owners;
    for (const auto& [name, worker] : group_.workers) {
      for (const std::string& part : worker->Runs()) {
        const auto [it, added] = owners.emplace(part, name);
        ASSERT_TRUE(added) << part << " runs on " << it->second << " and on " << name;
      }
    }
  }
  void CheckAllRuns() {
    std::set<std::string> wanted, found;
    for (const auto& [name, tasks] : connectors_) {
      wanted.insert(name);
      for (int i = 0; i < tasks; ++i) wanted.insert(name + "-" + std::to_string(i));
    }
    for (const auto& [part, owner] : Owners()) found.insert(part);
    ASSERT_EQ(found, wanted);
  }
  void CheckBalance() {
    size_t connectors_min = SIZE_MAX, connectors_max = 0, tasks_min = SIZE_MAX, tasks_max = 0;
    for (const auto& [name, worker] : group_.workers) {
      connectors_min = std::min(connectors_min, worker->plugins.running.size());
      connectors_max = std::max(connectors_max, worker->plugins.running.size());
      tasks_min = std::min(tasks_min, worker->supervisor.running.size());
      tasks_max = std::max(tasks_max, worker->supervisor.running.size());
    }
    EXPECT_LE(connectors_max, connectors_min + 1);
    EXPECT_LE(tasks_max, tasks_min + 1);
  }
  void CheckNothingMoved(const std::map<std::string, std::string>& before) {
    const std::map<std::string, std::string> now = Owners();
    for (const auto& [part, owner] : before) {
      const auto it = now.find(part);
      EXPECT_TRUE(it == now.end() || it->second == owner) << part << " moved";
    }
  }

  std::mt19937 random_;
  const bool talks_;
  TestGroup group_;
  std::map<std::string, int> connectors_;  // and how many tasks each has
  std::set<std::string> cut_;
  int last_worker_ = 0;
  bool moves_expected_ = false;
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
