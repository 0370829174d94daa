#include "runtime/worker/connector_file.h"

#include <utility>

#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/config/properties.h"

namespace sluice::worker {
namespace {

StatusOr<config::ConfigMap> ReadSettings(const rapidjson::Value& object, std::string_view file) {
  config::ConfigMap settings;
  for (const auto& member : object.GetObject()) {
    const std::string_view key = JsonText(member.name);
    const rapidjson::Value& value = member.value;
    if (value.IsString()) {
      settings.Set(key, JsonText(value));
    } else if (value.IsNumber() || value.IsBool()) {
      settings.Set(key, WriteJson(value));
    } else {
      return ConfigError(StrCat(file, ": the value of \"", key,
                                "\" must be a string, a number or a boolean, and is ",
                                WriteJson(value).substr(0, 60)));
    }
  }
  return settings;
}

// {name, config, initial_state}; other members are ignored, as the peer does.
StatusOr<herder::CreateRequest> ReadRequest(const rapidjson::Value& object, std::string_view file) {
  herder::CreateRequest request;
  SLUICE_ASSIGN_OR_RETURN(request.config.values,
                          ReadSettings(*FindJsonMember(object, "config"), file));
  if (const rapidjson::Value* name = FindJsonMember(object, "name");
      name != nullptr && name->IsString()) {
    request.name = JsonText(*name);
  }
  const rapidjson::Value* state = FindJsonMember(object, "initial_state");
  if (state == nullptr || state->IsNull()) return request;
  for (const std::string_view known : {"RUNNING", "PAUSED", "STOPPED"}) {
    if (state->IsString() && EqualsIgnoreCase(JsonText(*state), known)) {
      request.initial_state = known;
      return request;
    }
  }
  return ConfigError(StrCat(file, ": initial_state is ", WriteJson(*state),
                            "; expected one of RUNNING, PAUSED, STOPPED"));
}

}  // namespace

StatusOr<herder::CreateRequest> ParseConnectorFile(std::string_view text, std::string_view name) {
  herder::CreateRequest request;
  auto document = ParseJson(text);
  if (document.ok() && document->IsObject()) {
    const rapidjson::Value* config = FindJsonMember(*document, "config");
    if (config != nullptr && config->IsObject()) {
      SLUICE_ASSIGN_OR_RETURN(request, ReadRequest(*document, name));
    } else {
      SLUICE_ASSIGN_OR_RETURN(request.config.values, ReadSettings(*document, name));
    }
  } else if (const std::string_view start = Trim(text);
             !start.empty() && (start.front() == '{' || start.front() == '[')) {
    return ConfigError(StrCat(
        name, ": ",
        document.ok() ? std::string_view("expected a JSON object") : Message(document.status())));
  } else {
    SLUICE_ASSIGN_OR_RETURN(request.config.values, config::ParseProperties(text, name));
  }
  const std::string in_config(Trim(request.config.values.Get("name")));
  if (request.name.empty()) request.name = in_config;
  if (request.name.empty()) {
    return ConfigError(StrCat(name, ": the connector has no name; set `name`"));
  }
  if (!in_config.empty() && in_config != request.name) {
    return ConfigError(StrCat(name, ": the connector is called ", request.name,
                              ", and its config says ", in_config, "; make them the same"));
  }
  request.config.values.Set("name", request.name);
  return request;
}

StatusOr<herder::CreateRequest> ReadConnectorFile(const std::string& path) {
  SLUICE_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseConnectorFile(text, path);
}

}  // namespace sluice::worker
