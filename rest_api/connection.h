// One client's connection: reads a request, has it handled, writes the answer, and again. Internal
// to rest_api. All on the REST thread, but for the mailbox, through which replies come from others.
#ifndef SLUICE_REST_API_CONNECTION_H_
#define SLUICE_REST_API_CONNECTION_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "rest_api/request_parser.h"
#include "rest_api/router.h"
#include "rest_api/server.h"
#include "rest_api/stream.h"
#include "runtime/base/mutex.h"

namespace sluice::rest_api {

// The way to the REST thread for replies. It outlives the server in the hands of whoever still owes
// a reply; what is posted after Detach is dropped.
class Mailbox {
 public:
  explicit Mailbox(net::io_context& io) : io_(&io) {}
  void Post(std::function<void()> work);
  void Detach();

 private:
  Mutex mutex_;
  net::io_context* io_ ABSL_GUARDED_BY(mutex_);
};

class Connection;

// What all connections of a server share.
struct ServerState {
  ServerOptions options;
  std::shared_ptr<Mailbox> mailbox;
  std::atomic<const Router*> router{nullptr};
  std::atomic<const Router*> admin_router{nullptr};
  // REST thread only
  size_t body_bytes = 0;
  bool stopping = false;
  std::set<Connection*> connections;
};

// What a connection came to.
struct Arrival {
  std::string address;  // host:port, for clients that name no host
  bool tls = false;
  bool admin = false;
};

class Connection {
 public:
  Connection(ServerState& server, std::unique_ptr<Stream> stream, Arrival arrival);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  net::awaitable<void> Run();
  void CloseIfIdle();  // a request under way is answered first

 private:
  enum class ReadOutcome { kRequest, kRefused, kGone };

  net::awaitable<ReadOutcome> ReadRequest(ParsedRequest& in, Response& refusal);
  net::awaitable<bool> ReadMore(RequestParser& parser, Response& refusal);
  net::awaitable<Response> Handle(ParsedRequest& in);
  // What `ask` is replied within `timeout`, else what `late` makes.
  net::awaitable<Response> Await(milliseconds timeout, const std::function<void(Reply)>& ask,
                                 const std::function<Response(const Stage&)>& late);
  net::awaitable<bool> Send(const ParsedRequest& in, const Response& response);
  std::string Head(const ParsedRequest& in, const Response& response) const;
  bool ReserveBody(size_t bytes);

  ServerState& server_;
  const std::unique_ptr<Stream> stream_;
  const Arrival arrival_;
  std::string buffer_;   // read, not parsed yet: the next request of a pipeline
  size_t reserved_ = 0;  // of the server's body_bytes
  std::optional<std::chrono::steady_clock::time_point> deadline_;  // of the request that has begun
  bool idle_ = true;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_CONNECTION_H_
