#include "connectors/postgres_sink/sink_config.h"

#include <algorithm>

#include "connectors/postgres/common_keys.h"
#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"
#include "connectors/shared/unknown_keys.h"

namespace sluice::postgres::sink {
namespace {

using sdk::ConfigException;

InsertMode ReadInsertMode(const sdk::Config& config) {
  const std::string text = shared::Lower(config.GetString("insert.mode"));
  if (text == "upsert") return InsertMode::kUpsert;
  if (text == "update") return InsertMode::kUpdate;
  if (text == "insert" || text == "multi") return InsertMode::kInsert;
  throw ConfigException::Invalid("insert.mode", text, "expected insert, upsert or update");
}

PkMode ReadPkMode(const sdk::Config& config) {
  const std::string text = shared::Lower(config.GetString("pk.mode"));
  if (text == "none") return PkMode::kNone;
  if (text == "kafka") return PkMode::kKafka;
  if (text == "record_key") return PkMode::kRecordKey;
  if (text == "record_value") return PkMode::kRecordValue;
  throw ConfigException::Invalid("pk.mode", text,
                                 "expected none, kafka, record_key or record_value");
}

TableNaming ReadNaming(const sdk::Config& config) {
  TableNaming naming;
  naming.format = config.GetString("table.name.format");
  naming.normalize = config.GetBool("table.name.normalize");
  for (const std::string& pair : config.GetList("topics.to.tables.mapping")) {
    const size_t colon = pair.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == pair.size()) {
      throw ConfigException::Invalid("topics.to.tables.mapping", pair, "expected topic:table");
    }
    naming.by_topic[pair.substr(0, colon)] = pair.substr(colon + 1);
  }
  return naming;
}

// What two keys must agree on; `report` is given each problem.
template <typename Report>
void CheckAcross(const sdk::Config& config, Report&& report) {
  const PkMode pk = ReadPkMode(config);
  const InsertMode mode = ReadInsertMode(config);
  const auto both = [&](std::string_view a, std::string_view b, std::string_view text) {
    report(a, text);
    report(b, text);
  };
  if (config.GetBool("delete.enabled") && pk != PkMode::kRecordKey) {
    both("delete.enabled", "pk.mode", "Deletes are only supported for pk.mode=record_key");
  }
  if (mode != InsertMode::kInsert && pk == PkMode::kNone) {
    both("insert.mode", "pk.mode",
         "insert.mode upsert and update find rows by their key: pk.mode must not be none");
  }
  const size_t fields = config.GetList("pk.fields").size();
  if (pk == PkMode::kKafka && fields != 0 && fields != 3) {
    report("pk.fields",
           "With pk.mode=kafka expected three names, of the columns for topic, partition and "
           "offset, or none");
  }
  if (config.given().contains("string.output.value.column.name") &&
      (!config.GetList("fields.whitelist").empty() ||
       !config.GetList("timestamp.fields.list").empty())) {
    report("string.output.value.column.name",
           "A plain string has no fields: it goes neither with fields.whitelist nor with "
           "timestamp.fields.list");
  }
}

}  // namespace

TableName TableNaming::For(std::string_view topic) const {
  if (const auto mapped = by_topic.find(topic); mapped != by_topic.end())
    return ParseTableName(mapped->second);
  std::string name(topic);
  if (normalize) {
    for (char& c : name) {
      const bool kept =
          (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      if (!kept) c = '_';
    }
  }
  constexpr std::string_view kTopic = "${topic}";
  std::string text = format;
  for (size_t at = text.find(kTopic); at != std::string::npos;
       at = text.find(kTopic, at + name.size())) {
    text.replace(at, kTopic.size(), name);
  }
  return ParseTableName(text);
}

SinkConfig ReadConfig(const sdk::Config& config) {
  SinkConfig out;
  out.name = config.GetString("name");
  out.connection = ReadConnection(config, Purpose::kWrite);
  CheckDialect(config);
  CheckCredentials(config);
  CheckAcross(config, [](std::string_view key, std::string_view text) {
    throw ConfigException("Invalid configuration ", key, ": ", text);
  });
  out.connection_attempts = std::max(config.GetInt("connection.attempts"), 1);
  out.connection_backoff = config.GetMillis("connection.backoff.ms");
  out.insert_mode = ReadInsertMode(config);
  out.pk_mode = ReadPkMode(config);
  out.pk_fields = config.GetList("pk.fields");
  out.whitelist = config.GetList("fields.whitelist");
  out.delete_enabled = config.GetBool("delete.enabled");
  out.default_for_null = config.GetBool("replace.null.with.default");
  out.auto_create = config.GetBool("auto.create");
  out.auto_evolve = config.GetBool("auto.evolve");
  out.table_kinds = ReadTableKinds(config);
  out.naming = ReadNaming(config);
  out.quoting = ReadQuoting(config);
  out.zone = shared::TimeZone::Load("db.timezone", config.GetString("db.timezone"));
  out.timestamp_fields = config.GetList("timestamp.fields.list");
  const bool nanos = shared::Lower(config.GetString("timestamp.precision.mode")) == "nanoseconds";
  out.timestamp_unit = nanos ? Unit::kNanos : Unit::kMicros;
  out.string_column = config.GetString("string.output.value.column.name");
  const int rows = config.GetInt("batch.size");
  out.batch_rows = rows > 0 ? static_cast<size_t>(rows) : SIZE_MAX;
  out.batch_bytes = static_cast<size_t>(config.GetInt("batch.bytes"));
  out.max_retries = config.GetInt("max.retries");
  out.retry_backoff = config.GetMillis("retry.backoff.ms");
  out.trim_sensitive_log = config.GetBool("trim.sensitive.log");
  const auto tolerance = config.given().find("errors.tolerance");
  out.tolerant = tolerance != config.given().end() && shared::Lower(tolerance->second) == "all";
  out.exactly_once = config.GetString("delivery.guarantee") == "exactly_once";
  out.offsets_table = ParseTableName(config.GetString("offsets.table.name"));
  return out;
}

void ValidateConfig(const sdk::Config& config, sdk::Problems& problems) {
  const auto check = [&](const std::function<void()>& read) { Check(config, problems, read); };
  check([&] { ReadConnection(config, Purpose::kWrite); });
  check([&] { CheckDialect(config); });
  check([&] { CheckCredentials(config); });
  check([&] { ReadTableKinds(config); });
  check([&] { ReadNaming(config); });
  check([&] { shared::TimeZone::Load("db.timezone", config.GetString("db.timezone")); });
  check([&] {
    CheckAcross(config,
                [&](std::string_view key, std::string_view text) { problems.Add(key, text); });
  });
  // Others of the connection are the driver's parameters.
  shared::ReportUnknownKeys(config, Keys(), {"connection."}, problems);
}

}  // namespace sluice::postgres::sink
