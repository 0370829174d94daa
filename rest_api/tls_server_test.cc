#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "rest_api/message.h"
#include "rest_api/router.h"
#include "rest_api/server.h"
#include "rest_api/test_client.h"
#include "runtime/base/text.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/server_context.h"

namespace sluice::rest_api {
namespace {

std::string Store(const std::string& name) {
  return StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name);
}
tls::KeyStore Keys() {
  tls::KeyStoreSettings settings;
  settings.location = Store("key.p12");
  settings.password = "changeit";
  return *tls::ReadKeyStore(settings);
}
std::string Root() {
  tls::TrustStoreSettings settings;
  settings.location = Store("trust.jks");
  return tls::ReadTrustStore(settings)->certificates_pem;
}

class TlsServerTest : public testing::Test {
 protected:
  TlsServerTest()
      : keys_(Keys()),
        router_(milliseconds(90'000), [](const Stage&) { return ErrorResponse(500, "late"); }) {
    settings_.key_pem = keys_.key_pem;
    settings_.chain_pem = keys_.chain_pem;
    client_.trusted_pem = Root();
    router_.Add("GET", "/url", [](const Request& request, const Reply& reply) {
      reply([url = request.base_url] { return JsonResponse(200, url); });
    });
    router_.Add("PUT", "/size", [](const Request& request, const Reply& reply) {
      reply([size = request.body.size()] { return JsonResponse(200, std::to_string(size)); });
    });
    router_.Add("GET", "/big", [](const Request&, const Reply& reply) {
      reply([] { return JsonResponse(200, std::string(64 << 20, ' ')); });
    });
  }

  uint16_t Start() {
    const auto context = tls::ServerContext::Make(settings_);
    EXPECT_TRUE(context.ok()) << context.status();
    options_.listeners = {{.host = "127.0.0.1", .port = 0, .tls = *context}};
    auto server = Server::Listen(options_);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    server_->SetRouter(&router_);
    return server_->ports()[0];
  }

  const tls::KeyStore keys_;
  tls::ServerSettings settings_;
  TestTls client_;
  ServerOptions options_;
  Router router_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsServerTest, ServesOnOneConnection) {
  const uint16_t port = Start();
  for (const bool only_tls12 : {false, true}) {
    client_.only_tls12 = only_tls12;
    TestClient client(port, client_);
    EXPECT_EQ(client.Call("GET", "/url").body, "https://test:1");
    EXPECT_EQ(client.Call("PUT", "/size", std::string(3'000'000, 'x')).body, "3000000");
    client.Send("GET /url HTTP/1.1\r\n\r\nGET /url HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.Read().body, StrCat("https://127.0.0.1:", port));
    EXPECT_EQ(client.Read().status, 200);
    EXPECT_TRUE(client.IsClosed());
  }
  EXPECT_EQ(TestClient(port, client_).Call("GET", "/big").body.size(), size_t{64} << 20);
}

TEST_F(TlsServerTest, ItsCertificateIsChecked) {
  const uint16_t port = Start();
  client_.trusted_pem = keys_.chain_pem.substr(0, keys_.chain_pem.find("-----BEGIN", 10));
  EXPECT_EQ(TestClient(port, client_).Call("GET", "/url").status, 0);
}

TEST_F(TlsServerTest, OnlyTheProtocolsThatWereEnabled) {
  settings_.protocols = {"TLSv1.3"};
  const uint16_t port = Start();
  EXPECT_EQ(TestClient(port, client_).Call("GET", "/url").status, 200);
  client_.only_tls12 = true;
  EXPECT_EQ(TestClient(port, client_).Call("GET", "/url").status, 0);
}

TEST_F(TlsServerTest, ClientsShowTheirCertificate) {
  settings_.trusted_pem = client_.trusted_pem;
  TestTls known = client_, stranger = client_;
  known.chain_pem = keys_.chain_pem;
  known.key_pem = keys_.key_pem;
  for (const auto auth :
       {tls::ServerSettings::ClientAuth::kRequired, tls::ServerSettings::ClientAuth::kRequested}) {
    settings_.client_auth = auth;
    const bool required = auth == tls::ServerSettings::ClientAuth::kRequired;
    const uint16_t port = Start();
    EXPECT_EQ(TestClient(port, known).Call("GET", "/url").status, 200);
    EXPECT_EQ(TestClient(port, stranger).Call("GET", "/url").status, required ? 0 : 200);
  }
  // Signed by nobody that the server trusts.
  settings_.trusted_pem = [] {
    tls::TrustStoreSettings leaf;
    leaf.location = Store("key.jks");
    return tls::ReadTrustStore(leaf)->certificates_pem;
  }();
  const uint16_t port = Start();
  EXPECT_EQ(TestClient(port, known).Call("GET", "/url").status, 200);  // a leaf may be trusted
}

TEST_F(TlsServerTest, TellsPlainHttpWhereItIs) {
  const uint16_t port = Start();
  TestClient client(port);
  const HttpAnswer answer = client.Call("GET", "/url");
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("https"), std::string::npos);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(TlsServerTest, CutsOffGarbage) {
  const uint16_t port = Start();
  for (const std::string& bytes :
       {std::string(5000, '\0'),
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(600, 'z'),
        std::string("BREW /pot HTTP/1.1\r\n\r\n"), std::string(100'000, '\xff')}) {
    TestClient client(port);
    client.Send(bytes);
    EXPECT_TRUE(client.IsClosed());
  }
  TestClient gone(port);  // closes in the middle of a handshake
  gone.Send("\x16\x03\x01");
  EXPECT_EQ(TestClient(port, client_).Call("GET", "/url").status, 200);
}

TEST_F(TlsServerTest, SilentClientsHoldNobodyUp) {
  options_.handshake_timeout = milliseconds(200);
  const uint16_t port = Start();
  TestClient silent(port), half(port);
  half.Send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_EQ(TestClient(port, client_).Call("GET", "/url").status, 200);
  EXPECT_TRUE(silent.IsClosed());
  EXPECT_TRUE(half.IsClosed());
}

TEST_F(TlsServerTest, CutsOffSlowClients) {
  options_.read_timeout = milliseconds(50);
  const uint16_t port = Start();
  for (const char* begin :
       {"GET /url HTT", "PUT /size HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345"}) {
    TestClient client(port, client_);
    client.Send(begin);
    EXPECT_EQ(client.Read().status, 408) << begin;
    EXPECT_TRUE(client.IsClosed());
  }
}

TEST_F(TlsServerTest, CutsOffWhoDoesNotRead) {
  options_.write_timeout = milliseconds(50);
  options_.connections_max = 1;
  const uint16_t port = Start();
  TestClient reader(port, client_);  // asks for 64 MiB and does not read
  reader.Send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < deadline) {
    status = TestClient(port, client_).Call("GET", "/url").status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(TlsServerTest, StopsWithHandshakesUnderWay) {
  const uint16_t port = Start();
  TestClient silent(port);
  TestClient idle(port, client_);
  EXPECT_EQ(idle.Call("GET", "/url").status, 200);
  server_->Stop(milliseconds(5000));
  EXPECT_TRUE(idle.IsClosed());
  server_.reset();
  EXPECT_TRUE(silent.IsClosed());
}

}  // namespace
}  // namespace sluice::rest_api
