// GET /connectors/{c}/topics and PUT /connectors/{c}/topics/reset (KIP-558).
#include "rest_api/answer.h"
#include "rest_api/resources.h"
#include "runtime/base/json.h"

namespace sluice::rest_api {

void AddTopics(Router& router, herder::Herder& herder) {
  router.Add("GET", "/connectors/{c}/topics", [&](const Request& request, const Reply& reply) {
    herder.ActiveTopics(
        request.args[0],
        Answer<std::vector<std::string>>(
            reply, [connector = request.args[0]](const std::vector<std::string>& topics) {
              JsonWriter json;
              json.StartObject().Key(connector).StartObject().Key("topics").StartArray();
              for (const std::string& topic : topics) json.String(topic);
              json.EndArray().EndObject().EndObject();
              return JsonResponse(200, json.Take());
            }));
  });
  router.Add("PUT", "/connectors/{c}/topics/reset",
             [&](const Request& request, const Reply& reply) {
               herder.ResetActiveTopics(request.args[0], AnswerDone(reply, 202));
             });
}

}  // namespace sluice::rest_api
