#include "runtime/worker/bell.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace sluice::worker {
namespace {

std::atomic<bool> g_stop{false};
std::atomic<int> g_fd{-1};

void Write(int fd) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof one);  // full: it rings already
}

void OnSignal(int) {
  const int saved = errno;
  g_stop = true;
  Write(g_fd);
  errno = saved;
}

}  // namespace

Bell::Bell() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  g_fd = fd_;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of write, for the sink to report
}

void Bell::Ring() const { Write(fd_); }

void Bell::Wait(milliseconds time) const {
  pollfd ready{fd_, POLLIN, 0};
  if (poll(&ready, 1, static_cast<int>(time.count())) != 1) return;
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = read(fd_, &count, sizeof count);
}

bool Bell::stop_requested() const { return g_stop; }

}  // namespace sluice::worker
