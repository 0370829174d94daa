#include <utility>  // boost/asio/awaitable.hpp forgets it

#include <algorithm>
#include <cstdint>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "rest_api/stream.h"

namespace sluice::rest_api {
namespace {

// Beast's tcp_stream closes the socket when it times out; this one only gives up the operation, so
// that a client which was too slow can still be told.
class TcpStream : public Stream {
 public:
  explicit TcpStream(net::ip::tcp::socket socket)
      : core_(std::make_shared<Core>(std::move(socket))) {
    boost::system::error_code ignored;
    core_->socket.set_option(net::ip::tcp::no_delay(true), ignored);
  }
  ~TcpStream() override { ++core_->operation; }

  net::awaitable<ReadResult> Read(net::mutable_buffer into, milliseconds timeout) override {
    boost::system::error_code error;
    Arm(timeout);
    const size_t bytes = co_await core_->socket.async_read_some(
        into, net::redirect_error(net::use_awaitable, error));
    Disarm();
    if (error) co_return ReadResult{0, core_->timed_out};
    co_return ReadResult{bytes, false};
  }

  net::awaitable<bool> Write(net::const_buffer bytes, milliseconds timeout) override {
    constexpr size_t kPiece = 64 << 10;  // each has to be taken within the time-out
    while (bytes.size() > 0) {
      boost::system::error_code error;
      const net::const_buffer piece = net::buffer(bytes, kPiece);
      Arm(timeout);
      co_await net::async_write(core_->socket, piece,
                                net::redirect_error(net::use_awaitable, error));
      Disarm();
      if (error) co_return false;
      bytes += piece.size();
    }
    co_return true;
  }

  void ShutdownSend() override {
    boost::system::error_code ignored;
    core_->socket.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
  }
  void Close() override {
    boost::system::error_code ignored;
    core_->socket.close(ignored);
  }

 private:
  // Shared with the timer's handler, which may run after the stream is gone.
  struct Core {
    explicit Core(net::ip::tcp::socket from)
        : socket(std::move(from)), timer(socket.get_executor()) {}
    net::ip::tcp::socket socket;
    net::steady_timer timer;
    uint64_t operation = 0;  // counts, so that a handler knows whether its operation still runs
    bool timed_out = false;
  };

  void Arm(milliseconds timeout) {
    core_->timed_out = false;
    core_->timer.expires_after(std::max(timeout, milliseconds(1)));
    core_->timer.async_wait(
        [core = core_, operation = ++core_->operation](boost::system::error_code error) {
          if (error || operation != core->operation) return;
          core->timed_out = true;
          boost::system::error_code ignored;
          core->socket.cancel(ignored);
        });
  }
  void Disarm() {
    ++core_->operation;
    core_->timer.cancel();
  }

  const std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<Stream> NewTcpStream(net::ip::tcp::socket socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace sluice::rest_api
