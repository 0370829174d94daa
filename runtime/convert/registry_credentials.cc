#include "runtime/convert/registry_credentials.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/base/text.h"
#include "runtime/config/jaas.h"

namespace sluice::convert {
namespace {

using config::ConfigType;
using config::Importance;

constexpr char kBasicSource[] = "basic.auth.credentials.source";
constexpr char kBearerSource[] = "bearer.auth.credentials.source";
constexpr char kToken[] = "bearer.auth.token";
constexpr char kIssuer[] = "bearer.auth.issuer.endpoint.url";
constexpr char kClientId[] = "bearer.auth.client.id";
constexpr char kClientSecret[] = "bearer.auth.client.secret";
constexpr char kScope[] = "bearer.auth.scope";
constexpr char kSubject[] = "bearer.auth.sub.claim.name";
constexpr char kExpiryBuffer[] = "bearer.auth.cache.expiry.buffer.seconds";
constexpr char kCluster[] = "bearer.auth.logical.cluster";
constexpr char kIdentityPool[] = "bearer.auth.identity.pool.id";
constexpr char kInherit[] = "SASL_OAUTHBEARER_INHERIT";

void AddBearer(config::ConfigDef& def) {
  def.Add({.name = kBearerSource,
           .type = ConfigType::kString,
           .default_value = "STATIC_TOKEN",
           .validator = config::Validator::OneOf({"STATIC_TOKEN", "OAUTHBEARER", kInherit}),
           .documentation = "Where a bearer token comes from, which is sent instead of name and "
                            "password: bearer.auth.token, the identity provider of "
                            "bearer.auth.issuer.endpoint.url, or that of the converter's "
                            "sasl.jaas.config."});
  struct Key {
    const char* name;
    ConfigType type;
    const char* fallback;
    const char* doc;
  };
  for (const Key& one : {
           Key{kToken, ConfigType::kPassword, "", "The token, for STATIC_TOKEN."},
           Key{kIssuer, ConfigType::kString, "",
               "Who gives tokens for the client id and its secret: https://host/path."},
           Key{kClientId, ConfigType::kString, "", "The client id."},
           Key{kClientSecret, ConfigType::kPassword, "", "The client's secret."},
           Key{kScope, ConfigType::kString, "", "What the token is to be good for."},
           Key{kSubject, ConfigType::kString, "sub", "The claim that says whose a token is."},
           Key{kExpiryBuffer, ConfigType::kInt, "300",
               "How long before its end a token is renewed; after four fifths of its life it "
               "always is."},
           Key{kCluster, ConfigType::kString, "",
               "The registry's logical cluster, told in the header target-sr-cluster."},
           Key{kIdentityPool, ConfigType::kString, "",
               "The identity pool, told in the header Confluent-Identity-Pool-Id."},
       }) {
    def.Add({.name = one.name,
             .type = one.type,
             .default_value = one.fallback,
             .importance = Importance::kLow,
             .documentation = one.doc});
  }
}

void AddSsl(config::ConfigDef& def) {
  struct Ssl {
    const char* name;
    ConfigType type;
    const char* doc;
  };
  for (const Ssl& one : {
           Ssl{"truststore.location", ConfigType::kString, "Whom to trust: PEM, PKCS12 or JKS."},
           Ssl{"truststore.password", ConfigType::kPassword, "The trust store's password."},
           Ssl{"truststore.type", ConfigType::kString, "Its format; found out by itself."},
           Ssl{"truststore.certificates", ConfigType::kPassword, "Whom to trust, as PEM."},
           Ssl{"keystore.location", ConfigType::kString,
               "The converter's own certificate and key."},
           Ssl{"keystore.password", ConfigType::kPassword, "The key store's password."},
           Ssl{"keystore.type", ConfigType::kString, "Its format; found out by itself."},
           Ssl{"keystore.key", ConfigType::kPassword, "The key, as PEM."},
           Ssl{"keystore.certificate.chain", ConfigType::kPassword, "The certificates, as PEM."},
           Ssl{"key.password", ConfigType::kPassword, "The key's password."},
           Ssl{"protocol", ConfigType::kString,
               "TLSv1.2: no newer protocol, if ssl.enabled.protocols says nothing."},
           Ssl{"enabled.protocols", ConfigType::kList, "TLSv1.2 and TLSv1.3, or one of them."},
           Ssl{"cipher.suites", ConfigType::kString, "Cipher suites by Java's names."},
           Ssl{"endpoint.identification.algorithm", ConfigType::kString,
               "https: the certificate must name the host. Nothing: it need not."},
       }) {
    def.Add({.name = StrCat("schema.registry.ssl.", one.name),
             .type = one.type,
             .importance = Importance::kLow,
             .documentation = one.doc});
  }
}

StatusOr<config::JaasEntry> Jaas(const config::ConfigMap& settings) {
  return config::ParseJaas(settings.Get("sasl.jaas.config"));
}

Status Missing(std::string_view key, std::string_view source_key, std::string_view source) {
  return ConfigError(StrCat(key, " must be provided when ", source_key, " is set to ", source));
}

Status ReadBasic(const config::ParsedConfig& config, const config::ConfigMap& settings,
                 schema_registry::ClientOptions& client) {
  const std::string& source = config.Text(kBasicSource);
  client.user_info_of_url = source == "URL";
  if (source == "USER_INFO") {
    client.user_info = config.Text("schema.registry.basic.auth.user.info");
    if (client.user_info.empty()) client.user_info = config.Text("basic.auth.user.info");
    if (client.user_info.empty()) return Missing("basic.auth.user.info", kBasicSource, source);
  } else if (source == "SASL_INHERIT") {
    SLUICE_ASSIGN_OR_RETURN(const config::JaasEntry jaas, Jaas(settings));
    const std::string* user = jaas.options.Find("username");
    const std::string* password = jaas.options.Find("password");
    if (user == nullptr || password == nullptr) {
      return ConfigError(
          "Provided SASL Login module doesn't provide username and password options and can't be "
          "inherited");
    }
    client.user_info = StrCat(*user, ":", *password);
  }
  return OkStatus();
}

// What is not among the registry's own keys is the login's, if that is inherited.
StatusOr<oauth::TokenSettings> ReadTokens(const config::ParsedConfig& config,
                                          const config::ConfigMap& settings,
                                          const schema_registry::ClientOptions& client) {
  const std::string& source = config.Text(kBearerSource);
  oauth::TokenSettings tokens;
  config::ConfigMap login;
  tokens.url_key = kIssuer;
  tokens.url = Trim(config.Text(kIssuer));
  if (source == kInherit) {
    SLUICE_ASSIGN_OR_RETURN(const config::JaasEntry jaas, Jaas(settings));
    login = jaas.options;
    tokens.options = {login.begin(), login.end()};
    if (tokens.url.empty()) {
      tokens.url_key = "sasl.oauthbearer.token.endpoint.url";
      tokens.url = Trim(settings.Get(tokens.url_key));
    }
  } else {
    for (const auto& [key, value] : settings.WithPrefix("ssl.")) {
      tokens.options[StrCat("ssl.", key)] = value;
    }
    for (const auto& [key, value] : client.ssl) tokens.options[key] = value;
  }
  const auto either = [&](const char* key, const char* option) {
    const std::string& own = config.Text(key);
    return std::string(Trim(own.empty() ? login.Get(option) : std::string_view(own)));
  };
  tokens.client_id = either(kClientId, "clientId");
  tokens.client_secret = either(kClientSecret, "clientSecret");
  tokens.scope = either(kScope, "scope");
  if (tokens.url.empty()) return Missing(kIssuer, kBearerSource, source);
  if (tokens.client_id.empty()) return Missing(kClientId, kBearerSource, source);
  if (tokens.client_secret.empty()) return Missing(kClientSecret, kBearerSource, source);
  if (!tokens.url.starts_with("https://") && !tokens.url.starts_with("http://")) {
    return ConfigError(StrCat("Invalid value ", tokens.url, " for configuration ", tokens.url_key,
                              ": expected https://host:port/path"));
  }
  tokens.subject_claim = config.Text(kSubject);
  tokens.expiry_buffer =
      std::chrono::seconds(std::clamp<int64_t>(config.Int(kExpiryBuffer), 0, 86'400));
  return tokens;
}

Status ReadBearer(const config::ParsedConfig& config, const config::ConfigMap& settings,
                  schema_registry::ClientOptions& client) {
  client.user_info_of_url = false;
  const std::string& source = config.Text(kBearerSource);
  if (source == "STATIC_TOKEN") {
    client.bearer_token = config.Text(kToken);
    if (client.bearer_token.empty()) return Missing(kToken, kBearerSource, source);
  } else {
    SLUICE_ASSIGN_OR_RETURN(client.tokens, ReadTokens(config, settings, client));
  }
  std::string pool = config.Text(kIdentityPool);
  if (pool.empty() && source == kInherit) {
    SLUICE_ASSIGN_OR_RETURN(const config::JaasEntry jaas, Jaas(settings));
    pool = jaas.options.Get("extension_identityPoolId");
  }
  if (!pool.empty()) client.headers["Confluent-Identity-Pool-Id"] = pool;
  const std::string& cluster = config.Text(kCluster);
  if (!cluster.empty()) client.headers["target-sr-cluster"] = cluster;
  return OkStatus();
}

}  // namespace

void AddRegistryCredentials(config::ConfigDef& def) {
  def.Add({.name = kBasicSource,
           .type = ConfigType::kString,
           .default_value = "URL",
           .validator = config::Validator::OneOf({"URL", "USER_INFO", "SASL_INHERIT"}),
           .documentation = "Where name and password come from: the URL, basic.auth.user.info, or "
                            "the converter's sasl.jaas.config."});
  for (const char* name : {"basic.auth.user.info", "schema.registry.basic.auth.user.info"}) {
    def.Add({.name = name,
             .type = ConfigType::kPassword,
             .default_value = "",
             .documentation = "name:password, for USER_INFO."});
  }
  AddBearer(def);
  AddSsl(def);
}

Status ReadRegistryCredentials(const config::ParsedConfig& config,
                               const config::ConfigMap& settings,
                               schema_registry::ClientOptions& client) {
  const bool basic = !settings.Get(kBasicSource).empty();
  const bool bearer = !settings.Get(kBearerSource).empty();
  if (basic && bearer) {
    return ConfigError(
        StrCat("Only one of '", kBasicSource, "' and '", kBearerSource, "' may be specified"));
  }
  // A token alone says what is meant.
  if (bearer || (!basic && !config.Text(kToken).empty())) {
    return ReadBearer(config, settings, client);
  }
  return ReadBasic(config, settings, client);
}

}  // namespace sluice::convert
