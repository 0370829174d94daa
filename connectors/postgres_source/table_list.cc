#include "connectors/postgres_source/table_list.h"

#include <map>
#include <utility>

#include "connectors/sdk/errors.h"

namespace sluice::postgres::source {

std::vector<TableName> FindTables(Connection& connection, const SourceConfig& config) {
  std::string kinds;
  for (char kind : config.filter.kinds) kinds += sdk::Cat(kinds.empty() ? "'" : ", '", kind, "'");
  std::string sql = sdk::Cat(
      "SELECT n.nspname, c.relname, current_database() FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN (",
      kinds, ") AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ",
      "has_table_privilege(c.oid, 'SELECT')");
  if (!config.filter.schema_pattern.empty()) {
    sql += " AND n.nspname LIKE " + QuoteLiteral(config.filter.schema_pattern);
  }
  std::vector<TableName> tables;
  for (const std::vector<std::string>& row : connection.Query(sql + " ORDER BY 1, 2").rows) {
    TableName table{row[0], row[1]};
    if (config.filter.Takes(table, row[2])) tables.push_back(std::move(table));
  }
  return tables;
}

void CheckTopics(const std::vector<TableName>& tables) {
  std::map<std::string, const TableName*> by_name;
  for (const TableName& table : tables) {
    const auto [other, added] = by_name.emplace(table.table, &table);
    if (added) continue;
    throw sdk::ConnectException("The tables ", other->second->Text(), " and ", table.Text(),
                                " would go to one topic; choose one of them by table.whitelist, ",
                                "schema.pattern or another connector");
  }
}

std::vector<std::vector<TableName>> DealOut(const std::vector<TableName>& tables, int max) {
  const size_t count = std::min(tables.size(), static_cast<size_t>(std::max(max, 0)));
  std::vector<std::vector<TableName>> groups;
  size_t at = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t size = tables.size() / count + (i < tables.size() % count ? 1 : 0);
    groups.emplace_back(tables.begin() + static_cast<ptrdiff_t>(at),
                        tables.begin() + static_cast<ptrdiff_t>(at + size));
    at += size;
  }
  return groups;
}

TableWatch::TableWatch(const SourceConfig& config, std::vector<TableName> tables,
                       shared::StopSignal& stop, const sdk::Logger& log,
                       std::function<void(std::vector<TableName>)> changed)
    : config_(config),
      tables_(std::move(tables)),
      stop_(stop),
      log_(log),
      changed_(std::move(changed)),
      thread_([this] { Run(); }) {}

TableWatch::~TableWatch() { thread_.join(); }

void TableWatch::Run() {
  Connection connection(config_.connection, stop_, false);
  bool failing = false;
  while (stop_.WaitFor(config_.table_poll_interval)) {
    try {
      if (!connection.open()) connection.Open();
      std::vector<TableName> found = FindTables(connection, config_);
      failing = false;
      if (found == tables_) continue;
      log_.Info("There are other tables now: ", found.size(), " instead of ", tables_.size());
      tables_ = found;
      changed_(std::move(found));
    } catch (const std::exception& error) {
      connection.Close();
      if (!std::exchange(failing, true) && !stop_.requested()) {
        log_.Warn("Could not look for new tables, and will try again: ", error.what());
      }
    }
  }
}

}  // namespace sluice::postgres::source
