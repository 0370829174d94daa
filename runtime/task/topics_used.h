// Which topics a task tells its listener of (topic tracking, KIP-558): each once in a while, not
// for every record. What was told is forgotten after kRemembered, so that a topic comes back after
// its tracking was reset, and that no number of topics is remembered for ever. One thread: the
// task's.
#ifndef SLUICE_RUNTIME_TASK_TOPICS_USED_H_
#define SLUICE_RUNTIME_TASK_TOPICS_USED_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/clock.h"

namespace sluice::task {

class TopicsUsed {
 public:
  // Without a function nothing is told.
  explicit TopicsUsed(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}

  // For each record: a comparison, as long as the topic stays the same.
  void Note(std::string_view topic) {
    if (topic == last_) return;
    last_ = topic;
    if (tell_ && told_.insert(last_).second) tell_(last_);
  }
  // Once a turn. True: what was told is forgotten.
  bool Turn(TimePoint now) {
    if (now < forget_at_) return false;
    forget_at_ = now + kRemembered;
    told_.clear();
    last_.clear();
    return true;
  }

 private:
  static constexpr milliseconds kRemembered{5000};

  const std::function<void(const std::string&)> tell_;
  std::string last_;
  std::set<std::string> told_;
  TimePoint forget_at_{};
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_TOPICS_USED_H_
