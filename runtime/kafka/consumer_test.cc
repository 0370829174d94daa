#include "runtime/kafka/consumer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "runtime/kafka/mock_cluster.h"
#include "runtime/kafka/producer.h"

namespace sluice::kafka {
namespace {

TimePoint Deadline() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }
bool InTime(TimePoint deadline) { return std::chrono::steady_clock::now() < deadline; }

struct Listener : RebalanceListener {
  std::vector<std::vector<PartitionOffset>> assigned;
  std::vector<std::vector<TopicPartition>> revoked;
  std::map<TopicPartition, int64_t> start_at;
  bool lost = false;
  bool may_commit = true;
  bool MayCommit() override { return may_commit; }
  void OnAssigned(std::vector<PartitionOffset>& partitions) override {
    assigned.push_back(partitions);
    for (PartitionOffset& partition : partitions) {
      const auto found = start_at.find(partition.partition);
      if (found != start_at.end()) partition.offset = found->second;
    }
  }
  void OnRevoked(const std::vector<TopicPartition>& partitions, bool was_lost) override {
    revoked.push_back(partitions);
    lost = was_lost;
  }
};

struct Commits : CommitListener {
  std::vector<Status> answers;
  void OnCommitted(const Status& status, const std::vector<PartitionOffset>&) override {
    answers.push_back(status);
  }
};

class ConsumerTest : public testing::Test {
 protected:
  void SetUp() override { cluster_.CreateTopic("t", 2); }

  std::unique_ptr<Consumer> Make(RebalanceListener* listener,
                                 const std::map<std::string, std::string>& changes = {}) {
    config::ClientProperties properties = cluster_.ConsumerProperties("g");
    properties.rdkafka["session.timeout.ms"] = "2000";  // the mock's groups wait for it
    properties.rdkafka["heartbeat.interval.ms"] = "100";
    for (const auto& [key, value] : changes) properties.rdkafka[key] = value;
    auto consumer = NewConsumer(properties, listener);
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  // `count` records with the values 0, 1, ... to one partition.
  void Produce(const std::string& topic, int partition, int count) {
    auto producer = *NewProducer(cluster_.ProducerProperties());
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(std::to_string(i));
    for (const std::string& value : values) {
      OutRecord record;
      record.topic = topic;
      record.partition = partition;
      record.value = {value.data(), value.size()};
      ASSERT_TRUE(producer->Send(record).ok());
    }
    struct Ignore : AckListener {
      void OnAck(const Ack& ack) override { EXPECT_TRUE(ack.status.ok()) << ack.status; }
    } ignore;
    const TimePoint deadline = Deadline();
    while (producer->in_flight() > 0 && InTime(deadline)) {
      producer->ServeAcks(milliseconds(100), ignore);
    }
    ASSERT_EQ(producer->in_flight(), 0u);
  }
  // Polls until `count` messages came; answers their offsets by partition.
  std::map<int, std::vector<int64_t>> Read(Consumer& consumer, size_t count) {
    std::map<int, std::vector<int64_t>> offsets;
    size_t seen = 0;
    const TimePoint deadline = Deadline();
    while (seen < count && InTime(deadline)) {
      auto batch = consumer.Poll(milliseconds(100), 500);
      EXPECT_TRUE(batch.ok()) << batch.status();
      if (!batch.ok()) break;
      for (size_t i = 0; i < (*batch)->size(); ++i) {
        const auto message = (*batch)->message(i);
        offsets[message.partition].push_back(message.offset);
        ++seen;
      }
    }
    EXPECT_EQ(seen, count);
    return offsets;
  }
  void PollUntilAssigned(Consumer& consumer, const Listener& listener) {
    const TimePoint deadline = Deadline();
    while (listener.assigned.empty() && InTime(deadline)) {
      ASSERT_TRUE(consumer.Poll(milliseconds(20), 1).ok());
    }
    ASSERT_FALSE(listener.assigned.empty());
  }

  MockCluster cluster_;
};

TEST_F(ConsumerTest, ReadsWhatWasWrittenInBatches) {
  Produce("t", 0, 5);
  Produce("t", 1, 3);
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  const auto offsets = Read(*consumer, 8);
  EXPECT_EQ(offsets.at(0), (std::vector<int64_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(offsets.at(1), (std::vector<int64_t>{0, 1, 2}));
  ASSERT_EQ(listener.assigned.size(), 1u);
  for (const PartitionOffset& partition : listener.assigned[0]) EXPECT_EQ(partition.offset, -1);
  EXPECT_EQ(consumer->Assignment().size(), 2u);
  const auto positions = consumer->Positions({{"t", 0}, {"t", 1}});
  EXPECT_EQ(positions[0].offset, 5);
  EXPECT_EQ(positions[1].offset, 3);
  consumer->Close(milliseconds(5000));
  ASSERT_EQ(listener.revoked.size(), 1u);
  EXPECT_FALSE(listener.lost);
  consumer->Close(milliseconds(5000));  // the second time it does nothing
  EXPECT_EQ(listener.revoked.size(), 1u);
}

TEST_F(ConsumerTest, BeginsWhereTheListenerSays) {
  Produce("t", 0, 10);
  Listener listener;
  listener.start_at[{"t", 0}] = 7;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  EXPECT_EQ(Read(*consumer, 3).at(0), (std::vector<int64_t>{7, 8, 9}));
}

TEST_F(ConsumerTest, CommitsComeBackAtTheNextAssignment) {
  Produce("t", 0, 10);
  {
    Listener listener;
    auto consumer = Make(&listener);
    ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
    Read(*consumer, 10);
    Commits commits;
    ASSERT_TRUE(consumer->CommitAsync({{{"t", 0}, 4}}, commits).ok());
    const TimePoint deadline = Deadline();
    while (commits.answers.empty() && InTime(deadline)) {
      ASSERT_TRUE(consumer->Poll(milliseconds(20), 1).ok());
    }
    ASSERT_EQ(commits.answers.size(), 1u);
    EXPECT_TRUE(commits.answers[0].ok()) << commits.answers[0];
    EXPECT_TRUE(consumer->CommitSync({{{"t", 1}, 0}}, milliseconds(5000)).ok());
    consumer->Close(milliseconds(5000));
  }
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  EXPECT_EQ(Read(*consumer, 6).at(0).front(), 4);
  std::map<int, int64_t> committed;
  for (const PartitionOffset& partition : listener.assigned.at(0)) {
    committed[partition.partition.partition] = partition.offset;
  }
  EXPECT_EQ(committed, (std::map<int, int64_t>{{0, 4}, {1, 0}}));
}

TEST_F(ConsumerTest, SeekPauseAndResume) {
  Produce("t", 0, 10);
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  Read(*consumer, 10);
  ASSERT_TRUE(consumer->Pause({{"t", 0}}).ok());
  ASSERT_TRUE(consumer->Seek({{{"t", 0}, 8}}).ok());
  auto nothing = consumer->Poll(milliseconds(200), 100);
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ((*nothing)->size(), 0u);
  ASSERT_TRUE(consumer->Resume({{"t", 0}}).ok());
  EXPECT_EQ(Read(*consumer, 2).at(0), (std::vector<int64_t>{8, 9}));
}

TEST_F(ConsumerTest, WakeUpEndsAPollAtOnce) {
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  PollUntilAssigned(*consumer, listener);
  consumer->WakeUp();
  const TimePoint start = std::chrono::steady_clock::now();
  ASSERT_TRUE(consumer->Poll(milliseconds(10000), 1).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(ConsumerTest, ABatchOutlivesItsConsumer) {
  Produce("t", 0, 1);
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  std::unique_ptr<ConsumedBatch> batch;
  const TimePoint deadline = Deadline();
  while ((batch == nullptr || batch->size() == 0) && InTime(deadline)) {
    batch = *consumer->Poll(milliseconds(100), 10);
  }
  ASSERT_EQ(batch->size(), 1u);
  consumer->Close(milliseconds(5000));
  consumer.reset();
  EXPECT_EQ(std::string(batch->message(0).value.data, batch->message(0).value.size), "0");
  EXPECT_TRUE(record::IsNull(batch->message(0).key));
  EXPECT_EQ(batch->bytes(), 1u);
}

TEST_F(ConsumerTest, APatternIsJavasAndMatchesWholeNames) {
  cluster_.CreateTopic("orders-eu", 1);
  cluster_.CreateTopic("orders-us-old", 1);
  Produce("orders-eu", 0, 2);
  Produce("orders-us-old", 0, 2);
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->SubscribePattern("orders-(?!us)\\w{2}").ok());
  Read(*consumer, 2);
  EXPECT_EQ(consumer->Assignment(), (std::vector<TopicPartition>{{"orders-eu", 0}}));
  EXPECT_FALSE(Make(nullptr)->SubscribePattern("a(").ok());
}

TEST_F(ConsumerTest, TwoMembersShareAndHandOver) {
  Produce("t", 0, 4);
  Produce("t", 1, 4);
  Listener one, two;
  auto first = Make(&one);
  ASSERT_TRUE(first->Subscribe({"t"}).ok());
  Read(*first, 8);
  auto second = Make(&two);
  ASSERT_TRUE(second->Subscribe({"t"}).ok());
  const TimePoint deadline = Deadline();
  while ((first->Assignment().size() != 1 || second->Assignment().size() != 1) &&
         InTime(deadline)) {
    ASSERT_TRUE(first->Poll(milliseconds(20), 10).ok());
    ASSERT_TRUE(second->Poll(milliseconds(20), 10).ok());
  }
  EXPECT_EQ(first->Assignment().size(), 1u);
  EXPECT_EQ(second->Assignment().size(), 1u);
  EXPECT_EQ(one.revoked.at(0).size(), 2u);  // the eager protocol takes everything first
  first->Close(milliseconds(5000));
  const TimePoint again = Deadline();
  while (second->Assignment().size() != 2 && InTime(again)) {
    ASSERT_TRUE(second->Poll(milliseconds(20), 10).ok());
  }
  EXPECT_EQ(second->Assignment().size(), 2u);
}

TEST_F(ConsumerTest, CooperativeTellsOnlyWhatMoves) {
  const std::map<std::string, std::string> cooperative = {
      {"partition.assignment.strategy", "cooperative-sticky"}};
  Listener one, two;
  auto first = Make(&one, cooperative);
  ASSERT_TRUE(first->Subscribe({"t"}).ok());
  PollUntilAssigned(*first, one);
  auto second = Make(&two, cooperative);
  ASSERT_TRUE(second->Subscribe({"t"}).ok());
  const TimePoint deadline = Deadline();
  while (second->Assignment().size() != 1 && InTime(deadline)) {
    ASSERT_TRUE(first->Poll(milliseconds(20), 10).ok());
    ASSERT_TRUE(second->Poll(milliseconds(20), 10).ok());
  }
  EXPECT_EQ(second->Assignment().size(), 1u);
  EXPECT_EQ(first->Assignment().size(), 1u);
  EXPECT_EQ(one.revoked.at(0).size(), 1u);
}

TEST_F(ConsumerTest, ClosesInTimeWithoutABroker) {
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  PollUntilAssigned(*consumer, listener);
  cluster_.SetUp(false);
  const TimePoint start = std::chrono::steady_clock::now();
  consumer->Close(milliseconds(100));
  EXPECT_EQ(listener.revoked.size(), 1u);
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(ConsumerTest, WaitsForNoBrokerOnceOthersMayHaveItsPartitions) {
  Listener listener;
  auto consumer = Make(&listener);
  ASSERT_TRUE(consumer->Subscribe({"t"}).ok());
  PollUntilAssigned(*consumer, listener);
  cluster_.SetUp(false);
  listener.may_commit = false;
  const Status committed = consumer->CommitSync({{{"t", 1}, 0}}, std::chrono::hours(1));
  EXPECT_EQ(Message(committed), "Out of the group before offsets could be committed");
  consumer->Close(std::chrono::hours(1));
  EXPECT_EQ(listener.revoked.size(), 1u);
}

TEST_F(ConsumerTest, AssignedByHandNeedsNoListener) {
  Produce("t", 1, 6);
  auto consumer = Make(nullptr);
  ASSERT_TRUE(consumer->Assign({{{"t", 1}, 2}}).ok());
  EXPECT_EQ(Read(*consumer, 4).at(1).front(), 2);
  const auto marks = consumer->Watermarks({"t", 1}, milliseconds(5000));
  ASSERT_TRUE(marks.ok());
  EXPECT_EQ(marks->second, 6);
}

TEST_F(ConsumerTest, AnOffsetOutOfRangeWithoutResetIsAnError) {
  Produce("t", 0, 2);
  auto consumer = Make(nullptr, {{"auto.offset.reset", "error"}});
  ASSERT_TRUE(consumer->Assign({{{"t", 0}, 100}}).ok());
  Status status;
  const TimePoint deadline = Deadline();
  while (status.ok() && InTime(deadline)) status = consumer->Poll(milliseconds(100), 10).status();
  EXPECT_EQ(ExceptionClass(status), "org.apache.kafka.common.errors.OffsetOutOfRangeException");
}

}  // namespace
}  // namespace sluice::kafka
