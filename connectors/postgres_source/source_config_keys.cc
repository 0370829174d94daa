// The connector's keys as data.
#include "connectors/postgres/common_keys.h"
#include "connectors/postgres_source/source_config.h"

namespace sluice::postgres::source {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

// Adds keys of a group one after the other.
class Group {
 public:
  Group(sdk::ConfigDef& keys, const char* name) : keys_(keys), name_(name) {}
  ConfigKey& Add(std::string_view key, ConfigType type = ConfigType::kString) {
    keys_.push_back(ConfigKey(key, type).Group(name_, ++order_));
    return keys_.back();
  }
  const char* name() const { return name_; }
  int& order() { return order_; }

 private:
  sdk::ConfigDef& keys_;
  const char* name_;
  int order_ = 0;
};

void AddTables(sdk::ConfigDef& keys) {
  Group group(keys, "Database");
  group.Add("table.whitelist", ConfigType::kList)
      .Default("")
      .Medium()
      .Doc("Tables that are read, `table` or `schema.table`; empty: all.");
  group.Add("table.blacklist", ConfigType::kList)
      .Default("")
      .Medium()
      .Doc("Tables that are not read; not together with `table.whitelist`.");
  group.Add("table.include.list", ConfigType::kList)
      .Default("")
      .Medium()
      .Doc("Regular expressions on `schema.table`: what is read.");
  group.Add("table.exclude.list", ConfigType::kList)
      .Default("")
      .Medium()
      .Doc("Regular expressions on `schema.table`: what of it is not.");
  group.Add("catalog.pattern").Optional().Low().Doc("Accepted: a connection sees one database.");
  group.Add("schema.pattern").Optional().Low().Doc("Schemas that are looked into, as of LIKE.");
  group.Add("table.types", ConfigType::kList)
      .Default("TABLE")
      .Low()
      .Doc(
          "What is read: `TABLE`, `PARTITIONED TABLE`, `VIEW`, `MATERIALIZED VIEW`, "
          "`FOREIGN TABLE`.");
  group.Add("table.names.qualify", ConfigType::kBoolean)
      .Default("true")
      .Low()
      .Doc("Accepted: tables are always named with their schemas in SQL.");
  group.Add("numeric.mapping")
      .Optional()
      .OneOfIgnoreCase({"none", "precision_only", "best_fit", "best_fit_eager_double"})
      .Low()
      .Doc(
          "What a numeric becomes: `none`, a Decimal; `precision_only`, without a scale the whole "
          "number that holds it; `best_fit`, also float64 up to 18 digits; "
          "`best_fit_eager_double`, float64 whenever there is a scale.");
  group.Add("numeric.precision.mapping", ConfigType::kBoolean)
      .Default("false")
      .Low()
      .Doc("The same as `numeric.mapping=precision_only`, of old.");
  AddQuotingKeys(keys, group.name(), group.order());
}

void AddMode(sdk::ConfigDef& keys) {
  Group group(keys, "Mode");
  group.Add("mode")
      .High()
      .OneOfIgnoreCase({"bulk", "incrementing", "timestamp", "timestamp+incrementing"})
      .Doc(
          "`bulk`: all of it, each time; else what is new by a column that only grows, by a time "
          "of change, or by both.");
  group.Add("incrementing.column.name")
      .Default("")
      .Medium()
      .Doc("The column that only grows; empty: the table's identity or sequence.");
  group.Add("incrementing.column.mapping", ConfigType::kList)
      .Default("")
      .Low()
      .Doc("`regex:column`, by the tables' names; each table is matched by one.");
  group.Add("incrementing.initial", ConfigType::kLong)
      .Default("-1")
      .Low()
      .Doc("Where a table without an offset begins: at the next higher number.");
  group.Add("timestamp.column.name", ConfigType::kList)
      .Default("")
      .Medium()
      .Doc("The columns with the time of change; of several the first that is not null.");
  group.Add("timestamp.columns.mapping", ConfigType::kList)
      .Default("")
      .Low()
      .Doc("`regex:[column|column]`, by the tables' names; each table is matched by one.");
  group.Add("timestamp.initial", ConfigType::kLong)
      .Optional()
      .Low()
      .Doc(
          "Where a table without an offset begins, in milliseconds; -1: now; null: at the first "
          "row.");
  group.Add("timestamp.initial.ms", ConfigType::kLong)
      .Optional()
      .Low()
      .Doc("The same in Aiven's words.");
  group.Add("timestamp.granularity")
      .Default("connect_logical")
      .OneOfIgnoreCase({"connect_logical", "micros_long", "nanos_long", "micros_string",
                        "nanos_string", "micros_iso_datetime_string", "nanos_iso_datetime_string"})
      .Low()
      .Doc("What timestamps are sent as.");
  group.Add("timestamp.delay.interval.ms", ConfigType::kLong)
      .Default("0")
      .AtLeast(0)
      .Medium()
      .Doc("How old a row must be, so that transactions which began before it have ended.");
  group.Add("validate.non.null", ConfigType::kBoolean)
      .Default("true")
      .Low()
      .Doc(
          "Refuse tables whose incrementing column, or all of whose timestamp columns, may be "
          "null.");
  group.Add("query").Default("").Medium().Doc(
      "Read this instead of tables; conditions are put behind it, so wrap a WHERE or a join "
      "in a subselect.");
  group.Add("query.masked", ConfigType::kPassword)
      .Default("")
      .Medium()
      .Doc("The same, shown to nobody.");
  group.Add("query.suffix").Default("").Low().Doc("What is put behind all that.");
}

void AddConnector(sdk::ConfigDef& keys) {
  Group group(keys, "Connector");
  group.Add("topic.prefix")
      .NonEmpty()
      .High()
      .Doc("Topics are called this and the table's name; a query's topic just this.");
  group.Add("poll.interval.ms", ConfigType::kInt)
      .Default("5000")
      .AtLeast(0)
      .High()
      .Doc("Time from the end of a table's reading to the next.");
  group.Add("batch.max.rows", ConfigType::kInt)
      .Default("1000")
      .Range(1, 1'000'000)
      .Low()
      .Doc("Rows that are fetched at a time.");
  group.Add("table.poll.interval.ms", ConfigType::kLong)
      .Default("60000")
      .AtLeast(1)
      .Low()
      .Doc("How often tables are looked for that are new, or gone.");
  group.Add("query.retry.attempts", ConfigType::kInt)
      .Default("-1")
      .AtLeast(-1)
      .Low()
      .Doc("How often a read that failed for a passing reason is tried again; -1: for ever.");
  group.Add("transaction.isolation.mode")
      .Default("DEFAULT")
      .OneOfIgnoreCase(
          {"DEFAULT", "READ_UNCOMMITTED", "READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE"})
      .Low()
      .Doc("Of the transactions that read.");
  group.Add("db.timezone")
      .Default("UTC")
      .Medium()
      .Doc("Zone of the clock that columns of type `timestamp` show.");
  group.Add("date.calendar.system")
      .Default("LEGACY")
      .OneOfIgnoreCase({"LEGACY", "PROLEPTIC_GREGORIAN"})
      .Low()
      .Doc("Accepted; the calendar is always PostgreSQL's, proleptic Gregorian.");
  for (const char* key : {"max.buffer.size", "poll.linger.ms"}) {
    group.Add(key, ConfigType::kInt)
        .Default(key[0] == 'm' ? "0" : "5000")
        .Low()
        .Doc("Accepted: nothing is read ahead of what is sent.");
  }
}

}  // namespace

sdk::ConfigDef Keys() {
  sdk::ConfigDef keys;
  AddConnectionKeys(keys, "Attempts to connect before the connector fails to start.");
  AddTables(keys);
  AddMode(keys);
  AddConnector(keys);
  return keys;
}

}  // namespace sluice::postgres::source
