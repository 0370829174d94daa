#include "connectors/http/client_options.h"

#include "connectors/http/key_store.h"

namespace sluice::http {
namespace {

using sdk::ConfigException;
using sdk::ConfigKey;
using sdk::ConfigType;

// The first of two names for the same thing that has a value.
std::pair<std::string, std::string> OneOf(const sdk::Config& config, const char* one,
                                          const char* other) {
  std::string value = config.GetString(one);
  if (!value.empty()) return {one, std::move(value)};
  return {other, config.GetString(other)};
}

void AddProxyKeys(sdk::ConfigDef& keys) {
  const char* group = "Proxy";
  int order = 0;
  keys.push_back(ConfigKey("http.proxy.host")
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("A proxy that all requests go through; for https a tunnel is made."));
  keys.push_back(ConfigKey("http.proxy.port", ConfigType::kInt)
                     .Optional()
                     .Range(1, 65535)
                     .Low()
                     .Group(group, ++order)
                     .Doc("Its port."));
  keys.push_back(ConfigKey("http.proxy.user")
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("For a proxy that asks for a password (Basic)."));
  keys.push_back(ConfigKey("http.proxy.password", ConfigType::kPassword)
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The password."));
}

void AddTlsKeys(sdk::ConfigDef& keys) {
  const char* group = "TLS";
  int order = 0;
  keys.push_back(ConfigKey("http.ssl.trust.all.certs", ConfigType::kBoolean)
                     .Default("false")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Believe any server. For tests."));
  keys.push_back(ConfigKey("https.host.verifier.enabled", ConfigType::kBoolean)
                     .Default("true")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Whether the certificate has to name the server's host."));
  keys.push_back(
      ConfigKey("http.ssl.truststore.location")
          .Optional()
          .Low()
          .Group(group, ++order)
          .Doc("A file of the certificates that are trusted, PEM, PKCS12 or JKS, by what "
               "is in it; without it the system's are."));
  keys.push_back(ConfigKey("http.ssl.truststore.password", ConfigType::kPassword)
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("Its password."));
  keys.push_back(ConfigKey("https.ssl.truststore.location")
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The same in Confluent's words."));
  keys.push_back(ConfigKey("https.ssl.truststore.password", ConfigType::kPassword)
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("Its password."));
  keys.push_back(
      ConfigKey("https.ssl.keystore.location")
          .Optional()
          .Low()
          .Group(group, ++order)
          .Doc("A file of the key that the server asks for, and its certificates: PEM or "
               "PKCS12."));
  keys.push_back(ConfigKey("https.ssl.keystore.password", ConfigType::kPassword)
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("Its password."));
  keys.push_back(
      ConfigKey("https.ssl.key.password", ConfigType::kPassword)
          .Optional()
          .Low()
          .Group(group, ++order)
          .Doc("The password of the key in a PEM file, if it has one; null: the store's."));
  for (const char* name : {"https.ssl.truststore.type", "https.ssl.keystore.type"}) {
    keys.push_back(ConfigKey(name)
                       .Optional()
                       .Low()
                       .Group(group, ++order)
                       .Doc("Accepted; what a store is is seen in the file."));
  }
}

void AddTimeoutKeys(sdk::ConfigDef& keys) {
  const char* group = "Timeout";
  int order = 0;
  keys.push_back(ConfigKey("http.timeout", ConfigType::kInt)
                     .Default("30")
                     .Range(1, 86400)
                     .Low()
                     .Group(group, ++order)
                     .Doc("Seconds that a request may take, to the last byte of its answer."));
  keys.push_back(ConfigKey("http.request.timeout.ms", ConfigType::kInt)
                     .Optional()
                     .AtLeast(1)
                     .Low()
                     .Group(group, ++order)
                     .Doc("The same in milliseconds; beats it."));
  keys.push_back(ConfigKey("http.connect.timeout.ms", ConfigType::kInt)
                     .Default("30000")
                     .AtLeast(1)
                     .Low()
                     .Group(group, ++order)
                     .Doc("Time for a connection to be there."));
}

void ReadProxy(const sdk::Config& config, ClientOptions& options) {
  const std::string host = config.GetString("http.proxy.host");
  const bool has_port = config.Find("http.proxy.port").has_value();
  if (host.empty() != !has_port) {
    throw ConfigException::Invalid(host.empty() ? "http.proxy.host" : "http.proxy.port", "null",
                                   "http.proxy.host and http.proxy.port go together");
  }
  if (host.empty()) return;
  options.proxy = sdk::Cat("http://", host, ":", config.GetInt("http.proxy.port"));
  options.proxy_user = config.GetString("http.proxy.user");
  options.proxy_password = config.GetPassword("http.proxy.password");
}

void ReadTls(const sdk::Config& config, ClientOptions& options) {
  options.verify_peer = !config.GetBool("http.ssl.trust.all.certs");
  options.verify_host = options.verify_peer && config.GetBool("https.host.verifier.enabled");
  const auto [trust_key, trust] =
      OneOf(config, "http.ssl.truststore.location", "https.ssl.truststore.location");
  if (!trust.empty()) {
    const std::string password =
        OneOf(config, "http.ssl.truststore.password", "https.ssl.truststore.password").second;
    try {
      options.trusted = ReadTrustStore(trust, password);
    } catch (const BadStore& bad) {
      throw ConfigException::Invalid(trust_key, trust, bad.what());
    }
  }
  const std::string keys = config.GetString("https.ssl.keystore.location");
  if (keys.empty()) return;
  try {
    KeyAndCertificates read = ReadKeyStore(keys, config.GetPassword("https.ssl.keystore.password"));
    options.key = std::move(read.key);
    options.certificates = std::move(read.certificates);
  } catch (const BadStore& bad) {
    throw ConfigException::Invalid("https.ssl.keystore.location", keys, bad.what());
  }
  options.key_password = config.GetPassword("https.ssl.key.password");
  if (options.key_password.empty()) {
    options.key_password = config.GetPassword("https.ssl.keystore.password");
  }
}

}  // namespace

void AddConnectionKeys(sdk::ConfigDef& keys) {
  AddTimeoutKeys(keys);
  AddProxyKeys(keys);
  AddTlsKeys(keys);
}

ClientOptions ReadClientOptions(const sdk::Config& config) {
  ClientOptions options;
  options.connect_timeout = sdk::milliseconds(config.GetInt("http.connect.timeout.ms"));
  options.request_timeout = sdk::milliseconds(config.GetInt("http.timeout") * int64_t{1000});
  if (config.Find("http.request.timeout.ms")) {
    options.request_timeout = sdk::milliseconds(config.GetInt("http.request.timeout.ms"));
  }
  ReadProxy(config, options);
  ReadTls(config, options);
  return options;
}

}  // namespace sluice::http
