// OAUTHBEARER (RFC 7628) with the tokens of runtime/oauth. For sasl.cc.
#ifndef SLUICE_RUNTIME_CLUSTER_SASL_OAUTH_H_
#define SLUICE_RUNTIME_CLUSTER_SASL_OAUTH_H_

#include <memory>

#include "runtime/cluster/sasl.h"
#include "runtime/oauth/token_source.h"

namespace sluice::cluster {

std::shared_ptr<const SaslMechanism> NewOAuthMechanism(std::shared_ptr<oauth::TokenSource> tokens);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_SASL_OAUTH_H_
