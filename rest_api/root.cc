// GET / and GET /health (KIP-1017).
#include "rest_api/answer.h"
#include "rest_api/resources.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

using herder::Health;

Response HealthResponse(const Health& health) {
  const bool healthy = health.state == Health::State::kHealthy;
  const bool starting = health.state == Health::State::kStarting;
  JsonWriter json;
  json.StartObject().Key("status");
  json.String(healthy ? "healthy" : starting ? "starting" : "unhealthy");
  json.Key("message").String(health.message).EndObject();
  return JsonResponse(healthy ? 200 : starting ? 503 : 500, json.Take());
}

// What was going on when a request timed out: what is done for it now, else what the herder's
// thread does, or did last.
std::string StageOf(const herder::Herder& herder, const Stage& request) {
  const std::string of_herder = herder.Stage();
  return request.running() || of_herder.empty() ? request.Sentence() : of_herder;
}

// The herder's thread, or its broker, did not get to the probe.
Response HealthTimedOut(const herder::Herder& herder, const Stage& request) {
  Health health{Health::State::kStarting, "Worker is still starting up."};
  if (herder.Ready()) {
    health = {Health::State::kUnhealthy,
              "Worker was unable to handle this request and may be unable to handle other "
              "requests."};
  }
  const std::string stage = StageOf(herder, request);
  if (!stage.empty()) StrAppend(health.message, " ", stage);
  return HealthResponse(health);
}

}  // namespace

void AddRoot(Router& router, herder::Herder& herder) {
  router.Add(
      "GET", "/",
      [&herder](const Request&, const Reply& reply) {
        const herder::ServerInfo info = herder.Server();
        JsonWriter json;
        json.StartObject().Key("version").String(info.version).Key("commit").String(info.commit);
        json.Key("kafka_cluster_id").String(info.kafka_cluster_id).EndObject();
        ReplyWith(reply, JsonResponse(200, json.Take()));
      },
      {.on_timeout = {}, .json_body = false});
  router.Add("GET", "/health",
             [&herder](const Request&, const Reply& reply) {
               herder.CheckHealth(Answer<Health>(reply, HealthResponse));
             },
             {.timeout = milliseconds(10'000),
              .on_timeout = [&herder](const Stage& stage) { return HealthTimedOut(herder, stage); },
              .json_body = false});
}

namespace {

std::unique_ptr<Router> NewEmptyRouter(herder::Herder& herder, milliseconds request_timeout) {
  return std::make_unique<Router>(request_timeout, [&herder](const Stage& request) {
    const std::string stage = StageOf(herder, request);
    return ErrorResponse(
        500, stage.empty() ? "Request timed out" : StrCat("Request timed out. ", stage));
  });
}

}  // namespace

std::unique_ptr<Router> NewRouter(herder::Herder& herder, milliseconds request_timeout,
                                  bool with_admin) {
  auto router = NewEmptyRouter(herder, request_timeout);
  AddRoot(*router, herder);
  AddConnectors(*router, herder);
  AddLifecycle(*router, herder);
  AddTopics(*router, herder);
  AddOffsets(*router, herder);
  AddConnectorPlugins(*router, herder);
  AddOpenApi(*router);
  AddInternal(*router, herder);
  if (with_admin) AddLoggers(*router, herder);
  return router;
}

std::unique_ptr<Router> NewAdminRouter(herder::Herder& herder, milliseconds request_timeout) {
  auto router = NewEmptyRouter(herder, request_timeout);
  AddLoggers(*router, herder);
  return router;
}

}  // namespace sluice::rest_api
