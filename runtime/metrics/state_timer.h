// How long something has been in which state: status, running-ratio and pause-ratio of a task. Not
// thread-safe: its owner locks.
#ifndef SLUICE_RUNTIME_METRICS_STATE_TIMER_H_
#define SLUICE_RUNTIME_METRICS_STATE_TIMER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::metrics {

class StateTimer {
 public:
  // `state` is in small letters. The first one begins the time that ratios are of.
  void Set(std::string_view state, int64_t now_ms) {
    if (state == state_) return;
    Settle(now_ms);
    state_ = state;
  }
  const std::string& state() const { return state_; }

  double RunningRatio(int64_t now_ms) const { return Ratio("running", running_ms_, now_ms); }
  double PauseRatio(int64_t now_ms) const { return Ratio("paused", paused_ms_, now_ms); }

 private:
  void Settle(int64_t now_ms) {
    const int64_t passed = state_.empty() ? 0 : now_ms - since_ms_;
    if (state_ == "running") running_ms_ += passed;
    if (state_ == "paused") paused_ms_ += passed;
    total_ms_ += passed;
    since_ms_ = now_ms;
  }
  double Ratio(std::string_view state, int64_t ms, int64_t now_ms) const {
    if (state_.empty()) return 0;
    const int64_t passed = now_ms - since_ms_;
    if (state_ == state) ms += passed;
    const int64_t total = total_ms_ + passed;
    return total <= 0 ? 0 : static_cast<double>(ms) / static_cast<double>(total);
  }

  std::string state_;  // empty: none yet
  int64_t since_ms_ = 0, running_ms_ = 0, paused_ms_ = 0, total_ms_ = 0;
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_STATE_TIMER_H_
