#include "runtime/kafka/oauth_login.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/config/client_config.h"
#include "runtime/http/test_server.h"
#include "runtime/kafka/handle.h"
#include "runtime/oauth/token_source.h"

namespace sluice::kafka {
namespace {

// A client of a broker that is not there.
StatusOr<std::shared_ptr<Handle>> MakeClient(const oauth::TokenSettings& settings) {
  config::ClientProperties properties;
  properties.client_id = "c";
  properties.bootstrap_servers = "127.0.0.1:1";
  properties.rdkafka = {{"bootstrap.servers", "127.0.0.1:1"},
                        {"security.protocol", "sasl_plaintext"},
                        {"sasl.mechanisms", "OAUTHBEARER"}};
  auto source = oauth::TokenSource::Make(settings);
  EXPECT_TRUE(source.ok()) << source.status();
  properties.tokens = *source;
  return Handle::Make(properties, Handle::Kind::kProducer, nullptr, nullptr);
}

oauth::TokenSettings Provider(const std::string& url) {
  return {.url = url,
          .client_id = "id",
          .client_secret = "hidden",
          .retry_backoff_max = milliseconds(0)};
}

std::string Token(const char* name, int seconds) {
  return http::Ok(StrCat("{\"access_token\":\"", name, "\",\"expires_in\":", seconds, "}"));
}

TEST(OAuthLoginTest, AClientWithoutATokenIsNotMade) {
  http::TestServer provider({"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"});
  const auto made = MakeClient(Provider(provider.url("/token")));
  ASSERT_FALSE(made.ok());
  EXPECT_NE(Message(made.status()).find("sasl.oauthbearer.token.endpoint.url"), std::string::npos)
      << made.status();
}

TEST(OAuthLoginTest, ATokenIsRenewedBeforeItsEnd) {
  http::TestServer provider({Token("one", 1), Token("two", 1), Token("three", 3600)});
  const auto made = MakeClient(Provider(provider.url("/token")));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(provider.WaitFor(3));
}

TEST(OAuthLoginTest, AProviderThatFailsForAWhileIsAskedAgain) {
  http::TestServer provider({Token("one", 1), "", Token("two", 3600)});
  const auto made = MakeClient(Provider(provider.url("/token")));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(provider.WaitFor(3));
}

TEST(OAuthLoginTest, AnUnsecuredTokenWithItsExtensions) {
  EXPECT_TRUE(MakeClient({.options = {{"unsecuredLoginStringClaim_sub", "alice"},
                                      {"unsecuredLoginExtension_traceId", "9"}}})
                  .ok());
}

}  // namespace
}  // namespace sluice::kafka
