// A stop that ends waits, also those in poll(2). Request comes from any thread; the rest belongs to
// the task's.
#ifndef SLUICE_CONNECTORS_SHARED_STOP_SIGNAL_H_
#define SLUICE_CONNECTORS_SHARED_STOP_SIGNAL_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace sluice::shared {

class StopSignal {
 public:
  StopSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~StopSignal() {
    if (fd_ >= 0) ::close(fd_);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void Request() {
    requested_ = true;
    const uint64_t one = 1;
    if (fd_ >= 0) static_cast<void>(!::write(fd_, &one, sizeof one));
  }
  bool requested() const { return requested_; }
  // For a new start; nobody waits, and nobody requests.
  void Reset() {
    uint64_t before = 0;
    if (fd_ >= 0) static_cast<void>(!::read(fd_, &before, sizeof before));
    requested_ = false;
  }
  // False: the stop was requested.
  bool WaitFor(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (!requested_) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0) return true;
      struct pollfd fd = {fd_, POLLIN, 0};
      ::poll(&fd, 1, static_cast<int>(std::min<int64_t>(left.count(), 60'000)));
    }
    return false;
  }
  // Readable once a stop was requested; -1 where there was none to be had.
  int fd() const { return fd_; }

 private:
  const int fd_;
  std::atomic<bool> requested_{false};
};

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_STOP_SIGNAL_H_
