// What the three formats of key stores have in common once they are read. For key_store.cc, which
// adds the store's name to errors; these say only what is wrong. Pure functions, any thread.
#ifndef SLUICE_RUNTIME_TLS_ENTRIES_H_
#define SLUICE_RUNTIME_TLS_ENTRIES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/tls/openssl.h"

namespace sluice::tls {

struct Identity {
  KeyPtr key;
  std::vector<CertificatePtr> chain;  // never empty; the key's own certificate first
};
struct Entries {
  std::vector<Identity> identities;
  std::vector<CertificatePtr> trusted;  // those that the store says are to be trusted
  std::vector<CertificatePtr> others;   // belong to no key, and nothing is said of them
};

struct Passwords {
  std::optional<std::string> store;
  std::optional<std::string> key;  // Java: that of the store, if there is none
  bool want_keys = true;           // false: a trust store; keys are not decrypted
};

// PEM: keys and certificates in any order; a key's lines may have been joined by blanks, as in a
// properties file. All certificates that are no key's chain are `others`.
StatusOr<Entries> ReadPem(std::string_view text, const Passwords& passwords);
// PKCS #12, by OpenSSL; with its legacy provider for RC2 and the like.
StatusOr<Entries> ReadPkcs12(std::string_view bytes, const Passwords& passwords);
// JKS, by jks.h.
StatusOr<Entries> ReadJks(std::string_view bytes, const Passwords& passwords);

// Puts `key`'s certificate and then its issuers from `certificates` into an identity; nothing if
// none of them is the key's.
std::optional<Identity> MakeIdentity(KeyPtr key, const std::vector<CertificatePtr>& certificates);
CertificatePtr Share(const CertificatePtr& certificate);
// Null: no certificate.
CertificatePtr ReadDerCertificate(std::string_view der);

// Whether deriving a key as `algorithm` (PBES2, PBKDF2 or a PBE of PKCS #12) says takes more steps
// than an honest file asks for; kTooManySteps is what to say then.
bool TakesTooLong(const X509_ALGOR* algorithm);
bool IsTooMany(const ASN1_INTEGER* steps);
inline constexpr char kTooManySteps[] = "its password needs more than 5000000 iterations";

// A library context with OpenSSL's legacy algorithms; null where they are not installed. Made once.
OSSL_LIB_CTX* LegacyContext();

}  // namespace sluice::tls

#endif  // SLUICE_RUNTIME_TLS_ENTRIES_H_
