// A connection to one broker: opened with TLS and SASL as the settings say, then one request after
// the other, each with a deadline. Any failure closes it. Internal to runtime/cluster; the group
// client's thread.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_CONNECTION_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/kafka_blocking.h"
#include "runtime/cluster/kafka_settings.h"
#include "runtime/cluster/kafka_stream.h"
#include "runtime/cluster/kafka_wire.h"

namespace sluice::cluster {

// What connections need; outlives them.
struct KafkaContext {
  net::io_context& io;
  std::shared_ptr<Mailbox> mailbox;
  const KafkaSettings& settings;
};

class KafkaConnection {
 public:
  using Opened = StatusOr<std::shared_ptr<KafkaConnection>>;
  // Tries every address of the name, sharing the time among them. Errors name the broker.
  static net::awaitable<Opened> Open(const KafkaContext& context, HostPort server,
                                     TimePoint deadline);
  KafkaConnection(const KafkaContext& context, HostPort server);  // for Open
  ~KafkaConnection() { Close(); }

  // One at a time. Before the broker would end the session, authenticates anew (KIP-368). Errors
  // name broker and request.
  template <typename Request>
  net::awaitable<StatusOr<typename Request::Response>> Call(Request request, TimePoint deadline) {
    std::string encoded = request.Encode();
    StatusOr<std::string> body = co_await Exchange(Request::kApi, std::move(encoded), deadline);
    if (!body.ok()) co_return body.status();
    StatusOr<typename Request::Response> response = Request::Response::Decode(*body);
    if (!response.ok()) {
      Close();
      co_return Named(response.status());
    }
    co_return response;
  }
  // Ends a pending Call with an error.
  void Close();
  const HostPort& server() const { return server_; }

 private:
  net::awaitable<Status> ConnectAndSecure(TimePoint deadline);
  net::awaitable<Status> ConnectToAny(TimePoint deadline);
  net::awaitable<StatusOr<std::string>> Exchange(KafkaApi api, std::string body,
                                                 TimePoint deadline);
  net::awaitable<StatusOr<std::string>> Converse(KafkaApi api, std::string body,
                                                 TimePoint deadline);
  net::awaitable<StatusOr<std::string>> ReadFrame(int32_t correlation_id, TimePoint deadline);
  net::awaitable<Status> Authenticate(TimePoint deadline);
  net::awaitable<Status> Handshake(TimePoint deadline);
  net::awaitable<StatusOr<std::string>> NextToken(std::shared_ptr<class SaslSession> session,
                                                  std::optional<std::string> challenge,
                                                  TimePoint deadline);
  void PlanToAuthenticateAgain(int64_t session_lifetime_ms);
  Status Named(const Status& status) const;  // with the broker's address in front

  const KafkaContext& context_;
  const HostPort server_;
  std::shared_ptr<KafkaStream> stream_;
  int32_t correlation_id_ = 0;
  std::optional<TimePoint> authenticate_at_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_CONNECTION_H_
