// The connector's keys as data.
#include "connectors/http_sink/sink_config.h"

namespace sluice::http_sink {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

void AddTarget(sdk::ConfigDef& keys) {
  const char* group = "Connection";
  int order = 0;
  keys.push_back(ConfigKey("http.url")
                     .Optional()
                     .High()
                     .Wide()
                     .Group(group, ++order)
                     .Doc("Where requests go. May have `${topic}`, `${partition}`, `${offset}`, "
                          "`${timestamp}`, `${key}`, `${key.field}`, `${value.field.field}`, "
                          "`${header.name}`; they are percent-encoded."));
  keys.push_back(ConfigKey("http.api.url")
                     .Optional()
                     .High()
                     .Wide()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words; defaults that differ are then "
                          "Confluent's."));
  keys.push_back(ConfigKey("request.method")
                     .Default("POST")
                     .OneOfIgnoreCase({"POST", "PUT", "PATCH"})
                     .High()
                     .Group(group, ++order)
                     .Doc("The method."));
  keys.push_back(
      ConfigKey("http.headers.content.type")
          .Optional()
          .Low()
          .Group(group, ++order)
          .Doc("`Content-Type`; null: `application/json` with `request.body.format=json`, "
               "else none."));
  keys.push_back(ConfigKey("http.headers.additional", ConfigType::kList)
                     .Default("")
                     .Low()
                     .Group(group, ++order)
                     .Doc("More headers: `name:value,name:value`. Values may have variables."));
  keys.push_back(ConfigKey("headers")
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words: `name:value|name:value`."));
  keys.push_back(ConfigKey("header.separator")
                     .Default("|")
                     .Low()
                     .Group(group, ++order)
                     .Doc("What separates those in `headers`."));
  keys.push_back(
      ConfigKey("http.idempotency.key", ConfigType::kBoolean)
          .Default("false")
          .Low()
          .Group(group, ++order)
          .Doc("Send `Idempotency-Key: topic-partition-offset` (of a batch: that of its first "
               "record, `+n-` and a hash of all), the same for each try, so that a server can "
               "tell a repetition. After a crash batches may be others, with other keys; that "
               "of a single record is always the same."));
}

void AddBody(sdk::ConfigDef& keys) {
  const char* group = "Body";
  int order = 0;
  keys.push_back(
      ConfigKey("request.body.format")
          .Default("string")
          .OneOfIgnoreCase({"string", "json"})
          .Medium()
          .Group(group, ++order)
          .Doc("`string`: strings and bytes as they are, all else as JSON; `json`: all as "
               "JSON."));
  keys.push_back(ConfigKey("request.body.template")
                     .Optional()
                     .Wide()
                     .Low()
                     .Group(group, ++order)
                     .Doc("What a record's body is instead of its value, with the URL's variables; "
                          "`${value}` is the text, `${json:value.field}` a JSON value, "
                          "`${url:key}` percent-encoded."));
  keys.push_back(ConfigKey("decimal.format")
                     .Default("BASE64")
                     .OneOfIgnoreCase({"BASE64", "NUMERIC"})
                     .Low()
                     .Group(group, ++order)
                     .Doc("How decimals are written in JSON."));
  keys.push_back(ConfigKey("regex.patterns")
                     .Default("")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Patterns whose matches in a record's body are replaced, one after the "
                          "other."));
  keys.push_back(ConfigKey("regex.replacements")
                     .Default("")
                     .Low()
                     .Group(group, ++order)
                     .Doc("What by; may have `$1`, `${group}` and the URL's variables."));
  keys.push_back(ConfigKey("regex.separator")
                     .Default("~")
                     .NonEmpty()
                     .Low()
                     .Group(group, ++order)
                     .Doc("What separates patterns, and replacements."));
}

void AddBatching(sdk::ConfigDef& keys) {
  const char* group = "Batching";
  int order = 0;
  keys.push_back(ConfigKey("batching.enabled", ConfigType::kBoolean)
                     .Default("false")
                     .High()
                     .Group(group, ++order)
                     .Doc("Several records in one body."));
  keys.push_back(ConfigKey("batch.max.size", ConfigType::kInt)
                     .Optional()
                     .Range(1, 1'000'000)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Records in a body, at most; null: 500, with `http.api.url` 1. With "
                          "`http.api.url` more than 1 enables batching."));
  keys.push_back(ConfigKey("batch.max.bytes", ConfigType::kInt)
                     .Default("1048576")
                     .Range(1, 1 << 30)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Bytes in a body of several records, at most."));
  keys.push_back(ConfigKey("batch.prefix")
                     .Default("")
                     .High()
                     .Group(group, ++order)
                     .Doc("Before the first record."));
  keys.push_back(ConfigKey("batch.separator")
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("Between two; null: a line feed, with `http.api.url` a comma."));
  keys.push_back(ConfigKey("batch.suffix")
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("Behind the last; null: a line feed, with `http.api.url` nothing."));
  keys.push_back(ConfigKey("batch.json.as.array", ConfigType::kBoolean)
                     .Default("false")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Prefix `[`, separator `,`, suffix `]`."));
  keys.push_back(
      ConfigKey("batch.key.pattern")
          .Optional()
          .Low()
          .Group(group, ++order)
          .Doc("With the URL's variables: where it changes, another batch begins. Another "
               "URL or header begins one anyway."));
}

void AddErrors(sdk::ConfigDef& keys) {
  const char* group = "Errors";
  int order = 0;
  keys.push_back(
      ConfigKey("behavior.on.null.values")
          .Optional()
          .OneOfIgnoreCase({"ignore", "log", "delete", "fail"})
          .Low()
          .Group(group, ++order)
          .Doc(
              "A record without a value: `fail`, a bad record (null, too; with `http.api.url` null "
              "is `ignore`); `delete`, an HTTP DELETE of the URL, behind which the key is put "
              "unless "
              "`${key}` is in it."));
  keys.push_back(
      ConfigKey("behavior.on.error")
          .Default("fail")
          .OneOfIgnoreCase({"fail", "log", "ignore"})
          .Low()
          .Group(group, ++order)
          .Doc("What is done with records that cannot be sent as they are or that the server "
               "refuses, and with those that could not be delivered by `max.retries`: `fail`, "
               "the first are bad records (dead letter queue), the second fail the task; `log` "
               "and `ignore` leave all of them out, but for records without a value where "
               "`behavior.on.null.values=fail` is given."));
}

void AddDelivery(sdk::ConfigDef& keys) {
  const char* group = "Delivery";
  int order = 0;
  keys.push_back(ConfigKey("kafka.retry.backoff.ms", ConfigType::kLong)
                     .Optional()
                     .Range(0, 86'400'000)
                     .Low()
                     .Group(group, ++order)
                     .Doc("Accepted, and of no use."));
  keys.push_back(ConfigKey("max.in.flight.requests", ConfigType::kInt)
                     .Default("1")
                     .Range(1, 64)
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Requests of a task under way at once, each on a connection of its own. "
                          "With more than 1, records of one partition and key keep their order, "
                          "others do not."));
}

}  // namespace

sdk::ConfigDef Keys() {
  sdk::ConfigDef keys;
  AddTarget(keys);
  http::AddAuthorizationKeys(keys);
  AddBody(keys);
  AddBatching(keys);
  AddErrors(keys);
  AddDelivery(keys);
  http::AddRetryKeys(keys);
  http::AddConnectionKeys(keys);
  return keys;
}

}  // namespace sluice::http_sink
