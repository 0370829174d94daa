// A small HTTP server on the loopback interface, for tests of what sends requests: a thread that
// serves one connection after the other, with kept connections, by a function of the test.
#ifndef SLUICE_CONNECTORS_SHARED_TEST_SERVER_H_
#define SLUICE_CONNECTORS_SHARED_TEST_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::shared {

class TestServer {
 public:
  // Gets the whole text of a request; answers the whole text of the answer. "": the connection is
  // cut.
  using Serve = std::function<std::string(const std::string&)>;

  explicit TestServer(Serve serve)
      : serve_(std::move(serve)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    static_cast<void>(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size));
    static_cast<void>(::listen(listener_, 16));
    static_cast<void>(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size));
    port_ = ntohs(address.sin_port);
    static_cast<void>(!::pipe(stop_));
    thread_ = std::thread([this] { Run(); });
  }
  ~TestServer() {
    static_cast<void>(!::write(stop_[1], "x", 1));
    thread_.join();
    for (int fd : {listener_, stop_[0], stop_[1]}) ::close(fd);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<std::string> requests() {
    std::lock_guard<std::mutex> lock(mutex_);
    return requests_;
  }
  size_t connections() {
    std::lock_guard<std::mutex> lock(mutex_);
    return connections_;
  }
  // Whole answers.
  static std::string Ok(const std::string& body, const std::string& more_headers = "") {
    return With("200 OK", body, more_headers);
  }
  static std::string With(const std::string& status, const std::string& body = "",
                          const std::string& more_headers = "") {
    return "HTTP/1.1 " + status + "\r\n" + more_headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  // All connections by one poll loop, so that some may be silent.
  void Run() {
    std::map<int, std::string> open;
    while (true) {
      std::vector<pollfd> wanted = {{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const auto& [fd, text] : open) wanted.push_back({fd, POLLIN, 0});
      if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
      if (wanted[0].revents != 0) break;
      if (wanted[1].revents != 0) {
        const int fd = ::accept(listener_, nullptr, nullptr);
        if (fd >= 0) open[fd];
        std::lock_guard<std::mutex> lock(mutex_);
        ++connections_;
      }
      for (size_t i = 2; i < wanted.size(); ++i) {
        const int fd = wanted[i].fd;
        if (wanted[i].revents == 0 || Advance(fd, open[fd])) continue;
        ::close(fd);
        open.erase(fd);
      }
    }
    for (const auto& [fd, text] : open) ::close(fd);
  }
  // False: the connection is to be closed.
  bool Advance(int fd, std::string& text) {
    char buffer[4096];
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    text.append(buffer, static_cast<size_t>(got));
    const size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return true;
    const size_t length = text.find("Content-Length: ");
    const size_t body = length < head ? std::stoul(text.substr(length + 16)) : 0;
    if (text.size() < head + 4 + body) return true;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(text);
    }
    const std::string answer = serve_(text);
    text.clear();
    if (answer.empty()) return false;
    if (answer == kSilent) return true;
    return ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(answer.size());
  }

 public:
  // As an answer: nothing is said, and the connection stays open.
  static constexpr const char* kSilent = "(silent)";

 private:
  const Serve serve_;
  const int listener_;
  uint16_t port_ = 0;
  int stop_[2] = {-1, -1};
  std::thread thread_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  size_t connections_ = 0;
};

}  // namespace sluice::shared

#endif  // SLUICE_CONNECTORS_SHARED_TEST_SERVER_H_
