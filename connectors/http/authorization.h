// The Authorization header: none, a fixed one, Basic, Bearer, or a token of OAuth 2; and the keys
// that say which, Aiven's and Confluent's. One thread, but for Wake.
#ifndef SLUICE_CONNECTORS_HTTP_AUTHORIZATION_H_
#define SLUICE_CONNECTORS_HTTP_AUTHORIZATION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/http/client.h"
#include "connectors/http/oauth2.h"
#include "connectors/http/secrets.h"
#include "connectors/sdk/config.h"

namespace sluice::http {

struct AuthorizationOptions {
  std::string header;                   // what it is worth; empty: none, or a token
  std::optional<OAuth2Options> oauth2;  // then tokens
  StatusSet renew_on;                   // a token is fetched anew after these
  Secrets secrets;                      // that no text may show
};

// Adds the keys to `keys`.
void AddAuthorizationKeys(sdk::ConfigDef& keys);
// Throws ConfigException, which names the key.
AuthorizationOptions ReadAuthorization(const sdk::Config& config);

class Authorization {
 public:
  // `token_client` is needed for OAuth 2 only, and sends nothing else.
  Authorization(AuthorizationOptions options, std::unique_ptr<Client> token_client, Now now);

  // Sets the header, fetching a token if need be, for `most` at most. Throws as OAuth2::Token does.
  // Answers the token that it has set, or "". Nothing: there is no token yet; call again.
  std::optional<std::string> Set(Headers& headers, std::chrono::milliseconds most);
  // The answer to a request with that token: true if another token should be tried.
  bool Refused(int status, const std::string& token);
  std::optional<std::chrono::milliseconds> retry_after() const;
  // Configured secrets, and the token.
  Secrets SecretsWith(const std::string& token) const;
  // Any thread: ends the wait for a token.
  void Wake() {
    if (token_client_ != nullptr) token_client_->Wake();
  }

 private:
  const AuthorizationOptions options_;
  const std::unique_ptr<Client> token_client_;
  std::unique_ptr<OAuth2> oauth2_;
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_AUTHORIZATION_H_
