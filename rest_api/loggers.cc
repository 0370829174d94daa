// /admin/loggers (KIP-495, KIP-976). Levels of this worker are set at once, on the REST thread;
// those of all workers go through the config topic.
#include "runtime/base/loggers.h"

#include <optional>
#include <string>

#include "rest_api/answer.h"
#include "rest_api/message.h"
#include "rest_api/resources.h"
#include "runtime/base/clock.h"
#include "runtime/base/json.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

void WriteLevel(JsonWriter& json, const LoggerLevel& level) {
  json.StartObject().Key("level").String(level.level).Key("last_modified");
  level.last_modified_ms ? json.Int(*level.last_modified_ms) : json.Null();
  json.EndObject();
}

Response AllLevels() {
  JsonWriter json;
  json.StartObject();
  for (const auto& [name, level] : Loggers::Global().All()) {
    WriteLevel(json.Key(name), level);
  }
  json.EndObject();
  return JsonResponse(200, json.Take());
}

Response OneLevel(const std::string& logger) {
  const std::optional<LoggerLevel> level = Loggers::Global().Find(logger);
  if (!level) return ErrorResponse(404, StrCat("Logger ", logger, " not found."));
  JsonWriter json;
  WriteLevel(json, *level);
  return JsonResponse(200, json.Take());
}

// The level as the client wrote it. Errors: BadRequestError; NotFoundError for one that does not
// exist, as in the peer.
StatusOr<std::string> ParseLevel(std::string_view body) {
  const Status missing = BadRequestError("Desired 'level' parameter was not specified in request.");
  if (Trim(body).empty()) return missing;
  const auto document = ParseJson(body);
  if (!document.ok() || !(document->IsObject() || document->IsNull())) {
    return BadRequestError(
        StrCat("The request body is no JSON object; expected {\"level\":\"DEBUG\"}",
               document.ok() ? std::string() : StrCat(": ", Message(document.status()))));
  }
  const rapidjson::Value* level = FindJsonMember(*document, "level");
  if (level == nullptr || level->IsNull()) return missing;
  std::string text = level->IsString() ? std::string(JsonText(*level)) : WriteJson(*level);
  if (!IsLoggerLevel(text)) return NotFoundError(StrCat("invalid log level '", text, "'."));
  return text;
}

Response SetHere(const std::string& logger, const std::string& level) {
  const auto changed = Loggers::Global().Set(logger, level, Clock::System().WallMillis());
  if (!changed.ok()) return ErrorResponse(changed.status());
  JsonWriter json;
  json.StartArray();
  for (const std::string& name : *changed) json.String(name);
  json.EndArray();
  return JsonResponse(200, json.Take());
}

void SetLevel(herder::Herder& herder, const Request& request, const Reply& reply) {
  const std::string& logger = request.args[0];
  const auto level = ParseLevel(request.body);
  if (!level.ok()) return ReplyWith(reply, ErrorResponse(level.status()));
  const std::string_view scope = request.Query("scope");
  if (EqualsIgnoreCase(scope, "cluster")) {
    herder.SetClusterLoggerLevel(logger, *level, AnswerDone(reply, 204));
    return;
  }
  if (!scope.empty() && !EqualsIgnoreCase(scope, "worker")) {
    LogWarn("rest_api", "Received invalid scope '", PercentEncode(scope.substr(0, 100)),
            "' in request to adjust logger level; will default to worker");
  }
  ReplyWith(reply, SetHere(logger, *level));
}

}  // namespace

void AddLoggers(Router& router, herder::Herder& herder) {
  router.Add("GET", "/admin/loggers",
             [](const Request&, const Reply& reply) { ReplyWith(reply, AllLevels()); });
  router.Add("GET", "/admin/loggers/{x}", [](const Request& request, const Reply& reply) {
    ReplyWith(reply, OneLevel(request.args[0]));
  });
  router.Add("PUT", "/admin/loggers/{x}",
             [&](const Request& request, const Reply& reply) { SetLevel(herder, request, reply); });
}

}  // namespace sluice::rest_api
