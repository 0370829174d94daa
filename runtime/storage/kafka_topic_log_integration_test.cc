// The topic log against a real broker, whose address is in SLUICE_KAFKA: creating topics, and what
// it says about topics that cannot serve.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "runtime/kafka/mock_cluster.h"
#include "runtime/storage/kafka_topic_log.h"

namespace sluice::storage {
namespace {

constexpr milliseconds kTimeout{30000};

class RealTopicLogTest : public testing::Test {
 protected:
  void SetUp() override {
    bootstrap_ = kafka::RealBootstrapServers();
    ASSERT_FALSE(bootstrap_.empty()) << "set SLUICE_KAFKA to the address of a broker";
    admin_ = *kafka::NewAdmin(kafka::TestAdmin(bootstrap_));
    topic_ = "topic-log-" + std::to_string(Clock::System().WallMillis());
  }
  KafkaTopicLogOptions Options() {
    KafkaTopicLogOptions options;
    options.topic.name = topic_;
    options.topic.partitions = 5;
    options.topic.replication_factor = 1;
    options.topic.settings = {{"segment.bytes", "1048576"}};
    options.purpose = "connector and task statuses";
    options.topic_key = "status.storage.topic";
    options.admin = admin_;
    options.consumer = kafka::TestConsumer(bootstrap_, "");
    options.consumer.rdkafka.erase("group.id");
    options.producer = kafka::TestProducer(bootstrap_);
    return options;
  }
  static int64_t MillisSince(TimePoint start) {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start)
        .count();
  }

  std::string bootstrap_, topic_;
  std::shared_ptr<kafka::Admin> admin_;
};

TEST_F(RealTopicLogTest, CreatesACompactedTopicAndReadsItBack) {
  {
    KafkaTopicLog log(Options());
    const Status started = log.Start([](const LogRecord&) {}, kTimeout);
    ASSERT_TRUE(started.ok()) << StackTrace(started);
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(AppendAndWait(log, "key-" + std::to_string(i), "value", kTimeout).ok());
    }
  }
  const auto config = admin_->TopicConfig(topic_, kTimeout);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->at("cleanup.policy"), "compact");
  EXPECT_EQ(config->at("segment.bytes"), "1048576");
  EXPECT_EQ((*admin_->DescribeTopic(topic_, kTimeout))->partitions, 5);

  std::map<std::string, int> seen;
  KafkaTopicLog log(Options());
  const TimePoint start = std::chrono::steady_clock::now();
  ASSERT_TRUE(
      log.Start([&](const LogRecord& record) { ++seen[std::string(*record.key)]; }, kTimeout).ok());
  RecordProperty("start_ms", static_cast<int>(MillisSince(start)));
  EXPECT_EQ(seen.size(), 50u);
  const TimePoint write = std::chrono::steady_clock::now();
  ASSERT_TRUE(AppendAndWait(log, "one", "more", kTimeout).ok());
  RecordProperty("write_ms", static_cast<int>(MillisSince(write)));
  const TimePoint barrier = std::chrono::steady_clock::now();
  ASSERT_TRUE(ReadToEnd(log, kTimeout).ok());
  RecordProperty("barrier_ms", static_cast<int>(MillisSince(barrier)));
  log.Stop();
  EXPECT_EQ(seen.count("one"), 1u);
}

TEST_F(RealTopicLogTest, RefusesATopicThatForgets) {
  kafka::NewTopic topic{topic_, 1, 1, {{"cleanup.policy", "delete"}}};
  ASSERT_TRUE(admin_->CreateTopic(topic, kTimeout).ok());
  EXPECT_EQ(admin_->CreateTopic(topic, kTimeout).code(), absl::StatusCode::kAlreadyExists);
  KafkaTopicLog log(Options());
  const Status status = log.Start([](const LogRecord&) {}, kTimeout);
  EXPECT_EQ(ExceptionClass(status), kConfigException);
  EXPECT_NE(Message(status).find(
                "is required to have 'cleanup.policy=compact' to guarantee consistency and "
                "durability of connector and task statuses, but found the topic currently has "
                "'cleanup.policy=delete'"),
            std::string_view::npos)
      << status;
}

TEST_F(RealTopicLogTest, TooFewBrokersIsSaidAfterTrying) {
  KafkaTopicLogOptions options = Options();
  options.topic.replication_factor = 3;
  KafkaTopicLog log(std::move(options));
  const Status status = log.Start([](const LogRecord&) {}, milliseconds(2000));
  EXPECT_NE(StackTrace(status).find("eplication factor"), std::string::npos) << StackTrace(status);
}

TEST_F(RealTopicLogTest, TheClustersIdAndAnAddressWhereNobodyAnswers) {
  const auto id = admin_->ClusterId(kTimeout);
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_EQ(id->size(), 22u);
  const auto nobody = *kafka::NewAdmin(kafka::TestAdmin("127.0.0.1:1"));
  const auto answer = nobody->ClusterId(milliseconds(1000));
  EXPECT_TRUE(IsRetriable(answer.status()));
  EXPECT_NE(Message(answer.status()).find("127.0.0.1:1"), std::string_view::npos);
}

}  // namespace
}  // namespace sluice::storage
