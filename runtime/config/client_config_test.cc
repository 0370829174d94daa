#include "runtime/config/client_config.h"

#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/client_config_fixture.h"

namespace sluice::config {
namespace {

using ClientConfigTest = ClientConfigFixture;

// What every client has, with Java's defaults.
Properties Common(const std::string& client_id) {
  return {{"bootstrap.servers", "a:1,b:2"},
          {"client.id", client_id},
          {"connections.max.idle.ms", "540000"},
          {"enable.metrics.push", "false"},
          {"metadata.max.age.ms", "900000"},
          {"metadata.recovery.rebootstrap.trigger.ms", "300000"},
          {"metadata.recovery.strategy", "rebootstrap"},
          {"reconnect.backoff.max.ms", "1000"},
          {"reconnect.backoff.ms", "50"},
          {"retry.backoff.max.ms", "1000"},
          {"retry.backoff.ms", "100"},
          {"security.protocol", "plaintext"},
          {"socket.connection.setup.timeout.ms", "10000"},
          {"socket.timeout.ms", "30000"},
          {"topic.metadata.refresh.interval.ms", "300000"}};
}

Properties With(Properties base, const Properties& more) {
  for (const auto& [key, value] : more) base[key] = value;
  return base;
}

const Properties kProducer = {{"acks", "-1"},
                              {"compression.type", "none"},
                              {"enable.idempotence", "true"},
                              {"linger.ms", "5"},
                              {"max.in.flight.requests.per.connection", "5"},
                              {"message.max.bytes", "1048576"},
                              {"message.send.max.retries", "2147483647"},
                              {"message.timeout.ms", "0"},
                              {"partitioner", "murmur2_random"},
                              {"queue.buffering.max.kbytes", "32768"},
                              {"queue.buffering.max.messages", "100000"},
                              {"request.timeout.ms", "30000"}};

const Properties kConsumer = {{"allow.auto.create.topics", "true"},
                              {"auto.offset.reset", "earliest"},
                              {"check.crcs", "true"},
                              {"enable.auto.commit", "false"},
                              {"enable.auto.offset.store", "false"},
                              {"fetch.max.bytes", "8388608"},
                              {"fetch.min.bytes", "1"},
                              {"fetch.queue.backoff.ms", "10"},
                              {"fetch.wait.max.ms", "500"},
                              {"group.protocol", "classic"},
                              {"heartbeat.interval.ms", "3000"},
                              {"isolation.level", "read_uncommitted"},
                              {"max.partition.fetch.bytes", "1048576"},
                              {"max.poll.interval.ms", "300000"},
                              {"partition.assignment.strategy", "range"},
                              {"queued.max.messages.kbytes", "8192"},
                              {"queued.min.messages", "131072"},
                              {"receive.message.max.bytes", "100000000"},
                              {"session.timeout.ms", "10000"}};

TEST_F(ClientConfigTest, EffectiveConfigurationOfEachTaskClient) {
  EXPECT_EQ(Rdkafka(TaskClient::kSourceProducer),
            With(Common("connector-producer-fs-0"), kProducer));
  EXPECT_EQ(Rdkafka(TaskClient::kDlqProducer),
            With(With(Common("connector-dlq-producer-fs-0"), kProducer), {{"linger.ms", "100"}}));
  EXPECT_EQ(Rdkafka(TaskClient::kSinkConsumer),
            With(With(Common("connector-consumer-fs-0"), kConsumer),
                 {{"group.id", "connect-fs"},
                  {"session.timeout.ms", "12500"},
                  {"heartbeat.interval.ms", "2000"}}));
  const Properties admin = {{"connections.max.idle.ms", "300000"}};
  EXPECT_EQ(Rdkafka(TaskClient::kTopicAdmin), With(Common("connector-adminclient-fs-0"), admin));
  EXPECT_EQ(Rdkafka(TaskClient::kDlqAdmin), With(Common("connector-dlq-adminclient-fs-0"), admin));
  EXPECT_EQ(Rdkafka(TaskClient::kWorkerAdmin),
            With(Common("connector-worker-adminclient-fs"), admin));
}

// The tasks of one sink share a group; those of a large one must not beat too often.
TEST_F(ClientConfigTest, HowOftenSinkTasksBeat) {
  struct Case {
    std::string tasks, worker_heartbeat, session, heartbeat;
  };
  const Case cases[] = {
      {"1", "3000", "12500", "2000"},   {"1", "1000", "12500", "1000"},
      {"2", "3000", "10000", "500"},    {"20", "3000", "10000", "1000"},
      {"200", "3000", "10000", "3000"}, {"2", "100", "10000", "100"},
  };
  for (const Case& c : cases) {
    worker_ = {{"heartbeat.interval.ms", c.worker_heartbeat}};
    connector_ = {{"tasks.max", c.tasks}};
    const Properties made = Rdkafka(TaskClient::kSinkConsumer);
    EXPECT_EQ(made.at("session.timeout.ms"), c.session) << c.tasks;
    EXPECT_EQ(made.at("heartbeat.interval.ms"), c.heartbeat) << c.tasks;
  }
}

TEST_F(ClientConfigTest, EffectiveConfigurationOfWorkerClients) {
  const WorkerConfig worker = Worker();
  const auto made = [&](WorkerClient client) {
    auto properties = WorkerClientProperties(worker, client);
    EXPECT_TRUE(properties.ok()) << properties.status();
    return properties.ok() ? properties->rdkafka : Properties();
  };
  const Properties forced = {{"enable.idempotence", "false"},
                             {"max.in.flight.requests.per.connection", "1"}};
  EXPECT_EQ(made(WorkerClient::kConfigProducer),
            With(With(Common("g-configs"), kProducer), forced));
  EXPECT_EQ(made(WorkerClient::kStatusProducer),
            With(With(Common("g-statuses"), kProducer), forced));
  EXPECT_EQ(made(WorkerClient::kOffsetConsumer),
            With(With(Common("g-offsets"), kConsumer), {{"session.timeout.ms", "45000"}}));
  EXPECT_EQ(made(WorkerClient::kSharedAdmin),
            With(Common("g-shared-admin"), {{"connections.max.idle.ms", "300000"}}));
}

TEST_F(ClientConfigTest, LayersWin) {
  worker_ = {{"linger.ms", "1"},
             {"producer.linger.ms", "2"},
             {"producer.batch.size", "3"},
             {"client.id", "me"}};
  connector_ = {{"producer.override.batch.size", "4"}, {"consumer.override.max.poll.records", "7"}};
  const Properties producer = Rdkafka(TaskClient::kSourceProducer);
  EXPECT_EQ(producer.at("linger.ms"), "2");
  EXPECT_EQ(producer.at("batch.size"), "4");
  EXPECT_EQ(Rdkafka(TaskClient::kDlqProducer).at("linger.ms"), "2");
  EXPECT_EQ(producer.at("client.id"), "connector-producer-fs-0");
  EXPECT_EQ(Make(TaskClient::kSinkConsumer)->max_poll_records, 7);
  EXPECT_EQ(Rdkafka(TaskClient::kTopicAdmin).at("client.id"),
            "me");  // bare worker keys reach admin clients
  auto configs = WorkerClientProperties(Worker(), WorkerClient::kConfigProducer);
  EXPECT_EQ(configs->rdkafka.at("linger.ms"), "1");
  EXPECT_EQ(configs->client_id, "g-me-configs");
}

TEST_F(ClientConfigTest, BareSecurityKeysDoNotReachTaskClients) {
  worker_ = {{"security.protocol", "SASL_PLAINTEXT"},
             {"sasl.mechanism", "PLAIN"},
             {"sasl.jaas.config",
              "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" "
              "password=\"p\";"}};
  EXPECT_EQ(Rdkafka(TaskClient::kSinkConsumer).at("security.protocol"), "plaintext");
  const Properties admin = Rdkafka(TaskClient::kTopicAdmin);
  EXPECT_EQ(admin.at("security.protocol"), "sasl_plaintext");
  EXPECT_EQ(admin.at("sasl.mechanisms"), "PLAIN");
  EXPECT_EQ(admin.at("sasl.username"), "u");
  EXPECT_EQ(admin.at("sasl.password"), "p");
}

TEST_F(ClientConfigTest, ValuesAreConverted) {
  struct Case {
    TaskClient client;
    std::string key, value, property, expected;
  };
  const TaskClient producer = TaskClient::kSourceProducer, consumer = TaskClient::kSinkConsumer;
  const std::string assignors = "org.apache.kafka.clients.consumer.";
  const Case cases[] = {
      {producer, "acks", "1", "enable.idempotence", "false"},
      {producer, "acks", "1", "max.in.flight.requests.per.connection", "1"},
      {producer, "acks", "0", "acks", "0"},
      {producer, "enable.idempotence", "false", "max.in.flight.requests.per.connection", "1"},
      {producer, "max.in.flight.requests.per.connection", "1", "enable.idempotence", "true"},
      {producer, "delivery.timeout.ms", "120000", "message.timeout.ms", "120000"},
      {producer, "max.request.size", "2000000", "message.max.bytes", "2000000"},
      {producer, "buffer.memory", "1048576", "queue.buffering.max.kbytes", "1024"},
      {producer, "compression.type", "zstd", "compression.type", "zstd"},
      {producer, "partitioner.ignore.keys", "true", "partitioner", "random"},
      {producer, "reconnect.backoff.ms", "77", "reconnect.backoff.max.ms", "77"},
      {producer, "send.buffer.bytes", "-1", "socket.send.buffer.bytes", "0"},
      {consumer, "auto.offset.reset", "none", "auto.offset.reset", "error"},
      {consumer, "isolation.level", "read_committed", "isolation.level", "read_committed"},
      {consumer, "session.timeout.ms", "45000", "session.timeout.ms", "45000"},
      {consumer, "fetch.max.bytes", "200000000", "receive.message.max.bytes", "200000512"},
      {consumer, "group.id", "mine", "group.id", "mine"},
      {consumer, "partition.assignment.strategy", assignors + "CooperativeStickyAssignor",
       "partition.assignment.strategy", "cooperative-sticky"},
  };
  for (const Case& c : cases) {
    const std::string prefix = c.client == producer ? "producer.override." : "consumer.override.";
    connector_ = {{prefix + c.key, c.value}};
    EXPECT_EQ(Rdkafka(c.client)[c.property], c.expected) << c.key << "=" << c.value;
  }
}

TEST_F(ClientConfigTest, BadAndDangerousSettingsAreRefusedByName) {
  struct Case {
    TaskClient client;
    std::string key, value, expected;  // part of the message
  };
  const TaskClient producer = TaskClient::kSourceProducer, consumer = TaskClient::kSinkConsumer;
  const Case cases[] = {
      {producer, "plugin.library.paths", "x",
       "Unknown client setting producer.override.plugin.library.paths"},
      {producer, "metadata.broker.list", "x:1", "librdkafka's own names are not"},
      {producer, "ssl.engine.location", "x", "Unknown client setting"},
      {producer, "ssl.providers", "x", "Unknown client setting"},
      {producer, "interceptors", "x", "Unknown client setting"},
      {producer, "sasl.kerberos.kinit.cmd", "rm", "no command is ever run"},
      {producer, "ssl.engine.factory.class", "a.B", "Java code"},
      {producer, "interceptor.classes", "a.B", "Java code"},
      {producer, "metric.reporters", "a.B", "Java code"},
      {producer, "partitioner.class", "a.B", "Java code"},
      {producer, "sasl.login.callback.handler.class", "a.B", "Java code"},
      {producer, "config.providers", "f", "not supported"},
      {producer, "transactional.id", "x", "not supported"},
      {producer, "key.serializer", "a.StringSerializer", "converters make the bytes"},
      {producer, "linger.ms", "x",
       "Invalid value x for configuration producer.override.linger.ms: Not a number"},
      {producer, "linger.ms", "-1", "Value must be at least 0"},
      {producer, "acks", "2", "String must be one of: all, -1, 0, 1"},
      {producer, "delivery.timeout.ms", "10",
       "equal to or larger than linger.ms + request.timeout.ms"},
      {producer, "group.id", "x", "Unknown client setting"},
      {consumer, "auto.offset.reset", "by_duration:PT1H", "expected earliest, latest or none"},
      {consumer, "enable.auto.commit", "true", "the worker commits"},
      {consumer, "group.protocol", "consumer", "only classic"},
      {consumer, "session.timeout.ms", "2000", "heartbeat.interval.ms"},
      {consumer, "max.poll.interval.ms", "5000", "must be at least session.timeout.ms"},
      {consumer, "fetch.max.wait.ms", "40000", "must be lower than request.timeout.ms"},
      {consumer, "partition.assignment.strategy", "a.StickyAssignor", "expected RangeAssignor"},
  };
  for (const Case& c : cases) {
    const std::string prefix = c.client == producer ? "producer.override." : "consumer.override.";
    connector_ = {{prefix + c.key, c.value}};
    EXPECT_NE(Error(c.client).find(c.expected), std::string::npos)
        << c.key << ": " << Error(c.client);
  }
  connector_ = {{"producer.override.enable.idempotence", "true"}, {"producer.override.acks", "1"}};
  EXPECT_NE(Error(producer).find("Must set acks to all"), std::string::npos);
}

TEST_F(ClientConfigTest, TheWorkersFileMayHoldJvmKeys) {
  worker_ = {{"producer.interceptor.classes", "a.B"}, {"producer.metric.reporters", "a.B"}};
  auto made = Make(TaskClient::kSourceProducer);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->ignored.size(), 2u);
  worker_ = {{"producer.plugin.library.paths", "x"}};
  EXPECT_NE(Error(TaskClient::kSourceProducer).find("producer.plugin.library.paths"),
            std::string::npos);
}

TEST_F(ClientConfigTest, PoliciesAreAskedAgain) {
  worker_ = {{"connector.client.config.override.policy", "None"}};
  connector_ = {{"producer.override.acks", "1"}};
  EXPECT_EQ(
      Error(TaskClient::kSourceProducer),
      "The 'None' policy does not allow 'acks' to be overridden in the connector configuration.");
  const auto infos = CheckClientOverrides(ConnectorKind::kSource, connector_, Worker());
  ASSERT_EQ(infos.size(), 1u);
  EXPECT_EQ(infos[0].value.name, "producer.override.acks");
  EXPECT_EQ(infos[0].value.errors.size(), 1u);
  EXPECT_EQ(infos[0].definition->default_value, "all");
}

TEST_F(ClientConfigTest, OnlyClientsInUseAreChecked) {
  const ConfigMap config{{"producer.override.acks", "9"},
                         {"consumer.override.fetch.min.bytes", "x"},
                         {"admin.override.sasl.jaas.config", "secret"}};
  const auto names = [&](ConnectorKind kind, ConfigMap more) {
    more.Merge(config);
    std::string out;
    for (const ConfigInfo& info : CheckClientOverrides(kind, more, Worker())) {
      out += StrCat(info.value.name.substr(0, 4), info.value.errors.size(), " ");
      EXPECT_NE(info.value.value, "secret");
    }
    return out;
  };
  EXPECT_EQ(names(ConnectorKind::kSource, {}), "prod1 ");
  EXPECT_EQ(names(ConnectorKind::kSource, {{"topic.creation.groups", ""}}), "prod1 admi0 ");
  EXPECT_EQ(names(ConnectorKind::kSink, {}), "cons1 ");
  EXPECT_EQ(names(ConnectorKind::kSink, {{"errors.deadletterqueue.topic.name", "d"}}),
            "prod1 cons1 admi0 ");
}

TEST_F(ClientConfigTest, JavaKeysOfProperties) {
  auto made = Make(TaskClient::kSourceProducer);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->JavaKey("message.max.bytes"), "max.request.size");
  EXPECT_EQ(made->JavaKey("sasl.password"), "sasl.jaas.config");
  EXPECT_EQ(made->JavaKey("ssl.ca.pem"), "ssl.truststore.location");
  EXPECT_EQ(made->JavaKey("queued.min.messages"), "queued.min.messages");
}

}  // namespace
}  // namespace sluice::config
