#include "connectors/postgres_sink/catalog.h"

#include <cstdlib>

#include "connectors/postgres_sink/ddl.h"
#include "connectors/sdk/errors.h"

namespace sluice::postgres::sink {
namespace {

// One row a column, whose first fields are the table's. A domain is described by what it is made
// of. The type's name is the one without a length (-1), so that a cast to it cuts nothing off.
constexpr const char* kReadTable = R"sql(
SELECT c.relkind, c.relrowsecurity, a.attname, t.oid, CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END, t.typtype,
       format_type(a.atttypid, -1), a.attnotnull, a.atthasdef OR a.attidentity <> '', a.attgenerated <> '',
       coalesce(i.indisprimary, false)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type own ON own.oid = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = CASE WHEN own.typtype = 'd' THEN own.typbasetype ELSE own.oid END
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)
WHERE c.oid = to_regclass($1) ORDER BY a.attnum)sql";

bool IsTrue(const std::string& text) { return text == "t"; }

const char* KindText(char kind) {
  switch (kind) {
    case 'r':
      return "TABLE";
    case 'p':
      return "PARTITIONED TABLE";
    case 'v':
      return "VIEW";
    case 'f':
      return "FOREIGN TABLE";
    case 'm':
      return "MATERIALIZED VIEW";
    default:
      return "something else";
  }
}

}  // namespace

std::optional<Table> Catalog::Read(const TableName& name) {
  const Rows read = connection_.Query(kReadTable, {config_.quoting(name)});
  if (read.rows.empty()) return std::nullopt;
  Table table;
  table.name = name;
  table.kind = read.rows[0][0].at(0);
  table.row_security = IsTrue(read.rows[0][1]);
  for (const std::vector<std::string>& row : read.rows) {
    Column column;
    column.name = row[2];
    column.type = static_cast<uint32_t>(std::strtoul(row[3].c_str(), nullptr, 10));
    column.element = static_cast<uint32_t>(std::strtoul(row[4].c_str(), nullptr, 10));
    column.is_enum = row[5] == "e";
    column.type_name = row[6];
    column.not_null = IsTrue(row[7]);
    column.has_default = IsTrue(row[8]);
    column.generated = IsTrue(row[9]);
    if (IsTrue(row[10])) table.primary_key.push_back(column.name);
    table.columns.push_back(std::move(column));
  }
  return table;
}

const Table& Catalog::Refresh(const TableName& name) {
  std::optional<Table> table = Read(name);
  if (!table) {
    throw SqlError(ErrorKind::kSchema, "42P01",
                   sdk::Cat("The table ", name.Text(), " is gone again"));
  }
  return tables_[name] = *std::move(table);
}

void Catalog::CheckFresh(const TableName& name) {
  const auto known = tables_.find(name);
  if (known == tables_.end() || Read(name) == known->second) return;
  throw SqlError(ErrorKind::kSchema, "42P01", sdk::Cat("The table ", name.Text(), " was changed"));
}

std::vector<const Field*> Catalog::Missing(const Table& table,
                                           const std::vector<Field>& fields) const {
  std::vector<const Field*> missing;
  for (const Field& field : fields) {
    if (table.Find(config_.quoting.Kept(field.name)) == nullptr) missing.push_back(&field);
  }
  return missing;
}

void Catalog::CheckKind(const Table& table) const {
  if (config_.table_kinds.find(table.kind) != std::string::npos) return;
  throw sdk::ConnectException(table.name.Text(), " is a ", KindText(table.kind),
                              ", which table.types does not allow; add it to that list");
}

bool Catalog::Race(const std::string& sql) {
  try {
    connection_.Execute(sql);
    return true;
  } catch (const SqlError& error) {
    // The other task's is there: as a table (42P07), a column (42701), or still under way in the
    // catalog (23505, XX000).
    for (const char* state : {"42P07", "42701", "42710", "23505", "XX000"}) {
      if (error.sqlstate() == state) return false;
    }
    throw;
  }
}

void Catalog::Create(const TableName& name, const std::vector<Field>& fields) {
  if (!config_.auto_create) {
    throw sdk::ConnectException("The table ", name.Text(), " does not exist in ",
                                config_.connection.Target(), "; make it, or set auto.create=true");
  }
  const std::string sql = CreateTableSql(config_, name, fields);
  if (Race(sql)) log_.Info("Made the table ", name.Text(), ": ", sql);
}

void Catalog::Extend(const Table& table, const std::vector<Field>& fields) {
  const std::vector<const Field*> missing = Missing(table, fields);
  if (missing.empty()) return;
  std::string names;
  for (const Field* field : missing)
    names += sdk::Cat(names.empty() ? "\"" : ", \"", field->name, "\"");
  if (!config_.auto_evolve) {
    throw sdk::ConnectException(
        "The table ", table.name.Text(), " has no column ", names,
        "; add it, set auto.evolve=true, or leave the field out by fields.whitelist");
  }
  if (table.kind == 'v')
    throw sdk::ConnectException("The view ", table.name.Text(), " has no column ", names,
                                ", and a view cannot be given one");
  for (const Field* field : missing) {
    if (field->key) {
      throw sdk::ConnectException(
          "The table ", table.name.Text(), " has no column \"", field->name,
          "\", which is of the primary key: keys are not added to tables that are there");
    }
  }
  const std::string sql = AddColumnsSql(config_, table.name, missing);
  if (Race(sql)) log_.Info("Extended the table ", table.name.Text(), ": ", sql);
}

const Table* Catalog::TableFor(const TableName& name, const std::vector<Field>& fields,
                               bool deletes) {
  auto known = tables_.find(name);
  if (known == tables_.end()) {
    std::optional<Table> table = Read(name);
    if (!table) {
      if (deletes) return nullptr;
      Create(name, fields);
      Refresh(name);
    } else {
      tables_[name] = *std::move(table);
    }
    known = tables_.find(name);
  }
  CheckKind(known->second);
  if (Missing(known->second, fields).empty()) return &known->second;
  // Another task may have extended it since it was read.
  const Table& fresh = Refresh(name);
  Extend(fresh, fields);
  const Table& extended = Refresh(name);
  if (!Missing(extended, fields).empty()) {
    throw SqlError(ErrorKind::kSchema, "42703",
                   sdk::Cat("The table ", name.Text(), " changes while it is extended"));
  }
  return &extended;
}

}  // namespace sluice::postgres::sink
