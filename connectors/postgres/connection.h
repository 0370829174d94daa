// A connection to PostgreSQL that never blocks without an end: each wait has a deadline and ends at
// a stop. Used by one thread at a time. What fails throws SqlError; after one whose `lost()` is
// true open() is false, and Open starts anew.
//
//   Connection connection(options, stop);
//   connection.Open();
//   Rows rows = connection.Query("SELECT $1::int", {"1"});
//   connection.Copy("BEGIN; COPY t FROM STDIN (FORMAT binary); COMMIT", data);
//   connection.Add("BEGIN");  // a pipeline: one round trip
//   connection.AddPrepared("s1", {...});
//   connection.Run();
#ifndef SLUICE_CONNECTORS_POSTGRES_CONNECTION_H_
#define SLUICE_CONNECTORS_POSTGRES_CONNECTION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/connection_options.h"
#include "connectors/postgres/sql_error.h"
#include "connectors/shared/stop_signal.h"

// libpq's, which is included in connection.cc only.
struct pg_conn;
struct pg_result;

namespace sluice::postgres {

// The answer to one statement. Text of all columns; null is "".
struct Rows {
  std::vector<std::vector<std::string>> rows;
  int64_t affected = 0;
};

// A column of an answer.
struct ResultColumn {
  std::string name;
  uint32_t type = 0;      // its number in pg_type
  int32_t modifier = -1;  // length, precision and scale; -1: none
  // Where it comes from, as pg_attribute names it; 0: it is computed.
  uint32_t table = 0;
  int32_t number = 0;
  friend bool operator==(const ResultColumn&, const ResultColumn&) = default;
};

class Connection;

// Rows as they lie in libpq's memory.
class ResultRows {
 public:
  ResultRows() = default;
  size_t rows() const;
  size_t columns() const;
  // Borrowed; nothing: null.
  std::optional<std::string_view> Get(size_t row, size_t column) const;

 private:
  friend class Connection;
  struct Clear {
    void operator()(pg_result* result) const;
  };
  explicit ResultRows(std::unique_ptr<pg_result, Clear> result) : result_(std::move(result)) {}
  std::unique_ptr<pg_result, Clear> result_;
};

// A parameter in binary form, borrowed until Run returns.
struct Parameter {
  uint32_t oid = 0;
  std::string_view bytes;
};

class Connection {
 public:
  Connection(ConnectionOptions options, shared::StopSignal& stop, bool trim_errors);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Tries the hosts one after the other. Throws SqlError: kFatal where waiting does not help. The
  // server is asked to notice within a minute when this client is cut off.
  void Open();
  void Close();
  bool open() const { return conn_ != nullptr; }
  // Counts up with each Open, so that what was prepared on the last one is known to be gone.
  uint64_t number() const { return number_; }

  // One statement with text parameters.
  Rows Query(const std::string& sql, const std::vector<std::string>& parameters = {});
  // The same without parameters, of which the rows are not copied.
  ResultRows Fetch(const std::string& sql);
  // What the statement would answer; it is not executed.
  std::vector<ResultColumn> Describe(const std::string& sql);
  // Several statements, separated by semicolons, without a result.
  void Execute(const std::string& sql);
  // `sql` is a COPY FROM STDIN, perhaps with statements before and behind it, which are executed in
  // their order.
  void Copy(const std::string& sql, std::string_view data);

  void Prepare(const std::string& name, const std::string& sql, const std::vector<uint32_t>& types);
  // A pipeline: statements are sent as they are added, and Run waits for all answers. If one fails,
  // those behind it are not executed, and Run throws the first's error; the transaction, if one was
  // begun, is then to be rolled back.
  void Add(const std::string& sql);
  void AddPrepared(const std::string& name, const std::vector<Parameter>& parameters);
  // Rows affected, by statement. Without a pipeline: nothing, at once.
  std::vector<int64_t> Run();
  bool in_pipeline() const { return pipeline_; }

 private:
  struct Finish {
    void operator()(pg_conn* conn) const;
  };
  using Result = std::unique_ptr<pg_result, ResultRows::Clear>;
  using TimePoint = std::chrono::steady_clock::time_point;

  void OpenHost(const Host& host);
  void NoticeALoss();
  // Waits until the socket can be read, or (`writing`) written; throws at the deadline, or some
  // time after a stop.
  void Wait(bool writing, TimePoint deadline);
  // Sends what libpq holds back.
  void FlushOut();
  // The next result of the statement under way, or nothing at its end.
  Result Next();
  // All results up to the end; throws the first error that is among them.
  Result Last();
  void Enter();
  void Sent(int sent);
  [[noreturn]] void Lose(std::string_view what);
  [[noreturn]] void Fail(const pg_result* result);
  SqlError ErrorOf(const pg_result* result) const;
  TimePoint Deadline() const { return std::chrono::steady_clock::now() + options_.answer_timeout; }

  const ConnectionOptions options_;
  shared::StopSignal& stop_;
  const bool trim_errors_;
  std::unique_ptr<pg_conn, Finish> conn_;
  uint64_t number_ = 0;
  bool pipeline_ = false;
  bool opening_ = false;  // nothing is under way that a stop had better wait for
  std::optional<TimePoint> stopped_at_;
  // For calls of libpq, kept for their memory.
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_CONNECTION_H_
