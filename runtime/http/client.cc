#include "runtime/http/client.h"

#include <map>
#include <memory>
#include <optional>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "runtime/base/mutex.h"
#include "runtime/base/text.h"
#include "runtime/http/response_reader.h"
#include "runtime/http/url.h"

namespace sluice::http {
namespace {

namespace beast = boost::beast;
namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

constexpr milliseconds kSlice{20};  // of a wait, before a waiter is asked again
constexpr milliseconds kServe{1};   // what the waiter gets in between

Status Broken(const error_code& error) {
  return RetriableError(error == beast::error::timeout ? "no answer in time" : error.message());
}

void AddHeader(std::string& text, std::string_view name, std::string_view value) {
  StrAppend(text, name, ": ");
  for (const char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  text += "\r\n";
}

// As text: Beast's own writing takes a compiler long, twice.
std::string HttpText(const Request& request, const Url& url) {
  std::string text = StrCat(request.method, " ", url.target, " HTTP/1.1\r\n");
  AddHeader(text, "Host", url.Authority());
  for (const auto& [name, value] : request.headers) AddHeader(text, name, value);
  AddHeader(text, "Connection", "close");
  if (!request.body.empty()) AddHeader(text, "Content-Length", StrCat(request.body.size()));
  return StrCat(text, "\r\n", request.body);
}

class AsioClient : public Client {
 public:
  explicit AsioClient(ClientOptions options) : options_(std::move(options)) {}
  ~AsioClient() override {
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

  void Send(Request request, Done done) override {
    const auto pending = std::make_shared<Pending>(Pending{std::move(request), std::move(done)});
    Status refused;
    int64_t id = 0;
    {
      MutexLock lock(mutex_);
      if (stopping_) {
        refused = RetriableError("the client is shutting down");
      } else if (pending_.size() >= options_.requests_max) {
        refused = RetriableError(
            StrCat("too many requests are under way, at most ", options_.requests_max));
      } else {
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
    const Request request;
    const Done done;
  };

  net::awaitable<void> Run(int64_t id, std::shared_ptr<Pending> pending) {
    StatusOr<Response> result = RetriableError("no answer");
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

  net::awaitable<StatusOr<Response>> Exchange(const Request& request) {
    const StatusOr<Url> url = ParseUrl(request.url);
    if (!url.ok()) {
      co_return ConnectError(StrCat("its URL cannot be read: ", Message(url.status())));
    }
    if (url->tls && options_.tls == nullptr) {
      co_return ConnectError("there are no settings for https");
    }
    const TimePoint deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
    const StatusOr<tcp::resolver::results_type> found = co_await Resolve(*url, deadline);
    if (!found.ok()) co_return found.status();
    error_code error;
    beast::tcp_stream stream(io_);
    stream.expires_at(deadline);
    co_await stream.async_connect(*found, net::redirect_error(net::use_awaitable, error));
    if (error) co_return Broken(error);
    stream.expires_after(options_.read_timeout);
    if (url->tls) co_return co_await TalkTls(stream, request, *url);
    co_return co_await Talk(stream, request, *url);
  }

  // Nothing ends a look-up that is under way: it is left to itself when its time is over.
  struct LookUp {
    explicit LookUp(net::io_context& io) : resolver(io), timer(io) {}
    tcp::resolver resolver;
    net::steady_timer timer;
    bool over = false;
    error_code error;
    tcp::resolver::results_type found;
  };
  net::awaitable<StatusOr<tcp::resolver::results_type>> Resolve(const Url& url,
                                                                TimePoint deadline) {
    const auto look_up = std::make_shared<LookUp>(io_);
    look_up->timer.expires_at(deadline);
    look_up->resolver.async_resolve(url.host, StrCat(url.port),
                                    [look_up](error_code error, tcp::resolver::results_type found) {
                                      look_up->over = true;
                                      look_up->error = error;
                                      look_up->found = std::move(found);
                                      look_up->timer.cancel();
                                    });
    error_code ignored;
    co_await look_up->timer.async_wait(net::redirect_error(net::use_awaitable, ignored));
    if (!look_up->over) {
      co_return RetriableError(StrCat("the host name ", url.host, " is not resolved in time"));
    }
    if (look_up->error) {
      co_return RetriableError(
          StrCat("the host name ", url.host, " does not resolve: ", look_up->error.message()));
    }
    co_return look_up->found;
  }

  net::awaitable<StatusOr<Response>> TalkTls(beast::tcp_stream& stream, const Request& request,
                                             const Url& url) {
    SSL_CTX_up_ref(options_.tls->native());  // Asio's context drops it
    net::ssl::context context(options_.tls->native());
    beast::ssl_stream<beast::tcp_stream&> secure(stream, context);
    const Status prepared = options_.tls->Prepare(secure.native_handle(), url.host);
    if (!prepared.ok()) co_return prepared;
    error_code error;
    co_await secure.async_handshake(net::ssl::stream_base::client,
                                    net::redirect_error(net::use_awaitable, error));
    if (error) {
      co_return options_.tls->Explain(secure.native_handle(), Message(Broken(error)));
    }
    co_return co_await Talk(secure, request, url);
  }

  template <typename Stream>
  net::awaitable<StatusOr<Response>> Talk(Stream& stream, const Request& request, const Url& url) {
    error_code error;
    const std::string text = HttpText(request, url);
    co_await net::async_write(stream, net::buffer(text),
                              net::redirect_error(net::use_awaitable, error));
    if (error) co_return Broken(error);
    ResponseReader reader(options_.response_bytes_max);
    std::vector<char> chunk(16 * 1024);
    while (!reader.done()) {
      const size_t size = co_await stream.async_read_some(
          net::buffer(chunk), net::redirect_error(net::use_awaitable, error));
      const bool end = error == net::error::eof || error == net::ssl::error::stream_truncated;
      if (error && !end) co_return Broken(error);
      const Status read = end ? reader.End() : reader.Read({chunk.data(), size});
      if (!read.ok()) co_return read;
    }
    co_return reader.Take();
  }

  const ClientOptions options_;
  net::io_context io_{1};
  const net::executor_work_guard<net::io_context::executor_type> keep_{io_.get_executor()};
  std::thread thread_;  // guarded by mutex_ until it runs

  Mutex mutex_;
  std::map<int64_t, std::shared_ptr<Pending>> pending_ ABSL_GUARDED_BY(mutex_);
  int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

std::string_view Response::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::unique_ptr<Client> NewClient(ClientOptions options) {
  return std::make_unique<AsioClient>(std::move(options));
}

StatusOr<Response> SendAndWait(Client& client, Request request, Waiter* waiter) {
  struct Exchange {
    Mutex mutex;
    CondVar answered;
    std::optional<StatusOr<Response>> result ABSL_GUARDED_BY(mutex);
  };
  const auto exchange = std::make_shared<Exchange>();  // an answer may come when nobody waits
  client.Send(std::move(request), [exchange](StatusOr<Response> result) {
    MutexLock lock(exchange->mutex);
    exchange->result = std::move(result);
    exchange->answered.NotifyAll();
  });
  while (true) {
    {
      MutexLock lock(exchange->mutex);
      if (!exchange->result) exchange->answered.WaitFor(exchange->mutex, kSlice);
      if (exchange->result) return *std::move(exchange->result);
    }
    if (waiter != nullptr && !waiter->Wait(kServe)) return StoppedError();
  }
}

}  // namespace sluice::http
