// JdbcSinkConnector for PostgreSQL: its task. A put is a transaction. What a put comes to is
// decided here:
//
//   a row that is to blame  rejected (dead letter queue, log), its neighbours written; without
//                           tolerance the task fails and nothing is written
//   what may pass           the put comes again after the back-off, max.retries times
//   what is out of date     tables are looked at again, at once; then it is a failure
//   all else                the task fails
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_POSTGRES_SINK_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_POSTGRES_SINK_H_

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_sink/batch_writer.h"
#include "connectors/postgres_sink/catalog.h"
#include "connectors/postgres_sink/offset_table.h"
#include "connectors/postgres_sink/plans.h"
#include "connectors/postgres_sink/sink_config.h"
#include "connectors/sdk/plugin.h"
#include "connectors/shared/stop_signal.h"

namespace sluice::postgres::sink {

class PostgresSinkTask : public sdk::SinkTask {
 public:
  void Start(const sdk::Config& config) override;
  void Assigned(const std::vector<sdk::PartitionOffset>& partitions) override;
  void Revoked(const std::vector<sdk::PartitionOffset>& partitions, bool lost) override;
  void Put(const sdk::SinkBatch& batch) override;
  void Stop() override { stop_.Request(); }

 private:
  // What is made of the configuration, once.
  struct Parts {
    Parts(SinkConfig from, shared::StopSignal& stop, const sdk::Logger& log)
        : config(std::move(from)),
          connection(config.connection, stop, config.trim_sensitive_log),
          catalog(config, connection, log),
          plans(config, catalog),
          writer(config, connection, catalog),
          offsets(config.name, config.offsets_table, config.quoting, connection) {}
    const SinkConfig config;
    Connection connection;
    Catalog catalog;
    Plans plans;
    BatchWriter writer;
    OffsetTable offsets;
  };

  void Connect();
  // Claims what was assigned and is not claimed yet, and seeks to where it is to be resumed. True:
  // something moved.
  bool ClaimPartitions();
  void Write(const sdk::SinkBatch& batch);
  void WriteOnce(const sdk::SinkBatch& batch);
  // plans_[i] for each record; rejects those that are unfit.
  void FindPlans(const sdk::SinkBatch& batch);
  // True: it was written by a transaction before.
  bool NoteOffset(const sdk::SinkRecord& record);
  void Unfit(const sdk::SinkRecord& record, std::string why);
  // Throws what a put answers.
  [[noreturn]] void Failed(const SqlError& error);

  shared::StopSignal stop_;
  std::optional<Parts> parts_;
  std::set<OffsetTable::Id> unclaimed_;

  // The put under way.
  std::vector<const Plan*> plans_;
  std::vector<RejectedRow> unfit_;
  std::map<OffsetTable::Id, int64_t> next_offsets_;
  OffsetTable::Id last_id_;
  int64_t *last_next_ = nullptr, last_written_ = 0;
  size_t skipped_ = 0;  // that a transaction has written before

  // Of puts that failed, one after the other. Counted are attempts to connect; a put that fails on
  // a connection counts as all the attempts of a retry.
  int64_t failures_ = 0;
  bool connecting_ = false;
  std::chrono::steady_clock::time_point not_before_{};
  std::string waiting_for_;
};

class PostgresSinkConnector : public sdk::SinkConnector {
 public:
  using Task = PostgresSinkTask;
  static sdk::ClassInfo Describe();
  static void Validate(const sdk::Config& config, sdk::Problems& problems) {
    ValidateConfig(config, problems);
  }
  void Start(const sdk::Config& config) override;
  bool AlterOffsets(const sdk::Config& config,
                    const std::vector<sdk::OffsetChange>& changes) override;
  void Stop() override { stop_.Request(); }

 private:
  shared::StopSignal stop_;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_POSTGRES_SINK_H_
