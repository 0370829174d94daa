#include "runtime/cluster/assignor.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/cluster/assignor_balance.h"
#include "runtime/cluster/assignor_catalog.h"
#include "runtime/cluster/assignor_members.h"

namespace sluice::cluster {
namespace {

// After each round in a row that wanted to revoke, the wait before the next that may: the peer's.
constexpr milliseconds kFirstBackoff(40);
constexpr int kBackoffGrowth = 40;

milliseconds Backoff(int successive, milliseconds max) {
  milliseconds backoff = kFirstBackoff;
  for (int i = 1; i < successive && backoff < max; ++i) backoff *= kBackoffGrowth;
  return std::min(backoff, max);
}

// Where one connector or task is.
struct Spot {
  int worker = kNobody;
  bool given = false;  // else it is still to be given to it, in the next round
  int since = 0;       // the generation in which it was; 0: nobody knows
};

enum class Standing : char {
  kNew,       // nobody runs it: to be given away now
  kRunning,   // by one member, which may
  kStopping,  // by one that may not, or by several: revoked now, given away in the next round
  kAwaiting,  // its worker is expected back
};

// All connectors, or all tasks, of one round, by number.
struct Half {
  explicit Half(int size) : owner(size, kNobody), standing(size), loads(size) {}
  std::vector<int> owner;  // the first that claims it
  std::vector<Standing> standing;
  std::vector<Load> loads;
  std::vector<int> at{};  // where it is to be
};

}  // namespace

// What a leader knows after a round.
struct IncrementalAssignor::Memory {
  struct Worker {
    std::string id, address;
  };
  int generation = -1;
  std::shared_ptr<const Catalog> catalog;  // null: nothing is remembered
  std::vector<Worker> workers;             // members, then those that are expected back
  std::vector<Spot> connectors, tasks;     // by number in `catalog`
  std::map<std::string, TimePoint> left;   // of those expected back: first missed then
  bool revoked = false;                    // for balance, in this round
  int successive = 0;                      // rounds in a row that wanted to
  std::optional<TimePoint> revoke_from;    // not before

  // What one knows who remembers nothing: what those that are expected back ran.
  static Memory Of(const AssignmentRound& round) {
    Memory memory;
    if (round.returns.empty()) return memory;
    const auto catalog = std::make_shared<const Catalog>(*round.config);
    memory.catalog = catalog;
    memory.connectors.resize(static_cast<size_t>(catalog->connectors()));
    memory.tasks.resize(static_cast<size_t>(catalog->tasks()));
    for (const auto& [address, expected] : round.returns) {
      const Spot spot{.worker = static_cast<int>(memory.workers.size()), .given = true};
      memory.workers.push_back({"", address});
      for (const std::string& connector : expected.ran.connectors) {
        const int number = catalog->Find(connector);
        if (number != Catalog::kNone) memory.connectors[number] = spot;
      }
      for (const storage::TaskId& task : expected.ran.tasks) {
        const int number = catalog->Find(task);
        if (number != Catalog::kNone) memory.tasks[number] = spot;
      }
    }
    return memory;
  }
};

class IncrementalAssignor::Round {
 public:
  Round(const AssignmentRound& round, const Memory& before, milliseconds max_delay)
      : in_(round),
        before_(before),
        max_delay_(max_delay),
        members_(round),
        catalog_(std::make_shared<const Catalog>(*round.config)),
        eligibility_(*catalog_, members_),
        answers_(members_.Answers(round)),
        connectors_(catalog_->connectors()),
        tasks_(catalog_->tasks()) {
    next_.generation = round.generation;
    next_.catalog = catalog_;
    for (int i = 0; i < members_.size(); ++i) {
      next_.workers.push_back(
          {members_[i].id, std::string(WorkerAddress(members_[i].subscription.url))});
    }
  }

  std::map<std::string, GroupAssignment> Run() {
    ReadAllocations();
    for (const Memory::Worker& worker : before_.workers) fates_.push_back(FateOf(worker));
    JudgeConnectors();
    JudgeTasks();
    Spread();
    next_.connectors = Answer(connectors_, [this](Parts& parts, int i) {
      parts.connectors.insert(parts.connectors.end(), catalog_->connector(i).name);
    });
    next_.tasks = Answer(tasks_, [this](Parts& parts, int i) {
      parts.tasks.insert(parts.tasks.end(), catalog_->task(i));
    });
    if (rejoin_at_.has_value()) {
      for (GroupAssignment& answer : answers_) answer.delay = TimeTo(*rejoin_at_);
    }
    return members_.ById(std::move(answers_));
  }

  Memory TakeMemory() { return std::move(next_); }

 private:
  // What has become of a worker that we remember.
  struct Fate {
    int member = kNobody;       // it is here, or here again
    int expected_as = kNobody;  // it is expected back: its number in the next memory
    TimePoint left{}, until{};
  };

  // Who must stop something that a member says it runs.
  struct Claimed {
    bool stop = false;    // that member
    int other = kNobody;  // this one too
  };

  // Who runs what. What is not configured any more is revoked.
  void ReadAllocations() {
    for (int member = 0; member < members_.size(); ++member) {
      const std::optional<GroupAssignment>& allocation = members_[member].subscription.allocation;
      if (!allocation.has_value()) continue;
      for (const std::string& connector : allocation->assigned.connectors) {
        const int number = catalog_->Find(connector);
        const Claimed claimed = Claim(connectors_, number, number, member);
        if (claimed.stop) answers_[member].revoked.connectors.insert(connector);
        if (claimed.other != kNobody) answers_[claimed.other].revoked.connectors.insert(connector);
      }
      for (const storage::TaskId& task : allocation->assigned.tasks) {
        const int number = catalog_->Find(task);
        const int connector = number == Catalog::kNone ? number : catalog_->connector_of(number);
        const Claimed claimed = Claim(tasks_, number, connector, member);
        if (claimed.stop) answers_[member].revoked.tasks.insert(task);
        if (claimed.other != kNobody) answers_[claimed.other].revoked.tasks.insert(task);
      }
    }
  }

  // What has two owners is stopped at both: nobody knows which of them is the right one.
  Claimed Claim(Half& half, int number, int connector, int member) {
    if (number == Catalog::kNone) return {.stop = true};
    Standing& standing = half.standing[number];
    if (half.owner[number] == kNobody) {
      half.owner[number] = member;
      const bool stop = !eligibility_.CanRun(connector, member);
      standing = stop ? Standing::kStopping : Standing::kRunning;
      return {.stop = stop};
    }
    const bool still_runs = standing == Standing::kRunning;
    standing = Standing::kStopping;
    return {.stop = true, .other = still_runs ? half.owner[number] : kNobody};
  }

  Fate FateOf(const Memory::Worker& worker) {
    int member = members_.FindId(worker.id);
    if (member == kNobody) member = members_.FindAddress(worker.address);
    if (member != kNobody) return {.member = member};
    const auto said = in_.returns.find(worker.address);
    if (said == in_.returns.end()) return {};
    const auto missed = before_.left.find(worker.address);
    Fate fate;
    fate.left = missed == before_.left.end() ? in_.now : missed->second;
    fate.until = std::min(said->second.until, fate.left + max_delay_);
    if (in_.now >= fate.until) return {};
    next_.workers.push_back(worker);
    fate.expected_as = static_cast<int>(next_.workers.size()) - 1;
    return fate;
  }

  void JudgeConnectors() {
    for (int i = 0; i < catalog_->connectors(); ++i) {
      const int before = Former(i);
      Judge(connectors_, i, {.group = eligibility_.group(i)},
            before == Catalog::kNone ? Spot{} : before_.connectors[before]);
    }
  }

  void JudgeTasks() {
    for (int c = 0; c < catalog_->connectors(); ++c) {
      const Catalog::Connector& connector = catalog_->connector(c);
      const int before = Former(c);
      for (int i = 0; i < connector.tasks; ++i) {
        Spot spot;
        if (before != Catalog::kNone && i < before_.catalog->connector(before).tasks) {
          spot = before_.tasks[before_.catalog->connector(before).first_task + i];
        }
        Judge(tasks_, connector.first_task + i,
              {.weight = connector.task_weight, .group = eligibility_.group(c)}, spot);
      }
    }
  }

  // A connector's number in the memory.
  int Former(int connector) const {
    if (before_.catalog == nullptr) return Catalog::kNone;
    return before_.catalog->Find(catalog_->connector(connector).name);
  }

  // `spot`: where it was, or was to be. What came last goes first, so that a worker which returns
  // gets back what it had, and what has stayed where it was all along does so still.
  void Judge(Half& half, int number, Load load, Spot spot) {
    if (half.standing[number] == Standing::kRunning) {
      load.owner = half.owner[number];
      if (spot.worker != kNobody && fates_[spot.worker].member == load.owner) {
        load.since = spot.since;
      }
    }
    if (half.standing[number] == Standing::kStopping) load.wish = half.owner[number];
    if (half.standing[number] == Standing::kNew && spot.worker != kNobody) {
      const Fate& fate = fates_[spot.worker];
      load.wish = fate.member;
      if (spot.given && fate.expected_as != kNobody) {
        half.standing[number] = Standing::kAwaiting;
        half.owner[number] = fate.expected_as;
        load.group = eligibility_.nobodys();
        next_.left.emplace(next_.workers[fate.expected_as].address, fate.left);
        RejoinBy(fate.until);
      }
    }
    half.loads[number] = load;
  }

  void RejoinBy(TimePoint time) { rejoin_at_ = std::min(rejoin_at_.value_or(time), time); }

  // Whole milliseconds, rounded up: who comes too early waits for ever.
  milliseconds TimeTo(TimePoint time) const {
    return std::max(std::chrono::ceil<milliseconds>(time - in_.now), milliseconds(1));
  }

  // Nothing is revoked for balance while a worker is expected back, nor, if the last round did
  // that, in this one: who joins one by one would make all the others stop again and again.
  void Spread() {
    next_.successive = before_.successive;
    next_.revoke_from = before_.revoke_from;
    if (!next_.left.empty()) return Place(Owned::kStay);
    Place(Owned::kMayMove);
    if (!WantsToRevoke(connectors_) && !WantsToRevoke(tasks_)) {
      next_.successive = 0;
      next_.revoke_from.reset();
      return;
    }
    if (before_.revoked && max_delay_ > milliseconds(0)) {
      next_.revoke_from = in_.now + Backoff(++next_.successive, max_delay_);
    }
    if (in_.now >= next_.revoke_from.value_or(in_.now)) {
      next_.revoked = true;
      next_.revoke_from.reset();
      return;
    }
    RejoinBy(*next_.revoke_from);
    Place(Owned::kStay);
  }

  void Place(Owned owned) {
    for (Half* half : {&connectors_, &tasks_}) {
      half->at = Balance(members_.size(), eligibility_.groups(), half->loads, owned);
    }
  }

  static bool WantsToRevoke(const Half& half) {
    for (size_t i = 0; i < half.at.size(); ++i) {
      if (half.standing[i] == Standing::kRunning && half.at[i] != half.owner[i]) return true;
    }
    return false;
  }

  // Says what changes, and answers what is to be remembered.
  template <typename AddTo>
  std::vector<Spot> Answer(const Half& half, AddTo add_to) {
    std::vector<Spot> spots(half.at.size());
    for (size_t i = 0; i < spots.size(); ++i) {
      const int number = static_cast<int>(i), at = half.at[i], owner = half.owner[i];
      switch (half.standing[i]) {
        case Standing::kNew:
          if (at != kNobody) add_to(answers_[at].assigned, number);
          spots[i] = {at, true, in_.generation};
          break;
        case Standing::kRunning:
          if (at != owner) add_to(answers_[owner].revoked, number);
          spots[i] = {at, at == owner, half.loads[i].since};
          break;
        case Standing::kStopping:
          spots[i] = {at, false, 0};
          break;
        case Standing::kAwaiting:
          spots[i] = {owner, true, 0};
          break;
      }
    }
    return spots;
  }

  const AssignmentRound& in_;
  const Memory& before_;
  const milliseconds max_delay_;
  const Members members_;
  const std::shared_ptr<const Catalog> catalog_;
  const Eligibility eligibility_;
  std::vector<GroupAssignment> answers_;  // by member
  Half connectors_, tasks_;
  std::vector<Fate> fates_;  // by worker in the memory
  std::optional<TimePoint> rejoin_at_;
  Memory next_;
};

IncrementalAssignor::IncrementalAssignor(AssignorOptions options)
    : options_(options),
      completed_(std::make_unique<Memory>()),
      latest_(std::make_unique<Memory>()) {}

IncrementalAssignor::~IncrementalAssignor() = default;

std::map<std::string, GroupAssignment> IncrementalAssignor::Assign(const AssignmentRound& round) {
  if (latest_->generation == round.last_completed_generation) {
    *completed_ = *latest_;
  } else if (completed_->generation != round.last_completed_generation) {
    *completed_ = Memory();
  }
  if (const Members members(round); members.AheadOf(*round.config)) {
    *latest_ = *completed_;
    latest_->generation = round.generation;
    return members.ById(members.Answers(round));
  }
  const bool remembers = completed_->catalog != nullptr;
  const Memory told = remembers ? Memory() : Memory::Of(round);
  Round answer(round, remembers ? *completed_ : told, options_.max_delay);
  std::map<std::string, GroupAssignment> assignments = answer.Run();
  *latest_ = answer.TakeMemory();
  return assignments;
}

}  // namespace sluice::cluster
