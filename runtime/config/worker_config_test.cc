#include "runtime/config/worker_config.h"

#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

ConfigMap Distributed() {
  return {{"bootstrap.servers", "a:1, b:2"},
          {"group.id", "g"},
          {"key.converter", "org.apache.kafka.connect.json.JsonConverter"},
          {"value.converter", "org.apache.kafka.connect.json.JsonConverter"},
          {"config.storage.topic", "c"},
          {"offset.storage.topic", "o"},
          {"status.storage.topic", "s"}};
}

// The error of a good configuration with one key changed; empty if it is still good.
std::string ErrorWith(const std::string& key, const std::string& value) {
  ConfigMap map = Distributed();
  map.Set(key, value);
  auto config = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
  return config.ok() ? std::string() : std::string(Message(config.status()));
}

TEST(WorkerConfigTest, DefaultsAreThePeers) {
  auto config = WorkerConfig::FromMap(Distributed(), WorkerMode::kDistributed);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->bootstrap_servers, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(config->header_converter, "org.apache.kafka.connect.storage.SimpleHeaderConverter");
  EXPECT_EQ(config->offset_flush_interval, milliseconds(60000));
  EXPECT_EQ(config->offset_flush_timeout, milliseconds(5000));
  EXPECT_EQ(config->task_shutdown_graceful_timeout, milliseconds(5000));
  EXPECT_EQ(config->session_timeout, milliseconds(10000));
  EXPECT_EQ(config->heartbeat_interval, milliseconds(3000));
  EXPECT_EQ(config->rebalance_timeout, milliseconds(60000));
  EXPECT_EQ(config->connect_protocol, "sessioned");
  EXPECT_EQ(config->shutdown_expect_return, milliseconds(0));
  EXPECT_FALSE(config->join_unsupported);
  EXPECT_EQ(config->offset_topic.partitions, 25);
  EXPECT_EQ(config->status_topic.partitions, 5);
  EXPECT_EQ(config->config_topic.partitions, 1);
  EXPECT_EQ(config->config_topic.replication_factor, 3);
  ASSERT_EQ(config->listeners.size(), 1u);
  EXPECT_EQ(config->listeners[0].port, 8083);
  EXPECT_EQ(config->listeners[0].host, "");
  EXPECT_FALSE(config->admin_listeners);
  EXPECT_EQ(config->advertised_scheme, "http");
  EXPECT_EQ(config->PolicyName(), "All");
  EXPECT_EQ(config->ClientIdBase(), "g-");
  EXPECT_TRUE(config->warnings.empty()) << config->warnings[0];
  EXPECT_TRUE(config->jvm_only_keys.empty());
}

TEST(WorkerConfigTest, KeysOfOursForTheGroup) {
  ConfigMap map = Distributed();
  map.Set("shutdown.expect.return.ms", "60000");
  map.Set("join.unsupported", "JOIN");
  auto config = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->shutdown_expect_return, milliseconds(60000));
  EXPECT_TRUE(config->join_unsupported);
  EXPECT_NE(ErrorWith("shutdown.expect.return.ms", "-1"), "");
  EXPECT_NE(ErrorWith("join.unsupported", "maybe"), "");
}

TEST(WorkerConfigTest, EveryDefaultIsGood) {
  for (WorkerMode mode : {WorkerMode::kDistributed, WorkerMode::kStandalone}) {
    for (const ConfigKey& key : WorkerConfig::Definition(mode).keys()) {
      if (!key.default_value) continue;
      auto value = ParseConfigValue(key.name, *key.default_value, key.type);
      ASSERT_TRUE(value.ok()) << value.status();
      EXPECT_TRUE(CheckConfigValue(key, *value).ok()) << key.name;
    }
  }
}

TEST(WorkerConfigTest, BadValuesAreNamed) {
  struct Case {
    std::string key, value, expected;  // part of the message
  };
  const Case cases[] = {
      {"bootstrap.servers", "", "Configuration 'bootstrap.servers' must not be empty."},
      {"bootstrap.servers", "a,,b", "Configuration 'bootstrap.servers' values must not be empty."},
      {"group.id", "", "configuration group.id: String must be non-empty"},
      {"config.storage.topic", " ", "config.storage.topic"},
      {"listeners", "", "Invalid value for listeners, at least one URL is expected"},
      {"listeners", "a,,b", "listeners"},
      {"listeners", "ftp://a:1", "Invalid value ftp://a:1 for configuration listeners"},
      {"admin.listeners", "x", "admin.listeners"},
      {"rest.advertised.listener", "ftp", "http or https was expected"},
      {"rest.advertised.port", "70000", "rest.advertised.port"},
      {"response.http.headers.config", "foo x:y", "Invalid header config action: 'foo'"},
      {"heartbeat.interval.ms", "10000", "must be lower than session.timeout.ms, which is 10000"},
      {"session.timeout.ms", "2000", "heartbeat.interval.ms"},
      {"config.storage.replication.factor", "0", "Replication factor must be positive"},
      {"offset.storage.partitions", "-2", "Number of partitions must be positive"},
      {"inter.worker.signature.algorithm", "HmacSHA1",
       "Signature algorithm must be present in inter.worker.verification.algorithms list"},
      {"inter.worker.signature.algorithm", "foo", "the algorithm is not supported"},
      {"inter.worker.verification.algorithms", "",
       "At least one signature verification algorithm must be provided"},
      {"inter.worker.verification.algorithms", "HmacSHA256,foo", "Invalid value foo"},
      {"inter.worker.key.size", "7", "Value must be at least 40"},
      {"connect.protocol", "x",
       "String must be one of (case insensitive): EAGER, COMPATIBLE, SESSIONED"},
      {"exactly.once.source.support", "enabled",
       "no exactly-once source tasks yet; set it to disabled"},
      {"exactly.once.source.support", "maybe", "DISABLED, ENABLED, PREPARING"},
      {"plugin.path", "", "Configuration 'plugin.path' must not be empty."},
      {"connector.client.config.override.policy", "Some",
       "there are All, None, Principal and Allowlist"},
      {"security.protocol", "TLS", "security.protocol"},
      {"ssl.engine.factory.class", "a.B", "it names Java code"},
      {"sasl.login.class", "a.B", "it names Java code"},
      {"sasl.login.refresh.window.factor", "2", "Invalid value 2.0"},
      {"config.providers", "vault", "config.providers.vault.class"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(ErrorWith(c.key, c.value).find(c.expected), std::string::npos)
        << c.key << ": " << ErrorWith(c.key, c.value);
  }
}

TEST(WorkerConfigTest, GoodValuesPass) {
  const std::pair<std::string, std::string> cases[] = {
      {"listeners", "HTTP://[::1]:0,https://host-1.x:8443"},
      {"admin.listeners", ""},
      {"connect.protocol", "Eager"},
      {"config.storage.replication.factor", "-1"},
      {"response.http.headers.config", "add X-A:b, \"set Cache-Control:no-cache, no-store\""},
      {"rest.extension.classes", ""},
      {"inter.worker.verification.algorithms", "HmacSHA256,HmacSHA256"},
      {"exactly.once.source.support", "DISABLED"},
      {"connector.client.config.override.policy",
       "org.apache.kafka.connect.connector.policy.NoneConnectorClientConfigOverridePolicy"},
  };
  for (const auto& [key, value] : cases) EXPECT_EQ(ErrorWith(key, value), "") << key;
}

TEST(WorkerConfigTest, TrailingCommentsAreExplained) {
  for (const auto& [key, value] : {std::pair{"topic.creation.enable", "true  # allow"},
                                   std::pair{"session.timeout.ms", "10000 # ten seconds"},
                                   std::pair{"connect.protocol", "eager # old"}}) {
    const std::string error = ErrorWith(key, value);
    EXPECT_NE(error.find("no trailing comments"), std::string::npos) << error;
    EXPECT_NE(error.find(key), std::string::npos) << error;
  }
  EXPECT_EQ(ErrorWith("session.timeout.ms", "x").find("comments"), std::string::npos);
  ConfigMap map = Distributed();
  map.Set("group.id", "g # my group");
  auto config = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
  ASSERT_TRUE(config.ok());
  ASSERT_EQ(config->warnings.size(), 1u);
  EXPECT_NE(config->warnings[0].find("group.id"), std::string::npos);
  // Of keys that are connectors' or clients', too: they are not checked here.
  map = Distributed();
  map.Merge({{"errors.tolerance", "all # tolerate"}, {"producer.acks", "all # all of them"}});
  config = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string warnings = StrJoin(config->warnings, "\n");
  EXPECT_NE(warnings.find("the value of errors.tolerance holds ' #'"), std::string::npos);
  EXPECT_NE(warnings.find("the value of producer.acks holds ' #'"), std::string::npos);
}

TEST(WorkerConfigTest, UnknownAndJvmKeysAreKeptAndTold) {
  ConfigMap map = Distributed();
  map.Merge({{"offset.flush.intervall.ms", "1"},
             {"metric.reporters", "a.B"},
             {"producer.linger.ms", "7"},
             {"config.storage.segment.bytes", "100"},
             {"config.storage.cleanup.policy", "delete"}});
  auto config = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->originals.Get("offset.flush.intervall.ms"), "1");
  EXPECT_EQ(config->jvm_only_keys, (std::vector<std::string>{"metric.reporters"}));
  EXPECT_TRUE(config->config_topic.settings == (ConfigMap{{"segment.bytes", "100"}}));
  ASSERT_EQ(config->warnings.size(), 2u);
  EXPECT_NE(config->warnings[1].find("offset.flush.intervall.ms"), std::string::npos);
  EXPECT_EQ(config->warnings[1].find("producer"), std::string::npos);
}

TEST(WorkerConfigTest, AnAddressThatOthersCannotUseIsToldOf) {
  const auto warned = [](std::map<std::string, std::string> more) {
    ConfigMap map = Distributed();
    for (const auto& [key, value] : more) map.Set(key, value);
    const auto config = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
    return config.ok() && StrJoin(config->warnings, "\n")
                                  .find(
                                      "other workers of the group will "
                                      "look for this one") != std::string::npos;
  };
  EXPECT_TRUE(warned({{"listeners", "http://0.0.0.0:8083"}}));
  EXPECT_TRUE(warned({{"listeners", "https://[::]:8083"}}));
  EXPECT_TRUE(warned({{"listeners", "https://a:1,http://0.0.0.0:2"}}));
  EXPECT_FALSE(warned({{"listeners", "https://0.0.0.0:1,http://b:2"}}));  // told http
  EXPECT_TRUE(warned({{"listeners", "http://0.0.0.0:1"}, {"rest.advertised.listener", "https"}}));
  EXPECT_FALSE(warned({{"listeners", "http://:8083"}}));
  EXPECT_FALSE(
      warned({{"listeners", "http://0.0.0.0:8083"}, {"rest.advertised.host.name", "worker-1"}}));
}

TEST(WorkerConfigTest, FilesAndProviders) {
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/worker.properties";
  const std::string secret = std::string(std::getenv("TEST_TMPDIR")) + "/secret.properties";
  std::ofstream(secret) << "group=resolved\n";
  std::ofstream out(path);
  for (const auto& [key, value] : Distributed()) out << key << "=" << value << "\n";
  out << "group.id=${f:" << secret << ":group}\nplugin.path=${f:x:y}\nconfig.providers=f\n"
      << "config.providers.f.class=org.apache.kafka.common.config.provider.FileConfigProvider\n";
  out.close();
  auto config = WorkerConfig::FromFile(path, WorkerMode::kDistributed);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->group_id, "resolved");
  EXPECT_EQ(config->plugin_path, (std::vector<std::string>{"${f:x:y}"}));
  EXPECT_FALSE(config->originals.Contains("config.providers"));
  EXPECT_FALSE(config->originals.Contains("config.providers.f.class"));
  std::ofstream(path, std::ios::app) << "session.timeout.ms=x\n";
  auto bad = WorkerConfig::FromFile(path, WorkerMode::kDistributed);
  EXPECT_TRUE(Message(bad.status()).starts_with(path)) << bad.status();
}

TEST(WorkerConfigTest, Standalone) {
  const ConfigMap map{{"bootstrap.servers", "a:1"},
                      {"key.converter", "K"},
                      {"value.converter", "V"},
                      {"client.id", "me"},
                      {"offset.storage.file.filename", "/tmp/offsets"}};
  auto config = WorkerConfig::FromMap(map, WorkerMode::kStandalone);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->offset_file, "/tmp/offsets");
  EXPECT_EQ(config->ClientIdBase(), "connect-me-");
  auto missing = WorkerConfig::FromMap({{"bootstrap.servers", "a:1"}}, WorkerMode::kStandalone);
  EXPECT_EQ(Message(missing.status()),
            "Missing required configuration \"key.converter\" which has no default value.");
}

TEST(WorkerConfigTest, OverridePolicies) {
  const auto allows = [](const std::string& policy, std::string_view key) {
    ConfigMap map = Distributed();
    map.Set("connector.client.config.override.policy", policy);
    map.Set("connector.client.config.override.allowlist", "acks,linger.ms");
    return WorkerConfig::FromMap(map, WorkerMode::kDistributed)->AllowsOverride(key);
  };
  EXPECT_TRUE(allows("All", "acks"));
  EXPECT_FALSE(allows("None", "acks"));
  EXPECT_TRUE(allows("Principal", "sasl.jaas.config"));
  EXPECT_FALSE(allows("Principal", "acks"));
  EXPECT_TRUE(allows("Allowlist", "linger.ms"));
  EXPECT_FALSE(allows("Allowlist", "batch.size"));
}

}  // namespace
}  // namespace sluice::config
