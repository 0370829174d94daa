#include "rest_api/connection.h"

#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>

#include "rest_api/header_policy.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kLinger{2000};  // for a client that still sends when it has its answer

std::string_view Reason(int status) {
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {reason.data(), reason.size()};
}

milliseconds Until(SteadyClock::time_point deadline) {
  return std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
}

// Where a reply goes: the coroutine that waits on `timer`, as long as it does. REST thread.
struct Slot {
  net::steady_timer* timer = nullptr;
  std::function<Response()> reply;
};

}  // namespace

void Mailbox::Post(std::function<void()> work) {
  MutexLock lock(mutex_);
  if (io_ != nullptr) net::post(*io_, std::move(work));
}
void Mailbox::Detach() {
  MutexLock lock(mutex_);
  io_ = nullptr;
}

Connection::Connection(ServerState& server, std::unique_ptr<Stream> stream, Arrival arrival)
    : server_(server), stream_(std::move(stream)), arrival_(std::move(arrival)) {
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
  bool open = co_await stream_->Open(server_.options.handshake_timeout);
  if (!open) co_return;
  while (open && !server_.stopping) {
    idle_ = true;
    ParsedRequest in;
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
    in.request.body = std::string();  // not while a slow client reads its answer
    ReserveBody(0);
    const bool sent = co_await Send(in, response);
    if (!sent) co_return;
  }
  idle_ = true;
  if (!open && !server_.stopping) co_await stream_->Finish(kLinger);
}

net::awaitable<Connection::ReadOutcome> Connection::ReadRequest(ParsedRequest& in,
                                                                Response& refusal) {
  RequestParser parser(server_.options.limits);
  deadline_.reset();
  while (true) {
    if (!buffer_.empty() && !deadline_) {  // the request's first bytes
      idle_ = false;
      deadline_ = SteadyClock::now() + server_.options.read_timeout;
    }
    RequestParser::State state = parser.Feed(buffer_);
    if (state == RequestParser::State::kDone) {
      state = parser.Take(arrival_.tls ? "https" : "http", arrival_.address, in);
      if (state == RequestParser::State::kDone) co_return ReadOutcome::kRequest;
    }
    if (state == RequestParser::State::kRefused) {
      refusal = parser.refusal();
      co_return ReadOutcome::kRefused;
    }
    if (!ReserveBody(parser.body_bytes())) {
      refusal = ErrorResponse(503, "Too many large requests at once; try again in a moment");
      co_return ReadOutcome::kRefused;
    }
    const bool more = co_await ReadMore(parser, refusal);
    if (!more) co_return refusal.body.empty() ? ReadOutcome::kGone : ReadOutcome::kRefused;
  }
}

// Reads what has come into buffer_. False: there is no more; `refusal` has a body if the client is
// to be told.
net::awaitable<bool> Connection::ReadMore(RequestParser& parser, Response& refusal) {
  const ServerOptions& options = server_.options;
  if (parser.WantsContinue()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = co_await stream_->Write(net::buffer(kContinue.data(), kContinue.size()),
                                              options.write_timeout);
    if (!sent) co_return false;
  }
  char chunk[8192];
  const milliseconds timeout = deadline_ ? Until(*deadline_) : options.idle_timeout;
  const Stream::ReadResult read = co_await stream_->Read(net::buffer(chunk), timeout);
  if (read.bytes > 0) {
    buffer_.append(chunk, read.bytes);
    co_return true;
  }
  if (read.timed_out && deadline_) {
    refusal = ErrorResponse(408, StrCat("The request did not arrive whole within ",
                                        options.read_timeout.count(), " ms"));
  }
  co_return false;
}

net::awaitable<Response> Connection::Handle(ParsedRequest& in) {
  const Router* router =
      (arrival_.admin ? server_.admin_router : server_.router).load(std::memory_order_acquire);
  if (router == nullptr) {
    const bool health = in.request.path.size() == 1 && in.request.path[0] == "health";
    if (!health) co_return ErrorResponse(503, "Worker is still starting up.");
    co_return JsonResponse(503,
                           R"({"status":"starting","message":"Worker is still starting up."})");
  }
  Response refusal;
  const Route* route = router->Find(in.request, refusal);
  if (route == nullptr) co_return refusal;
  const Request& request = in.request;
  const std::function<Response(const Stage&)> late = [&](const Stage& stage) {
    return router->TimedOut(*route, stage);
  };
  const std::function<void(Reply)> serve = [&](Reply reply) {
    route->handler(request, std::move(reply));
  };
  Response response = co_await Await(router->Timeout(*route), serve, late);
  if (response.other_worker.empty() || !server_.options.forward) co_return response;
  const std::string url = response.other_worker;
  const std::function<void(Reply)> forward = [&](Reply reply) {
    StageScope::Begin(StrCat("forwarding the request to the worker at ", url));
    server_.options.forward(request, url, std::move(reply));
  };
  response = co_await Await(router->Timeout(*route), forward, late);
  co_return response;
}

net::awaitable<Response> Connection::Await(milliseconds timeout,
                                           const std::function<void(Reply)>& ask,
                                           const std::function<Response(const Stage&)>& late) {
  const auto executor = co_await net::this_coro::executor;
  auto slot = std::make_shared<Slot>();
  const auto stage = std::make_shared<Stage>();
  net::steady_timer timer(executor, timeout);
  struct Guard {  // this frame may be destroyed while it waits
    Slot& slot;
    ~Guard() { slot.timer = nullptr; }
  } guard{*slot};
  slot->timer = &timer;
  {
    const StageScope scope(stage);
    ask([slot, mailbox = server_.mailbox](std::function<Response()> reply) {
      mailbox->Post([slot, reply = std::move(reply)]() mutable {
        if (slot->timer == nullptr || slot->reply) return;  // too late, or a second time
        slot->reply = std::move(reply);
        slot->timer->cancel();
      });
    });
  }
  boost::system::error_code ignored;
  co_await timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
  if (!slot->reply) co_return late(*stage);
  const std::function<Response()> reply = std::move(slot->reply);
  co_return reply();
}

std::string Connection::Head(const ParsedRequest& in, const Response& response) const {
  HeaderPolicy::Headers headers = {{"Date", HttpDate()}, {"Server", server_.options.server_header}};
  if (!arrival_.admin) server_.options.headers.Apply(in.request, headers);
  headers.insert(headers.end(), response.headers.begin(), response.headers.end());
  if (!response.body.empty()) headers.emplace_back("Content-Type", response.content_type);
  if (response.status != 204) headers.emplace_back("Content-Length", StrCat(response.body.size()));
  if (!in.keep_alive) {
    headers.emplace_back("Connection", "close");
  } else if (in.old_version) {
    headers.emplace_back("Connection", "keep-alive");
  }
  std::string text;
  text.reserve(512 + response.body.size());
  StrAppend(text, "HTTP/1.1 ", response.status, " ", Reason(response.status), "\r\n");
  for (const auto& [name, value] : headers) StrAppend(text, name, ": ", value, "\r\n");
  text += "\r\n";
  return text;
}

net::awaitable<bool> Connection::Send(const ParsedRequest& in, const Response& response) {
  std::string text = Head(in, response);
  if (in.request.method != "HEAD") text += response.body;
  const bool sent = co_await stream_->Write(net::buffer(text), server_.options.write_timeout);
  co_return sent;
}

}  // namespace sluice::rest_api
