#include "runtime/config/sasl_settings.h"

#include <optional>
#include <string_view>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/jaas.h"
#include "runtime/config/login_classes.h"

namespace sluice::config {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.common.security.";
constexpr char kHandler[] = "sasl.login.callback.handler.class";
constexpr char kUrl[] = "sasl.oauthbearer.token.endpoint.url";

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

std::string Text(const ConfigMap& java, std::string_view key, std::string_view otherwise = "") {
  return std::string(Trim(java.Get(key, otherwise)));
}

Status CheckMechanism(const std::string& mechanism) {
  for (const char* known : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI"}) {
    if (mechanism == known) return OkStatus();
  }
  if (mechanism == "AWS_MSK_IAM") {
    return Invalid("sasl.mechanism", mechanism,
                   "it is a Java library of AWS, and there is no other. Use SCRAM-SHA-512 or "
                   "TLS client certificates, which MSK has, too");
  }
  return Invalid("sasl.mechanism", mechanism,
                 "expected PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI");
}

// The login module that goes with a mechanism, and only that one: a module is code, and a setting
// must not choose code.
Status CheckModule(const std::string& mechanism, const JaasEntry& jaas) {
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

Status ReadPassword(const std::optional<JaasEntry>& jaas, SaslSettings& out) {
  if (!jaas || !jaas->options.Contains("username") || !jaas->options.Contains("password")) {
    return ConfigError(StrCat("sasl.mechanism=", out.mechanism,
                              " needs username and password in sasl.jaas.config"));
  }
  out.username = std::string(jaas->options.Get("username"));
  out.password = std::string(jaas->options.Get("password"));
  return OkStatus();
}

Status ReadKerberos(const ConfigMap& java, const std::optional<JaasEntry>& jaas,
                    SaslSettings& out) {
  out.kerberos_service = Text(java, "sasl.kerberos.service.name");
  if (jaas) {
    if (out.kerberos_service.empty()) {
      out.kerberos_service = std::string(jaas->options.Get("serviceName"));
    }
    if (jaas->options.Contains("keyTab")) {
      return Invalid("sasl.jaas.config", "[hidden]",
                     "keyTab cannot be used here; set KRB5_CLIENT_KTNAME in the worker's "
                     "environment, or keep a ticket in its credential cache");
    }
  }
  if (!out.kerberos_service.empty()) return OkStatus();
  return ConfigError("sasl.mechanism=GSSAPI needs sasl.kerberos.service.name");
}

// A key of the client, else an option of the JAAS text, as older clients have it.
std::string Either(const ConfigMap& java, std::string_view key, const JaasEntry& jaas,
                   std::string_view option) {
  const std::string* value = java.Find(key);
  if (value != nullptr && !value->empty()) return *value;
  return std::string(jaas.options.Get(option));
}

void ReadMillis(const ConfigMap& java, std::string_view key, milliseconds& into) {
  const auto value = ParseInt64(Text(java, key));  // its type has been checked
  if (value && *value >= 0) into = milliseconds(*value);
}

Status ReadTokens(const ConfigMap& java, const JaasEntry& jaas, SaslSettings& out) {
  oauth::TokenSettings tokens;
  tokens.url = Text(java, kUrl);
  const std::string handler = Text(java, kHandler);
  if (IsUnsecuredLoginHandler(handler)) {
    tokens.url.clear();
  } else if (!handler.empty() && tokens.url.empty()) {
    return ConfigError(StrCat(kHandler, "=", handler, " needs ", kUrl));
  }
  tokens.client_id =
      Either(java, "sasl.oauthbearer.client.credentials.client.id", jaas, "clientId");
  tokens.client_secret =
      Either(java, "sasl.oauthbearer.client.credentials.client.secret", jaas, "clientSecret");
  tokens.scope = Either(java, "sasl.oauthbearer.scope", jaas, "scope");
  tokens.url_encode = EqualsIgnoreCase(Text(java, "sasl.oauthbearer.header.urlencode"), "true");
  tokens.subject_claim = Text(java, "sasl.oauthbearer.sub.claim.name", tokens.subject_claim);
  ReadMillis(java, "sasl.login.connect.timeout.ms", tokens.connect_timeout);
  ReadMillis(java, "sasl.login.read.timeout.ms", tokens.read_timeout);
  ReadMillis(java, "sasl.login.retry.backoff.ms", tokens.retry_backoff);
  ReadMillis(java, "sasl.login.retry.backoff.max.ms", tokens.retry_backoff_max);
  tokens.options = {jaas.options.begin(), jaas.options.end()};
  SLUICE_ASSIGN_OR_RETURN(out.tokens, oauth::TokenSource::Make(tokens));
  return OkStatus();
}

}  // namespace

StatusOr<SaslSettings> ReadSasl(const ConfigMap& java) {
  SaslSettings out;
  out.mechanism = Text(java, "sasl.mechanism", "GSSAPI");
  SLUICE_RETURN_IF_ERROR(CheckMechanism(out.mechanism));
  std::optional<JaasEntry> jaas;
  if (const std::string text = Text(java, "sasl.jaas.config"); !text.empty()) {
    SLUICE_ASSIGN_OR_RETURN(jaas, ParseJaas(text));
    SLUICE_RETURN_IF_ERROR(CheckModule(out.mechanism, *jaas));
  }
  Status status;
  if (out.mechanism == "OAUTHBEARER") {
    status = ReadTokens(java, jaas.value_or(JaasEntry()), out);
  } else if (out.mechanism == "GSSAPI") {
    status = ReadKerberos(java, jaas, out);
  } else {
    status = ReadPassword(jaas, out);
  }
  if (!status.ok()) return status;
  return out;
}

}  // namespace sluice::config
