#include "connectors/postgres_sink/plan.h"

#include <algorithm>

#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

PlanColumn MakeColumn(const SinkConfig& config, const Table& table, const Field& field) {
  const Column& column = *table.Find(config.quoting.Kept(field.name));
  if (column.generated) {
    throw sdk::ConnectException(
        "The column \"", column.name, "\" of ", table.name.Text(),
        " is computed by the server and cannot be written; leave the field out by ",
        "fields.whitelist");
  }
  return {column.name, field.key, field.source, ChooseEncoding(*field.schema, column, field.unit)};
}

}  // namespace

Plan MakePlan(uint32_t id, const SinkConfig& config, const Table& table,
              const std::vector<Field>& fields, bool deletes) {
  Plan plan;
  plan.id = id;
  plan.table = table.name;
  plan.deletes = deletes;
  // COPY goes to tables only, and not past policies for rows.
  plan.copyable = config.insert_mode == InsertMode::kInsert && !deletes && !table.row_security &&
                  (table.kind == 'r' || table.kind == 'p');
  bool others = false;
  for (const Field& field : fields) {
    if (deletes && !field.key) continue;
    plan.columns.push_back(MakeColumn(config, table, field));
    const PlanColumn& column = plan.columns.back();
    plan.copyable = plan.copyable && column.encoding.copyable;
    plan.types.push_back(column.encoding.array_oid);
    plan.has_key = plan.has_key || column.key;
    others = others || !column.key;
  }
  const std::string name = config.quoting(table.name);
  plan.copy_sql = CopySql(name, plan.columns);
  if (deletes) {
    plan.sql = DeleteSql(name, plan.columns);
  } else if (config.insert_mode == InsertMode::kInsert) {
    plan.sql = InsertSql(name, plan.columns);
  } else if (!plan.has_key) {
    throw sdk::ConnectException(
        "Records for ", table.name.Text(), " have no key field, and insert.mode=",
        config.insert_mode == InsertMode::kUpsert ? "upsert" : "update", " needs one");
  } else if (config.insert_mode == InsertMode::kUpsert) {
    plan.sql = UpsertSql(name, plan.columns);
  } else if (!others) {
    throw sdk::ConnectException("insert.mode=update has nothing to set in ", table.name.Text(),
                                ": every field is of the key");
  } else {
    plan.sql = UpdateSql(name, plan.columns);
  }
  return plan;
}

}  // namespace sluice::postgres::sink
