// /connector-plugins: what is installed, its keys, and validation (KIP-769, KIP-891).
#include "rest_api/answer.h"
#include "rest_api/bodies.h"
#include "rest_api/resources.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/config/config_json.h"

namespace sluice::rest_api {
namespace {

using herder::PluginInfo;

Response PluginsResponse(const std::vector<PluginInfo>& plugins) {
  JsonWriter json;
  json.StartArray();
  for (const PluginInfo& plugin : plugins) {
    json.StartObject().Key("class").String(plugin.class_name).Key("type").String(plugin.type);
    if (plugin.version != "undefined") json.Key("version").String(plugin.version);
    json.EndObject();
  }
  json.EndArray();
  return JsonResponse(200, json.Take());
}

// Without one trailing `Connector`: a class and its alias are then the same, or one ends with the
// other.
std::string_view Normalised(std::string_view name) {
  constexpr std::string_view kSuffix = "Connector";
  if (name.size() > kSuffix.size() && name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  return name;
}

void Validate(herder::Herder& herder, const Request& request, const Reply& reply) {
  auto config = ParseConfigBody(request.body);
  if (!config.ok()) return ReplyWith(reply, ErrorResponse(config.status()));
  const std::string* type = config->values.Find("connector.class");
  if (type != nullptr && !Normalised(*type).ends_with(Normalised(request.args[0]))) {
    return ReplyWith(reply,
                     ErrorResponse(400, StrCat("Included connector type ", *type,
                                               " does not match request type ", request.args[0])));
  }
  herder.Validate(*std::move(config),
                  Answer<config::ConfigInfos>(reply, [](const config::ConfigInfos& infos) {
                    JsonWriter json;
                    config::WriteConfigInfos(json, infos);
                    return JsonResponse(200, json.Take());
                  }));
}

void PluginConfig(herder::Herder& herder, const Request& request, const Reply& reply) {
  using Keys = std::vector<config::ConfigKey>;
  std::string version = "latest";
  for (const auto& [key, value] : request.query) {
    if (key == "version") version = value;
  }
  herder.PluginConfig(request.args[0], version, Answer<Keys>(reply, [](const Keys& keys) {
                        JsonWriter json;
                        json.StartArray();
                        for (const config::ConfigKey& key : keys) config::WriteConfigKey(json, key);
                        json.EndArray();
                        return JsonResponse(200, json.Take());
                      }));
}

}  // namespace

void AddConnectorPlugins(Router& router, herder::Herder& herder) {
  router.Add("GET", "/connector-plugins", [&](const Request& request, const Reply& reply) {
    const std::string_view flag = request.Query("connectorsOnly");
    const bool connectors_only = flag.empty() || EqualsIgnoreCase(flag, "true");
    herder.Plugins(connectors_only, Answer<std::vector<PluginInfo>>(reply, PluginsResponse));
  });
  router.Add(
      "GET", "/connector-plugins/{p}/config",
      [&](const Request& request, const Reply& reply) { PluginConfig(herder, request, reply); });
  router.Add("PUT", "/connector-plugins/{p}/config/validate",
             [&](const Request& request, const Reply& reply) { Validate(herder, request, reply); });
}

}  // namespace sluice::rest_api
