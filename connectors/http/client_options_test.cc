#include "connectors/http/client_options.h"

#include <gtest/gtest.h>

#include <fstream>

namespace sluice::http {
namespace {

ClientOptions Read(sdk::Config::Map given) {
  static const sdk::ConfigTable table([] {
    sdk::ConfigDef keys;
    AddConnectionKeys(keys);
    return keys;
  }());
  return ReadClientOptions(sdk::Config(std::move(given), &table));
}

std::string Write(const std::string& name, const std::string& text) {
  const std::string file = testing::TempDir() + name;
  std::ofstream(file) << text;
  return file;
}

TEST(ClientOptionsTest, Defaults) {
  const ClientOptions options = Read({});
  EXPECT_EQ(options.request_timeout.count(), 30'000);
  EXPECT_EQ(options.connect_timeout.count(), 30'000);
  EXPECT_EQ(options.proxy + options.trusted + options.key, "");
  EXPECT_TRUE(options.verify_peer && options.verify_host);
}

TEST(ClientOptionsTest, TimeoutsAndProxy) {
  EXPECT_EQ(Read({{"http.timeout", "7"}}).request_timeout.count(), 7000);
  EXPECT_EQ(Read({{"http.timeout", "7"}, {"http.request.timeout.ms", "8"}}).request_timeout.count(),
            8);
  const ClientOptions options = Read({{"http.proxy.host", "p"},
                                      {"http.proxy.port", "8080"},
                                      {"http.proxy.user", "me"},
                                      {"http.proxy.password", "s3cret"}});
  EXPECT_EQ(options.proxy, "http://p:8080");
  EXPECT_EQ(options.proxy_user + options.proxy_password, "mes3cret");
}

TEST(ClientOptionsTest, StoresByBothNames) {
  const std::string trusted = "-----BEGIN CERTIFICATE-----\n";
  const std::string key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + trusted;
  const std::string trust_file = Write("trust.pem", trusted), key_file = Write("key.pem", key);
  const ClientOptions aivens = Read({{"http.ssl.truststore.location", trust_file}});
  EXPECT_EQ(aivens.trusted, trusted);
  EXPECT_TRUE(aivens.verify_peer && aivens.verify_host);
  const ClientOptions confluents = Read({{"https.ssl.truststore.location", trust_file},
                                         {"https.ssl.truststore.password", "unused"},
                                         {"https.ssl.truststore.type", "PEM"},
                                         {"https.ssl.keystore.location", key_file},
                                         {"https.ssl.keystore.type", "PEM"},
                                         {"https.ssl.key.password", "s3cret"},
                                         {"https.host.verifier.enabled", "false"}});
  EXPECT_EQ(confluents.trusted, trusted);
  EXPECT_EQ(confluents.key, key);
  EXPECT_EQ(confluents.key_password, "s3cret");
  EXPECT_EQ(
      Read({{"https.ssl.keystore.location", key_file}, {"https.ssl.keystore.password", "stores"}})
          .key_password,
      "stores");
  EXPECT_TRUE(confluents.verify_peer);
  EXPECT_FALSE(confluents.verify_host);
  const ClientOptions anyone = Read({{"http.ssl.trust.all.certs", "true"}});
  EXPECT_FALSE(anyone.verify_peer || anyone.verify_host);
}

TEST(ClientOptionsTest, WhatCannotWorkIsNamedByItsKey) {
  const std::pair<sdk::Config::Map, const char*> cases[] = {
      {{{"http.proxy.host", "p"}}, "http.proxy.port"},
      {{{"http.proxy.port", "1"}}, "http.proxy.host"},
      {{{"http.ssl.truststore.location", "/nonexistent"}}, "http.ssl.truststore.location"},
      {{{"https.ssl.truststore.location", "/nonexistent"}}, "https.ssl.truststore.location"},
      {{{"https.ssl.keystore.location", "/nonexistent"}}, "https.ssl.keystore.location"},
  };
  for (const auto& [given, key] : cases) {
    try {
      Read(given);
      ADD_FAILURE() << key;
    } catch (const sdk::ConfigException& wrong) {
      EXPECT_EQ(wrong.key(), key) << wrong.what();
    }
  }
}

}  // namespace
}  // namespace sluice::http
