#include "connectors/object_store_sink/digest.h"

#include <cstdint>
#include <random>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "connectors/sdk/errors.h"

namespace sluice::object_store_sink {
namespace {

std::string Digest(const EVP_MD* kind, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out, &size, kind, nullptr) != 1) {
    throw sdk::ConnectException("OpenSSL has no ", EVP_MD_get0_name(kind));
  }
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace

std::string Sha256(std::string_view bytes) { return Digest(EVP_sha256(), bytes); }
std::string Md5(std::string_view bytes) { return Digest(EVP_md5(), bytes); }

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out,
           &size) == nullptr) {
    throw sdk::ConnectException("OpenSSL has no HMAC of SHA-256");
  }
  return {reinterpret_cast<const char*>(out), size};
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (unsigned char c : bytes) {
    out.push_back(kDigits[c >> 4]);
    out.push_back(kDigits[c & 15]);
  }
  return out;
}

std::string RandomMark() {
  std::random_device random;
  std::string bytes;
  for (int i = 0; i < 2; ++i) {
    const uint32_t number = random();
    for (int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(number >> shift & 0xFF));
  }
  return Hex(bytes);
}

}  // namespace sluice::object_store_sink
