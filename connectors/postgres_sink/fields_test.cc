#include "connectors/postgres_sink/fields.h"

#include <gtest/gtest.h>

#include <tuple>

#include "connectors/postgres_sink/ddl.h"
#include "connectors/postgres_sink/plan.h"
#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

namespace schemas = sdk::schemas;

class FieldsTest : public testing::Test {
 protected:
  // "name name*": a star marks the key.
  std::string Names(const sdk::Schema& key, const sdk::Schema& value) {
    std::string text;
    for (const Field& field : MakeFields(config_, key.get(), value.get())) {
      text += (text.empty() ? "" : " ") + field.name + (field.key ? "*" : "");
    }
    return text;
  }
  std::string Refusal(const sdk::Schema& key, const sdk::Schema& value) {
    try {
      return Names(key, value);
    } catch (const sdk::ConnectException& error) {
      return error.what();
    }
  }
  const sdk::Schema key_ =
      schemas::Struct("K").Field("z", schemas::Int64()).Field("a", schemas::String()).Build();
  const sdk::Schema value_ = schemas::Struct("V")
                                 .Field("b", schemas::String())
                                 .Field("a", schemas::Optional(schemas::String()))
                                 .Field("c", schemas::Optional(schemas::Decimal(2)))
                                 .Build();
  SinkConfig config_;
};

TEST_F(FieldsTest, ByPkMode) {
  EXPECT_EQ(Names({}, value_), "b a c");
  config_.pk_mode = PkMode::kKafka;
  EXPECT_EQ(Names({}, value_), "__connect_topic* __connect_partition* __connect_offset* b a c");
  config_.pk_fields = {"t", "p", "o"};
  EXPECT_EQ(Names({}, value_), "t* p* o* b a c");
  config_.pk_mode = PkMode::kRecordValue;
  config_.pk_fields = {};
  EXPECT_EQ(Names({}, value_), "b* a* c*");
  config_.pk_fields = {"a"};
  EXPECT_EQ(Names({}, value_), "b a* c");
}

TEST_F(FieldsTest, AFieldOfTheKeyStandsWhereTheValueHasIt) {
  config_.pk_mode = PkMode::kRecordKey;
  EXPECT_EQ(Names(key_, value_), "b a* c z*");
  EXPECT_EQ(MakeFields(config_, key_.get(), value_.get())[1].source.kind, Source::kKeyField);
  EXPECT_EQ(Names(key_, {}), "a* z*");  // of a tombstone
  config_.pk_fields = {"z"};
  EXPECT_EQ(Names(key_, value_), "b a c z*");
  config_.pk_fields = {"id"};
  EXPECT_EQ(Names(schemas::Int64(), value_), "b a c id*");
}

TEST_F(FieldsTest, TheWhitelistIsForTheRestOfTheValue) {
  config_.pk_mode = PkMode::kRecordValue;
  config_.pk_fields = {"b"};
  config_.whitelist = {"c"};
  EXPECT_EQ(Names({}, value_), "b* c");
}

TEST_F(FieldsTest, WhatCannotWorkIsNamed) {
  config_.pk_mode = PkMode::kRecordKey;
  EXPECT_NE(Refusal(schemas::Int64(), value_).find("pk.fields must name exactly one"),
            std::string::npos);
  config_.pk_fields = {"q"};
  EXPECT_NE(Refusal(key_, value_).find("'q'"), std::string::npos);
  config_.pk_fields = {"c"};
  EXPECT_NE(Refusal(schemas::Array(schemas::Int32()), value_).find("array"), std::string::npos);
  config_.pk_mode = PkMode::kKafka;
  config_.pk_fields = {"a", "p", "o"};
  EXPECT_NE(Refusal({}, value_).find("'a'"), std::string::npos);
  config_.pk_mode = PkMode::kNone;
  config_.whitelist = {"nothing"};
  EXPECT_NE(Refusal({}, value_).find("fields.whitelist"), std::string::npos);
}

TEST_F(FieldsTest, RecordsThatAreUnfit) {
  sluice_record record = abi::EmptyRecord();
  EXPECT_NE(WhyUnfit(config_, record).find("delete.enabled=false"), std::string::npos);
  record.value = sdk::Int32(1);
  EXPECT_NE(WhyUnfit(config_, record).find("no schema"), std::string::npos);
  const sdk::Schema int32 = schemas::Int32();
  record.value_schema = int32.get();
  EXPECT_NE(WhyUnfit(config_, record).find("no struct"), std::string::npos);
  const sdk::Schema text = schemas::String();
  record.value = sdk::String("x");
  record.value_schema = text.get();
  EXPECT_NE(WhyUnfit(config_, record), "");
  config_.string_column = "line";
  EXPECT_EQ(WhyUnfit(config_, record), "");
  config_.pk_mode = PkMode::kRecordKey;
  EXPECT_NE(WhyUnfit(config_, record).find("key is null"), std::string::npos);
}

TEST_F(FieldsTest, NullTakesTheSchemasDefault) {
  const sdk::Value seven = sdk::Int32(7);
  const sdk::Schema value =
      schemas::Struct("V")
          .Field("n", sdk::SchemaBuilder(SLUICE_INT32).Optional().Default(seven).Build())
          .Build();
  const sdk::Value fields[] = {sdk::Null()};
  const sluice_struct structure{value.get(), fields};
  sluice_record record = abi::EmptyRecord();
  record.value = abi::Struct(&structure);
  sdk::Value scratch;
  EXPECT_EQ(Get(MakeFields(config_, nullptr, value.get())[0].source, record, scratch).as.int64, 7);
  config_.default_for_null = false;
  EXPECT_EQ(Get(MakeFields(config_, nullptr, value.get())[0].source, record, scratch).kind,
            SLUICE_NULL);
}

TEST_F(FieldsTest, TablesAreMadeOfFields) {
  config_.pk_mode = PkMode::kRecordKey;
  const auto sql = [&] {
    return CreateTableSql(config_, {"s", "t"}, MakeFields(config_, key_.get(), value_.get()));
  };
  EXPECT_EQ(sql(),
            "CREATE TABLE \"s\".\"t\" (\"b\" TEXT NOT NULL, \"a\" TEXT NOT NULL, \"c\" DECIMAL "
            "NULL, \"z\" BIGINT NOT "
            "NULL, PRIMARY KEY (\"a\", \"z\"))");
  config_.quoting = Quoting(false);
  EXPECT_EQ(sql().substr(0, 41), "CREATE TABLE \"s\".\"t\" (\"b\" TEXT NOT NULL, ");
}

TEST_F(FieldsTest, DefaultsAreLiterals) {
  const sdk::Value text = sdk::String("it's");
  const sdk::Schema value =
      schemas::Struct("V")
          .Field("s", sdk::SchemaBuilder(SLUICE_STRING).Default(text).Build())
          .Field("b",
                 sdk::SchemaBuilder(SLUICE_BOOLEAN).Optional().Default(sdk::Boolean(true)).Build())
          .Build();
  const std::vector<Field> fields = MakeFields(config_, nullptr, value.get());
  EXPECT_EQ(CreateTableSql(config_, {"", "t"}, fields),
            "CREATE TABLE \"t\" (\"s\" TEXT DEFAULT 'it''s' NULL, \"b\" BOOLEAN DEFAULT 'true' "
            "NULL)");
  EXPECT_EQ(AddColumnsSql(config_, {"", "t"}, {&fields[0], &fields[1]}),
            "ALTER TABLE \"t\" ADD COLUMN IF NOT EXISTS \"s\" TEXT DEFAULT 'it''s' NULL, ADD "
            "COLUMN IF NOT EXISTS "
            "\"b\" BOOLEAN DEFAULT 'true' NULL");
}

TEST_F(FieldsTest, ARequiredFieldIsNotAddedToATable) {
  const std::vector<Field> fields = MakeFields(config_, nullptr, value_.get());
  EXPECT_THROW(AddColumnsSql(config_, {"", "t"}, {&fields[0]}), sdk::ConnectException);
}

class PlanTest : public FieldsTest {
 protected:
  PlanTest() {
    table_.name = {"", "t"};
    for (const auto& [name, type, type_name] :
         {std::tuple{"A", kOidText, "text"}, std::tuple{"b", kOidUuid, "uuid"},
          std::tuple{"c", kOidNumeric, "numeric"}}) {
      Column column;
      column.name = name;
      column.type = type;
      column.type_name = type_name;
      table_.columns.push_back(column);
    }
    config_.pk_mode = PkMode::kRecordValue;
    config_.pk_fields = {"a"};
  }
  Plan Make(bool deletes = false) {
    return MakePlan(1, config_, table_, MakeFields(config_, nullptr, value_.get()), deletes);
  }
  Table table_;
};

TEST_F(PlanTest, StatementsByMode) {
  EXPECT_EQ(Make().copy_sql, "COPY \"t\" (\"b\", \"A\", \"c\") FROM STDIN (FORMAT binary)");
  EXPECT_TRUE(Make().copyable);
  EXPECT_EQ(
      Make().sql,
      "INSERT INTO \"t\" (\"b\", \"A\", \"c\") SELECT v.c1, v.c2, v.c3 FROM unnest($1, $2, $3) AS "
      "v(c1, c2, c3)");
  EXPECT_EQ(Make().types, (std::vector<uint32_t>{2951, 1009, 1231}));
  config_.insert_mode = InsertMode::kUpsert;
  EXPECT_FALSE(Make().copyable);
  EXPECT_EQ(Make().sql,
            "INSERT INTO \"t\" (\"b\", \"A\", \"c\") SELECT v.c1, v.c2, v.c3 FROM unnest($1, $2, "
            "$3) AS v(c1, c2, c3) "
            "ON CONFLICT (\"A\") DO UPDATE SET \"b\" = EXCLUDED.\"b\", \"c\" = EXCLUDED.\"c\"");
  config_.insert_mode = InsertMode::kUpdate;
  EXPECT_EQ(Make().sql,
            "UPDATE \"t\" AS t SET \"b\" = v.c1, \"c\" = v.c3 FROM unnest($1, $2, $3) AS v(c1, c2, "
            "c3) WHERE t.\"A\" = "
            "v.c2");
  EXPECT_EQ(Make(true).sql,
            "DELETE FROM \"t\" AS t USING unnest($1) AS v(c1) WHERE t.\"A\" = v.c1");
}

TEST_F(PlanTest, OnlyKeysLeaveNothingToSet) {
  config_.pk_fields = {};
  config_.insert_mode = InsertMode::kUpsert;
  EXPECT_NE(Make().sql.find("DO NOTHING"), std::string::npos);
  config_.insert_mode = InsertMode::kUpdate;
  EXPECT_THROW(Make(), sdk::ConnectException);
}

TEST_F(FieldsTest, NamesThatNoColumnCanHave) {
  const auto named = [](std::string_view name) {
    return schemas::Struct("V").Field(name, schemas::Int64()).Build();
  };
  EXPECT_EQ(Refusal({}, named("")), "A field of the record has no name");
  EXPECT_EQ(Refusal({}, named(std::string_view("a\0b", 3))),
            "A field's name has a zero byte, which no column's may have");
  EXPECT_EQ(Refusal({}, named(std::string(63, 'n'))), std::string(63, 'n'));
  EXPECT_EQ(
      Refusal({}, named(std::string(64, 'n'))),
      "The field " + std::string(64, 'n') + " has a name of 64 bytes; a column's has 63 at most");
}

TEST_F(PlanTest, NotEveryTableTakesACopy) {
  table_.kind = 'v';
  EXPECT_FALSE(Make().copyable);
  table_.kind = 'p';
  EXPECT_TRUE(Make().copyable);
  table_.row_security = true;
  EXPECT_FALSE(Make().copyable);
}

TEST_F(PlanTest, AComputedColumnIsRefused) {
  table_.columns[2].generated = true;
  EXPECT_THROW(Make(), sdk::ConnectException);
}

TEST_F(PlanTest, AWriteByACastNamesTheType) {
  table_.columns[1].type = 869;
  table_.columns[1].type_name = "inet";
  EXPECT_FALSE(Make().copyable);
  EXPECT_NE(Make().sql.find("SELECT v.c1::inet, v.c2, v.c3"), std::string::npos) << Make().sql;
}

}  // namespace
}  // namespace sluice::postgres::sink
