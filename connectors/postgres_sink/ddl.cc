#include "connectors/postgres_sink/ddl.h"

#include "connectors/postgres_sink/value_text.h"
#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

std::string TypeOf(const Field& field) {
  return field.unit == Unit::kMillis ? CreateType(*field.schema) : "TIMESTAMP";
}

std::string Definition(const SinkConfig& config, const Field& field) {
  std::string sql = sdk::Cat(config.quoting(field.name), " ", TypeOf(field));
  const sluice_value* fallback = field.schema->default_value;
  if (fallback != nullptr && fallback->kind != SLUICE_NULL && field.unit == Unit::kMillis) {
    std::string literal;
    AppendLiteral(literal, *fallback, config.zone);
    if (TypeOf(field) == "JSONB") literal.clear(), AppendJson(literal, *fallback);
    sql += " DEFAULT " + QuoteLiteral(literal);
  }
  sql += field.key || (!field.optional() && !field.has_default()) ? " NOT NULL" : " NULL";
  return sql;
}

}  // namespace

std::string CreateTableSql(const SinkConfig& config, const TableName& table,
                           const std::vector<Field>& fields) {
  std::string sql = sdk::Cat("CREATE TABLE ", config.quoting(table), " ("), keys;
  for (const Field& field : fields) {
    sql += sdk::Cat(&field == &fields[0] ? "" : ", ", Definition(config, field));
    if (field.key) keys += sdk::Cat(keys.empty() ? "" : ", ", config.quoting(field.name));
  }
  if (!keys.empty()) sql += sdk::Cat(", PRIMARY KEY (", keys, ")");
  return sql + ")";
}

std::string AddColumnsSql(const SinkConfig& config, const TableName& table,
                          const std::vector<const Field*>& missing) {
  std::string sql = sdk::Cat("ALTER TABLE ", config.quoting(table));
  for (const Field* field : missing) {
    if (!field->optional() && !field->has_default()) {
      throw sdk::ConnectException(
          "The table ", table.Text(), " has no column \"", field->name,
          "\", and it cannot be added: the field is required and has no default, so that rows ",
          "which are there have no value for it. Make the field optional, or add the column by "
          "hand");
    }
    sql += sdk::Cat(field == missing[0] ? " " : ", ", "ADD COLUMN IF NOT EXISTS ",
                    Definition(config, *field));
  }
  return sql;
}

}  // namespace sluice::postgres::sink
