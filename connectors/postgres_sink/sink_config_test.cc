#include "connectors/postgres_sink/sink_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/sdk/fakes.h"

namespace sluice::postgres::sink {
namespace {

using sdk::KeysOf;

constexpr const char* kClass = "JdbcSinkConnector";

SinkConfig Read(sdk::ConfigText given) {
  static const sdk::ConfigTable table(Keys());
  given.emplace("name", "pg");
  given.emplace("connection.url", "jdbc:postgresql://db/o");
  return ReadConfig(sdk::Config(sdk::Config::Map(given.begin(), given.end()), &table));
}

std::vector<std::string> Validate(sdk::ConfigText given) {
  given.emplace("connection.url", "jdbc:postgresql://db/o");
  return sdk::RunValidate(sdk::FindClass(kClass), given);
}

TEST(SinkConfigTest, ConfigMdHasItsTable) {
  EXPECT_TRUE(sdk::ReadmeHasTable("connectors/postgres_sink/CONFIG.md", kClass));
}

TEST(SinkConfigTest, TheClassHasTheNamesOfItsOriginals) {
  const sluice_class& info = sdk::FindClass(kClass);
  EXPECT_EQ(abi::View(info.name), "io.confluent.connect.jdbc.JdbcSinkConnector");
  EXPECT_EQ(abi::View(info.task_class), "io.confluent.connect.jdbc.JdbcSinkTask");
  bool aivens = false;
  for (size_t i = 0; i < info.alias_count; ++i) {
    aivens = aivens || abi::View(info.aliases[i]) == "io.aiven.connect.jdbc.JdbcSinkConnector";
  }
  EXPECT_TRUE(aivens);
}

TEST(SinkConfigTest, DefaultsAreTheOriginals) {
  const SinkConfig config = Read({});
  EXPECT_EQ(config.insert_mode, InsertMode::kInsert);
  EXPECT_EQ(config.pk_mode, PkMode::kNone);
  EXPECT_EQ(config.batch_rows, 3000u);
  EXPECT_EQ(config.max_retries, 10);
  EXPECT_EQ(config.retry_backoff.count(), 3000);
  EXPECT_FALSE(config.auto_create || config.auto_evolve || config.delete_enabled ||
               config.tolerant);
  EXPECT_TRUE(config.default_for_null);
  EXPECT_EQ(config.table_kinds, "r");
  EXPECT_EQ(config.naming.For("orders"), (TableName{"", "orders"}));
  EXPECT_EQ(config.quoting("A"), "\"A\"");
}

TEST(SinkConfigTest, BothForksKeysAreRead) {
  const SinkConfig config = Read({{"insert.mode", "MULTI"},
                                  {"sql.quote.identifiers", "false"},
                                  {"table.name.normalize", "true"},
                                  {"topics.to.tables.mapping", "a:sales.b, c:d"},
                                  {"table.name.format", "x_${topic}"},
                                  {"table.types", "table, Partitioned Table,VIEW"},
                                  {"batch.size", "0"},
                                  {"connection.user", "u"},
                                  {"connection.sslmode", "require"},
                                  {"errors.tolerance", "all"}});
  EXPECT_EQ(config.insert_mode, InsertMode::kInsert);
  EXPECT_EQ(config.quoting("A"), "\"a\"");
  EXPECT_EQ(config.naming.For("a"), (TableName{"sales", "b"}));
  EXPECT_EQ(config.naming.For("q.r-s"), (TableName{"", "x_q_r_s"}));
  EXPECT_EQ(config.table_kinds, "rpv");
  EXPECT_EQ(config.batch_rows, SIZE_MAX);
  EXPECT_TRUE(config.tolerant);
  EXPECT_NE(std::find(config.connection.keywords.begin(), config.connection.keywords.end(),
                      std::pair<std::string, std::string>("sslmode", "require")),
            config.connection.keywords.end());
}

TEST(SinkConfigTest, EveryKeyIsRead) {
  const SinkConfig config = Read({{"connection.attempts", "5"},
                                  {"connection.backoff.ms", "6"},
                                  {"dialect.name", "PostgreSqlDatabaseDialect"},
                                  {"insert.mode", "upsert"},
                                  {"batch.size", "7"},
                                  {"batch.bytes", "8"},
                                  {"delete.enabled", "true"},
                                  {"replace.null.with.default", "false"},
                                  {"delivery.guarantee", "exactly_once"},
                                  {"offsets.table.name", "s.kept"},
                                  {"pk.mode", "record_key"},
                                  {"pk.fields", "a,b"},
                                  {"fields.whitelist", "c, d"},
                                  {"db.timezone", "Asia/Kolkata"},
                                  {"timestamp.fields.list", "e,f"},
                                  {"timestamp.precision.mode", "NANOSECONDS"},
                                  {"auto.create", "true"},
                                  {"auto.evolve", "TRUE"},
                                  {"quote.sql.identifiers", "NEVER"},
                                  {"max.retries", "9"},
                                  {"retry.backoff.ms", "10"},
                                  {"trim.sensitive.log", "true"}});
  EXPECT_EQ(config.connection_attempts, 5);
  EXPECT_EQ(config.connection_backoff.count(), 6);
  EXPECT_EQ(config.insert_mode, InsertMode::kUpsert);
  EXPECT_EQ(config.batch_rows, 7u);
  EXPECT_EQ(config.batch_bytes, 8u);
  EXPECT_TRUE(config.delete_enabled && config.exactly_once && config.trim_sensitive_log);
  EXPECT_TRUE(config.auto_create && config.auto_evolve && !config.default_for_null);
  EXPECT_EQ(config.offsets_table, (TableName{"s", "kept"}));
  EXPECT_EQ(config.pk_mode, PkMode::kRecordKey);
  EXPECT_EQ(config.pk_fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.whitelist, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(config.zone.ToLocalMs(0), 19'800'000);
  EXPECT_EQ(config.timestamp_fields, (std::vector<std::string>{"e", "f"}));
  EXPECT_EQ(config.timestamp_unit, Unit::kNanos);
  EXPECT_EQ(config.quoting("A"), "\"a\"");
  EXPECT_EQ(config.max_retries, 9);
  EXPECT_EQ(config.retry_backoff.count(), 10);
  EXPECT_EQ(Read({}).timestamp_unit, Unit::kMicros);
  EXPECT_EQ(Read({{"string.output.value.column.name", "said"}}).string_column, "said");
}

TEST(SinkConfigTest, EachModeByItsName) {
  const std::pair<const char*, InsertMode> inserts[] = {{"insert", InsertMode::kInsert},
                                                        {"multi", InsertMode::kInsert},
                                                        {"Upsert", InsertMode::kUpsert},
                                                        {"UPDATE", InsertMode::kUpdate}};
  for (const auto& [name, mode] : inserts) {
    EXPECT_EQ(Read({{"insert.mode", name}, {"pk.mode", "record_key"}}).insert_mode, mode) << name;
  }
  const std::pair<const char*, PkMode> keys[] = {{"none", PkMode::kNone},
                                                 {"KAFKA", PkMode::kKafka},
                                                 {"record_key", PkMode::kRecordKey},
                                                 {"Record_Value", PkMode::kRecordValue}};
  for (const auto& [name, mode] : keys) {
    EXPECT_EQ(Read({{"pk.mode", name}}).pk_mode, mode) << name;
  }
}

// They are accepted because nothing that they change is different here: see CONFIG.md.
TEST(SinkConfigTest, KeysWithoutAnEffectAreAccepted) {
  EXPECT_EQ(KeysOf(Validate({{"date.timezone", "UTC"},
                             {"date.calendar.system", "PROLEPTIC_GREGORIAN"},
                             {"mssql.use.merge.holdlock", "false"},
                             {"dialect.name",
                              "io.confluent.connect.jdbc.dialect."
                              "PostgreSqlDatabaseDialect"}})),
            "");
}

TEST(SinkConfigTest, ADotInATopicBeginsASchema) {
  EXPECT_EQ(Read({}).naming.For("sales.orders"), (TableName{"sales", "orders"}));
}

TEST(SinkConfigTest, ValidateNamesEveryMistakeByItsKey) {
  EXPECT_EQ(KeysOf(Validate({})), "");
  EXPECT_EQ(KeysOf(Validate({{"delete.enabled", "true"}})), "delete.enabled pk.mode ");
  EXPECT_EQ(KeysOf(Validate({{"insert.mode", "upsert"}})), "insert.mode pk.mode ");
  EXPECT_EQ(KeysOf(Validate({{"pk.mode", "kafka"}, {"pk.fields", "a,b"}})), "pk.fields ");
  EXPECT_EQ(KeysOf(Validate({{"db.timezone", "Mars"},
                             {"table.types", "SEQUENCE"},
                             {"topics.to.tables.mapping", "x"}})),
            "table.types topics.to.tables.mapping db.timezone ");
  EXPECT_EQ(KeysOf(Validate({{"dialect.name", "OracleDatabaseDialect"}})), "dialect.name ");
  EXPECT_EQ(KeysOf(Validate({{"connection.url", "jdbc:oracle:thin"}})), "connection.url ");
  EXPECT_EQ(KeysOf(Validate({{"connection.url", "jdbc:postgresql://h/o?sslmode=perhaps"}})),
            "connection.url ");
  EXPECT_EQ(KeysOf(Validate({{"jdbc.credentials.provider.class", "x.Y"}})),
            "jdbc.credentials.provider.class ");
  EXPECT_EQ(KeysOf(Validate({{"jdbc.credentials.provider.class",
                              "io.confluent.connect.jdbc.util.DefaultJdbcCredentialsProvider"}})),
            "");
  EXPECT_EQ(KeysOf(Validate({{"string.output.value.column.name", "v"}, {"fields.whitelist", "a"}})),
            "string.output.value.column.name ");
}

TEST(SinkConfigTest, KeysThatLookLikeOursAreNamed) {
  const std::vector<std::string> problems = Validate({{"pk.field", "id"},
                                                      {"table.whitelist", "a"},
                                                      {"connection.ssl", "false"},
                                                      {"connection.pasword", "x"},
                                                      {"topics.regex", "a.*"},
                                                      {"consumer.override.max.poll.records", "9"},
                                                      {"transforms", ""},
                                                      {"errors.tolerance", "all"}});
  EXPECT_EQ(KeysOf(problems), "connection.pasword pk.field table.whitelist ");
  EXPECT_NE(problems[0].find("Is it meant to be connection.password?"), std::string::npos)
      << problems[0];
  EXPECT_NE(problems[1].find("pk.mode, pk.fields"), std::string::npos) << problems[1];
}

TEST(SinkConfigTest, WhatValidateRefusesDoesNotStart) {
  EXPECT_THROW(Read({{"delete.enabled", "true"}}), sdk::ConfigException);
  EXPECT_THROW(Read({{"insert.mode", "replace"}}), sdk::ConfigException);
  EXPECT_THROW(Read({{"pk.mode", "some"}}), sdk::ConfigException);
}

}  // namespace
}  // namespace sluice::postgres::sink
