// The connector's keys as data.
#include "connectors/http_source/source_config.h"

namespace sluice::http_source {
namespace {

using sdk::ConfigKey;
using sdk::ConfigType;

void AddRequest(sdk::ConfigDef& keys) {
  const char* group = "Request";
  int order = 0;
  keys.push_back(ConfigKey("url")
                     .NonEmpty()
                     .High()
                     .Wide()
                     .Group(group, ++order)
                     .Doc("What is asked. May have `${offset}` and `${entityName}`, which are "
                          "percent-encoded."));
  keys.push_back(
      ConfigKey("entity.names", ConfigType::kList)
          .Default("")
          .High()
          .Group(group, ++order)
          .Doc("Several things that are asked for in the same way, each with an offset of "
               "its own; tasks share them out."));
  keys.push_back(ConfigKey("http.request.method")
                     .Default("GET")
                     .OneOfIgnoreCase({"GET", "POST"})
                     .Medium()
                     .Group(group, ++order)
                     .Doc("The method."));
  keys.push_back(
      ConfigKey("http.request.parameters")
          .Default("")
          .Wide()
          .Medium()
          .Group(group, ++order)
          .Doc("Parameters of the query, `name=value&name=${offset}`; variables are "
               "percent-encoded. May be secret: they are kept out of offsets and texts."));
  keys.push_back(ConfigKey("http.request.body")
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("The body of a POST. May have `${offset}`, `${json:offset}` and "
                          "`${entityName}`."));
  keys.push_back(ConfigKey("http.request.headers")
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Headers, `name:value|name:value`. Values may have variables."));
  keys.push_back(ConfigKey("http.request.headers.separator")
                     .Default("|")
                     .Low()
                     .Group(group, ++order)
                     .Doc("What separates them."));
  keys.push_back(
      ConfigKey("request.interval.ms", ConfigType::kLong)
          .Default("15000")
          .Range(1, 86'400'000)
          .High()
          .Group(group, ++order)
          .Doc("Time from one look for news to the next. Pages that are known to be there "
               "are fetched without a pause."));
}

void AddOffsets(sdk::ConfigDef& keys) {
  const char* group = "Offsets";
  int order = 0;
  keys.push_back(
      ConfigKey("http.offset.mode")
          .Default("SIMPLE_INCREMENTING")
          .OneOfIgnoreCase({"SIMPLE_INCREMENTING", "PAGE_NUMBER", "CHAINING", "CURSOR_PAGINATION",
                            "NEXT_LINK", "SNAPSHOT_PAGINATION"})
          .High()
          .Group(group, ++order)
          .Doc("What `${offset}` is: the records so far; the page's number; the last record's "
               "`http.offset.json.pointer`; the last answer's `http.next.page.json.pointer`. "
               "`NEXT_LINK`: the URL of the next page is there, or in the header `Link`. "
               "`SNAPSHOT_PAGINATION`: as a cursor, and all is read anew each time."));
  keys.push_back(ConfigKey("http.initial.offset")
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("`${offset}` of the first request; null: 0, 1 for `PAGE_NUMBER`, else "
                          "empty."));
  keys.push_back(ConfigKey("http.offset.json.pointer")
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("`CHAINING`: where in a record its offset is, `/id`."));
  keys.push_back(ConfigKey("http.next.page.json.pointer")
                     .Default("")
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Where in an answer the cursor of the next page is, or its link; null or "
                          "missing there: this is the last page."));
  keys.push_back(ConfigKey("http.page.size", ConfigType::kInt)
                     .Default("0")
                     .AtLeast(0)
                     .Low()
                     .Group(group, ++order)
                     .Doc("`PAGE_NUMBER`, `SIMPLE_INCREMENTING`: records of a full page; one with "
                          "fewer is the last. 0: not known, the last page is the empty one."));
}

void AddRecords(sdk::ConfigDef& keys) {
  const char* group = "Records";
  int order = 0;
  keys.push_back(ConfigKey("topic.name.pattern")
                     .NonEmpty()
                     .High()
                     .Group(group, ++order)
                     .Doc("The topic. May have `${entityName}`."));
  keys.push_back(
      ConfigKey("http.response.data.json.pointer")
          .Default("")
          .High()
          .Group(group, ++order)
          .Doc("Where in an answer the records are: an array of them, or one. Empty: the "
               "answer itself."));
  keys.push_back(ConfigKey("http.record.key.json.pointer")
                     .Optional()
                     .Medium()
                     .Group(group, ++order)
                     .Doc("Where in a record its key is; null: no key."));
  keys.push_back(
      ConfigKey("http.record.format")
          .Default("json")
          .OneOfIgnoreCase({"json", "string"})
          .Medium()
          .Group(group, ++order)
          .Doc("A record's value: maps, arrays, numbers, ... without a schema, or its JSON "
               "text."));
  keys.push_back(ConfigKey("http.response.max.bytes", ConfigType::kInt)
                     .Default("16777216")
                     .Range(1024, 1 << 30)
                     .Low()
                     .Group(group, ++order)
                     .Doc("An answer of more fails the task."));
}

}  // namespace

sdk::ConfigDef Keys() {
  sdk::ConfigDef keys;
  AddRequest(keys);
  AddOffsets(keys);
  AddRecords(keys);
  http::AddAuthorizationKeys(keys);
  http::AddRetryKeys(keys);
  http::AddConnectionKeys(keys);
  return keys;
}

}  // namespace sluice::http_source
