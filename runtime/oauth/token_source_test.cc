#include "runtime/oauth/token_source.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/http/test_server.h"

namespace sluice::oauth {
namespace {

using http::TestServer;
using Options = std::map<std::string, std::string>;

// A JWT that nobody signed, with these claims.
std::string Jwt(std::string_view claims) {
  std::string text = Base64Encode(claims);
  while (text.ends_with('=')) text.pop_back();
  return StrCat("e30.", text, ".x");
}

std::string Claims(std::string_view token) {
  std::string text(Split(token, '.')[1]);
  while (text.size() % 4 != 0) text.push_back('=');
  return Base64Decode(text).value_or("");
}

std::shared_ptr<TokenSource> Make(const TokenSettings& settings) {
  auto made = TokenSource::Make(settings);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *made : nullptr;
}

TokenSettings Provider(const std::string& url) {
  return {.url = url,
          .client_id = "id",
          .client_secret = "hidden",
          .scope = "a b",
          .retry_backoff = milliseconds(1),
          .retry_backoff_max = milliseconds(0)};
}

// Its end is the connection's.
constexpr char kHttpOk[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
std::string Answer(std::string_view body) { return StrCat(kHttpOk, "\r\n", body); }

TEST(TokenSourceTest, AnUnsecuredTokenHasTheClaimsOfTheJaasText) {
  const auto source = Make({.options = {{"unsecuredLoginStringClaim_sub", "alice"},
                                        {"unsecuredLoginNumberClaim_n", "7"},
                                        {"unsecuredLoginListClaim_scope", ",a,b"},
                                        {"unsecuredLoginLifetimeSeconds", "60"},
                                        {"unsecuredLoginExtension_traceId", "9"}}});
  ASSERT_NE(source, nullptr);
  const int64_t before = Clock::System().WallMillis();
  const auto token = source->Next();
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_TRUE(token->value.starts_with("eyJhbGciOiJub25lIn0."));
  EXPECT_TRUE(token->value.ends_with("."));
  EXPECT_EQ(token->principal, "alice");
  EXPECT_GE(token->expires_at_ms, before + 60'000);
  EXPECT_LE(token->expires_at_ms, Clock::System().WallMillis() + 60'000);
  EXPECT_NE(Claims(token->value).find(R"("sub":"alice","n":7,"scope":["a","b"]})"),
            std::string::npos)
      << Claims(token->value);
  Token read{.value = token->value, .principal = {}};
  ReadClaims("sub", read);
  EXPECT_EQ(read.principal, "alice");
  EXPECT_EQ(read.expires_at_ms, token->expires_at_ms);
  EXPECT_EQ(source->extensions(),
            (std::vector<std::pair<std::string, std::string>>{{"traceId", "9"}}));
}

TEST(TokenSourceTest, RefusesByKey) {
  TokenSettings no_secret = Provider("http://idp/token");
  no_secret.client_secret = "";
  const std::pair<TokenSettings, std::string> refusals[] = {
      {{}, "unsecuredLoginStringClaim_sub"},
      {{.options = {{"unsecuredLoginPrincipalClaimName", "who"}}}, "unsecuredLoginStringClaim_who"},
      {{.options = {{"unsecuredLoginStringClaim_sub", "a"}, {"unsecuredLoginExtension_auth", "b"}}},
       "unsecuredLoginExtension_auth is no SASL extension"},
      {Provider("ftp://idp/token"), "sasl.oauthbearer.token.endpoint.url"},
      {Provider("http://user@idp/token"), "sasl.oauthbearer.token.endpoint.url"},
      {Provider("http://idp:99999/token"), "sasl.oauthbearer.token.endpoint.url"},
      {no_secret, "needs sasl.oauthbearer.client.credentials.client.id"}};
  for (const auto& [settings, text] : refusals) {
    const auto made = TokenSource::Make(settings);
    ASSERT_FALSE(made.ok()) << text;
    EXPECT_NE(Message(made.status()).find(text), std::string_view::npos) << made.status();
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException);
  }
}

TEST(TokenSourceTest, AFileIsReadEachTime) {
  const std::string path = StrCat(std::getenv("TEST_TMPDIR"), "/token");
  const auto source = Make({.url = "file://" + path, .options = {{"extension_a", "b"}}});
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->extensions().size(), 1u);
  const std::string jwt = Jwt(R"({"sub":"bob","exp":4102444800})");
  for (const std::string& text : {std::string("one"), jwt}) {
    std::ofstream(path) << text << "\n";
    const auto token = source->Next();
    ASSERT_TRUE(token.ok()) << token.status();
    EXPECT_EQ(token->value, text);
    EXPECT_EQ(token->principal, text == jwt ? "bob" : "");
    EXPECT_GT(token->expires_at_ms, Clock::System().WallMillis());
  }
  std::ofstream(path) << "two words\n";
  EXPECT_EQ(Message(source->Next().status()),
            "OAUTHBEARER: what was found is no token: one word was expected");
  std::ofstream(path) << Jwt(R"({"exp":1000})");
  const auto old = source->Next();
  ASSERT_FALSE(old.ok());
  EXPECT_NE(Message(old.status()).find("past its end"), std::string_view::npos) << old.status();
}

TEST(TokenSourceTest, AProviderIsAskedOnceForAsLongAsATokenLives) {
  TestServer provider({Answer(R"({"access_token":"t1","expires_in":86400})"),
                       Answer(R"({"access_token":"never asked for"})")});
  const auto source = Make(Provider(provider.url("/token")));
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(Make(Provider(provider.url("/token"))), source);  // shared
  TokenSettings other = Provider(provider.url("/token"));
  other.client_secret = "another";
  EXPECT_NE(Make(other), source);
  for (int i = 0; i < 2; ++i) {
    const auto token = source->Next();
    ASSERT_TRUE(token.ok()) << token.status();
    EXPECT_EQ(token->value, "t1");
    EXPECT_GT(token->expires_at_ms, Clock::System().WallMillis() + 80'000'000);
  }
  const auto requests = provider.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_TRUE(requests[0].starts_with("POST /token HTTP/1.1\r\nHost: 127.0.0.1:")) << requests[0];
  EXPECT_NE(requests[0].find("\r\nAuthorization: Basic aWQ6aGlkZGVu\r\n"), std::string::npos);
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\ngrant_type=client_credentials&scope=a+b"));
}

TEST(TokenSourceTest, AProvidersAnswerInChunksAndWithoutALength) {
  TestServer provider({StrCat(kHttpOk, "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"access\r\n",
                              "e\r\n_token\":\"one\"}\r\n0\r\n\r\n"),
                       Answer(R"({"access_token":"two"})")});
  const auto source = Make(Provider(provider.url("/token")));
  ASSERT_NE(source, nullptr);
  for (const char* expected : {"one", "two"}) {  // neither says how long it lives
    const auto token = source->Next();
    ASSERT_TRUE(token.ok()) << token.status();
    EXPECT_EQ(token->value, expected);
  }
}

TEST(TokenSourceTest, SaysWhatIsWrongWithAProvider) {
  const std::pair<std::string, std::string> bad[] = {
      {"HTTP/1.1 401 No\r\nContent-Length: 26\r\n\r\n{\"error\":\"invalid_client\"}",
       "status 401 (invalid_client)"},
      {StrCat(kHttpOk, "Content-Length: 9\r\n\r\n{"), "the answer is cut off"},
      {StrCat(kHttpOk, "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"),
       "the answer is cut off"},
      {"", "the answer is cut off"},
      {"SSH-2.0\r\n\r\n", "the answer is no HTTP"},
      {Answer(R"({"access_token":7})"), "the answer has no access_token"},
      {Answer("<html>"), "the answer is no JSON"}};
  for (const auto& [answer, text] : bad) {
    TestServer provider({answer});
    const auto source = Make(Provider(provider.url("/token")));
    ASSERT_NE(source, nullptr);
    const auto token = source->Next();
    ASSERT_FALSE(token.ok()) << text;
    EXPECT_NE(Message(token.status()).find(text), std::string_view::npos) << token.status();
    EXPECT_NE(Message(token.status()).find(provider.url("/token")), std::string_view::npos);
    EXPECT_NE(Message(token.status()).find("sasl.oauthbearer.token.endpoint.url"),
              std::string_view::npos);
    EXPECT_EQ(Message(token.status()).find("hidden"), std::string_view::npos);
  }
}

TEST(TokenSourceTest, ATokenIsRenewedBeforeItsEnd) {
  const auto after = [](int64_t life, int64_t buffer) {
    return RenewAfter(milliseconds(life), milliseconds(buffer)).count();
  };
  EXPECT_EQ(after(1000, 0), 800);
  EXPECT_EQ(after(1000, 200), 800);
  EXPECT_EQ(after(1000, 300), 700);
  EXPECT_EQ(after(1000, 1000), 800);  // a buffer that no token of its has
  EXPECT_EQ(after(0, 300), 0);
}

TEST(TokenSourceTest, WhoWaitsForAProviderHearsAStop) {
  TestServer provider({"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"});
  TokenSettings settings = Provider(provider.url("/token"));
  settings.retry_backoff = milliseconds(60'000);
  settings.retry_backoff_max = milliseconds(60'000);
  const auto source = Make(settings);
  class Stop : public Waiter {  // when the provider was asked
   public:
    explicit Stop(const TestServer& provider) : provider_(provider) {}
    bool Wait(milliseconds) override { return provider_.requests().empty(); }

   private:
    const TestServer& provider_;
  } stop(provider);
  EXPECT_TRUE(IsStopped(source->Next(&stop).status()));
  class Now : public Waiter {
   public:
    bool Wait(milliseconds) override { return false; }
  } now;
  EXPECT_TRUE(IsStopped(source->Next(&now).status()));
}

TEST(TokenSourceTest, WhatMayPassIsTriedAgain) {
  TestServer provider({"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", "",
                       Answer(R"({"access_token":"t","expires_in":60})")});
  TokenSettings settings = Provider(provider.url("/token"));
  settings.retry_backoff_max = milliseconds(20'000);
  const auto token = Make(settings)->Next();
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(provider.requests().size(), 3u);
  TestServer no({"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"});
  settings.url = no.url("/token");
  EXPECT_FALSE(Make(settings)->Next().ok());
  EXPECT_EQ(no.requests().size(), 1u);
}

TEST(TokenSourceTest, ManyWhoAskAtOnceAreOneRequest) {
  TestServer provider({Answer(R"({"access_token":"t","expires_in":60})")});
  const auto source = Make(Provider(provider.url("/token")));
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto token = source->Next();
      EXPECT_TRUE(token.ok()) << token.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(provider.requests().size(), 1u);
}

}  // namespace
}  // namespace sluice::oauth
