// Key and trust stores as Kafka's settings name them: PEM, PKCS #12 or JKS, told apart by what is
// in them, whatever their declared type. All come out as PEM texts, which librdkafka and OpenSSL
// take. For clients' settings (config) and for the REST listener. Reads files; pure otherwise, any
// thread.
#ifndef SLUICE_RUNTIME_TLS_KEY_STORE_H_
#define SLUICE_RUNTIME_TLS_KEY_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::tls {

// One store's settings: ssl.<which>.type, .location, .password and so on. Nothing: not set.
struct StoreSettings {
  std::string key_prefix;  // for messages: `ssl.keystore.`, `listeners.https.ssl.keystore.`
  std::optional<std::string> type;  // only compared with what is found
  std::string location;
  std::optional<std::string> password;
};
struct KeyStoreSettings : StoreSettings {
  std::optional<std::string> key_password;  // ssl.key.password; else the store's
  std::string key, certificate_chain;       // PEM in the settings themselves
};
struct TrustStoreSettings : StoreSettings {
  std::string certificates;  // PEM
};

struct KeyStore {
  std::string key_pem;    // PKCS #8, not encrypted: a secret; empty: there is no store
  std::string chain_pem;  // the key's own certificate first
  // Settings without effect, as `key (reason)`, for the log.
  std::vector<std::string> notes;
};
struct TrustStore {
  std::string certificates_pem;  // empty: there is no store
  std::vector<std::string> notes;
};

// The first key that has a certificate in force. Errors (ConfigException) name the key, the file
// and the reason: it cannot be read, is none of the formats, the password, no key in it, an expired
// certificate, settings that contradict each other. No error holds a password or a key.
StatusOr<KeyStore> ReadKeyStore(const KeyStoreSettings& settings);
// Certificates marked as trusted and, as in Java, those of keys; all certificates of a store that
// marks none. Errors as above; no certificate, or only expired ones.
StatusOr<TrustStore> ReadTrustStore(const TrustStoreSettings& settings);

}  // namespace sluice::tls

#endif  // SLUICE_RUNTIME_TLS_KEY_STORE_H_
