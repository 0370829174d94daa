#include "runtime/config/listener_tls.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/config_map.h"
#include "runtime/config/listeners.h"
#include "runtime/tls/key_store.h"

namespace sluice::config {
namespace {

using ClientAuth = tls::ServerSettings::ClientAuth;

std::optional<std::string> Given(const ConfigMap& keys, std::string_view key) {
  const std::string* value = keys.Find(key);
  if (value == nullptr || value->empty()) return std::nullopt;
  return *value;
}
std::string Text(const ConfigMap& keys, std::string_view key) {
  return std::string(Trim(keys.Get(key)));
}

tls::StoreSettings Store(const ConfigMap& keys, const std::string& prefix,
                         const std::string& which) {
  return {.key_prefix = prefix + which,
          .type = Given(keys, which + "type"),
          .location = Text(keys, which + "location"),
          .password = Given(keys, which + "password")};
}

StatusOr<ClientAuth> ParseClientAuth(const std::string& key, std::string_view text) {
  if (text.empty() || text == "none") return ClientAuth::kNone;
  if (text == "requested") return ClientAuth::kRequested;
  if (text == "required") return ClientAuth::kRequired;
  return ConfigError(StrCat("Invalid value ", text, " for configuration ", key,
                            ": String must be one of: required, requested, none"));
}

}  // namespace

StatusOr<tls::ServerSettings> ListenerTls(const WorkerConfig& worker, std::string_view prefix,
                                          std::vector<std::string>& notes) {
  const ConfigMap own = worker.originals.WithPrefix(prefix);
  const ConfigMap& keys = own.empty() ? worker.originals : own;
  const std::string before(own.empty() ? std::string_view() : prefix);
  if (!Text(keys, "ssl.engine.factory.class").empty()) {
    return ConfigError(StrCat("Invalid value ", Text(keys, "ssl.engine.factory.class"),
                              " for configuration ", before,
                              "ssl.engine.factory.class: it names Java code, which this worker "
                              "cannot run; remove the key"));
  }
  tls::ServerSettings settings;
  settings.key_prefix = before + "ssl.";
  SLUICE_ASSIGN_OR_RETURN(settings.client_auth, ParseClientAuth(before + "ssl.client.auth",
                                                                Text(keys, "ssl.client.auth")));
  const auto protocols = SplitList(Text(keys, "ssl.enabled.protocols"));
  if (!protocols.empty()) settings.protocols = protocols;
  settings.cipher_suites = SplitList(Text(keys, "ssl.cipher.suites"));
  const tls::KeyStoreSettings key_store{
      Store(keys, before, "ssl.keystore."), Given(keys, "ssl.key.password"),
      Text(keys, "ssl.keystore.key"), Text(keys, "ssl.keystore.certificate.chain")};
  SLUICE_ASSIGN_OR_RETURN(tls::KeyStore identity, tls::ReadKeyStore(key_store));
  settings.key_pem = std::move(identity.key_pem);
  settings.chain_pem = std::move(identity.chain_pem);
  notes.insert(notes.end(), identity.notes.begin(), identity.notes.end());
  if (settings.client_auth == ClientAuth::kNone) return settings;
  const tls::TrustStoreSettings trust_store{Store(keys, before, "ssl.truststore."),
                                            Text(keys, "ssl.truststore.certificates")};
  SLUICE_ASSIGN_OR_RETURN(tls::TrustStore trusted, tls::ReadTrustStore(trust_store));
  settings.trusted_pem = std::move(trusted.certificates_pem);
  notes.insert(notes.end(), trusted.notes.begin(), trusted.notes.end());
  return settings;
}

PeerTlsKeys PeerTls(const WorkerConfig& worker) {
  const ConfigMap own = worker.originals.WithPrefix("listeners.https.");
  const bool https = std::any_of(worker.listeners.begin(), worker.listeners.end(),
                                 [](const Listener& listener) { return listener.https; });
  PeerTlsKeys keys{.java = {}, .for_https = https || !own.empty()};
  for (const auto& [key, value] : own.empty() ? worker.originals : own) {
    if (key.starts_with("ssl.")) keys.java.emplace(key, value);
  }
  return keys;
}

}  // namespace sluice::config
