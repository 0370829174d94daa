// The herder's thread: one queue, one clock, everything in order. All herder state is touched by
// its closures only, so it needs no locks. Closures must not block.
//
// Post from any thread. A test does not call Start; it turns its clock and calls RunPending, and
// everything happens on its own thread.
#ifndef SLUICE_RUNTIME_HERDER_TICK_LOOP_H_
#define SLUICE_RUNTIME_HERDER_TICK_LOOP_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/stage.h"

namespace sluice::herder {

class TickLoop {
 public:
  using Work = std::function<void()>;

  explicit TickLoop(Clock& clock = Clock::System()) : clock_(clock), stage_(clock) {}
  ~TickLoop();  // stops it
  TickLoop(const TickLoop&) = delete;
  TickLoop& operator=(const TickLoop&) = delete;

  void Start();
  // Runs what is queued, but no timers, and ends the thread. Later posts are dropped. Idempotent.
  void Stop();

  // News of our own: bounded by how many connectors, tasks and calls there are. False: stopped.
  bool Post(Work work);
  // A client's request. False: stopped, or too many wait already.
  bool PostRequest(Work work);
  void PostAfter(milliseconds delay, Work work);
  // Runs what is queued and due, also what that queues. For tests, instead of Start.
  void RunPending();

  // What the loop is doing, for people whose requests time out: `reading to the end of the config
  // topic`. Set on the loop's thread.
  void SetStage(std::string description) { stage_.Begin(std::move(description)); }
  void EndStage() { stage_.End(); }
  // The sentence about it; "" if there never was one. Any thread.
  std::string Stage() const { return stage_.Sentence(); }

 private:
  void Run();
  bool NextWork(Work& work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Clock& clock_;
  sluice::Stage stage_;
  std::thread thread_;

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Work> queue_ ABSL_GUARDED_BY(mutex_);
  std::multimap<TimePoint, Work> timers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_TICK_LOOP_H_
