// Sending, acks, commits, stops. What fails: source_failure_test.cc.
#include "runtime/task/source_task.h"

#include <map>
#include <random>
#include <set>

#include "gtest/gtest.h"
#include "runtime/task/testing/source_fixture.h"

namespace sluice::task {
namespace {

using testing::OffsetLog;
using testing::Record;
using testing::SourceScript;
using testing::SourceTaskTest;
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
  EXPECT_EQ(Metric("connector_task_in_flight_bytes"), "0");
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
  EXPECT_GT(std::stod(Metric("connector_task_offset_commit_failure_percentage")), 0);
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
  EXPECT_GT(std::stod(Metric("connector_task_offset_commit_failure_percentage")), 0);
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

// A worker that wakes from a freeze may have lost the task, and hears of it a moment later.
TEST_F(SourceTaskTest, ATaskThatAnotherWorkerMayHaveSendsAndCommitsNothing) {
  bool owned = true;
  control = std::make_shared<Control>([&owned] { return owned; });
  StartTask();
  Queue({"a"});
  ASSERT_TRUE(Turn().ok());
  owned = false;
  Queue({"b"});
  Queue({"c"});
  PassFlushInterval();
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(Sent(), Strings{"a"});
  EXPECT_TRUE(offsets.stored.empty());
  owned = true;
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "b", "c"}));
  owned = false;
  task->Stop();
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

TEST_F(SourceTaskTest, CountsWhatItDoes) {
  producer.auto_ack = false;
  StartTask();
  Queue({"a", "b", "c"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Metric("source_task_source_record_poll_total"), "3");
  EXPECT_EQ(Metric("source_task_source_record_active_count"), "3");
  EXPECT_EQ(Metric("source_task_source_record_write_total"), "0");
  EXPECT_EQ(Metric("connector_task_batch_size_max"), "3");
  EXPECT_GT(std::stod(Metric("connector_task_in_flight_bytes")), 0);
  producer.AckAll();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Metric("source_task_source_record_active_count"), "0");
  EXPECT_EQ(Metric("source_task_source_record_write_total"), "3");
  EXPECT_EQ(Metric("source_task_end_to_end_latency_seconds_count"), "3");
  PassFlushInterval();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Metric("connector_task_offset_commit_success_percentage"), "1");
  source_host->Metric("rows", SLUICE_METRIC_SET, 2);
  EXPECT_EQ(Metric("plugins_rows"), "2");
  task.reset();
  EXPECT_EQ(Metric("plugins_rows"), "none");
  EXPECT_EQ(Metric("source_task_source_record_write_total"), "3");
}

}  // namespace
}  // namespace sluice::task
