// What a connection to a broker needs of OpenSSL: whom it trusts, its own certificate, and whether
// the broker's must be of the host that was asked for. From Kafka's ssl.* keys, as the worker's
// other clients read them. Made once, then never changed: any thread.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_TLS_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_TLS_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

struct ssl_ctx_st;
struct ssl_st;

namespace sluice::cluster {

class KafkaTls {
 public:
  // Reads ssl.keystore.*, ssl.truststore.*, ssl.key.password, ssl.cipher.suites and
  // ssl.endpoint.identification.algorithm; without a trust store the system's roots are trusted.
  // Errors (ConfigException) name the key.
  static StatusOr<std::shared_ptr<const KafkaTls>> Make(
      const std::map<std::string, std::string>& java);
  ~KafkaTls();
  KafkaTls(const KafkaTls&) = delete;
  KafkaTls& operator=(const KafkaTls&) = delete;

  ssl_ctx_st* native() const { return context_; }  // stays this object's
  // Before the handshake: the name that the broker is told (SNI), and must prove.
  Status Prepare(ssl_st* connection, const std::string& host) const;
  // After one that failed: why the broker's certificate was refused, if that is it.
  Status Explain(ssl_st* connection, std::string_view error) const;

 private:
  KafkaTls(ssl_ctx_st* context, bool check_host) : context_(context), check_host_(check_host) {}

  ssl_ctx_st* const context_;
  const bool check_host_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_TLS_H_
