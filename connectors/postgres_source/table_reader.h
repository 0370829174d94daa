// Reads one table, or the result of the query, again and again: each pass is a cursor in a
// transaction of its own, of which rows are fetched batch by batch, so that a large table is never
// in memory as a whole. What has been read up to is the last record's offset.
//
// Rows that share a timestamp are one step in the mode timestamp: a record's offset names their
// timestamp only if all of them have been sent, so that a crash in between repeats rows and loses
// none.
//
// The task's thread only. Throws SqlError, after which Abandon is to be called, ConnectException
// for what a user has to mend, and UnreadableValue.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_READER_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_READER_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "connectors/postgres/connection.h"
#include "connectors/postgres_source/offset.h"
#include "connectors/postgres_source/select.h"
#include "connectors/postgres_source/source_config.h"
#include "connectors/postgres_source/value_reader.h"
#include "connectors/sdk/plugin.h"

namespace sluice::postgres::source {

class TableReader {
 public:
  using Clock = std::chrono::steady_clock;

  // `table`: nothing for the query. `partition`: the source partition, which outlives the reader.
  TableReader(const SourceConfig& config, Connection& connection, std::optional<TableName> table,
              const sdk::Value* partition);

  const std::string& name() const { return name_; }
  void Resume(const Offset& offset) { offset_ = offset; }
  Clock::time_point due() const { return due_; }
  // In the middle of a pass, or of saying why there can be none.
  bool reading() const { return reading_ || unreadable_.has_value(); }

  // Adds what the next fetch brings, perhaps nothing; at the end of a pass the next one becomes
  // due. A row that cannot be read throws DataException, after those before it have been added.
  void Read(sdk::RecordBatch& batch);
  // The connection was lost, or a statement failed: the pass begins anew at `due`.
  void Abandon(Clock::time_point due);

  int failures = 0;  // one after the other

 private:
  struct Column {
    std::string name;
    ValueReader reader;
  };

  void Begin();
  // Which columns the mode goes by, of the configuration or of the table. Once.
  void ChooseColumns();
  std::vector<std::string> MappedColumns(const SourceConfig::Mapping& mapping,
                                         std::string_view key) const;
  std::string FindIncrementing() const;
  // What the statement without conditions answers now: the schema, and where these columns are.
  void Describe();
  std::vector<bool> Nullable(const std::vector<ResultColumn>& columns) const;
  void CheckNulls(const std::vector<bool>& nullable) const;
  size_t IndexOf(const std::vector<ResultColumn>& columns, const std::string& name) const;
  int64_t Now() const;  // of the database
  Bounds MakeBounds();
  ResultRows Fetch();
  void Finish();
  void Emit(sdk::RecordBatch& batch, size_t row);
  std::string NameOfRow(size_t row) const;
  std::optional<int64_t> TimestampOf(const ResultRows& rows, size_t row) const;
  // The timestamp of the row behind `row`; nothing: there is none.
  std::optional<int64_t> TimestampBehind(size_t row) const;

  const SourceConfig& config_;
  Connection& connection_;
  const std::optional<TableName> table_;
  const sdk::Value* const partition_;
  std::string name_, topic_;
  Offset offset_;                      // of the last record that was handed out
  std::optional<int64_t> initial_us_;  // of timestamp.initial=-1, once it was asked
  Clock::time_point due_{};

  // What the table looks like.
  Selection selection_;
  std::vector<std::string> timestamp_names_;
  std::string incrementing_name_;
  std::vector<ResultColumn> described_;
  std::vector<bool> nullable_;
  std::vector<Column> columns_;
  sdk::Schema schema_;
  std::vector<size_t> timestamps_;  // indexes of columns
  size_t incrementing_ = 0;
  bool zoned_ = false;  // the timestamps are instants, not clocks

  // The pass under way.
  bool reading_ = false, ended_ = false;
  size_t rows_before_ = 0;                        // rows_
  std::optional<sdk::DataException> unreadable_;  // thrown by the next Read
  ResultRows rows_, behind_;          // what is handed out now, and what was fetched after it
  std::optional<int64_t> completed_;  // the last timestamp all of whose rows are out
};

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_TABLE_READER_H_
