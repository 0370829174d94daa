#include "connectors/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <random>

#include <postgresql/libpq-fe.h>

#include "connectors/sdk/text.h"

namespace sluice::postgres {
namespace {

using std::chrono::milliseconds;

// What is under way when a stop comes may end within this time; a worker waits longer before it
// gives a task up.
constexpr milliseconds kStopGrace{2500};
constexpr size_t kCopyPiece = 256 * 1024;

// A server that is not told otherwise keeps the session, and the locks, of a client that was cut
// off for hours. What the URL, a role, all roles or the database set stays, and so does what is
// shorter. The CASE keeps other settings, which may be words, from being read as numbers.
constexpr const char* kNoticeALoss =
    "SELECT pg_catalog.set_config(s.name, v.value::text, false) FROM pg_catalog.pg_settings s JOIN "
    "(VALUES ('tcp_keepalives_idle', 30), ('tcp_keepalives_interval', 10), "
    "('tcp_keepalives_count', 3), ('tcp_user_timeout', 60000)) v (name, value) ON s.name = v.name "
    "WHERE s.source NOT IN ('client', 'user', 'database', 'database user', 'global') AND "
    "CASE WHEN s.name = v.name THEN s.setting::bigint NOT BETWEEN 1 AND v.value END";

std::string Trimmed(const char* text) {
  std::string out(text == nullptr ? "" : text);
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string FieldOf(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

bool IsError(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
         status == PGRES_NONFATAL_ERROR;
}

// Notices ("relation exists, skipping") are of no use to anybody here.
void IgnoreNotice(void*, const PGresult*) {}

}  // namespace

void Connection::Finish::operator()(pg_conn* conn) const { PQfinish(conn); }
void ResultRows::Clear::operator()(pg_result* result) const { PQclear(result); }

size_t ResultRows::rows() const {
  return result_ == nullptr ? 0 : static_cast<size_t>(PQntuples(result_.get()));
}

size_t ResultRows::columns() const {
  return result_ == nullptr ? 0 : static_cast<size_t>(PQnfields(result_.get()));
}

std::optional<std::string_view> ResultRows::Get(size_t row, size_t column) const {
  const int r = static_cast<int>(row), c = static_cast<int>(column);
  if (PQgetisnull(result_.get(), r, c) != 0) return std::nullopt;
  return std::string_view(PQgetvalue(result_.get(), r, c),
                          static_cast<size_t>(PQgetlength(result_.get(), r, c)));
}

Connection::Connection(ConnectionOptions options, shared::StopSignal& stop, bool trim_errors)
    : options_(std::move(options)), stop_(stop), trim_errors_(trim_errors) {}

Connection::~Connection() = default;

void Connection::Close() {
  conn_.reset();
  pipeline_ = false;
}

void Connection::Open() {
  Close();
  std::vector<Host> hosts = options_.hosts;
  if (options_.shuffle_hosts)
    std::shuffle(hosts.begin(), hosts.end(), std::mt19937(std::random_device()()));
  std::string failures;
  bool hopeless = true;
  for (const Host& host : hosts) {
    try {
      OpenHost(host);
      ++number_;
      return;
    } catch (const SqlError& error) {
      Close();
      hopeless = hopeless && error.kind() == ErrorKind::kFatal;
      failures +=
          sdk::Cat(failures.empty() ? "" : "; ", host.name, ":", host.port, ": ", error.what());
      if (stop_.requested()) break;
    }
  }
  throw SqlError(
      hopeless ? ErrorKind::kFatal : ErrorKind::kTransient, "",
      sdk::Cat("Could not connect to PostgreSQL at ", options_.Target(), ": ", failures));
}

void Connection::OpenHost(const Host& host) {
  std::vector<const char*> names{"host", "port"}, values{host.name.c_str(), host.port.c_str()};
  for (const auto& [name, value] : options_.keywords) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  opening_ = true;
  conn_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  if (conn_ == nullptr) throw SqlError::Lost("out of memory");
  PQsetNoticeReceiver(conn_.get(), &IgnoreNotice, nullptr);
  const TimePoint deadline = std::chrono::steady_clock::now() + options_.connect_timeout;
  PostgresPollingStatusType state =
      PQstatus(conn_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) {
      const std::string text = Trimmed(PQerrorMessage(conn_.get()));
      throw SqlError(IsHopeless(text) ? ErrorKind::kFatal : ErrorKind::kTransient, "", text);
    }
    Wait(state == PGRES_POLLING_WRITING, deadline);
    state = PQconnectPoll(conn_.get());
  }
  if (PQsetnonblocking(conn_.get(), 1) != 0) Lose("could not be made non-blocking");
  NoticeALoss();
  opening_ = false;
}

// Poolers and relatives of PostgreSQL may refuse it; it works without, too.
void Connection::NoticeALoss() {
  try {
    Query(kNoticeALoss);
  } catch (const SqlError& error) {
    if (error.lost()) throw;
  }
}

void Connection::Wait(bool writing, TimePoint deadline) {
  while (true) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (stop_.requested()) {
      if (!stopped_at_) stopped_at_ = now;
      deadline = std::min(deadline, *stopped_at_ + (opening_ ? milliseconds(0) : kStopGrace));
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - now).count();
    if (left <= 0)
      Lose(stopped_at_ ? "did not answer before the task had to stop"
                       : "gave no sign of life in time");
    const int socket = PQsocket(conn_.get());
    if (socket < 0) Lose("was lost");
    struct pollfd fds[] = {
        {socket, static_cast<short>(writing ? POLLOUT | POLLIN : POLLIN), 0},
        {stopped_at_ ? -1 : stop_.fd(), POLLIN, 0},
    };
    const int ready = ::poll(fds, 2, static_cast<int>(std::min<int64_t>(left, 60'000)));
    if (ready < 0 && errno != EINTR) Lose("could not be waited for");
    if (ready > 0 && fds[0].revents != 0) return;
  }
}

void Connection::Lose(std::string_view what) {
  std::string text = sdk::Cat("The connection to PostgreSQL at ", options_.Target(), " ", what);
  if (conn_ != nullptr) {
    const std::string said = Trimmed(PQerrorMessage(conn_.get()));
    if (!said.empty()) text += ": " + said;
  }
  Close();
  throw SqlError::Lost(std::move(text));
}

SqlError Connection::ErrorOf(const pg_result* result) const {
  ServerMessage message;
  message.sqlstate = FieldOf(result, PG_DIAG_SQLSTATE);
  message.severity = FieldOf(result, PG_DIAG_SEVERITY);
  message.primary = FieldOf(result, PG_DIAG_MESSAGE_PRIMARY);
  message.detail = FieldOf(result, PG_DIAG_MESSAGE_DETAIL);
  message.hint = FieldOf(result, PG_DIAG_MESSAGE_HINT);
  message.table = FieldOf(result, PG_DIAG_TABLE_NAME);
  message.column = FieldOf(result, PG_DIAG_COLUMN_NAME);
  message.constraint = FieldOf(result, PG_DIAG_CONSTRAINT_NAME);
  return MakeSqlError(message, trim_errors_);
}

// An error without a SQLSTATE is libpq's own: the connection is gone.
void Connection::Fail(const pg_result* result) {
  if (PQstatus(conn_.get()) != CONNECTION_OK || FieldOf(result, PG_DIAG_SQLSTATE).empty())
    Lose("was lost");
  throw ErrorOf(result);
}

void Connection::FlushOut() {
  while (true) {
    const int left = PQflush(conn_.get());
    if (left < 0) Lose("was lost");
    if (left == 0) return;
    Wait(true, Deadline());
    // The server may want to be read before it reads on.
    if (PQconsumeInput(conn_.get()) == 0) Lose("was lost");
  }
}

Connection::Result Connection::Next() {
  while (PQisBusy(conn_.get()) != 0) {
    Wait(false, Deadline());
    if (PQconsumeInput(conn_.get()) == 0) Lose("was lost");
  }
  return Result(PQgetResult(conn_.get()));
}

Connection::Result Connection::Last() {
  Result last, failed;
  while (Result result = Next()) {
    if (IsError(result.get()) && failed == nullptr) {
      failed = std::move(result);
    } else {
      last = std::move(result);
    }
    if (PQstatus(conn_.get()) != CONNECTION_OK) break;
  }
  if (failed != nullptr) Fail(failed.get());
  if (PQstatus(conn_.get()) != CONNECTION_OK) Lose("was lost");
  return last;
}

void Connection::Sent(int sent) {
  if (sent == 0) Lose("could not be sent to");
}

Rows Connection::Query(const std::string& sql, const std::vector<std::string>& parameters) {
  values_.clear();
  for (const std::string& parameter : parameters) values_.push_back(parameter.c_str());
  Sent(PQsendQueryParams(conn_.get(), sql.c_str(), static_cast<int>(values_.size()), nullptr,
                         values_.data(), nullptr, nullptr, 0));
  FlushOut();
  const Result result = Last();
  Rows out;
  if (result == nullptr) return out;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    std::vector<std::string>& fields = out.rows.emplace_back();
    for (int i = 0; i < PQnfields(result.get()); ++i) {
      fields.emplace_back(PQgetvalue(result.get(), row, i),
                          static_cast<size_t>(PQgetlength(result.get(), row, i)));
    }
  }
  out.affected = std::atoll(PQcmdTuples(result.get()));
  return out;
}

ResultRows Connection::Fetch(const std::string& sql) {
  Sent(PQsendQueryParams(conn_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
  FlushOut();
  return ResultRows(Last());
}

std::vector<ResultColumn> Connection::Describe(const std::string& sql) {
  Prepare("", sql, {});
  Sent(PQsendDescribePrepared(conn_.get(), ""));
  FlushOut();
  const Result result = Last();
  std::vector<ResultColumn> columns;
  for (int i = 0; result != nullptr && i < PQnfields(result.get()); ++i) {
    columns.push_back({PQfname(result.get(), i), PQftype(result.get(), i), PQfmod(result.get(), i),
                       PQftable(result.get(), i), PQftablecol(result.get(), i)});
  }
  return columns;
}

void Connection::Execute(const std::string& sql) {
  Sent(PQsendQuery(conn_.get(), sql.c_str()));
  FlushOut();
  Last();
}

void Connection::Copy(const std::string& sql, std::string_view data) {
  Sent(PQsendQuery(conn_.get(), sql.c_str()));
  FlushOut();
  while (true) {
    Result result = Next();
    if (result == nullptr) Lose("did not take a COPY");
    if (PQresultStatus(result.get()) == PGRES_COPY_IN) break;
    if (IsError(result.get())) {
      const bool gone = FieldOf(result.get(), PG_DIAG_SQLSTATE).empty();
      const SqlError error = ErrorOf(result.get());
      if (gone) Lose("was lost");
      Last();
      throw error;
    }
  }
  while (!data.empty()) {
    const std::string_view piece = data.substr(0, kCopyPiece);
    const int put = PQputCopyData(conn_.get(), piece.data(), static_cast<int>(piece.size()));
    if (put < 0) Lose("was lost");
    if (put > 0) data.remove_prefix(piece.size());
    FlushOut();
  }
  while (true) {
    const int ended = PQputCopyEnd(conn_.get(), nullptr);
    if (ended < 0) Lose("was lost");
    FlushOut();
    if (ended > 0) break;
  }
  Last();
}

void Connection::Prepare(const std::string& name, const std::string& sql,
                         const std::vector<uint32_t>& types) {
  Sent(PQsendPrepare(conn_.get(), name.c_str(), sql.c_str(), static_cast<int>(types.size()),
                     types.data()));
  FlushOut();
  Last();
}

void Connection::Enter() {
  if (pipeline_) return;
  Sent(PQenterPipelineMode(conn_.get()));
  pipeline_ = true;
}

void Connection::Add(const std::string& sql) {
  Enter();
  Sent(PQsendQueryParams(conn_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
}

void Connection::AddPrepared(const std::string& name, const std::vector<Parameter>& parameters) {
  Enter();
  values_.clear();
  lengths_.clear();
  for (const Parameter& parameter : parameters) {
    values_.push_back(parameter.bytes.data());
    lengths_.push_back(static_cast<int>(parameter.bytes.size()));
  }
  formats_.assign(parameters.size(), 1);
  Sent(PQsendQueryPrepared(conn_.get(), name.c_str(), static_cast<int>(values_.size()),
                           values_.data(), lengths_.data(), formats_.data(), 0));
}

std::vector<int64_t> Connection::Run() {
  std::vector<int64_t> affected;
  if (!pipeline_) return affected;
  Sent(PQpipelineSync(conn_.get()));
  FlushOut();
  std::optional<SqlError> failed;
  bool ended = false;
  while (!ended) {
    Result result = Next();
    if (result == nullptr) {
      if (PQstatus(conn_.get()) != CONNECTION_OK) Lose("was lost");
      continue;  // between two statements
    }
    switch (PQresultStatus(result.get())) {
      case PGRES_PIPELINE_SYNC:
        ended = true;
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        affected.push_back(std::atoll(PQcmdTuples(result.get())));
        break;
      default:
        if (FieldOf(result.get(), PG_DIAG_SQLSTATE).empty()) Lose("was lost");
        if (!failed) failed = ErrorOf(result.get());
    }
  }
  if (PQexitPipelineMode(conn_.get()) == 0) Lose("could not end a pipeline");
  pipeline_ = false;
  if (failed) throw *failed;
  return affected;
}

}  // namespace sluice::postgres
