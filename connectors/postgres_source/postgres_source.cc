#include "connectors/postgres_source/postgres_source.h"

#include <algorithm>

namespace sluice::postgres::source {
namespace {

using std::chrono::steady_clock;

// Sessions write values as text; these settings say how.
constexpr const char* kSettings =
    "SET DateStyle TO ISO; SET TimeZone TO 'UTC'; SET bytea_output TO hex; SET lc_monetary TO 'C'; "
    "SET IntervalStyle TO iso_8601";

std::string DatabaseOf(const ConnectionOptions& connection) {
  for (const auto& [keyword, value] : connection.keywords) {
    if (keyword == "dbname") return value;
  }
  return "";
}

}  // namespace

void PostgresSourceTask::Start(const sdk::Config& config) {
  config_ = ReadConfig(config);
  connection_.emplace(config_->connection, stop_, false);
  for (const std::string& name : config_->connection.ignored) {
    log().Warn("The parameter ", name, " of connection.url, or the key connection.", name,
               ", means nothing to this connector and is ignored");
  }
  if (!config_->query.empty()) return AddReader(std::nullopt);
  for (TableName& table : ReadTables(config.given().at("tables"))) AddReader(std::move(table));
}

void PostgresSourceTask::AddReader(std::optional<TableName> table) {
  const sdk::Value* partition =
      table ? MakeMap({{"protocol", sdk::String("1")}, {"table", sdk::String(table->Text())}})
            : MakeMap({{"query", sdk::String("query")}});
  const Offset offset = FindOffset(table, partition);
  readers_.push_back(
      std::make_unique<TableReader>(*config_, *connection_, std::move(table), partition));
  readers_.back()->Resume(offset);
}

Offset PostgresSourceTask::FindOffset(const std::optional<TableName>& table,
                                      const sdk::Value* partition) {
  if (config_->mode == Mode::kBulk) return {};
  if (const sdk::Value* stored = StoredOffset(*partition)) return ReadOffset(*stored);
  if (!table) return {};
  // Aiven's with a newer driver has the database in front; of old it is the name without its
  // schema.
  const std::string full = sdk::Cat(DatabaseOf(config_->connection), ".", table->Text());
  for (const sdk::Value* other :
       {MakeMap({{"protocol", sdk::String("1")}, {"table", sdk::String(full)}}),
        MakeMap({{"table", sdk::String(table->table)}})}) {
    if (const sdk::Value* stored = StoredOffset(*other)) return ReadOffset(*stored);
  }
  return {};
}

TableReader& PostgresSourceTask::NextReader() {
  TableReader* next = readers_.front().get();
  for (const std::unique_ptr<TableReader>& reader : readers_) {
    if (reader->reading()) return *reader;
    if (reader->due() < next->due()) next = reader.get();
  }
  return *next;
}

void PostgresSourceTask::Poll(sdk::RecordBatch& batch, sdk::milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  while (!stopping() && batch.empty()) {
    TableReader& reader = NextReader();
    const auto until = reader.reading() ? steady_clock::now() : reader.due();
    const auto wait =
        std::chrono::ceil<sdk::milliseconds>(std::min(until, deadline) - steady_clock::now());
    if (!WaitFor(std::max(wait, sdk::milliseconds(0)))) return;
    if (steady_clock::now() < until) return;
    try {
      if (!connection_->open()) {
        connection_->Open();
        connection_->Execute(kSettings);
        log().Info("Connected to PostgreSQL at ", config_->connection.Target());
      }
      reader.Read(batch);
    } catch (const SqlError& error) {
      Failed(reader, error);
      return;
    }
    if (steady_clock::now() >= deadline) return;
  }
}

void PostgresSourceTask::Failed(TableReader& reader, const SqlError& error) {
  connection_->Close();
  if (stop_.requested()) return;
  const bool passing = error.kind() == ErrorKind::kTransient || error.kind() == ErrorKind::kSchema;
  ++reader.failures;
  if (!passing) throw sdk::ConnectException(reader.name(), " cannot be read: ", error.what());
  // A table that is not there, or was changed, is looked at once more.
  const int64_t most = error.kind() == ErrorKind::kSchema ? 1 : config_->query_retries;
  if (most >= 0 && reader.failures > most) {
    throw sdk::ConnectException("Gave up reading ", reader.name(), " after ", most,
                                " retries: ", error.what());
  }
  const auto backoff = error.lost() ? config_->connection_backoff
                                    : std::chrono::milliseconds(config_->poll_interval);
  log().Warn("Reading ", reader.name(), " failed and will be tried again in ", backoff.count(),
             " ms: ", error.what());
  log().Count("read-retries");
  for (const std::unique_ptr<TableReader>& each : readers_) {
    if (each.get() == &reader || each->reading() || error.lost()) {
      each->Abandon(steady_clock::now() + backoff);
    }
  }
}

sdk::ClassInfo PostgresSourceConnector::Describe() {
  return {.name = "io.confluent.connect.jdbc.JdbcSourceConnector",
          .doc = "Reads tables of PostgreSQL, or a query's result: as a whole, or what is new.",
          .keys = Keys(),
          .aliases = {"io.aiven.connect.jdbc.JdbcSourceConnector", "JdbcSourceConnector",
                      "JdbcSource"}};
}

bool PostgresSourceConnector::ExactlyOnce(const sdk::Config& config) {
  return HasIncrementing(ReadConfig(config).mode);
}

PostgresSourceConnector::~PostgresSourceConnector() { stop_.Request(); }

FoundTables PostgresSourceConnector::LookAtFirst() {
  Connection connection(config_->connection, stop_, false);
  for (int attempt = 1;; ++attempt) {
    try {
      connection.Open();
      return FindTables(connection, *config_);
    } catch (const SqlError& error) {
      const bool again =
          error.kind() == ErrorKind::kTransient && attempt < config_->connection_attempts;
      if (again) {
        log().Warn("Could not find the tables of ", config_->connection.Target(), " at attempt ",
                   attempt, " of ", config_->connection_attempts, "; next in ",
                   config_->connection_backoff.count(), " ms: ", error.what());
      }
      if (!again || !stop_.WaitFor(config_->connection_backoff)) {
        throw sdk::ConnectException("Could not find the tables of ", config_->connection.Target(),
                                    ": ", error.what());
      }
    }
  }
}

void PostgresSourceConnector::Start(const sdk::Config& config) {
  if (std::exchange(started_, true)) {  // once more, after a stop
    watch_.reset();
    stop_.Reset();
  }
  config_ = ReadConfig(config);
  log().Info("Reading from PostgreSQL at ", config_->connection.Target());
  if (!config_->query.empty()) return;
  FoundTables first = LookAtFirst();
  if (!first.missing.empty()) log().Warn(first.missing);
  {
    std::lock_guard lock(mutex_);
    tables_ = first.tables;
  }
  watch_.emplace(*config_, std::move(first), stop_, log(), [this](std::vector<TableName> found) {
    {
      std::lock_guard lock(mutex_);
      tables_ = std::move(found);
    }
    RequestReconfiguration();
  });
}

std::vector<sdk::Config::Map> PostgresSourceConnector::TaskConfigs(int max) {
  if (!config_->query.empty()) return {config().given()};
  std::lock_guard lock(mutex_);
  CheckTopics(tables_);
  std::vector<sdk::Config::Map> configs;
  for (const std::vector<TableName>& group : DealOut(tables_, max)) {
    configs.push_back(config().given());
    configs.back()["tables"] = WriteTables(group);
  }
  return configs;
}

bool PostgresSourceConnector::AlterOffsets(const sdk::Config&,
                                           const std::vector<sdk::OffsetChange>& changes) {
  for (const sdk::OffsetChange& change : changes) {
    if (sdk::Find(change.partition, "table") == nullptr &&
        sdk::Find(change.partition, "query") == nullptr) {
      throw sdk::ConnectException(
          "Expected partitions of the form {\"protocol\": \"1\", \"table\": \"schema.table\"} or ",
          "{\"query\": \"query\"}");
    }
    if (!sdk::IsNull(change.offset)) ReadOffset(change.offset);
  }
  return true;
}

}  // namespace sluice::postgres::source
