#include "runtime/schema_registry/transport.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "runtime/base/mutex.h"
#include "runtime/base/text.h"

namespace sluice::schema_registry {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;

constexpr std::string_view kMediaType = "application/vnd.schemaregistry.v1+json";

void AddHeader(std::string& text, std::string_view name, std::string_view value) {
  StrAppend(text, name, ": ");
  for (const char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  text += "\r\n";
}

// As text: Beast's own writing takes a compiler long, twice.
std::string HttpText(const HttpRequest& request, const Url& url) {
  const bool ipv6 = url.host.find(':') != std::string::npos;
  std::string text =
      StrCat(request.method, " ", url.path.empty() ? "/" : url.path, " HTTP/1.1\r\n");
  AddHeader(text, "Host", StrCat(ipv6 ? "[" : "", url.host, ipv6 ? "]:" : ":", url.port));
  AddHeader(text, "User-Agent", "kafka-connect");
  AddHeader(text, "Accept",
            StrCat(kMediaType, ", application/vnd.schemaregistry+json, application/json"));
  AddHeader(text, "Connection", "close");
  for (const auto& [name, value] : request.headers) AddHeader(text, name, value);
  if (!request.body.empty()) {
    AddHeader(text, "Content-Type", kMediaType);
    AddHeader(text, "Content-Length", StrCat(request.body.size()));
  }
  return StrCat(text, "\r\n", request.body);
}

class AsioTransport : public Transport {
 public:
  explicit AsioTransport(TransportOptions options) : options_(std::move(options)) {}
  ~AsioTransport() override {
    std::map<int64_t, std::shared_ptr<Pending>> pending;
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      pending.swap(pending_);
    }
    io_.stop();
    if (thread_.joinable()) thread_.join();
    for (const auto& [id, one] : pending) one->done(RetriableError("the client is shutting down"));
  }

  void Send(HttpRequest request, Done done) override {
    const auto pending = std::make_shared<Pending>(Pending{std::move(request), std::move(done)});
    Status refused;
    int64_t id = 0;
    {
      MutexLock lock(mutex_);
      if (stopping_) refused = RetriableError("the client is shutting down");
      if (pending_.size() >= options_.requests_max) {
        refused = RetriableError("too many requests to the schema registry are under way");
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
    const HttpRequest request;
    const Done done;
  };

  net::awaitable<void> Run(int64_t id, std::shared_ptr<Pending> pending) {
    StatusOr<HttpResponse> result = RetriableError("no answer");
    try {
      result = co_await Exchange(pending->request);
    } catch (const std::exception& failure) {  // out of memory; Asio's own go by error codes
      result = RetriableError(failure.what());
    }
    {
      MutexLock lock(mutex_);
      if (pending_.erase(id) == 0) co_return;  // it has failed already
    }
    pending->done(std::move(result));
  }

  net::awaitable<StatusOr<HttpResponse>> Exchange(const HttpRequest& request) {
    // The target may have a query, which a base URL has not.
    const size_t query = std::min(request.url.find('?'), request.url.size());
    StatusOr<Url> url = ParseUrl(std::string_view(request.url).substr(0, query));
    if (!url.ok()) co_return url.status();
    url->path += request.url.substr(query);
    if (url->tls && options_.tls == nullptr) {
      co_return ConnectError("there are no settings for https");
    }
    boost::system::error_code error;
    net::ip::tcp::resolver resolver(io_);
    const auto found = co_await resolver.async_resolve(
        url->host, url->port, net::redirect_error(net::use_awaitable, error));
    if (error) co_return RetriableError(error.message());
    beast::tcp_stream stream(io_);
    stream.expires_after(options_.connect_timeout);
    co_await stream.async_connect(found, net::redirect_error(net::use_awaitable, error));
    if (error) co_return RetriableError(error.message());
    stream.expires_after(options_.read_timeout);
    if (url->tls) co_return co_await TalkTls(stream, request, *url);
    co_return co_await Talk(stream, request, *url);
  }

  net::awaitable<StatusOr<HttpResponse>> TalkTls(beast::tcp_stream& stream,
                                                 const HttpRequest& request, const Url& url) {
    SSL_CTX_up_ref(options_.tls->native());  // Asio's context drops it
    net::ssl::context context(options_.tls->native());
    beast::ssl_stream<beast::tcp_stream&> secure(stream, context);
    const Status prepared = options_.tls->Prepare(secure.native_handle(), url.host);
    if (!prepared.ok()) co_return RetriableError(sluice::Message(prepared));
    boost::system::error_code error;
    co_await secure.async_handshake(net::ssl::stream_base::client,
                                    net::redirect_error(net::use_awaitable, error));
    if (error) {
      const Status why = options_.tls->Explain(secure.native_handle(), error.message());
      co_return RetriableError(sluice::Message(why));
    }
    co_return co_await Talk(secure, request, url);
  }

  template <typename Stream>
  net::awaitable<StatusOr<HttpResponse>> Talk(Stream& stream, const HttpRequest& request,
                                              const Url& url) {
    boost::system::error_code error;
    const std::string text = HttpText(request, url);
    co_await net::async_write(stream, net::buffer(text),
                              net::redirect_error(net::use_awaitable, error));
    if (error) co_return RetriableError(error.message());
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(options_.response_bytes_max);
    std::string pending;  // that the parser has not taken yet
    std::vector<char> chunk(16 * 1024);
    while (!parser.is_done()) {
      const size_t size = co_await stream.async_read_some(
          net::buffer(chunk), net::redirect_error(net::use_awaitable, error));
      if (error == net::error::eof || error == net::ssl::error::stream_truncated) {
        error = {};
        parser.put_eof(error);
        if (!error && !parser.is_done()) error = http::error::partial_message;
      }
      if (error) co_return RetriableError(error.message());
      pending.append(chunk.data(), size);
      while (!error && !pending.empty() && !parser.is_done()) {
        const size_t used = parser.put(net::buffer(pending), error);
        pending.erase(0, used);
        if (used == 0 && !error) break;
      }
      if (error == http::error::need_more) error = {};
      if (error) co_return RetriableError(error.message());
      if (parser.get().body().size() > options_.response_bytes_max) {
        co_return RetriableError(
            StrCat("its answer is longer than ", options_.response_bytes_max, " bytes"));
      }
    }
    auto& answer = parser.get();
    co_return HttpResponse{.status = static_cast<int>(answer.result_int()),
                           .body = std::move(answer.body())};
  }

  const TransportOptions options_;
  net::io_context io_{1};
  const net::executor_work_guard<net::io_context::executor_type> keep_{io_.get_executor()};
  std::thread thread_;  // guarded by mutex_ until it runs

  Mutex mutex_;
  std::map<int64_t, std::shared_ptr<Pending>> pending_ ABSL_GUARDED_BY(mutex_);
  int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<Transport> NewTransport(TransportOptions options) {
  return std::make_unique<AsioTransport>(std::move(options));
}

}  // namespace sluice::schema_registry
