// A client of its own HTTP client, against a server that speaks TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "runtime/base/text.h"
#include "runtime/http/test_server.h"
#include "runtime/schema_registry/client.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/server_context.h"

namespace sluice::schema_registry {
namespace {

using testing::HasSubstr;

std::string Store(std::string_view name) {
  return StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name);
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

TEST(ClientTls, TrustsWhomTheSettingsSay) {
  http::TestServer server({http::Ok("{\"schema\":\"\\\"int\\\"\"}")}, ServerTls());
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
