#include "runtime/errors/dlq_reporter.h"

#include <gtest/gtest.h>

#include "runtime/base/stop.h"
#include "runtime/base/text.h"
#include "runtime/errors/error_handler.h"
#include "runtime/kafka/fakes.h"

namespace sluice::errors {
namespace {

using kafka::FakeAdmin;
using kafka::FakeProducer;
using kafka::SentRecord;

// Turns the clock, and acknowledges as the test wants while somebody waits.
class TestWaiter : public Waiter {
 public:
  explicit TestWaiter(FakeClock& clock) : clock_(clock) {}
  bool Wait(milliseconds time) override {
    ++waits;
    clock_.Advance(time);
    if (on_wait) on_wait();
    return !stop;
  }
  int waits = 0;
  bool stop = false;
  std::function<void()> on_wait;

 private:
  FakeClock& clock_;
};

record::Bytes Raw(std::string_view text) { return {text.data(), text.size()}; }

class DlqTest : public testing::Test {
 protected:
  DlqTest() {
    options_.topic = "dead";
    options_.connector = "jdbc";
    options_.task = 2;
    consumed_.topic = "orders";
    consumed_.partition = 3;
    consumed_.offset = 17;
    consumed_.timestamp = 1700000000123;
    consumed_.key = Raw("key");
    consumed_.value = Raw("{broken");
  }
  DlqReporter& Make() {
    reporter_.emplace(
        options_,
        [this]() -> StatusOr<std::unique_ptr<kafka::Producer>> {
          ++producers_made_;
          if (!make_error_.ok()) return make_error_;
          return std::make_unique<kafka::BorrowedProducer>(producer_);
        },
        clock_, waiter_);
    reporter_->Attach(counts_);
    return *reporter_;
  }
  Failure Fail(Status error = DataError("Unexpected character")) {
    return {Stage::kValueConverter, "org.apache.kafka.connect.json.JsonConverter", std::move(error),
            1, Subject{&consumed_, nullptr}};
  }

  FakeClock clock_;
  TestWaiter waiter_{clock_};
  FakeProducer producer_;
  Status make_error_;
  int producers_made_ = 0;
  metrics::ErrorCounts counts_;
  DlqOptions options_;
  ConsumedRecord consumed_;
  std::optional<DlqReporter> reporter_;
};

TEST_F(DlqTest, WritesTheRecordAsItWasConsumed) {
  const RawHeader headers[] = {{"h", Raw("1")}, {"h", record::kNullBytes}};
  consumed_.headers = headers;
  consumed_.header_count = 2;
  DlqReporter& reporter = Make();
  EXPECT_EQ(producers_made_, 0);  // made when first needed
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  ASSERT_EQ(producer_.sent.size(), 1u);
  const SentRecord& letter = producer_.sent[0];
  EXPECT_EQ(letter.topic, "dead");
  EXPECT_EQ(letter.partition, -1);
  EXPECT_EQ(letter.timestamp, 1700000000123);
  EXPECT_EQ(letter.key, "key");
  EXPECT_EQ(letter.value, "{broken");
  ASSERT_EQ(letter.headers.size(), 2u);
  EXPECT_EQ(letter.headers[0].second, "1");
  EXPECT_EQ(letter.headers[1].second, std::nullopt);
  EXPECT_EQ(reporter.pending(), 1u);
  EXPECT_TRUE(reporter.Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter.pending(), 0u);
  EXPECT_EQ(counts_.dead_letters, 1);
}

TEST_F(DlqTest, NullsAndAMissingTimestampStayWhatTheyAre) {
  consumed_.key = record::kNullBytes;
  consumed_.value = Raw("");
  consumed_.timestamp = -1;
  ASSERT_TRUE(Make().Report(Fail()).ok());
  EXPECT_EQ(producer_.sent[0].key, std::nullopt);
  EXPECT_EQ(producer_.sent[0].value, "");
  EXPECT_EQ(producer_.sent[0].timestamp, INT64_MIN);
}

TEST_F(DlqTest, CopiesWhatTheFailureOnlyBorrows) {
  std::string value = "before";
  std::string name = "h";
  const RawHeader header{name, Raw(value)};
  consumed_.value = Raw(value);
  consumed_.headers = &header;
  consumed_.header_count = 1;
  producer_.on_ack = [](const SentRecord&) { return RetriableError("again"); };
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  value = "after!";
  name = "x";
  ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  clock_.Advance(milliseconds(1000));
  ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  ASSERT_EQ(producer_.sent.size(), 2u);
  EXPECT_EQ(producer_.sent[1].value, "before");
  EXPECT_EQ(producer_.sent[1].Header("h"), "before");
}

TEST_F(DlqTest, ContextHeadersFollowTheRecordsOwn) {
  options_.context_headers = true;
  const RawHeader header{"h", Raw("1")};
  consumed_.headers = &header;
  consumed_.header_count = 1;
  const Status cause = DataError("no such field");
  ASSERT_TRUE(Make().Report(Fail(Wrap(cause, kDataException, "Unexpected character"))).ok());
  std::vector<std::pair<std::string, std::optional<std::string>>> expected = {
      {"h", "1"},
      {"__connect.errors.topic", "orders"},
      {"__connect.errors.partition", "3"},
      {"__connect.errors.offset", "17"},
      {"__connect.errors.connector.name", "jdbc"},
      {"__connect.errors.task.id", "2"},
      {"__connect.errors.stage", "VALUE_CONVERTER"},
      {"__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter"},
      {"__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"},
      {"__connect.errors.exception.message", "Unexpected character"},
      {"__connect.errors.exception.stacktrace",
       "org.apache.kafka.connect.errors.DataException: Unexpected character\n"
       "Caused by: org.apache.kafka.connect.errors.DataException: no such field\n"}};
  EXPECT_EQ(producer_.sent[0].headers, expected);
}

TEST_F(DlqTest, AnExceptionWithoutTextHasANullMessage) {
  options_.context_headers = true;
  ASSERT_TRUE(Make().Report(Fail(DataError(""))).ok());
  const auto& headers = producer_.sent[0].headers;
  ASSERT_EQ(headers.size(), 10u);
  EXPECT_EQ(headers[8].first, "__connect.errors.exception.message");
  EXPECT_EQ(headers[8].second, std::nullopt);
}

TEST_F(DlqTest, ASendThatFailsForAPassingReasonIsTriedAgain) {
  int failures = 2;
  producer_.on_ack = [&](const SentRecord&) {
    return failures-- > 0 ? TimeoutError("slow") : OkStatus();
  };
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  for (int i = 0; i < 100 && reporter.pending() > 0; ++i) {
    ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
    clock_.Advance(milliseconds(10));
  }
  EXPECT_EQ(reporter.pending(), 0u);
  EXPECT_EQ(producer_.sent.size(), 3u);
  EXPECT_EQ(counts_.dead_letter_failures, 2);
}

TEST_F(DlqTest, ASendThatFailsForGoodIsAnError) {
  producer_.on_ack = [](const SentRecord&) { return ConnectError("not authorized"); };
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  const Status status = reporter.Serve(milliseconds(0));
  EXPECT_EQ(Message(status), "Could not produce message to dead letter queue. topic=dead");
  EXPECT_NE(StackTrace(status).find("not authorized"), std::string::npos);
  EXPECT_FALSE(reporter.Report(Fail()).ok());  // and nothing passes any more
  EXPECT_GT(reporter.pending(), 0u);
}

TEST_F(DlqTest, ASendThatNeverSucceedsIsAnErrorInTheEnd) {
  producer_.on_ack = [](const SentRecord&) { return TimeoutError("slow"); };
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  Status status;
  for (int i = 0; i < 1000 && status.ok(); ++i) {
    status = reporter.Serve(milliseconds(0));
    clock_.Advance(milliseconds(10));
  }
  EXPECT_EQ(Message(status), "Could not produce message to dead letter queue. topic=dead");
  EXPECT_EQ(producer_.sent.size(), 5u);
}

TEST_F(DlqTest, ARecordThatTheProducerRefusesIsAnError) {
  producer_.on_send = [](const SentRecord&) { return ConnectError("too large"); };
  EXPECT_EQ(Message(Make().Report(Fail())),
            "Could not produce message to dead letter queue. topic=dead");
}

TEST_F(DlqTest, AProducerThatCannotBeMadeIsAnError) {
  make_error_ = ConfigError("bad sasl.jaas.config");
  EXPECT_EQ(Message(Make().Report(Fail())),
            "Could not produce message to dead letter queue. topic=dead");
}

TEST_F(DlqTest, WaitsWhileTheQueueIsFull) {
  producer_.queue_size = 1;
  producer_.auto_ack = false;
  waiter_.on_wait = [&] { producer_.AckNext(); };
  DlqReporter& reporter = Make();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(reporter.Report(Fail()).ok());
  EXPECT_EQ(producer_.sent.size(), 5u);
  EXPECT_GT(waiter_.waits, 0);
}

TEST_F(DlqTest, BoundsThePendingBytes) {
  options_.pending_bytes_max = 4096;
  producer_.auto_ack = false;
  waiter_.on_wait = [&] { producer_.AckNext(); };
  const std::string large(1500, 'x');
  consumed_.value = Raw(large);
  DlqReporter& reporter = Make();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(reporter.Report(Fail()).ok());
    EXPECT_LE(reporter.pending(), 2u);
  }
  const std::string huge(100000, 'x');  // larger than the bound: alone
  consumed_.value = Raw(huge);
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  EXPECT_EQ(reporter.pending(), 1u);
}

TEST_F(DlqTest, StopEndsAWaitAndTheLetterIsNotPending) {
  producer_.queue_size = 1;
  producer_.auto_ack = false;
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  waiter_.stop = true;
  EXPECT_TRUE(IsStopped(reporter.Report(Fail())));
  EXPECT_EQ(reporter.pending(), 1u);
  producer_.AckAll();
  EXPECT_TRUE(reporter.Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter.pending(), 0u);
}

TEST_F(DlqTest, UnderTheHandlerNoOffsetPassesAnUnwrittenLetter) {
  config::ErrorSettings settings;
  settings.tolerance_all = true;
  std::vector<std::unique_ptr<Reporter>> reporters;
  reporters.push_back(std::make_unique<DlqReporter>(
      options_, [this] { return std::make_unique<kafka::BorrowedProducer>(producer_); }, clock_,
      waiter_));
  ErrorHandler handler(settings, clock_, waiter_, std::move(reporters));
  producer_.auto_ack = false;
  EXPECT_FALSE(*handler.Fail(Fail()));
  EXPECT_EQ(handler.FlushReports(milliseconds(100)).code(), absl::StatusCode::kDeadlineExceeded);
  producer_.auto_ack = true;
  EXPECT_TRUE(handler.FlushReports(milliseconds(100)).ok());
  EXPECT_EQ(handler.counts().dead_letters, 1);
}

TEST(EnsureDlqTopic, CreatesATopicOfOnePartition) {
  StopSignal waiter;
  FakeAdmin admin;
  DlqOptions options;
  options.topic = " dead ";
  options.replication_factor = 2;
  EXPECT_TRUE(EnsureDlqTopic(options, admin, milliseconds(1000), waiter).ok());
  ASSERT_EQ(admin.created.size(), 1u);
  EXPECT_EQ(admin.created[0].name, "dead");
  EXPECT_EQ(admin.created[0].partitions, 1);
  EXPECT_EQ(admin.created[0].replication_factor, 2);
  EXPECT_TRUE(EnsureDlqTopic(options, admin, milliseconds(1000), waiter).ok());
  EXPECT_EQ(admin.created.size(), 1u);
}

TEST(EnsureDlqTopic, FailsWithTheBrokersReason) {
  StopSignal waiter;
  FakeAdmin admin;
  DlqOptions options;
  options.topic = "dead";
  admin.create_error = ConnectError("Replication factor: 3 larger than available brokers: 1.");
  Status status = EnsureDlqTopic(options, admin, milliseconds(1000), waiter);
  EXPECT_EQ(Message(status), "Could not initialize dead letter queue with topic=dead");
  EXPECT_NE(StackTrace(status).find("Replication factor: 3"), std::string::npos);
  admin.create_error = AlreadyExistsError("made by another task meanwhile");
  EXPECT_TRUE(EnsureDlqTopic(options, admin, milliseconds(1000), waiter).ok());
  admin.describe_error = TimeoutError("no broker");
  EXPECT_FALSE(EnsureDlqTopic(options, admin, milliseconds(3000), waiter).ok());
  waiter.Request();
  EXPECT_TRUE(IsStopped(EnsureDlqTopic(options, admin, milliseconds(3000), waiter)));
}

}  // namespace
}  // namespace sluice::errors
