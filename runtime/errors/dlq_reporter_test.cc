// Letters from the report to the acknowledgement. Their topics: dlq_topics_test.cc.
#include "runtime/errors/dlq_reporter.h"

#include <gtest/gtest.h>

#include "runtime/abi/views.h"
#include "runtime/errors/dlq_fixture.h"
#include "runtime/errors/error_handler.h"
#include "runtime/kafka/fakes.h"

namespace sluice::errors {
namespace {

using kafka::SentRecord;

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

// A sink's waiter serves rebalances, in which a plugin may refuse a record that it has kept.

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

}  // namespace
}  // namespace sluice::errors
