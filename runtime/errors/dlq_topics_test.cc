// Where dead letters go, and where they must not.
#include <gtest/gtest.h>

#include "runtime/abi/views.h"
#include "runtime/base/stop.h"
#include "runtime/errors/dlq_fixture.h"
#include "runtime/errors/dlq_reporter.h"
#include "runtime/kafka/fakes.h"

namespace sluice::errors {
namespace {

using kafka::FakeAdmin;

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

TEST_F(DlqTest, LettersDoNotGoAmongTheRecordsOfASource) {
  SetTopic("lines");
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str("lines");
  Failure failure = Fail();
  failure.subject = {nullptr, &record};
  EXPECT_EQ(Message(Make().Report(failure)),
            "The DLQ topic 'lines' is one that the connector's own records go to; dead letters "
            "need a topic of their own");
  EXPECT_TRUE(topics_made_.empty());
}

TEST_F(DlqTest, WhereASourceWritesIsKnownAfterItsTransforms) {
  sluice_record polled = abi::EmptyRecord(), routed = abi::EmptyRecord();
  polled.topic = abi::Str("lines");
  routed.topic = abi::Str("routed");
  Failure failure = Fail();
  failure.subject = {nullptr, &polled, &routed};
  SetTopic("routed");
  EXPECT_NE(Message(Make().Report(failure)).find("'routed' is one that the connector's own"),
            std::string::npos);
  SetTopic("lines");  // nothing goes there but letters
  EXPECT_TRUE(Make().Report(failure).ok());
  SetTopic("${topic}");
  EXPECT_TRUE(Make().Report(failure).ok());
  EXPECT_EQ(producer_.sent.back().topic, "lines");
}

TEST_F(DlqTest, RecordsAndLettersNeverMeet) {
  SetTopic("dead");
  EXPECT_FALSE(Make().NoteOwnTopic("dead").ok());  // before there is a letter
  EXPECT_TRUE(reporter_->NoteOwnTopic("lines").ok());
  SetTopic("${topic}-x");
  DlqReporter& reporter = Make();
  EXPECT_TRUE(reporter.NoteOwnTopic("lines-x").ok());
  sluice_record record = abi::EmptyRecord();
  record.topic = abi::Str("other");
  Failure failure = Fail();
  failure.subject = {nullptr, &record};
  EXPECT_TRUE(reporter.Report(failure).ok());
  EXPECT_FALSE(reporter.NoteOwnTopic("other-x").ok());
  record.topic = abi::Str("lines");
  EXPECT_NE(Message(reporter.Report(failure)).find("'lines-x' is one that"), std::string::npos);
}

TEST_F(DlqTest, ARecordWithoutATopicHasOneForItsLetters) {
  SetTopic("${topic}-dead");
  sluice_record record = abi::EmptyRecord(), routed = abi::EmptyRecord();
  Failure failure = Fail();
  failure.subject = {nullptr, &record};
  DlqReporter& reporter = Make();
  ASSERT_TRUE(reporter.Report(failure).ok());
  EXPECT_EQ(producer_.sent.back().topic, "no-topic-dead");
  routed.topic = abi::Str("routed");
  failure.subject = {nullptr, &record, &routed};
  ASSERT_TRUE(reporter.Report(failure).ok());
  EXPECT_EQ(producer_.sent.back().topic, "routed-dead");
}

TEST_F(DlqTest, ItMayBeEnteredAgainInAWait) {
  SetTopic("${topic}-dead");
  ConsumedRecord kept = consumed_;
  kept.topic = "kept";
  const auto report_kept = [&] {
    Failure failure = Fail();
    failure.subject = {&kept, nullptr};
    EXPECT_TRUE(reporter_->Report(failure).ok());
  };
  consumed_.topic = "first";
  DlqOutside outside;
  int made = 0;
  outside.make_producer = [&]() -> StatusOr<std::unique_ptr<kafka::Producer>> {
    if (++made == 1) return RetriableError("later");
    return std::make_unique<kafka::BorrowedProducer>(producer_);
  };
  outside.make_topic = [&](const std::string& topic, Waiter& waiter) {
    topics_made_.push_back(topic);
    return waiter.Wait(milliseconds(1)) ? OkStatus() : StoppedError();
  };
  int waits = 0;
  waiter_.on_wait = [&] {
    if (++waits == 1) report_kept();  // while a topic is made; and, nested, a producer
  };
  reporter_.emplace(options_, std::move(outside), clock_, waiter_);
  ASSERT_TRUE(reporter_->Report(Fail()).ok());
  EXPECT_EQ(made, 2);
  ASSERT_EQ(producer_.sent.size(), 2u);
  EXPECT_EQ(producer_.sent[0].topic, "kept-dead");
  EXPECT_EQ(producer_.sent[1].topic, "first-dead");
  ASSERT_TRUE(reporter_->Serve(milliseconds(0)).ok());
  EXPECT_EQ(reporter_->pending(), 0u);
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
