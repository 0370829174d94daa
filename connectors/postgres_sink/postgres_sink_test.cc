// The task without a server. With one: tests/connectors/test_postgres_sink.py.
#include <gtest/gtest.h>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/value.h"

namespace sluice::sdk {
namespace {

class PostgresSinkTest : public testing::Test {
 protected:
  void Start(ConfigText config = {}) {
    config.emplace("name", "pg");
    config.emplace("topics", "t");
    // Nobody listens on port 1.
    config.emplace("connection.url", "jdbc:postgresql://127.0.0.1:1/o?user=u&password=secret");
    config.emplace("connection.backoff.ms", "0");
    config.emplace("connection.attempts", "1");
    sink_.Start(config);
    sink_.Assign({{"t", 0, 0}});
  }
  FakeInput Record() {
    FakeInput input;
    input.value_schema = schema_;
    input.value = abi::Struct(&structure_);
    return input;
  }
  PluginFailure Failure() {
    try {
      sink_.Put({Record()});
    } catch (const PluginFailure& failure) {
      EXPECT_EQ(std::string(failure.what()).find("secret"), std::string::npos);
      return failure;
    }
    throw std::runtime_error("the put succeeded");
  }
  const Schema schema_ = schemas::Struct("V").Field("a", schemas::Int32()).Build();
  const sluice_value fields_[1] = {Int32(1)};
  const sluice_struct structure_{schema_.get(), fields_};
  FakeSink sink_{"JdbcSinkConnector"};
};

TEST_F(PostgresSinkTest, ADatabaseThatIsAwayIsTriedAgainThenFails) {
  Start({{"max.retries", "2"}});
  for (int i = 0; i < 2; ++i) {
    const PluginFailure failure = Failure();
    EXPECT_EQ(failure.code, SLUICE_RETRY);
    EXPECT_NE(std::string(failure.what()).find("127.0.0.1:1"), std::string::npos) << failure.what();
  }
  const PluginFailure last = Failure();
  EXPECT_EQ(last.code, SLUICE_FAILED);
  EXPECT_NE(std::string(last.what()).find("max.retries=2"), std::string::npos) << last.what();
  EXPECT_TRUE(
      sink_.rejected().empty());  // nothing becomes a dead letter because the database is away
}

TEST_F(PostgresSinkTest, SeveralAttemptsToConnectAreOneRetry) {
  Start({{"max.retries", "1"}, {"connection.attempts", "3"}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Failure().code, SLUICE_RETRY) << i;
  EXPECT_EQ(Failure().code, SLUICE_FAILED);
}

TEST_F(PostgresSinkTest, APutWithinTheBackOffIsRefusedWithoutAnAttempt) {
  Start({{"max.retries", "1"}, {"connection.backoff.ms", "3600000"}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Failure().code, SLUICE_RETRY);
  EXPECT_GT(sink_.retry_after_ms(), 0);
  size_t warnings = 0;
  for (const std::string& line : sink_.host().log) warnings += line.rfind("WARN ", 0) == 0;
  EXPECT_EQ(warnings, 1u);
}

TEST_F(PostgresSinkTest, APutWithoutRecordsNeedsNoDatabase) {
  Start();
  EXPECT_NO_THROW(sink_.Put({}));
}

TEST_F(PostgresSinkTest, ParametersThatMeanNothingAreNamed) {
  Start({{"connection.url", "jdbc:postgresql://127.0.0.1:1/o?prepareThreshold=5"}});
  bool named = false;
  for (const std::string& line : sink_.host().log)
    named = named || line.find("prepareThreshold") != std::string::npos;
  EXPECT_TRUE(named);
}

TEST_F(PostgresSinkTest, AConfigurationThatCannotWorkDoesNotStart) {
  try {
    Start({{"insert.mode", "upsert"}});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_CONFIG);
  }
}

TEST_F(PostgresSinkTest, ExactlyOnceWaitsForTheOffsets) {
  Start({{"delivery.guarantee",
          "exactly_once"}});  // the database is away while partitions are assigned
  EXPECT_EQ(Failure().code, SLUICE_RETRY);
  EXPECT_TRUE(sink_.seeks().empty());
}

}  // namespace
}  // namespace sluice::sdk
