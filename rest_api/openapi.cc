// GET /openapi.yaml: this API as a document, which is in the binary.
#include "rest_api/answer.h"
#include "rest_api/openapi_yaml.h"
#include "rest_api/resources.h"

namespace sluice::rest_api {

void AddOpenApi(Router& router) {
  router.Add("GET", "/openapi.yaml",
             [](const Request&, const Reply& reply) {
               ReplyWith(reply, {.status = 200,
                                 .body = kText_openapi_yaml,
                                 .content_type = "application/yaml",
                                 .headers = {}});
             },
             {.on_timeout = {}, .json_body = false, .json_answer = false});
}

}  // namespace sluice::rest_api
