// Connector files on a standalone worker's command line (ConnectStandalone): a JSON object of
// settings with a `name`, a create request {name, config, initial_state}, or Java properties.
#ifndef SLUICE_RUNTIME_WORKER_CONNECTOR_FILE_H_
#define SLUICE_RUNTIME_WORKER_CONNECTOR_FILE_H_

#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/herder/herder.h"

namespace sluice::worker {

// `name` is that of the file, for errors.
StatusOr<herder::CreateRequest> ParseConnectorFile(std::string_view text, std::string_view name);
StatusOr<herder::CreateRequest> ReadConnectorFile(const std::string& path);

}  // namespace sluice::worker

#endif  // SLUICE_RUNTIME_WORKER_CONNECTOR_FILE_H_
