// JdbcSourceConnector for PostgreSQL: its connector, which finds the tables, and its task, which
// reads those that it was given one after the other, each when it is due.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_POSTGRES_SOURCE_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_POSTGRES_SOURCE_H_

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_source/source_config.h"
#include "connectors/postgres_source/table_list.h"
#include "connectors/postgres_source/table_reader.h"
#include "connectors/sdk/plugin.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::postgres::source {

class PostgresSourceTask : public sdk::SourceTask {
 public:
  void Start(const sdk::Config& config) override;
  void Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) override;
  void Stop() override { stop_.Request(); }

 private:
  void AddReader(std::optional<TableName> table);
  Offset FindOffset(const std::optional<TableName>& table, const sdk::Value* partition);
  // The one in the middle of a pass, else the one that is due first.
  TableReader& NextReader();
  void Failed(TableReader& reader, const SqlError& error);

  shared::StopSignal stop_;
  std::optional<SourceConfig> config_;
  std::optional<Connection> connection_;
  std::vector<std::unique_ptr<TableReader>> readers_;
};

class PostgresSourceConnector : public sdk::SourceConnector {
 public:
  using Task = PostgresSourceTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems) {
    ValidateConfig(config, problems);
  }
  // Offsets say exactly where to go on where each row has its own.
  static bool ExactlyOnce(const sdk::Config& config);

  ~PostgresSourceConnector() override;
  void Start(const sdk::Config& config) override;
  std::vector<sdk::Config::Map> TaskConfigs(int max) override;
  bool AlterOffsets(const sdk::Config& config,
                    const std::vector<sdk::OffsetChange>& changes) override;
  void Stop() override { stop_.Request(); }

 private:
  FoundTables LookAtFirst();

  shared::StopSignal stop_;
  bool started_ = false;
  std::optional<SourceConfig> config_;
  std::mutex mutex_;
  std::vector<TableName> tables_;  // guarded by mutex_
  std::optional<TableWatch> watch_;
};

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_POSTGRES_SOURCE_H_
