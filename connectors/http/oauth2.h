// Tokens by OAuth 2's client credentials grant (RFC 6749, 4.4): fetched when one is first needed,
// kept, and fetched anew before it expires, or after a server has refused it. A request for one
// stays under way between calls, so that nobody has to wait for it. One thread.
#ifndef SLUICE_CONNECTORS_HTTP_OAUTH2_H_
#define SLUICE_CONNECTORS_HTTP_OAUTH2_H_

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/http/client.h"
#include "connectors/http/retry.h"
#include "connectors/http/secrets.h"

namespace sluice::http {

struct OAuth2Options {
  std::string token_url;
  std::string client_id, client_secret;
  std::string scope;     // empty: none is asked for
  bool in_body = false;  // id and secret as fields of the form; else as a Basic header
  Headers headers = {};  // more of them
  std::string token_property = "access_token";
  std::string grant_type_property = "grant_type", grant_type = "client_credentials";
  std::string scope_property = "scope";
  std::string client_id_property = "client_id", client_secret_property = "client_secret";
  Secrets secrets = {};  // all of this that no text may show
};

class OAuth2 {
 public:
  // `client` sends nothing else, and ends a request that takes too long.
  OAuth2(OAuth2Options options, Client& client, Now now)
      : options_(std::move(options)), client_(client), now_(std::move(now)) {}

  // The token, waiting for it up to `most`; nullptr: it is not there yet, or the client was woken.
  // Throws RetriableException (nobody answers, 429, 5xx; retry_after() tells when it may be asked
  // for again), ConnectException (it is refused, or the answer has none). Neither names a secret.
  const std::string* Token(std::chrono::milliseconds most);
  // The scheme that goes before it in the header: Bearer, unless the server said another.
  const std::string& token_type() const { return token_type_; }
  // The token that a server has refused: the next Token() fetches another, unless that has
  // happened.
  void Refused(const std::string& token);
  // Of the last failure that may pass.
  std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

 private:
  Request MakeRequest() const;
  void Take(const Outcome& outcome);

  const OAuth2Options options_;
  Client& client_;
  const Now now_;
  std::string token_, token_type_ = "Bearer";
  std::optional<TimePoint> renew_at_;
  std::optional<TimePoint> asked_at_;  // when Token() last ended that waited for the server
  std::optional<std::chrono::milliseconds> retry_after_;
};

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_OAUTH2_H_
