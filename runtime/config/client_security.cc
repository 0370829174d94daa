// TLS and SASL settings of clients.
#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/client_values.h"
#include "runtime/config/sasl_settings.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/server_context.h"

namespace sluice::config {
namespace {

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

std::string Text(const ClientSettings& settings, std::string_view key,
                 std::string_view otherwise = "") {
  return std::string(Trim(settings.java.Get(key, otherwise)));
}

// Set by somebody, or nothing. Passwords are taken as they are: blanks may belong to them.
std::optional<std::string> Given(const ClientSettings& settings, std::string_view key) {
  const std::string* value = settings.java.Find(key);
  if (value == nullptr || value->empty()) return std::nullopt;
  return *value;
}

tls::StoreSettings Store(const ClientSettings& settings, const std::string& prefix) {
  return {.key_prefix = prefix,
          .type = Given(settings, prefix + "type"),
          .location = Text(settings, prefix + "location"),
          .password = Given(settings, prefix + "password")};
}

// Whatever format a store has, librdkafka gets PEM.
Status ConvertStores(const ClientSettings& settings, ClientProperties& out) {
  tls::KeyStoreSettings keys{Store(settings, "ssl.keystore."), Given(settings, "ssl.key.password"),
                             Text(settings, "ssl.keystore.key"),
                             Text(settings, "ssl.keystore.certificate.chain")};
  SLUICE_ASSIGN_OR_RETURN(const tls::KeyStore own, tls::ReadKeyStore(keys));
  tls::TrustStoreSettings trust{Store(settings, "ssl.truststore."),
                                Text(settings, "ssl.truststore.certificates")};
  SLUICE_ASSIGN_OR_RETURN(const tls::TrustStore trusted, tls::ReadTrustStore(trust));
  if (!own.key_pem.empty()) {
    out.rdkafka["ssl.key.pem"] = own.key_pem;
    out.rdkafka["ssl.certificate.pem"] = own.chain_pem;
  }
  if (!trusted.certificates_pem.empty()) out.rdkafka["ssl.ca.pem"] = trusted.certificates_pem;
  for (const auto* notes : {&own.notes, &trusted.notes}) {
    out.ignored.insert(out.ignored.end(), notes->begin(), notes->end());
  }
  return OkStatus();
}

Status ConvertTls(const ClientSettings& settings, ClientProperties& out) {
  SLUICE_RETURN_IF_ERROR(ConvertStores(settings, out));
  // Those of TLS 1.3 are always on.
  SLUICE_ASSIGN_OR_RETURN(
      const tls::CipherSuites suites,
      tls::ParseCipherSuites("ssl.cipher.suites", SplitList(Text(settings, "ssl.cipher.suites"))));
  if (!suites.tls12.empty()) out.rdkafka["ssl.cipher.suites"] = suites.tls12;
  const std::string verify =
      ToLower(Text(settings, "ssl.endpoint.identification.algorithm", "https"));
  if (!verify.empty() && verify != "https") {
    return Invalid("ssl.endpoint.identification.algorithm", verify,
                   "expected https, or nothing to disable it");
  }
  out.rdkafka["ssl.endpoint.identification.algorithm"] = verify.empty() ? "none" : "https";
  return OkStatus();
}

Status ConvertSasl(const ClientSettings& settings, ClientProperties& out) {
  SLUICE_ASSIGN_OR_RETURN(SaslSettings sasl, ReadSasl(settings.java));
  out.rdkafka["sasl.mechanisms"] = sasl.mechanism;
  if (!sasl.kerberos_service.empty()) {
    out.rdkafka["sasl.kerberos.service.name"] = sasl.kerberos_service;
    out.rdkafka["sasl.kerberos.min.time.before.relogin"] = "0";  // never runs kinit
  } else if (sasl.tokens != nullptr) {
    out.tokens = std::move(sasl.tokens);
  } else {
    out.rdkafka["sasl.username"] = std::move(sasl.username);
    out.rdkafka["sasl.password"] = std::move(sasl.password);
  }
  return OkStatus();
}

}  // namespace

Status ConvertSecurity(const ClientSettings& settings, ClientProperties& out) {
  const std::string protocol = ToLower(Text(settings, "security.protocol", "PLAINTEXT"));
  out.rdkafka["security.protocol"] = protocol;
  if (protocol == "ssl" || protocol == "sasl_ssl")
    SLUICE_RETURN_IF_ERROR(ConvertTls(settings, out));
  if (protocol.starts_with("sasl_")) SLUICE_RETURN_IF_ERROR(ConvertSasl(settings, out));
  return OkStatus();
}

}  // namespace sluice::config
