#include "connectors/http/curl_client.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <thread>

#include "connectors/shared/test_server.h"

namespace sluice::http {
namespace {

using shared::TestServer;
using std::chrono::milliseconds;
constexpr milliseconds kLong{20'000};

Request Post(const std::string& url, std::string body) {
  return {.method = "POST",
          .url = url,
          .headers = {{"X-A", "1"}, {"X-Empty", ""}},
          .body = std::move(body)};
}

// On a client that has nothing else under way.
Outcome Ask(Client& client, Request request) {
  client.Send(0, std::move(request));
  std::optional<Client::Done> done = client.Next(kLong);
  EXPECT_TRUE(done.has_value());
  return done ? std::move(done->outcome) : Outcome();
}

// A certificate, and its key, which is encrypted with the password s3cret.
std::string EncryptedIdentity() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), "s3cret", 6, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(bio);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pem;
}

TEST(CurlClientTest, AnEncryptedKeyWithoutItsPasswordIsSaid) {
  TestServer server([](const std::string&) { return TestServer::Ok(""); });
  const std::string pem = EncryptedIdentity();
  for (const char* password : {"", "wrong"}) {
    CurlClient client({.key = pem, .certificates = pem, .key_password = password});
    const Outcome outcome = Ask(client, {.url = "https" + server.url().substr(4)});
    EXPECT_EQ(outcome.result, Result::kImpossible) << outcome.error;
  }
}

TEST(CurlClientTest, AHostThatIsNowhereIsSaid) {
  CurlClient client({});
  // A label of more than 63 bytes: no server is asked.
  const Outcome away = Ask(client, {.url = "http://" + std::string(70, 'a') + ".invalid/"});
  EXPECT_EQ(away.result, Result::kAway);
  EXPECT_TRUE(away.no_such_host) << away.error;
  EXPECT_TRUE(Ask(client, {.url = "http://a b/"}).no_such_host);
}

TEST(CurlClientTest, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
  TestServer server([](const std::string&) {
    return TestServer::With("201 Created", "made", "X-B: two \r\nLocation: /1\r\n");
  });
  CurlClient client({});
  const Outcome outcome = Ask(client, Post(server.url("/p?q=1"), std::string("a\0b", 3)));
  EXPECT_EQ(outcome.status, 201);
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.body, "made");
  ASSERT_NE(FindHeader(outcome.headers, "x-b"), nullptr);
  EXPECT_EQ(*FindHeader(outcome.headers, "x-b"), "two");
  const std::string request = server.requests().at(0);
  EXPECT_EQ(request.rfind("POST /p?q=1 HTTP/1.1\r\n", 0), 0u) << request;
  EXPECT_NE(request.find("\r\nX-A: 1\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nX-Empty:"), std::string::npos);
  EXPECT_EQ(request.find("Content-Type"), std::string::npos);
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_EQ(request.substr(request.size() - 3), std::string("a\0b", 3));
}

TEST(CurlClientTest, AConnectionIsUsedAgain) {
  TestServer server([](const std::string&) { return TestServer::Ok("x"); });
  CurlClient client({});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(client, Post(server.url(), "b")).status, 200);
  EXPECT_EQ(Ask(client, {.method = "DELETE", .url = server.url("/1")}).status, 200);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.requests().at(3).rfind("DELETE /1 ", 0), 0u);
}

TEST(CurlClientTest, SeveralRequestsAreUnderWayUpToTheSlots) {
  TestServer server([](const std::string&) { return TestServer::Ok("x"); });
  CurlClient client({.connections = 3});
  EXPECT_EQ(client.slots(), 3u);
  for (uint64_t id = 1; id <= 3; ++id) client.Send(id, Post(server.url(), "b"));
  EXPECT_THROW(client.Send(4, Post(server.url(), "b")), sdk::ConnectException);
  uint64_t sum = 0;
  for (int i = 0; i < 3; ++i) {
    const auto done = client.Next(kLong);
    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(done->outcome.status, 200);
    sum += done->id;
  }
  EXPECT_EQ(sum, 6u);
  EXPECT_FALSE(client.Next(kLong).has_value());  // at once: nothing is under way
}

TEST(CurlClientTest, WhatMayPassIsToldFromWhatMayNot) {
  std::string url;
  {
    TestServer gone([](const std::string&) { return TestServer::Ok(""); });
    url = gone.url("/secret-path?token=secret");
  }
  CurlClient client({});
  const Outcome away = Ask(client, Post(url, "b"));
  EXPECT_EQ(away.result, Result::kAway);
  EXPECT_NE(away.error.find("http://127.0.0.1:"), std::string::npos);
  EXPECT_EQ(away.error.find("secret"), std::string::npos) << away.error;
  TestServer cutting([](const std::string&) { return std::string(); });
  EXPECT_EQ(Ask(client, Post(cutting.url(), "b")).result, Result::kAway);
  EXPECT_EQ(Ask(client, Post("gopher://h/", "b")).result, Result::kImpossible);
}

TEST(CurlClientTest, ATimeOutEndsARequest) {
  TestServer server([](const std::string&) { return std::string(TestServer::kSilent); });
  CurlClient client({.request_timeout = milliseconds(50)});
  EXPECT_EQ(Ask(client, Post(server.url(), "b")).result, Result::kTimedOut);
}

TEST(CurlClientTest, AWakeEndsTheWaitAndCancelTheRequest) {
  TestServer server([](const std::string&) { return std::string(TestServer::kSilent); });
  CurlClient client({});
  client.Send(1, Post(server.url(), "b"));
  std::thread waker([&] { client.Wake(); });
  EXPECT_FALSE(client.Next(kLong).has_value());
  waker.join();
  EXPECT_EQ(client.under_way(), 1u);
  client.Cancel();
  EXPECT_EQ(client.under_way(), 0u);
}

TEST(CurlClientTest, ALongAnswerIsRefusedOrCut) {
  TestServer server([](const std::string&) { return TestServer::Ok(std::string(10'000, 'x')); });
  CurlClient refusing({.answer_bytes_max = 9'999});
  const Outcome refused = Ask(refusing, {.url = server.url()});
  EXPECT_EQ(refused.result, Result::kImpossible);
  EXPECT_NE(refused.error.find("more than 9999 bytes"), std::string::npos) << refused.error;
  CurlClient cutting({.answer_bytes_max = 100, .refuse_long_answers = false});
  const Outcome cut = Ask(cutting, {.url = server.url()});
  EXPECT_EQ(cut.status, 200);
  EXPECT_EQ(cut.body.size(), 100u);
  EXPECT_TRUE(cut.cut);
}

TEST(CurlClientTest, RedirectsAreNotFollowed) {
  TestServer server([](const std::string&) {
    return TestServer::With("302 Found", "", "Location: http://127.0.0.1:1/\r\n");
  });
  CurlClient client({});
  EXPECT_EQ(Ask(client, {.url = server.url()}).status, 302);
}

}  // namespace
}  // namespace sluice::http
