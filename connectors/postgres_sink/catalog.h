// What is known of the tables that are written: read once, kept until Forget, made and extended as
// far as the configuration allows. Other tasks do the same at the same time, so that a statement
// which comes too late is no error. The task's thread only. Throws SqlError, and ConnectException
// for what a user has to mend.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_CATALOG_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_CATALOG_H_

#include <map>
#include <optional>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_sink/column.h"
#include "connectors/postgres_sink/fields.h"
#include "connectors/postgres_sink/sink_config.h"
#include "connectors/sdk/logger.h"

namespace sluice::postgres::sink {

class Catalog {
 public:
  Catalog(const SinkConfig& config, Connection& connection, const sdk::Logger& log)
      : config_(config), connection_(connection), log_(log) {}

  // The table, with a column for each of the fields. Valid until the next call. For deletes a table
  // that is not there is not made: nullptr.
  const Table* TableFor(const TableName& name, const std::vector<Field>& fields, bool deletes);
  // Throws SqlError of kind kSchema if the table is not what it was when it was read.
  void CheckFresh(const TableName& name);
  // All are to be read again.
  void Forget() { tables_.clear(); }

 private:
  std::optional<Table> Read(const TableName& name);
  const Table& Refresh(const TableName& name);
  void Create(const TableName& name, const std::vector<Field>& fields);
  void Extend(const Table& table, const std::vector<Field>& fields);
  std::vector<const Field*> Missing(const Table& table, const std::vector<Field>& fields) const;
  void CheckKind(const Table& table) const;
  // Executes what another task may execute at the same moment; true: it was us.
  bool Race(const std::string& sql);

  const SinkConfig& config_;
  Connection& connection_;
  const sdk::Logger& log_;
  std::map<TableName, Table> tables_;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_CATALOG_H_
