#include "runtime/config/connector_config.h"

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

WorkerConfig Worker(const ConfigMap& more = {}) {
  ConfigMap map{{"bootstrap.servers", "a:1"},  {"group.id", "g"},
                {"key.converter", "K"},        {"key.converter.x", "1"},
                {"value.converter", "V"},      {"config.storage.topic", "c"},
                {"offset.storage.topic", "o"}, {"status.storage.topic", "s"}};
  map.Merge(more);
  auto worker = WorkerConfig::FromMap(map, WorkerMode::kDistributed);
  EXPECT_TRUE(worker.ok()) << worker.status();
  return *std::move(worker);
}

StatusOr<ConnectorConfig> Sink(const ConfigMap& more) {
  ConfigMap map{{"name", "s"}, {"connector.class", "C"}};
  map.Merge(more);
  return ConnectorConfig::FromMap(ConnectorKind::kSink, map, Worker());
}
StatusOr<ConnectorConfig> Source(const ConfigMap& more, const ConfigMap& worker = {}) {
  ConfigMap map{{"name", "s"}, {"connector.class", "C"}};
  map.Merge(more);
  return ConnectorConfig::FromMap(ConnectorKind::kSource, map, Worker(worker));
}

TEST(ConnectorConfigTest, SinkDefaults) {
  auto sink = Sink({{"topics", "a, b,a"}});
  ASSERT_TRUE(sink.ok()) << sink.status();
  EXPECT_EQ(sink->topics, (ConfigList{"a", "b"}));
  EXPECT_EQ(sink->group_id, "connect-s");
  EXPECT_EQ(sink->tasks_max, 1);
  EXPECT_TRUE(sink->tasks_max_enforce);
  EXPECT_EQ(sink->errors.retry_timeout_ms, 0);
  EXPECT_EQ(sink->errors.retry_delay_max_ms, 60000);
  EXPECT_FALSE(sink->errors.tolerance_all);
  EXPECT_EQ(sink->errors.dlq_topic, "");
  EXPECT_EQ(sink->errors.dlq_replication_factor, 3);
  EXPECT_EQ(sink->value_converter.class_name, "V");
}

TEST(ConnectorConfigTest, ErrorSettings) {
  auto sink = Sink({{"topics", "a"},
                    {"errors.tolerance", "all"},
                    {"errors.retry.timeout", "-1"},
                    {"errors.log.enable", "true"},
                    {"errors.deadletterqueue.topic.name", "d"},
                    {"errors.deadletterqueue.topic.replication.factor", "1"},
                    {"errors.deadletterqueue.context.headers.enable", "true"}});
  ASSERT_TRUE(sink.ok()) << sink.status();
  EXPECT_TRUE(sink->errors.tolerance_all);
  EXPECT_EQ(sink->errors.retry_timeout_ms, -1);
  EXPECT_TRUE(sink->errors.log_enable);
  EXPECT_EQ(sink->errors.dlq_topic, "d");
  EXPECT_EQ(sink->errors.dlq_replication_factor, 1);
  EXPECT_TRUE(sink->errors.dlq_context_headers);
}

TEST(ConnectorConfigTest, ConvertersNeverMixSettings) {
  auto inherited = Sink({{"topics", "a"}, {"key.converter.y", "2"}});
  ASSERT_TRUE(inherited.ok());
  EXPECT_EQ(inherited->key_converter.class_name, "K");
  EXPECT_TRUE(inherited->key_converter.from_worker);
  EXPECT_TRUE(inherited->key_converter.settings ==
              (ConfigMap{{"x", "1"}, {"converter.type", "key"}}));
  auto own = Sink({{"topics", "a"}, {"key.converter", "Own"}, {"key.converter.y", "2"}});
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->key_converter.class_name, "Own");
  EXPECT_FALSE(own->key_converter.from_worker);
  EXPECT_TRUE(own->key_converter.settings == (ConfigMap{{"y", "2"}, {"converter.type", "key"}}));
}

TEST(ConnectorConfigTest, TransformsAndPredicates) {
  auto sink = Sink({{"topics", "a"},
                    {"transforms", "t, u"},
                    {"transforms.t.type", "Filter"},
                    {"transforms.t.predicate", "p"},
                    {"transforms.t.negate", "true"},
                    {"transforms.u.type", "InsertField$Value"},
                    {"transforms.u.plugin.version", "1.0"},
                    {"transforms.u.static.field", "x"},
                    {"transforms.stray.type", "Nobody"},
                    {"predicates", "p"},
                    {"predicates.p.type", "TopicNameMatches"},
                    {"predicates.p.pattern", "a.*"}});
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_EQ(sink->transforms.size(), 2u);
  EXPECT_EQ(sink->transforms[0].predicate, "p");
  EXPECT_TRUE(sink->transforms[0].negate);
  EXPECT_TRUE(sink->transforms[0].settings.empty());
  EXPECT_EQ(sink->transforms[1].plugin_version, "1.0");
  EXPECT_TRUE(sink->transforms[1].settings == (ConfigMap{{"static.field", "x"}}));
  ASSERT_EQ(sink->predicates.size(), 1u);
  EXPECT_TRUE(sink->predicates[0].settings == (ConfigMap{{"pattern", "a.*"}}));
}

TEST(ConnectorConfigTest, BadSinks) {
  struct Case {
    ConfigMap more;
    std::string expected;
  };
  const Case cases[] = {
      {{}, "Must configure one of topics or topics.regex"},
      {{{"topics", "a"}, {"topics.regex", "b"}},
       "topics and topics.regex are mutually exclusive options, but both are set."},
      {{{"topics", "a"}, {"tasks.max", "0"}},
       "Invalid value 0 for configuration tasks.max: Value must be at least 1"},
      {{{"topics", "a"}, {"name", " "}},
       "Invalid value  for configuration name: String may not be empty"},
      {{{"topics", "a"}, {"errors.tolerance", "ALL"}},
       "Invalid value ALL for configuration errors.tolerance: String must be one of: none, all"},
      {{{"topics", "a,d"}, {"errors.deadletterqueue.topic.name", "d"}},
       "The DLQ topic 'd' may not be included in the list of topics ('topics=[a, d]') consumed by "
       "the connector"},
      {{{"topics.regex", "d.*"}, {"errors.deadletterqueue.topic.name", "dlq"}},
       "The DLQ topic 'dlq' may not be matched by the regex for the topics ('topics.regex=d.*') "
       "consumed by the "
       "connector"},
      {{{"topics", "a,a-dlq"}, {"errors.deadletterqueue.topic.name", "${topic}-dlq"}},
       "The DLQ topic 'a-dlq' may not be included in the list of topics ('topics=[a, a-dlq]') "
       "consumed by the connector"},
      {{{"topics", "a,s.TASK_PUT"}, {"errors.deadletterqueue.topic.name", "${connector}.${stage}"}},
       "The DLQ topic 's.TASK_PUT' may not be included in the list of topics ('topics=[a, "
       "s.TASK_PUT]') consumed by the connector"},
      {{{"topics.regex", "a\\.b.*"}, {"errors.deadletterqueue.topic.name", "${topic}-dlq"}},
       "The DLQ topic 'a.bx-dlq' may not be matched by the regex for the topics "
       "('topics.regex=a\\.b.*') consumed by the connector"},
      {{{"topics", "a"}, {"errors.deadletterqueue.topic.name", "${table}"}},
       "Invalid value ${table} for configuration errors.deadletterqueue.topic.name: there is no "
       "variable ${table}; there are ${topic}, ${connector} and ${stage}"},
      {{{"topics", "a"}, {"errors.deadletterqueue.topic.name", "o"}},
       "The DLQ topic 'o' may not be an internal topic of the worker"},
      {{{"topics", "c.x,o"}, {"errors.deadletterqueue.topic.name", "${topic}"}},
       "The DLQ topic 'o' may not be an internal topic of the worker"},
      {{{"topics", "a"}, {"errors.deadletterqueue.topic.name", "__consumer_offsets"}},
       "The DLQ topic '__consumer_offsets' may not be an internal topic of Kafka"},
      {{{"topics", "a,__b"}, {"errors.deadletterqueue.topic.name", "${topic}-dead"}},
       "The DLQ topic '__b-dead' may not begin with __, as internal topics do; set other text "
       "before the variable"},
      {{{"topics", "a"}, {"consumer.override.group.id", "g"}},
       "Consumer group g conflicts with Connect worker group g"},
      {{{"topics", "a"}, {"transforms", "t,t"}, {"transforms.t.type", "X"}},
       "Invalid value [t, t] for configuration transforms: Duplicate alias provided."},
      {{{"topics", "a"}, {"transforms", "t"}},
       "Invalid value null for configuration transforms.t.type: Not a Transformation"},
      {{{"topics", "a"},
        {"transforms", "t"},
        {"transforms.t.type", "X"},
        {"transforms.t.negate", "true"}},
       "Config 'transforms.t.negate' was provided but there is no config 'transforms.t.predicate' "
       "defining a predicate "
       "to be negated."},
      {{{"topics", "a"},
        {"transforms", "t"},
        {"transforms.t.type", "X"},
        {"transforms.t.predicate", "p"}},
       "Invalid value p for configuration transforms.t.predicate: no such alias in predicates, "
       "which names []"},
      {{{"topics", "a"}, {"predicates", "p"}},
       "Invalid value null for configuration predicates.p.type: Not a Predicate"},
  };
  for (const Case& c : cases) EXPECT_EQ(Message(Sink(c.more).status()), c.expected);
  const WorkerConfig worker = Worker({{"group.id", "connect-s"}});
  const auto errors = CheckSink({{"name", "s"}, {"topics", "a"}}, &worker);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(
      errors[0].second,
      "Consumer group for sink connector named s conflicts with Connect worker group connect-s");
}

TEST(ConnectorConfigTest, SourceSettings) {
  auto source = Source({{"transaction.boundary", "INTERVAL"}});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->transaction_boundary, TransactionBoundary::kInterval);
  EXPECT_EQ(source->transaction_interval, milliseconds(60000));
  EXPECT_TRUE(source->topic_creation.empty());
  EXPECT_EQ(source->GroupOf("x"), nullptr);
  EXPECT_FALSE(Source({{"offsets.storage.topic", " "}}).ok());
}

TEST(ConnectorConfigTest, VariablesInTheNameOfADeadLetterQueue) {
  EXPECT_TRUE(
      Sink({{"topics", "a,b"}, {"errors.deadletterqueue.topic.name", "${topic}-dlq"}}).ok());
  // What a regex matches is not known yet: checked again at each new topic of letters.
  for (const char* regex : {"orders-[0-9]+", "(a|b)", "orders"}) {
    EXPECT_TRUE(
        Sink({{"topics.regex", regex}, {"errors.deadletterqueue.topic.name", "dlq.${topic}"}}).ok())
        << regex;
  }
}

TEST(ConnectorConfigTest, ASourceMayHaveADeadLetterQueue) {
  auto source = Source({{"errors.deadletterqueue.topic.name", "d"},
                        {"errors.deadletterqueue.topic.replication.factor", "1"},
                        {"errors.deadletterqueue.context.headers.enable", "true"}});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->errors.dlq_topic, "d");
  EXPECT_EQ(source->errors.dlq_replication_factor, 1);
  EXPECT_TRUE(source->errors.dlq_context_headers);
  EXPECT_EQ(Source({})->errors.dlq_topic, "");
  EXPECT_FALSE(Source({{"errors.deadletterqueue.topic.name", "a b"}}).ok());
  EXPECT_FALSE(Source({{"errors.deadletterqueue.topic.name", "c"}}).ok());  // configs are there
  EXPECT_FALSE(
      Source({{"errors.deadletterqueue.topic.name", "mine"}, {"offsets.storage.topic", "mine"}})
          .ok());
  EXPECT_TRUE(Source({{"errors.deadletterqueue.topic.name", "__mine"}}).ok());  // as the peer
}

TEST(ConnectorConfigTest, TopicCreation) {
  const ConfigMap config{{"topic.creation.groups", "logs"},
                         {"topic.creation.default.replication.factor", "1"},
                         {"topic.creation.default.partitions", "5"},
                         {"topic.creation.default.include", "ignored"},
                         {"topic.creation.default.compression.type", "lz4"},
                         {"topic.creation.logs.include", "log.*, audit"},
                         {"topic.creation.logs.exclude", "log-private"},
                         {"topic.creation.logs.partitions", "1"},
                         {"topic.creation.logs.cleanup.policy", "compact"}};
  auto source = Source(config);
  ASSERT_TRUE(source.ok()) << source.status();
  ASSERT_EQ(source->topic_creation.size(), 2u);
  const TopicCreationGroup& logs = source->topic_creation[0];
  EXPECT_EQ(logs.partitions, 1);
  EXPECT_EQ(logs.replication_factor, 1);
  EXPECT_TRUE(logs.settings == (ConfigMap{{"cleanup.policy", "compact"}}));
  EXPECT_EQ(source->GroupOf("logs")->name, "logs");
  EXPECT_EQ(source->GroupOf("audit")->name, "logs");
  EXPECT_EQ(source->GroupOf("log-private")->name, "default");
  EXPECT_EQ(source->GroupOf("my-log")->name, "default");
  auto ignored = Source(config, {{"topic.creation.enable", "false"}});
  ASSERT_TRUE(ignored.ok());
  EXPECT_TRUE(ignored->topic_creation.empty());
  EXPECT_EQ(ignored->warnings.size(), 1u);
}

TEST(ConnectorConfigTest, BadTopicCreation) {
  EXPECT_EQ(Message(Source({{"topic.creation.groups", "x"}}).status()),
            "Missing required configuration \"topic.creation.default.replication.factor\" which "
            "has no default value.");
  const ConfigMap base{{"topic.creation.default.replication.factor", "-1"},
                       {"topic.creation.default.partitions", "0"}};
  EXPECT_EQ(Message(Source(base).status()),
            "Invalid value 0 for configuration topic.creation.default.partitions: Number of "
            "partitions must be "
            "positive, or -1 to use the broker's default");
  ConfigMap pattern = base;
  pattern.Merge({{"topic.creation.default.partitions", "1"},
                 {"topic.creation.groups", "x"},
                 {"topic.creation.x.include", "["}});
  EXPECT_NE(Message(Source(pattern).status()).find("topic.creation.x.include"),
            std::string_view::npos);
}

TEST(ConnectorConfigTest, TaskCount) {
  EXPECT_TRUE(CheckTaskCount("c", 2, 2).ok());
  EXPECT_TRUE(Message(CheckTaskCount("c", 3, 2))
                  .starts_with("The connector c has generated 3 tasks, which is greater than 2, "
                               "the maximum number of"));
}

}  // namespace
}  // namespace sluice::config
