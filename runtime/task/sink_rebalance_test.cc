// Rebalances, seeks, retained batches, and random trouble. Putting and committing:
// sink_task_test.cc.
#include <algorithm>
#include <random>

#include "gtest/gtest.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/testing/sink_fixture.h"

namespace sluice::task {
namespace {

using testing::SinkTaskTest;
using testing::Strings;
using testing::Tp;

TEST_F(SinkTaskTest, AssignedComesBeforeConsumingWithCommittedOffsets) {
  Arrive({"a", "b", "c"});
  consumer.committed[{"t", 0}] = 2;
  StartTask();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.calls, Strings{"assigned t-0@2"});
  EXPECT_EQ(sink.taken, Strings{"c"});
}

TEST_F(SinkTaskTest, ASeekInAssignedSaysWhereConsumingBegins) {
  Arrive({"a", "b", "c"});
  consumer.committed[{"t", 0}] = 3;
  sink.on_assigned = [&](const std::vector<sluice_topic_partition>& partitions) {
    EXPECT_EQ(sink.host->Assignment().size(), 1u);
    auto wanted = partitions;
    wanted[0].offset = 1;
    return sink.host->Seek(wanted.data(), 1);
  };
  StartTask();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"b", "c"}));
  EXPECT_TRUE(consumer.events.empty());  // no seek: the consumer was assigned there
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 3);
}

TEST_F(SinkTaskTest, ASeekInStartHoldsWhenThePartitionComes) {
  Arrive({"a", "b", "c"});
  sink.on_start = [&] {
    const auto wanted = Abi(0, 2);
    return sink.host->Seek(&wanted, 1);
  };
  StartTask();
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.calls, Strings{"assigned t-0@2"});
  EXPECT_EQ(sink.taken, Strings{"c"});
}

TEST_F(SinkTaskTest, ASeekRewindsAndNothingPastItIsCommitted) {
  StartTask();
  Arrive({"a", "b", "c"});
  ASSERT_TRUE(Turn().ok());
  const auto back = Abi(0, 1);
  ASSERT_TRUE(sink.host->Seek(&back, 1).ok());
  const auto none = Abi(0, SLUICE_NO_OFFSET);
  EXPECT_TRUE(sink.host->Seek(&none, 1).ok());  // only a warning
  const auto negative = Abi(0, -7);
  EXPECT_FALSE(sink.host->Seek(&negative, 1).ok());
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "b", "c", "b", "c"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 3);
}

TEST_F(SinkTaskTest, ASeekTakesItsPartitionsRecordsOutOfAKeptBatch) {
  StartTask({{"t", 0}, {"t", 1}});
  Arrive({"a", "b"}, 0);
  Arrive({"c", "d"}, 1);
  bool down = true;
  sink.on_put = [&](const sluice_batch*, const Strings&) {
    if (!down) return Ok();
    const auto skip = Abi(0, 2);
    EXPECT_TRUE(sink.host->Seek(&skip, 1).ok());
    return Answer(SLUICE_RETRY, "down");
  };
  ASSERT_TRUE(Turn().ok());
  down = false;
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(sink.taken, (Strings{"c", "d"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), -1);
  EXPECT_EQ(Committed(1), 2);
}

TEST_F(SinkTaskTest, ARevokedPartitionIsFlushedAndCommittedFirst) {
  StartTask({{"t", 0}, {"t", 1}});
  Arrive({"a"}, 0);
  Arrive({"b"}, 1);
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({{"t", 0}});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(consumer.events, Strings{"commitSync t-1@1"});
  EXPECT_EQ(sink.calls,
            (Strings{"assigned t-0@none", "assigned t-1@none", "flush", "revoked t-1"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), 1);
}

TEST_F(SinkTaskTest, ALostPartitionIsNotCommitted) {
  StartTask();
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({}, /*lost=*/true);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Committed(), -1);
  EXPECT_EQ(sink.calls.back(), "lost t-0");
  task->Stop();
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkTaskTest, ARebalanceInTheMiddleOfAKeptBatchLeavesTheRest) {
  StartTask({{"t", 0}, {"t", 1}});
  Arrive({"a", "b"}, 0);
  Arrive({"c", "d"}, 1);
  bool down = true;
  sink.on_put = [&](const sluice_batch*, const Strings&) {
    return down ? Answer(SLUICE_RETRY, "down") : Ok();
  };
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({{"t", 1}, {"t", 2}});
  Arrive({"e"}, 2);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.puts.back(), (Strings{"c", "d"}));
  EXPECT_TRUE(consumer.paused({"t", 2}));  // it came while a batch is kept
  ASSERT_TRUE(Turn().ok());
  down = false;
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(sink.taken, (Strings{"c", "d", "e"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), -1);
  EXPECT_EQ(Committed(1), 2);
  EXPECT_EQ(Committed(2), 1);
}

TEST_F(SinkTaskTest, AKeptBatchThatIsRevokedWholeIsForgotten) {
  StartTask();
  Arrive({"a"});
  bool down = true;
  sink.on_put = [&](const sluice_batch*, const Strings& values) {
    return down && !values.empty() ? Answer(SLUICE_RETRY, "down") : Ok();
  };
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({{"t", 1}});
  Arrive({"z"}, 1);
  down = false;
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(sink.taken, Strings{"z"});
  EXPECT_FALSE(consumer.paused({"t", 1}));
}

TEST_F(SinkTaskTest, AFailureInAssignedFailsTheTask) {
  sink.on_assigned = [](const auto&) { return ConnectError("cannot open"); };
  StartTask();
  EXPECT_EQ(Message(Turn()), "cannot open");
}

TEST_F(SinkTaskTest, AFailedFlushAtRevocationCommitsNothingAndCloses) {
  StartTask();
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  sink.on_flush = [](auto&) { return ConnectError("no"); };
  consumer.Rebalance({});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Committed(), -1);
  EXPECT_EQ(sink.calls.back(), "revoked t-0");
}

TEST_F(SinkTaskTest, ALateCommitAnswerDoesNotTouchAPartitionThatCameAgain) {
  StartTask();
  consumer.answer_commits = false;
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({}, true);
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({{"t", 0}});
  ASSERT_TRUE(Turn().ok());
  consumer.AnswerCommit(0);  // of the first assignment
  sink.host->RequestCommit();
  ASSERT_TRUE(Turn().ok());
  ASSERT_EQ(consumer.waiting_commits(), 1u);  // 2 is committed (again): it was not taken for known
}

TEST_F(SinkTaskTest, ARetainedBatchHoldsOffsetsUntilItsVerdicts) {
  StartTask();
  const sluice_batch* kept = nullptr;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (values == Strings{"a", "b", "c"}) {
      kept = sink.host->Retain(batch);
      EXPECT_EQ(sink.host->Retain(batch), kept);
    }
    return Ok();
  };
  Arrive({"a", "b", "c"});
  ASSERT_TRUE(Turn().ok());
  ASSERT_NE(kept, nullptr);
  Arrive({"d"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(abi::Text(abi::RecordAt(*kept, 1).value), "b");  // a copy: the messages are gone
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), -1);
  ASSERT_TRUE(sink.host->Verdict(kept, 0, SLUICE_OK, OkStatus()).ok());
  ASSERT_TRUE(sink.host->Verdict(kept, 2, SLUICE_OK, OkStatus()).ok());
  EXPECT_FALSE(sink.host->Verdict(kept, 2, SLUICE_OK, OkStatus()).ok());  // once each
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 1);
  sink.host->Release(kept);
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 4);
  EXPECT_EQ(Metric("connector_task_in_flight_bytes"), "0");
}

TEST_F(SinkTaskTest, LateBadVerdictsAreReportedWithWhatWasConsumed) {
  settings.tolerance_all = true;
  StartTask();
  const sluice_batch* kept = nullptr;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (!values.empty()) kept = sink.host->Retain(batch);
    return Ok();
  };
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn(2).ok());
  ASSERT_TRUE(sink.host->Verdict(kept, 1, SLUICE_BAD_RECORD, DataError("no")).ok());
  EXPECT_EQ(reports.reports, Strings{"TASK_PUT b"});
  sink.host->Release(kept);
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 2);
}

TEST_F(SinkTaskTest, ALateBadVerdictWithToleranceNoneFailsAndHoldsTheOffset) {
  StartTask();
  const sluice_batch* kept = nullptr;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (!values.empty()) kept = sink.host->Retain(batch);
    return Ok();
  };
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  ASSERT_TRUE(sink.host->Verdict(kept, 0, SLUICE_OK, OkStatus()).ok());
  ASSERT_TRUE(sink.host->Verdict(kept, 1, SLUICE_BAD_RECORD, DataError("no")).ok());
  EXPECT_FALSE(Turn().ok());
  task->Stop();
  EXPECT_EQ(Committed(), 1);
}

TEST_F(SinkTaskTest, WhatIsStillRetainedAfterCloseCountsAsNotDone) {
  StartTask();
  const sluice_batch* kept = nullptr;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (!values.empty()) kept = sink.host->Retain(batch);
    return Ok();
  };
  sink.on_close = [&] { sink.host->Release(kept); };
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  task->Stop();
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkTaskTest, FlushMayGiveTheLastVerdicts) {
  StartTask();
  const sluice_batch* kept = nullptr;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (!values.empty()) kept = sink.host->Retain(batch);
    return Ok();
  };
  sink.on_flush = [&](auto&) {
    if (kept != nullptr) sink.host->Release(std::exchange(kept, nullptr));
    return OkStatus();
  };
  Arrive({"a", "b"});
  ASSERT_TRUE(Turn().ok());
  task->Stop();
  EXPECT_EQ(Committed(), 2);
}

TEST_F(SinkTaskTest, RetainingIsBoundedByTheBudget) {
  retained_bytes_max = 1000;
  StartTask();
  std::vector<const sluice_batch*> kept;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (values.empty()) return Ok();
    const sluice_batch* copy = sink.host->Retain(batch);
    if (copy == nullptr) return Answer(SLUICE_RETRY, "over budget");
    kept.push_back(copy);
    return Ok();
  };
  for (int i = 0; i < 5; ++i) {
    Arrive({"a", "b", "c"});
    ASSERT_TRUE(Turn().ok());
  }
  EXPECT_EQ(kept.size(), 1u);
  sink.host->Release(kept[0]);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(kept.size(), 2u);
  EXPECT_EQ(sink.host->Retain(kept[1]), nullptr);  // only in its put
}

TEST_F(SinkTaskTest, RevokedRecordsOfARetainedBatchHoldNothingAnyMore) {
  StartTask({{"t", 0}, {"t", 1}});
  const sluice_batch* kept = nullptr;
  sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
    if (!values.empty() && kept == nullptr) kept = sink.host->Retain(batch);
    return Ok();
  };
  Arrive({"a"}, 0);
  Arrive({"b"}, 1);
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({{"t", 1}});
  ASSERT_TRUE(Turn().ok());
  consumer.Rebalance({{"t", 0}, {"t", 1}});
  ASSERT_TRUE(Turn(2).ok());  // a comes again
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), 1);
  EXPECT_NE(Committed(1), 1);
}

// Whatever happens, every record before a committed offset has been taken by the sink or reported
// durably.
TEST_F(SinkTaskTest, RandomTroubleNeverCommitsAnUndeliveredRecord) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::mt19937 random(seed);
    sink = {};
    reports = {};
    reports.letters = true;
    settings.tolerance_all = true;
    control = std::make_shared<Control>();
    max_poll_records = 1 + random() % 20;
    task.reset();
    consumer.~FakeConsumer();
    new (&consumer) testing::FakeConsumer(clock, rebalance_listener);
    sink.put_atomic = random() % 2 == 0;
    StartTask({{"t", 0}, {"t", 1}});
    std::set<std::string> done;  // taken, with a verdict if retained
    std::map<const sluice_batch*, Strings> kept;
    sink.on_put = [&](const sluice_batch* batch, const Strings& values) {
      if (random() % 6 == 0) return Answer(SLUICE_RETRY, "down");
      if (sink.put_atomic) {
        for (const std::string& value : values) {
          if (value.find('x') != std::string::npos) return Answer(SLUICE_BAD_RECORD, "refused");
        }
      }
      if (!values.empty() && random() % 4 == 0) {
        if (const sluice_batch* copy = sink.host->Retain(batch)) {
          kept[copy] = values;
          return Ok();
        }
      }
      if (!sink.put_atomic && !values.empty() && random() % 5 == 0) {
        EXPECT_TRUE(sink.host->Verdict(batch, 0, SLUICE_BAD_RECORD, DataError("no")).ok());
      }
      if (!values.empty() && random() % 15 == 0) {
        const auto back = Abi(abi::RecordAt(*batch, 0).original_partition, 0);
        EXPECT_TRUE(sink.host->Seek(&back, 1).ok());
      }
      done.insert(values.begin(), values.end());
      return Ok();
    };
    sink.on_flush = [&](std::vector<sluice_topic_partition>& offsets) {
      if (random() % 8 == 0) return ConnectError("no");
      if (random() % 4 == 0) offsets[0].offset = std::max<int64_t>(0, offsets[0].offset - 2);
      return OkStatus();
    };
    consumer.on_commit_begun = [&](const std::vector<kafka::PartitionOffset>& offsets) {
      for (const auto& [partition, offset] : offsets) {
        for (int64_t i = 0; i < offset; ++i) {
          const std::string& value = *consumer.log[partition][static_cast<size_t>(i)].value;
          const bool reported =
              std::any_of(reports.reports.begin(), reports.reports.end(),
                          [&](const std::string& line) { return line.ends_with(" " + value); });
          EXPECT_TRUE(done.count(value) > 0 || reported) << "seed " << seed << ": " << value;
        }
      }
      EXPECT_EQ(reports.pending, 0u);
    };
    consumer.on_commit = [&](const auto&) {
      return random() % 7 == 0 ? ConnectError("coordinator") : OkStatus();
    };
    Status status = OkStatus();
    int number = 0;
    for (int step = 0; step < 120 && status.ok(); ++step) {
      for (size_t i = random() % 12; i > 0; --i) {
        const char* kind = random() % 12 == 0 ? "bad" : random() % 20 == 0 ? "x" : "v";
        Arrive({kind + std::to_string(++number)}, static_cast<int32_t>(random() % 3));
      }
      if (random() % 10 == 0) {
        std::set<Tp> owned;
        for (int32_t p = 0; p < 3; ++p) {
          if (random() % 3 != 0) owned.insert({"t", p});
        }
        consumer.Rebalance(owned, random() % 4 == 0);
      }
      if (random() % 4 == 0) sink.host->RequestCommit();
      if (random() % 6 == 0) reports.durable = !reports.durable;
      if (random() % 8 == 0) control->SetPaused(random() % 2 == 0);
      if (random() % 5 == 0) consumer.answer_commits = !consumer.answer_commits;
      for (auto it = kept.begin(); it != kept.end();) {
        if (random() % 3 != 0) {
          ++it;
          continue;
        }
        done.insert(it->second.begin(), it->second.end());
        sink.host->Release(it->first);
        it = kept.erase(it);
      }
      status = Turn();
    }
    if (!status.ok()) {
      EXPECT_NE(StackTrace(status).find("refused"), std::string::npos) << StackTrace(status);
    }
    task->Stop();
    kept.clear();
  }
}

}  // namespace
}  // namespace sluice::task
