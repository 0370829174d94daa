// The tables that a connector reads: found in the catalog, dealt out to tasks, watched.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_LIST_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_LIST_H_

#include <functional>
#include <thread>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_source/source_config.h"
#include "connectors/sdk/logger.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::postgres::source {

// By schema and name. Throws SqlError.
std::vector<TableName> FindTables(Connection& connection, const SourceConfig& config);
// Throws ConnectException if two of them would go to one topic.
void CheckTopics(const std::vector<TableName>& tables);
// In at most `max` groups of neighbours, as the original does it; none is empty.
std::vector<std::vector<TableName>> DealOut(const std::vector<TableName>& tables, int max);

// Looks at intervals, in a thread of its own, whether there are other tables than at first. Made
// and destroyed by one thread.
class TableWatch {
 public:
  // `changed` is called in the thread; after that the watch goes on with the new tables.
  TableWatch(const SourceConfig& config, std::vector<TableName> tables, shared::StopSignal& stop,
             const sdk::Logger& log, std::function<void(std::vector<TableName>)> changed);
  ~TableWatch();  // the stop has been requested

 private:
  void Run();

  const SourceConfig& config_;
  std::vector<TableName> tables_;
  shared::StopSignal& stop_;
  const sdk::Logger& log_;
  const std::function<void(std::vector<TableName>)> changed_;
  std::thread thread_;
};

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_LIST_H_
