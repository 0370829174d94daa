// The resources of the REST API: what each path means, over the Herder interface. One file each.
// Handlers run on the REST thread; the herder outlives the router.
#ifndef SLUICE_REST_API_RESOURCES_H_
#define SLUICE_REST_API_RESOURCES_H_

#include <memory>

#include "rest_api/router.h"
#include "runtime/herder/herder.h"
#include "runtime/metrics/registry.h"

namespace sluice::rest_api {

// What the main listeners serve: all of the below; `with_admin`: also what is below /admin.
// `request_timeout`: how long a request may take.
std::unique_ptr<Router> NewRouter(herder::Herder& herder,
                                  milliseconds request_timeout = milliseconds(90'000),
                                  bool with_admin = true);
// What the listeners of `admin.listeners` serve: /admin alone.
std::unique_ptr<Router> NewAdminRouter(herder::Herder& herder,
                                       milliseconds request_timeout = milliseconds(90'000));

void AddRoot(Router& router, herder::Herder& herder);        // /, /health
void AddConnectors(Router& router, herder::Herder& herder);  // /connectors[/{x}[/config]]
void AddLifecycle(Router& router, herder::Herder& herder);   // status, tasks, pause, restart, ...
void AddTopics(Router& router, herder::Herder& herder);      // /connectors/{x}/topics[/reset]
void AddOffsets(Router& router, herder::Herder& herder);     // /connectors/{x}/offsets
void AddInternal(Router& router, herder::Herder& herder);    // what workers ask of each other
void AddConnectorPlugins(Router& router, herder::Herder& herder);  // /connector-plugins...
void AddLoggers(Router& router, herder::Herder& herder);           // /admin/loggers[/{x}]
void AddOpenApi(Router& router);                                   // /openapi.yaml

void AddMetrics(Router& router, const metrics::Registry& registry);  // /metrics; not in NewRouter

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_RESOURCES_H_
