#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "rest_api/stream_core.h"

namespace sluice::rest_api {
namespace {

class TcpStream : public Stream {
 public:
  explicit TcpStream(net::ip::tcp::socket socket)
      : core_(std::make_shared<StreamCore>(std::move(socket))) {}
  ~TcpStream() override { core_->Disarm(); }

  net::awaitable<bool> Open(milliseconds) override { co_return true; }

  net::awaitable<ReadResult> Read(net::mutable_buffer into, milliseconds timeout) override {
    boost::system::error_code error;
    core_->Arm(timeout);
    const size_t bytes = co_await core_->socket.async_read_some(
        into, net::redirect_error(net::use_awaitable, error));
    core_->Disarm();
    if (error) co_return ReadResult{0, core_->timed_out()};
    co_return ReadResult{bytes, false};
  }

  net::awaitable<bool> Write(net::const_buffer bytes, milliseconds timeout) override {
    while (bytes.size() > 0) {
      boost::system::error_code error;
      const net::const_buffer piece = net::buffer(bytes, kWritePiece);
      core_->Arm(timeout);
      co_await net::async_write(core_->socket, piece,
                                net::redirect_error(net::use_awaitable, error));
      core_->Disarm();
      if (error) co_return false;
      bytes += piece.size();
    }
    co_return true;
  }

  net::awaitable<void> Finish(milliseconds timeout) override { co_await core_->Drain(timeout); }
  void Close() override { core_->Close(); }

 private:
  const std::shared_ptr<StreamCore> core_;
};

}  // namespace

std::unique_ptr<Stream> NewTcpStream(net::ip::tcp::socket socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace sluice::rest_api
