// An identity provider that gives tokens for a client id and its secret (RFC 6749, 4.4), by
// sasl.oauthbearer.token.endpoint.url. Blocks; any thread. For sasl_oauth.cc.
#ifndef SLUICE_RUNTIME_CLUSTER_SASL_TOKEN_ENDPOINT_H_
#define SLUICE_RUNTIME_CLUSTER_SASL_TOKEN_ENDPOINT_H_

#include <map>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/cluster/kafka_wire.h"
#include "runtime/config/jaas.h"
#include "runtime/tls/client_context.h"

namespace sluice::cluster {

class TokenEndpoint {
 public:
  // Id, secret and scope are sasl.oauthbearer.client.credentials.client.id, .client.secret and
  // sasl.oauthbearer.scope, or clientId, clientSecret and scope of the JAAS text; that text's ssl.*
  // say whom to trust. Errors (ConfigException) name the key.
  static StatusOr<std::shared_ptr<TokenEndpoint>> Make(
      const std::string& url, const std::map<std::string, std::string>& java,
      const config::JaasEntry& jaas);

  // The last one for the first four fifths of its life, then a new one. Errors (ConnectException)
  // name the URL, and hold neither secret nor token.
  StatusOr<std::string> Token();

 private:
  struct Fetched {
    std::string token;
    milliseconds life{0};
  };
  StatusOr<Fetched> Fetch() const;
  StatusOr<std::string> Post() const;  // the answer's body

  std::string url_, path_;
  HostPort server_;
  std::shared_ptr<const tls::ClientContext> tls_;  // null: http
  std::string authorization_, form_;               // secrets
  milliseconds timeout_{10'000};                   // of each step

  Mutex mutex_;
  Fetched last_ ABSL_GUARDED_BY(mutex_);
  TimePoint renew_at_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_SASL_TOKEN_ENDPOINT_H_
