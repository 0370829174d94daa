#include "runtime/oauth/fake_provider.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::oauth {

FakeProvider::FakeProvider(std::vector<std::string> answers) : answers_(std::move(answers)) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 4);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

FakeProvider::~FakeProvider() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void FakeProvider::Serve() {
  for (size_t i = 0;; ++i) {
    const int socket = accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    std::string request;
    char piece[4096];
    while (request.find("grant_type") == std::string::npos) {
      const ssize_t got = recv(socket, piece, sizeof piece, 0);
      if (got <= 0) break;
      request.append(piece, static_cast<size_t>(got));
    }
    const std::string& answer = answers_[std::min(i, answers_.size() - 1)];
    send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
    close(socket);
    MutexLock lock(mutex_);
    requests_.push_back(request);
    changed_.NotifyAll();
  }
}

std::string FakeProvider::url() const { return StrCat("http://127.0.0.1:", port_, "/token"); }

std::vector<std::string> FakeProvider::Requests() const {
  MutexLock lock(mutex_);
  return requests_;
}

bool FakeProvider::WaitFor(size_t requests) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  MutexLock lock(mutex_);
  while (requests_.size() < requests) {
    if (!changed_.WaitUntil(mutex_, deadline)) return requests_.size() >= requests;
  }
  return true;
}

}  // namespace sluice::oauth
