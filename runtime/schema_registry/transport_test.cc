// The real transport against small servers on the loopback interface.
#include "runtime/schema_registry/transport.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/schema_registry/client.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/server_context.h"

namespace sluice::schema_registry {
namespace {

using testing::HasSubstr;

std::string Store(std::string_view name) {
  return StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name);
}

// Answers each connection with the same bytes once a whole request has come; keeps what came.
class Server {
 public:
  explicit Server(std::string answer, std::shared_ptr<const tls::ServerContext> tls = nullptr)
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
  ~Server() {
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

StatusOr<HttpResponse> Send(Transport& transport, HttpRequest request) {
  std::promise<StatusOr<HttpResponse>> promise;
  auto answer = promise.get_future();
  transport.Send(std::move(request), [&](StatusOr<HttpResponse> got) { promise.set_value(got); });
  return answer.get();
}

std::string Ok(std::string_view body) {
  return StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

std::shared_ptr<const tls::ServerContext> ServerTls() {
  tls::KeyStoreSettings settings;
  settings.key_prefix = "ssl.keystore.";
  settings.location = Store("key.pem");
  const tls::KeyStore keys = *tls::ReadKeyStore(settings);
  tls::ServerSettings server;
  server.key_pem = keys.key_pem;
  server.chain_pem = keys.chain_pem;
  return *tls::ServerContext::Make(server);
}

TEST(Transport, SendsAndReceives) {
  Server server(Ok("{\"id\":1}"));
  const auto transport = NewTransport({});
  const auto answer =
      Send(*transport, {"POST",
                        StrCat("http://127.0.0.1:", server.port(), "/subjects/a?normalize=1"),
                        {{"Authorization", "Basic eA=="}},
                        "{\"schema\":\"1\"}"});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{\"id\":1}");
  const std::string request = server.request();
  EXPECT_THAT(request, HasSubstr("POST /subjects/a?normalize=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/vnd.schemaregistry.v1+json\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Basic eA==\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\n{\"schema\":\"1\"}"));
}

TEST(Transport, Failures) {
  Server silent(""), babble("hello\r\n\r\n"), large(Ok(std::string(5000, 'x')));
  uint16_t closed = 0;
  { closed = Server("").port(); }
  const auto transport =
      NewTransport({.read_timeout = milliseconds(200), .response_bytes_max = 1000});
  const std::pair<const char*, uint16_t> servers[] = {{"closed", closed},
                                                      {"silent", silent.port()},
                                                      {"babble", babble.port()},
                                                      {"large", large.port()}};
  for (const auto& [name, port] : servers) {
    const auto answer =
        Send(*transport, {"GET", StrCat("http://127.0.0.1:", port, "/subjects"), {}, ""});
    EXPECT_TRUE(IsRetriable(answer.status())) << name << " " << answer.status();
  }
  EXPECT_FALSE(Send(*transport, {"GET", "https://127.0.0.1:1/", {}, ""}).ok());
}

TEST(Transport, EndsWithRequestsUnderWay) {
  Server silent("");
  std::promise<StatusOr<HttpResponse>> promise;
  {
    const auto transport = NewTransport({});
    transport->Send({"GET", StrCat("http://127.0.0.1:", silent.port(), "/"), {}, ""},
                    [&](StatusOr<HttpResponse> got) { promise.set_value(got); });
  }
  EXPECT_FALSE(promise.get_future().get().ok());
}

TEST(Transport, TlsWithTheKeysOfTheSettings) {
  Server server(Ok("{\"schema\":\"\\\"int\\\"\"}"), ServerTls());
  const std::string url = StrCat("https://localhost:", server.port());
  const auto trusting = Client::Shared({.urls = {url},
                                        .ssl = {{"ssl.truststore.location", Store("trust.p12")},
                                                {"ssl.truststore.password", "changeit"},
                                                {"ssl.truststore.type", "PKCS12"}},
                                        .max_retries = 0});
  ASSERT_TRUE(trusting.ok()) << trusting.status();
  const auto answer = (*trusting)->ById(3);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ((*answer)->schema.text, "\"int\"");
  const auto wary = *Client::Shared({.urls = {url}, .max_retries = 0});
  EXPECT_THAT(std::string(Message(wary->ById(3).status())),
              HasSubstr("the server's certificate is refused"));
}

}  // namespace
}  // namespace sluice::schema_registry
