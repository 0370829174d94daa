#include "rest_api/connection.h"

#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;
using SteadyClock = std::chrono::steady_clock;

std::string_view FromBoost(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string HttpDate() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

std::string_view Reason(int status) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(status));
  return FromBoost(reason);
}

milliseconds Until(SteadyClock::time_point deadline) {
  return std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
}

// What a broken request is answered with.
Response ParseRefusal(const boost::system::error_code& error, const ServerOptions& options) {
  if (error == http::error::body_limit) {
    return ErrorResponse(413, StrCat("The request body is larger than ", options.body_bytes_max,
                                     " bytes, the limit of this worker (rest.max.body.bytes)"));
  }
  if (error == http::error::header_limit) {
    return ErrorResponse(431, StrCat("The request's header is larger than ",
                                     options.header_bytes_max, " bytes, the limit of this worker"));
  }
  return ErrorResponse(400, StrCat("Not a well-formed HTTP/1.1 request: ", error.message()));
}

// Where a reply goes: the coroutine that waits on `timer`, as long as it does. REST thread.
struct Slot {
  net::steady_timer* timer = nullptr;
  std::function<Response()> reply;
};

}  // namespace

struct Connection::Incoming {
  Request request;
  bool keep_alive = false;
  bool old_version = false;  // HTTP/1.0
};

void Mailbox::Post(std::function<void()> work) {
  MutexLock lock(mutex_);
  if (io_ != nullptr) net::post(*io_, std::move(work));
}
void Mailbox::Detach() {
  MutexLock lock(mutex_);
  io_ = nullptr;
}

Connection::Connection(ServerState& server, std::unique_ptr<Stream> stream, std::string local)
    : server_(server), stream_(std::move(stream)), local_(std::move(local)) {
  server_.connections.insert(this);
}
Connection::~Connection() {
  server_.body_bytes -= reserved_;
  server_.connections.erase(this);
}

void Connection::CloseIfIdle() {
  if (idle_) stream_->Close();
}

bool Connection::ReserveBody(size_t bytes) {
  server_.body_bytes += bytes - reserved_;
  reserved_ = bytes;
  return server_.body_bytes <= server_.options.bodies_bytes_max;
}

net::awaitable<void> Connection::Run() {
  bool open = true;
  while (open && !server_.stopping) {
    idle_ = true;
    Incoming in;
    Response response;
    const ReadOutcome outcome = co_await ReadRequest(in, response);
    if (outcome == ReadOutcome::kGone) co_return;
    idle_ = false;
    if (outcome == ReadOutcome::kRequest) {
      response = co_await Handle(in);
      open = in.keep_alive && !server_.stopping;
    } else {
      open = false;
    }
    in.keep_alive = open;
    ReserveBody(0);
    const bool sent = co_await Send(in, response);
    if (!sent) co_return;
  }
  if (!open) co_await Linger();
}

net::awaitable<Connection::ReadOutcome> Connection::ReadRequest(Incoming& in, Response& refusal) {
  const ServerOptions& options = server_.options;
  Parser parser;
  parser.eager(true);
  parser.header_limit(static_cast<uint32_t>(options.header_bytes_max));
  parser.body_limit(options.body_bytes_max);
  std::optional<SteadyClock::time_point> deadline;  // set by the request's first byte
  bool continued = false;
  size_t last_size = std::string::npos;  // of buffer_ when the parser could do no more
  while (!parser.is_done()) {
    if (!buffer_.empty() && buffer_.size() != last_size) {
      idle_ = false;
      if (!deadline) deadline = SteadyClock::now() + options.read_timeout;
      boost::system::error_code error;
      buffer_.erase(0, parser.put(net::buffer(buffer_), error));
      last_size = buffer_.size();
      if (error && error != http::error::need_more) {
        refusal = ParseRefusal(error, options);
        co_return ReadOutcome::kRefused;
      }
      if (!ReserveBody(parser.get().body().size())) {
        refusal = ErrorResponse(503, "Too many large requests at once; try again in a moment");
        co_return ReadOutcome::kRefused;
      }
      continue;
    }
    if (parser.is_header_done() && !continued &&
        EqualsIgnoreCase(FromBoost(parser.get()[http::field::expect]), "100-continue")) {
      continued = true;
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const bool sent = co_await stream_->Write(net::buffer(kContinue.data(), kContinue.size()),
                                                options.write_timeout);
      if (!sent) co_return ReadOutcome::kGone;
    }
    char chunk[8192];
    const milliseconds timeout = deadline ? Until(*deadline) : options.idle_timeout;
    const Stream::ReadResult read = co_await stream_->Read(net::buffer(chunk), timeout);
    if (read.bytes == 0) {
      if (!read.timed_out || !deadline) co_return ReadOutcome::kGone;
      refusal = ErrorResponse(408, StrCat("The request did not arrive whole within ",
                                          options.read_timeout.count(), " ms"));
      co_return ReadOutcome::kRefused;
    }
    buffer_.append(chunk, read.bytes);
    last_size = std::string::npos;
    if (!parser.is_header_done() && buffer_.size() > options.header_bytes_max + sizeof chunk) {
      refusal = ParseRefusal(http::make_error_code(http::error::header_limit), options);
      co_return ReadOutcome::kRefused;
    }
  }
  http::request<http::string_body>& message = parser.get();
  in.keep_alive = message.keep_alive();
  in.old_version = message.version() < 11;
  Request& request = in.request;
  request.method = FromBoost(message.method_string());
  request.accept = FromBoost(message[http::field::accept]);
  request.content_type = FromBoost(message[http::field::content_type]);
  const std::string_view host = FromBoost(message[http::field::host]);
  request.base_url = StrCat("http://", host.empty() ? std::string_view(local_) : host);
  request.body = std::move(message.body());
  const Status target = ParseTarget(FromBoost(message.target()), request);
  if (target.ok()) co_return ReadOutcome::kRequest;
  refusal = ErrorResponse(target);
  co_return ReadOutcome::kRefused;
}

net::awaitable<Response> Connection::Handle(Incoming& in) {
  const Router* router = server_.router.load(std::memory_order_acquire);
  if (router == nullptr) {
    const bool health = in.request.path.size() == 1 && in.request.path[0] == "health";
    if (!health) co_return ErrorResponse(503, "Worker is still starting up.");
    co_return JsonResponse(503,
                           R"({"status":"starting","message":"Worker is still starting up."})");
  }
  Response refusal;
  const Route* route = router->Find(in.request, refusal);
  if (route == nullptr) co_return refusal;
  Response response = co_await Await(*router, *route, in.request);
  co_return response;
}

net::awaitable<Response> Connection::Await(const Router& router, const Route& route,
                                           const Request& request) {
  const auto executor = co_await net::this_coro::executor;
  auto slot = std::make_shared<Slot>();
  const auto stage = std::make_shared<Stage>();
  net::steady_timer timer(executor, router.Timeout(route));
  struct Guard {  // this frame may be destroyed while it waits
    Slot& slot;
    ~Guard() { slot.timer = nullptr; }
  } guard{*slot};
  slot->timer = &timer;
  {
    const StageScope scope(stage);
    route.handler(request, [slot, mailbox = server_.mailbox](std::function<Response()> reply) {
      mailbox->Post([slot, reply = std::move(reply)]() mutable {
        if (slot->timer == nullptr || slot->reply) return;  // too late, or a second time
        slot->reply = std::move(reply);
        slot->timer->cancel();
      });
    });
  }
  boost::system::error_code ignored;
  co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
  if (!slot->reply) co_return router.TimedOut(route, *stage);
  const std::function<Response()> reply = std::move(slot->reply);
  co_return reply();
}

net::awaitable<bool> Connection::Send(const Incoming& in, const Response& response) {
  std::string text;
  text.reserve(256 + response.body.size());
  StrAppend(text, "HTTP/1.1 ", response.status, " ", Reason(response.status),
            "\r\nDate: ", HttpDate(), "\r\nServer: ", server_.options.server_header, "\r\n");
  for (const auto& [name, value] : response.headers) StrAppend(text, name, ": ", value, "\r\n");
  if (!response.body.empty()) StrAppend(text, "Content-Type: ", response.content_type, "\r\n");
  if (response.status != 204) StrAppend(text, "Content-Length: ", response.body.size(), "\r\n");
  if (!in.keep_alive) {
    text += "Connection: close\r\n";
  } else if (in.old_version) {
    text += "Connection: keep-alive\r\n";
  }
  text += "\r\n";
  if (in.request.method != "HEAD") text += response.body;
  const bool sent = co_await stream_->Write(net::buffer(text), server_.options.write_timeout);
  co_return sent;
}

// Closing a socket whose client still sends would throw away the answer under its eyes.
net::awaitable<void> Connection::Linger() {
  stream_->ShutdownSend();
  const auto deadline = SteadyClock::now() + milliseconds(2000);
  char chunk[8192];
  while (!server_.stopping && Until(deadline).count() > 0) {
    const Stream::ReadResult read = co_await stream_->Read(net::buffer(chunk), Until(deadline));
    if (read.bytes == 0) break;
  }
}

}  // namespace sluice::rest_api
