// The REST server as the worker's configuration wants it: listeners with their TLS, headers,
// limits, who may use it, and what other workers are told of it. For worker.cc, at start.
#ifndef SLUICE_RUNTIME_WORKER_REST_SERVER_H_
#define SLUICE_RUNTIME_WORKER_REST_SERVER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "rest_api/message.h"
#include "rest_api/server.h"
#include "runtime/base/status.h"
#include "runtime/config/worker_config.h"

namespace sluice::worker {

// The main listeners first, in their order, then those of admin.listeners. Reads key stores. Errors
// (ConfigException) name the key.
StatusOr<rest_api::ServerOptions> RestServerOptions(const config::WorkerConfig& config);

// What every request is to pass; empty: nothing. `kafka_opts` is the environment's KAFKA_OPTS.
// Errors as in ReadRestUsers.
StatusOr<std::function<bool(const rest_api::Request&)>> RestGuard(
    const config::WorkerConfig& config, const std::string& kafka_opts);

// Where other workers reach this one: rest.advertised.*, else the first listener of the advertised
// scheme, with its port of `ports` (those of the server). `host_name` is this machine's.
struct Advertised {
  std::string scheme, host;
  uint16_t port = 0;
};
Advertised AdvertisedAddress(const config::WorkerConfig& config, const std::vector<uint16_t>& ports,
                             const std::string& host_name);

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_REST_SERVER_H_
