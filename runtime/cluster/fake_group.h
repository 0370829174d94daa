// A group coordinator in memory, for tests on one thread with a turned clock: clients that join,
// are cut off, crash and come back, by the rules of the classic group protocol.
#ifndef SLUICE_RUNTIME_CLUSTER_FAKE_GROUP_H_
#define SLUICE_RUNTIME_CLUSTER_FAKE_GROUP_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/cluster/group_client.h"

namespace sluice::cluster {

class FakeGroup {
 public:
  FakeGroup(Clock& clock, milliseconds session_timeout)
      : clock_(clock), session_timeout_(session_timeout) {}

  // Of a process that Crash and CutOff name by `process`.
  std::unique_ptr<GroupClient> NewClient(const std::string& process, GroupListener& listener) {
    Seat& seat = seats_[process];
    seat = Seat{};
    seat.listener = &listener;
    return std::make_unique<Client>(*this, process);
  }
  // Nothing reaches it any more, and nothing comes from it. What it has joined it stays in until
  // its session is over.
  void Crash(const std::string& process) { seats_[process].listener = nullptr; }
  // As long as it is cut off, heartbeats and joins are lost.
  void CutOff(const std::string& process, bool cut) { seats_[process].cut = cut; }

  // What it says of itself when it joins cannot be read.
  void Garble(const std::string& process) { seats_[process].garbled = true; }

  bool stable() const { return phase_ == Phase::kStable && !AnyWish(); }
  int generation() const { return generation_; }
  const std::string& leader() const { return leader_; }

  // One step of everybody: heartbeats, expiry, and what a round still waits for. Answers whether
  // anything happened.
  bool Step() {
    bool moved = Beat();
    moved = Expire() || moved;
    moved = Deliver() || moved;
    if (phase_ != Phase::kPreparing && AnyWish()) {
      phase_ = Phase::kPreparing;
      for (auto& [process, seat] : seats_) seat.asked = seat.answered = seat.ready = false;
      moved = true;
    }
    if (phase_ != Phase::kPreparing) return moved;
    moved = Ask() || moved;
    moved = Arrive() || moved;
    return Complete() || moved;
  }

 private:
  enum class Phase { kStable, kPreparing, kSyncing };
  using Answer = StatusOr<std::map<std::string, std::string>>;
  struct Seat {
    GroupListener* listener = nullptr;  // null: gone
    bool started = false;
    bool wish = false;    // wants a round
    bool member = false;  // the coordinator counts it
    bool asked = false;
    bool answered = false;  // it can join, and does once it is reached
    bool ready = false;     // it has joined the round
    int told = 0;           // the last generation whose assignment it has
    bool cut = false;
    bool garbled = false;
    int epoch = 0;  // of OnRejoin calls; older `ready`s do nothing
    std::string id;
    TimePoint beat{};
    std::vector<std::pair<std::string, std::string>> protocols;
  };

  class Client : public GroupClient {
   public:
    Client(FakeGroup& group, std::string process) : group_(group), process_(std::move(process)) {}
    void Start() override {
      Seat& seat = group_.seats_[process_];
      seat.started = seat.wish = true;
    }
    void Rejoin(std::string) override { group_.seats_[process_].wish = true; }
    void Leave(std::string, milliseconds) override {
      Seat& seat = group_.seats_[process_];
      if (seat.listener == nullptr) return;
      if (seat.member && !seat.cut) group_.Remove(seat);
      seat.listener = nullptr;
    }

   private:
    FakeGroup& group_;
    const std::string process_;
  };

  bool AnyWish() const {
    return std::any_of(seats_.begin(), seats_.end(),
                       [](const auto& entry) {
                         const Seat& seat = entry.second;
                         return seat.wish && seat.listener != nullptr && !seat.cut;
                       }) ||
           removed_;
  }
  void Remove(Seat& seat) {
    seat.member = false;
    removed_ = true;
  }

  bool Beat() {
    bool moved = false;
    for (auto& [process, seat] : seats_) {
      if (seat.listener == nullptr || seat.cut || !seat.started || seat.id.empty()) continue;
      if (!seat.member) {  // it learns that it is out, and comes back as another
        seat.id.clear();
        seat.wish = moved = true;
        seat.listener->OnLost(ConnectError("UNKNOWN_MEMBER_ID"));
        continue;
      }
      seat.beat = clock_.Now();
      seat.listener->OnAlive(clock_.Now());
      if (phase_ == Phase::kStable && seat.told != generation_ && !seat.wish) {
        seat.wish = moved = true;  // the answer to its join was lost
      }
    }
    return moved;
  }
  bool Expire() {
    bool moved = false;
    for (auto& [process, seat] : seats_) {
      const bool silent = seat.listener == nullptr || seat.cut;
      if (!seat.member || !silent || clock_.Now() - seat.beat < session_timeout_) continue;
      Remove(seat);
      moved = true;
    }
    return moved;
  }
  bool Ask() {
    bool moved = false;
    for (auto& [process, seat] : seats_) {
      if (seat.listener == nullptr || seat.cut || !seat.started || seat.asked) continue;
      if (!seat.member && !seat.wish) continue;
      seat.asked = moved = true;
      seat.wish = false;
      const int epoch = ++seat.epoch;
      seat.listener->OnRejoin([this, process = process, epoch] {
        Seat& again = seats_[process];
        if (again.epoch != epoch || again.listener == nullptr) return;
        again.answered = true;
      });
    }
    return moved;
  }
  bool Arrive() {
    bool moved = false;
    for (auto& [process, seat] : seats_) {
      if (!seat.answered || seat.cut || seat.listener == nullptr) continue;
      seat.answered = false;
      seat.ready = moved = true;
      seat.protocols = seat.listener->Protocols();
    }
    return moved;
  }
  // When everybody whom the coordinator counts is there.
  bool Complete() {
    bool any = false;
    for (const auto& [process, seat] : seats_) {
      if (seat.member && !seat.ready) return false;
      if (seat.asked && !seat.ready && seat.listener != nullptr && !seat.cut) return false;
      any = any || seat.ready;
    }
    if (!any) {
      removed_ = false;
      phase_ = Phase::kStable;
      return true;
    }
    removed_ = false;
    phase_ = Phase::kSyncing;
    ++generation_;
    Joined lead;
    lead.generation = generation_;
    for (auto& [process, seat] : seats_) {
      if (!seat.ready) continue;
      if (seat.id.empty()) seat.id = process + "-" + std::to_string(++last_id_);
      seat.member = true;
      if (!seat.cut && seat.listener != nullptr) seat.beat = clock_.Now();
      lead.protocol = Common();
      lead.members.push_back({seat.id, seat.garbled ? "\1" : *Offer(seat, lead.protocol)});
    }
    const auto leads = [&](const auto& member) { return member.id == leader_; };
    if (std::none_of(lead.members.begin(), lead.members.end(), leads)) {
      leader_ = lead.members.front().id;
    }
    lead.leader_id = lead.member_id = leader_;
    led_ = std::move(lead);
    lead_asked_ = false;
    answer_.reset();
    return true;
  }
  // The leader hears who is there, and all hear what it has decided. If it cannot be reached, they
  // wait until its session is over.
  bool Deliver() {
    if (phase_ != Phase::kSyncing) return false;
    Seat* leader = SeatOf(leader_);
    if (leader == nullptr || leader->listener == nullptr || leader->cut) return false;
    if (answer_) {
      Sync(led_, *std::exchange(answer_, std::nullopt));
      return true;
    }
    if (std::exchange(lead_asked_, true)) return false;
    const int generation = generation_;
    leader->listener->OnLead(led_, [this, generation](Answer answer) {
      if (generation == generation_ && phase_ == Phase::kSyncing) answer_ = std::move(answer);
    });
    return true;
  }
  static const std::string* Offer(const Seat& seat, const std::string& protocol) {
    for (const auto& [name, metadata] : seat.protocols) {
      if (name == protocol) return &metadata;
    }
    return nullptr;
  }
  // The best one that all who take part in the round offer.
  std::string Common() const {
    std::vector<const Seat*> present;
    for (const auto& [process, seat] : seats_) {
      if (seat.ready) present.push_back(&seat);
    }
    for (const auto& [name, metadata] : present.front()->protocols) {
      const bool all = std::all_of(present.begin(), present.end(),
                                   [&](const Seat* seat) { return Offer(*seat, name) != nullptr; });
      if (all) return name;
    }
    return "";
  }
  void Sync(const Joined& lead, const Answer& answer) {
    phase_ = Phase::kStable;
    if (!answer.ok()) {
      removed_ = true;  // another round
      return;
    }
    for (const JoinedMember& member : lead.members) {
      Seat* seat = SeatOf(member.id);
      if (seat == nullptr || seat->listener == nullptr || seat->cut) continue;
      Joined joined = lead;
      joined.member_id = member.id;
      if (member.id != leader_) joined.members.clear();
      seat->told = generation_;
      seat->listener->OnAlive(clock_.Now());
      seat->listener->OnAssigned(joined, answer->at(member.id));
    }
  }
  Seat* SeatOf(const std::string& id) {
    for (auto& [process, seat] : seats_) {
      if (seat.id == id) return &seat;
    }
    return nullptr;
  }

  Clock& clock_;
  const milliseconds session_timeout_;
  std::map<std::string, Seat> seats_;  // by process
  Phase phase_ = Phase::kStable;
  bool removed_ = false;  // somebody left: the others need a round
  int generation_ = 0;
  int last_id_ = 0;
  std::string leader_;
  // While phase_ is kSyncing
  Joined led_;
  bool lead_asked_ = false;
  std::optional<Answer> answer_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_FAKE_GROUP_H_
