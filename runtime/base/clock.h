// Time as the worker sees it, so that tests can turn it. Implementations are thread-safe.
#ifndef SLUICE_RUNTIME_BASE_CLOCK_H_
#define SLUICE_RUNTIME_BASE_CLOCK_H_

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice {

using std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;       // monotonic
  virtual int64_t WallMillis() const = 0;  // milliseconds since the epoch
  static Clock& System();                  // lives for ever
};

// Stands still until it is turned. Owned by the test; must outlive what uses it.
class FakeClock : public Clock {
 public:
  TimePoint Now() const override { return TimePoint(milliseconds(now_ms_.load())); }
  int64_t WallMillis() const override { return 1'700'000'000'000 + now_ms_.load(); }
  void Advance(milliseconds by) { now_ms_ += by.count(); }

 private:
  std::atomic<int64_t> now_ms_{1'000'000};
};

// How a part that must wait (a back-off, a full queue) does it without being deaf: the owner of the
// thread serves its acks and watches for stop meanwhile. A test's waiter turns a FakeClock.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Waits for `time`, or less. False: stop was asked for; the caller gives up at once.
  virtual bool Wait(milliseconds time) = 0;
};

}  // namespace sluice

#endif  // SLUICE_RUNTIME_BASE_CLOCK_H_
