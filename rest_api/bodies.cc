#include "rest_api/bodies.h"

#include <utility>

#include "rapidjson/encodedstream.h"
#include "rapidjson/memorystream.h"
#include "runtime/base/text.h"
#include "runtime/config/config_json.h"

namespace sluice::rest_api {
namespace {

std::string_view KindOf(const rapidjson::Value& value) {
  if (value.IsNull()) return "null";
  if (value.IsBool()) return "a boolean";
  if (value.IsNumber()) return "a number";
  if (value.IsString()) return "a string";
  return value.IsArray() ? "an array" : "an object";
}

// Text of a string, number or boolean; DataError otherwise.
StatusOr<std::string> ScalarText(std::string_view name, const rapidjson::Value& value) {
  if (value.IsString()) return std::string(JsonText(value));
  if (value.IsBool()) return WriteJson(value);
  return BadRequestError(
      StrCat("The value of \"", name, "\" is ", KindOf(value),
             "; expected a string, a number or a boolean. Write nested settings as one key each, "
             "such as \"key.converter.schemas.enable\""));
}

// `body`, which ParseJson has found to be good, with each number as a string of its own digits: the
// text of a setting is what the client wrote, 1.50 or 1E+2.
rapidjson::Document WithNumbersAsText(std::string_view body) {
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::Document document;
  rapidjson::MemoryStream memory(body.data(), body.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  document.ParseStream<kFlags>(stream);
  return document;
}

StatusOr<rapidjson::Document> ParseObject(std::string_view body, std::string_view expected) {
  if (Trim(body).empty()) {
    return BadRequestError(StrCat("The request has no body; expected ", expected));
  }
  const auto document = ParseJson(body);
  if (!document.ok()) {
    return BadRequestError(StrCat("The request body is not valid JSON: ",
                                  Message(document.status()), ". Expected ", expected));
  }
  if (!document->IsObject()) {
    return BadRequestError(
        StrCat("The request body is ", KindOf(*document), "; expected ", expected));
  }
  return WithNumbersAsText(body);
}

constexpr std::string_view kConfigExample =
    "a JSON object of configuration keys and values, such as {\"connector.class\":\"...\"}";
constexpr std::string_view kCreateExample =
    "a JSON object such as {\"name\":\"my-connector\",\"config\":{\"connector.class\":\"...\"}}";

std::string_view Name(const rapidjson::Value::Member& member) { return JsonText(member.name); }

StatusOr<herder::SubmittedConfig> ReadConfig(const rapidjson::Value& object) {
  herder::SubmittedConfig config;
  for (const auto& member : object.GetObject()) {
    const std::string_view name = Name(member);
    if (member.value.IsNull()) {
      config.values.Erase(name);  // of equal keys the last counts
      config.null_keys.emplace(name);
      continue;
    }
    SLUICE_ASSIGN_OR_RETURN(const std::string text, ScalarText(name, member.value));
    config.values.Set(name, text);
    if (const auto null = config.null_keys.find(name); null != config.null_keys.end()) {
      config.null_keys.erase(null);
    }
  }
  return config;
}

StatusOr<std::optional<std::string>> ReadInitialState(const rapidjson::Value& value) {
  if (value.IsNull()) return std::optional<std::string>();
  if (value.IsString()) {
    for (const std::string_view state : {"RUNNING", "PAUSED", "STOPPED"}) {
      if (EqualsIgnoreCase(JsonText(value), state)) return std::optional<std::string>(state);
    }
  }
  return BadRequestError(StrCat("The value of \"initial_state\" is ", WriteJson(value),
                                "; expected one of RUNNING, PAUSED, STOPPED"));
}

void WritePart(JsonWriter& json, const herder::PartState& state) {
  json.Key("state").String(state.state).Key("worker_id").String(state.worker_id);
  if (!state.version) {
    json.Key("version").Null();
  } else if (*state.version != "undefined") {
    json.Key("version").String(*state.version);
  }
  if (!state.trace.empty()) json.Key("trace").String(state.trace);
}

void WriteTaskRef(JsonWriter& json, const herder::TaskRef& task) {
  json.StartObject().Key("connector").String(task.connector);
  json.Key("task").Int(task.task).EndObject();
}

}  // namespace

StatusOr<herder::SubmittedConfig> ParseConfigBody(std::string_view body) {
  SLUICE_ASSIGN_OR_RETURN(const rapidjson::Document document, ParseObject(body, kConfigExample));
  return ReadConfig(document);
}

StatusOr<herder::ConfigPatch> ParsePatchBody(std::string_view body) {
  SLUICE_ASSIGN_OR_RETURN(const rapidjson::Document document, ParseObject(body, kConfigExample));
  herder::ConfigPatch patch;
  for (const auto& member : document.GetObject()) {
    std::optional<std::string> text;
    if (!member.value.IsNull()) {
      SLUICE_ASSIGN_OR_RETURN(text, ScalarText(Name(member), member.value));
    }
    patch.emplace_back(Name(member), std::move(text));
  }
  return patch;
}

StatusOr<herder::CreateRequest> ParseCreateBody(std::string_view body) {
  SLUICE_ASSIGN_OR_RETURN(const rapidjson::Document document, ParseObject(body, kCreateExample));
  herder::CreateRequest request;
  bool has_config = false;
  for (const auto& member : document.GetObject()) {
    const std::string_view name = Name(member);
    if (name == "name") {
      if (member.value.IsNull()) continue;
      SLUICE_ASSIGN_OR_RETURN(const std::string text, ScalarText(name, member.value));
      request.name = Trim(text);
    } else if (name == "config") {
      if (!member.value.IsObject()) {
        return BadRequestError(StrCat("The value of \"config\" is ", KindOf(member.value),
                                      "; expected ", kConfigExample));
      }
      SLUICE_ASSIGN_OR_RETURN(request.config, ReadConfig(member.value));
      has_config = true;
    } else if (name == "initial_state") {
      SLUICE_ASSIGN_OR_RETURN(request.initial_state, ReadInitialState(member.value));
    } else {
      return BadRequestError(StrCat("Unrecognized field \"", name,
                                    "\" (3 known properties: \"name\", \"config\", "
                                    "\"initial_state\"). Configuration keys belong in \"config\""));
    }
  }
  if (!has_config) {
    return BadRequestError(StrCat("The field \"config\" is missing; expected ", kCreateExample));
  }
  return request;
}

StatusOr<std::vector<config::ConfigMap>> ParseTaskConfigsBody(std::string_view body) {
  constexpr std::string_view kExpected =
      "a JSON array of task configurations, such as [{\"a\":\"b\"}]";
  const auto document = ParseJson(body);
  if (!document.ok()) {
    return BadRequestError(StrCat("The request body is not valid JSON: ",
                                  Message(document.status()), ". Expected ", kExpected));
  }
  if (!document->IsArray()) {
    return BadRequestError(
        StrCat("The request body is ", KindOf(*document), "; expected ", kExpected));
  }
  std::vector<config::ConfigMap> tasks;
  for (const auto& task : document->GetArray()) {
    if (!task.IsObject()) {
      return BadRequestError(
          StrCat("A task configuration is ", KindOf(task), "; expected ", kExpected));
    }
    config::ConfigMap& config = tasks.emplace_back();
    for (const auto& member : task.GetObject()) {
      if (member.value.IsNull()) continue;
      SLUICE_ASSIGN_OR_RETURN(const std::string text,
                              member.value.IsNumber()
                                  ? StatusOr<std::string>(WriteJson(member.value))
                                  : ScalarText(Name(member), member.value));
      config.Set(Name(member), text);
    }
  }
  return tasks;
}

Status CheckName(std::string_view name, herder::SubmittedConfig& config) {
  const std::string* included = config.values.Find("name");
  if (included != nullptr && *included != name) {
    return BadRequestError(StrCat("Connector name configuration (", *included,
                                  ") doesn't match connector name in the URL (", name, ")"));
  }
  config.null_keys.erase("name");
  if (included == nullptr) config.values.Set("name", name);
  return OkStatus();
}

void WriteInfo(JsonWriter& json, const herder::ConnectorInfo& info) {
  json.StartObject().Key("name").String(info.name).Key("config");
  config::WriteConfigMap(json, info.config);
  json.Key("tasks").StartArray();
  for (const herder::TaskRef& task : info.tasks) WriteTaskRef(json, task);
  json.EndArray().Key("type").String(info.type).EndObject();
}

void WriteStatus(JsonWriter& json, const herder::ConnectorStatus& status) {
  json.StartObject().Key("name").String(status.name).Key("connector").StartObject();
  WritePart(json, status.connector);
  json.EndObject().Key("tasks").StartArray();
  for (const auto& [task, state] : status.tasks) WriteTaskState(json, task, state);
  json.EndArray().Key("type").String(status.type).EndObject();
}

void WriteTaskState(JsonWriter& json, int task, const herder::PartState& state) {
  json.StartObject().Key("id").Int(task);
  WritePart(json, state);
  json.EndObject();
}

void WriteTasks(JsonWriter& json, const std::vector<herder::TaskInfo>& tasks) {
  json.StartArray();
  for (const herder::TaskInfo& task : tasks) {
    json.StartObject().Key("id");
    WriteTaskRef(json, task.id);
    json.Key("config");
    config::WriteConfigMap(json, task.config);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace sluice::rest_api
