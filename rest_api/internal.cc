// The paths by which workers of a group hand each other work (KIP-507).
#include "rest_api/answer.h"
#include "rest_api/bodies.h"
#include "rest_api/resources.h"

namespace sluice::rest_api {
namespace {

herder::SignedRequest SignedRequestOf(const Request& request) {
  return {request.body, request.signature, request.signature_algorithm};
}

}  // namespace

void AddInternal(Router& router, herder::Herder& herder) {
  const RouteOptions any_type{.on_timeout = {}, .json_body = false, .guarded = false};
  router.Add(
      "POST", "/connectors/{c}/tasks",
      [&](const Request& request, const Reply& reply) {
        auto tasks = ParseTaskConfigsBody(request.body);
        if (!tasks.ok()) return ReplyWith(reply, ErrorResponse(tasks.status()));
        herder.PutTaskConfigs(request.args[0], *std::move(tasks), SignedRequestOf(request),
                              AnswerDone(reply, 204));
      },
      any_type);
  router.Add(
      "PUT", "/connectors/{c}/fence",
      [&](const Request& request, const Reply& reply) {
        herder.FenceZombies(request.args[0], SignedRequestOf(request), AnswerDone(reply, 204));
      },
      any_type);
}

}  // namespace sluice::rest_api
