#include "rest_api/server.h"

#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rest_api/connection.h"
#include "runtime/base/log.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

using net::ip::tcp;

StatusOr<tcp::acceptor> Bind(net::io_context& io, const ListenAddress& address) {
  const std::string name = StrCat(address.host.empty() ? "*" : address.host, ":", address.port);
  boost::system::error_code error;
  tcp::endpoint endpoint(tcp::v6(), address.port);
  if (!address.host.empty()) {
    const auto found = tcp::resolver(io).resolve(address.host, std::to_string(address.port),
                                                 tcp::resolver::passive, error);
    if (error || found.empty()) {
      return ConnectError(StrCat("Cannot listen on ", name, ": the host name does not resolve (",
                                 error.message(), "). Set `listeners` to an address of this host"));
    }
    endpoint = found.begin()->endpoint();
  }
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (error && address.host.empty()) {  // a host without IPv6
    endpoint = tcp::endpoint(tcp::v4(), address.port);
    acceptor.open(endpoint.protocol(), error);
  } else if (!error && address.host.empty()) {
    acceptor.set_option(net::ip::v6_only(false), error);
  }
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    return ConnectError(StrCat("Cannot listen on ", name, ": ", error.message(),
                               ". Set `listeners` to an address and a port that are free"));
  }
  return acceptor;
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions options) {
    state_.options = std::move(options);
    state_.mailbox = std::make_shared<Mailbox>(io_);
  }

  Status Start() {
    for (const ListenAddress& address : state_.options.listeners) {
      auto acceptor = Bind(io_, address);
      if (!acceptor.ok()) return acceptor.status();
      ports_.push_back(acceptor->local_endpoint().port());
      acceptors_.push_back(*std::move(acceptor));
    }
    for (size_t i = 0; i < acceptors_.size(); ++i) {
      net::co_spawn(io_, Accept(acceptors_[i], state_.options.listeners[i]), net::detached);
    }
    thread_ = std::thread([this] {
      auto keep = net::make_work_guard(io_);
      io_.run();
    });
    return OkStatus();
  }

  void Stop(milliseconds grace) {
    if (!thread_.joinable()) return;
    net::post(io_, [this] {
      state_.stopping = true;
      boost::system::error_code ignored;
      for (tcp::acceptor& acceptor : acceptors_) acceptor.close(ignored);
      for (Connection* connection : state_.connections) connection->CloseIfIdle();
      NoteConnections();
    });
    {
      const auto deadline = std::chrono::steady_clock::now() + grace;
      MutexLock lock(mutex_);
      while (!quiet_ && changed_.WaitUntil(mutex_, deadline)) {
      }
    }
    state_.mailbox->Detach();
    io_.stop();
    thread_.join();
  }

  ServerState& state() { return state_; }
  const std::vector<uint16_t>& ports() const { return ports_; }

 private:
  net::awaitable<void> Accept(tcp::acceptor& acceptor, const ListenAddress& listener) {
    while (!state_.stopping) {
      boost::system::error_code error;
      tcp::socket socket =
          co_await acceptor.async_accept(net::redirect_error(net::use_awaitable, error));
      if (state_.stopping || error == net::error::operation_aborted) co_return;
      if (error) {  // out of file descriptors, mostly
        LogWarn("rest_api", "Cannot accept a connection: ", error.message());
        net::steady_timer pause(io_, milliseconds(200));
        co_await pause.async_wait(net::redirect_error(net::use_awaitable, error));
        continue;
      }
      if (static_cast<int>(state_.connections.size()) >= state_.options.connections_max) {
        if (listener.tls == nullptr) Refuse(socket);
        continue;
      }
      net::co_spawn(io_, Serve(std::move(socket), listener), net::detached);
    }
  }

  net::awaitable<void> Serve(tcp::socket socket, const ListenAddress& listener) {
    boost::system::error_code error;
    const tcp::endpoint local = socket.local_endpoint(error);
    if (!error) {
      std::unique_ptr<Stream> stream = listener.tls == nullptr
                                           ? NewTcpStream(std::move(socket))
                                           : NewTlsStream(std::move(socket), *listener.tls);
      Connection connection(state_, std::move(stream),
                            {.address = StrCat(local.address().to_string(), ":", local.port()),
                             .tls = listener.tls != nullptr,
                             .admin = listener.admin});
      try {
        co_await connection.Run();
      } catch (const std::exception& failure) {  // out of memory; Asio's own go by error codes
        LogError("rest_api", "A connection failed: ", failure.what());
      }
    }
    net::post(io_, [this] { NoteConnections(); });
  }

  static void Refuse(tcp::socket& socket) {
    static constexpr char kAnswer[] =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
        "Content-Length: 67\r\nConnection: close\r\n\r\n"
        R"({"error_code":503,"message":"This worker has too many connections"})";
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(net::buffer(kAnswer, sizeof kAnswer - 1), 0, ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void NoteConnections() {
    if (!state_.stopping || !state_.connections.empty()) return;
    MutexLock lock(mutex_);
    quiet_ = true;
    changed_.NotifyAll();
  }

  ServerState state_;      // outlives the coroutines, which end with io_
  net::io_context io_{1};  // one thread: no locks inside
  std::vector<tcp::acceptor> acceptors_;
  std::vector<uint16_t> ports_;
  std::thread thread_;

  Mutex mutex_;
  CondVar changed_;
  bool quiet_ ABSL_GUARDED_BY(mutex_) = false;  // stopping, and no connection left
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { Stop(milliseconds(0)); }

StatusOr<std::unique_ptr<Server>> Server::Listen(ServerOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  SLUICE_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::SetRouter(const Router* router, const Router* admin) {
  impl_->state().admin_router.store(admin, std::memory_order_release);
  impl_->state().router.store(router, std::memory_order_release);
}
const std::vector<uint16_t>& Server::ports() const { return impl_->ports(); }
void Server::Stop(milliseconds grace) { impl_->Stop(grace); }

}  // namespace sluice::rest_api
