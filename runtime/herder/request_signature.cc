#include "runtime/herder/request_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::herder {
namespace {

struct Algorithm {
  std::string_view name;
  const EVP_MD* (*digest)();
  int key_bytes;  // what Java's generator makes of it
};
constexpr Algorithm kAlgorithms[] = {
    {"HmacSHA256", EVP_sha256, 32}, {"HmacSHA1", EVP_sha1, 64},     {"HmacMD5", EVP_md5, 64},
    {"HmacSHA224", EVP_sha224, 28}, {"HmacSHA384", EVP_sha384, 48}, {"HmacSHA512", EVP_sha512, 64},
};

// Java's names, in any case.
const Algorithm* Find(std::string_view name) {
  const auto it =
      std::find_if(std::begin(kAlgorithms), std::end(kAlgorithms),
                   [&](const Algorithm& one) { return EqualsIgnoreCase(one.name, name); });
  return it == std::end(kAlgorithms) ? nullptr : it;
}

std::string WhyNotBase64(std::string_view text) {
  for (const char c : text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '+' || c == '/' || c == '=';
    if (good) continue;
    char hex[8];
    std::snprintf(hex, sizeof hex, "%x", static_cast<unsigned char>(c));
    return StrCat("Illegal base64 character ", hex);
  }
  return "The signature is not base64: its length or its padding is wrong";
}

}  // namespace

std::optional<std::string> RequestMac(std::string_view algorithm, std::string_view key,
                                      std::string_view body) {
  const Algorithm* found = Find(algorithm);
  if (found == nullptr) return std::nullopt;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(found->digest(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac,
           &size) == nullptr) {
    return std::nullopt;
  }
  return std::string(reinterpret_cast<const char*>(mac), size);
}

Status CheckSignature(const SignedRequest& request, const std::vector<std::string>& accepted,
                      const storage::SessionKey* key) {
  if (!request.signature || !request.algorithm) {
    return BadRequestError("Internal request missing required signature");
  }
  const std::string& algorithm = *request.algorithm;
  if (Find(algorithm) == nullptr) {
    return BadRequestError(StrCat("Algorithm ", algorithm, " not available"));
  }
  const auto signature = Base64Decode(*request.signature);
  if (!signature) return BadRequestError(WhyNotBase64(*request.signature));
  if (std::find(accepted.begin(), accepted.end(), algorithm) == accepted.end()) {
    return BadRequestError(StrCat(
        "This worker does not support the '", algorithm,
        "' key signing algorithm used by other workers. This worker is currently configured to "
        "use: [",
        StrJoin(accepted, ", "),
        "]. Check that all workers' configuration files permit the same set of signature "
        "algorithms, and correct any misconfigured worker and restart it."));
  }
  if (key == nullptr) {
    return ExceptionError(absl::StatusCode::kResourceExhausted, kConnectException,
                          "This worker is still starting up and has not been able to read a "
                          "session key from the config topic yet");
  }
  const auto mac = RequestMac(algorithm, key->key, request.body);
  if (!mac || mac->size() != signature->size() ||
      CRYPTO_memcmp(mac->data(), signature->data(), mac->size()) != 0) {
    return ExceptionError(absl::StatusCode::kPermissionDenied, kConnectException,
                          "Internal request contained invalid signature.");
  }
  return OkStatus();
}

std::optional<size_t> SessionKeyBytes(const std::string& algorithm, std::optional<int> bits) {
  const Algorithm* found = Find(algorithm);
  if (found == nullptr) return std::nullopt;
  return static_cast<size_t>(bits ? std::clamp((*bits + 7) / 8, 1, 1024) : found->key_bytes);
}

StatusOr<storage::SessionKey> NewSessionKey(const std::string& algorithm, std::optional<int> bits,
                                            int64_t now_ms) {
  const auto size = SessionKeyBytes(algorithm, bits);
  if (!size) {
    return ConnectError(
        StrCat("Algorithm ", algorithm,
               " not available; inter.worker.key.generation.algorithm is one of "
               "HmacSHA256, HmacSHA1, HmacMD5, HmacSHA224, HmacSHA384, HmacSHA512"));
  }
  std::string key(*size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(*size)) != 1) {
    return ConnectError("No random bytes are to be had for a session key");
  }
  return storage::SessionKey{std::move(key), algorithm, now_ms};
}

}  // namespace sluice::herder
