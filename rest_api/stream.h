// What an HTTP connection needs of its transport, so that HTTP is compiled once for TCP and for TLS
// above it. Internal to rest_api: Boost stands in this header, in stream_core.h and in
// connection.h, and in no other. REST thread.
#ifndef SLUICE_REST_API_STREAM_H_
#define SLUICE_REST_API_STREAM_H_

#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "runtime/base/clock.h"
#include "runtime/tls/server_context.h"

namespace sluice::rest_api {

namespace net = boost::asio;

class Stream {
 public:
  struct ReadResult {
    size_t bytes = 0;  // 0: the end, an error or the time-out
    bool timed_out = false;
  };
  virtual ~Stream() = default;
  // What comes before the first Read: TLS's handshake. False: the peer is gone, too slow, speaks
  // something else, or is not let in.
  virtual net::awaitable<bool> Open(milliseconds timeout) = 0;
  virtual net::awaitable<ReadResult> Read(net::mutable_buffer into, milliseconds timeout) = 0;
  // All of it, or false: the peer is gone, or too slow.
  virtual net::awaitable<bool> Write(net::const_buffer bytes, milliseconds timeout) = 0;
  // Tells the peer that no more comes, then throws away what it still sends until it closes or the
  // time is over: closing at once would throw away the answer under its eyes.
  virtual net::awaitable<void> Finish(milliseconds timeout) = 0;
  virtual void Close() = 0;  // ends whatever waits
};

std::unique_ptr<Stream> NewTcpStream(net::ip::tcp::socket socket);
std::unique_ptr<Stream> NewTlsStream(net::ip::tcp::socket socket,
                                     const tls::ServerContext& context);

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_STREAM_H_
