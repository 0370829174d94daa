// One connection's bytes, over TCP or TLS, each step with a deadline. A step that is not done by
// then, or fails, ends the connection: where the next answer would begin, nobody could say.
// Internal to runtime/cluster; the group client's thread.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_STREAM_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_STREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/kafka_blocking.h"
#include "runtime/cluster/kafka_wire.h"
#include "runtime/tls/client_context.h"

namespace sluice::cluster {

// The addresses of a host, numeric ones without asking anybody.
net::awaitable<StatusOr<std::vector<net::ip::tcp::endpoint>>> ResolveHost(
    std::shared_ptr<Mailbox> mailbox, HostPort server, TimePoint deadline);

// Each address of a host by the name that it has itself; as it is if it has none.
net::awaitable<StatusOr<std::vector<HostPort>>> ResolveCanonical(std::shared_ptr<Mailbox> mailbox,
                                                                 HostPort server,
                                                                 TimePoint deadline);

// Always in a shared_ptr. Errors say what went wrong, without the broker's name.
class KafkaStream : public std::enable_shared_from_this<KafkaStream> {
 public:
  explicit KafkaStream(net::io_context& io) : socket_(io), timer_(io) {}

  net::awaitable<Status> Connect(net::ip::tcp::endpoint endpoint, TimePoint deadline);
  // Everything after it is encrypted. `tls` must outlive the stream.
  net::awaitable<Status> StartTls(const tls::ClientContext& tls, std::string host,
                                  TimePoint deadline);
  // All of it; the buffers must live until then.
  net::awaitable<Status> Write(std::string_view bytes, TimePoint deadline);
  net::awaitable<Status> Read(char* into, size_t size, TimePoint deadline);
  void Close();  // ends whatever waits, with an error

 private:
  void Arm(TimePoint deadline);
  Status Disarm(const boost::system::error_code& error);

  net::ip::tcp::socket socket_;
  net::steady_timer timer_;
  std::unique_ptr<net::ssl::context> context_;
  std::unique_ptr<net::ssl::stream<net::ip::tcp::socket&>> tls_;
  uint64_t operation_ = 0;  // counts, so that a late timer knows that it is one
  bool timed_out_ = false;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_STREAM_H_
