#include "runtime/tls/server_context.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "runtime/tls/key_store.h"

namespace sluice::tls {
namespace {

ServerSettings Good() {
  KeyStoreSettings keys;
  keys.location = std::string(std::getenv("TEST_SRCDIR")) + "/sluice/runtime/tls/testdata/key.pem";
  const auto store = ReadKeyStore(keys);
  EXPECT_TRUE(store.ok()) << store.status();
  ServerSettings settings;
  settings.key_pem = store->key_pem;
  settings.chain_pem = store->chain_pem;
  return settings;
}

TEST(ServerContext, TakesWhatMakesSense) {
  ServerSettings settings = Good();
  ASSERT_TRUE(ServerContext::Make(settings).ok()) << ServerContext::Make(settings).status();
  settings.protocols = {"TLSv1.3"};
  settings.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
  settings.client_auth = ServerSettings::ClientAuth::kRequired;
  settings.trusted_pem = settings.chain_pem;
  EXPECT_TRUE(ServerContext::Make(settings).ok());
  settings.protocols = {};
  settings.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"};
  EXPECT_TRUE(ServerContext::Make(settings).ok());
}

TEST(ServerContext, NamesTheKeyOfAMistake) {
  const std::pair<const char*, void (*)(ServerSettings&)> cases[] = {
      {"An https listener needs a key", [](ServerSettings& s) { s.key_pem.clear(); }},
      {"ssl.client.auth asks",
       [](ServerSettings& s) { s.client_auth = ServerSettings::ClientAuth::kRequested; }},
      {"Invalid value TLSv1 for configuration ssl.enabled.protocols",
       [](ServerSettings& s) { s.protocols = {"TLSv1"}; }},
      {"Invalid value NOPE for configuration ssl.cipher.suites",
       [](ServerSettings& s) { s.cipher_suites = {"NOPE"}; }},
      {"none of them belongs to a protocol of ssl.enabled.protocols",
       [](ServerSettings& s) {
         s.protocols = {"TLSv1.3"};
         s.cipher_suites = {"TLS_RSA_WITH_AES_128_GCM_SHA256"};
       }},
      {"cannot be used for TLS", [](ServerSettings& s) { s.chain_pem = "x"; }},
  };
  for (const auto& [expected, change] : cases) {
    ServerSettings settings = Good();
    change(settings);
    const auto made = ServerContext::Make(settings);
    ASSERT_FALSE(made.ok()) << expected;
    EXPECT_NE(Message(made.status()).find(expected), std::string_view::npos) << made.status();
  }
}

TEST(ServerContext, KnowsJavasNamesOfSuites) {
  const auto suites = ParseCipherSuites(
      "ssl.cipher.suites", {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                            "TLS_RSA_WITH_AES_256_GCM_SHA384"});
  ASSERT_TRUE(suites.ok()) << suites.status();
  EXPECT_EQ(suites->tls13, "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(suites->tls12, "ECDHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384");
}

}  // namespace
}  // namespace sluice::tls
