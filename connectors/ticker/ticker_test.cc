#include <gtest/gtest.h>

#include "connectors/sdk/fakes.h"

namespace sluice::sdk {
namespace {

using std::chrono::milliseconds;

class TickerTest : public testing::Test {
 protected:
  FakeSource ticker_{"TickerSourceConnector"};
  ConfigText config_{{"name", "t"}, {"topic", "ticks"}, {"interval.ms", "1"}};
};

TEST_F(TickerTest, CountsUpFromOne) {
  ticker_.Start(config_);
  const auto records = ticker_.PollRecords(3);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].topic, "ticks");
  EXPECT_EQ(records[0].value, "1");
  EXPECT_EQ(records[2].value, "3");
  EXPECT_EQ(records[2].source_partition, R"({"ticker":"t"})");
  EXPECT_EQ(records[2].source_offset, R"({"tick":3})");
}

TEST_F(TickerTest, ResumesAfterWhatWasStored) {
  ticker_.Start(config_);
  ticker_.PollRecords(2);
  ticker_.Commit();
  ticker_.PollRecords(1);  // polled and never stored: sent again
  ticker_.Restart();
  EXPECT_EQ(ticker_.PollRecords(1).at(0).value, "3");
}

TEST_F(TickerTest, WaitsForItsInterval) {
  config_["interval.ms"] = "3600000";
  ticker_.Start(config_);
  EXPECT_EQ(ticker_.PollRecords(1).size(), 1u);
  EXPECT_TRUE(ticker_.Poll(milliseconds(0)).empty());
}

TEST_F(TickerTest, StopEndsTheWait) {
  config_["interval.ms"] = "3600000";
  ticker_.Start(config_);
  ticker_.PollRecords(1);
  ticker_.RequestStop();
  EXPECT_TRUE(ticker_.Poll(std::chrono::hours(1)).empty());
}

TEST_F(TickerTest, OneTaskHoweverManyAreAllowed) {
  ticker_.Start(config_, 5);
  EXPECT_EQ(ticker_.tasks(), 1u);
}

TEST_F(TickerTest, ConfigurationThatCannotWorkSaysSo) {
  config_["interval.ms"] = "soon";
  try {
    ticker_.Start(config_);
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_CONFIG);
    EXPECT_EQ(failure.type, "org.apache.kafka.common.config.ConfigException");
    EXPECT_STREQ(failure.what(),
                 "start answered 4: Invalid value soon for configuration interval.ms: Not a number "
                 "of type LONG");
  }
}

TEST_F(TickerTest, ReadmeShowsTheKeys) {
  EXPECT_TRUE(ReadmeHasTable("connectors/ticker/README.md", "TickerSourceConnector"));
}

}  // namespace
}  // namespace sluice::sdk
