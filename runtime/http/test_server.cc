#include "runtime/http/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::http {
namespace {

bool IsWhole(const std::string& text) {
  const size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  const size_t length = text.find("Content-Length: ");
  const size_t body = length < head ? std::stoul(text.substr(length + 16)) : 0;
  return text.size() >= head + 4 + body;
}

}  // namespace

TestServer::TestServer(std::vector<std::string> answers,
                       std::shared_ptr<const tls::ServerContext> tls)
    : answers_(std::move(answers)),
      tls_(std::move(tls)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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

TestServer::~TestServer() {
  (void)shutdown(listener_, SHUT_RDWR);
  thread_.join();
  (void)close(listener_);
}

void TestServer::Run() {
  for (size_t i = 0;; ++i) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    Serve(connection, answers_[std::min(i, answers_.size() - 1)]);
    (void)close(connection);
  }
}

void TestServer::Serve(int connection, const std::string& answer) {
  const timeval limit{10, 0};
  (void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::unique_ptr<SSL, decltype(&SSL_free)> secure(nullptr, &SSL_free);
  if (tls_ != nullptr) {
    secure.reset(SSL_new(tls_->native()));
    SSL_set_fd(secure.get(), connection);
    if (SSL_accept(secure.get()) != 1) return;
  }
  std::string text;
  char buffer[4096];
  while (!IsWhole(text)) {
    const auto got = secure != nullptr ? SSL_read(secure.get(), buffer, sizeof buffer)
                                       : static_cast<int>(read(connection, buffer, sizeof buffer));
    if (got <= 0) break;
    text.append(buffer, static_cast<size_t>(got));
  }
  {
    MutexLock lock(mutex_);
    requests_.push_back(text);
    changed_.NotifyAll();
  }
  if (answer == kSilence) {
    (void)!read(connection, buffer, sizeof buffer);
  } else if (secure != nullptr) {
    (void)SSL_write(secure.get(), answer.data(), static_cast<int>(answer.size()));
  } else {
    (void)send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  }
}

std::string TestServer::url(std::string_view path) const {
  return StrCat("http://127.0.0.1:", port_, path);
}

std::vector<std::string> TestServer::requests() const {
  MutexLock lock(mutex_);
  return requests_;
}

bool TestServer::WaitFor(size_t requests) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  MutexLock lock(mutex_);
  while (requests_.size() < requests) {
    if (!changed_.WaitUntil(mutex_, deadline)) return requests_.size() >= requests;
  }
  return true;
}

std::string Ok(std::string_view body) {
  return StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace sluice::http
