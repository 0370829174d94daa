// Reads Java's own key store format, JKS, which OpenSSL does not know:
//
//   u4 0xFEEDFEED, u4 version (1 or 2), u4 number of entries, then each entry:
//     u4 1 for a private key, 2 for a trusted certificate
//     alias (u2 length, text), u8 time of creation
//     a key: u4 length and an EncryptedPrivateKeyInfo, u4 number of certificates, the certificates
//     a certificate: in version 2 its type (u2 length, text), then u4 length and DER
//   20 bytes: SHA-1 of the password as UTF-16BE, "Mighty Aphrodite" and all bytes before
//
// A key is XORed with a stream of SHA-1 values, as UnprotectJksKey tells. For key_store.cc; pure
// functions, any thread. Whatever the bytes are, memory stays within a few times their size.
#ifndef SLUICE_RUNTIME_TLS_JKS_H_
#define SLUICE_RUNTIME_TLS_JKS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::tls {

struct JksEntry {
  std::string alias;
  std::string protected_key;  // an EncryptedPrivateKeyInfo; empty: a trusted certificate
  std::vector<std::string> certificates;  // DER; of a key its chain, the key's own first
};

// Whether the bytes begin as a JKS store does.
bool IsJks(std::string_view bytes);
// Without a password the store's integrity is not checked, as in Java. Errors (ConfigException)
// say what is wrong, without the store's name: malformed at which byte, or the password.
StatusOr<std::vector<JksEntry>> ParseJks(std::string_view bytes,
                                         const std::optional<std::string>& password);
// The DER of the PrivateKeyInfo in an entry's protected_key. Errors as above.
StatusOr<std::string> UnprotectJksKey(std::string_view protected_key, std::string_view password);

}  // namespace sluice::tls

#endif  // SLUICE_RUNTIME_TLS_JKS_H_
