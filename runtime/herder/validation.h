// Checks a connector's configuration as REST's create and validate do: the framework's keys, the
// transforms and converters that it names, and the plugin's own keys and checks. Runs plugin code:
// connector pool only.
#ifndef SLUICE_RUNTIME_HERDER_VALIDATION_H_
#define SLUICE_RUNTIME_HERDER_VALIDATION_H_

#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/worker_config.h"
#include "runtime/herder/herder.h"
#include "runtime/herder/plugins.h"

namespace sluice::herder {

// All errors key by key; `version` is that of the built-in classes. What a config provider resolved
// does not show in them. Error: BadRequestError when there is no class to ask, or none that fits; a
// config provider's failure.
StatusOr<config::ConfigInfos> ValidateConnector(const SubmittedConfig& submitted,
                                                const config::WorkerConfig& worker,
                                                const std::string& version, Plugins& plugins);

// The keys of one class of a `required` version: a connector's own, then the framework's; or a
// built-in's. Errors: 404 `Unknown plugin X.`, 400 for a version.
StatusOr<std::vector<config::ConfigKey>> KeysOfPlugin(const std::string& name,
                                                      const std::string& required,
                                                      const std::string& version, Plugins& plugins);

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_VALIDATION_H_
