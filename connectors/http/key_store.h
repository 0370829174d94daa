// Key and trust stores as Java's settings name them: PEM, PKCS #12 or (trust only) JKS, told apart
// by what is in them. They come out as PEM, which libcurl takes. Reads files; any thread.
#ifndef SLUICE_CONNECTORS_HTTP_KEY_STORE_H_
#define SLUICE_CONNECTORS_HTTP_KEY_STORE_H_

#include <stdexcept>
#include <string>

namespace sluice::http {

// What is wrong with a store; names the file, holds no password and no key.
struct BadStore : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The certificates of the store. Throws BadStore.
std::string ReadTrustStore(const std::string& file, const std::string& password);

struct KeyAndCertificates {
  std::string key, certificates;  // the key's own certificate first
};
// A PEM file may hold an encrypted key: it is handed on as it is. Throws BadStore.
KeyAndCertificates ReadKeyStore(const std::string& file, const std::string& password);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_KEY_STORE_H_
