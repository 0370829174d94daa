// Statuses, tasks and the verbs of a connector's life (KIP-745, KIP-875).
#include "rest_api/answer.h"
#include "rest_api/bodies.h"
#include "rest_api/resources.h"
#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

int TaskNumber(const std::string& text) {  // the router let only ints through
  const std::string_view digits = text;
  return static_cast<int>(*ParseInt64(digits.substr(digits.front() == '+' ? 1 : 0)));
}

Response StatusResponse(int code, const herder::ConnectorStatus& status) {
  JsonWriter json;
  WriteStatus(json, status);
  return JsonResponse(code, json.Take());
}

void AddReads(Router& router, herder::Herder& herder) {
  router.Add("GET", "/connectors/{c}/status", [&](const Request& request, const Reply& reply) {
    herder.ConnectorState(request.args[0], Answer<herder::ConnectorStatus>(
                                               reply, [](const herder::ConnectorStatus& status) {
                                                 return StatusResponse(200, status);
                                               }));
  });
  router.Add("GET", "/connectors/{c}/tasks", [&](const Request& request, const Reply& reply) {
    herder.Tasks(request.args[0], Answer<std::vector<herder::TaskInfo>>(
                                      reply, [](const std::vector<herder::TaskInfo>& tasks) {
                                        JsonWriter json;
                                        WriteTasks(json, tasks);
                                        return JsonResponse(200, json.Take());
                                      }));
  });
  router.Add(
      "GET", "/connectors/{c}/tasks/{n}/status", [&](const Request& request, const Reply& reply) {
        const int task = TaskNumber(request.args[1]);
        herder.TaskState(request.args[0], task,
                         Answer<herder::PartState>(reply, [task](const herder::PartState& state) {
                           JsonWriter json;
                           WriteTaskState(json, task, state);
                           return JsonResponse(200, json.Take());
                         }));
      });
}

void Restart(herder::Herder& herder, const Request& request, const Reply& reply) {
  const auto flag = [&](std::string_view name) {
    return EqualsIgnoreCase(request.Query(name), "true");
  };
  herder::RestartRequest restart{.connector = request.args[0],
                                 .include_tasks = flag("includeTasks"),
                                 .only_failed = flag("onlyFailed")};
  if (!restart.include_tasks && !restart.only_failed) {
    herder.RestartConnector(request.args[0], AnswerDone(reply, 204));
    return;
  }
  herder.Restart(std::move(restart),
                 Answer<herder::ConnectorStatus>(reply, [](const herder::ConnectorStatus& status) {
                   return StatusResponse(202, status);
                 }));
}

}  // namespace

void AddLifecycle(Router& router, herder::Herder& herder) {
  AddReads(router, herder);
  router.Add("PUT", "/connectors/{c}/pause", [&](const Request& request, const Reply& reply) {
    herder.Pause(request.args[0], AnswerDone(reply, 202));
  });
  router.Add("PUT", "/connectors/{c}/resume", [&](const Request& request, const Reply& reply) {
    herder.Resume(request.args[0], AnswerDone(reply, 202));
  });
  router.Add("PUT", "/connectors/{c}/stop", [&](const Request& request, const Reply& reply) {
    herder.Stop(request.args[0], AnswerDone(reply, 204));
  });
  router.Add("POST", "/connectors/{c}/restart",
             [&](const Request& request, const Reply& reply) { Restart(herder, request, reply); });
  router.Add(
      "POST", "/connectors/{c}/tasks/{n}/restart", [&](const Request& request, const Reply& reply) {
        herder.RestartTask(request.args[0], TaskNumber(request.args[1]), AnswerDone(reply, 204));
      });
}

}  // namespace sluice::rest_api
