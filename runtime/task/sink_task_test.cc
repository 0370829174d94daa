// Consuming, putting, commits. Verdicts and halving: sink_verdict_test.cc. Commits and dead
// letters: sink_dead_letters_test.cc. Rebalances, seeks, retained batches: sink_rebalance_test.cc.
#include "runtime/task/sink_task.h"

#include "gtest/gtest.h"
#include "runtime/task/testing/sink_fixture.h"

namespace sluice::task {
namespace {

using testing::SinkTaskTest;
using testing::Strings;

TEST_F(SinkTaskTest, PutsWhatArrivesAndCommitsIt) {
  StartTask();
  Arrive({"a", "b", "c"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "c"}));
  EXPECT_EQ(topics, Strings{"t"});
  EXPECT_EQ(Committed(), -1);
  clock.Advance(milliseconds(60000));
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Committed(), 3);
  EXPECT_EQ(Metric("sink_task_offset_commit_completion_total"), "1");
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(consumer.events, Strings{"commit t-0@3"});  // the same is not committed again
}

// Topic tracking may have been reset meanwhile.
TEST_F(SinkTaskTest, TellsOfATopicAgainAfterAWhile) {
  StartTask();
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  Arrive({"c"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(topics, Strings{"t"});
  clock.Advance(milliseconds(5000));
  Arrive({"d", "e"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(topics, (Strings{"t", "t"}));
}

TEST_F(SinkTaskTest, PutsNothingAboutOnceASecond) {
  StartTask();
  const TimePoint began = clock.Now();
  ASSERT_TRUE(Turn(10).ok());
  EXPECT_EQ(sink.empty_puts, 10);
  EXPECT_EQ(clock.Now() - began, milliseconds(10000));
}

TEST_F(SinkTaskTest, RetryAfterBoundsTheWait) {
  StartTask();
  ASSERT_TRUE(Turn().ok());
  sink.host->RetryAfter(milliseconds(70));
  const TimePoint began = clock.Now();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(clock.Now() - began, milliseconds(70));
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(clock.Now() - began, milliseconds(1070));
}

TEST_F(SinkTaskTest, RetryPausesOnceAndPutsTheSameRecordsAgain) {
  StartTask();
  int refusals = 3;
  sink.on_put = [&](const sluice_batch*, const Strings&) {
    return refusals-- > 0 ? Answer(SLUICE_RETRY, "down") : Ok();
  };
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  Arrive({"c"});
  EXPECT_TRUE(consumer.paused({"t", 0}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), -1);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.puts, (std::vector<Strings>(4, Strings{"a", "b"})));
  EXPECT_EQ(consumer.pauses, 1);
  EXPECT_FALSE(consumer.paused({"t", 0}));
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "c"}));
  EXPECT_EQ(Metric("sink_task_put_retries_total"), "3");
}

TEST_F(SinkTaskTest, APartitionThatThePluginPausedStaysPausedAfterARetry) {
  StartTask({{"t", 0}, {"t", 1}});
  ASSERT_TRUE(Turn().ok());
  const auto mine = Abi(1, 0);
  ASSERT_TRUE(sink.host->Pause(&mine, 1).ok());
  bool down = true;
  sink.on_put = [&](const sluice_batch*, const Strings&) {
    return down ? Answer(SLUICE_RETRY, "down") : Ok();
  };
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  down = false;
  ASSERT_TRUE(Turn().ok());
  EXPECT_FALSE(consumer.paused({"t", 0}));
  EXPECT_TRUE(consumer.paused({"t", 1}));
  ASSERT_TRUE(sink.host->Resume(&mine, 1).ok());
  EXPECT_FALSE(consumer.paused({"t", 1}));
  const auto foreign = Abi(7, 0);
  EXPECT_EQ(ExceptionClass(sink.host->Pause(&foreign, 1)),
            "org.apache.kafka.connect.errors.IllegalWorkerStateException");
}

TEST_F(SinkTaskTest, AFailureOfPutFailsTheTask) {
  StartTask();
  Arrive({"a"});
  sink.on_put = [](const sluice_batch*, const Strings&) { return Answer(SLUICE_FAILED, "disk"); };
  const Status failed = Turn();
  EXPECT_EQ(Message(failed), "Exiting WorkerSinkTask due to unrecoverable exception.");
  EXPECT_NE(StackTrace(failed).find("disk"), std::string::npos);
  task->Stop();
  EXPECT_EQ(Committed(), -1);
  EXPECT_TRUE(reports.reports.empty());
}

TEST_F(SinkTaskTest, BadRecordFailsAClassThatIsNotAtomic) {
  settings.tolerance_all = true;
  StartTask();
  Arrive({"a"});
  sink.on_put = [](const sluice_batch*, const Strings&) {
    return Answer(SLUICE_BAD_RECORD, "bad");
  };
  EXPECT_FALSE(Turn().ok());
  EXPECT_TRUE(reports.reports.empty());
}

TEST_F(SinkTaskTest, RecordsThatDoNotConvertAreReportedAndPassed) {
  settings.tolerance_all = true;
  StartTask();
  Arrive({"a", "bad", "c", "bad2"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "c"}));
  EXPECT_EQ(reports.reports, (Strings{"VALUE_CONVERTER bad", "VALUE_CONVERTER bad2"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 4);
}

TEST_F(SinkTaskTest, ARecordThatDoesNotConvertFailsTheTaskWithToleranceNone) {
  StartTask();
  Arrive({"a", "bad"});
  EXPECT_EQ(Message(Turn()), "Tolerance exceeded in error handler");
  EXPECT_EQ(reports.reports, Strings{"VALUE_CONVERTER bad"});
  task->Stop();
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkTaskTest, AStopDuringARetriedConversionLosesNothing) {
  settings.retry_timeout_ms = -1;
  settings.tolerance_all = true;
  StartTask();
  Arrive({"a", "late", "c"});
  control->RequestStop();
  EXPECT_TRUE(IsStopped(Turn()));
  task->Stop();
  EXPECT_EQ(Committed(), -1);
  EXPECT_TRUE(sink.taken.empty());
  EXPECT_TRUE(reports.reports.empty());
}

TEST_F(SinkTaskTest, FlushMayLowerOffsets) {
  StartTask({{"t", 0}, {"t", 1}, {"t", 2}});
  Arrive({"a", "b", "c"}, 0);
  Arrive({"d", "e"}, 1);
  Arrive({"f"}, 2);
  sink.on_flush = [](std::vector<sluice_topic_partition>& offsets) {
    EXPECT_EQ(offsets.size(), 3u);
    EXPECT_EQ(offsets[0].offset, 3);
    offsets[0].offset = 1;
    offsets[1].offset = SLUICE_NO_OFFSET;
    offsets[2].offset = 99;  // more than was put: ignored
    return OkStatus();
  };
  ASSERT_TRUE(Turn().ok());
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), 1);
  EXPECT_EQ(Committed(1), -1);
  EXPECT_EQ(Committed(2), -1);
}

TEST_F(SinkTaskTest, AFailedFlushRewindsToWhatIsCommitted) {
  StartTask();
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  ASSERT_TRUE(CommitNow().ok());
  Arrive({"c", "d"});
  ASSERT_TRUE(Turn().ok());
  bool fails = true;
  sink.on_flush = [&](std::vector<sluice_topic_partition>&) {
    return fails ? ConnectError("cannot sync") : OkStatus();
  };
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn().ok());
  fails = false;
  EXPECT_EQ(consumer.events, (Strings{"commit t-0@2", "seek t-0@2"}));
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "c", "d", "c", "d"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 4);
  EXPECT_GT(std::stod(Metric("connector_task_offset_commit_failure_percentage")), 0);
}

TEST_F(SinkTaskTest, AFailedFirstFlushRewindsToWhereConsumingBegan) {
  StartTask();
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  sink.on_flush = [&](std::vector<sluice_topic_partition>&) { return ConnectError("no"); };
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(consumer.events, Strings{"seek t-0@0"});
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "a", "b"}));
}

TEST_F(SinkTaskTest, ACommitThatFailsIsTriedAgainLater) {
  StartTask();
  Arrive({"a"});
  bool fails = true;
  consumer.on_commit = [&](const auto&) { return fails ? ConnectError("no") : OkStatus(); };
  ASSERT_TRUE(Turn().ok());
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), -1);
  fails = false;
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 1);
}

TEST_F(SinkTaskTest, AnAnswerThatComesAfterANewerCommitIsIgnored) {
  StartTask();
  consumer.answer_commits = false;
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn().ok());
  clock.Advance(milliseconds(5000));
  Arrive({"b"});
  ASSERT_TRUE(Turn().ok());  // the first is given up
  EXPECT_GT(std::stod(Metric("connector_task_offset_commit_failure_percentage")), 0);
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn().ok());
  ASSERT_EQ(consumer.waiting_commits(), 2u);
  consumer.AnswerCommit(0);
  EXPECT_EQ(Metric("sink_task_offset_commit_skip_total"), "1");
  consumer.AnswerCommit(0);
  EXPECT_EQ(Metric("sink_task_offset_commit_completion_total"), "1");
  EXPECT_EQ(Committed(), 2);
}

TEST_F(SinkTaskTest, APausedTaskCommitsAndPutsNothingNew) {
  StartTask();
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  control->SetPaused(true);
  Arrive({"b"});
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_TRUE(task->resting());
  EXPECT_EQ(sink.taken, Strings{"a"});
  EXPECT_EQ(Committed(), 1);
  EXPECT_GT(sink.empty_puts, 0);
  control->SetPaused(false);
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_FALSE(task->resting());
  EXPECT_EQ(sink.taken, (Strings{"a", "b"}));
}

TEST_F(SinkTaskTest, HeadersKeysAndTimestampsArrive) {
  StartTask();
  consumer.log[{"t", 0}].push_back({"k", "v", {{"h", "1"}, {"h", "2"}}, -1});
  consumer.log[{"t", 0}].push_back({std::nullopt, std::nullopt, {}, 5});
  int seen = 0;
  sink.on_put = [&](const sluice_batch* batch, const Strings&) {
    if (batch->count == 0) return Ok();
    const sluice_record& first = abi::RecordAt(*batch, 0);
    EXPECT_EQ(abi::Text(first.key), "k");
    EXPECT_EQ(first.header_count, 2u);
    EXPECT_EQ(abi::Text(first.headers[1].value), "2");
    EXPECT_EQ(first.timestamp, SLUICE_NO_TIMESTAMP);
    EXPECT_EQ(first.original_offset, 0);
    const sluice_record& second = abi::RecordAt(*batch, 1);
    EXPECT_TRUE(abi::IsNull(second.key));
    EXPECT_EQ(second.header_count, 0u);
    EXPECT_EQ(second.timestamp, 5);
    ++seen;
    return Ok();
  };
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(seen, 1);
}

TEST_F(SinkTaskTest, AConverterGetsTheLastHeaderThatNamesASchema) {
  StartTask();
  consumer.log[{"t", 0}].push_back({"k", "v", {{"schema", "1"}, {"schema", "2"}, {"h", "3"}}, -1});
  consumer.log[{"t", 0}].push_back({"k", "w", {{"h", "3"}}, -1});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"2:v", "w"}));
}

TEST_F(SinkTaskTest, StopFlushesCommitsClosesThenStopsThePlugin) {
  StartTask();
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  control->RequestStop();
  task->RequestStop();
  task->Stop();
  task->Stop();
  EXPECT_EQ(sink.calls, (Strings{"assigned t-0@none", "flush", "revoked t-0", "stop"}));
  EXPECT_EQ(Committed(), 2);
  EXPECT_EQ(sink.closed, 1);
  EXPECT_TRUE(consumer.closed);
}

TEST_F(SinkTaskTest, AnAbandonedTaskCommitsNothing) {
  StartTask();
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  control->Abandon();
  task->Stop();
  EXPECT_EQ(Committed(), -1);
}

// A worker that wakes from a freeze may have lost the task, and hears of it a moment later.
TEST_F(SinkTaskTest, ATaskThatAnotherWorkerMayHavePutsAndCommitsNothing) {
  bool owned = true;
  control = std::make_shared<Control>([&owned] { return owned; });
  StartTask();
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  owned = false;
  Arrive({"b", "c"});
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(sink.puts, (std::vector<Strings>{{"a"}}));
  EXPECT_EQ(Committed(), -1);
  owned = true;
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_EQ(sink.puts.back(), (Strings{"b", "c"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 3);
}

TEST_F(SinkTaskTest, StopBeforeStartAndAfterAFailedStart) {
  Make();
  task->Stop();
  EXPECT_EQ(sink.closed, 0);
  sink.start = ConfigError("no target");
  Make();
  EXPECT_EQ(Message(task->Start()), "no target");
  task->Stop();
  EXPECT_EQ(sink.calls, Strings{"stop"});
  EXPECT_EQ(sink.closed, 1);
}

TEST_F(SinkTaskTest, AStopTellsAPluginThatWaitsInPut) {
  StartTask();
  Arrive({"a"});
  sink.on_put = [&](const sluice_batch*, const Strings&) {
    task->RequestStop();  // as another thread would
    EXPECT_EQ(sink.stops, 1);
    return Answer(SLUICE_RETRY, "interrupted");
  };
  ASSERT_TRUE(Turn().ok());
  task->Stop();
  EXPECT_EQ(sink.stops, 1);
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkTaskTest, CountsWhatItDoes) {
  StartTask();
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Metric("sink_task_sink_record_read_total"), "2");
  EXPECT_EQ(Metric("sink_task_sink_record_send_total"), "2");
  EXPECT_EQ(Metric("connector_task_batch_size_max"), "2");
  EXPECT_EQ(Metric("sink_task_end_to_end_latency_seconds_count"), "2");
  ASSERT_TRUE(Turn(2).ok());  // a second later it measures
  EXPECT_EQ(Metric("sink_task_partition_count"), "1");
  EXPECT_EQ(Metric("sink_task_sink_record_active_count"), "2");
  EXPECT_EQ(Metric("sink_task_sink_record_lag"), "0");
  ASSERT_TRUE(CommitNow().ok());
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Metric("sink_task_offset_commit_completion_total"), "1");
  EXPECT_EQ(Metric("sink_task_offset_commit_seq_no"), "1");
  EXPECT_EQ(Metric("sink_task_sink_record_active_count"), "0");
  sink.host->Metric("rows", SLUICE_METRIC_ADD, 2);
  EXPECT_EQ(Metric("plugins_rows_total"), "2");
  task.reset();
  EXPECT_EQ(Metric("plugins_rows_total"), "none");
  EXPECT_EQ(Metric("sink_task_sink_record_send_total"), "2");
}

// What waits for a put that is tried again is lag, though the consumer has handed it out.
TEST_F(SinkTaskTest, AKeptBatchIsLag) {
  StartTask();
  sink.on_put = [](const sluice_batch*, const Strings& values) {
    return values.empty() ? Ok() : Answer(SLUICE_RETRY, "down");
  };
  Arrive({"a", "b", "c"});
  ASSERT_TRUE(Turn(4).ok());
  EXPECT_EQ(Metric("sink_task_sink_record_read_total"), "3");
  EXPECT_EQ(Metric("sink_task_sink_record_send_total"), "0");
  EXPECT_GT(std::stod(Metric("sink_task_put_retries_total")), 0);
  EXPECT_EQ(Metric("sink_task_end_to_end_latency_seconds_count"), "0");
  sink.on_put = nullptr;
  ASSERT_TRUE(Turn(4).ok());
  EXPECT_EQ(Metric("sink_task_sink_record_lag"), "0");
  EXPECT_EQ(Metric("sink_task_sink_record_send_total"), "3");
}

}  // namespace
}  // namespace sluice::task
