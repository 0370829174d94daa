#include "rest_api/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

constexpr int kWaitMs = 10'000;

BIO* Reading(const std::string& text) {
  return BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
}

void UseCertificates(SSL_CTX* context, const TestTls& tls) {
  BIO* trusted = Reading(tls.trusted_pem);
  while (X509* one = PEM_read_bio_X509(trusted, nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one);
    X509_free(one);
  }
  BIO_free(trusted);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  BIO* chain = Reading(tls.chain_pem);
  for (bool first = true; X509* one = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr);) {
    first ? SSL_CTX_use_certificate(context, one) : SSL_CTX_add1_chain_cert(context, one);
    X509_free(one);
    first = false;
  }
  BIO_free(chain);
  BIO* key_text = Reading(tls.key_pem);
  if (EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr)) {
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
  }
  BIO_free(key_text);
}

}  // namespace

struct TestClient::Tls {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* connection = nullptr;
  bool open = false;
  ~Tls() {
    SSL_free(connection);
    SSL_CTX_free(context);
  }
};

TestClient::TestClient(uint16_t port, const TestTls& tls) : TestClient(port) {
  const timeval limit{kWaitMs / 1000, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  tls_ = std::make_unique<Tls>();
  UseCertificates(tls_->context, tls);
  if (tls.only_tls12) SSL_CTX_set_max_proto_version(tls_->context, TLS1_2_VERSION);
  tls_->connection = SSL_new(tls_->context);
  SSL_set_tlsext_host_name(tls_->connection, "localhost");
  SSL_set1_host(tls_->connection, "localhost");
  SSL_set_fd(tls_->connection, fd_);
  tls_->open = SSL_connect(tls_->connection) == 1;
}

TestClient::TestClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
}
TestClient::~TestClient() { close(fd_); }

bool TestClient::Send(std::string_view bytes) {
  if (tls_ != nullptr) {
    return tls_->open &&
           SSL_write(tls_->connection, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool TestClient::Fill() {
  char chunk[16384];
  if (tls_ != nullptr) {
    const int size = tls_->open ? SSL_read(tls_->connection, chunk, sizeof chunk) : -1;
    if (size <= 0) return false;
    buffer_.append(chunk, static_cast<size_t>(size));
    return true;
  }
  pollfd ready{fd_, POLLIN, 0};
  if (poll(&ready, 1, kWaitMs) != 1) return false;
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

bool TestClient::HasAnswer(int wait_ms) const {
  pollfd ready{fd_, POLLIN, 0};
  return !buffer_.empty() || poll(&ready, 1, wait_ms) == 1;
}

std::string TestClient::ReadAll() {
  while (Fill()) {
  }
  return std::exchange(buffer_, {});
}

bool TestClient::IsClosed() {
  while (Fill()) buffer_.clear();
  if (tls_ != nullptr && (SSL_get_shutdown(tls_->connection) & SSL_RECEIVED_SHUTDOWN) != 0) {
    return true;  // the server has said so; it waits for our word before it closes the socket
  }
  pollfd ready{fd_, POLLIN, 0};
  return poll(&ready, 1, 0) == 1;
}

}  // namespace sluice::rest_api
