#include "rest_api/stream_core.h"

#include <algorithm>
#include <chrono>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice::rest_api {

StreamCore::StreamCore(net::ip::tcp::socket from)
    : socket(std::move(from)), timer_(socket.get_executor()) {
  boost::system::error_code ignored;
  socket.set_option(net::ip::tcp::no_delay(true), ignored);
}

void StreamCore::Arm(milliseconds timeout) {
  timed_out_ = false;
  ++operation_;
  CancelAfter(std::max(timeout, milliseconds(1)));
}

// Again and again: of an operation of several steps one may just be over and the next not begun.
void StreamCore::CancelAfter(milliseconds timeout) {
  timer_.expires_after(timeout);
  timer_.async_wait(
      [core = shared_from_this(), operation = operation_](boost::system::error_code error) {
        if (error || operation != core->operation_) return;
        core->timed_out_ = true;
        boost::system::error_code ignored;
        core->socket.cancel(ignored);
        core->CancelAfter(milliseconds(10));
      });
}

void StreamCore::Disarm() {
  ++operation_;
  timer_.cancel();
}

net::awaitable<void> StreamCore::Drain(milliseconds timeout) {
  boost::system::error_code error;
  socket.shutdown(net::ip::tcp::socket::shutdown_send, error);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  char chunk[8192];
  for (error = {}; !error;) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    Arm(left);
    co_await socket.async_read_some(net::buffer(chunk),
                                    net::redirect_error(net::use_awaitable, error));
    Disarm();
  }
}

void StreamCore::Close() {
  boost::system::error_code ignored;
  socket.close(ignored);
}

}  // namespace sluice::rest_api
