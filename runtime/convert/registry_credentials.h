// Who a converter says it is to its schema registry: name and password, a token, or where tokens
// come from, by the keys of Confluent's client; and its TLS keys. For registry_settings.cc; pure.
#ifndef SLUICE_RUNTIME_CONVERT_REGISTRY_CREDENTIALS_H_
#define SLUICE_RUNTIME_CONVERT_REGISTRY_CREDENTIALS_H_

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/schema_registry/client_options.h"

namespace sluice::convert {

// basic.auth.*, bearer.auth.* and schema.registry.ssl.*.
void AddRegistryCredentials(config::ConfigDef& def);

// Into `client`, whose `ssl` is there already: it is whom to trust of those who give tokens, too.
// ConfigException: something is missing, or there are two ways at once; it holds no secret.
Status ReadRegistryCredentials(const config::ParsedConfig& config,
                               const config::ConfigMap& settings,
                               schema_registry::ClientOptions& client);

}  // namespace sluice::convert

#endif  // SLUICE_RUNTIME_CONVERT_REGISTRY_CREDENTIALS_H_
