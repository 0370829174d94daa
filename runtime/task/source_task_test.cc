#include "runtime/task/source_task.h"

#include <random>

#include "gtest/gtest.h"
#include "runtime/kafka/fakes.h"
#include "runtime/task/plain_outbox.h"
#include "runtime/task/testing/fakes.h"

namespace sluice::task {
namespace {

using testing::FakeOffsetWriter;
using testing::FakeReporter;
using testing::FakeSource;
using testing::OffsetLog;
using testing::ReportLog;
using testing::SourceScript;
using Record = SourceScript::Record;

class SourceTaskTest : public ::testing::Test {
 protected:
  SourceTaskTest() { producer.auto_ack = true; }

  void Make() {
    SourceTaskParts parts;
    parts.resolve_config = [] { return config::ConfigMap(); };
    parts.make_plugin =
        [this](plugin::SourceHost& host) -> StatusOr<std::unique_ptr<plugin::SourcePlugin>> {
      source_host = &host;
      return std::unique_ptr<plugin::SourcePlugin>(std::make_unique<FakeSource>(script, clock));
    };
    parts.key_converter = std::make_unique<testing::TextConverter>();
    parts.value_converter = std::make_unique<testing::TextConverter>();
    parts.header_converter = std::make_unique<testing::TextHeaderConverter>();
    parts.make_errors = [this](Waiter& waiter) {
      std::vector<std::unique_ptr<errors::Reporter>> reporters;
      reporters.push_back(std::make_unique<FakeReporter>(reports));
      return std::make_unique<errors::ErrorHandler>(settings, clock, waiter, std::move(reporters));
    };
    parts.make_outbox = [this](OffsetTracker& tracker, OutboxListener& listener,
                               TaskCounts& counts) -> StatusOr<std::unique_ptr<Outbox>> {
      PlainOutboxOptions options;
      options.abandoned = &control->abandoned();
      options.clock = &clock;
      options.sleeper = &waiter;
      return std::unique_ptr<Outbox>(std::make_unique<PlainOutbox>(
          options, std::make_unique<kafka::BorrowedProducer>(producer), tracker, writer, listener,
          counts));
    };
    parts.stored_offsets = [](const sluice_value*, size_t count, abi::Arena&) {
      return StatusOr<std::vector<sluice_value>>(std::vector<sluice_value>(count));
    };
    if (creation) {
      parts.topics = std::make_unique<TopicCreator>(
          [this](std::string_view) { return &group; },
          [this]() -> StatusOr<std::unique_ptr<kafka::Admin>> {
            return std::unique_ptr<kafka::Admin>(std::make_unique<BorrowedAdmin>(admin));
          },
          milliseconds(1000));
    }
    parts.on_topic_used = [this](const std::string& topic) { topics.push_back(topic); };
    parts.in_flight_bytes_max = budget;
    parts.control = control;
    parts.clock = &clock;
    parts.sleeper = &waiter;
    task = std::make_unique<SourceTask>(std::move(parts));
  }
  void StartTask() {
    Make();
    ASSERT_TRUE(task->Start().ok());
  }
  void Queue(std::vector<std::string> values) {
    std::vector<Record> batch;
    for (std::string& value : values) batch.push_back({std::move(value), "p", ++offset});
    script.batches.push_back(std::move(batch));
  }
  Status Turn(int times = 1) {
    for (int i = 0; i < times; ++i) SLUICE_RETURN_IF_ERROR(task->RunOnce());
    return OkStatus();
  }
  std::vector<std::string> Sent() const {
    std::vector<std::string> values;
    for (const auto& record : producer.sent) values.push_back(record.value.value_or("null"));
    return values;
  }
  void PassFlushInterval() { clock.Advance(milliseconds(60000)); }

  class BorrowedAdmin : public kafka::FakeAdmin {
   public:
    explicit BorrowedAdmin(kafka::FakeAdmin& admin) : admin_(admin) {}
    StatusOr<std::optional<kafka::TopicInfo>> DescribeTopic(std::string_view topic,
                                                            milliseconds timeout) override {
      return admin_.DescribeTopic(topic, timeout);
    }
    Status CreateTopic(const kafka::NewTopic& topic, milliseconds timeout) override {
      return admin_.CreateTopic(topic, timeout);
    }

   private:
    kafka::FakeAdmin& admin_;
  };

  FakeClock clock;
  testing::TurningWaiter waiter{clock};
  std::shared_ptr<Control> control = std::make_shared<Control>();
  SourceScript script;
  OffsetLog offsets;
  FakeOffsetWriter writer{offsets};
  kafka::FakeProducer producer;
  ReportLog reports;
  config::ErrorSettings settings;
  kafka::FakeAdmin admin;
  config::TopicCreationGroup group;
  bool creation = false;
  size_t budget = 16 << 20;
  std::vector<std::string> topics;
  plugin::SourceHost* source_host = nullptr;
  int64_t offset = 0;
  std::unique_ptr<SourceTask> task;  // last
};

using Strings = std::vector<std::string>;

TEST_F(SourceTaskTest, SendsAcksReleasesAndCommits) {
  StartTask();
  Queue({"a", "b"});
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b"}));
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "b@t-0:1"}));
  EXPECT_EQ(script.released, 1);
  EXPECT_EQ(topics, Strings{"t"});
  EXPECT_TRUE(offsets.stored.empty());
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(offsets.stored["p"], 2);
  ASSERT_FALSE(script.committed.empty());
  EXPECT_EQ(script.committed.back()["p"], 2);
}

TEST_F(SourceTaskTest, OffsetsNeverPassARecordThatIsNotAcked) {
  StartTask();
  producer.auto_ack = false;
  Queue({"a", "b", "c"});
  ASSERT_TRUE(Turn().ok());
  producer.AckNext(2);
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(offsets.stored["p"], 2);
  EXPECT_EQ(script.released, 0);  // c is still the producer's
  producer.AckAll();
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(offsets.stored["p"], 3);
  EXPECT_EQ(script.released, 1);
}

TEST_F(SourceTaskTest, ACommitWithNothingToStoreStillTellsThePlugin) {
  StartTask();
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  ASSERT_EQ(script.committed.size(), 1u);
  EXPECT_TRUE(script.committed[0].empty());
  EXPECT_TRUE(offsets.writes.empty());
}

TEST_F(SourceTaskTest, AFullQueueResumesWithTheSameRecord) {
  StartTask();
  producer.auto_ack = false;
  producer.queue_size = 2;
  Queue({"a", "b", "c", "d", "e"});
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b"}));
  EXPECT_EQ(script.polls, 1);
  producer.AckAll();
  ASSERT_TRUE(Turn(2).ok());
  producer.AckAll();
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b", "c", "d", "e"}));
}

TEST_F(SourceTaskTest, TheBudgetBoundsWhatIsInFlight) {
  budget = 1000;
  StartTask();
  producer.auto_ack = false;
  for (int i = 0; i < 10; ++i) Queue({"a", "b", "c", "d"});  // over 144 bytes a record
  ASSERT_TRUE(Turn(10).ok());
  EXPECT_EQ(script.out, 2);
  producer.AckAll();
  ASSERT_TRUE(Turn(1).ok());
  EXPECT_EQ(script.released, 2);
  producer.auto_ack = true;
  ASSERT_TRUE(Turn(30).ok());
  EXPECT_EQ(producer.sent.size(), 40u);
  EXPECT_EQ(task->counts().in_flight_bytes, 0);
}

TEST_F(SourceTaskTest, APauseKeepsTheHalfSentBatch) {
  StartTask();
  producer.auto_ack = false;
  producer.queue_size = 1;
  Queue({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  control->SetPaused(true);
  producer.AckAll();
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_TRUE(task->resting());
  EXPECT_EQ(Sent(), Strings{"a"});
  EXPECT_EQ(script.polls, 1);
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(offsets.stored["p"], 1);  // a paused task goes on committing
  control->SetPaused(false);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b"}));
  EXPECT_FALSE(task->resting());
}

TEST_F(SourceTaskTest, ARetriablePollIsNothingAnyOtherFails) {
  StartTask();
  script.poll_errors = {RetriableError("later"), ConnectError("broken")};
  ASSERT_TRUE(Turn().ok());
  const Status failed = Turn();
  EXPECT_EQ(Message(failed), "broken");
}

TEST_F(SourceTaskTest, APollThatNeverWaitsDoesNotSpin) {
  StartTask();
  for (int i = 0; i < 50; ++i) script.batches.push_back({});  // empty batches, at once
  const TimePoint began = clock.Now();
  ASSERT_TRUE(Turn(50).ok());
  EXPECT_GT(clock.Now() - began, milliseconds(500));
  EXPECT_EQ(script.out, 0);
}

TEST_F(SourceTaskTest, AFailedSendFailsTheTaskOnItsNextTurn) {
  StartTask();
  producer.on_ack = [](const kafka::SentRecord& record) {
    return record.value == "b" ? ExceptionError(absl::StatusCode::kInvalidArgument,
                                                "org.apache.kafka.common.errors.X", "no")
                               : OkStatus();
  };
  Queue({"a", "b", "c"});
  Status status = OkStatus();
  for (int i = 0; i < 3 && status.ok(); ++i) status = Turn();
  EXPECT_EQ(Message(status), "Unrecoverable exception from producer send callback");
  EXPECT_NE(StackTrace(status).find("org.apache.kafka.common.errors.X: no"), std::string::npos);
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);
  EXPECT_TRUE(reports.reports.empty());
}

TEST_F(SourceTaskTest, AFailedSendIsReportedAndAckedWhereAllIsTolerated) {
  settings.tolerance_all = true;
  StartTask();
  producer.on_ack = [](const kafka::SentRecord& record) {
    return record.value == "b" ? ConnectError("no") : OkStatus();
  };
  Queue({"a", "b", "c"});
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(reports.reports, Strings{"KAFKA_PRODUCE b"});
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "b@dropped", "c@t-0:1"}));
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 3);
}

TEST_F(SourceTaskTest, ARecordThatIsTooLargeIsARecordsFault) {
  settings.tolerance_all = true;
  StartTask();
  producer.on_send = [](const kafka::SentRecord& record) {
    return record.value == "big"
               ? ExceptionError(absl::StatusCode::kInvalidArgument,
                                "org.apache.kafka.common.errors.RecordTooLargeException", "big")
               : OkStatus();
  };
  Queue({"a", "big", "c"});
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "c"}));
  EXPECT_EQ(reports.reports, Strings{"KAFKA_PRODUCE big"});
}

TEST_F(SourceTaskTest, ABrokenProducerFailsTheTaskWhateverTheTolerance) {
  settings.tolerance_all = true;
  StartTask();
  producer.on_send = [](const kafka::SentRecord&) { return ConnectError("fatal"); };
  Queue({"a"});
  EXPECT_EQ(Message(Turn()), "Unrecoverable exception trying to send");
}

TEST_F(SourceTaskTest, ARetriableSendComesAgainAfterAWhile) {
  StartTask();
  int fails = 2;
  producer.on_send = [&](const kafka::SentRecord&) {
    return fails-- > 0 ? RetriableError("no leader") : OkStatus();
  };
  Queue({"a", "b"});
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b"}));
}

TEST_F(SourceTaskTest, BadRecordsAreDroppedAndCountAsAcked) {
  settings.tolerance_all = true;
  StartTask();
  Queue({"bad1", "a", "bad2"});
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Sent(), Strings{"a"});
  EXPECT_EQ(reports.reports, (Strings{"VALUE_CONVERTER bad1", "VALUE_CONVERTER bad2"}));
  EXPECT_EQ(script.released, 1);
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 3);
}

TEST_F(SourceTaskTest, ABadRecordFailsTheTaskWhereNothingIsTolerated) {
  StartTask();
  Queue({"a", "bad", "c"});
  const Status failed = Turn();
  EXPECT_EQ(Message(failed), "Tolerance exceeded in error handler");
  EXPECT_EQ(reports.reports, Strings{"VALUE_CONVERTER bad"});
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);
}

TEST_F(SourceTaskTest, AStopDuringARetryLosesNothing) {
  settings.retry_timeout_ms = -1;
  StartTask();
  Queue({"a", "late", "c"});
  control->RequestStop();
  ASSERT_TRUE(Turn().ok());
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);
  EXPECT_EQ(Sent(), Strings{"a"});
  EXPECT_EQ(script.out, 0);  // released before close
}

TEST_F(SourceTaskTest, ARetriedConversionSucceeds) {
  settings.retry_timeout_ms = -1;
  StartTask();
  Queue({"late"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Sent(), Strings{"late"});
}

TEST_F(SourceTaskTest, TimestampsAreChecked) {
  StartTask();
  script.batches.push_back(
      {Record{"a", "p", 1, "t", -1}, Record{"b", "p", 2, "t", 77}, Record{"c", "p", 3, "t", -5}});
  EXPECT_EQ(Message(Turn()), "Invalid record timestamp -5");
  ASSERT_EQ(producer.sent.size(), 2u);
  EXPECT_EQ(producer.sent[0].timestamp, SLUICE_NO_TIMESTAMP);
  EXPECT_EQ(producer.sent[1].timestamp, 77);
}

TEST_F(SourceTaskTest, HeadersAreConverted) {
  StartTask();
  script.batches.push_back(
      {Record{"a", "p", 1, "t", 1, {{"h", "x"}, {"h", "y"}}}, Record{"b", "p", 2}});
  ASSERT_TRUE(Turn().ok());
  ASSERT_EQ(producer.sent[0].headers.size(), 2u);
  EXPECT_EQ(producer.sent[0].headers[1].second, "y");
  EXPECT_TRUE(producer.sent[1].headers.empty());
}

TEST_F(SourceTaskTest, ACommitThatFailsIsPartOfTheNextOne) {
  StartTask();
  Queue({"a"});
  offsets.errors = {ConnectError("no")};
  ASSERT_TRUE(Turn().ok());
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(task->counts().commit_failures, 1);
  EXPECT_TRUE(offsets.stored.empty());
  EXPECT_TRUE(script.committed.empty());
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(offsets.stored["p"], 1);
}

TEST_F(SourceTaskTest, ACommitThatHangsIsGivenUpAndDataFlowsMeanwhile) {
  StartTask();
  Queue({"a"});
  ASSERT_TRUE(Turn().ok());
  offsets.hold = true;
  PassFlushInterval();
  Queue({"b"});
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b"}));
  EXPECT_EQ(offsets.writes.size(), 1u);
  clock.Advance(milliseconds(5000));
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(task->counts().commit_failures, 1);
  offsets.held[0](OkStatus());  // too late: ignored
  offsets.hold = false;
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(offsets.stored["p"], 2);
}

TEST_F(SourceTaskTest, StopWaitsForAcksAndCommits) {
  StartTask();
  producer.auto_ack = false;
  Queue({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  producer.auto_ack = true;
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 2);
  EXPECT_EQ(script.order, (Strings{"stop", "release", "close"}));
}

TEST_F(SourceTaskTest, StopWithoutAllAcksCommitsThePrefixAndReleasesBeforeClose) {
  StartTask();
  producer.auto_ack = false;
  Queue({"a", "b", "c"});
  ASSERT_TRUE(Turn().ok());
  producer.AckNext(1);
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);
  EXPECT_EQ(script.order, (Strings{"stop", "release", "close"}));
}

TEST_F(SourceTaskTest, AnAbandonedTaskCommitsNothing) {
  StartTask();
  Queue({"a"});
  ASSERT_TRUE(Turn().ok());
  control->Abandon();
  task->Stop();
  EXPECT_TRUE(offsets.stored.empty());
  EXPECT_EQ(script.closed, 1);
}

TEST_F(SourceTaskTest, StopTwiceAndBeforeStart) {
  Make();
  task->Stop();
  task->Stop();
  EXPECT_EQ(script.closed, 0);
  Make();
  ASSERT_TRUE(task->Start().ok());
  task->RequestStop();
  task->RequestStop();
  task->Stop();
  task->Stop();
  task->RequestStop();
  EXPECT_EQ(script.stops, 1);
  EXPECT_EQ(script.closed, 1);
}

TEST_F(SourceTaskTest, APluginThatDoesNotStartIsClosedAndCommitsNothing) {
  script.start = ConfigError("no file");
  Make();
  EXPECT_EQ(Message(task->Start()), "no file");
  task->Stop();
  EXPECT_TRUE(script.committed.empty());
  EXPECT_EQ(script.closed, 1);
}

TEST_F(SourceTaskTest, AFinishedSourceIsPolledNoMore) {
  script.finished = true;
  StartTask();
  ASSERT_TRUE(Turn(5).ok());
  EXPECT_EQ(script.polls, 1);
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_FALSE(script.committed.empty());
}

TEST_F(SourceTaskTest, TopicsAreMadeBeforeTheFirstRecord) {
  creation = true;
  group.name = "default";
  group.partitions = 3;
  group.replication_factor = 1;
  group.settings.Set("cleanup.policy", "compact");
  admin.topics["there"] = {};
  StartTask();
  script.batches.push_back(
      {Record{"a", "p", 1, "there"}, Record{"b", "p", 2, "fresh"}, Record{"c", "p", 3, "fresh"}});
  ASSERT_TRUE(Turn().ok());
  ASSERT_EQ(admin.created.size(), 1u);
  EXPECT_EQ(admin.created[0].name, "fresh");
  EXPECT_EQ(admin.created[0].partitions, 3);
  EXPECT_EQ(admin.created[0].configs["cleanup.policy"], "compact");
  EXPECT_EQ(producer.sent.size(), 3u);
}

TEST_F(SourceTaskTest, ATopicThatCannotBeMadeYetHoldsTheBatch) {
  creation = true;
  admin.create_error = TimeoutError("slow");
  StartTask();
  Queue({"a", "b"});
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_TRUE(producer.sent.empty());
  admin.create_error = OkStatus();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b"}));
  admin.topics.clear();
  admin.create_error = ConnectError("not authorized");
  script.batches.push_back({Record{"c", "p", 3, "other"}});
  EXPECT_NE(Message(Turn()).find("Task failed to create new topic 'other'"), std::string::npos);
}

// Whatever happens, what is stored is never past a record that Kafka does not have, was not
// dropped, or was not sent.
TEST_F(SourceTaskTest, RandomTroubleNeverCommitsAnUndeliveredRecord) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    SourceTaskTest::producer = kafka::FakeProducer();
    script = SourceScript();
    offsets = OffsetLog();
    control = std::make_shared<Control>();
    settings.tolerance_all = random() % 2 == 0;
    StartTask();
    producer.auto_ack = false;
    producer.queue_size = 1 + random() % 20;
    std::map<std::string, std::map<int64_t, bool>> fate;  // partition -> offset -> safe
    std::map<std::string, int64_t> next;
    producer.on_ack = [&](const kafka::SentRecord& record) {
      const size_t colon = record.value->find(':');
      if (random() % 25 == 0 && settings.tolerance_all) return ConnectError("lost");
      fate[record.value->substr(0, colon)][std::stoll(record.value->substr(colon + 1))] = true;
      return OkStatus();
    };
    Status status = OkStatus();
    for (int step = 0; step < 150 && status.ok(); ++step) {
      if (random() % 2 == 0) {
        std::vector<Record> batch(1 + random() % 12);
        for (Record& record : batch) {
          record.partition = std::string(1, static_cast<char>('a' + random() % 3));
          record.offset = ++next[record.partition];
          record.value = record.partition + ":" + std::to_string(record.offset);
          fate[record.partition][record.offset] = false;
        }
        script.batches.push_back(std::move(batch));
      }
      if (random() % 3 == 0) producer.AckNext(random() % 15);
      if (random() % 6 == 0) offsets.errors.push_back(ConnectError("store"));
      if (random() % 9 == 0) script.poll_errors.push_back(RetriableError("later"));
      if (random() % 5 == 0) control->SetPaused(random() % 2 == 0);
      if (random() % 4 == 0) PassFlushInterval();
      status = Turn();
    }
    if (random() % 2 == 0) producer.AckAll();
    task->Stop();
    std::set<std::string> reported(script.acked.begin(), script.acked.end());
    for (const auto& [partition, at] : offsets.stored) {
      for (const auto& [offset, safe] : fate[partition]) {
        if (offset > at) break;
        const std::string value = partition + ":" + std::to_string(offset);
        ASSERT_TRUE(safe || reported.count(value + "@dropped") > 0)
            << "seed " << seed << ": " << value << " is lost";
      }
    }
    ASSERT_EQ(script.out, 0);
    ASSERT_EQ(script.closed, 1);
  }
}

}  // namespace
}  // namespace sluice::task
