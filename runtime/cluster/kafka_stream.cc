#include "runtime/cluster/kafka_stream.h"

#include <netdb.h>

#include <algorithm>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

using net::ip::tcp;

StatusOr<std::vector<tcp::endpoint>> LookUp(const HostPort& server) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(server.host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return ConnectError(
        StrCat("the host name ", server.host, " does not resolve: ", gai_strerror(error)));
  }
  std::vector<tcp::endpoint> endpoints;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    tcp::endpoint endpoint;
    if (one->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(one->ai_addrlen);
    std::copy_n(reinterpret_cast<const char*>(one->ai_addr), one->ai_addrlen,
                reinterpret_cast<char*>(endpoint.data()));
    endpoint.port(server.port);
    endpoints.push_back(endpoint);
  }
  freeaddrinfo(found);
  return endpoints;
}

}  // namespace

net::awaitable<StatusOr<std::vector<tcp::endpoint>>> ResolveHost(std::shared_ptr<Mailbox> mailbox,
                                                                 HostPort server,
                                                                 TimePoint deadline) {
  using Endpoints = std::vector<tcp::endpoint>;
  boost::system::error_code not_numeric;
  const auto address = net::ip::make_address(server.host, not_numeric);
  if (!not_numeric) {
    Endpoints one{tcp::endpoint(address, server.port)};
    co_return StatusOr<Endpoints>(std::move(one));
  }
  std::function<StatusOr<Endpoints>()> work = [server] { return LookUp(server); };
  std::string what = StrCat("looking up the name ", server.host);
  co_return co_await RunBlocking<Endpoints>(std::move(mailbox), std::move(what), std::move(work),
                                            deadline);
}

net::awaitable<StatusOr<std::vector<HostPort>>> ResolveCanonical(std::shared_ptr<Mailbox> mailbox,
                                                                 HostPort server,
                                                                 TimePoint deadline) {
  using Servers = std::vector<HostPort>;
  std::function<StatusOr<Servers>()> work = [server]() -> StatusOr<Servers> {
    SLUICE_ASSIGN_OR_RETURN(const std::vector<tcp::endpoint> endpoints, LookUp(server));
    Servers servers;
    for (const tcp::endpoint& endpoint : endpoints) {
      char name[NI_MAXHOST];
      const int error = getnameinfo(endpoint.data(), static_cast<socklen_t>(endpoint.size()), name,
                                    sizeof(name), nullptr, 0, 0);
      servers.push_back({error == 0 ? name : endpoint.address().to_string(), server.port});
    }
    return servers;
  };
  std::string what = StrCat("looking up the canonical name of ", server.host);
  co_return co_await RunBlocking<Servers>(std::move(mailbox), std::move(what), std::move(work),
                                          deadline);
}

void KafkaStream::Arm(TimePoint deadline) {
  ++operation_;
  timer_.expires_at(deadline);
  timer_.async_wait(
      [weak = weak_from_this(), operation = operation_](boost::system::error_code error) {
        const auto stream = weak.lock();
        if (error || stream == nullptr || operation != stream->operation_) return;
        stream->timed_out_ = true;
        stream->Close();
      });
}

Status KafkaStream::Disarm(const boost::system::error_code& error) {
  ++operation_;
  timer_.cancel();
  if (!error) return OkStatus();
  Close();
  if (timed_out_) return TimeoutError("no answer in time");
  if (error == net::error::eof || error == net::ssl::error::stream_truncated) {
    return ConnectError("the broker closed the connection");
  }
  return ConnectError(error.message());
}

net::awaitable<Status> KafkaStream::Connect(tcp::endpoint endpoint, TimePoint deadline) {
  boost::system::error_code error;
  socket_.open(endpoint.protocol(), error);
  if (error) co_return ConnectError(error.message());
  Arm(deadline);
  co_await socket_.async_connect(endpoint, net::redirect_error(net::use_awaitable, error));
  const Status connected = Disarm(error);
  if (!connected.ok()) co_return connected;
  socket_.set_option(tcp::no_delay(true), error);
  // A JoinGroup is waited for without a word from either side: a broker that is gone shows then.
  socket_.set_option(net::socket_base::keep_alive(true), error);
  using net::detail::socket_option::integer;
  socket_.set_option(integer<IPPROTO_TCP, TCP_KEEPIDLE>(10), error);
  socket_.set_option(integer<IPPROTO_TCP, TCP_KEEPINTVL>(5), error);
  socket_.set_option(integer<IPPROTO_TCP, TCP_KEEPCNT>(3), error);
  co_return OkStatus();
}

net::awaitable<Status> KafkaStream::StartTls(const tls::ClientContext& tls, std::string host,
                                             TimePoint deadline) {
  SSL_CTX_up_ref(tls.native());  // Asio's context drops it
  context_ = std::make_unique<net::ssl::context>(tls.native());
  tls_ = std::make_unique<net::ssl::stream<tcp::socket&>>(socket_, *context_);
  const Status prepared = tls.Prepare(tls_->native_handle(), host);
  if (!prepared.ok()) co_return prepared;
  boost::system::error_code error;
  Arm(deadline);
  co_await tls_->async_handshake(net::ssl::stream_base::client,
                                 net::redirect_error(net::use_awaitable, error));
  const Status shaken = Disarm(error);
  if (shaken.ok() || IsRetriable(shaken)) co_return shaken;
  co_return tls.Explain(tls_->native_handle(), Message(shaken));
}

net::awaitable<Status> KafkaStream::Write(std::string_view bytes, TimePoint deadline) {
  boost::system::error_code error;
  const auto buffer = net::buffer(bytes.data(), bytes.size());
  Arm(deadline);
  if (tls_ != nullptr) {
    co_await net::async_write(*tls_, buffer, net::redirect_error(net::use_awaitable, error));
  } else {
    co_await net::async_write(socket_, buffer, net::redirect_error(net::use_awaitable, error));
  }
  co_return Disarm(error);
}

net::awaitable<Status> KafkaStream::Read(char* into, size_t size, TimePoint deadline) {
  boost::system::error_code error;
  const auto buffer = net::buffer(into, size);
  Arm(deadline);
  if (tls_ != nullptr) {
    co_await net::async_read(*tls_, buffer, net::redirect_error(net::use_awaitable, error));
  } else {
    co_await net::async_read(socket_, buffer, net::redirect_error(net::use_awaitable, error));
  }
  co_return Disarm(error);
}

void KafkaStream::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace sluice::cluster
