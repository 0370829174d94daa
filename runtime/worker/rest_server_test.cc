#include "runtime/worker/rest_server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "runtime/base/text.h"
#include "runtime/config/config_map.h"

namespace sluice::worker {
namespace {

using config::ConfigMap;
using config::WorkerConfig;

std::string Store(const std::string& name) {
  return std::string(std::getenv("TEST_SRCDIR")) + "/sluice/runtime/tls/testdata/" + name;
}

WorkerConfig Worker(const ConfigMap& keys) {
  ConfigMap all = {{"bootstrap.servers", "x:1"},
                   {"key.converter", "StringConverter"},
                   {"value.converter", "StringConverter"},
                   {"offset.storage.file.filename", "/tmp/none"}};
  all.Merge(keys);
  auto config = WorkerConfig::FromMap(all, config::WorkerMode::kStandalone);
  EXPECT_TRUE(config.ok()) << config.status();
  return *std::move(config);
}

std::string Error(const ConfigMap& keys) {
  const auto options = RestServerOptions(Worker(keys));
  return options.ok() ? "" : std::string(Message(options.status()));
}

TEST(RestServer, ListenersHaveTheirTls) {
  const auto options =
      RestServerOptions(Worker({{"listeners", "http://a:1,https://b:2,https://c:3"},
                                {"admin.listeners", "https://d:4"},
                                {"ssl.keystore.location", Store("key.pem")},
                                {"admin.listeners.https.ssl.keystore.location", Store("key.p12")},
                                {"admin.listeners.https.ssl.keystore.password", "changeit"}}));
  ASSERT_TRUE(options.ok()) << options.status();
  ASSERT_EQ(options->listeners.size(), 4u);
  EXPECT_EQ(options->listeners[0].tls, nullptr);
  EXPECT_NE(options->listeners[1].tls, nullptr);
  EXPECT_EQ(options->listeners[1].tls, options->listeners[2].tls);
  EXPECT_NE(options->listeners[3].tls, options->listeners[2].tls);
  EXPECT_FALSE(options->listeners[2].admin);
  EXPECT_TRUE(options->listeners[3].admin);
  EXPECT_EQ(options->listeners[3].port, 4);
  EXPECT_EQ(RestServerOptions(Worker({{"admin.listeners", ""}}))->listeners.size(), 1u);
}

TEST(RestServer, SaysWhatIsWrong) {
  EXPECT_NE(Error({{"listeners", "https://:1"}}).find("An https listener needs a key"),
            std::string::npos);
  EXPECT_NE(Error({{"listeners", "https://:1"}, {"ssl.keystore.location", "/no"}})
                .find("configuration ssl.keystore.location"),
            std::string::npos);
  EXPECT_NE(Error({{"admin.listeners", "https://:1"},
                   {"admin.listeners.https.ssl.client.auth", "required"},
                   {"admin.listeners.https.ssl.keystore.location", Store("key.pem")}})
                .find("Set admin.listeners.https.ssl.truststore.location"),
            std::string::npos);
  EXPECT_NE(Error({{"access.control.allow.origin", "("}}).find("access.control.allow.origin"),
            std::string::npos);
  EXPECT_EQ(Error({{"ssl.keystore.location", "/no"}}), "");  // no https, no store
}

TEST(RestServer, TheGuardKnowsItsUsers) {
  EXPECT_FALSE(*RestGuard(Worker({}), ""));
  const std::string file = StrCat(std::getenv("TEST_TMPDIR"), "/users");
  std::ofstream(file) << "alice=secret\n";
  const auto guard = RestGuard(Worker({{"rest.basic.auth.file", file}}), "");
  ASSERT_TRUE(guard.ok()) << guard.status();
  rest_api::Request request;
  EXPECT_FALSE((*guard)(request));
  request.authorization = StrCat("Basic ", Base64Encode("alice:secret"));
  EXPECT_TRUE((*guard)(request));
  EXPECT_FALSE(RestGuard(Worker({{"rest.extension.classes", "a.B"}}), "").ok());
}

TEST(RestServer, WhatOtherWorkersAreTold) {
  const auto told = [](const ConfigMap& keys) {
    const Advertised address = AdvertisedAddress(Worker(keys), {10, 20}, "me");
    return StrCat(address.scheme, "://", address.host, ":", address.port);
  };
  EXPECT_EQ(told({}), "http://me:10");
  EXPECT_EQ(told({{"listeners", "https://a:0,http://b:0"}}), "http://b:20");
  EXPECT_EQ(told({{"listeners", "https://a:0,http://b:0"}, {"rest.advertised.listener", "HTTPS"}}),
            "https://a:10");
  EXPECT_EQ(told({{"listeners", "https://a:0"}}), "https://a:10");
  EXPECT_EQ(told({{"rest.advertised.listener", "https"},
                  {"rest.advertised.host.name", "proxy"},
                  {"rest.advertised.port", "443"}}),
            "https://proxy:443");
  EXPECT_EQ(told({{"listeners", "http://[fe80::1]:0"}}), "http://[fe80::1]:10");
  EXPECT_EQ(told({{"rest.advertised.host.name", "::1"}}), "http://[::1]:10");
  EXPECT_EQ(told({{"rest.advertised.host.name", "[::1]"}}), "http://[::1]:10");
}

}  // namespace
}  // namespace sluice::worker
