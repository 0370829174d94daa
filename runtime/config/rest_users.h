// Who may use the REST API when rest.extension.classes has the peer's basic authentication: users
// and passwords out of `rest.basic.auth.file` (a key of ours), else out of the file that the JAAS
// entry KafkaConnect names, in the JAAS file that KAFKA_OPTS names. For the worker, at start.
#ifndef SLUICE_RUNTIME_CONFIG_REST_USERS_H_
#define SLUICE_RUNTIME_CONFIG_REST_USERS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

using RestUsers = std::vector<std::pair<std::string, std::string>>;

// Nothing: no authentication is asked for. `kafka_opts` is the environment variable's text. Errors
// (ConfigException): another extension class; a file that cannot be read, or names no user (the
// peer would then let everybody in); a JAAS entry of another login module. No error holds a
// password.
StatusOr<std::optional<RestUsers>> ReadRestUsers(const WorkerConfig& worker,
                                                 std::string_view kafka_opts);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_REST_USERS_H_
