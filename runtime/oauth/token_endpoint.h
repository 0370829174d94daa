// An identity provider that gives tokens for a client id and its secret (RFC 6749, 4.4). Blocks;
// any thread. For token_source.cc.
#ifndef SLUICE_RUNTIME_OAUTH_TOKEN_ENDPOINT_H_
#define SLUICE_RUNTIME_OAUTH_TOKEN_ENDPOINT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/http/client.h"
#include "runtime/oauth/token_source.h"

namespace sluice::oauth {

class TokenEndpoint {
 public:
  // The options' ssl.* say whom to trust. Errors (ConfigException) name the key.
  static StatusOr<std::shared_ptr<TokenEndpoint>> Make(const TokenSettings& settings);

  // The last one for the first four fifths of its life, then a new one. What may pass (no answer, a
  // status of 429 or 500) is tried again as long as the settings say. Whoever waits while another
  // thread asks gets that thread's answer, be it an error. Errors (ConnectException) name the URL
  // and its key, and hold neither secret nor token. `waiter` is served meanwhile; StoppedError if
  // it says stop.
  StatusOr<Token> Next(Waiter* waiter);

 private:
  struct Fetched {
    Token token;
    milliseconds life{0};  // 0: not told
  };
  // True: the caller is the one who asks. Else there is an answer already.
  StatusOr<bool> Claim(Waiter* waiter);
  StatusOr<Fetched> FetchPatiently(Waiter* waiter) const;
  // Errors that may pass are retriable.
  StatusOr<Fetched> Fetch(Waiter* waiter) const;

  TokenSettings settings_;
  std::unique_ptr<http::Client> client_;
  http::Request request_;  // its headers and body are secrets

  Mutex mutex_;
  CondVar answered_;
  bool asking_ ABSL_GUARDED_BY(mutex_) = false;   // somebody
  uint64_t answers_ ABSL_GUARDED_BY(mutex_) = 0;  // so far
  Token last_ ABSL_GUARDED_BY(mutex_);
  TimePoint renew_at_ ABSL_GUARDED_BY(mutex_);
  Status failure_ ABSL_GUARDED_BY(mutex_);  // what the last answer was, if it was no token
};

}  // namespace sluice::oauth

#endif  // SLUICE_RUNTIME_OAUTH_TOKEN_ENDPOINT_H_
