// /connectors, /connectors/{c} and /connectors/{c}/config: the peer's ConnectorsResource.
#include <algorithm>

#include "rest_api/answer.h"
#include "rest_api/bodies.h"
#include "rest_api/resources.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"
#include "runtime/config/config_json.h"

namespace sluice::rest_api {
namespace {

using Expanded = std::map<std::string, herder::ExpandedConnector>;

Response InfoResponse(const herder::ConnectorInfo& info) {
  JsonWriter json;
  WriteInfo(json, info);
  return JsonResponse(200, json.Take());
}

Response CreatedResponse(const std::string& base_url, const herder::ConnectorInfo& info) {
  Response response = InfoResponse(info);
  response.status = 201;
  response.headers.emplace_back("Location",
                                StrCat(base_url, "/connectors/", PercentEncode(info.name)));
  return response;
}

// `parts` are "status" and "info", in the order in which the client named them.
Response ExpandedResponse(const Expanded& connectors, const std::vector<std::string>& parts) {
  JsonWriter json;
  json.StartObject();
  for (const auto& [name, connector] : connectors) {
    json.Key(name).StartObject();
    for (const std::string& part : parts) {
      if (part == "info") {
        json.Key(part);
        connector.info ? WriteInfo(json, *connector.info) : void(json.Null());
      } else if (connector.status) {
        json.Key(part);
        WriteStatus(json, *connector.status);
      }
    }
    json.EndObject();
  }
  json.EndObject();
  return JsonResponse(200, json.Take());
}

void List(herder::Herder& herder, const Request& request, const Reply& reply) {
  bool expand = false;
  std::vector<std::string> parts;
  const auto has = [&](std::string_view part) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
  };
  for (const auto& [name, value] : request.query) {
    if (name != "expand") continue;
    expand = true;
    if ((value == "status" || value == "info") && !has(value)) parts.push_back(value);
  }
  if (expand) {
    herder.Expanded(has("status"), has("info"),
                    Answer<Expanded>(reply, [parts](const Expanded& found) {
                      return ExpandedResponse(found, parts);
                    }));
    return;
  }
  herder.Connectors(
      Answer<std::vector<std::string>>(reply, [](const std::vector<std::string>& names) {
        JsonWriter json;
        json.StartArray();
        for (const std::string& name : names) json.String(name);
        json.EndArray();
        return JsonResponse(200, json.Take());
      }));
}

void Create(herder::Herder& herder, const Request& request, const Reply& reply) {
  auto create = ParseCreateBody(request.body);
  if (!create.ok()) return ReplyWith(reply, ErrorResponse(create.status()));
  const Status name = CheckName(create->name, create->config);
  if (!name.ok()) return ReplyWith(reply, ErrorResponse(name));
  herder.Create(*std::move(create),
                Answer<herder::ConnectorInfo>(
                    reply, [base_url = request.base_url](const herder::ConnectorInfo& info) {
                      return CreatedResponse(base_url, info);
                    }));
}

void PutConfig(herder::Herder& herder, const Request& request, const Reply& reply) {
  auto config = ParseConfigBody(request.body);
  if (!config.ok()) return ReplyWith(reply, ErrorResponse(config.status()));
  const Status name = CheckName(request.args[0], *config);
  if (!name.ok()) return ReplyWith(reply, ErrorResponse(name));
  herder.PutConfig(request.args[0], *std::move(config),
                   Answer<herder::PutResult>(
                       reply, [base_url = request.base_url](const herder::PutResult& result) {
                         return result.created ? CreatedResponse(base_url, result.info)
                                               : InfoResponse(result.info);
                       }));
}

void PatchConfig(herder::Herder& herder, const Request& request, const Reply& reply) {
  auto patch = ParsePatchBody(request.body);
  if (!patch.ok()) return ReplyWith(reply, ErrorResponse(patch.status()));
  herder.PatchConfig(request.args[0], *std::move(patch),
                     Answer<herder::ConnectorInfo>(reply, InfoResponse));
}

}  // namespace

void AddConnectors(Router& router, herder::Herder& herder) {
  router.Add("POST", "/connectors",
             [&](const Request& request, const Reply& reply) { Create(herder, request, reply); });
  router.Add("GET", "/connectors",
             [&](const Request& request, const Reply& reply) { List(herder, request, reply); });
  router.Add("GET", "/connectors/{c}", [&](const Request& request, const Reply& reply) {
    herder.Info(request.args[0], Answer<herder::ConnectorInfo>(reply, InfoResponse));
  });
  router.Add("DELETE", "/connectors/{c}", [&](const Request& request, const Reply& reply) {
    herder.Delete(request.args[0], AnswerDone(reply, 204));
  });
  router.Add("GET", "/connectors/{c}/config", [&](const Request& request, const Reply& reply) {
    herder.Config(request.args[0],
                  Answer<config::ConfigMap>(reply, [](const config::ConfigMap& config) {
                    JsonWriter json;
                    config::WriteConfigMap(json, config);
                    return JsonResponse(200, json.Take());
                  }));
  });
  router.Add("PUT", "/connectors/{c}/config", [&](const Request& request, const Reply& reply) {
    PutConfig(herder, request, reply);
  });
  router.Add("PATCH", "/connectors/{c}/config", [&](const Request& request, const Reply& reply) {
    PatchConfig(herder, request, reply);
  });
}

}  // namespace sluice::rest_api
