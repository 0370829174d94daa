// Tokens that nobody signed, for tests and development: what the options unsecuredLogin... of the
// JAAS text say, as the peer's OAuthBearerUnsecuredLoginCallbackHandler makes them. For
// token_source.cc. Pure, any thread.
#ifndef SLUICE_RUNTIME_OAUTH_UNSECURED_TOKEN_H_
#define SLUICE_RUNTIME_OAUTH_UNSECURED_TOKEN_H_

#include <cstdint>
#include <map>
#include <string>

#include "runtime/base/status.h"
#include "runtime/oauth/token_source.h"

namespace sluice::oauth {

// Made at `now_ms` since the epoch. Error (ConfigException): no principal, or a claim that makes no
// sense.
StatusOr<Token> MakeUnsecuredToken(const std::map<std::string, std::string>& options,
                                   int64_t now_ms);

}  // namespace sluice::oauth

#endif  // SLUICE_RUNTIME_OAUTH_UNSECURED_TOKEN_H_
