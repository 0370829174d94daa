#include "runtime/config/listener_tls.h"

#include <cstdlib>

#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/config_map.h"

namespace sluice::config {
namespace {

std::string Store(const std::string& name) {
  return std::string(std::getenv("TEST_SRCDIR")) + "/sluice/runtime/tls/testdata/" + name;
}

class ListenerTlsTest : public testing::Test {
 protected:
  StatusOr<tls::ServerSettings> Read(const ConfigMap& keys,
                                     std::string_view prefix = "listeners.https.") {
    notes_.clear();
    WorkerConfig worker;
    worker.originals = keys;
    return ListenerTls(worker, prefix, notes_);
  }
  std::string Error(const ConfigMap& keys) {
    const auto settings = Read(keys);
    return settings.ok() ? "" : std::string(Message(settings.status()));
  }
  std::vector<std::string> notes_;
};

TEST_F(ListenerTlsTest, PlainKeysCount) {
  const auto settings = Read({{"ssl.keystore.location", Store("key.p12")},
                              {"ssl.keystore.password", "changeit"},
                              {"ssl.keystore.type", "JKS"},
                              {"ssl.client.auth", "required"},
                              {"ssl.truststore.location", Store("trust.jks")},
                              {"ssl.enabled.protocols", "TLSv1.3"},
                              {"ssl.cipher.suites", "TLS_AES_128_GCM_SHA256"},
                              {"admin.listeners.https.ssl.client.auth", "none"}});
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->client_auth, tls::ServerSettings::ClientAuth::kRequired);
  EXPECT_FALSE(settings->key_pem.empty());
  EXPECT_FALSE(settings->trusted_pem.empty());
  EXPECT_EQ(settings->protocols, std::vector<std::string>{"TLSv1.3"});
  EXPECT_EQ(settings->cipher_suites, std::vector<std::string>{"TLS_AES_128_GCM_SHA256"});
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_EQ(notes_[0].find("ssl.keystore.type ("), 0u);
}

TEST_F(ListenerTlsTest, OneKeyWithThePrefixHidesThePlainOnes) {
  const ConfigMap plain{{"ssl.keystore.location", "/not/this"}, {"ssl.client.auth", "required"}};
  ConfigMap keys = plain;
  keys.Set("listeners.https.ssl.keystore.location", Store("key.pem"));
  const auto settings = Read(keys);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->client_auth, tls::ServerSettings::ClientAuth::kNone);
  EXPECT_EQ(settings->key_prefix, "listeners.https.ssl.");
  EXPECT_EQ(settings->protocols, (std::vector<std::string>{"TLSv1.2", "TLSv1.3"}));
  EXPECT_FALSE(Read(keys, "admin.listeners.https.").ok());  // plain: /not/this
}

TEST_F(ListenerTlsTest, ErrorsNameTheKey) {
  EXPECT_EQ(Error({{"listeners.https.ssl.keystore.location", "/no"}})
                .find("Invalid value /no for configuration listeners.https.ssl.keystore.location"),
            0u);
  EXPECT_NE(Error({{"listeners.https.ssl.client.auth", "maybe"}})
                .find("configuration listeners.https.ssl.client.auth: String must be one of"),
            std::string::npos);
  EXPECT_NE(Error({{"ssl.engine.factory.class", "a.B"}}).find("Java code"), std::string::npos);
  EXPECT_NE(Error({{"ssl.keystore.location", Store("key.pem")},
                   {"ssl.client.auth", "requested"},
                   {"ssl.truststore.location", "/no"}})
                .find("configuration ssl.truststore.location"),
            std::string::npos);
}

// A worker that listens on http only asks others by https all the same.
TEST_F(ListenerTlsTest, PeersAreAskedWithTheSameKeys) {
  using Keys = std::map<std::string, std::string>;
  WorkerConfig worker;
  worker.originals = {{"ssl.truststore.location", "/plain"}, {"group.id", "g"}};
  EXPECT_EQ(PeerTls(worker).java, (Keys{{"ssl.truststore.location", "/plain"}}));
  EXPECT_FALSE(PeerTls(worker).for_https);
  worker.originals.Set("listeners.https.ssl.truststore.location", "/own");
  EXPECT_EQ(PeerTls(worker).java, (Keys{{"ssl.truststore.location", "/own"}}));
  EXPECT_TRUE(PeerTls(worker).for_https);
}

}  // namespace
}  // namespace sluice::config
