// Where tokens of OAuth come from: those of sasl.mechanism=OAUTHBEARER, as Kafka's own client finds
// them, and those that a schema registry is asked with. Unsecured ones that the JAAS text describes
// (for tests and development), or those of sasl.oauthbearer.token.endpoint.url: a file, read anew
// each time, or an identity provider that is asked with client credentials. For all clients of the
// worker: who asks with the same settings shares one source, and so one token.
#ifndef SLUICE_RUNTIME_OAUTH_TOKEN_SOURCE_H_
#define SLUICE_RUNTIME_OAUTH_TOKEN_SOURCE_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace sluice::oauth {

struct TokenSettings {
  std::string url = {};  // sasl.oauthbearer.token.endpoint.url; empty: unsecured tokens
  std::string url_key = "sasl.oauthbearer.token.endpoint.url";  // what errors call it
  std::string client_id = {}, client_secret = {}, scope = {};   // secrets
  bool url_encode = false;                                      // sasl.oauthbearer.header.urlencode
  std::string subject_claim = "sub";                            // sasl.oauthbearer.sub.claim.name
  // Of the JAAS text: unsecuredLogin..., extension_..., and the ssl.... of an https endpoint.
  std::map<std::string, std::string> options = {};
  milliseconds connect_timeout{10'000}, read_timeout{10'000};  // sasl.login....timeout.ms
  // sasl.login.retry.backoff.ms and .max.ms; the latter is how long it is tried, all in all.
  milliseconds retry_backoff{100}, retry_backoff_max{10'000};
  milliseconds expiry_buffer{0};  // a provider's token is renewed this long before its end at least

  friend auto operator<=>(const TokenSettings&, const TokenSettings&) = default;
};

struct Token {
  std::string value;          // a secret
  std::string principal;      // whose it is; empty if that cannot be read
  int64_t expires_at_ms = 0;  // since the epoch
};

// Any thread.
class TokenSource {
 public:
  // Asks nobody yet. Errors (ConfigException) name the key.
  static StatusOr<std::shared_ptr<TokenSource>> Make(const TokenSettings& settings);
  explicit TokenSource(std::function<StatusOr<Token>(Waiter*)> next) : next_(std::move(next)) {}

  // One that is good for a fifth of its life at least. Blocks for as long as the settings allow a
  // file or an identity provider; serves `waiter` meanwhile, and answers StoppedError if that says
  // stop. Other errors (ConnectException or ConfigException; retriable: it may pass) name the key,
  // and hold neither secret nor token.
  StatusOr<Token> Next(Waiter* waiter = nullptr) const;
  // SASL extensions that go with each token.
  const std::vector<std::pair<std::string, std::string>>& extensions() const { return extensions_; }

 private:
  const std::function<StatusOr<Token>(Waiter*)> next_;
  std::vector<std::pair<std::string, std::string>> extensions_;
};

// How long a token that lives for `life` is used: four fifths of that, or until `buffer` before its
// end, if it lives that long.
milliseconds RenewAfter(milliseconds life, milliseconds buffer);

// What `token` says of itself, if it is a JWT: whose it is and until when. Nothing is verified:
// that is the broker's to do. What it does not say keeps its value in `token`.
void ReadClaims(const std::string& subject_claim, Token& token);

}  // namespace sluice::oauth

#endif  // SLUICE_RUNTIME_OAUTH_TOKEN_SOURCE_H_
