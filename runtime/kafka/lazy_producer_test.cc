#include "runtime/kafka/lazy_producer.h"

#include <gtest/gtest.h>

#include "runtime/kafka/fakes.h"

namespace sluice::kafka {
namespace {

struct CountAcks : AckListener {
  void OnAck(const Ack&) override { ++count; }
  int count = 0;
};

OutRecord Record() {
  OutRecord record;
  record.topic = "t";
  return record;
}

TEST(LazyProducer, HasNoClientBeforeTheFirstRecord) {
  int made = 0;
  LazyProducer producer([&]() -> StatusOr<std::unique_ptr<Producer>> {
    ++made;
    return std::make_unique<FakeProducer>();
  });
  CountAcks acks;
  EXPECT_EQ(producer.ServeAcks(milliseconds(60'000), acks), 0u);
  EXPECT_EQ(producer.in_flight(), 0u);
  producer.Purge();
  EXPECT_EQ(made, 0);
  EXPECT_EQ(*producer.Send(Record()), Producer::Sent::kSent);
  EXPECT_EQ(*producer.Send(Record()), Producer::Sent::kSent);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(producer.in_flight(), 2u);
  EXPECT_EQ(producer.ServeAcks(milliseconds(0), acks), 2u);
  EXPECT_EQ(acks.count, 2);
}

TEST(LazyProducer, AClientThatCannotBeMadeIsTriedAgain) {
  Status error = RetriableError("no threads left");
  LazyProducer producer([&]() -> StatusOr<std::unique_ptr<Producer>> {
    if (!error.ok()) return error;
    return std::make_unique<FakeProducer>();
  });
  EXPECT_EQ(producer.Send(Record()).status(), error);
  error = OkStatus();
  EXPECT_TRUE(producer.Send(Record()).ok());
}

TEST(LazyProducer, FindsMistakesInItsSettingsAtOnce) {
  config::ClientProperties properties;
  properties.rdkafka = {{"bootstrap.servers", "127.0.0.1:1"}, {"acks", "some"}};
  EXPECT_FALSE(NewLazyProducer(properties).ok());
  properties.rdkafka["acks"] = "all";
  EXPECT_TRUE(NewLazyProducer(properties).ok());
  properties.rdkafka["security.protocol"] = "SSL";
  properties.rdkafka["ssl.ca.pem"] = "no certificate";
  EXPECT_FALSE(NewLazyProducer(properties).ok());
}

}  // namespace
}  // namespace sluice::kafka
