#include "connectors/postgres_sink/statements.h"

#include "connectors/sdk/text.h"

namespace sluice::postgres::sink {
namespace {

using sdk::Cat;

// Names are as the server keeps them, so they are always quoted here.
std::string Quoted(const PlanColumn& column) { return Quoting(true)(column.name); }

std::string Separator(const std::string& list) { return list.empty() ? "" : ", "; }

std::string Names(const std::vector<PlanColumn>& columns, bool keys_only = false) {
  std::string list;
  for (const PlanColumn& column : columns) {
    if (!keys_only || column.key) list += Separator(list) + Quoted(column);
  }
  return list;
}

// v.c2, or v.c2::uuid
std::string ValueOf(const PlanColumn& column, size_t index) {
  std::string sql = Cat("v.c", index + 1);
  if (!column.encoding.cast.empty()) sql += "::" + column.encoding.cast;
  return sql;
}

std::string Values(const std::vector<PlanColumn>& columns) {
  std::string list;
  for (size_t i = 0; i < columns.size(); ++i) list += Separator(list) + ValueOf(columns[i], i);
  return list;
}

// unnest($1, $2) AS v(c1, c2)
std::string Rows(const std::vector<PlanColumn>& columns) {
  std::string parameters, names;
  for (size_t i = 0; i < columns.size(); ++i) {
    parameters += Separator(parameters) + Cat("$", i + 1);
    names += Separator(names) + Cat("c", i + 1);
  }
  return Cat("unnest(", parameters, ") AS v(", names, ")");
}

// t."id" = v.c1 AND ...
std::string SameKey(const std::vector<PlanColumn>& columns) {
  std::string sql;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].key) continue;
    sql += Cat(sql.empty() ? "" : " AND ", "t.", Quoted(columns[i]), " = ", ValueOf(columns[i], i));
  }
  return sql;
}

}  // namespace

std::string CopySql(const std::string& table, const std::vector<PlanColumn>& columns) {
  return Cat("COPY ", table, " (", Names(columns), ") FROM STDIN (FORMAT binary)");
}

std::string InsertSql(const std::string& table, const std::vector<PlanColumn>& columns) {
  return Cat("INSERT INTO ", table, " (", Names(columns), ") SELECT ", Values(columns), " FROM ",
             Rows(columns));
}

std::string UpsertSql(const std::string& table, const std::vector<PlanColumn>& columns) {
  std::string set;
  for (const PlanColumn& column : columns) {
    if (!column.key) set += Separator(set) + Cat(Quoted(column), " = EXCLUDED.", Quoted(column));
  }
  return Cat(InsertSql(table, columns), " ON CONFLICT (", Names(columns, true), ") DO ",
             set.empty() ? "NOTHING" : "UPDATE SET " + set);
}

std::string UpdateSql(const std::string& table, const std::vector<PlanColumn>& columns) {
  std::string set;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].key)
      set += Separator(set) + Cat(Quoted(columns[i]), " = ", ValueOf(columns[i], i));
  }
  return Cat("UPDATE ", table, " AS t SET ", set, " FROM ", Rows(columns), " WHERE ",
             SameKey(columns));
}

std::string DeleteSql(const std::string& table, const std::vector<PlanColumn>& columns) {
  return Cat("DELETE FROM ", table, " AS t USING ", Rows(columns), " WHERE ", SameKey(columns));
}

}  // namespace sluice::postgres::sink
