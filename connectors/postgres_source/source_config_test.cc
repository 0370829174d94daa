#include "connectors/postgres_source/source_config.h"

#include <gtest/gtest.h>

#include "connectors/postgres_source/table_list.h"
#include "connectors/sdk/fakes.h"

namespace sluice::postgres::source {
namespace {

constexpr const char* kClass = "JdbcSourceConnector";

SourceConfig Read(sdk::ConfigText given) {
  static const sdk::ConfigTable table(Keys());
  given.emplace("connection.url", "jdbc:postgresql://db/o");
  given.emplace("mode", "bulk");
  given.emplace("topic.prefix", "p-");
  return ReadConfig(sdk::Config(sdk::Config::Map(given.begin(), given.end()), &table));
}

std::string KeysOf(sdk::ConfigText given) {
  given.emplace("connection.url", "jdbc:postgresql://db/o");
  given.emplace("mode", "bulk");
  given.emplace("topic.prefix", "p-");
  return sdk::KeysOf(sdk::RunValidate(sdk::FindClass(kClass), given));
}

TEST(SourceConfigTest, ConfigMdHasItsTable) {
  EXPECT_TRUE(sdk::ReadmeHasTable("connectors/postgres_source/CONFIG.md", kClass));
}

TEST(SourceConfigTest, TheClassHasTheNamesOfItsOriginals) {
  const sluice_class& info = sdk::FindClass(kClass);
  EXPECT_EQ(abi::View(info.name), "io.confluent.connect.jdbc.JdbcSourceConnector");
  EXPECT_EQ(abi::View(info.task_class), "io.confluent.connect.jdbc.JdbcSourceTask");
}

TEST(SourceConfigTest, DefaultsAreTheOriginals) {
  const SourceConfig config = Read({});
  EXPECT_EQ(config.poll_interval.count(), 5000);
  EXPECT_EQ(config.table_poll_interval.count(), 60'000);
  EXPECT_EQ(config.batch_rows, 1000u);
  EXPECT_EQ(config.query_retries, -1);
  EXPECT_EQ(config.incrementing_initial, -1);
  EXPECT_FALSE(config.timestamp_initial_ms);
  EXPECT_TRUE(config.validate_non_null);
  EXPECT_EQ(config.read.numeric, NumericMapping::kNone);
}

TEST(SourceConfigTest, ValidateNamesEveryMistakeByItsKey) {
  EXPECT_EQ(KeysOf({}), "");
  EXPECT_EQ(KeysOf({{"mode", "timestamp"}}), "timestamp.column.name ");
  EXPECT_EQ(KeysOf({{"mode", "incrementing"}}), "");  // the table's identity
  EXPECT_EQ(KeysOf({{"mode", "incrementing"}, {"query", "SELECT 1"}}), "incrementing.column.name ");
  EXPECT_EQ(KeysOf({{"incrementing.column.mapping", ".*:id"}}), "incrementing.column.mapping ");
  EXPECT_EQ(KeysOf({{"timestamp.columns.mapping", ".*:[at]"}}), "timestamp.columns.mapping ");
  EXPECT_EQ(KeysOf({{"incrementing.column.name", "id"}, {"timestamp.column.name", "at"}}), "");
  EXPECT_EQ(KeysOf({{"table.whitelist", "a"}, {"table.blacklist", "b"}}), "table.blacklist ");
  EXPECT_EQ(KeysOf({{"table.include.list", "a.*"}, {"table.exclude.list", "b.*"}}), "");
  EXPECT_EQ(KeysOf({{"table.whitelist", "a"}, {"query", "SELECT 1"}}), "table.whitelist ");
  EXPECT_EQ(KeysOf({{"table.include.list", "("}}), "table.include.list ");
  EXPECT_EQ(KeysOf({{"table.types", "SEQUENCE"}}), "table.types ");
  EXPECT_EQ(KeysOf({{"mode", "timestamp"}, {"timestamp.columns.mapping", "x"}}),
            "timestamp.columns.mapping ");
  EXPECT_EQ(KeysOf({{"poll.interval", "1"}}), "poll.interval ");
}

TEST(SourceConfigTest, MappingsNameColumnsByTable) {
  const SourceConfig config =
      Read({{"mode", "timestamp+incrementing"},
            {"timestamp.columns.mapping", "public.a.*:[changed|made],shop.b:[at]"},
            {"incrementing.column.mapping", ".*:id"}});
  ASSERT_EQ(config.timestamp_mapping.size(), 2u);
  EXPECT_EQ(config.timestamp_mapping[0].first, "public.a.*");
  EXPECT_EQ(config.timestamp_mapping[0].second, (std::vector<std::string>{"changed", "made"}));
  EXPECT_EQ(config.incrementing_mapping[0].second, std::vector<std::string>{"id"});
}

TEST(SourceConfigTest, TablesAreChosenByNameOrExpression) {
  const TableName orders{"shop", "orders"};
  TableFilter filter;
  EXPECT_TRUE(filter.Takes(orders, "db"));
  for (const char* name : {"orders", "shop.orders", "db.shop.orders"}) {
    filter.whitelist = {name};
    EXPECT_TRUE(filter.Takes(orders, "db")) << name;
    filter = {};
    filter.blacklist = {name};
    EXPECT_FALSE(filter.Takes(orders, "db")) << name;
    filter = {};
  }
  filter.include = {"shop\\..*"};
  EXPECT_TRUE(filter.Takes(orders, "db"));
  EXPECT_FALSE(filter.Takes({"public", "orders"}, "db"));
  filter.exclude = {".*orders"};
  EXPECT_FALSE(filter.Takes(orders, "db"));
}

TEST(SourceConfigTest, TasksKeepTheirTablesAsText) {
  const std::vector<TableName> tables{{"public", "a,b"}, {"Shop", "c\"d"}, {"x", "e.f"}};
  EXPECT_EQ(WriteTables(tables), "\"public\".\"a,b\",\"Shop\".\"c\"\"d\",\"x\".\"e.f\"");
  EXPECT_EQ(ReadTables(WriteTables(tables)), tables);
}

TEST(TableListTest, TablesAreDealtOutInGroupsOfNeighbours) {
  std::vector<TableName> tables;
  for (char name : std::string("abcde")) tables.push_back({"s", std::string(1, name)});
  const auto sizes = [&](int max) {
    std::string text;
    for (const auto& group : DealOut(tables, max)) text += std::to_string(group.size()) + " ";
    return text;
  };
  EXPECT_EQ(sizes(1), "5 ");
  EXPECT_EQ(sizes(3), "2 2 1 ");
  EXPECT_EQ(sizes(9), "1 1 1 1 1 ");
  EXPECT_TRUE(DealOut({}, 3).empty());
}

TEST(TableListTest, TwoTablesOfANameAreRefused) {
  EXPECT_NO_THROW(CheckTopics({{"a", "t"}, {"a", "u"}}));
  EXPECT_THROW(CheckTopics({{"a", "t"}, {"b", "t"}}), sdk::ConnectException);
}

}  // namespace
}  // namespace sluice::postgres::source
