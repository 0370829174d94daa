// The connector's keys as data.
#include "connectors/postgres/common_keys.h"
#include "connectors/postgres_sink/sink_config.h"

namespace sluice::postgres::sink {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

void AddWrites(sdk::ConfigDef& keys) {
  const char* group = "Writes";
  int order = 0;
  keys.push_back(
      ConfigKey("insert.mode")
          .Default("insert")
          .OneOfIgnoreCase({"insert", "upsert", "update", "multi"})
          .High()
          .Group(group, ++order)
          .Doc("`insert`: COPY, or INSERT where COPY cannot be; `upsert`: INSERT ... ON CONFLICT "
               "by the "
               "primary key; `update`: only rows that are there; `multi`: the same as `insert`."));
  keys.push_back(ConfigKey("batch.size", ConfigType::kInt)
                     .Default("3000")
                     .AtLeast(0)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Rows in a statement, at most; 0: all that a put brings. A put, which is "
                          "a transaction, has "
                          "`consumer.override.max.poll.records` records at most."));
  keys.push_back(ConfigKey("batch.bytes", ConfigType::kInt)
                     .Default("16777216")
                     .Range(65536, 1 << 30)
                     .Low()
                     .Group(group, ++order)
                     .Doc("Bytes in a statement, about, at most."));
  keys.push_back(ConfigKey("delete.enabled", ConfigType::kBoolean)
                     .Default("false")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("A null value deletes the row of its key; needs `pk.mode=record_key`."));
  keys.push_back(
      ConfigKey("replace.null.with.default", ConfigType::kBoolean)
          .Default("true")
          .Low()
          .Group(group, ++order)
          .Doc("A null is written as the default of its field's schema, if there is one."));
  keys.push_back(ConfigKey("delivery.guarantee")
                     .Default("at_least_once")
                     .OneOf({"at_least_once", "exactly_once"})
                     .Medium()
                     .Group(group, ++order)
                     .Doc("`exactly_once` keeps the consumed offsets in the database, in the rows' "
                          "own transaction."));
  keys.push_back(ConfigKey("offsets.table.name")
                     .Default("sluice_sink_offsets")
                     .NonEmpty()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The table of these offsets; made if it is not there."));
}

void AddMapping(sdk::ConfigDef& keys) {
  const char* group = "Data Mapping";
  int order = 0;
  keys.push_back(ConfigKey("table.name.format")
                     .Default("${topic}")
                     .NonEmpty()
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Name of the table, `[catalog.][schema.]table`, in which `${topic}` "
                          "stands for the topic."));
  keys.push_back(ConfigKey("table.name.normalize", ConfigType::kBoolean)
                     .Default("false")
                     .Low()
                     .Group(group, ++order)
                     .Doc("What is no ASCII letter, digit or `_` in the topic becomes `_`."));
  keys.push_back(ConfigKey("topics.to.tables.mapping", ConfigType::kList)
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("`topic:table,...`; beats `table.name.format`."));
  keys.push_back(
      ConfigKey("table.types", ConfigType::kList)
          .Default("TABLE")
          .Low()
          .Group(group, ++order)
          .Doc("What may be written: `TABLE`, `PARTITIONED TABLE`, `VIEW`, `FOREIGN TABLE`."));
  keys.push_back(ConfigKey("pk.mode")
                     .Default("none")
                     .OneOfIgnoreCase({"none", "kafka", "record_key", "record_value"})
                     .High()
                     .Group(group, ++order)
                     .Doc("Where the primary key comes from."));
  keys.push_back(
      ConfigKey("pk.fields", ConfigType::kList)
          .Default("")
          .Medium()
          .Group(group, ++order)
          .Doc("Its columns. `kafka`: three names, else `__connect_topic`, `__connect_partition`, "
               "`__connect_offset`; `record_key`: the column of a primitive key, or some of a "
               "struct's "
               "fields, else all; `record_value`: some of the value's fields, else all."));
  keys.push_back(ConfigKey("fields.whitelist", ConfigType::kList)
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Fields of the value that are written besides the key; empty: all."));
  keys.push_back(ConfigKey("db.timezone")
                     .Default("UTC")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Zone of the clock that columns of type `timestamp` show."));
  keys.push_back(ConfigKey("date.timezone")
                     .Default("DB_TIMEZONE")
                     .OneOfIgnoreCase({"DB_TIMEZONE", "UTC"})
                     .Low()
                     .Group(group, ++order)
                     .Doc("Accepted; a Date is always the day that the record names."));
  keys.push_back(ConfigKey("date.calendar.system")
                     .Default("LEGACY")
                     .OneOfIgnoreCase({"LEGACY", "PROLEPTIC_GREGORIAN"})
                     .Low()
                     .Group(group, ++order)
                     .Doc("Accepted; the calendar is always PostgreSQL's, proleptic Gregorian."));
  keys.push_back(ConfigKey("timestamp.fields.list", ConfigType::kList)
                     .Default("")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Fields of type int64 or string that are written as timestamps."));
  keys.push_back(ConfigKey("timestamp.precision.mode")
                     .Default("microseconds")
                     .OneOfIgnoreCase({"microseconds", "nanoseconds"})
                     .Low()
                     .Group(group, ++order)
                     .Doc("What such an int64 counts."));
  keys.push_back(ConfigKey("string.output.value.column.name")
                     .Default("record_value")
                     .Low()
                     .Group(group, ++order)
                     .Doc("The column of a value that is a plain string."));
}

void AddSchemas(sdk::ConfigDef& keys) {
  const char* group = "DDL Support";
  int order = 0;
  keys.push_back(ConfigKey("auto.create", ConfigType::kBoolean)
                     .Default("false")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Make a table that is missing."));
  keys.push_back(ConfigKey("auto.evolve", ConfigType::kBoolean)
                     .Default("false")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Add columns that are missing."));
  AddQuotingKeys(keys, group, order);
}

void AddRetries(sdk::ConfigDef& keys) {
  const char* group = "Retries";
  int order = 0;
  keys.push_back(ConfigKey("max.retries", ConfigType::kInt)
                     .Default("10")
                     .AtLeast(0)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("How often a put that failed for a passing reason is tried again before "
                          "the task fails."));
  keys.push_back(ConfigKey("retry.backoff.ms", ConfigType::kLong)
                     .Default("3000")
                     .AtLeast(0)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Time between two tries."));
  keys.push_back(ConfigKey("trim.sensitive.log", ConfigType::kBoolean)
                     .Default("false")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Leave the server's texts, which may hold values, out of errors."));
  keys.push_back(ConfigKey("mssql.use.merge.holdlock", ConfigType::kBoolean)
                     .Default("true")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Accepted, and of no use."));
}

}  // namespace

sdk::ConfigDef Keys() {
  sdk::ConfigDef keys;
  AddConnectionKeys(keys, "Attempts to connect that make one of `max.retries`.");
  AddWrites(keys);
  AddMapping(keys);
  AddSchemas(keys);
  AddRetries(keys);
  return keys;
}

}  // namespace sluice::postgres::sink
