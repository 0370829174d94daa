#include <gtest/gtest.h>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/record.h"

namespace sluice::sdk {
namespace {

using std::chrono::milliseconds;

class DatagenTest : public testing::Test {
 protected:
  std::vector<FakeRecord> Make(FakeSource& source, size_t count) {
    std::vector<FakeRecord> records = source.PollRecords(count);
    records.resize(std::min(count, records.size()));
    return records;
  }
  std::vector<std::string> Values(const std::vector<FakeRecord>& records) {
    std::vector<std::string> values;
    for (const FakeRecord& record : records) values.push_back(record.value);
    return values;
  }
  ConfigText config_{{"name", "d"}, {"topic", "t"}, {"rate", "0"}, {"time", "counted"}};
  FakeSource source_{"DatagenSourceConnector"};
};

TEST_F(DatagenTest, EachShapeFitsItsSchema) {
  for (const char* shape : {"orders", "users", "clicks", "stock_trades", "pageviews"}) {
    FakeSource source("DatagenSourceConnector");
    config_["shape"] = shape;
    source.Start(config_);
    const auto records = Make(source, 500);
    ASSERT_EQ(records.size(), 500u);
    for (const FakeRecord& record : records) {
      ASSERT_NE(record.raw->value_schema, nullptr);
      ASSERT_EQ(abi::CheckValue(record.raw->value_schema, record.raw->value), "") << record.value;
      ASSERT_EQ(abi::CheckValue(record.raw->key_schema, record.raw->key), "") << record.key;
    }
    EXPECT_NE(records[0].value, records[1].value);
  }
}

TEST_F(DatagenTest, OrdersHaveLogicalTypes) {
  config_["shape"] = "orders";
  source_.Start(config_);
  const FakeRecord order = Make(source_, 1).at(0);
  const sluice_schema& schema = *order.raw->value_schema;
  EXPECT_EQ(abi::View(schema.name), "datagen.Order");
  EXPECT_EQ(abi::View(schema.fields[4].schema->name), abi::kDecimalName);
  EXPECT_EQ(abi::View(schema.fields[6].schema->name), abi::kTimestampName);
  const sluice_value* values = order.raw->value.as.structure->values;
  EXPECT_EQ(values[4].kind, SLUICE_DECIMAL);
  EXPECT_EQ(values[6].kind, SLUICE_TIMESTAMP);
  EXPECT_EQ(order.key, "0");
  EXPECT_EQ(order.source_partition, R"({"task":0,"tasks":1})");
  EXPECT_EQ(order.source_offset, R"({"records":1})");
}

TEST_F(DatagenTest, OneSeedMakesTheSameRecords) {
  source_.Start(config_);
  FakeSource same("DatagenSourceConnector");
  same.Start(config_);
  const auto values = Values(Make(source_, 100));
  EXPECT_EQ(values, Values(Make(same, 100)));
  FakeSource other("DatagenSourceConnector");
  config_["seed"] = "2";
  other.Start(config_);
  EXPECT_NE(values, Values(Make(other, 100)));
}

TEST_F(DatagenTest, ARestartGoesOnWithTheSameRecords) {
  FakeSource whole("DatagenSourceConnector");
  config_["max.records"] = "2500";
  whole.Start(config_);
  const auto expected = Values(whole.PollRecords(2500));
  source_.Start(config_);
  auto values = Values(source_.Poll());
  source_.Commit();
  source_.Poll();  // never stored
  source_.Restart();
  for (const std::string& value : Values(source_.PollRecords(2500))) values.push_back(value);
  EXPECT_EQ(values, expected);
}

TEST_F(DatagenTest, FinishesAfterItsRecords) {
  config_["max.records"] = "7";
  source_.Start(config_);
  EXPECT_EQ(source_.Poll().size(), 7u);
  EXPECT_TRUE(source_.finished());
  source_.Commit();
  source_.Restart();
  EXPECT_TRUE(source_.Poll().empty());
  EXPECT_TRUE(source_.finished());
}

TEST_F(DatagenTest, TasksShareTheWork) {
  config_["max.records"] = "5";
  config_["tasks"] = "2";
  std::vector<std::string> keys;
  for (size_t task : {0, 1}) {
    FakeSource source("DatagenSourceConnector");
    source.Start(config_, 8, task);
    EXPECT_EQ(source.tasks(), 2u);
    for (const FakeRecord& record : source.PollRecords(5)) keys.push_back(record.key);
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"0", "2", "4", "1", "3"}));
  FakeSource limited("DatagenSourceConnector");
  limited.Start(config_, 1);
  EXPECT_EQ(limited.tasks(), 1u);
}

TEST_F(DatagenTest, KeepsItsRate) {
  config_["rate"] = "0.001";
  source_.Start(config_);
  EXPECT_EQ(source_.Poll().size(), 1u);  // the first one at once
  EXPECT_TRUE(source_.Poll(milliseconds(0)).empty());
  source_.RequestStop();
  EXPECT_TRUE(source_.Poll(std::chrono::hours(1)).empty());
}

TEST_F(DatagenTest, OffsetsThatMayBeStored) {
  const sluice_class& of = FindClass("DatagenSourceConnector");
  const sluice_map_entry entries[] = {{abi::String("task"), abi::Int64(0)},
                                      {abi::String("tasks"), abi::Int64(1)}};
  const sluice_map_entry five{abi::String("records"), abi::Int64(5)};
  const sluice_map_entry many{abi::String("records"), abi::String("many")};
  const sluice_value task = abi::Map(entries, 2);
  EXPECT_TRUE(RunAlterOffsets(of, config_, {{task, abi::Map(&five, 1)}}));
  EXPECT_TRUE(RunAlterOffsets(of, config_, {{abi::Map(entries, 0), abi::Null()}}));
  EXPECT_THROW(RunAlterOffsets(of, config_, {{task, abi::Map(&many, 1)}}), PluginFailure);
  EXPECT_THROW(RunAlterOffsets(of, config_, {{abi::Map(entries, 1), abi::Map(&five, 1)}}),
               PluginFailure);
}

TEST_F(DatagenTest, ReadmeShowsTheKeys) {
  EXPECT_TRUE(ReadmeHasTable("connectors/datagen/README.md", "DatagenSourceConnector"));
}

}  // namespace
}  // namespace sluice::sdk
