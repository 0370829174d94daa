// A small server on the loopback interface, for tests of what sends HTTP. A thread of its own.
#ifndef SLUICE_RUNTIME_HTTP_TEST_SERVER_H_
#define SLUICE_RUNTIME_HTTP_TEST_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/server_context.h"

namespace sluice::http {

// Answers each connection with the same bytes once a whole request has come; keeps what came.
class TestServer {
 public:
  explicit TestServer(std::string answer, std::shared_ptr<const tls::ServerContext> tls = nullptr)
      : answer_(std::move(answer)),
        tls_(std::move(tls)),
        listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)listen(listener_, 8);
    (void)getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~TestServer() {
    (void)shutdown(listener_, SHUT_RDWR);
    thread_.join();
    (void)close(listener_);
  }
  uint16_t port() const { return port_; }
  std::string request() { return request_.get_future().get(); }

 private:
  void Run() {
    while (true) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      Serve(connection);
      (void)close(connection);
    }
  }
  void Serve(int connection) {
    const timeval limit{10, 0};
    (void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL* secure = nullptr;
    if (tls_ != nullptr) {
      secure = SSL_new(tls_->native());
      SSL_set_fd(secure, connection);
      if (SSL_accept(secure) != 1) return SSL_free(secure);
    }
    std::string text;
    char buffer[4096];
    while (!Whole(text)) {
      const auto got = secure != nullptr
                           ? SSL_read(secure, buffer, sizeof buffer)
                           : static_cast<int>(read(connection, buffer, sizeof buffer));
      if (got <= 0) break;
      text.append(buffer, static_cast<size_t>(got));
    }
    if (secure != nullptr) {
      (void)SSL_write(secure, answer_.data(), static_cast<int>(answer_.size()));
      SSL_free(secure);
    } else if (!answer_.empty()) {
      (void)send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    } else {  // says nothing until the client goes
      (void)read(connection, buffer, sizeof buffer);
    }
    if (!text.empty() && !told_) {
      told_ = true;
      request_.set_value(text);
    }
  }
  static bool Whole(const std::string& text) {
    const size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const size_t length = text.find("Content-Length: ");
    const size_t body = length == std::string::npos ? 0 : std::stoul(text.substr(length + 16));
    return text.size() >= head + 4 + body;
  }

  const std::string answer_;
  const std::shared_ptr<const tls::ServerContext> tls_;
  const int listener_;
  uint16_t port_ = 0;
  bool told_ = false;
  std::promise<std::string> request_;
  std::thread thread_;
};

// A whole answer with this body.
inline std::string Ok(std::string_view body) {
  return StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace sluice::http

#endif  // SLUICE_RUNTIME_HTTP_TEST_SERVER_H_
