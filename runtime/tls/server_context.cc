#include "runtime/tls/server_context.h"

#include <openssl/pem.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/openssl.h"

namespace sluice::tls {
namespace {

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

std::vector<CertificatePtr> ParseCertificates(std::string_view pem) {
  std::vector<CertificatePtr> certificates;
  const BioPtr bio = ReadFrom(pem);
  while (true) {
    CertificatePtr one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (one == nullptr) break;
    certificates.push_back(std::move(one));
  }
  ERR_clear_error();  // the end is an error, too
  return certificates;
}

Status UseIdentity(SSL_CTX* context, const ServerSettings& settings) {
  if (settings.key_pem.empty()) {
    return ConfigError(StrCat("An https listener needs a key and a certificate. Set ",
                              settings.key_prefix, "keystore.location and its password"));
  }
  const std::vector<CertificatePtr> chain = ParseCertificates(settings.chain_pem);
  const BioPtr bio = ReadFrom(settings.key_pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  bool used = key != nullptr && !chain.empty() &&
              SSL_CTX_use_certificate(context, chain.front().get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, key.get()) == 1;
  for (size_t i = 1; used && i < chain.size(); ++i) {
    used = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  }
  if (used) return OkStatus();
  return ConfigError(StrCat("The key of ", settings.key_prefix,
                            "keystore.location cannot be used for TLS: ", OpenSslError()));
}

// As in Java, a trusted certificate ends a chain even if it is no root.
Status UseClientAuth(SSL_CTX* context, const ServerSettings& settings) {
  using ClientAuth = ServerSettings::ClientAuth;
  if (settings.client_auth == ClientAuth::kNone) return OkStatus();
  const std::vector<CertificatePtr> trusted = ParseCertificates(settings.trusted_pem);
  if (trusted.empty()) {
    return ConfigError(StrCat(settings.key_prefix,
                              "client.auth asks clients for a certificate, and "
                              "there is nothing to check it with. Set ",
                              settings.key_prefix, "truststore.location"));
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const CertificatePtr& one : trusted) {
    X509_STORE_add_cert(store, one.get());
    SSL_CTX_add_client_CA(context, one.get());
  }
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(
      context,
      SSL_VERIFY_PEER |
          (settings.client_auth == ClientAuth::kRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
      nullptr);
  return OkStatus();
}

Status UseProtocols(SSL_CTX* context, const ServerSettings& settings, const CipherSuites& suites) {
  const std::string key = settings.key_prefix + "enabled.protocols";
  bool tls12 = false, tls13 = false;
  for (const std::string& name : settings.protocols) {
    if (name == "TLSv1.2") {
      tls12 = true;
    } else if (name == "TLSv1.3") {
      tls13 = true;
    } else {
      return Invalid(key, name, "expected TLSv1.2 and TLSv1.3, or one of them");
    }
  }
  if (settings.protocols.empty()) tls12 = tls13 = true;
  if (!settings.cipher_suites.empty()) {
    tls12 = tls12 && !suites.tls12.empty();
    tls13 = tls13 && !suites.tls13.empty();
  }
  if (!tls12 && !tls13) {
    return Invalid(settings.key_prefix + "cipher.suites", StrJoin(settings.cipher_suites, ","),
                   StrCat("none of them belongs to a protocol of ", key));
  }
  SSL_CTX_set_min_proto_version(context, tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  if ((suites.tls12.empty() || SSL_CTX_set_cipher_list(context, suites.tls12.c_str()) == 1) &&
      (suites.tls13.empty() || SSL_CTX_set_ciphersuites(context, suites.tls13.c_str()) == 1)) {
    return OkStatus();
  }
  return Invalid(settings.key_prefix + "cipher.suites", StrJoin(settings.cipher_suites, ","),
                 StrCat("OpenSSL does not take them: ", OpenSslError()));
}

// HTTP/1.1 or nothing; who asks for other protocols only goes on without.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp, sizeof kHttp - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

StatusOr<CipherSuites> ParseCipherSuites(std::string_view key,
                                         const std::vector<std::string>& names) {
  std::vector<std::string> tls12, tls13;
  for (const std::string& name : names) {
    if (name.starts_with("TLS_AES_") || name.starts_with("TLS_CHACHA20_")) {
      tls13.push_back(name);
      continue;
    }
    const char* openssl = OPENSSL_cipher_name(name.c_str());
    if (openssl == nullptr || std::strcmp(openssl, "(NONE)") == 0) {
      return Invalid(key, name, "this cipher suite is not known here");
    }
    tls12.emplace_back(openssl);
  }
  return CipherSuites{StrJoin(tls12, ":"), StrJoin(tls13, ":")};
}

StatusOr<std::shared_ptr<const ServerContext>> ServerContext::Make(const ServerSettings& settings) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return ConnectError(StrCat("OpenSSL: ", OpenSslError()));
  SLUICE_ASSIGN_OR_RETURN(
      const CipherSuites suites,
      ParseCipherSuites(settings.key_prefix + "cipher.suites", settings.cipher_suites));
  SLUICE_RETURN_IF_ERROR(UseProtocols(context.get(), settings, suites));
  SLUICE_RETURN_IF_ERROR(UseIdentity(context.get(), settings));
  SLUICE_RETURN_IF_ERROR(UseClientAuth(context.get(), settings));
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  static constexpr unsigned char kSessionContext[] = "sluice";
  SSL_CTX_set_session_id_context(context.get(), kSessionContext, sizeof kSessionContext - 1);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseProtocol, nullptr);
  ERR_clear_error();
  return std::shared_ptr<const ServerContext>(new ServerContext(context.release()));
}

ServerContext::~ServerContext() { SSL_CTX_free(context_); }

}  // namespace sluice::tls
