// What a connection of ours needs of OpenSSL: whom it trusts, its own certificate, and whether the
// other side's must be of the host that was asked for. From Kafka's ssl.* keys, as the worker's
// other clients read them. For the group client and for requests between workers. Made once, then
// never changed: any thread.
#ifndef SLUICE_RUNTIME_TLS_CLIENT_CONTEXT_H_
#define SLUICE_RUNTIME_TLS_CLIENT_CONTEXT_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

struct ssl_ctx_st;
struct ssl_st;

namespace sluice::tls {

class ClientContext {
 public:
  // Reads ssl.keystore.*, ssl.truststore.*, ssl.key.password, ssl.cipher.suites, ssl.protocol,
  // ssl.enabled.protocols and ssl.endpoint.identification.algorithm; without a trust store the
  // system's roots are trusted.
  // `notes` gets what the log should say of them. Errors (ConfigException) name the key.
  static StatusOr<std::shared_ptr<const ClientContext>> Make(
      const std::map<std::string, std::string>& java, std::vector<std::string>& notes);
  ~ClientContext();
  ClientContext(const ClientContext&) = delete;
  ClientContext& operator=(const ClientContext&) = delete;

  ssl_ctx_st* native() const { return context_; }  // stays this object's
  // Before the handshake: the name that the server is told (SNI), and must prove.
  Status Prepare(ssl_st* connection, const std::string& host) const;
  // After one that failed: why the server's certificate was refused, if that is it.
  Status Explain(ssl_st* connection, std::string_view error) const;

 private:
  ClientContext(ssl_ctx_st* context, bool check_host)
      : context_(context), check_host_(check_host) {}

  ssl_ctx_st* const context_;
  const bool check_host_;
};

}  // namespace sluice::tls

#endif  // SLUICE_RUNTIME_TLS_CLIENT_CONTEXT_H_
