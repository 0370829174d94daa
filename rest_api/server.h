// The HTTP/1.1 side of the REST API: listeners, connections, limits and time-outs. One thread runs
// it all as coroutines; handlers are called on it, must not block, and may reply from any thread.
//
// Requests of one connection are answered in their order (pipelining), the next is read only after
// the answer to the one before. Nobody can make it hold more than it was told to: bytes of a
// header, of a body, of all bodies, connections, and the time for each step have a bound.
#ifndef SLUICE_REST_API_SERVER_H_
#define SLUICE_REST_API_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rest_api/header_policy.h"
#include "rest_api/request_parser.h"
#include "rest_api/router.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/tls/server_context.h"

namespace sluice::rest_api {

struct ListenAddress {
  std::string host;                                         // empty: all interfaces
  uint16_t port = 0;                                        // 0: one that is free
  std::shared_ptr<const tls::ServerContext> tls = nullptr;  // https
  bool admin = false;                                       // serves the admin router only
};

struct ServerOptions {
  std::vector<ListenAddress> listeners;
  std::string server_header = "Sluice";    // of the Server header
  HeaderPolicy headers;                    // of the main listeners' answers
  RequestLimits limits;                    // of one request
  size_t bodies_bytes_max = 64 << 20;      // of all requests at once; 503 above it
  int connections_max = 1000;              // 503 above it
  milliseconds handshake_timeout{10'000};  // of TLS, whole
  milliseconds idle_timeout{90'000};       // between two requests
  milliseconds read_timeout{30'000};       // for a whole request, from its first byte
  milliseconds write_timeout{30'000};      // for each 64 KiB of an answer
  // Answers a request whose first answer names another worker (Response::other_worker), by asking
  // there. Called on the REST thread, replies from any; empty: the first answer goes out.
  std::function<void(const Request& request, const std::string& url, Reply reply)> forward = {};
};

class Server {
 public:
  // Binds and listens, and answers 503 until SetRouter. Error: an address that cannot be bound, by
  // its name.
  static StatusOr<std::unique_ptr<Server>> Listen(ServerOptions options);
  ~Server();  // stops it
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // From now on requests are served; the routers outlive the server. `admin` is for the listeners
  // that are marked so. Any thread, once.
  void SetRouter(const Router* router, const Router* admin = nullptr);
  // The port of each listener, in the order of the options.
  const std::vector<uint16_t>& ports() const;
  // Closes listeners and idle connections, waits up to `grace` for requests under way, then cuts
  // them off. Blocks; may be called twice. Replies that come later are dropped.
  void Stop(milliseconds grace);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_SERVER_H_
