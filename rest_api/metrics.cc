// GET /metrics: Prometheus text. Not in Apache Kafka Connect, which has JMX.
#include "rest_api/answer.h"
#include "rest_api/resources.h"

namespace sluice::rest_api {

void AddMetrics(Router& router, const metrics::Registry& registry) {
  router.Add("GET", "/metrics",
             [&registry](const Request&, const Reply& reply) {
               ReplyWith(reply, {.status = 200,
                                 .body = registry.Text(),
                                 .content_type = "text/plain; version=0.0.4; charset=utf-8",
                                 .headers = {}});
             },
             {.on_timeout = {}, .json_body = false, .json_answer = false});
}

}  // namespace sluice::rest_api
