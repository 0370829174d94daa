#include "runtime/storage/kafka_topic_log.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kafka/mock_cluster.h"
#include "runtime/storage/wait.h"

namespace sluice::storage {
namespace {

constexpr milliseconds kTimeout{20000};

// The mock cluster answers no DescribeTopics; all else is asked for real.
class MockAdmin : public kafka::Admin {
 public:
  explicit MockAdmin(std::unique_ptr<kafka::Admin> real) : real_(std::move(real)) {}
  bool up = true;
  Mutex mutex;
  CondVar changed;
  bool missing = false;  // the topic
  int asked_ends ABSL_GUARDED_BY(mutex) = 0;
  bool hold_ends ABSL_GUARDED_BY(mutex) = false;

  StatusOr<std::string> ClusterId(milliseconds timeout) override {
    return real_->ClusterId(timeout);
  }
  StatusOr<std::optional<kafka::TopicInfo>> DescribeTopic(std::string_view topic,
                                                          milliseconds timeout) override {
    if (!up) return real_->DescribeTopic(topic, timeout);
    if (missing) return std::optional<kafka::TopicInfo>();
    return std::optional(kafka::TopicInfo{std::string(topic), 3});
  }
  Status CreateTopic(const kafka::NewTopic& topic, milliseconds timeout) override {
    return real_->CreateTopic(topic, timeout);
  }
  StatusOr<std::map<std::string, std::string>> TopicConfig(std::string_view,
                                                           milliseconds) override {
    return std::map<std::string, std::string>{{"cleanup.policy", "compact"}};
  }
  StatusOr<std::vector<kafka::PartitionOffset>> EndOffsets(
      const std::vector<kafka::TopicPartition>& partitions, milliseconds timeout) override {
    MutexLock lock(mutex);
    ++asked_ends;
    changed.NotifyAll();
    const TimePoint deadline = std::chrono::steady_clock::now() + timeout;
    while (hold_ends && changed.WaitUntil(mutex, deadline)) {
    }
    if (hold_ends) return TimeoutError("held");
    return real_->EndOffsets(partitions, timeout);
  }
  StatusOr<std::vector<kafka::PartitionOffset>> GroupOffsets(std::string_view group,
                                                             milliseconds timeout) override {
    return real_->GroupOffsets(group, timeout);
  }
  Status AlterGroupOffsets(std::string_view group,
                           const std::vector<kafka::PartitionOffset>& offsets,
                           milliseconds timeout) override {
    return real_->AlterGroupOffsets(group, offsets, timeout);
  }
  Status DeleteGroupOffsets(std::string_view group,
                            const std::vector<kafka::TopicPartition>& partitions,
                            milliseconds timeout) override {
    return real_->DeleteGroupOffsets(group, partitions, timeout);
  }
  Status DeleteGroup(std::string_view group, milliseconds timeout) override {
    return real_->DeleteGroup(group, timeout);
  }

 private:
  const std::unique_ptr<kafka::Admin> real_;
};

class KafkaTopicLogTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.CreateTopic("offsets", 3);
    admin_ = std::make_shared<MockAdmin>(*kafka::NewAdmin(cluster_.AdminProperties()));
  }
  KafkaTopicLogOptions Options(const std::string& topic = "offsets") {
    KafkaTopicLogOptions options;
    options.topic.name = topic;
    options.purpose = "source connector offsets";
    options.topic_key = "offset.storage.topic";
    options.admin = admin_;
    options.consumer = cluster_.ConsumerProperties("");
    options.consumer.rdkafka.erase("group.id");
    options.producer = cluster_.ProducerProperties();
    options.producer.rdkafka["retry.backoff.ms"] = "10";
    return options;
  }
  // What the log read, by key; the callback runs on the log's thread.
  struct Reading {
    Mutex mutex;
    std::map<std::string, std::string> last ABSL_GUARDED_BY(mutex);
    TopicLog::Reader reader() {
      return [this](const LogRecord& record) {
        MutexLock lock(mutex);
        last[std::string(record.key.value_or("(null)"))] =
            std::string(record.value.value_or("(null)"));
      };
    }
    std::map<std::string, std::string> Last() {
      MutexLock lock(mutex);
      return last;
    }
  };

  kafka::MockCluster cluster_;
  std::shared_ptr<MockAdmin> admin_;
};

TEST_F(KafkaTopicLogTest, WhatWasAppendedIsReadAfterABarrierAndAfterARestart) {
  const std::map<std::string, std::string> expected = {{"a", "2"}, {"b", "(null)"}, {"c", ""}};
  {
    Reading reading;
    KafkaTopicLog log(Options());
    const Status started = log.Start(reading.reader(), kTimeout);
    ASSERT_TRUE(started.ok()) << StackTrace(started);
    ASSERT_TRUE(AppendAndWait(log, "a", "1", kTimeout).ok());
    ASSERT_TRUE(AppendAndWait(log, "a", "2", kTimeout).ok());
    ASSERT_TRUE(AppendAndWait(log, "b", std::nullopt, kTimeout).ok());
    ASSERT_TRUE(AppendAndWait(log, "c", "", kTimeout).ok());
    ASSERT_TRUE(ReadToEnd(log, kTimeout).ok());
    EXPECT_EQ(reading.Last(), expected);
    log.Stop();
    log.Stop();
  }
  Reading again;
  KafkaTopicLog log(Options());
  const Status started = log.Start(again.reader(), kTimeout);
  ASSERT_TRUE(started.ok()) << started;
  EXPECT_EQ(again.Last(), expected);  // read before Start came back
}

TEST_F(KafkaTopicLogTest, ManyAppendsAtOnceAllArrive) {
  Reading reading;
  KafkaTopicLog log(Options());
  ASSERT_TRUE(log.Start(reading.reader(), kTimeout).ok());
  Mutex mutex;
  int failed = 0, done = 0;
  for (int i = 0; i < 2000; ++i) {
    log.Append(std::to_string(i), "v", kTimeout, [&](const Status& status) {
      MutexLock lock(mutex);
      ++done;
      failed += status.ok() ? 0 : 1;
    });
  }
  ASSERT_TRUE(AppendAndWait(log, "last", "v", kTimeout).ok());
  ASSERT_TRUE(ReadToEnd(log, kTimeout).ok());
  log.Stop();
  MutexLock lock(mutex);
  EXPECT_EQ(done, 2000);
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(reading.Last().size(), 2001u);
}

TEST_F(KafkaTopicLogTest, OneLookAtTheEndServesAllThatAskedBefore) {
  Reading reading;
  KafkaTopicLog log(Options());
  ASSERT_TRUE(log.Start(reading.reader(), kTimeout).ok());
  Mutex mutex;
  CondVar changed;
  int done = 0;
  const auto barrier = [&] {
    log.Barrier(kTimeout, [&](const Status& status) {
      EXPECT_TRUE(status.ok()) << status;
      MutexLock lock(mutex);
      ++done;
      changed.NotifyAll();
    });
  };
  int before = 0;
  {
    MutexLock lock(admin_->mutex);
    before = admin_->asked_ends;
    admin_->hold_ends = true;
  }
  barrier();
  {
    MutexLock lock(admin_->mutex);
    const TimePoint deadline = std::chrono::steady_clock::now() + kTimeout;
    while (admin_->asked_ends == before && admin_->changed.WaitUntil(admin_->mutex, deadline)) {
    }
  }
  for (int i = 0; i < 100; ++i) barrier();
  {
    MutexLock lock(admin_->mutex);
    admin_->hold_ends = false;
    admin_->changed.NotifyAll();
  }
  const TimePoint deadline = std::chrono::steady_clock::now() + kTimeout;
  {
    MutexLock lock(mutex);
    while (done < 101 && changed.WaitUntil(mutex, deadline)) {
    }
    EXPECT_EQ(done, 101);
  }
  log.Stop();
  MutexLock lock(admin_->mutex);
  EXPECT_EQ(admin_->asked_ends, before + 2);
}

TEST_F(KafkaTopicLogTest, AQuestionWithoutAnAnswerIsAskedAgainLongBeforeTheStartIsOver) {
  Reading reading;
  KafkaTopicLog log(Options());
  {
    MutexLock lock(admin_->mutex);
    admin_->hold_ends = true;
  }
  Status started;
  std::thread starting([&] { started = log.Start(reading.reader(), std::chrono::hours(1)); });
  {
    MutexLock lock(admin_->mutex);
    const TimePoint deadline = std::chrono::steady_clock::now() + kTimeout;
    while (admin_->asked_ends < 2 && admin_->changed.WaitUntil(admin_->mutex, deadline)) {
    }
    EXPECT_EQ(admin_->asked_ends, 2);
    admin_->hold_ends = false;
    admin_->changed.NotifyAll();
  }
  starting.join();
  EXPECT_TRUE(started.ok()) << started;
}

TEST_F(KafkaTopicLogTest, ATopicThatIsMissingIsNotMadeByWhoMayNot) {
  Reading reading;
  KafkaTopicLogOptions options = Options("nowhere");
  options.create = false;
  admin_->missing = true;
  KafkaTopicLog log(std::move(options));
  EXPECT_EQ(Message(log.Start(reading.reader(), kTimeout)),
            "Topic 'nowhere' supplied via the 'offset.storage.topic' property does not exist");
}

TEST_F(KafkaTopicLogTest, TwoLogsFollowEachOther) {
  Reading one, two;
  KafkaTopicLog first(Options()), second(Options());
  ASSERT_TRUE(first.Start(one.reader(), kTimeout).ok());
  ASSERT_TRUE(second.Start(two.reader(), kTimeout).ok());
  ASSERT_TRUE(AppendAndWait(first, "k", "v", kTimeout).ok());
  ASSERT_TRUE(ReadToEnd(second, kTimeout).ok());
  EXPECT_EQ(two.Last().at("k"), "v");
}

TEST_F(KafkaTopicLogTest, WithoutABrokerWritesAndBarriersEndInTime) {
  Reading reading;
  KafkaTopicLog log(Options());
  ASSERT_TRUE(log.Start(reading.reader(), kTimeout).ok());
  cluster_.SetUp(false);
  const TimePoint start = std::chrono::steady_clock::now();
  const Status write = AppendAndWait(log, "k", "v", milliseconds(300));
  EXPECT_EQ(ExceptionClass(write), "org.apache.kafka.common.errors.TimeoutException") << write;
  EXPECT_FALSE(ReadToEnd(log, milliseconds(300)).ok());
  log.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  Status late;
  log.Append("k", "v", kTimeout, [&](const Status& status) { late = status; });
  EXPECT_TRUE(IsStopped(late));
  log.Barrier(kTimeout, [&](const Status& status) { late = status; });
  EXPECT_TRUE(IsStopped(late));
}

TEST_F(KafkaTopicLogTest, ABrokerThatComesBackTakesWhatWaited) {
  Reading reading;
  KafkaTopicLog log(Options());
  ASSERT_TRUE(log.Start(reading.reader(), kTimeout).ok());
  ASSERT_TRUE(AppendAndWait(log, "k", "1", kTimeout).ok());
  cluster_.SetUp(false);
  Mutex mutex;
  CondVar changed;
  bool written = false;
  log.Append("k", "2", milliseconds(40000), [&](const Status& status) {
    MutexLock lock(mutex);
    written = status.ok();
    changed.NotifyAll();
  });
  cluster_.SetUp(true);
  const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  {
    MutexLock lock(mutex);
    while (!written && changed.WaitUntil(mutex, deadline)) {
    }
    EXPECT_TRUE(written);
  }
  ASSERT_TRUE(ReadToEnd(log, kTimeout).ok());
  EXPECT_EQ(reading.Last().at("k"), "2");
  log.Stop();
}

// A leader that was cut off: what it could not write must not come through when it is back.
TEST_F(KafkaTopicLogTest, AWriteWhoseTimeIsOverIsTakenBack) {
  Reading reading;
  KafkaTopicLogOptions options = Options();
  options.take_back_late_writes = true;
  KafkaTopicLog log(options);
  ASSERT_TRUE(log.Start(reading.reader(), kTimeout).ok());
  ASSERT_TRUE(AppendAndWait(log, "k", "old", kTimeout).ok());
  cluster_.SetUp(false);
  const Status late = WaitForDone(
      kTimeout, [&](Done done) { log.Append("k", "stale", milliseconds(300), std::move(done)); });
  EXPECT_FALSE(late.ok());
  EXPECT_NE(Message(late).find("topic 'offsets' has not taken it in time"), std::string::npos)
      << late;
  cluster_.SetUp(true);
  ASSERT_TRUE(AppendAndWait(log, "other", "1", kTimeout).ok());
  ASSERT_TRUE(ReadToEnd(log, kTimeout).ok());
  EXPECT_EQ(reading.Last().at("k"), "old");
  EXPECT_EQ(reading.Last().at("other"), "1");
}

TEST_F(KafkaTopicLogTest, WhatWaitsCanBeTakenBack) {
  Reading reading;
  KafkaTopicLog log(Options());
  log.TakeBack();  // before there is anything
  ASSERT_TRUE(log.Start(reading.reader(), kTimeout).ok());
  log.TakeBack();
  ASSERT_TRUE(AppendAndWait(log, "k", "old", kTimeout).ok());
  cluster_.SetUp(false);
  Mutex mutex;
  CondVar changed;
  std::vector<Status> answers;
  for (const char* value : {"stale", "staler"}) {
    log.Append("k", value, kTimeout, [&](const Status& status) {
      MutexLock lock(mutex);
      answers.push_back(status);
      changed.NotifyAll();
    });
  }
  log.TakeBack();
  {
    MutexLock lock(mutex);
    const TimePoint deadline = std::chrono::steady_clock::now() + kTimeout;
    while (answers.size() < 2 && changed.WaitUntil(mutex, deadline)) {
    }
    ASSERT_EQ(answers.size(), 2u);
    for (const Status& status : answers) {
      EXPECT_NE(Message(status).find("this worker is out of its group"), std::string::npos)
          << status;
    }
  }
  cluster_.SetUp(true);
  ASSERT_TRUE(AppendAndWait(log, "other", "1", kTimeout).ok());
  ASSERT_TRUE(ReadToEnd(log, kTimeout).ok());
  EXPECT_EQ(reading.Last().at("k"), "old");
}

TEST_F(KafkaTopicLogTest, AConfigTopicHasOnePartition) {
  KafkaTopicLogOptions options = Options();
  options.one_partition = true;
  options.purpose = "connector configurations";
  options.topic_key = "config.storage.topic";
  KafkaTopicLog log(std::move(options));
  const Status status = log.Start([](const LogRecord&) {}, kTimeout);
  EXPECT_EQ(ExceptionClass(status), kConfigException);
  EXPECT_EQ(Message(status),
            "Topic 'offsets' supplied via the 'config.storage.topic' property is required to have "
            "a single partition in order to guarantee consistency of connector configurations, "
            "but found 3 partitions.");
}

TEST_F(KafkaTopicLogTest, AStartWithoutABrokerFailsInTimeAndSaysWhere) {
  cluster_.SetUp(false);
  admin_->up = false;
  KafkaTopicLog log(Options());
  const TimePoint start = std::chrono::steady_clock::now();
  const Status status = log.Start([](const LogRecord&) {}, milliseconds(1500));
  EXPECT_FALSE(status.ok());
  EXPECT_NE(StackTrace(status).find(cluster_.bootstrap_servers().substr(0, 10)), std::string::npos)
      << StackTrace(status);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
  log.Stop();
}

}  // namespace
}  // namespace sluice::storage
