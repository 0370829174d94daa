// A flag that says "stop", with a wait that it ends. One writer or many, any number of waiters, any
// thread.
#ifndef SLUICE_RUNTIME_BASE_STOP_H_
#define SLUICE_RUNTIME_BASE_STOP_H_

#include <atomic>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"

namespace sluice {

class StopSignal : public Waiter {
 public:
  void Request() {
    MutexLock lock(mutex_);
    requested_.store(true, std::memory_order_release);
    changed_.NotifyAll();
  }
  bool requested() const { return requested_.load(std::memory_order_acquire); }

  // Waits for `time` of the system's clock or until stop; false: stop.
  bool Wait(milliseconds time) override {
    const TimePoint deadline = std::chrono::steady_clock::now() + time;
    MutexLock lock(mutex_);
    while (!requested() && changed_.WaitUntil(mutex_, deadline)) {
    }
    return !requested();
  }

 private:
  std::atomic<bool> requested_{false};
  Mutex mutex_;
  CondVar changed_;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_STOP_H_
