#include "rest_api/stream.h"

#include <string_view>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "rest_api/stream_core.h"
#include "runtime/base/log.h"

namespace sluice::rest_api {
namespace {

// A client that says http where https is spoken is told so, in its own language.
constexpr std::string_view kPlainHttp =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 71\r\n"
    "Connection: close\r\n\r\n"
    R"({"error_code":400,"message":"This port speaks https; use an https URL"})";

// Asio's contexts own theirs; this one is shared with other connections.
SSL_CTX* Shared(SSL_CTX* context) {
  SSL_CTX_up_ref(context);
  return context;
}

bool IsPlainHttp(const boost::system::error_code& error) {
  return error.category() == net::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

// Both streams read and write alike; `stream` is the socket, or TLS over it.
template <typename AsyncStream>
net::awaitable<Stream::ReadResult> ReadFrom(AsyncStream& stream, StreamCore& core,
                                            net::mutable_buffer into, milliseconds timeout) {
  boost::system::error_code error;
  core.Arm(timeout);
  const size_t bytes =
      co_await stream.async_read_some(into, net::redirect_error(net::use_awaitable, error));
  core.Disarm();
  if (error) co_return Stream::ReadResult{0, core.timed_out()};
  co_return Stream::ReadResult{bytes, false};
}

template <typename AsyncStream>
net::awaitable<bool> WriteTo(AsyncStream& stream, StreamCore& core, net::const_buffer bytes,
                             milliseconds timeout) {
  while (bytes.size() > 0) {
    boost::system::error_code error;
    const net::const_buffer piece = net::buffer(bytes, kWritePiece);
    core.Arm(timeout);
    co_await net::async_write(stream, piece, net::redirect_error(net::use_awaitable, error));
    core.Disarm();
    if (error) co_return false;
    bytes += piece.size();
  }
  co_return true;
}

class TcpStream : public Stream {
 public:
  explicit TcpStream(net::ip::tcp::socket socket)
      : core_(std::make_shared<StreamCore>(std::move(socket))) {}
  ~TcpStream() override { core_->Disarm(); }

  net::awaitable<bool> Open(milliseconds) override { co_return true; }
  net::awaitable<ReadResult> Read(net::mutable_buffer into, milliseconds timeout) override {
    return ReadFrom(core_->socket, *core_, into, timeout);
  }
  net::awaitable<bool> Write(net::const_buffer bytes, milliseconds timeout) override {
    return WriteTo(core_->socket, *core_, bytes, timeout);
  }
  net::awaitable<void> Finish(milliseconds timeout) override { return core_->Drain(timeout); }
  void Close() override { core_->Close(); }

 private:
  const std::shared_ptr<StreamCore> core_;
};

class TlsStream : public Stream {
 public:
  TlsStream(net::ip::tcp::socket socket, const tls::ServerContext& context)
      : core_(std::make_shared<StreamCore>(std::move(socket))),
        context_(Shared(context.native())),
        stream_(core_->socket, context_) {}
  ~TlsStream() override { core_->Disarm(); }

  net::awaitable<bool> Open(milliseconds timeout) override {
    boost::system::error_code error;
    core_->Arm(timeout);
    co_await stream_.async_handshake(net::ssl::stream_base::server,
                                     net::redirect_error(net::use_awaitable, error));
    core_->Disarm();
    if (!error) co_return true;
    LogDebug("rest_api", "TLS handshake failed: ", error.message());
    if (!IsPlainHttp(error)) co_return false;
    core_->Arm(timeout);
    co_await net::async_write(core_->socket, net::buffer(kPlainHttp.data(), kPlainHttp.size()),
                              net::redirect_error(net::use_awaitable, error));
    core_->Disarm();
    co_await core_->Drain(timeout);
    co_return false;
  }

  net::awaitable<ReadResult> Read(net::mutable_buffer into, milliseconds timeout) override {
    return ReadFrom(stream_, *core_, into, timeout);
  }
  net::awaitable<bool> Write(net::const_buffer bytes, milliseconds timeout) override {
    return WriteTo(stream_, *core_, bytes, timeout);
  }
  net::awaitable<void> Finish(milliseconds timeout) override {
    boost::system::error_code error;
    core_->Arm(timeout);
    co_await stream_.async_shutdown(net::redirect_error(net::use_awaitable, error));
    core_->Disarm();
    if (!core_->timed_out()) co_await core_->Drain(timeout);
  }
  void Close() override { core_->Close(); }

 private:
  const std::shared_ptr<StreamCore> core_;
  net::ssl::context context_;
  net::ssl::stream<net::ip::tcp::socket&> stream_;
};

}  // namespace

std::unique_ptr<Stream> NewTcpStream(net::ip::tcp::socket socket) {
  return std::make_unique<TcpStream>(std::move(socket));
}

std::unique_ptr<Stream> NewTlsStream(net::ip::tcp::socket socket,
                                     const tls::ServerContext& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace sluice::rest_api
