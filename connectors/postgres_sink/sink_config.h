// The connector's keys, and what they come to. Keys() is the one place that knows names, defaults
// and texts; the table in CONFIG.md is made of it. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_SINK_SINK_CONFIG_H_
#define SLUICE_CONNECTORS_POSTGRES_SINK_SINK_CONFIG_H_

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/postgres/connection_options.h"
#include "connectors/postgres/identifier.h"
#include "connectors/postgres_sink/encoding.h"
#include "connectors/sdk/config.h"
#include "connectors/shared/time_zone.h"

namespace sluice::postgres::sink {

enum class InsertMode : uint8_t { kInsert, kUpsert, kUpdate };
enum class PkMode : uint8_t { kNone, kKafka, kRecordKey, kRecordValue };

// Which table a topic goes to.
struct TableNaming {
  std::string format = "${topic}";
  bool normalize = false;  // what is no letter, digit or _ becomes _
  std::map<std::string, std::string, std::less<>> by_topic = {};
  // Throws ConnectException if the result is no table's name.
  TableName For(std::string_view topic) const;
};

struct SinkConfig {
  std::string name;  // the connector's
  ConnectionOptions connection;
  int connection_attempts = 3;
  std::chrono::milliseconds connection_backoff{10'000};
  InsertMode insert_mode = InsertMode::kInsert;
  PkMode pk_mode = PkMode::kNone;
  std::vector<std::string> pk_fields;
  std::vector<std::string> whitelist;  // empty: all
  bool delete_enabled = false;
  bool default_for_null = true;
  bool auto_create = false, auto_evolve = false;
  std::string table_kinds = "r";  // letters of pg_class.relkind
  TableNaming naming;
  Quoting quoting;
  shared::TimeZone zone;
  std::vector<std::string> timestamp_fields;
  Unit timestamp_unit = Unit::kMicros;
  std::string string_column;  // "": plain strings are not written
  size_t batch_rows = 3000;
  size_t batch_bytes = 16 << 20;
  int max_retries = 10;
  std::chrono::milliseconds retry_backoff{3000};
  bool trim_sensitive_log = false;
  bool tolerant = false;  // errors.tolerance=all: rows may be rejected one by one
  bool exactly_once = false;
  TableName offsets_table;
};

sdk::ConfigDef Keys();
// Throws ConfigException for what cannot work.
SinkConfig ReadConfig(const sdk::Config& config);
// What validate says across keys.
void ValidateConfig(const sdk::Config& config, sdk::Problems& problems);

}  // namespace sluice::postgres::sink

#endif  // SLUICE_CONNECTORS_POSTGRES_SINK_SINK_CONFIG_H_
