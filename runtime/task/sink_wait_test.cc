// What a sink does while a record is tried again for long: it stays in its group, serves its
// rebalances, and stops.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/abi/views.h"
#include "runtime/convert/converter.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/testing/sink_fixture.h"

namespace sluice::task {
namespace {

using testing::SinkTaskTest;
using testing::Strings;
using testing::Tp;

constexpr milliseconds kGapMax{1100};

// A registry that is away: values that begin with `late` are retriable until the test opens it.
class SinkWaitTest : public SinkTaskTest {
 protected:
  class Converter : public convert::Converter {
   public:
    explicit Converter(SinkWaitTest& test) : test_(test) {}
    std::string_view class_name() const override { return "test.RegistryConverter"; }
    void SetWaiter(Waiter* waiter) override { test_.converters_waiter = waiter; }
    StatusOr<record::Bytes> FromConnect(std::string_view, const sluice_schema*, const sluice_value&,
                                        record::BatchMemory&) override {
      return record::kNullBytes;
    }
    StatusOr<convert::SchemaAndValue> ToConnect(std::string_view, record::Bytes bytes,
                                                record::BatchMemory&) override {
      const std::string_view text = abi::View(bytes);
      if (text.starts_with("bad")) return DataError("cannot convert");
      if (text.starts_with("late")) {
        ++test_.tries;
        if (test_.on_try) SLUICE_RETURN_IF_ERROR(test_.on_try());
        if (!test_.open) return RetriableError("the registry is away");
      }
      return convert::SchemaAndValue{nullptr, abi::String(text)};
    }

   private:
    SinkWaitTest& test_;
  };

  SinkWaitTest() {
    settings.retry_timeout_ms = -1;
    settings.retry_delay_max_ms = 400;
    value_converter = std::make_unique<Converter>(*this);
    consumer.on_poll = [this] {
      longest = std::max(longest, clock.Now() - polled);
      polled = clock.Now();
      ++polls;
      return OkStatus();
    };
  }
  // Does `what` at the nth try of a late record, and opens the registry at the last one.
  void AtTry(int nth, std::function<void()> what, int last = 40) {
    on_try = [this, nth, last, what = std::move(what)] {
      if (tries == nth) what();
      open = tries >= last;
      return OkStatus();
    };
  }
  void OpenAtTry(int last) {
    AtTry(
        0, [] {}, last);
  }

  Waiter* converters_waiter = nullptr;
  std::function<Status()> on_try;
  int tries = 0, polls = 0;
  bool open = false;
  TimePoint polled = clock.Now();
  TimePoint::duration longest{};
};

TEST_F(SinkWaitTest, ItStaysInItsGroupWithAllPartitionsPaused) {
  StartTask({{"t", 0}, {"t", 1}});
  Arrive({"a", "late b", "c"});
  Arrive({"x"}, 1);
  AtTry(
      30,
      [&] {
        EXPECT_TRUE(consumer.paused({"t", 0}));
        EXPECT_TRUE(consumer.paused({"t", 1}));
        Arrive({"d"});  // nothing more comes until the batch is put
      },
      60);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(tries, 60);
  EXPECT_GT(polls, 5);  // how long the waits between tries are is random
  EXPECT_LE(longest, kGapMax);
  EXPECT_EQ(sink.puts, (std::vector<Strings>{{"a", "late b", "c", "x"}}));
  EXPECT_FALSE(consumer.paused({"t", 0}));
  EXPECT_FALSE(consumer.paused({"t", 1}));
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "late b", "c", "x", "d"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 4);
  EXPECT_TRUE(consumer.events.size() == 2) << "commits, and no seek";
}

TEST_F(SinkWaitTest, AShortRetryPausesNothing) {
  StartTask();
  Arrive({"late a"});
  OpenAtTry(2);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(consumer.pauses, 0);
  EXPECT_EQ(polls, 1);
  EXPECT_EQ(sink.taken, Strings{"late a"});
}

TEST_F(SinkWaitTest, WhatThePluginPausedStaysPaused) {
  StartTask({{"t", 0}, {"t", 1}});
  ASSERT_TRUE(Turn().ok());
  const auto second = Abi(1, 0);
  ASSERT_TRUE(sink.host->Pause(&second, 1).ok());
  Arrive({"late a"});
  OpenAtTry(40);
  ASSERT_TRUE(Turn().ok());
  EXPECT_FALSE(consumer.paused({"t", 0}));
  EXPECT_TRUE(consumer.paused({"t", 1}));
}

TEST_F(SinkWaitTest, AConverterThatWaitsByItselfIsServedToo) {
  StartTask();
  Arrive({"late a"});
  on_try = [&]() -> Status {
    for (int slice = 0; slice < 3000; ++slice) {
      clock.Advance(milliseconds(2));  // its own wait for an answer
      if (!converters_waiter->Wait(milliseconds(0))) return StoppedError();
    }
    open = true;
    return OkStatus();
  };
  ASSERT_TRUE(Turn().ok());
  EXPECT_GE(polls, 6);
  EXPECT_LE(longest, kGapMax);
  EXPECT_EQ(sink.taken, Strings{"late a"});
}

TEST_F(SinkWaitTest, TheRecordOfARevokedPartitionIsLeftToOthers) {
  StartTask({{"t", 0}, {"t", 1}});
  Arrive({"first"});
  ASSERT_TRUE(Turn().ok());
  Arrive({"a", "late b", "c"});
  Arrive({"x", "y"}, 1);
  AtTry(
      5,
      [&] {
        consumer.Rebalance({{"t", 1}});
      },
      1000);
  ASSERT_TRUE(Turn().ok());
  EXPECT_LT(tries, 15);  // ended, not succeeded
  EXPECT_EQ(sink.taken, (Strings{"first", "x", "y"}));
  EXPECT_EQ(Committed(0), 1);  // what was put, when it went
  EXPECT_TRUE(reports.reports.empty());
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), 1);
  EXPECT_EQ(Committed(1), 2);
}

TEST_F(SinkWaitTest, TheRecordsOfAnotherPartitionThatWasRevokedAreDropped) {
  StartTask({{"t", 0}, {"t", 1}, {"t", 2}});
  Arrive({"a", "b"}, 0);
  Arrive({"c", "late d", "e"}, 1);
  Arrive({"f"}, 2);
  AtTry(5, [&] { consumer.Rebalance({{"t", 1}}); });
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(tries, 40);
  EXPECT_EQ(sink.taken, (Strings{"c", "late d", "e"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), -1);
  EXPECT_EQ(Committed(1), 3);
  EXPECT_EQ(Committed(2), -1);
}

TEST_F(SinkWaitTest, WhatComesBackIsPutOnce) {
  StartTask({{"t", 0}, {"t", 1}});
  Arrive({"a", "late b"}, 0);
  Arrive({"x"}, 1);
  AtTry(
      5, [&] { consumer.Rebalance({}); }, 12);
  consumer.on_poll = [&] {
    if (!sink.calls.empty() && sink.calls.back() == "revoked t-1")
      consumer.Rebalance({{"t", 0}, {"t", 1}});
    return OkStatus();
  };
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "late b", "x"}));
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(0), 2);
  EXPECT_EQ(Committed(1), 1);
}

TEST_F(SinkWaitTest, ALostPartitionIsNotCommitted) {
  StartTask();
  Arrive({"first"});
  ASSERT_TRUE(Turn().ok());
  Arrive({"late a"});
  AtTry(
      5, [&] { consumer.Rebalance({}, /*lost=*/true); }, 1000);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.calls.back(), "lost t-0");
  EXPECT_EQ(sink.taken, Strings{"first"});
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkWaitTest, ANewPartitionWaitsToo) {
  StartTask();
  Arrive({"late a"});
  Arrive({"x"}, 1);
  AtTry(5, [&] { consumer.Rebalance({{"t", 0}, {"t", 1}}); });
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.puts, std::vector<Strings>{{"late a"}});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"late a", "x"}));  // none of them is lost, or put twice
}

TEST_F(SinkWaitTest, AStopEndsIt) {
  StartTask();
  Arrive({"a", "late b"});
  AtTry(
      5, [&] { control->RequestStop(); }, 1000);
  const Status stopped = Turn();
  EXPECT_TRUE(stopped.ok() || IsStopped(stopped)) << stopped;
  EXPECT_EQ(tries, 5);
  task->Stop();
  EXPECT_TRUE(sink.taken.empty());
  EXPECT_EQ(Committed(), -1);
  EXPECT_TRUE(reports.reports.empty());
}

TEST_F(SinkWaitTest, AFailureInARebalanceFailsTheTask) {
  StartTask();
  Arrive({"a", "late b"});
  AtTry(
      5,
      [&] {
        sink.on_assigned = [](const auto&) { return ConnectError("cannot open"); };
        consumer.Rebalance({{"t", 0}, {"t", 1}});
      },
      1000);
  EXPECT_EQ(Message(Turn()), "cannot open");
  EXPECT_TRUE(sink.taken.empty());
}

TEST_F(SinkWaitTest, AFailureOfThePollFailsTheTask) {
  StartTask();
  Arrive({"late b"});
  consumer.on_poll = [&] { return tries > 5 ? ConnectError("not authorized") : OkStatus(); };
  EXPECT_EQ(Message(Turn()), "not authorized");
}

TEST_F(SinkWaitTest, ItGivesUpWhenItsTimeIsOver) {
  settings.retry_timeout_ms = 20'000;
  settings.tolerance_all = true;
  StartTask();
  Arrive({"a", "late b", "c"});
  const TimePoint began = clock.Now();
  ASSERT_TRUE(Turn().ok());
  EXPECT_GE(clock.Now() - began, milliseconds(20'000));
  EXPECT_LE(longest, kGapMax);
  EXPECT_EQ(reports.reports, Strings{"VALUE_CONVERTER late b"});
  EXPECT_EQ(sink.taken, (Strings{"a", "c"}));
}

// The letter of a record that is not put yet does not hold up the commit of those that are.
TEST_F(SinkWaitTest, ARevocationCommitsWhatWasPutWithoutLettersOfLaterRecords) {
  settings.tolerance_all = true;
  reports.letters = true;
  StartTask();
  Arrive({"bad first", "a"});
  ASSERT_TRUE(Turn().ok());
  reports.durable = false;
  Arrive({"bad second", "late b"});
  AtTry(
      5, [&] { consumer.Rebalance({}); }, 1000);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Committed(), 2);
  EXPECT_EQ(sink.taken, Strings{"a"});
}

TEST_F(SinkWaitTest, ALetterOfBeforeHoldsTheCommitOfARevocation) {
  settings.tolerance_all = true;
  reports.letters = true;
  StartTask();
  reports.durable = false;
  Arrive({"bad first", "a"});
  ASSERT_TRUE(Turn().ok());
  Arrive({"late b"});
  AtTry(
      5, [&] { consumer.Rebalance({}); }, 1000);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Committed(), -1);
}

TEST_F(SinkWaitTest, WhatTheGroupMayHaveMovedMeanwhileWaits) {
  bool owned = true;
  control = std::make_shared<Control>([&] { return owned; });
  StartTask();
  Arrive({"a", "late b"});
  AtTry(5, [&] { owned = false; });
  ASSERT_TRUE(Turn(3).ok());
  EXPECT_TRUE(sink.puts.empty());
  owned = true;
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "late b"}));
  Arrive({"c"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "late b", "c"}));
}

TEST_F(SinkWaitTest, ACommitUnderWayIsAnsweredMeanwhile) {
  StartTask();
  Arrive({"a"});
  ASSERT_TRUE(Turn().ok());
  consumer.answer_commits = false;
  sink.host->RequestCommit();
  Arrive({"late b"});
  AtTry(5, [&] { consumer.answer_commits = true; });
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Committed(), 1);
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(Metric("connector_task_offset_commit_failure_percentage"), "0");
}

}  // namespace
}  // namespace sluice::task
