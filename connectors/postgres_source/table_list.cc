#include "connectors/postgres_source/table_list.h"

#include <algorithm>
#include <map>
#include <utility>

#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"

namespace sluice::postgres::source {

namespace {

using sdk::Cat;

constexpr size_t kNamesMost = 5;  // in a text

void AddToList(std::string& list, std::string_view one) {
  list += Cat(list.empty() ? "" : ", ", one);
}

// Why nothing is read for an entry of table.whitelist; "": something is.
std::string WhyNot(const std::string& entry, const std::vector<Candidate>& candidates,
                   const std::string& database) {
  TableFilter only;
  only.whitelist = {entry};
  std::string why, other_case;
  for (const Candidate& one : candidates) {
    if (only.Takes(one.name, database)) {
      if (one.readable && one.of_kind && one.of_schema) return "";
      why = !one.of_schema ? "schema.pattern leaves its schema out"
            : !one.of_kind ? "it is of a kind that table.types leaves out"
                           : "the role has no right to SELECT from it: GRANT it";
    } else if (shared::EqualIgnoringCase(one.name.table, entry) ||
               shared::EqualIgnoringCase(one.name.Text(), entry)) {
      other_case = Cat("there is ", one.name.Text(), ", written otherwise");
    }
  }
  if (!why.empty()) return why;
  return other_case.empty() ? "there is none of that name" : other_case;
}

std::string NamesOf(const std::vector<TableName>& tables) {
  if (tables.empty()) return "nothing";
  std::string names;
  for (size_t i = 0; i < std::min(tables.size(), kNamesMost); ++i) {
    AddToList(names, tables[i].Text());
  }
  if (tables.size() > kNamesMost) names += Cat(" and ", tables.size() - kNamesMost, " more");
  return names;
}

// Nothing is read, and no name says what should be.
std::string WhyNothing(const std::vector<Candidate>& candidates) {
  size_t schemas = 0, kinds = 0, denied = 0, lists = 0;
  for (const Candidate& one : candidates) {
    size_t& reason = !one.of_schema  ? schemas
                     : !one.of_kind  ? kinds
                     : !one.readable ? denied
                                     : lists;
    ++reason;
  }
  return Cat("of ", candidates.size(), " tables and views there the role has no right to SELECT ",
             "from ", denied, ", table.types leaves out ", kinds, ", schema.pattern ", schemas,
             ", and table.blacklist, table.include.list and table.exclude.list ", lists);
}

}  // namespace

FoundTables ChooseTables(const std::vector<Candidate>& candidates, const std::string& database,
                         const SourceConfig& config) {
  FoundTables found;
  for (const Candidate& one : candidates) {
    const bool may = one.readable && one.of_kind && one.of_schema;
    if (may && config.filter.Takes(one.name, database)) found.tables.push_back(one.name);
  }
  std::string missing;
  for (const std::string& entry : config.filter.whitelist) {
    const std::string why = WhyNot(entry, candidates, database);
    if (!why.empty()) AddToList(missing, Cat(entry, " (", why, ")"));
  }
  const std::string again =
      Cat(". Looked for again every table.poll.interval.ms=", config.table_poll_interval.count());
  if (!missing.empty()) {
    found.missing =
        Cat("table.whitelist names tables that are not found in ", config.connection.Target(), ": ",
            missing, ". Found: ", NamesOf(found.tables), again);
  } else if (found.tables.empty()) {
    found.missing = Cat("There is no table to read yet in ", config.connection.Target(), ": ",
                        WhyNothing(candidates), again);
  }
  return found;
}

FoundTables FindTables(Connection& connection, const SourceConfig& config) {
  std::string kinds;
  for (char kind : config.filter.kinds) AddToList(kinds, Cat("'", kind, "'"));
  const std::string& pattern = config.filter.schema_pattern;
  const Rows answer = connection.Query(
      Cat("SELECT n.nspname, c.relname, current_database(), has_table_privilege(c.oid, 'SELECT'), ",
          "c.relkind IN (", kinds, "), ",
          pattern.empty() ? "true" : "n.nspname LIKE " + QuoteLiteral(pattern),
          " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ",
          "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND ",
          "n.nspname <> 'information_schema' ORDER BY 1, 2"));
  std::vector<Candidate> candidates;
  for (const std::vector<std::string>& row : answer.rows) {
    candidates.push_back({{row[0], row[1]}, row[3] == "t", row[4] == "t", row[5] == "t"});
  }
  return ChooseTables(candidates, answer.rows.empty() ? "" : answer.rows[0][2], config);
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

TableWatch::TableWatch(const SourceConfig& config, FoundTables found, shared::StopSignal& stop,
                       const sdk::Logger& log, std::function<void(std::vector<TableName>)> changed)
    : config_(config),
      last_(std::move(found)),
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
      FoundTables found = FindTables(connection, config_);
      failing = false;
      std::swap(found, last_);
      if (!last_.missing.empty() && last_.missing != found.missing) log_.Warn(last_.missing);
      if (last_.tables == found.tables) continue;
      log_.Info("There are other tables now: ", last_.tables.size(), " instead of ",
                found.tables.size());
      changed_(last_.tables);
    } catch (const std::exception& error) {
      connection.Close();
      if (!std::exchange(failing, true) && !stop_.requested()) {
        log_.Warn("Could not look for new tables, and will try again: ", error.what());
      }
    }
  }
}

}  // namespace sluice::postgres::source
