#include "runtime/oauth/http_post.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runtime/base/text.h"

namespace sluice::oauth {
namespace {

namespace http = boost::beast::http;

constexpr size_t kAnswerBytesMax = 1 << 20;
constexpr size_t kLastChunkBytes = 5;  // "0\r\n\r\n"
constexpr std::string_view kTooLate = "no answer in time";

std::string ErrorText(int error) {
  return std::error_code(error, std::generic_category()).message();
}

// A connection whose every step has a time-out. Blocks.
class BlockingStream {
 public:
  explicit BlockingStream(const HttpPost& post) : post_(post) {}
  ~BlockingStream() {
    SSL_free(tls_);
    if (socket_ >= 0) close(socket_);
  }
  BlockingStream(const BlockingStream&) = delete;
  BlockingStream& operator=(const BlockingStream&) = delete;

  Status Open() {
    SLUICE_RETURN_IF_ERROR(Connect());
    if (post_.tls == nullptr) return OkStatus();
    tls_ = SSL_new(post_.tls->native());
    if (tls_ == nullptr || SSL_set_fd(tls_, socket_) != 1) return ConnectError("OpenSSL failed");
    SLUICE_RETURN_IF_ERROR(post_.tls->Prepare(tls_, post_.host));
    const bool shaken = SSL_connect(tls_) == 1;
    ERR_clear_error();
    return shaken ? OkStatus() : post_.tls->Explain(tls_, "the server broke it off");
  }
  bool Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = tls_ != nullptr
                               ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                               : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // 0: the end, or the time is over.
  size_t Read(char* into, size_t size) {
    const ssize_t got = tls_ != nullptr ? SSL_read(tls_, into, static_cast<int>(size))
                                        : recv(socket_, into, size, 0);
    ERR_clear_error();
    return got <= 0 ? 0 : static_cast<size_t>(got);
  }

 private:
  Status Connect() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = StrCat(post_.port);
    if (const int error = getaddrinfo(post_.host.c_str(), port.c_str(), &hints, &found);
        error != 0) {
      return RetriableError(
          StrCat("the host name ", post_.host, " does not resolve: ", gai_strerror(error)));
    }
    Status status = RetriableError("its name has no address");
    for (const addrinfo* one = found; one != nullptr && !status.ok(); one = one->ai_next) {
      status = ConnectTo(*one);
    }
    freeaddrinfo(found);
    return status;
  }
  // A time-out for sending is one for connecting, too.
  Status ConnectTo(const addrinfo& address) {
    if (socket_ >= 0) close(socket_);
    socket_ = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return RetriableError(ErrorText(errno));
    SetTimeout(SO_SNDTIMEO, post_.connect_timeout);
    SetTimeout(SO_RCVTIMEO, post_.read_timeout);
    if (connect(socket_, address.ai_addr, address.ai_addrlen) == 0) return OkStatus();
    return RetriableError(errno == EINPROGRESS ? std::string(kTooLate) : ErrorText(errno));
  }
  void SetTimeout(int option, milliseconds time) const {
    const timeval timeout{time.count() / 1000, time.count() % 1000 * 1000};
    setsockopt(socket_, SOL_SOCKET, option, &timeout, sizeof timeout);
  }

  const HttpPost& post_;
  int socket_ = -1;
  SSL* tls_ = nullptr;
};

StatusOr<HttpAnswer> Parse(std::string text) {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.header_limit(16 << 10);
  parser.body_limit(kAnswerBytesMax);
  boost::system::error_code error;
  size_t last_size = std::string::npos;
  while (!parser.is_done() && !text.empty() && text.size() != last_size) {
    // Beast asserts that a last chunk comes in one piece.
    if (parser.chunked() && parser.is_header_done() && text.size() < kLastChunkBytes) break;
    last_size = text.size();
    text.erase(0, parser.put(boost::asio::buffer(text), error));
    if (error && error != http::error::need_more) {
      return RetriableError(StrCat("the answer is no HTTP: ", error.message()));
    }
  }
  error = {};
  if (!parser.is_done() && parser.is_header_done()) parser.put_eof(error);
  if (error || !parser.is_done()) return RetriableError("the answer is cut off");
  return HttpAnswer{parser.get().result_int(), std::move(parser.get().body())};
}

std::string Authority(const HttpPost& post) {
  const bool v6 = post.host.find(':') != std::string::npos;
  return StrCat(v6 ? "[" : "", post.host, v6 ? "]" : "", ":", post.port);
}

}  // namespace

StatusOr<HttpAnswer> Send(const HttpPost& post) {
  BlockingStream stream(post);
  SLUICE_RETURN_IF_ERROR(stream.Open());
  const std::string request =
      StrCat("POST ", post.path, " HTTP/1.1\r\nHost: ", Authority(post), "\r\n", post.headers,
             "Connection: close\r\nContent-Length: ", post.body.size(), "\r\n\r\n", post.body);
  if (!stream.Write(request)) return RetriableError("the request could not be sent");
  const TimePoint deadline = std::chrono::steady_clock::now() + post.read_timeout;
  std::string answer;
  char piece[4096];
  for (size_t got = 1; got > 0 && answer.size() <= kAnswerBytesMax;) {
    got = stream.Read(piece, sizeof piece);
    answer.append(piece, got);
    if (std::chrono::steady_clock::now() > deadline) return RetriableError(kTooLate);
  }
  return Parse(std::move(answer));
}

}  // namespace sluice::oauth
