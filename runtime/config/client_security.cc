// TLS and SASL settings of clients.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <vector>

#include "runtime/base/text.h"
#include "runtime/config/client_values.h"
#include "runtime/config/jaas.h"

namespace sluice::config {
namespace {

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

std::string Text(const ClientSettings& settings, std::string_view key,
                 std::string_view otherwise = "") {
  return std::string(Trim(settings.java.Get(key, otherwise)));
}

enum class StoreType { kPem, kPkcs12 };

// What a store is: said by its type, or, as in Java where JKS stands for both, seen in its first
// bytes.
StatusOr<StoreType> TypeOfStore(const ClientSettings& settings, const std::string& which) {
  const std::string type_key = StrCat("ssl.", which, ".type"),
                    location_key = StrCat("ssl.", which, ".location");
  const std::string type = Text(settings, type_key, "JKS"), path = Text(settings, location_key);
  if (EqualsIgnoreCase(type, "PEM")) return StoreType::kPem;
  if (EqualsIgnoreCase(type, "PKCS12")) return StoreType::kPkcs12;
  if (!EqualsIgnoreCase(type, "JKS")) return Invalid(type_key, type, "expected PEM or PKCS12");
  unsigned char first = 0;
  if (FILE* file = std::fopen(path.c_str(), "re")) {
    if (std::fread(&first, 1, 1, file) != 1) first = 0;
    std::fclose(file);
  } else {
    return Invalid(location_key, path, "the file cannot be read");
  }
  if (first == 0x30) return StoreType::kPkcs12;  // a DER sequence
  if (first == '-') return StoreType::kPem;
  return Invalid(location_key, path,
                 StrCat("a JKS store cannot be read here; convert it (keytool -importkeystore "
                        "-deststoretype pkcs12, "
                        "then openssl pkcs12 -out store.pem) and set ",
                        type_key, "=PEM"));
}

Status ConvertKeystore(const ClientSettings& settings, ClientProperties& out) {
  const std::string path = Text(settings, "ssl.keystore.location"),
                    key = Text(settings, "ssl.keystore.key");
  const std::string key_password = Text(settings, "ssl.key.password");
  if (!key.empty()) {
    const std::string chain = Text(settings, "ssl.keystore.certificate.chain");
    if (chain.empty()) {
      return ConfigError(
          "ssl.keystore.key needs its certificates in ssl.keystore.certificate.chain");
    }
    out.rdkafka["ssl.key.pem"] = key;
    out.rdkafka["ssl.certificate.pem"] = chain;
  } else if (!path.empty()) {
    SLUICE_ASSIGN_OR_RETURN(const StoreType type, TypeOfStore(settings, "keystore"));
    if (type == StoreType::kPkcs12) {
      out.rdkafka["ssl.keystore.location"] = path;
      out.rdkafka["ssl.keystore.password"] = Text(settings, "ssl.keystore.password");
      return OkStatus();
    }
    out.rdkafka["ssl.key.location"] = path;
    out.rdkafka["ssl.certificate.location"] = path;
  }
  if (!key_password.empty()) out.rdkafka["ssl.key.password"] = key_password;
  return OkStatus();
}

Status ConvertTruststore(const ClientSettings& settings, ClientProperties& out) {
  const std::string path = Text(settings, "ssl.truststore.location");
  const std::string inline_pem = Text(settings, "ssl.truststore.certificates");
  if (!inline_pem.empty()) {
    out.rdkafka["ssl.ca.pem"] = inline_pem;
  } else if (!path.empty()) {
    SLUICE_ASSIGN_OR_RETURN(const StoreType type, TypeOfStore(settings, "truststore"));
    if (type == StoreType::kPkcs12) {
      return Invalid("ssl.truststore.location", path,
                     "a PKCS12 truststore cannot be read here; write its certificates as PEM "
                     "(openssl pkcs12 -nokeys "
                     "-out ca.pem) and set ssl.truststore.type=PEM");
    }
    out.rdkafka["ssl.ca.location"] = path;
  }
  return OkStatus();
}

// TLS 1.2 suites have other names in OpenSSL; those of TLS 1.3 are always on.
StatusOr<std::string> CipherSuites(const std::string& text) {
  struct Suite {
    std::string_view java, openssl;
  };
  constexpr Suite kSuites[] = {
      {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
      {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
      {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
      {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
      {"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384"},
      {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256"},
      {"TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"},
      {"TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"},
  };
  std::vector<std::string_view> names;
  for (const std::string& name : SplitList(text)) {
    if (name.starts_with("TLS_AES_") || name.starts_with("TLS_CHACHA20_")) continue;  // TLS 1.3
    const auto* found = std::find_if(std::begin(kSuites), std::end(kSuites),
                                     [&](const Suite& suite) { return suite.java == name; });
    if (found == std::end(kSuites))
      return Invalid("ssl.cipher.suites", name, "this cipher suite is not known here");
    names.push_back(found->openssl);
  }
  return StrJoin(names, ":");
}

Status ConvertTls(const ClientSettings& settings, ClientProperties& out) {
  SLUICE_RETURN_IF_ERROR(ConvertKeystore(settings, out));
  SLUICE_RETURN_IF_ERROR(ConvertTruststore(settings, out));
  SLUICE_ASSIGN_OR_RETURN(const std::string suites,
                          CipherSuites(Text(settings, "ssl.cipher.suites")));
  if (!suites.empty()) out.rdkafka["ssl.cipher.suites"] = suites;
  const std::string verify =
      ToLower(Text(settings, "ssl.endpoint.identification.algorithm", "https"));
  if (!verify.empty() && verify != "https") {
    return Invalid("ssl.endpoint.identification.algorithm", verify,
                   "expected https, or nothing to disable it");
  }
  out.rdkafka["ssl.endpoint.identification.algorithm"] = verify.empty() ? "none" : "https";
  return OkStatus();
}

Status ConvertKerberos(const ClientSettings& settings, const std::optional<JaasEntry>& jaas,
                       ClientProperties& out) {
  std::string service = Text(settings, "sasl.kerberos.service.name");
  if (jaas) {
    if (service.empty()) service = std::string(jaas->options.Get("serviceName"));
    if (jaas->options.Contains("keyTab")) {
      return Invalid("sasl.jaas.config", "[hidden]",
                     "keyTab cannot be used here; set KRB5_CLIENT_KTNAME in the worker's "
                     "environment, or keep a ticket "
                     "in its credential cache");
    }
  }
  if (service.empty()) return ConfigError("sasl.mechanism=GSSAPI needs sasl.kerberos.service.name");
  out.rdkafka["sasl.kerberos.service.name"] = service;
  out.rdkafka["sasl.kerberos.min.time.before.relogin"] = "0";  // never runs kinit
  return OkStatus();
}

// The login module that goes with a mechanism, and only that one: a module is code, and a setting
// must not choose code.
Status CheckModule(const std::string& mechanism, const JaasEntry& jaas) {
  constexpr std::string_view kPackage = "org.apache.kafka.common.security.";
  const std::string expected = mechanism == "PLAIN" ? StrCat(kPackage, "plain.PlainLoginModule")
                               : mechanism.starts_with("SCRAM")
                                   ? StrCat(kPackage, "scram.ScramLoginModule")
                                   : "com.sun.security.auth.module.Krb5LoginModule";
  if (jaas.login_module == expected) return OkStatus();
  return Invalid("sasl.jaas.config", "[hidden]",
                 StrCat("login module ", jaas.login_module, " cannot be used with sasl.mechanism=",
                        mechanism, "; expected ", expected));
}

Status ConvertSasl(const ClientSettings& settings, ClientProperties& out) {
  const std::string mechanism = Text(settings, "sasl.mechanism", "GSSAPI");
  const bool password =
      mechanism == "PLAIN" || mechanism == "SCRAM-SHA-256" || mechanism == "SCRAM-SHA-512";
  if (!password && mechanism != "GSSAPI") {
    return Invalid("sasl.mechanism", mechanism,
                   "expected PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or GSSAPI");
  }
  out.rdkafka["sasl.mechanisms"] = mechanism;
  std::optional<JaasEntry> jaas;
  if (const std::string text = Text(settings, "sasl.jaas.config"); !text.empty()) {
    SLUICE_ASSIGN_OR_RETURN(jaas, ParseJaas(text));
    SLUICE_RETURN_IF_ERROR(CheckModule(mechanism, *jaas));
  }
  if (!password) return ConvertKerberos(settings, jaas, out);
  if (!jaas || !jaas->options.Contains("username") || !jaas->options.Contains("password")) {
    return ConfigError(
        StrCat("sasl.mechanism=", mechanism, " needs username and password in sasl.jaas.config"));
  }
  out.rdkafka["sasl.username"] = std::string(jaas->options.Get("username"));
  out.rdkafka["sasl.password"] = std::string(jaas->options.Get("password"));
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
