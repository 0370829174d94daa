// Statements that make and change tables, from a record's fields. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_DDL_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_DDL_H_

#include <string>
#include <vector>

#include "connectors/postgres_sink/fields.h"

namespace sluice::postgres::sink {

std::string CreateTableSql(const SinkConfig& config, const TableName& table,
                           const std::vector<Field>& fields);
// Throws ConnectException where a field is required and has no default: rows that are there have no
// value for it.
std::string AddColumnsSql(const SinkConfig& config, const TableName& table,
                          const std::vector<const Field*>& missing);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_DDL_H_
