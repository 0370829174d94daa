#include "runtime/herder/tick_loop.h"

namespace sluice::herder {
namespace {

constexpr size_t kRequestsMax = 10'000;

}  // namespace

TickLoop::~TickLoop() { Stop(); }

void TickLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void TickLoop::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
  std::deque<Work> queue;  // what was never run goes without the lock: it may own anything
  std::multimap<TimePoint, Work> timers;
  MutexLock lock(mutex_);
  queue.swap(queue_);
  timers.swap(timers_);
}

bool TickLoop::Post(Work work) {
  MutexLock lock(mutex_);
  if (stopping_) return false;
  queue_.push_back(std::move(work));
  changed_.NotifyOne();
  return true;
}

bool TickLoop::PostRequest(Work work) {
  MutexLock lock(mutex_);
  if (stopping_ || queue_.size() >= kRequestsMax) return false;
  queue_.push_back(std::move(work));
  changed_.NotifyOne();
  return true;
}

void TickLoop::PostAfter(milliseconds delay, Work work) {
  MutexLock lock(mutex_);
  if (stopping_) return;
  timers_.emplace(clock_.Now() + delay, std::move(work));
  changed_.NotifyOne();
}

bool TickLoop::NextWork(Work& work) {
  if (!stopping_ && !timers_.empty() && timers_.begin()->first <= clock_.Now()) {
    work = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    return true;
  }
  if (queue_.empty()) return false;
  work = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

void TickLoop::Run() {
  while (true) {
    Work work;
    {
      MutexLock lock(mutex_);
      while (!NextWork(work)) {
        if (stopping_) return;
        const TimePoint wake =
            timers_.empty() ? clock_.Now() + std::chrono::hours(1) : timers_.begin()->first;
        changed_.WaitUntil(mutex_, wake);
      }
    }
    work();
  }
}

void TickLoop::RunPending() {
  while (true) {
    Work work;
    {
      MutexLock lock(mutex_);
      if (!NextWork(work)) return;
    }
    work();
  }
}

}  // namespace sluice::herder
