#include "runtime/cluster/kafka_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/server_context.h"

namespace sluice::cluster {
namespace {

using Settings = std::map<std::string, std::string>;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Free<X509_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

std::string OpenSslError() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown error" : reason;
}

std::string Text(const Settings& settings, const std::string& key,
                 std::string_view otherwise = "") {
  const auto found = settings.find(key);
  return std::string(Trim(found == settings.end() ? otherwise : found->second));
}

// Passwords are taken as they are: blanks may belong to them.
std::optional<std::string> Given(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  if (found == settings.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

tls::StoreSettings Store(const Settings& settings, const std::string& prefix) {
  return {.key_prefix = prefix,
          .type = Given(settings, prefix + "type"),
          .location = Text(settings, prefix + "location"),
          .password = Given(settings, prefix + "password")};
}

BioPtr ReadFrom(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Status UseKeyStore(SSL_CTX* context, const Settings& settings) {
  const tls::KeyStoreSettings keys{
      Store(settings, "ssl.keystore."), Given(settings, "ssl.key.password"),
      Text(settings, "ssl.keystore.key"), Text(settings, "ssl.keystore.certificate.chain")};
  SLUICE_ASSIGN_OR_RETURN(const tls::KeyStore own, tls::ReadKeyStore(keys));
  for (const std::string& note : own.notes) LogInfo("cluster", "Ignored: ", note);
  if (own.key_pem.empty()) return OkStatus();
  const BioPtr key_bio = ReadFrom(own.key_pem), chain_bio = ReadFrom(own.chain_pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  bool used = key != nullptr;
  for (bool first = true; used; first = false) {
    const CertificatePtr one(PEM_read_bio_X509(chain_bio.get(), nullptr, nullptr, nullptr));
    if (one == nullptr) {
      used = !first;
      break;
    }
    used = first ? SSL_CTX_use_certificate(context, one.get()) == 1
                 : SSL_CTX_add1_chain_cert(context, one.get()) == 1;
  }
  if (used && SSL_CTX_use_PrivateKey(context, key.get()) == 1) {
    ERR_clear_error();
    return OkStatus();
  }
  return ConfigError(
      StrCat("The key of ssl.keystore.location cannot be used for TLS: ", OpenSslError()));
}

// As in Java, a trusted certificate ends a chain even if it is no root.
Status UseTrustStore(SSL_CTX* context, const Settings& settings) {
  const tls::TrustStoreSettings trust{Store(settings, "ssl.truststore."),
                                      Text(settings, "ssl.truststore.certificates")};
  SLUICE_ASSIGN_OR_RETURN(const tls::TrustStore trusted, tls::ReadTrustStore(trust));
  for (const std::string& note : trusted.notes) LogInfo("cluster", "Ignored: ", note);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  if (trusted.certificates_pem.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else {
    const BioPtr bio = ReadFrom(trusted.certificates_pem);
    while (true) {
      const CertificatePtr one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
      if (one == nullptr) break;
      X509_STORE_add_cert(store, one.get());
    }
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  ERR_clear_error();  // the end of a PEM is an error, too
  return OkStatus();
}

// Those of TLS 1.3 are always on, as with the other clients.
Status UseCipherSuites(SSL_CTX* context, const Settings& settings) {
  const std::string names = Text(settings, "ssl.cipher.suites");
  SLUICE_ASSIGN_OR_RETURN(const tls::CipherSuites suites,
                          tls::ParseCipherSuites("ssl.cipher.suites", SplitList(names)));
  if (suites.tls12.empty() || SSL_CTX_set_cipher_list(context, suites.tls12.c_str()) == 1) {
    return OkStatus();
  }
  return ConfigError(
      StrCat("Invalid value ", names,
             " for configuration ssl.cipher.suites: OpenSSL does not take them: ", OpenSslError()));
}

}  // namespace

StatusOr<std::shared_ptr<const KafkaTls>> KafkaTls::Make(const Settings& java) {
  const std::string verify = ToLower(Text(java, "ssl.endpoint.identification.algorithm", "https"));
  if (!verify.empty() && verify != "https") {
    return ConfigError(StrCat("Invalid value ", verify,
                              " for configuration ssl.endpoint.identification.algorithm: expected "
                              "https, or nothing to disable it"));
  }
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return ConnectError(StrCat("OpenSSL: ", OpenSslError()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SLUICE_RETURN_IF_ERROR(UseCipherSuites(context.get(), java));
  SLUICE_RETURN_IF_ERROR(UseKeyStore(context.get(), java));
  SLUICE_RETURN_IF_ERROR(UseTrustStore(context.get(), java));
  return std::shared_ptr<const KafkaTls>(new KafkaTls(context.release(), !verify.empty()));
}

KafkaTls::~KafkaTls() { SSL_CTX_free(context_); }

Status KafkaTls::Prepare(SSL* connection, const std::string& host) const {
  boost::system::error_code not_numeric;
  boost::asio::ip::make_address(host, not_numeric);
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  bool done = true;
  if (not_numeric) {
    done = SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
    if (check_host_) done = done && SSL_set1_host(connection, host.c_str()) == 1;
  } else if (check_host_) {
    done = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  }
  if (done) return OkStatus();
  return ConnectError(StrCat("TLS cannot be set up for the name ", host, ": ", OpenSslError()));
}

Status KafkaTls::Explain(SSL* connection, std::string_view error) const {
  const long result = SSL_get_verify_result(connection);
  if (result == X509_V_OK) {
    return ConnectError(StrCat("the TLS handshake failed: ", error,
                               ". Is security.protocol that of the listener?"));
  }
  const bool name =
      result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH;
  return ConnectError(StrCat(
      "the broker's certificate is refused: ", X509_verify_cert_error_string(result),
      name ? ". It must name the host in its subjectAltName, or set "
             "ssl.endpoint.identification.algorithm to nothing"
           : ". Set ssl.truststore.location to a store with the certificate of who signed it"));
}

}  // namespace sluice::cluster
