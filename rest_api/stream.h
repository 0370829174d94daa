// What an HTTP connection needs of its transport, so that HTTP is compiled once for TCP and for
// whatever comes above it. Internal to rest_api: the only place, with connection.h, where Boost
// stands in a header. REST thread.
#ifndef SLUICE_REST_API_STREAM_H_
#define SLUICE_REST_API_STREAM_H_

#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "runtime/base/clock.h"

namespace sluice::rest_api {

namespace net = boost::asio;

class Stream {
 public:
  struct ReadResult {
    size_t bytes = 0;  // 0: the end, an error or the time-out
    bool timed_out = false;
  };
  virtual ~Stream() = default;
  virtual net::awaitable<ReadResult> Read(net::mutable_buffer into, milliseconds timeout) = 0;
  // All of it, or false: the peer is gone, or too slow.
  virtual net::awaitable<bool> Write(net::const_buffer bytes, milliseconds timeout) = 0;
  virtual void ShutdownSend() = 0;
  virtual void Close() = 0;  // ends a Read or Write that waits
};

std::unique_ptr<Stream> NewTcpStream(net::ip::tcp::socket socket);

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_STREAM_H_
