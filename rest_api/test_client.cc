#include "rest_api/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

constexpr int kWaitMs = 10'000;

}  // namespace

TestClient::TestClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
}
TestClient::~TestClient() { close(fd_); }

bool TestClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool TestClient::Fill() {
  pollfd ready{fd_, POLLIN, 0};
  if (poll(&ready, 1, kWaitMs) != 1) return false;
  char chunk[16384];
  const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
  if (size <= 0) return false;
  buffer_.append(chunk, static_cast<size_t>(size));
  return true;
}

HttpAnswer TestClient::Read(bool no_body) {
  HttpAnswer answer;
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return answer;
  }
  answer.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  size_t length = 0;
  if (const size_t at = answer.head.find("Content-Length: "); at != std::string::npos && !no_body) {
    length = std::strtoul(answer.head.c_str() + at + 16, nullptr, 10);
  }
  while (buffer_.size() < length) {
    if (!Fill()) return answer;
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  answer.status = std::atoi(answer.head.c_str() + 9);
  return answer;
}

HttpAnswer TestClient::Call(std::string_view method, std::string_view path, std::string_view body,
                            std::string_view headers) {
  std::string request = StrCat(method, " ", path, " HTTP/1.1\r\nHost: test:1\r\n", headers);
  if (!body.empty()) {
    if (headers.find("Content-Type") == std::string_view::npos) {
      request += "Content-Type: application/json\r\n";
    }
    StrAppend(request, "Content-Length: ", body.size(), "\r\n");
  }
  StrAppend(request, "\r\n", body);
  Send(request);
  return Read(method == "HEAD");
}

bool TestClient::IsClosed() {
  while (Fill()) buffer_.clear();
  pollfd ready{fd_, POLLIN, 0};
  return poll(&ready, 1, 0) == 1;
}

}  // namespace sluice::rest_api
