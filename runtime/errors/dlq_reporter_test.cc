#include "runtime/errors/dlq_reporter.h"

#include <gtest/gtest.h>

#include "runtime/abi/views.h"
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
    SetTopic("dead");
    options_.format.connector = "jdbc";
    options_.format.task = 2;
    options_.format.write_record = [](const sluice_record& record, bool short_form,
                                      std::string& out) {
      const std::string_view value = abi::Text(record.value);
      StrAppend(out, short_form ? "short " : "record ",
                value.substr(0, short_form ? 5 : value.npos));
    };
    options_.format.write_map = [](const sluice_value* map, std::string& out) {
      out.append(map == nullptr ? "null" : abi::Text(*map));
    };
    consumed_.topic = "orders";
    consumed_.partition = 3;
    consumed_.offset = 17;
    consumed_.timestamp = 1700000000123;
    consumed_.key = Raw("key");
    consumed_.value = Raw("{broken");
  }
  void SetTopic(std::string_view text) { options_.topic = *config::DlqTopic::Parse(text, "jdbc"); }
  DlqReporter& Make() {
    DlqOutside outside;
    outside.make_producer = [this]() -> StatusOr<std::unique_ptr<kafka::Producer>> {
      ++producers_made_;
      if (!make_error_.ok()) return make_error_;
      return std::make_unique<kafka::BorrowedProducer>(producer_);
    };
    outside.make_topic = [this](const std::string& topic, Waiter&) {
      topics_made_.push_back(topic);
      return topic_error_;
    };
    outside.check_topic = [](std::string_view topic) {
      return topic == "orders" ? ConnectError(StrCat(topic, " is consumed")) : OkStatus();
    };
    reporter_.emplace(options_, std::move(outside), clock_, waiter_);
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
  Status make_error_, topic_error_;
  std::vector<std::string> topics_made_;
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
  DlqOutside outside;
  outside.make_producer = [this] { return std::make_unique<kafka::BorrowedProducer>(producer_); };
  reporters.push_back(std::make_unique<DlqReporter>(options_, std::move(outside), clock_, waiter_));
  ErrorHandler handler(settings, clock_, waiter_, std::move(reporters));
  producer_.auto_ack = false;
  EXPECT_TRUE(handler.keeps_records());
  EXPECT_FALSE(*handler.Fail(Fail()));
  EXPECT_EQ(handler.reports(), 1u);
  EXPECT_EQ(handler.durable_reports(), 0u);
  EXPECT_EQ(handler.FlushReports(milliseconds(100)).code(), absl::StatusCode::kDeadlineExceeded);
  producer_.auto_ack = true;
  EXPECT_TRUE(handler.FlushReports(milliseconds(100)).ok());
  EXPECT_EQ(handler.counts().dead_letters, 1);
  EXPECT_EQ(handler.durable_reports(), 1u);
}

TEST_F(DlqTest, WhatIsDurableIsAPrefix) {
  producer_.on_ack = [](const SentRecord& letter) {
    return letter.value == "first" ? TimeoutError("slow") : OkStatus();
  };
  DlqReporter& reporter = Make();
  consumed_.value = Raw("first");
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  consumed_.value = Raw("second");
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  EXPECT_EQ(reporter.taken(), 2u);
  ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter.pending(), 1u);
  EXPECT_EQ(reporter.durable(), 0u);
  producer_.on_ack = nullptr;
  clock_.Advance(milliseconds(1000));
  ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter.durable(), 2u);
}

TEST_F(DlqTest, TheTopicMayDependOnTopicAndStage) {
  SetTopic("${connector}.${topic}.${stage}");
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Prepare().ok());
  EXPECT_TRUE(topics_made_.empty());  // at first use
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(reporter.Report(Fail()).ok());
  Failure put = Fail();
  put.stage = Stage::kTaskPut;
  ASSERT_TRUE(reporter.Report(put).ok());
  EXPECT_EQ(topics_made_,
            (std::vector<std::string>{"jdbc.orders.VALUE_CONVERTER", "jdbc.orders.TASK_PUT"}));
  EXPECT_EQ(producer_.sent[1].topic, "jdbc.orders.VALUE_CONVERTER");
  EXPECT_EQ(producer_.sent[2].topic, "jdbc.orders.TASK_PUT");
}

TEST_F(DlqTest, AFixedTopicIsMadeAtTheStart) {
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Prepare().ok());
  EXPECT_EQ(topics_made_, std::vector<std::string>{"dead"});
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  EXPECT_EQ(topics_made_.size(), 1u);
}

TEST_F(DlqTest, ATopicThatMayNotBeUsedIsAnError) {
  SetTopic("${topic}");
  EXPECT_EQ(Message(Make().Report(Fail())), "orders is consumed");
  EXPECT_TRUE(producer_.sent.empty());
  topic_error_ = ConnectError("not authorized");
  SetTopic("${topic}-dlq");
  DlqReporter& reporter = Make();
  EXPECT_EQ(Message(reporter.Report(Fail())), "not authorized");
  EXPECT_EQ(Message(reporter.Serve(milliseconds(0))), "not authorized");  // for good
  topic_error_ = OkStatus();
  const std::string long_name(240, 'x');
  consumed_.topic = long_name;
  SetTopic("${topic}.dead.letters");
  const Status too_long = Make().Report(Fail());
  EXPECT_NE(StackTrace(too_long).find("at most 249 characters, not 253"), std::string::npos);
}

TEST_F(DlqTest, BoundsTheNumberOfTopics) {
  options_.topics_max = 3;
  SetTopic("${topic}-dlq");
  DlqReporter& reporter = Make();
  Status status;
  std::vector<std::string> names = {"a", "b", "c", "a", "d"};
  for (const std::string& name : names) {
    consumed_.topic = name;
    status = reporter.Report(Fail());
    if (name != "d") {
      EXPECT_TRUE(status.ok()) << status;
    }
  }
  EXPECT_EQ(Message(status),
            "The dead letter queue has 3 topics, and may have no more; the next would be d-dlq. "
            "Use fewer variables in errors.deadletterqueue.topic.name");
}

Status TooLarge() {
  return ExceptionError(absl::StatusCode::kInvalidArgument,
                        "org.apache.kafka.common.errors.RecordTooLargeException", "too large");
}

TEST_F(DlqTest, ALetterThatIsTooLargeGoesWithoutItsStackTrace) {
  options_.format.context_headers = true;
  producer_.on_ack = [](const SentRecord& letter) {
    return letter.Header("__connect.errors.truncated") ? OkStatus() : TooLarge();
  };
  const RawHeader own{"__connect.errors.exception.stacktrace", record::kNullBytes};
  consumed_.headers = &own;
  consumed_.header_count = 1;
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail(DataError(std::string(5000, 'm')))).ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter.pending(), 0u);
  ASSERT_EQ(producer_.sent.size(), 2u);
  const SentRecord& letter = producer_.sent[1];
  EXPECT_EQ(letter.value, "{broken");
  EXPECT_EQ(letter.headers.front().first, own.key);  // the record's own stay
  EXPECT_EQ(letter.headers.size(), 11u);
  EXPECT_EQ(letter.Header("__connect.errors.exception.message"), std::string(1024, 'm'));
  EXPECT_EQ(letter.Header("__connect.errors.truncated"), "true");
}

TEST_F(DlqTest, ALetterThatIsStillTooLargeIsAnErrorThatSaysWhatToDo) {
  options_.format.context_headers = true;
  producer_.on_ack = [](const SentRecord&) { return TooLarge(); };
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(Fail()).ok());
  Status status;
  for (int i = 0; i < 5 && status.ok(); ++i) status = reporter.Serve(milliseconds(0));
  EXPECT_EQ(producer_.sent.size(), 2u);
  EXPECT_EQ(Message(status),
            "Could not produce message to dead letter queue. topic=dead; raise max.message.bytes "
            "of the topic, and producer.override.max.request.size if it is less");
}

TEST_F(DlqTest, LettersDoNotGoAmongTheRecordsOfASource) {
  SetTopic("lines");
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str("lines");
  Failure failure = Fail();
  failure.subject = {nullptr, &record};
  EXPECT_EQ(Message(Make().Report(failure)),
            "The DLQ topic 'lines' is the one that the failed record is for; dead letters need a "
            "topic of their own");
}

TEST_F(DlqTest, ASourceRecordThatIsTooLargeForTheQueueIsCut) {
  producer_.on_ack = [](const SentRecord& letter) {
    return letter.value->size() > 1000 ? TooLarge() : OkStatus();
  };
  const std::string large(100000, 'x');
  sluice_record record = abi::EmptyRecord();
  record.value = abi::String(large);
  DlqReporter& reporter = Make();
  Failure failure = Fail();
  failure.subject = {nullptr, &record};
  ASSERT_TRUE(reporter.Report(failure).ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(reporter.Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter.pending(), 0u);
  ASSERT_EQ(producer_.sent.size(), 2u);
  EXPECT_EQ(producer_.sent[1].key, std::nullopt);
  EXPECT_EQ(producer_.sent[1].value, "short xxxxx");
}

TEST(EnsureDlqTopic, CreatesATopicOfOnePartition) {
  StopSignal waiter;
  FakeAdmin admin;
  EXPECT_TRUE(EnsureDlqTopic("dead", 2, admin, milliseconds(1000), waiter).ok());
  ASSERT_EQ(admin.created.size(), 1u);
  EXPECT_EQ(admin.created[0].name, "dead");
  EXPECT_EQ(admin.created[0].partitions, 1);
  EXPECT_EQ(admin.created[0].replication_factor, 2);
  EXPECT_TRUE(EnsureDlqTopic("dead", 2, admin, milliseconds(1000), waiter).ok());
  EXPECT_EQ(admin.created.size(), 1u);
}

TEST(EnsureDlqTopic, FailsWithTheBrokersReason) {
  StopSignal waiter;
  FakeAdmin admin;
  admin.create_error = ConnectError("Replication factor: 3 larger than available brokers: 1.");
  Status status = EnsureDlqTopic("dead", 2, admin, milliseconds(1000), waiter);
  EXPECT_EQ(Message(status), "Could not initialize dead letter queue with topic=dead");
  EXPECT_NE(StackTrace(status).find("Replication factor: 3"), std::string::npos);
  admin.create_error = RetriableError("Replication factor: 3 larger than available brokers: 1.");
  EXPECT_FALSE(EnsureDlqTopic("dead", 2, admin, milliseconds(60000), waiter).ok());
  admin.create_error = AlreadyExistsError("made by another task meanwhile");
  EXPECT_TRUE(EnsureDlqTopic("dead", 2, admin, milliseconds(1000), waiter).ok());
  admin.describe_error = TimeoutError("no broker");
  EXPECT_FALSE(EnsureDlqTopic("dead", 2, admin, milliseconds(3000), waiter).ok());
  waiter.Request();
  EXPECT_TRUE(IsStopped(EnsureDlqTopic("dead", 2, admin, milliseconds(3000), waiter)));
}

}  // namespace
}  // namespace sluice::errors
