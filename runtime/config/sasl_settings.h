// Who a client says it is to a broker, by Kafka's sasl.* keys: read in one way for librdkafka's
// clients (client_security.cc) and for the group's (runtime/cluster). Any thread.
#ifndef SLUICE_RUNTIME_CONFIG_SASL_SETTINGS_H_
#define SLUICE_RUNTIME_CONFIG_SASL_SETTINGS_H_

#include <memory>
#include <string>

#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/oauth/token_source.h"

namespace sluice::config {

// Secrets: never log them.
struct SaslSettings {
  std::string mechanism;
  std::string username, password;              // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
  std::string kerberos_service;                // GSSAPI
  std::shared_ptr<oauth::TokenSource> tokens;  // OAUTHBEARER
};

// `java`: the client's effective settings. A login module is code, so only the one that goes with
// the mechanism is taken, and no callback handler but the peer's own. Errors (ConfigException) name
// the key, and hold no secret.
StatusOr<SaslSettings> ReadSasl(const ConfigMap& java);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_SASL_SETTINGS_H_
