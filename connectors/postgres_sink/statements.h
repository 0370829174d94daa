// The statements that write rows, from a plan's columns. Pure functions, any thread.
//
// All but COPY take one array per column and unnest them: v.c1, v.c2 and so on are the columns of
// one row.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_STATEMENTS_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_STATEMENTS_H_

#include <string>
#include <vector>

#include "connectors/postgres_sink/column.h"
#include "connectors/postgres_sink/fields.h"

namespace sluice::postgres::sink {

struct PlanColumn {
  std::string name;  // as the server keeps it
  bool key = false;
  Source source;
  ColumnEncoding encoding;
};

std::string CopySql(const std::string& table, const std::vector<PlanColumn>& columns);
std::string InsertSql(const std::string& table, const std::vector<PlanColumn>& columns);
// Columns that are no key are set to the new row's; if there are none, a row that is there stays.
std::string UpsertSql(const std::string& table, const std::vector<PlanColumn>& columns);
std::string UpdateSql(const std::string& table, const std::vector<PlanColumn>& columns);
// Of the key columns only: `columns` has no other.
std::string DeleteSql(const std::string& table, const std::vector<PlanColumn>& columns);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_STATEMENTS_H_
