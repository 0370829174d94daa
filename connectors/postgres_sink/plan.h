// How records of one pair of schemas are written to one table: columns, encodings, statements. Made
// once per pair, used for every record. Immutable. Throws ConnectException for what cannot work.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_PLAN_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "connectors/postgres_sink/column.h"
#include "connectors/postgres_sink/fields.h"
#include "connectors/postgres_sink/sink_config.h"
#include "connectors/postgres_sink/statements.h"

namespace sluice::postgres::sink {

struct Plan {
  uint32_t id = 0;
  TableName table;
  bool deletes = false;  // of tombstones: only the key's columns are there
  bool has_key = false;
  bool copyable = false;  // rows may go by COPY
  std::vector<PlanColumn> columns;
  std::string copy_sql, sql;    // `sql`: the statement that takes arrays
  std::vector<uint32_t> types;  // of its parameters
};

Plan MakePlan(uint32_t id, const SinkConfig& config, const Table& table,
              const std::vector<Field>& fields, bool deletes);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_PLAN_H_
