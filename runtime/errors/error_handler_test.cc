#include "runtime/errors/error_handler.h"

#include <gtest/gtest.h>

namespace sluice::errors {
namespace {

constexpr std::string_view kClass = "org.apache.kafka.connect.json.JsonConverter";

// Turns the clock by the time that is waited for, and says stop when the test wants it.
class TurningWaiter : public Waiter {
 public:
  explicit TurningWaiter(FakeClock& clock) : clock_(clock) {}
  bool Wait(milliseconds time) override {
    if (waits.size() == stop_at) return false;
    waits.push_back(time.count());
    clock_.Advance(time);
    return true;
  }
  std::vector<int64_t> waits;
  size_t stop_at = SIZE_MAX;

 private:
  FakeClock& clock_;
};

struct Reports {
  std::vector<std::string> texts;
  std::vector<int> attempts;
  size_t pending = 0;
  size_t served_at_a_time = 1;
  Status report_error, serve_error;
};

class FakeReporter : public Reporter {
 public:
  explicit FakeReporter(Reports& reports) : reports_(reports) {}
  void Attach(metrics::ErrorCounts&) override {}
  Status Report(const Failure& failure) override {
    reports_.texts.emplace_back(Message(failure.error));
    reports_.attempts.push_back(failure.attempts);
    return reports_.report_error;
  }
  Status Serve(milliseconds) override {
    reports_.pending -= std::min(reports_.pending, reports_.served_at_a_time);
    return reports_.serve_error;
  }
  size_t pending() const override { return reports_.pending; }

 private:
  Reports& reports_;
};

class ErrorHandlerTest : public testing::Test {
 protected:
  ErrorHandler& Make(config::ErrorSettings settings) {
    std::vector<std::unique_ptr<Reporter>> reporters;
    reporters.push_back(std::make_unique<FakeReporter>(reports_));
    handler_.emplace(std::move(settings), clock_, waiter_, std::move(reporters));
    return *handler_;
  }
  static config::ErrorSettings Tolerant(int64_t retry_timeout_ms = 0) {
    config::ErrorSettings settings;
    settings.tolerance_all = true;
    settings.retry_timeout_ms = retry_timeout_ms;
    return settings;
  }
  // Runs an operation that fails `failures` times.
  StatusOr<bool> Run(int failures, const Status& error, Stage stage = Stage::kValueConverter) {
    return handler_->Execute(stage, kClass, {}, [&, left = failures]() mutable {
      ++calls_;
      return left-- > 0 ? error : OkStatus();
    });
  }

  FakeClock clock_;
  TurningWaiter waiter_{clock_};
  Reports reports_;
  std::optional<ErrorHandler> handler_;
  int calls_ = 0;
};

TEST_F(ErrorHandlerTest, SuccessIsNotCounted) {
  Make({});
  EXPECT_TRUE(*Run(0, OkStatus()));
  EXPECT_EQ(handler_->counts().failures, 0);
  EXPECT_TRUE(reports_.texts.empty());
}

TEST_F(ErrorHandlerTest, ToleranceNoneReportsThenFails) {
  Make({});
  StatusOr<bool> done = Run(1, DataError("bad JSON"));
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(
      Describe(done.status()),
      "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler");
  EXPECT_NE(StackTrace(done.status())
                .find("Caused by: org.apache.kafka.connect.errors.DataException: bad JSON"),
            std::string::npos);
  EXPECT_TRUE(IsToleranceExceeded(done.status()));
  EXPECT_FALSE(IsToleranceExceeded(DataError("x")));
  EXPECT_EQ(reports_.texts, std::vector<std::string>{"bad JSON"});
  EXPECT_EQ(handler_->counts().failures, 1);
  EXPECT_EQ(handler_->counts().errors, 1);
  EXPECT_EQ(handler_->counts().skipped, 0);
}

TEST_F(ErrorHandlerTest, ToleranceAllReportsAndSkips) {
  Make(Tolerant());
  StatusOr<bool> done = Run(1, DataError("bad JSON"));
  ASSERT_TRUE(done.ok());
  EXPECT_FALSE(*done);
  EXPECT_EQ(reports_.texts.size(), 1u);
  EXPECT_EQ(handler_->counts().skipped, 1);
  EXPECT_EQ(handler_->counts().last_error_ms, clock_.WallMillis());
}

TEST_F(ErrorHandlerTest, RetriesOnlyWhatMayPass) {
  Make(Tolerant(60000));
  EXPECT_TRUE(*Run(3, RetriableError("registry down")));
  EXPECT_EQ(waiter_.waits, (std::vector<int64_t>{300, 600, 1200}));
  EXPECT_EQ(handler_->counts().retries, 3);
  EXPECT_EQ(handler_->counts().failures, 3);
  EXPECT_TRUE(reports_.texts.empty());
  EXPECT_FALSE(*Run(1, DataError("bad")));
  EXPECT_EQ(waiter_.waits.size(), 3u);
}

TEST_F(ErrorHandlerTest, WithoutRetryTimeTheFirstFailureIsFinal) {
  Make({});
  EXPECT_FALSE(Run(1, RetriableError("down")).ok());
  EXPECT_EQ(calls_, 1);
  EXPECT_TRUE(waiter_.waits.empty());
}

// As the peer: the deadline is the operation's beginning and errors.retry.timeout.
TEST_F(ErrorHandlerTest, TheTimeOfTheFirstTryCounts) {
  Make(Tolerant(1000));
  std::vector<int64_t> at;
  const TimePoint began = clock_.Now();
  StatusOr<bool> done = handler_->Execute(Stage::kValueConverter, kClass, {}, [&] {
    at.push_back(std::chrono::duration_cast<milliseconds>(clock_.Now() - began).count());
    clock_.Advance(milliseconds(500));  // until it fails
    return RetriableError("slow");
  });
  EXPECT_FALSE(*done);
  EXPECT_EQ(at, (std::vector<int64_t>{0, 800}));  // 500 + 300; then 1300, which is past 1000
  EXPECT_EQ(waiter_.waits, std::vector<int64_t>{300});
  EXPECT_EQ(reports_.attempts, std::vector<int>{2});
  waiter_.waits.clear();
  calls_ = 0;
  done = handler_->Execute(Stage::kValueConverter, kClass, {}, [&] {
    ++calls_;
    clock_.Advance(milliseconds(1000));
    return RetriableError("slower");
  });
  EXPECT_FALSE(*done);
  EXPECT_EQ(calls_, 1);  // its first failure comes when there is no time left
  EXPECT_TRUE(waiter_.waits.empty());
}

TEST_F(ErrorHandlerTest, TheLastWaitIsCutToWhatTheFirstTryLeft) {
  Make(Tolerant(1000));
  StatusOr<bool> done = handler_->Execute(Stage::kValueConverter, kClass, {}, [&] {
    if (++calls_ == 1) clock_.Advance(milliseconds(900));
    return RetriableError("slow");
  });
  EXPECT_FALSE(*done);
  EXPECT_EQ(waiter_.waits, std::vector<int64_t>{100});
  EXPECT_EQ(calls_, 2);
}

TEST_F(ErrorHandlerTest, GivesUpAtTheDeadlineAndCutsTheLastWait) {
  Make(Tolerant(1000));
  StatusOr<bool> done = Run(100, RetriableError("down"));
  ASSERT_TRUE(done.ok());
  EXPECT_FALSE(*done);
  EXPECT_EQ(waiter_.waits, (std::vector<int64_t>{300, 600, 100}));
  EXPECT_EQ(calls_, 4);
  EXPECT_EQ(reports_.attempts, std::vector<int>{4});
  EXPECT_EQ(handler_->counts().failures, 5);  // four attempts, and giving up
  EXPECT_EQ(handler_->counts().retries, 3);
}

TEST_F(ErrorHandlerTest, AfterAnotherErrorDuringRetriesThatOneCounts) {
  Make(Tolerant(10000));
  int calls = 0;
  StatusOr<bool> done = handler_->Execute(Stage::kValueConverter, kClass, {}, [&] {
    return ++calls == 1 ? RetriableError("down") : DataError("bad");
  });
  EXPECT_FALSE(*done);
  EXPECT_EQ(reports_.texts, std::vector<std::string>{"bad"});
}

TEST_F(ErrorHandlerTest, LongDelaysAreRandomBelowTheMaximum) {
  config::ErrorSettings settings = Tolerant(-1);
  settings.retry_delay_max_ms = 500;
  Make(settings);
  EXPECT_TRUE(*Run(100, RetriableError("down")));  // far beyond 63 doublings of the delay
  ASSERT_EQ(waiter_.waits.size(), 100u);
  EXPECT_EQ(waiter_.waits[0], 300);
  for (size_t i = 1; i < waiter_.waits.size(); ++i) {
    EXPECT_GE(waiter_.waits[i], 1);
    EXPECT_LT(waiter_.waits[i], 500);
  }
}

TEST_F(ErrorHandlerTest, AMaximumOfZeroStillWaits) {
  config::ErrorSettings settings = Tolerant(10);
  settings.retry_delay_max_ms = 0;
  Make(settings);
  EXPECT_FALSE(*Run(1000, RetriableError("down")));
  EXPECT_EQ(waiter_.waits.size(), 10u);
}

TEST_F(ErrorHandlerTest, StopDuringBackOffIsNeitherSkippedNorReported) {
  Make(Tolerant(-1));
  waiter_.stop_at = 2;
  StatusOr<bool> done = Run(100, RetriableError("down"));
  EXPECT_TRUE(IsStopped(done.status()));
  EXPECT_TRUE(reports_.texts.empty());
  EXPECT_EQ(handler_->counts().skipped, 0);
  EXPECT_EQ(handler_->counts().failures, 3);
}

TEST_F(ErrorHandlerTest, AReportThatCannotBeWrittenFailsTheTask) {
  Make(Tolerant());
  reports_.report_error = ConnectError("Could not produce message to dead letter queue. topic=d");
  StatusOr<bool> done = Run(1, DataError("bad"));
  EXPECT_EQ(Message(done.status()), "Could not produce message to dead letter queue. topic=d");
}

TEST_F(ErrorHandlerTest, VerdictsOfPut) {
  Make(Tolerant());
  StatusOr<bool> done = handler_->Fail(
      {Stage::kTaskPut, "org.apache.kafka.connect.sink.SinkTask", DataError("no"), 1, {}});
  EXPECT_FALSE(*done);
  EXPECT_EQ(reports_.texts.size(), 1u);
  Make({});
  done = handler_->Fail(
      {Stage::kTaskPut, "org.apache.kafka.connect.sink.SinkTask", DataError("no"), 1, {}});
  EXPECT_TRUE(IsToleranceExceeded(done.status()));
  EXPECT_EQ(reports_.texts.size(), 2u);
}

TEST_F(ErrorHandlerTest, PollIsNeverTolerated) {
  Make(Tolerant());
  StatusOr<bool> done = Run(1, ConnectError("no"), Stage::kTaskPoll);
  EXPECT_EQ(Message(done.status()), "Unhandled exception in error handler");
}

TEST_F(ErrorHandlerTest, FlushWaitsForReports) {
  Make(Tolerant());
  reports_.pending = 5;
  EXPECT_EQ(handler_->pending_reports(), 5u);
  EXPECT_TRUE(handler_->FlushReports(milliseconds(1000)).ok());
  EXPECT_EQ(handler_->pending_reports(), 0u);

  reports_.pending = 5;
  waiter_.stop_at = 0;  // a task that stops still waits for its dead letters
  EXPECT_TRUE(handler_->FlushReports(milliseconds(1000)).ok());

  waiter_.stop_at = SIZE_MAX;
  reports_.pending = 5;
  reports_.served_at_a_time = 0;
  EXPECT_EQ(handler_->FlushReports(milliseconds(50)).code(), absl::StatusCode::kDeadlineExceeded);

  reports_.serve_error = ConnectError("lost");
  EXPECT_EQ(Message(handler_->FlushReports(milliseconds(50))), "lost");
}

TEST(StageName, IsThatOfThePeer) {
  EXPECT_EQ(StageName(Stage::kTaskPoll), "TASK_POLL");
  EXPECT_EQ(StageName(Stage::kTaskPut), "TASK_PUT");
  EXPECT_EQ(StageName(Stage::kTransformation), "TRANSFORMATION");
  EXPECT_EQ(StageName(Stage::kKeyConverter), "KEY_CONVERTER");
  EXPECT_EQ(StageName(Stage::kValueConverter), "VALUE_CONVERTER");
  EXPECT_EQ(StageName(Stage::kHeaderConverter), "HEADER_CONVERTER");
  EXPECT_EQ(StageName(Stage::kKafkaProduce), "KAFKA_PRODUCE");
  EXPECT_EQ(StageName(Stage::kKafkaConsume), "KAFKA_CONSUME");
}

}  // namespace
}  // namespace sluice::errors
