#include "runtime/kafka/producer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "runtime/kafka/mock_cluster.h"

namespace sluice::kafka {
namespace {

constexpr int kProduce = 0;  // the protocol's number

struct Collector : AckListener {
  struct Seen {
    Status status;
    std::string topic;
    int32_t partition;
    int64_t offset;
  };
  std::map<uint64_t, Seen> acks;
  void OnAck(const Ack& ack) override {
    acks[ack.tag] = {ack.status, std::string(ack.topic), ack.partition, ack.offset};
  }
};

Bytes Text(std::string_view text) { return {text.data(), text.size()}; }

class ProducerTest : public testing::Test {
 protected:
  void SetUp() override { cluster_.CreateTopic("t", 4); }
  std::unique_ptr<Producer> Make(const std::map<std::string, std::string>& changes = {}) {
    config::ClientProperties properties = cluster_.ProducerProperties();
    for (const auto& [key, value] : changes) properties.rdkafka[key] = value;
    auto producer = NewProducer(properties);
    EXPECT_TRUE(producer.ok()) << producer.status();
    return *std::move(producer);
  }
  Status Send(Producer& producer, std::string_view key, std::string_view value, uint64_t tag,
              std::string_view topic = "t") {
    OutRecord record;
    record.topic = topic;
    record.key = Text(key);
    record.value = Text(value);
    record.tag = tag;
    const auto sent = producer.Send(record);
    if (!sent.ok()) return sent.status();
    return *sent == Producer::Sent::kSent ? OkStatus() : RetriableError("queue full");
  }
  void WaitForAcks(Producer& producer, size_t count) {
    const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (seen_.acks.size() < count && std::chrono::steady_clock::now() < deadline) {
      producer.ServeAcks(milliseconds(100), seen_);
    }
    ASSERT_EQ(seen_.acks.size(), count);
  }

  MockCluster cluster_;
  Collector seen_;
};

TEST_F(ProducerTest, AcksCarryTagPartitionAndOffset) {
  auto producer = Make();
  ASSERT_TRUE(Send(*producer, "a", "1", 7).ok());
  ASSERT_TRUE(Send(*producer, "a", "2", 0xffffffffffffffffu).ok());
  EXPECT_EQ(producer->in_flight(), 2u);
  WaitForAcks(*producer, 2);
  EXPECT_EQ(producer->in_flight(), 0u);
  EXPECT_TRUE(seen_.acks[7].status.ok());
  EXPECT_EQ(seen_.acks[7].topic, "t");
  EXPECT_EQ(seen_.acks[7].offset, 0);
  EXPECT_EQ(seen_.acks[0xffffffffffffffffu].offset, 1);
}

// The partitions that Java's default partitioner takes for these keys, of 4.
TEST_F(ProducerTest, PartitionsLikeJava) {
  auto producer = Make();
  const std::vector<std::pair<std::string, int>> expected = {
      {"21", 3}, {"foobar", 2}, {"a-little-bit-long-string", 3}, {"abc", 3}};
  for (size_t i = 0; i < expected.size(); ++i) {
    ASSERT_TRUE(Send(*producer, expected[i].first, "v", i).ok());
  }
  WaitForAcks(*producer, expected.size());
  // Utils.murmur2 of Java's own test: 21 -> -973932308, foobar -> -790332482,
  // a-little-bit-long-string -> -985981536, abc -> 479470107; toPositive(hash) % 4.
  EXPECT_EQ(seen_.acks[0].partition, (-973932308 & 0x7fffffff) % 4);
  EXPECT_EQ(seen_.acks[1].partition, (-790332482 & 0x7fffffff) % 4);
  EXPECT_EQ(seen_.acks[2].partition, (-985981536 & 0x7fffffff) % 4);
  EXPECT_EQ(seen_.acks[3].partition, (479470107 & 0x7fffffff) % 4);
}

TEST_F(ProducerTest, ARecordThatIsTooLargeIsRefusedAtOnce) {
  auto producer = Make({{"message.max.bytes", "2000"}});
  const Status status = Send(*producer, "k", std::string(3000, 'x'), 1);
  EXPECT_EQ(ExceptionClass(status), "org.apache.kafka.common.errors.RecordTooLargeException");
  EXPECT_FALSE(IsRetriable(status));
  EXPECT_NE(Message(status).find("larger than 2000, which is the value of the max.request.size"),
            std::string::npos)
      << status;
  EXPECT_EQ(producer->in_flight(), 0u);
}

TEST_F(ProducerTest, BadRecordsNameWhatIsWrong) {
  auto producer = Make();
  OutRecord record;
  record.topic = "t";
  record.timestamp = -5;
  EXPECT_EQ(Message(producer->Send(record).status()),
            "Invalid timestamp: -5. Timestamp should always be non-negative or null.");
  record.timestamp = INT64_MIN;
  record.partition = -2;
  EXPECT_EQ(Message(producer->Send(record).status()),
            "Invalid partition: -2. Partition number should always be non-negative or null.");
  record.topic = "";
  EXPECT_EQ(ExceptionClass(producer->Send(record).status()),
            "org.apache.kafka.common.errors.InvalidTopicException");
}

TEST_F(ProducerTest, AFullQueueTakesNothing) {
  cluster_.SetUp(false);
  auto producer = Make({{"queue.buffering.max.messages", "3"}});
  for (uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(Send(*producer, "k", "v", i).ok());
  OutRecord record;
  record.topic = "t";
  auto sent = producer->Send(record);
  ASSERT_TRUE(sent.ok());
  EXPECT_EQ(*sent, Producer::Sent::kQueueFull);
  EXPECT_EQ(producer->in_flight(), 3u);
  cluster_.SetUp(true);
  WaitForAcks(*producer, 3);
  EXPECT_TRUE(seen_.acks[2].status.ok());
  EXPECT_EQ(*producer->Send(record), Producer::Sent::kSent);
}

TEST_F(ProducerTest, PurgeGivesBackEveryRecord) {
  cluster_.SetUp(false);
  auto producer = Make();
  for (uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(Send(*producer, "k", "v", i).ok());
  producer->Purge();
  WaitForAcks(*producer, 5);
  for (const auto& [tag, ack] : seen_.acks) EXPECT_FALSE(ack.status.ok());
  EXPECT_EQ(producer->in_flight(), 0u);
}

TEST_F(ProducerTest, AnUnreachableBrokerDoesNotKeepTheDestructor) {
  cluster_.SetUp(false);
  auto producer = Make();
  ASSERT_TRUE(Send(*producer, "k", "v", 1).ok());
  const TimePoint start = std::chrono::steady_clock::now();
  producer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(ProducerTest, TheBrokersRefusalHasJavasName) {
  struct {
    int code;
    const char* java_class;
    bool retriable;
  } cases[] = {{29, "org.apache.kafka.common.errors.TopicAuthorizationException", false},
               {10, "org.apache.kafka.common.errors.RecordTooLargeException", false},
               {17, "org.apache.kafka.common.errors.InvalidTopicException", false}};
  uint64_t tag = 0;
  for (const auto& expected : cases) {
    auto producer = Make({{"enable.idempotence", "false"}, {"retries", "0"}});
    cluster_.FailNext(kProduce, {expected.code});
    ASSERT_TRUE(Send(*producer, "k", "payload", tag).ok());
    WaitForAcks(*producer, tag + 1);
    EXPECT_EQ(ExceptionClass(seen_.acks[tag].status), expected.java_class);
    EXPECT_EQ(IsRetriable(seen_.acks[tag].status), expected.retriable);
    if (expected.code != 29) {  // which has a text of ours
      EXPECT_NE(Message(seen_.acks[tag].status).find(": Broker: "), std::string_view::npos);
    }
    EXPECT_EQ(Message(seen_.acks[tag].status).find("payload"), std::string_view::npos);
    ++tag;
  }
}

TEST_F(ProducerTest, APassingErrorIsRetried) {
  auto producer = Make({{"retry.backoff.ms", "10"}});
  cluster_.FailNext(kProduce, {6, 7, 6});  // not the leader, a time-out
  ASSERT_TRUE(Send(*producer, "k", "v", 1).ok());
  WaitForAcks(*producer, 1);
  EXPECT_TRUE(seen_.acks[1].status.ok()) << seen_.acks[1].status;
}

TEST_F(ProducerTest, ABadSettingNamesItself) {
  config::ClientProperties properties = cluster_.ProducerProperties();
  properties.rdkafka["linger.ms"] = "many";
  const auto producer = NewProducer(properties);
  EXPECT_EQ(ExceptionClass(producer.status()), kConfigException);
  EXPECT_NE(Message(producer.status()).find("linger.ms"), std::string::npos);
}

}  // namespace
}  // namespace sluice::kafka
