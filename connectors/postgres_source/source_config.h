// The connector's keys, and what they come to. Keys() is the one place that knows names, defaults
// and texts; the table in CONFIG.md is made of it. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SOURCE_SOURCE_CONFIG_H_
#define SLUICE_CONNECTORS_POSTGRES_SOURCE_SOURCE_CONFIG_H_

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/postgres/connection_options.h"
#include "connectors/postgres/identifier.h"
#include "connectors/postgres_source/select.h"
#include "connectors/postgres_source/value_reader.h"
#include "connectors/sdk/config.h"

namespace sluice::postgres::source {

// Which tables are read.
struct TableFilter {
  std::vector<std::string> whitelist, blacklist;  // names, with or without schema
  std::vector<std::string> include, exclude;      // regular expressions on schema.table
  std::string schema_pattern;                     // as of LIKE; "": every schema
  std::string kinds = "r";                        // letters of pg_class.relkind
  bool Takes(const TableName& table, const std::string& database) const;
};

struct SourceConfig {
  ConnectionOptions connection;
  int connection_attempts = 3;
  std::chrono::milliseconds connection_backoff{10'000};
  Mode mode = Mode::kBulk;
  std::string query;  // "": tables are read
  std::string query_suffix;
  TableFilter filter;
  std::string topic_prefix;
  std::vector<std::string> timestamp_columns;
  std::string incrementing_column;  // "": found by the table's identity or sequence
  // A regular expression on schema.table, and the columns of the tables that it matches.
  using Mapping = std::vector<std::pair<std::string, std::vector<std::string>>>;
  Mapping timestamp_mapping, incrementing_mapping;
  std::optional<int64_t> timestamp_initial_ms;  // -1: the database's present
  int64_t incrementing_initial = -1;
  std::chrono::milliseconds timestamp_delay{0};
  bool validate_non_null = true;
  std::chrono::milliseconds poll_interval{5000}, table_poll_interval{60'000};
  size_t batch_rows = 1000;
  int query_retries = -1;
  std::string isolation;  // "": the database's
  Quoting quoting;
  ReadOptions read;
};

sdk::ConfigDef Keys();
// Throws ConfigException for what cannot work.
SourceConfig ReadConfig(const sdk::Config& config);
// What validate says across keys.
void ValidateConfig(const sdk::Config& config, sdk::Problems& problems);

// The tables of a task, in its key `tables`: "public"."orders","public"."a,b"
std::string WriteTables(const std::vector<TableName>& tables);
std::vector<TableName> ReadTables(std::string_view text);

// Whether the expression matches the whole text. Throws ConfigException, by the key `key`.
bool Matches(std::string_view key, const std::string& expression, const std::string& text);

}  // namespace sluice::postgres::source

#endif  // SLUICE_CONNECTORS_POSTGRES_SOURCE_SOURCE_CONFIG_H_
