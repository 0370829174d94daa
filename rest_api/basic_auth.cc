#include "rest_api/basic_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

constexpr size_t kDigestSize = 32;

}  // namespace

BasicAuth::BasicAuth(const std::vector<std::pair<std::string, std::string>>& users)
    : key_(kDigestSize, '\0') {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key_.data()), kDigestSize) != 1) std::abort();
  for (const auto& [user, password] : users) digests_.push_back(Digest(user, password));
}

std::string BasicAuth::Digest(std::string_view user, std::string_view password) const {
  // The length keeps ("a", "bc") and ("ab", "c") apart.
  const std::string text = StrCat(user.size(), ":", user, password);
  std::string digest(kDigestSize, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), kDigestSize, reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size);
  return digest;
}

bool BasicAuth::Permits(std::string_view authorization) const {
  const size_t blank = authorization.find(' ');
  if (blank == std::string_view::npos ||
      !EqualsIgnoreCase(authorization.substr(0, blank), "basic")) {
    return false;
  }
  const auto credentials = Base64Decode(Trim(authorization.substr(blank)));
  if (!credentials) return false;
  const std::string_view text = *credentials;
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string digest = Digest(text.substr(0, colon), text.substr(colon + 1));
  bool permitted = false;
  for (const std::string& known : digests_) {
    permitted |= CRYPTO_memcmp(known.data(), digest.data(), kDigestSize) == 0;
  }
  return permitted;
}

}  // namespace sluice::rest_api
