// Small parts that the group client's coroutines wait with. Internal to runtime/cluster; the group
// client's thread.
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_WAKEUP_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_WAKEUP_H_

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/base/clock.h"

namespace sluice::cluster {

// One coroutine waits until a deadline or until it is told that something has changed. It looks at
// what it waits for before each wait, so that a Notify while nobody waits is not lost.
class Wakeup {
 public:
  explicit Wakeup(boost::asio::io_context& io) : timer_(io) {}
  boost::asio::awaitable<void> WaitUntil(TimePoint deadline) {
    boost::system::error_code ignored;
    timer_.expires_at(std::min(deadline, std::chrono::steady_clock::now() + std::chrono::hours(1)));
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
  void Notify() { timer_.cancel(); }

 private:
  boost::asio::steady_timer timer_;
};

// How long to wait before the next try: twice as long each time, up to a limit, and up to a fifth
// more or less so that workers do not try in step.
class Backoff {
 public:
  Backoff(milliseconds first, milliseconds most) : first_(first), most_(most), next_(first) {}
  milliseconds Next() {
    const milliseconds base = next_;
    next_ = std::min(next_ * 2, most_);
    return Jittered(base);
  }
  // For what will not change unless somebody changes something.
  milliseconds Slow() { return Jittered(most_ * 10); }
  void Reset() { next_ = first_; }

 private:
  milliseconds Jittered(milliseconds base) {
    std::uniform_real_distribution<double> factor(0.8, 1.2);
    return milliseconds(static_cast<int64_t>(static_cast<double>(base.count()) * factor(random_)));
  }
  const milliseconds first_, most_;
  milliseconds next_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_WAKEUP_H_
