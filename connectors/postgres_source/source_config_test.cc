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
  EXPECT_EQ(KeysOf({{"toppic.prefix", "1"}}), "toppic.prefix ");
  EXPECT_EQ(KeysOf({{"connection.ssl", "false"}, {"topic.creation.enable", "true"}}), "");
  EXPECT_EQ(KeysOf({{"connection.passwrod", "x"}, {"tables", "t"}, {"value.convertor", "x"}}),
            "connection.passwrod tables value.convertor ");
  EXPECT_EQ(KeysOf({{"query", "SELECT 1"}, {"query.masked", "SELECT 1"}}), "query.masked ");
  EXPECT_EQ(KeysOf({{"db.timezone", "Mars"}}), "db.timezone ");
  EXPECT_EQ(KeysOf({{"jdbc.credentials.provider.class", "x.Y"}}),
            "jdbc.credentials.provider.class ");
  EXPECT_EQ(KeysOf({{"jdbc.credentials.provider.class",
                     "io.confluent.connect.jdbc.util.DefaultJdbcCredentialsProvider"}}),
            "");
}

TEST(SourceConfigTest, EveryKeyIsRead) {
  const SourceConfig config = Read({{"connection.attempts", "5"},
                                    {"connection.backoff.ms", "6"},
                                    {"mode", "timestamp+incrementing"},
                                    {"incrementing.column.name", "id"},
                                    {"incrementing.initial", "7"},
                                    {"timestamp.column.name", "a, b"},
                                    {"timestamp.initial", "8"},
                                    {"timestamp.delay.interval.ms", "9"},
                                    {"validate.non.null", "false"},
                                    {"poll.interval.ms", "10"},
                                    {"table.poll.interval.ms", "11"},
                                    {"batch.max.rows", "12"},
                                    {"query.retry.attempts", "13"},
                                    {"query.suffix", "LIMIT 1"},
                                    {"schema.pattern", "shop%"},
                                    {"table.types", "view,materialized view"},
                                    {"sql.quote.identifiers", "false"},
                                    {"db.timezone", "Asia/Kolkata"},
                                    {"transaction.isolation.mode", "repeatable_read"}});
  EXPECT_EQ(config.connection_attempts, 5);
  EXPECT_EQ(config.connection_backoff.count(), 6);
  EXPECT_EQ(config.mode, Mode::kTimestampIncrementing);
  EXPECT_EQ(config.incrementing_column, "id");
  EXPECT_EQ(config.incrementing_initial, 7);
  EXPECT_EQ(config.timestamp_columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.timestamp_initial_ms, 8);
  EXPECT_EQ(config.timestamp_delay.count(), 9);
  EXPECT_FALSE(config.validate_non_null);
  EXPECT_EQ(config.poll_interval.count(), 10);
  EXPECT_EQ(config.table_poll_interval.count(), 11);
  EXPECT_EQ(config.batch_rows, 12u);
  EXPECT_EQ(config.query_retries, 13);
  EXPECT_EQ(config.query_suffix + config.topic_prefix, "LIMIT 1p-");
  EXPECT_EQ(config.filter.schema_pattern, "shop%");
  EXPECT_EQ(config.filter.kinds, "vm");
  EXPECT_EQ(config.quoting("A"), "\"a\"");
  EXPECT_EQ(config.read.zone.ToLocalMs(0), 19'800'000);
  EXPECT_EQ(config.isolation, "repeatable read");
  EXPECT_EQ(Read({}).isolation, "");
  EXPECT_EQ(Read({{"timestamp.initial.ms", "5"}}).timestamp_initial_ms, 5);
  EXPECT_EQ(Read({{"query", "SELECT 1"}}).query, "SELECT 1");
  EXPECT_EQ(Read({{"query.masked", "SELECT 2"}}).query, "SELECT 2");
}

TEST(SourceConfigTest, EachModeMappingAndGranularityByItsName) {
  const std::pair<const char*, Mode> modes[] = {{"BULK", Mode::kBulk},
                                                {"incrementing", Mode::kIncrementing}};
  for (const auto& [name, mode] : modes) EXPECT_EQ(Read({{"mode", name}}).mode, mode) << name;
  EXPECT_EQ(Read({{"mode", "Timestamp"}, {"timestamp.column.name", "t"}}).mode, Mode::kTimestamp);
  const std::pair<const char*, NumericMapping> mappings[] = {
      {"none", NumericMapping::kNone},
      {"PRECISION_ONLY", NumericMapping::kPrecisionOnly},
      {"best_fit", NumericMapping::kBestFit},
      {"best_fit_eager_double", NumericMapping::kBestFitEagerDouble}};
  for (const auto& [name, mapping] : mappings) {
    EXPECT_EQ(Read({{"numeric.mapping", name}}).read.numeric, mapping) << name;
  }
  const sdk::ConfigText old = {{"numeric.precision.mapping", "true"}};
  EXPECT_EQ(Read(old).read.numeric, NumericMapping::kPrecisionOnly);
  const std::pair<const char*, Granularity> granularities[] = {
      {"connect_logical", Granularity::kLogical},
      {"MICROS_LONG", Granularity::kMicrosLong},
      {"nanos_long", Granularity::kNanosLong},
      {"micros_string", Granularity::kMicrosString},
      {"nanos_string", Granularity::kNanosString},
      {"micros_iso_datetime_string", Granularity::kMicrosIso},
      {"nanos_iso_datetime_string", Granularity::kNanosIso}};
  for (const auto& [name, granularity] : granularities) {
    EXPECT_EQ(Read({{"timestamp.granularity", name}}).read.granularity, granularity) << name;
  }
}

TEST(SourceConfigTest, ListsOfTablesAreRead) {
  const auto takes = [](sdk::ConfigText given) {
    const TableFilter filter = Read(std::move(given)).filter;
    std::string text;
    for (const char* table : {"a", "b", "c"}) {
      if (filter.Takes({"public", table}, "db")) text += table;
    }
    return text;
  };
  EXPECT_EQ(takes({}), "abc");
  EXPECT_EQ(takes({{"table.whitelist", "a, public.c"}}), "ac");
  EXPECT_EQ(takes({{"table.blacklist", "a"}}), "bc");
  EXPECT_EQ(takes({{"table.include.list", "public\\.[ab]"}}), "ab");
  EXPECT_EQ(takes({{"table.include.list", ".*"}, {"table.exclude.list", ".*b,.*c"}}), "a");
}

// They are accepted because nothing that they change is different here: see CONFIG.md.
TEST(SourceConfigTest, KeysWithoutAnEffectAreAccepted) {
  EXPECT_EQ(KeysOf({{"catalog.pattern", "x"},
                    {"table.names.qualify", "false"},
                    {"date.calendar.system", "PROLEPTIC_GREGORIAN"},
                    {"max.buffer.size", "5"},
                    {"poll.linger.ms", "5"},
                    {"dialect.name", "PostgreSqlDatabaseDialect"}}),
            "");
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

TEST(TableListTest, TablesThatAreNotFoundAreNamedWithWhatToDo) {
  const std::vector<Candidate> candidates = {{{"public", "orders"}},
                                             {{"public", "secret"}, false},
                                             {{"public", "seen"}, true, false},
                                             {{"public", "Upper"}},
                                             {{"shop", "orders"}, true, true, false}};
  const auto missing = [&](const char* whitelist) {
    return ChooseTables(candidates, "o", Read({{"table.whitelist", whitelist}})).missing;
  };
  EXPECT_EQ(missing("orders"), "");
  EXPECT_EQ(missing("orders,no_such_table"),
            "table.whitelist names tables that are not found in db:5432/o: no_such_table (there is "
            "none of that name). Found: public.orders. Looked for again every "
            "table.poll.interval.ms=60000");
  const std::string all = missing("secret,o.public.seen,shop.orders,upper");
  for (const char* said : {"secret (the role has no right to SELECT from it: GRANT it)",
                           "o.public.seen (it is of a kind that table.types leaves out)",
                           "shop.orders (schema.pattern leaves its schema out)",
                           "upper (there is public.Upper, written otherwise). Found: nothing."}) {
    EXPECT_NE(all.find(said), std::string::npos) << all;
  }
}

TEST(TableListTest, WhereNothingIsReadTheReasonsAreCounted) {
  const std::string said =
      ChooseTables({{{"a", "b"}, false}, {{"a", "c"}, true, false}, {{"a", "d"}}}, "o",
                   Read({{"table.blacklist", "d"}}))
          .missing;
  EXPECT_NE(said.find("of 3 tables and views there the role has no right to SELECT from 1, "
                      "table.types leaves out 1, schema.pattern 0, and table.blacklist, "
                      "table.include.list and table.exclude.list 1"),
            std::string::npos)
      << said;
  EXPECT_EQ(ChooseTables({{{"a", "d"}}}, "o", Read({})).missing, "");
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
