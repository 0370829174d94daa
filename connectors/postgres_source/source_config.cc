#include "connectors/postgres_source/source_config.h"

#include <algorithm>
#include <regex>

#include "connectors/postgres/common_keys.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::postgres::source {
namespace {

using sdk::ConfigException;

Mode ReadMode(const sdk::Config& config) {
  const std::string text = shared::Lower(config.GetString("mode"));
  if (text == "bulk") return Mode::kBulk;
  if (text == "incrementing") return Mode::kIncrementing;
  if (text == "timestamp") return Mode::kTimestamp;
  if (text == "timestamp+incrementing") return Mode::kTimestampIncrementing;
  throw ConfigException::Invalid(
      "mode", text, "expected bulk, incrementing, timestamp or timestamp+incrementing");
}

NumericMapping ReadNumeric(const sdk::Config& config) {
  const std::string text = shared::Lower(config.GetString("numeric.mapping"));
  if (text == "precision_only") return NumericMapping::kPrecisionOnly;
  if (text == "best_fit") return NumericMapping::kBestFit;
  if (text == "best_fit_eager_double") return NumericMapping::kBestFitEagerDouble;
  // The key that numeric.mapping took the place of.
  return config.GetBool("numeric.precision.mapping") ? NumericMapping::kPrecisionOnly
                                                     : NumericMapping::kNone;
}

Granularity ReadGranularity(const sdk::Config& config) {
  static constexpr std::pair<std::string_view, Granularity> kNames[] = {
      {"connect_logical", Granularity::kLogical},
      {"micros_long", Granularity::kMicrosLong},
      {"nanos_long", Granularity::kNanosLong},
      {"micros_string", Granularity::kMicrosString},
      {"nanos_string", Granularity::kNanosString},
      {"micros_iso_datetime_string", Granularity::kMicrosIso},
      {"nanos_iso_datetime_string", Granularity::kNanosIso},
  };
  const std::string text = shared::Lower(config.GetString("timestamp.granularity"));
  for (const auto& [name, granularity] : kNames) {
    if (text == name) return granularity;
  }
  throw ConfigException::Invalid("timestamp.granularity", text, "expected one of its names");
}

std::string ReadIsolation(const sdk::Config& config) {
  std::string text = config.GetString("transaction.isolation.mode");
  if (shared::Lower(text) == "default") return "";
  for (char& c : text) c = c == '_' ? ' ' : c;
  return text;
}

// regex:[a|b],regex:[c]; of incrementing columns regex:a.
SourceConfig::Mapping ReadMapping(const sdk::Config& config, std::string_view key) {
  SourceConfig::Mapping mapping;
  for (const std::string& entry : config.GetList(key)) {
    const size_t colon = entry.rfind(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == entry.size()) {
      throw ConfigException::Invalid(key, entry, "expected regex:column or regex:[column|column]");
    }
    std::string_view columns = std::string_view(entry).substr(colon + 1);
    if (columns.starts_with('[') && columns.ends_with(']')) {
      columns = columns.substr(1, columns.size() - 2);
    }
    auto& [expression, names] = mapping.emplace_back(entry.substr(0, colon), 0);
    while (!columns.empty()) {
      const size_t bar = std::min(columns.find('|'), columns.size());
      names.emplace_back(columns.substr(0, bar));
      columns.remove_prefix(std::min(bar + 1, columns.size()));
    }
    Matches(key, expression, "");  // says what is wrong with it
  }
  return mapping;
}

TableFilter ReadFilter(const sdk::Config& config) {
  TableFilter filter;
  filter.whitelist = config.GetList("table.whitelist");
  filter.blacklist = config.GetList("table.blacklist");
  filter.include = config.GetList("table.include.list");
  filter.exclude = config.GetList("table.exclude.list");
  filter.schema_pattern = config.GetString("schema.pattern");
  filter.kinds = ReadTableKinds(config);
  for (const std::string& one : filter.include) Matches("table.include.list", one, "");
  for (const std::string& one : filter.exclude) Matches("table.exclude.list", one, "");
  return filter;
}

std::string QueryOf(const sdk::Config& config) {
  const std::string masked = config.GetString("query.masked");
  return masked.empty() ? config.GetString("query") : masked;
}

// What two keys must agree on; `report` is given each problem.
template <typename Report>
void CheckAcross(const sdk::Config& config, Report&& report) {
  static constexpr std::string_view kFilters[] = {"table.whitelist", "table.blacklist",
                                                  "table.include.list", "table.exclude.list"};
  const auto set = [&](std::string_view key) { return !config.GetString(key).empty(); };
  const Mode mode = ReadMode(config);
  const bool query = !QueryOf(config).empty();
  std::string_view first = query ? "query" : "";
  for (std::string_view key : kFilters) {
    // An include list may be narrowed by an exclude list; all else excludes each other.
    if (!set(key) || (key == "table.exclude.list" && first == "table.include.list")) continue;
    if (!first.empty()) report(key, sdk::Cat("Cannot be used together with ", first));
    first = key;
  }
  if (set("query") && set("query.masked")) {
    report("query.masked", "Cannot be used together with query");
  }
  const bool timestamp = set("timestamp.column.name") || set("timestamp.columns.mapping");
  if (HasTimestamp(mode) && !timestamp) {
    report("timestamp.column.name",
           "Modes with a timestamp need timestamp.column.name or timestamp.columns.mapping");
  }
  // The original passes over column names that the mode has no use for, and refuses mappings.
  if (!HasTimestamp(mode) && set("timestamp.columns.mapping")) {
    report("timestamp.columns.mapping", "Only for the modes timestamp and timestamp+incrementing");
  }
  const bool incrementing = set("incrementing.column.name") || set("incrementing.column.mapping");
  if (HasIncrementing(mode) && query && !incrementing) {
    report("incrementing.column.name", "A query's incrementing column has to be named");
  }
  if (!HasIncrementing(mode) && set("incrementing.column.mapping")) {
    report("incrementing.column.mapping",
           "Only for the modes incrementing and timestamp+incrementing");
  }
}

bool Holds(const std::vector<std::string>& list, const TableName& table,
           const std::string& database) {
  const auto is = [&](const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  return is(table.table) || is(table.Text()) || is(database + "." + table.Text());
}

}  // namespace

bool Matches(std::string_view key, const std::string& expression, const std::string& text) {
  try {
    return std::regex_match(text, std::regex(expression));
  } catch (const std::regex_error& error) {
    throw ConfigException::Invalid(key, expression,
                                   sdk::Cat("no regular expression: ", error.what()));
  }
}

bool TableFilter::Takes(const TableName& table, const std::string& database) const {
  const auto matches = [&](std::string_view key, const std::vector<std::string>& list) {
    for (const std::string& one : list) {
      if (Matches(key, one, table.Text()) || Matches(key, one, database + "." + table.Text())) {
        return true;
      }
    }
    return false;
  };
  if (!whitelist.empty()) return Holds(whitelist, table, database);
  if (Holds(blacklist, table, database)) return false;
  if (!include.empty() && !matches("table.include.list", include)) return false;
  return !matches("table.exclude.list", exclude);
}

SourceConfig ReadConfig(const sdk::Config& config) {
  SourceConfig out;
  out.connection = ReadConnection(config, Purpose::kRead);
  CheckDialect(config);
  CheckCredentials(config);
  CheckAcross(config, [](std::string_view key, std::string_view text) {
    throw ConfigException("Invalid configuration ", key, ": ", text);
  });
  out.connection_attempts = std::max(config.GetInt("connection.attempts"), 1);
  out.connection_backoff = config.GetMillis("connection.backoff.ms");
  out.mode = ReadMode(config);
  out.query = QueryOf(config);
  out.query_suffix = config.GetString("query.suffix");
  out.filter = ReadFilter(config);
  out.topic_prefix = config.GetString("topic.prefix");
  out.timestamp_columns = config.GetList("timestamp.column.name");
  out.incrementing_column = config.GetString("incrementing.column.name");
  out.timestamp_mapping = ReadMapping(config, "timestamp.columns.mapping");
  out.incrementing_mapping = ReadMapping(config, "incrementing.column.mapping");
  for (std::string_view key : {"timestamp.initial", "timestamp.initial.ms"}) {
    if (config.Find(key)) out.timestamp_initial_ms = config.GetLong(key);
  }
  out.incrementing_initial = config.GetLong("incrementing.initial");
  out.timestamp_delay = config.GetMillis("timestamp.delay.interval.ms");
  out.validate_non_null = config.GetBool("validate.non.null");
  out.poll_interval = config.GetMillis("poll.interval.ms");
  out.table_poll_interval = config.GetMillis("table.poll.interval.ms");
  out.batch_rows = static_cast<size_t>(config.GetInt("batch.max.rows"));
  out.query_retries = config.GetInt("query.retry.attempts");
  out.isolation = ReadIsolation(config);
  out.quoting = ReadQuoting(config);
  out.read = {ReadNumeric(config), ReadGranularity(config),
              shared::TimeZone::Load("db.timezone", config.GetString("db.timezone"))};
  return out;
}

void ValidateConfig(const sdk::Config& config, sdk::Problems& problems) {
  const auto check = [&](const std::function<void()>& read) { Check(config, problems, read); };
  check([&] { ReadConnection(config, Purpose::kRead); });
  check([&] { CheckDialect(config); });
  check([&] { CheckCredentials(config); });
  check([&] { ReadFilter(config); });
  check([&] { ReadMapping(config, "timestamp.columns.mapping"); });
  check([&] { ReadMapping(config, "incrementing.column.mapping"); });
  check([&] { shared::TimeZone::Load("db.timezone", config.GetString("db.timezone")); });
  check([&] {
    CheckAcross(config,
                [&](std::string_view key, std::string_view text) { problems.Add(key, text); });
  });
  // Others of the connection are the driver's parameters.
  shared::ReportUnknownKeys(config, Keys(), {"connection."}, problems);
}

std::string WriteTables(const std::vector<TableName>& tables) {
  std::string out;
  for (const TableName& table : tables) {
    out += sdk::Cat(out.empty() ? "" : ",", Quoting(true)(table));
  }
  return out;
}

std::vector<TableName> ReadTables(std::string_view text) {
  std::vector<TableName> tables;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (quoted || text[i] != ',')) continue;
    if (i > begin) tables.push_back(ParseTableName(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return tables;
}

}  // namespace sluice::postgres::source
