// What the supervisor wants of a task, and how the task waits without being deaf to it. Set from
// any thread, read by the task's. Lives as long as either needs it.
#ifndef SLUICE_RUNTIME_TASK_CONTROL_H_
#define SLUICE_RUNTIME_TASK_CONTROL_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"

namespace sluice::task {

class Control : public Waiter {
 public:
  // `owned`: whether the group surely counts this worker as the task's owner still; any thread, at
  // once. Without it, it does.
  explicit Control(std::function<bool()> owned = {}) : owned_(std::move(owned)) {}

  void RequestStop() { Set(stop_, true); }
  void SetPaused(bool paused) { Set(paused_, paused); }
  // The task did not stop in time, or another worker may have it: it commits nothing any more, and
  // waits for nothing that it has sent.
  void Abandon() {
    abandoned_.store(true, std::memory_order_release);
    Set(stop_, true);
  }

  bool stop_requested() const { return stop_.load(std::memory_order_acquire); }
  bool paused() const { return paused_.load(std::memory_order_acquire); }
  bool abandoned() const { return abandoned_.load(std::memory_order_acquire); }
  // Asked right before offsets are committed, and before records are sent or put: not of an
  // abandoned task, nor on a worker that may have lost it to another, e.g. since it was frozen;
  // that one goes on from older offsets, so whatever this one does is done twice.
  bool may_commit() const { return !abandoned() && (!owned_ || owned_()); }

  // Waits until anything above changes, for `time` at most; a wait that begins after the stop just
  // waits. False: stop.
  bool Wait(milliseconds time) override {
    const TimePoint deadline = std::chrono::steady_clock::now() + time;
    MutexLock lock(mutex_);
    const int seen = changes_;
    while (seen == changes_ && changed_.WaitUntil(mutex_, deadline)) {
    }
    return !stop_requested();
  }

 private:
  void Set(std::atomic<bool>& flag, bool value) {
    MutexLock lock(mutex_);
    flag.store(value, std::memory_order_release);
    ++changes_;
    changed_.NotifyAll();
  }

  const std::function<bool()> owned_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> paused_{false};
  std::atomic<bool> abandoned_{false};
  Mutex mutex_;
  CondVar changed_;
  int changes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_CONTROL_H_
