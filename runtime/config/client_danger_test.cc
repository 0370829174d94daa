// What could make a Kafka client load code, run a command or choose what loads it is refused by
// name: from connectors and from the worker's file, for all three clients. Java's names and
// librdkafka's.
#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/client_config.h"

namespace sluice::config {
namespace {

const std::vector<std::string> kRefused = {"plugin.library.paths",
                                           "ssl.engine.location",
                                           "ssl.engine.id",
                                           "ssl.engine.factory.class",
                                           "enable.ssl.engine",
                                           "ssl.providers",
                                           "sasl.login.class",
                                           "sasl.oauthbearer.config",
                                           "sasl.login.callback.handler.class",
                                           "interceptors",
                                           "ssl.engine.callback",
                                           "sasl.client.callback.handler.class"};
// A JVM's own, which a worker's file may hold without effect; a connector may not.
const std::vector<std::string> kWithoutEffect = {"sasl.kerberos.kinit.cmd",
                                                 "ssl.provider",
                                                 "security.providers",
                                                 "metric.reporters",
                                                 "sasl.oauthbearer.jwt.retriever.class",
                                                 "sasl.oauthbearer.jwt.validator.class"};
constexpr char kEvil[] = "/tmp/evil.so";

class ClientDangerTest : public testing::TestWithParam<std::pair<TaskClient, const char*>> {
 protected:
  static WorkerConfig Worker(ConfigMap more) {
    more.Merge({{"bootstrap.servers", "a:1"},
                {"group.id", "g"},
                {"key.converter", "K"},
                {"value.converter", "V"},
                {"config.storage.topic", "c"},
                {"offset.storage.topic", "o"},
                {"status.storage.topic", "s"}});
    auto worker = WorkerConfig::FromMap(more, WorkerMode::kDistributed);
    EXPECT_TRUE(worker.ok()) << worker.status();
    return *std::move(worker);
  }
  static StatusOr<ClientProperties> Make(const WorkerConfig& worker, ConfigMap more) {
    more.Merge({{"name", "c"}, {"connector.class", "C"}, {"topics", "t"}});
    const bool sink = GetParam().first == TaskClient::kSinkConsumer;
    auto connector = ConnectorConfig::FromMap(sink ? ConnectorKind::kSink : ConnectorKind::kSource,
                                              more, worker);
    EXPECT_TRUE(connector.ok()) << connector.status();
    return TaskClientProperties(worker, *connector, GetParam().first, 0);
  }
};

TEST_P(ClientDangerTest, FromAConnector) {
  const WorkerConfig worker = Worker({});
  for (const auto& keys : {kRefused, kWithoutEffect}) {
    for (const std::string& key : keys) {
      const std::string name = StrCat(GetParam().second, "override.", key);
      const auto made = Make(worker, {{name, kEvil}});
      ASSERT_FALSE(made.ok()) << name;
      EXPECT_NE(Message(made.status()).find(name), std::string::npos) << made.status();
      // With a dead letter queue a sink uses all three clients.
      const ConfigMap config{{"errors.deadletterqueue.topic.name", "d"}, {name, kEvil}};
      const auto infos = CheckClientOverrides(ConnectorKind::kSink, config, worker);
      ASSERT_EQ(infos.size(), 1u) << name;
      ASSERT_EQ(infos[0].value.errors.size(), 1u) << name;
      EXPECT_NE(infos[0].value.errors[0].find(name), std::string::npos) << name;
    }
  }
}

TEST_P(ClientDangerTest, FromTheWorkersFile) {
  for (const std::string& key : kRefused) {
    const std::string name = GetParam().second + key;
    const Status status = CheckWorkerClientSettings(Worker({{name, kEvil}}));
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_NE(Message(status).find(name), std::string::npos) << status;
  }
  for (const std::string& key : kWithoutEffect) {
    const WorkerConfig worker = Worker({{GetParam().second + key, kEvil}});
    EXPECT_TRUE(CheckWorkerClientSettings(worker).ok()) << key;
    const auto made = Make(worker, {});
    ASSERT_TRUE(made.ok()) << made.status();
    for (const auto& [property, value] : made->rdkafka) EXPECT_NE(value, kEvil) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(Clients, ClientDangerTest,
                         testing::Values(std::pair{TaskClient::kSourceProducer, "producer."},
                                         std::pair{TaskClient::kSinkConsumer, "consumer."},
                                         std::pair{TaskClient::kTopicAdmin, "admin."}));

}  // namespace
}  // namespace sluice::config
