// OAUTHBEARER (RFC 7628) with the tokens that Kafka's own client makes or fetches: unsecured ones
// of the JAAS text (unsecuredLoginStringClaim_sub and so on, for tests and development), or those
// of sasl.oauthbearer.token.endpoint.url: a file (file:///...), read anew each time, or an
// identity provider that is asked with client credentials. For sasl.cc.
#ifndef SLUICE_RUNTIME_CLUSTER_SASL_OAUTH_H_
#define SLUICE_RUNTIME_CLUSTER_SASL_OAUTH_H_

#include <map>
#include <memory>
#include <string>

#include "runtime/base/status.h"
#include "runtime/cluster/sasl.h"
#include "runtime/config/jaas.h"

namespace sluice::cluster {

// Errors (ConfigException) name the key.
StatusOr<std::shared_ptr<const SaslMechanism>> NewOAuthMechanism(
    const std::map<std::string, std::string>& java, const config::JaasEntry& jaas);

// The token of unsecuredLogin*, made at `now_ms` since the epoch. Error (ConfigException): no
// principal, or a claim that makes no sense.
StatusOr<std::string> MakeUnsecuredToken(const config::JaasEntry& jaas, int64_t now_ms);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_SASL_OAUTH_H_
