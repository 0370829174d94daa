// A stop that ends a wait in poll(2). Request comes from any thread; the rest belongs to the
// task's.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_STOP_SIGNAL_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_STOP_SIGNAL_H_

#include <atomic>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace sluice::postgres_sink {

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
  // Readable once a stop was requested; -1 where there was none to be had.
  int fd() const { return fd_; }

 private:
  const int fd_;
  std::atomic<bool> requested_{false};
};

}  // namespace sluice::postgres_sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_STOP_SIGNAL_H_
