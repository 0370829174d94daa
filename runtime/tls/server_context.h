// What a TLS listener needs of OpenSSL: its certificate, who may connect, protocols and ciphers.
// Made at start by the worker, shared by all connections of a listener, never changed: any thread.
#ifndef SLUICE_RUNTIME_TLS_SERVER_CONTEXT_H_
#define SLUICE_RUNTIME_TLS_SERVER_CONTEXT_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

struct ssl_ctx_st;

namespace sluice::tls {

struct ServerSettings {
  std::string key_prefix = "ssl.";  // for messages
  std::string key_pem, chain_pem;   // of KeyStore
  std::string trusted_pem;          // of TrustStore; needed to ask for client certificates
  enum class ClientAuth { kNone, kRequested, kRequired } client_auth = ClientAuth::kNone;
  std::vector<std::string> protocols = {"TLSv1.2", "TLSv1.3"};  // ssl.enabled.protocols
  std::vector<std::string> cipher_suites;  // ssl.cipher.suites, Java's names; empty: OpenSSL's own
};

class ServerContext {
 public:
  // Errors (ConfigException) name the key.
  static StatusOr<std::shared_ptr<const ServerContext>> Make(const ServerSettings& settings);
  ~ServerContext();
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  ssl_ctx_st* native() const { return context_; }  // stays this object's

 private:
  explicit ServerContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* const context_;
};

// Java's names of cipher suites (those of the RFCs) as OpenSSL takes them: up to TLS 1.2 as a list
// with colons, and those of TLS 1.3. Error (ConfigException) names `key` and the unknown suite.
struct CipherSuites {
  std::string tls12, tls13;  // empty: none was named
};
StatusOr<CipherSuites> ParseCipherSuites(std::string_view key,
                                         const std::vector<std::string>& names);

}  // namespace sluice::tls

#endif  // SLUICE_RUNTIME_TLS_SERVER_CONTEXT_H_
