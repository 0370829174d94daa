// A listener that writes down what it is told, and by default does at once what it is asked for.
// For tests; any thread.
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_RECORDER_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_RECORDER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_client.h"

namespace sluice::cluster {

class GroupRecorder : public GroupListener {
 public:
  using Assignments = StatusOr<std::map<std::string, std::string>>;
  // Before Start; else they are called on the client's thread.
  std::function<void(std::function<void()>)> on_rejoin = [](auto ready) { ready(); };
  std::function<Assignments(const Joined&)> on_lead = [](const Joined& joined) -> Assignments {
    std::map<std::string, std::string> all;
    for (const JoinedMember& member : joined.members) all[member.id] = "for " + member.metadata;
    return all;
  };
  std::function<void(TimePoint)> on_alive = [](TimePoint) {};
  std::string metadata = "here";

  std::vector<std::pair<std::string, std::string>> Protocols() override {
    return {{"sessioned", metadata}, {"compatible", metadata}};
  }
  void OnRejoin(std::function<void()> ready) override {
    Note("rejoin");
    on_rejoin(std::move(ready));
  }
  void OnLead(const Joined& joined, std::function<void(Assignments)> answer) override {
    Note(StrCat("lead ", joined.members.size()));
    answer(on_lead(joined));
  }
  void OnAssigned(const Joined& joined, const std::string& assignment) override {
    {
      MutexLock lock(mutex_);
      joined_ = joined;
    }
    Note(StrCat("assigned ", assignment));
  }
  void OnLost(const Status& reason) override { Note("lost", Message(reason)); }
  void OnAlive(TimePoint sent) override {
    {
      MutexLock lock(mutex_);
      ++alive_;
      changed_.NotifyAll();
    }
    on_alive(sent);
  }
  void OnCoordinatorLost(const Status& reason) override { Note("outage", Message(reason)); }

  // Until `event` has come so many times, in 20 s; false if it has not.
  bool WaitFor(const std::string& event, size_t count = 1) {
    const auto deadline = Deadline();
    MutexLock lock(mutex_);
    while (CountLocked(event) < count && changed_.WaitUntil(mutex_, deadline)) {
    }
    return CountLocked(event) >= count;
  }
  bool WaitForAlive(size_t more = 1) {
    const auto deadline = Deadline();
    MutexLock lock(mutex_);
    const size_t wanted = alive_ + more;
    while (alive_ < wanted && changed_.WaitUntil(mutex_, deadline)) {
    }
    return alive_ >= wanted;
  }
  size_t Count(const std::string& event) const {
    MutexLock lock(mutex_);
    return CountLocked(event);
  }
  std::vector<std::string> Events() const {
    MutexLock lock(mutex_);
    return events_;
  }
  std::string LastReason() const {
    MutexLock lock(mutex_);
    return reason_;
  }
  Joined LastJoined() const {
    MutexLock lock(mutex_);
    return joined_;
  }

 private:
  void Note(const std::string& event, std::string_view reason = "") {
    MutexLock lock(mutex_);
    events_.push_back(event);
    if (!reason.empty()) reason_ = std::string(reason);
    changed_.NotifyAll();
  }
  size_t CountLocked(const std::string& event) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    size_t count = 0;
    for (const std::string& one : events_) count += one == event || one.starts_with(event + " ");
    return count;
  }
  static TimePoint Deadline() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(20);
  }

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> events_ ABSL_GUARDED_BY(mutex_);
  std::string reason_ ABSL_GUARDED_BY(mutex_);
  Joined joined_ ABSL_GUARDED_BY(mutex_);
  size_t alive_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_RECORDER_H_
