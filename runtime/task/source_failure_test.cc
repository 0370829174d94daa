// What may fail on the way from a plugin to Kafka. All else: source_task_test.cc.
#include "gtest/gtest.h"
#include "runtime/task/source_task.h"
#include "runtime/task/testing/source_fixture.h"

namespace sluice::task {
namespace {

using testing::Record;
using testing::SourceTaskTest;
using Strings = std::vector<std::string>;

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
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "c@t-0:1", "b@dropped"}));
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
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "c"}));
  EXPECT_EQ(reports.reports, Strings{"KAFKA_PRODUCE big"});
}

TEST_F(SourceTaskTest, NeighboursOfARecordTheBrokerRefusesAreSentAgainAlone) {
  settings.tolerance_all = true;
  StartTask();
  bool whole_request = true;  // the first answer is for all three together
  producer.on_ack = [&](const kafka::SentRecord& record) {
    return whole_request || record.value == "big"
               ? ExceptionError(absl::StatusCode::kInvalidArgument,
                                "org.apache.kafka.common.errors.RecordTooLargeException", "big")
               : OkStatus();
  };
  Queue({"a", "big", "c"});
  ASSERT_TRUE(Turn().ok());
  whole_request = false;
  Queue({"d"});
  ASSERT_TRUE(Turn(12).ok());
  EXPECT_EQ(Sent(), (Strings{"a", "big", "c", "a", "big", "c", "d"}));
  EXPECT_EQ(reports.reports, Strings{"KAFKA_PRODUCE big"});
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "big@dropped", "c@t-0:1", "d@t-0:2"}));
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 4);
}

TEST_F(SourceTaskTest, ARecordThatIsTooLargeFailsTheTaskWhereNothingIsTolerated) {
  StartTask();
  producer.on_ack = [&](const kafka::SentRecord& record) {
    return record.value == "big"
               ? ExceptionError(absl::StatusCode::kInvalidArgument,
                                "org.apache.kafka.common.errors.RecordTooLargeException", "big")
               : OkStatus();
  };
  Queue({"a", "big", "c"});
  Status status = OkStatus();
  for (int i = 0; i < 9 && status.ok(); ++i) status = Turn();
  EXPECT_EQ(Message(status), "Unrecoverable exception from producer send callback");
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);
}

TEST_F(SourceTaskTest, NoOffsetPassesADeadLetterThatIsNotWritten) {
  settings.tolerance_all = true;
  reports.letters = true;
  reports.durable = false;
  StartTask();
  Queue({"a", "bad", "c"});
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(reports.reports, Strings{"VALUE_CONVERTER bad"});
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "c@t-0:1"}));
  EXPECT_EQ(script.released, 0);
  PassFlushInterval();
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(offsets.stored["p"], 1);
  reports.durable = true;
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "c@t-0:1", "bad@dropped"}));
  EXPECT_EQ(script.released, 1);
  PassFlushInterval();
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(offsets.stored["p"], 3);
}

TEST_F(SourceTaskTest, ATaskThatStopsWaitsForItsDeadLetters) {
  settings.tolerance_all = true;
  reports.letters = true;
  reports.durable = false;
  StartTask();
  Queue({"bad", "b"});
  ASSERT_TRUE(Turn(2).ok());
  reports.durable = true;
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 2);
  EXPECT_EQ(script.out, 0);
}

TEST_F(SourceTaskTest, ADeadLetterThatCannotBeWrittenFailsTheTask) {
  settings.tolerance_all = true;
  reports.letters = true;
  reports.durable = false;
  StartTask();
  Queue({"a", "bad", "c"});
  ASSERT_TRUE(Turn().ok());
  reports.broken = true;
  EXPECT_EQ(Message(Turn(2)), "the dead letter queue is gone");
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);
}

TEST_F(SourceTaskTest, WhereNothingIsToleratedTheLetterIsWrittenAndTheTaskFails) {
  reports.letters = true;
  StartTask();
  Queue({"a", "bad"});
  EXPECT_TRUE(errors::IsToleranceExceeded(Turn(2)));
  EXPECT_EQ(reports.reports, Strings{"VALUE_CONVERTER bad"});
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 1);

  producer.on_send = [](const kafka::SentRecord& record) {
    return record.value == "big"
               ? ExceptionError(absl::StatusCode::kInvalidArgument,
                                "org.apache.kafka.common.errors.RecordTooLargeException", "big")
               : OkStatus();
  };
  reports.reports.clear();
  StartTask();
  Queue({"big"});
  Status status = OkStatus();
  for (int i = 0; i < 5 && status.ok(); ++i) status = Turn();
  EXPECT_EQ(Message(status), "Unrecoverable exception from producer send callback");
  EXPECT_EQ(reports.reports, Strings{"KAFKA_PRODUCE big"});
}

TEST_F(SourceTaskTest, ARecordThatIsTooLargeIsADeadLetterBeforeItIsPassed) {
  settings.tolerance_all = true;
  reports.letters = true;
  reports.durable = false;
  StartTask();
  producer.on_ack = [](const kafka::SentRecord& record) {
    return record.value == "big"
               ? ExceptionError(absl::StatusCode::kInvalidArgument,
                                "org.apache.kafka.common.errors.RecordTooLargeException", "big")
               : OkStatus();
  };
  Queue({"a", "big", "c"});
  ASSERT_TRUE(Turn(12).ok());
  EXPECT_EQ(reports.reports, Strings{"KAFKA_PRODUCE big"});
  EXPECT_EQ(script.acked, (Strings{"a@t-0:0", "c@t-0:1"}));
  reports.durable = true;
  ASSERT_TRUE(Turn().ok());
  task->Stop();
  EXPECT_EQ(offsets.stored["p"], 3);
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

}  // namespace
}  // namespace sluice::task
