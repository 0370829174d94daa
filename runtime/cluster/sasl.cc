#include "runtime/cluster/sasl.h"

#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/cluster/sasl_cyrus.h"
#include "runtime/cluster/sasl_oauth.h"
#include "runtime/config/jaas.h"

namespace sluice::cluster {
namespace {

using Settings = std::map<std::string, std::string>;
using Made = StatusOr<std::shared_ptr<const SaslMechanism>>;

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

std::string Text(const Settings& settings, const std::string& key,
                 std::string_view otherwise = "") {
  const auto found = settings.find(key);
  return std::string(Trim(found == settings.end() ? otherwise : found->second));
}

// The login module that goes with a mechanism, and only that one, as with the other clients.
Status CheckModule(const std::string& mechanism, const config::JaasEntry& jaas) {
  constexpr std::string_view kPackage = "org.apache.kafka.common.security.";
  std::string expected = "com.sun.security.auth.module.Krb5LoginModule";
  if (mechanism == "PLAIN") expected = StrCat(kPackage, "plain.PlainLoginModule");
  if (mechanism.starts_with("SCRAM")) expected = StrCat(kPackage, "scram.ScramLoginModule");
  if (mechanism == "OAUTHBEARER") {
    expected = StrCat(kPackage, "oauthbearer.OAuthBearerLoginModule");
  }
  if (jaas.login_module == expected) return OkStatus();
  return Invalid("sasl.jaas.config", "[hidden]",
                 StrCat("login module ", jaas.login_module, " cannot be used with sasl.mechanism=",
                        mechanism, "; expected ", expected));
}

Made NewPasswordMechanism(const std::string& mechanism,
                          const std::optional<config::JaasEntry>& jaas) {
  if (!jaas || !jaas->options.Contains("username") || !jaas->options.Contains("password")) {
    return ConfigError(
        StrCat("sasl.mechanism=", mechanism, " needs username and password in sasl.jaas.config"));
  }
  CyrusSettings cyrus;
  cyrus.mechanism = mechanism;
  cyrus.username = std::string(jaas->options.Get("username"));
  cyrus.password = std::string(jaas->options.Get("password"));
  return NewCyrusMechanism(std::move(cyrus));
}

Made NewKerberosMechanism(const Settings& java, const std::optional<config::JaasEntry>& jaas) {
  CyrusSettings cyrus;
  cyrus.mechanism = "GSSAPI";
  cyrus.service = Text(java, "sasl.kerberos.service.name");
  if (jaas) {
    if (cyrus.service.empty()) cyrus.service = std::string(jaas->options.Get("serviceName"));
    if (jaas->options.Contains("keyTab")) {
      return Invalid("sasl.jaas.config", "[hidden]",
                     "keyTab cannot be used here; set KRB5_CLIENT_KTNAME in the worker's "
                     "environment, or keep a ticket in its credential cache");
    }
  }
  if (cyrus.service.empty()) {
    return ConfigError("sasl.mechanism=GSSAPI needs sasl.kerberos.service.name");
  }
  return NewCyrusMechanism(std::move(cyrus));
}

}  // namespace

Made NewSaslMechanism(const Settings& java) {
  const std::string mechanism = Text(java, "sasl.mechanism", "GSSAPI");
  const bool password =
      mechanism == "PLAIN" || mechanism == "SCRAM-SHA-256" || mechanism == "SCRAM-SHA-512";
  if (mechanism == "AWS_MSK_IAM") {
    return Invalid("sasl.mechanism", mechanism,
                   "it is a Java library of AWS, and there is no other. Use SCRAM-SHA-512 or "
                   "TLS client certificates, which MSK has, too");
  }
  if (!password && mechanism != "GSSAPI" && mechanism != "OAUTHBEARER") {
    return Invalid("sasl.mechanism", mechanism,
                   "expected PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI");
  }
  std::optional<config::JaasEntry> jaas;
  if (const std::string text = Text(java, "sasl.jaas.config"); !text.empty()) {
    SLUICE_ASSIGN_OR_RETURN(jaas, config::ParseJaas(text));
    SLUICE_RETURN_IF_ERROR(CheckModule(mechanism, *jaas));
  }
  if (password) return NewPasswordMechanism(mechanism, jaas);
  if (mechanism == "GSSAPI") return NewKerberosMechanism(java, jaas);
  return NewOAuthMechanism(java, jaas.value_or(config::JaasEntry()));
}

}  // namespace sluice::cluster
