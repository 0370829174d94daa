// Work that blocks and that nothing can interrupt (looking up a name, asking a Kerberos server), on
// a thread of its own, so that the group client's thread never waits for it. Internal to
// runtime/cluster.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_BLOCKING_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_BLOCKING_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::cluster {

namespace net = boost::asio;

// Lets other threads put work on an io_context that may be gone by then. Any thread.
class Mailbox {
 public:
  explicit Mailbox(net::io_context& io) : io_(&io) {}
  void Post(std::function<void()> work) {
    MutexLock lock(mutex_);
    if (io_ != nullptr) net::post(*io_, std::move(work));
  }
  void Detach() {  // what is posted from now on is dropped
    MutexLock lock(mutex_);
    io_ = nullptr;
  }

 private:
  Mutex mutex_;
  net::io_context* io_ ABSL_GUARDED_BY(mutex_);
};

// What `work` answers, or TimeoutError at `deadline`; then it goes on for nobody, with what it
// owns. `what` is for that error: "looking up the name h".
template <typename T>
net::awaitable<StatusOr<T>> RunBlocking(std::shared_ptr<Mailbox> mailbox, std::string what,
                                        std::function<StatusOr<T>()> work, TimePoint deadline) {
  struct State {
    explicit State(net::any_io_executor executor) : done(executor) {}
    std::optional<StatusOr<T>> result;
    net::steady_timer done;
  };
  auto executor = co_await net::this_coro::executor;
  auto state = std::make_shared<State>(executor);
  state->done.expires_at(deadline);
  try {
    std::thread([mailbox, weak = std::weak_ptr<State>(state), work = std::move(work)] {
      auto result = std::make_shared<StatusOr<T>>(work());
      mailbox->Post([weak, result] {
        const auto waiting = weak.lock();
        if (waiting == nullptr) return;
        waiting->result = std::move(*result);
        waiting->done.cancel();
      });
    }).detach();
  } catch (const std::system_error& error) {
    co_return StatusOr<T>(
        ConnectError(StrCat(what, ": there is no thread for it: ", error.what())));
  }
  boost::system::error_code ignored;
  co_await state->done.async_wait(net::redirect_error(net::use_awaitable, ignored));
  if (state->result) co_return *std::move(state->result);
  co_return StatusOr<T>(TimeoutError(StrCat(what, " took too long")));
}

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_BLOCKING_H_
