#include "runtime/base/clock.h"

namespace sluice {
namespace {

class SystemClock : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
  int64_t WallMillis() const override {
    return std::chrono::duration_cast<milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace

Clock& Clock::System() {
  static SystemClock* clock =
      new SystemClock;  // never destroyed: threads may outlive main's statics
  return *clock;
}

}  // namespace sluice
