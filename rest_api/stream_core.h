// A socket and the time-out of what it is doing: the part that the streams over TCP and TLS share.
// Beast's tcp_stream closes the socket when it times out; this one only gives up the operation, so
// that a client which was too slow can still be told. Internal to rest_api. REST thread.
#ifndef SLUICE_REST_API_STREAM_CORE_H_
#define SLUICE_REST_API_STREAM_CORE_H_

#include <cstdint>
#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "rest_api/stream.h"
#include "runtime/base/clock.h"

namespace sluice::rest_api {

// Always in a shared_ptr: the timer's handler may run after the stream is gone.
class StreamCore : public std::enable_shared_from_this<StreamCore> {
 public:
  explicit StreamCore(net::ip::tcp::socket from);

  // Before an operation, and after it: in between it is cancelled once the time is over.
  void Arm(milliseconds timeout);
  void Disarm();
  bool timed_out() const { return timed_out_; }  // the last operation

  // Ends our half of the connection and reads the other until its end or the time-out.
  net::awaitable<void> Drain(milliseconds timeout);
  void Close();

  net::ip::tcp::socket socket;

 private:
  void CancelAfter(milliseconds timeout);

  net::steady_timer timer_;
  uint64_t operation_ = 0;  // counts, so that a handler knows whether its operation still runs
  bool timed_out_ = false;
};

constexpr size_t kWritePiece = 64 << 10;  // each has to be taken within the time-out

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_STREAM_CORE_H_
