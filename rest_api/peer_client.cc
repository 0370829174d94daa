#include "rest_api/peer_client.h"

#include <algorithm>
#include <map>
#include <optional>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;
using Callback = std::function<void(StatusOr<PeerResponse>)>;

constexpr milliseconds kConnectTime{10'000};

struct Address {
  bool tls = false;
  std::string host, port, target;
};

// http://host:port/path, with brackets around an IPv6 address. Nothing: it is none.
std::optional<Address> ParseUrl(std::string_view url) {
  Address address;
  if (url.starts_with("https://")) {
    address.tls = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  const size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  address.target = slash == url.size() ? "/" : std::string(url.substr(slash));
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const size_t colon = authority.find(':', bracket);
  address.port = colon == std::string_view::npos ? (address.tls ? "443" : "80")
                                                 : std::string(authority.substr(colon + 1));
  authority = authority.substr(0, colon);
  if (bracket > 0) authority = authority.substr(1, bracket - 1);
  address.host = std::string(authority);
  if (address.host.empty() || !ParseInt64(address.port)) return std::nullopt;
  return address;
}

Status Failure(const PeerRequest& request, std::string_view why) {
  return ConnectError(StrCat("The worker at ", request.url.substr(0, request.url.find('?')),
                             " cannot be asked: ", why));
}

http::request<http::string_body> HttpMessage(const PeerRequest& request, const Address& address) {
  http::request<http::string_body> message;
  message.method_string(request.method);
  message.target(address.target);
  message.version(11);
  const bool ipv6 = address.host.find(':') != std::string::npos;
  message.set(http::field::host,
              StrCat(ipv6 ? "[" : "", address.host, ipv6 ? "]:" : ":", address.port));
  message.set(http::field::user_agent, "kafka-connect");
  message.set(http::field::accept, "application/json");
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  if (!request.body.empty()) message.set(http::field::content_type, "application/json");
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

}  // namespace

class PeerClient::Impl {
 public:
  explicit Impl(const PeerClientOptions& options) : options_(options) {}
  ~Impl() {
    std::map<int64_t, std::shared_ptr<Pending>> pending;
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      pending.swap(pending_);
    }
    io_.stop();
    if (thread_.joinable()) thread_.join();
    for (const auto& [id, one] : pending) {
      one->done(Failure(one->request, "this worker is shutting down"));
    }
  }

  void Send(PeerRequest request, Callback done) {
    const auto pending = std::make_shared<Pending>(Pending{std::move(request), std::move(done)});
    Status refused;
    int64_t id = 0;
    {
      MutexLock lock(mutex_);
      if (stopping_) refused = Failure(pending->request, "this worker is shutting down");
      if (pending_.size() >= options_.requests_max) {
        refused = Failure(pending->request, "too many requests to other workers are under way");
      }
      if (refused.ok()) {
        id = ++last_id_;
        pending_.emplace(id, pending);
        if (!thread_.joinable()) thread_ = std::thread([this] { io_.run(); });
      }
    }
    if (!refused.ok()) return pending->done(refused);
    net::co_spawn(io_, Run(id, pending), net::detached);
  }

 private:
  struct Pending {
    const PeerRequest request;
    const Callback done;
  };

  net::awaitable<void> Run(int64_t id, std::shared_ptr<Pending> pending) {
    StatusOr<PeerResponse> result = Failure(pending->request, "no answer");
    try {
      result = co_await Exchange(pending->request);
    } catch (const std::exception& failure) {  // out of memory; Asio's own go by error codes
      result = Failure(pending->request, failure.what());
    }
    {
      MutexLock lock(mutex_);
      if (pending_.erase(id) == 0) co_return;  // it has failed already
    }
    pending->done(std::move(result));
  }

  net::awaitable<StatusOr<PeerResponse>> Exchange(const PeerRequest& request) {
    const auto address = ParseUrl(request.url);
    if (!address) {
      co_return Failure(request, "its URL cannot be read; expected http://host:port/");
    }
    if (address->tls && options_.tls == nullptr) {
      co_return Failure(request,
                        "this worker has no settings for https. Set listeners.https.ssl."
                        "truststore.location and its password");
    }
    boost::system::error_code error;
    net::ip::tcp::resolver resolver(io_);
    const auto found = co_await resolver.async_resolve(
        address->host, address->port, net::redirect_error(net::use_awaitable, error));
    if (error) co_return Failure(request, error.message());
    beast::tcp_stream stream(io_);
    stream.expires_after(std::min(options_.timeout, kConnectTime));
    co_await stream.async_connect(found, net::redirect_error(net::use_awaitable, error));
    if (error) co_return Failure(request, error.message());
    stream.expires_after(options_.timeout);
    if (address->tls) co_return co_await TalkTls(stream, request, *address);
    co_return co_await Talk(stream, request, *address);
  }

  net::awaitable<StatusOr<PeerResponse>> TalkTls(beast::tcp_stream& stream,
                                                 const PeerRequest& request,
                                                 const Address& address) {
    SSL_CTX_up_ref(options_.tls->native());  // Asio's context drops it
    net::ssl::context context(options_.tls->native());
    beast::ssl_stream<beast::tcp_stream&> secure(stream, context);
    const Status prepared = options_.tls->Prepare(secure.native_handle(), address.host);
    if (!prepared.ok()) co_return Failure(request, sluice::Message(prepared));
    boost::system::error_code error;
    co_await secure.async_handshake(net::ssl::stream_base::client,
                                    net::redirect_error(net::use_awaitable, error));
    if (error) {
      const Status why = options_.tls->Explain(secure.native_handle(), error.message());
      co_return Failure(request, sluice::Message(why));
    }
    co_return co_await Talk(secure, request, address);
  }

  template <typename Stream>
  net::awaitable<StatusOr<PeerResponse>> Talk(Stream& stream, const PeerRequest& request,
                                              const Address& address) {
    boost::system::error_code error;
    const http::request<http::string_body> message = HttpMessage(request, address);
    co_await http::async_write(stream, message, net::redirect_error(net::use_awaitable, error));
    if (error) co_return Failure(request, error.message());
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(options_.response_bytes_max);
    co_await http::async_read(stream, buffer, parser,
                              net::redirect_error(net::use_awaitable, error));
    if (error) co_return Failure(request, error.message());
    auto& answer = parser.get();
    const auto location = answer[http::field::location];
    co_return PeerResponse{.status = static_cast<int>(answer.result_int()),
                           .location = std::string(location.data(), location.size()),
                           .body = std::move(answer.body())};
  }

  const PeerClientOptions& options_;
  net::io_context io_{1};
  const net::executor_work_guard<net::io_context::executor_type> keep_{io_.get_executor()};
  std::thread thread_;  // guarded by mutex_ until it runs

  Mutex mutex_;
  std::map<int64_t, std::shared_ptr<Pending>> pending_ ABSL_GUARDED_BY(mutex_);
  int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

PeerClient::PeerClient(PeerClientOptions options)
    : options_(std::move(options)), impl_(std::make_unique<Impl>(options_)) {}
PeerClient::~PeerClient() = default;

void PeerClient::Send(PeerRequest request, Callback done) {
  impl_->Send(std::move(request), std::move(done));
}

namespace {

// An error of another worker's: its message; all of the body if it is not in the usual form.
Status RemoteError(const PeerResponse& response) {
  const auto body = ParseJson(response.body);
  const rapidjson::Value* message =
      body.ok() && body->IsObject() ? FindJsonMember(*body, "message") : nullptr;
  const std::string text =
      message != nullptr && message->IsString() ? std::string(JsonText(*message)) : response.body;
  constexpr size_t kTextMax = 1024;  // it goes into logs and traces
  return ConnectError(StrCat("The leader answered ", response.status, ": ",
                             ReplaceInvalidUtf8(text.substr(0, kTextMax)),
                             text.size() > kTextMax ? "..." : ""));
}

Response Answered(const StatusOr<PeerResponse>& answer, const std::string& base_url) {
  if (!answer.ok()) {
    return ErrorResponse(
        500, StrCat("IO Error trying to forward REST request: ", Message(answer.status())));
  }
  if (answer->status < 200 || (answer->status >= 300 && answer->status < 400)) {
    return ErrorResponse(
        500, StrCat("Unexpected status code when handling forwarded request: ", answer->status));
  }
  if (answer->status >= 400) {  // an error in the usual form, or made so
    const auto body = ParseJson(answer->body);
    if (!body.ok() || !body->IsObject()) return ErrorResponse(answer->status, answer->body);
  }
  Response response = JsonResponse(answer->status, answer->body);
  if (const size_t path = answer->location.find("/connectors"); path != std::string::npos) {
    response.headers.emplace_back("Location", base_url + answer->location.substr(path));
  }
  return response;
}

// A path segment may hold what means something in a query.
std::string QueryEncode(std::string_view text) {
  std::string out;
  for (const char c : PercentEncode(text)) {
    c == '&' ? out += "%26" : c == '=' ? out += "%3D" : c == '+' ? out += "%2B" : out += c;
  }
  return out;
}

std::string ForwardedTarget(const Request& request) {
  std::string target;
  for (const std::string& segment : request.path) {
    StrAppend(target, target.empty() ? "" : "/", PercentEncode(segment));
  }
  // The first worker asks once more, the second one for the last time.
  StrAppend(target, "?forward=", request.Query("forward").empty() ? "true" : "false");
  for (const auto& [name, value] : request.query) {
    if (name == "forward") continue;
    StrAppend(target, "&", QueryEncode(name), "=", QueryEncode(value));
  }
  return target;
}

}  // namespace

void PeerClient::Forward(const Request& request, const std::string& url, Reply reply) {
  const std::string_view forward = request.Query("forward");
  if (!forward.empty() && !EqualsIgnoreCase(forward, "true")) {
    return reply([url] { return ErrorResponse(herder::OtherWorkerError(url)); });
  }
  PeerRequest forwarded;
  forwarded.method = request.method;
  forwarded.url = StrCat(url, url.ends_with('/') ? "" : "/", ForwardedTarget(request));
  if (!request.authorization.empty()) {
    forwarded.headers.emplace_back("Authorization", request.authorization);
  }
  forwarded.body = request.body;
  Send(std::move(forwarded),
       [reply = std::move(reply), base_url = request.base_url](StatusOr<PeerResponse> answer) {
         reply([answer = std::move(answer), base_url] { return Answered(answer, base_url); });
       });
}

void PeerClient::PutTaskConfigs(const std::string& leader_url, const std::string& connector,
                                herder::SignedRequest request, herder::Done done) {
  PeerRequest put;
  put.method = "POST";
  put.url = StrCat(leader_url, leader_url.ends_with('/') ? "" : "/", "connectors/",
                   PercentEncode(connector), "/tasks?forward=true");
  if (request.signature) put.headers.emplace_back("X-Connect-Authorization", *request.signature);
  if (request.algorithm) {
    put.headers.emplace_back("X-Connect-Request-Signature-Algorithm", *request.algorithm);
  }
  put.body = std::move(request.body);
  Send(std::move(put), [done = std::move(done)](StatusOr<PeerResponse> answer) {
    if (!answer.ok()) return done(std::move(answer).status());
    done(answer->status >= 200 && answer->status < 300 ? OkStatus() : RemoteError(*answer));
  });
}

}  // namespace sluice::rest_api
