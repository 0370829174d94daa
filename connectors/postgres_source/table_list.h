// The tables that a connector reads: found in the catalog, dealt out to tasks, watched.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_LIST_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_LIST_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_source/source_config.h"
#include "connectors/sdk/logger.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::postgres::source {

// What the catalog says of a table, whether it is to be read or not.
struct Candidate {
  TableName name;
  bool readable = true;   // there is the right to SELECT
  bool of_kind = true;    // table.types has its kind
  bool of_schema = true;  // schema.pattern has its schema
};

struct FoundTables {
  std::vector<TableName> tables;  // by schema and name
  std::string missing;            // which are not found, why, and what to do; "": none
};

FoundTables ChooseTables(const std::vector<Candidate>& candidates, const std::string& database,
                         const SourceConfig& config);
// Throws SqlError.
FoundTables FindTables(Connection& connection, const SourceConfig& config);
// Throws ConnectException if two of them would go to one topic.
void CheckTopics(const std::vector<TableName>& tables);
// In at most `max` groups of neighbours, as the original does it; none is empty.
std::vector<std::vector<TableName>> DealOut(const std::vector<TableName>& tables, int max);

// Looks at intervals, in a thread of its own, whether there are other tables than at first. Made
// and destroyed by one thread.
class TableWatch {
 public:
  // `changed` is called in the thread; after that the watch goes on with the new tables.
  // What is missing is told when it is another than before.
  TableWatch(const SourceConfig& config, FoundTables found, shared::StopSignal& stop,
             const sdk::Logger& log, std::function<void(std::vector<TableName>)> changed);
  ~TableWatch();  // the stop has been requested

 private:
  void Run();

  const SourceConfig& config_;
  FoundTables last_;
  shared::StopSignal& stop_;
  const sdk::Logger& log_;
  const std::function<void(std::vector<TableName>)> changed_;
  std::thread thread_;
};

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_LIST_H_
