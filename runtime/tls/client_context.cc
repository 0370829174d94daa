#include "runtime/tls/client_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/openssl.h"
#include "runtime/tls/server_context.h"

namespace sluice::tls {
namespace {

using Settings = std::map<std::string, std::string>;
using Notes = std::vector<std::string>;

bool IsAddress(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes) == 1;
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

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

StoreSettings Store(const Settings& settings, const std::string& prefix) {
  return {.key_prefix = prefix,
          .type = Given(settings, prefix + "type"),
          .location = Text(settings, prefix + "location"),
          .password = Given(settings, prefix + "password")};
}

Status UseKeyStore(SSL_CTX* context, const Settings& settings, Notes& notes) {
  const KeyStoreSettings keys{Store(settings, "ssl.keystore."), Given(settings, "ssl.key.password"),
                              Text(settings, "ssl.keystore.key"),
                              Text(settings, "ssl.keystore.certificate.chain")};
  SLUICE_ASSIGN_OR_RETURN(const KeyStore own, ReadKeyStore(keys));
  notes.insert(notes.end(), own.notes.begin(), own.notes.end());
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
Status UseTrustStore(SSL_CTX* context, const Settings& settings, Notes& notes) {
  const TrustStoreSettings trust{Store(settings, "ssl.truststore."),
                                 Text(settings, "ssl.truststore.certificates")};
  SLUICE_ASSIGN_OR_RETURN(const TrustStore trusted, ReadTrustStore(trust));
  notes.insert(notes.end(), trusted.notes.begin(), trusted.notes.end());
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
  SLUICE_ASSIGN_OR_RETURN(const CipherSuites suites,
                          ParseCipherSuites("ssl.cipher.suites", SplitList(names)));
  if (suites.tls12.empty() || SSL_CTX_set_cipher_list(context, suites.tls12.c_str()) == 1) {
    return OkStatus();
  }
  return Invalid("ssl.cipher.suites", names,
                 StrCat("OpenSSL does not take them: ", OpenSslError()));
}

// Whether `name` is one of Java's that nobody should speak any more: taken, and not offered.
bool IsOutdated(std::string_view name) {
  for (const char* old : {"SSL", "SSLv2", "SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1"}) {
    if (name == old) return true;
  }
  return false;
}

// As in Java, ssl.enabled.protocols decides if it is there, else ssl.protocol.
Status UseProtocols(SSL_CTX* context, const Settings& settings, Notes& notes) {
  constexpr const char* kEnabled = "ssl.enabled.protocols";
  constexpr std::string_view kExpected = "expected TLSv1.2 and TLSv1.3, or one of them";
  const std::string protocol = Text(settings, "ssl.protocol", "TLS");
  if (!protocol.empty() && protocol != "TLS" && protocol != "TLSv1.2" && protocol != "TLSv1.3" &&
      !IsOutdated(protocol)) {
    return Invalid("ssl.protocol", protocol, "expected TLSv1.3, TLSv1.2 or TLS");
  }
  const std::string list = Text(settings, kEnabled);
  const auto names = SplitList(list);
  bool tls12 = names.empty(), tls13 = names.empty() && protocol != "TLSv1.2";
  for (const std::string& name : names) {
    if (name == "TLSv1.2") {
      tls12 = true;
    } else if (name == "TLSv1.3") {
      tls13 = true;
    } else if (IsOutdated(name)) {
      notes.push_back(StrCat(kEnabled, ": ", name, " is not offered"));
    } else {
      return Invalid(kEnabled, name, kExpected);
    }
  }
  if (!tls12 && !tls13) return Invalid(kEnabled, list, kExpected);
  SSL_CTX_set_min_proto_version(context, tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  return OkStatus();
}

}  // namespace

StatusOr<std::shared_ptr<const ClientContext>> ClientContext::Make(
    const Settings& java, std::vector<std::string>& notes) {
  const std::string verify = ToLower(Text(java, "ssl.endpoint.identification.algorithm", "https"));
  if (!verify.empty() && verify != "https") {
    return Invalid("ssl.endpoint.identification.algorithm", verify,
                   "expected https, or nothing to disable it");
  }
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return ConnectError(StrCat("OpenSSL: ", OpenSslError()));
  SLUICE_RETURN_IF_ERROR(UseProtocols(context.get(), java, notes));
  SLUICE_RETURN_IF_ERROR(UseCipherSuites(context.get(), java));
  SLUICE_RETURN_IF_ERROR(UseKeyStore(context.get(), java, notes));
  SLUICE_RETURN_IF_ERROR(UseTrustStore(context.get(), java, notes));
  return std::shared_ptr<const ClientContext>(
      new ClientContext(context.release(), !verify.empty()));
}

ClientContext::~ClientContext() { SSL_CTX_free(context_); }

Status ClientContext::Prepare(SSL* connection, const std::string& host) const {
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  bool done = true;
  if (!IsAddress(host)) {
    done = SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
    if (check_host_) done = done && SSL_set1_host(connection, host.c_str()) == 1;
  } else if (check_host_) {
    done = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  }
  if (done) return OkStatus();
  return ConnectError(StrCat("TLS cannot be set up for the name ", host, ": ", OpenSslError()));
}

Status ClientContext::Explain(SSL* connection, std::string_view error) const {
  const long result = SSL_get_verify_result(connection);
  if (result == X509_V_OK) {
    return ConnectError(StrCat("the TLS handshake failed: ", error,
                               ". Does the listener speak TLS, and one that this side allows?"));
  }
  const bool name =
      result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH;
  return ConnectError(StrCat(
      "the server's certificate is refused: ", X509_verify_cert_error_string(result),
      name ? ". It must name the host in its subjectAltName, or set "
             "ssl.endpoint.identification.algorithm to nothing"
           : ". Set ssl.truststore.location to a store with the certificate of who signed it"));
}

}  // namespace sluice::tls
