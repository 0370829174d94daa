// Keeping what config providers resolved out of what is shown or stored: texts that hold it get the
// variable back. Pure but for the providers' reads; any thread.
#ifndef SLUICE_RUNTIME_CONFIG_RESOLVED_H_
#define SLUICE_RUNTIME_CONFIG_RESOLVED_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/config/provider.h"

namespace sluice::config {

// What the variables of a configuration became, by their text: "${env:TOKEN}" -> "abc".
using Variables = std::map<std::string, std::string>;

// Those of `raw`. Error: a provider failed.
StatusOr<Variables> ResolveVariables(const ConfigProviders& providers, const ConfigMap& raw);

// The variables of `raw` that stand in `resolved` as they were, each after the key that has it: no
// provider of that name, or none of its keys. As in the peer they are then plain text; whoever
// meant a secret should know.
std::vector<std::pair<std::string, std::string>> LiteralVariables(const ConfigMap& raw,
                                                                  const ConfigMap& resolved);

// A task's configuration as it is stored: WithRawVariables, and where another value holds what a
// variable became (a URL with a password) the variable stands there again. A task resolves it anew.
ConfigMap WithVariables(const ConfigMap& task_config, const ConfigMap& raw_connector_config,
                        const Variables& variables);

// `error`, which begins with `Invalid value V for configuration `, with `raw` for V; another text
// as it is.
std::string WithRawValue(const std::string& error, const std::string& raw);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_RESOLVED_H_
