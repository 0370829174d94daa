// Writes the rows of a put in one transaction. First all of them at once: COPY, or a statement for
// each group, sent without waiting for answers. If a row is refused, by the server or because it
// does not fit its column, the transaction is rolled back and, if the tables are still what they
// were, done again: groups are halved between savepoints until the rows to blame are found; these
// are left out and told, the others are written. The task's thread only. Throws SqlError; then
// nothing was written, unless the connection was lost at the commit.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_BATCH_WRITER_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_BATCH_WRITER_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_sink/arrangement.h"
#include "connectors/postgres_sink/catalog.h"
#include "connectors/postgres_sink/plan.h"
#include "connectors/postgres_sink/rows.h"
#include "connectors/postgres_sink/sink_config.h"
#include "connectors/postgres_sink/value_writer.h"
#include "connectors/sdk/sink.h"

namespace sluice::postgres::sink {

struct RejectedRow {
  size_t index;  // of the record in the batch
  std::string why;
};

// The record that made the transaction fail, where records may not be rejected one by one.
struct BadRow : std::runtime_error {
  BadRow(size_t index, const std::string& why) : std::runtime_error(why), index(index) {}
  size_t index;
};

class BatchWriter {
 public:
  BatchWriter(const SinkConfig& config, Connection& connection, Catalog& catalog)
      : config_(config),
        connection_(connection),
        catalog_(catalog),
        values_(config.zone, config.trim_sensitive_log),
        arrays_(values_),
        copy_(values_) {}

  // plans[i] is the plan of batch[i]; nullptr: not to be written. `at_end`, if any, adds statements
  // to the transaction before its commit, and throws to roll it back. Answers the rows that were
  // left out. Throws BadRow instead where the configuration does not tolerate bad rows; then
  // nothing was written.
  std::vector<RejectedRow> Write(const sdk::SinkBatch& batch, const std::vector<const Plan*>& plans,
                                 const std::function<void()>& at_end);

 private:
  // `careful`: every record stands for itself, and those without a key are rejected.
  void Arrange(bool careful);
  void WriteFast();
  void WriteCarefully();
  size_t GroupCount() const;
  // All rows of a group, in as many statements as they take.
  void WriteGroup(const Group& group, bool alone);
  void SendCopy(const Plan& plan, bool alone);
  void SendArrays(const Plan& plan);
  // Writes the rows, or finds those that cannot be written.
  void Halve(const Plan& plan, std::span<const uint32_t> rows);
  bool TryRows(const Plan& plan, std::span<const uint32_t> rows);
  void PrepareOnce(const Plan& plan);
  void BeginIfNeeded();
  void Commit();
  void Rollback() noexcept;
  void Reject(uint32_t row, const std::string& why);
  const sluice_record& record(uint32_t row) const { return (*batch_)[row].raw(); }

  const SinkConfig& config_;
  Connection& connection_;
  Catalog& catalog_;
  ValueWriter values_;
  ArrayRows arrays_;
  CopyRows copy_;
  ByteBuffer key_;

  // The put under way.
  const sdk::SinkBatch* batch_ = nullptr;
  const std::vector<const Plan*>* plans_ = nullptr;
  const std::function<void()>* at_end_ = nullptr;
  std::map<TableName, std::unique_ptr<Arrangement>> arrangements_;
  std::vector<Arrangement*> order_;  // of this put, by the tables' first appearance
  std::vector<RejectedRow> rejected_;
  bool begun_ = false;      // BEGIN was sent, or is in the pipeline
  bool committed_ = false;  // by the statement itself
  size_t piped_bytes_ = 0;

  std::set<uint32_t> prepared_;  // plans, on this connection
  uint64_t prepared_on_ = 0;
};

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_BATCH_WRITER_H_
