// Producer, consumer and admin against a real broker, whose address is in SLUICE_KAFKA: what the
// mock cluster cannot show.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/kafka/admin.h"
#include "runtime/kafka/consumer.h"
#include "runtime/kafka/mock_cluster.h"
#include "runtime/kafka/producer.h"

namespace sluice::kafka {
namespace {

constexpr milliseconds kTimeout{30000};

struct Acks : AckListener {
  std::vector<Ack> all;
  void OnAck(const Ack& ack) override {
    all.push_back(ack);
    all.back().topic = {};
  }
};
struct Ignore : RebalanceListener {
  std::vector<PartitionOffset> assigned;
  void OnAssigned(std::vector<PartitionOffset>& partitions) override { assigned = partitions; }
  void OnRevoked(const std::vector<TopicPartition>&, bool) override {}
};
Bytes Text(std::string_view text) { return {text.data(), text.size()}; }
std::string ToString(Bytes bytes) {
  return record::IsNull(bytes) ? "(null)" : std::string(bytes.data, bytes.size);
}

class RealKafkaTest : public testing::Test {
 protected:
  void SetUp() override {
    bootstrap_ = RealBootstrapServers();
    ASSERT_FALSE(bootstrap_.empty()) << "set SLUICE_KAFKA to the address of a broker";
    admin_ = *NewAdmin(TestAdmin(bootstrap_));
    topic_ = "clients-" + std::to_string(Clock::System().WallMillis());
  }
  void CreateTopic(int partitions = 1) {
    const Status created = admin_->CreateTopic({topic_, partitions, 1, {}}, kTimeout);
    ASSERT_TRUE(created.ok()) << created;
  }
  std::unique_ptr<Producer> MakeProducer(const std::map<std::string, std::string>& changes = {}) {
    config::ClientProperties properties = TestProducer(bootstrap_);
    for (const auto& [key, value] : changes) properties.rdkafka[key] = value;
    auto producer = NewProducer(properties);
    EXPECT_TRUE(producer.ok()) << producer.status();
    return *std::move(producer);
  }
  std::unique_ptr<Consumer> MakeConsumer(RebalanceListener* listener) {
    config::ClientProperties properties = TestConsumer(bootstrap_, "group-" + topic_);
    auto consumer = NewConsumer(properties, listener);
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  void WaitForAcks(Producer& producer, Acks& acks, size_t count) {
    const TimePoint deadline = std::chrono::steady_clock::now() + kTimeout;
    while (acks.all.size() < count && std::chrono::steady_clock::now() < deadline) {
      producer.ServeAcks(milliseconds(100), acks);
    }
    ASSERT_EQ(acks.all.size(), count);
  }
  std::unique_ptr<ConsumedBatch> PollSome(Consumer& consumer) {
    const TimePoint deadline = std::chrono::steady_clock::now() + kTimeout;
    while (std::chrono::steady_clock::now() < deadline) {
      auto batch = consumer.Poll(milliseconds(100), 500);
      EXPECT_TRUE(batch.ok()) << batch.status();
      if (!batch.ok() || (*batch)->size() > 0) return *std::move(batch);
    }
    ADD_FAILURE() << "nothing came";
    return nullptr;
  }

  std::string bootstrap_, topic_;
  std::unique_ptr<Admin> admin_;
};

TEST_F(RealKafkaTest, EveryPartOfARecordComesBack) {
  CreateTopic();
  auto producer = MakeProducer();
  const std::string empty;
  const OutHeader headers[] = {{"h", Text("1")}, {"h", record::kNullBytes}, {"", Text("x")}};
  OutRecord full;
  full.topic = topic_;
  full.timestamp = 1'700'000'000'123;
  full.key = Text("key");
  full.value = Text("value");
  full.headers = headers;
  full.header_count = 3;
  ASSERT_TRUE(producer->Send(full).ok());
  OutRecord bare;
  bare.topic = topic_;
  ASSERT_TRUE(producer->Send(bare).ok());
  bare.key = bare.value = {empty.data(), 0};
  ASSERT_TRUE(producer->Send(bare).ok());
  Acks acks;
  WaitForAcks(*producer, acks, 3);
  EXPECT_EQ(acks.all[0].timestamp, 1'700'000'000'123);

  auto consumer = MakeConsumer(nullptr);
  ASSERT_TRUE(consumer->Assign({{{topic_, 0}, 0}}).ok());
  const auto batch = PollSome(*consumer);
  ASSERT_EQ(batch->size(), 3u);
  const auto first = batch->message(0);
  EXPECT_EQ(first.timestamp, 1'700'000'000'123);
  EXPECT_EQ(first.timestamp_type, SLUICE_TIMESTAMP_CREATE);
  EXPECT_TRUE(first.has_headers);
  std::vector<std::pair<std::string_view, Bytes>> read;
  batch->Headers(0, read);
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(ToString(read[0].second), "1");
  EXPECT_EQ(ToString(read[1].second), "(null)");
  EXPECT_EQ(read[2].first, "");
  EXPECT_EQ(ToString(batch->message(1).key), "(null)");
  EXPECT_EQ(ToString(batch->message(1).value), "(null)");
  EXPECT_FALSE(batch->message(1).has_headers);
  EXPECT_EQ(ToString(batch->message(2).key), "");
  EXPECT_EQ(ToString(batch->message(2).value), "");
}

TEST_F(RealKafkaTest, EveryCodecIsReadable) {
  CreateTopic();
  const std::string value(1000, 'v');
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    auto producer = MakeProducer({{"compression.codec", codec}});
    OutRecord record;
    record.topic = topic_;
    record.value = Text(value);
    ASSERT_TRUE(producer->Send(record).ok());
    Acks acks;
    WaitForAcks(*producer, acks, 1);
    EXPECT_TRUE(acks.all[0].status.ok()) << codec << acks.all[0].status;
  }
  auto consumer = MakeConsumer(nullptr);
  ASSERT_TRUE(consumer->Assign({{{topic_, 0}, 0}}).ok());
  size_t seen = 0;
  while (seen < 5) {
    const auto batch = PollSome(*consumer);
    ASSERT_NE(batch, nullptr);
    for (size_t i = 0; i < batch->size(); ++i) {
      EXPECT_EQ(ToString(batch->message(i).value), value);
      ++seen;
    }
  }
}

TEST_F(RealKafkaTest, ARecordThatOnlyTheBrokerFindsTooLarge) {
  ASSERT_TRUE(admin_->CreateTopic({topic_, 1, 1, {{"max.message.bytes", "1000"}}}, kTimeout).ok());
  auto producer = MakeProducer();
  const std::string value(2000, 'v');
  OutRecord record;
  record.topic = topic_;
  record.value = Text(value);
  ASSERT_TRUE(producer->Send(record).ok());
  Acks acks;
  WaitForAcks(*producer, acks, 1);
  EXPECT_EQ(ExceptionClass(acks.all[0].status),
            "org.apache.kafka.common.errors.RecordTooLargeException");
  EXPECT_FALSE(IsRetriable(acks.all[0].status));
  // The producer goes on.
  record.value = Text("small");
  ASSERT_TRUE(producer->Send(record).ok());
  WaitForAcks(*producer, acks, 2);
  EXPECT_TRUE(acks.all[1].status.ok()) << acks.all[1].status;
}

TEST_F(RealKafkaTest, APartitionThatDoesNotExistIsAnErrorAtOnceOrAtTheAck) {
  CreateTopic();
  auto producer = MakeProducer();
  OutRecord record;
  record.topic = topic_;
  record.partition = 9;
  Acks acks;
  Status status = producer->Send(record).status();
  if (status.ok()) {  // the metadata was not there yet
    WaitForAcks(*producer, acks, 1);
    status = acks.all[0].status;
  }
  EXPECT_EQ(ExceptionClass(status),
            "org.apache.kafka.common.errors.UnknownTopicOrPartitionException");
  EXPECT_FALSE(IsRetriable(status));
}

TEST_F(RealKafkaTest, AnInvalidTopicNameIsRefused) {
  auto producer = MakeProducer();
  OutRecord record;
  record.topic = "no blanks please";
  ASSERT_TRUE(producer->Send(record).ok());
  Acks acks;
  WaitForAcks(*producer, acks, 1);
  EXPECT_EQ(ExceptionClass(acks.all[0].status),
            "org.apache.kafka.common.errors.InvalidTopicException")
      << acks.all[0].status;
}

TEST_F(RealKafkaTest, AGroupResumesWhereItCommitted) {
  CreateTopic(2);
  auto producer = MakeProducer();
  for (int i = 0; i < 10; ++i) {
    OutRecord record;
    record.topic = topic_;
    record.partition = i % 2;
    record.value = Text("v");
    ASSERT_TRUE(producer->Send(record).ok());
  }
  Acks acks;
  WaitForAcks(*producer, acks, 10);
  {
    Ignore listener;
    auto consumer = MakeConsumer(&listener);
    ASSERT_TRUE(consumer->Subscribe({topic_}).ok());
    size_t seen = 0;
    while (seen < 10) seen += PollSome(*consumer)->size();
    ASSERT_TRUE(consumer->CommitSync({{{topic_, 0}, 3}}, kTimeout).ok());
    consumer->Close(milliseconds(5000));
  }
  const auto committed = admin_->GroupOffsets("group-" + topic_, kTimeout);
  ASSERT_TRUE(committed.ok()) << committed.status();
  ASSERT_EQ(committed->size(), 1u);
  EXPECT_EQ((*committed)[0].offset, 3);
  Ignore listener;
  auto consumer = MakeConsumer(&listener);
  ASSERT_TRUE(consumer->Subscribe({topic_}).ok());
  std::map<int, int64_t> first;
  size_t seen = 0;
  while (seen < 7) {
    const auto batch = PollSome(*consumer);
    ASSERT_NE(batch, nullptr);
    for (size_t i = 0; i < batch->size(); ++i, ++seen) {
      first.emplace(batch->message(i).partition, batch->message(i).offset);
    }
  }
  EXPECT_EQ(first, (std::map<int, int64_t>{{0, 3}, {1, 0}}));
  consumer->Close(milliseconds(5000));
}

TEST_F(RealKafkaTest, ATopicThatIsMadeLaterIsConsumed) {
  Ignore listener;
  auto consumer = MakeConsumer(&listener);
  ASSERT_TRUE(consumer->SubscribePattern(topic_ + "-.+").ok());
  ASSERT_TRUE(consumer->Poll(milliseconds(300), 1).ok());
  const TimePoint start = std::chrono::steady_clock::now();
  consumer->WakeUp();
  EXPECT_EQ((*consumer->Poll(kTimeout, 1))->size(), 0u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  consumer->Close(milliseconds(1000));
}

}  // namespace
}  // namespace sluice::kafka
