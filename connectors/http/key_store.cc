#include "connectors/http/key_store.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>

namespace sluice::http {
namespace {

constexpr size_t kStoreBytesMax = 16 << 20;
constexpr uint32_t kJksMagic = 0xFEEDFEED, kJceksMagic = 0xCECECECE;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(PKCS12* store) const { PKCS12_free(store); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(STACK_OF(X509) * list) const { sk_X509_pop_free(list, X509_free); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

std::string ReadFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw BadStore("the file '" + file + "' cannot be read: " + std::strerror(errno));
  std::string bytes(kStoreBytesMax + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(in.gcount()));
  if (bytes.size() > kStoreBytesMax) throw BadStore("the file '" + file + "' is too large");
  return bytes;
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}
std::string PemOf(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), certificate) != 1) throw BadStore("a certificate is damaged");
  return TextOf(bio.get());
}

// ---- JKS: big-endian; magic, version, count, entries, and a digest over all with the password.

class JksReader {
 public:
  JksReader(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  std::string Certificates(const std::string& password) {
    CheckDigest(password);
    Skip(4);
    const uint32_t version = Number();
    if (version != 1 && version != 2) Damaged();
    std::string pem;
    for (uint32_t count = Number(); count > 0; --count) {
      const uint32_t kind = Number();
      Skip(Short());  // the alias
      Skip(8);        // its date
      if (kind == 1) {
        Skip(Number());  // a key, which is of no use here; its certificates are
        for (uint32_t chain = Number(); chain > 0; --chain) pem += Certificate(version);
      } else if (kind == 2) {
        pem += Certificate(version);
      } else {
        Damaged();
      }
    }
    return pem;
  }

 private:
  [[noreturn]] void Damaged() const { throw BadStore("the JKS store '" + file_ + "' is damaged"); }
  void Skip(size_t size) {
    if (size > bytes_.size() - at_) Damaged();
    at_ += size;
  }
  uint32_t Big(size_t size) {
    const size_t from = at_;
    Skip(size);
    uint32_t number = 0;
    for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(bytes_[from + i]);
    return number;
  }
  uint32_t Number() { return Big(4); }
  uint32_t Short() { return Big(2); }
  std::string Certificate(uint32_t version) {
    if (version == 2) Skip(Short());  // its type, X.509
    const uint32_t size = Number();
    const auto* data = reinterpret_cast<const unsigned char*>(bytes_.data() + at_);
    Skip(size);
    const Owned<X509> certificate(d2i_X509(nullptr, &data, static_cast<long>(size)));
    if (certificate == nullptr) Damaged();
    return PemOf(certificate.get());
  }
  void CheckDigest(const std::string& password) {
    if (bytes_.size() < SHA_DIGEST_LENGTH + 12) Damaged();
    const std::string_view digest = bytes_.substr(bytes_.size() - SHA_DIGEST_LENGTH);
    bytes_.remove_suffix(SHA_DIGEST_LENGTH);
    if (password.empty()) return;  // as in Java: then nothing is checked
    std::string all;
    for (char c : password) all.append({'\0', c});  // UTF-16, of ASCII
    all += "Mighty Aphrodite";
    all += bytes_;
    unsigned char found[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(all.data()), all.size(), found);
    if (digest != std::string_view(reinterpret_cast<const char*>(found), sizeof found)) {
      throw BadStore("the password of the JKS store '" + file_ +
                     "' is wrong, or the store was changed");
    }
  }

  std::string_view bytes_;
  const std::string& file_;
  size_t at_ = 0;
};

// ---- PKCS #12

struct Pkcs12Content {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
  Owned<STACK_OF(X509)> others;
};

bool ParsePkcs12(std::string_view bytes, const std::string& password, OSSL_LIB_CTX* context,
                 Pkcs12Content& content) {
  PKCS12* made = PKCS12_init_ex(NID_pkcs7_data, context, nullptr);
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const bool read = d2i_PKCS12(&made, &data, static_cast<long>(bytes.size())) != nullptr;
  const Owned<PKCS12> store(read ? made : nullptr);
  if (!read) return false;
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const bool parsed = PKCS12_parse(store.get(), password.c_str(), &key, &certificate, &others) == 1;
  content = {Owned<EVP_PKEY>(key), Owned<X509>(certificate), Owned<STACK_OF(X509)>(others)};
  return parsed;
}

// Older stores are encrypted with what OpenSSL has in its legacy provider only. Made once and never
// freed: what was read with it refers to it.
OSSL_LIB_CTX* LegacyContext() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    if (made != nullptr) {
      OSSL_PROVIDER_load(made, "legacy");
      OSSL_PROVIDER_load(made, "default");
    }
    return made;
  }();
  return context;
}

Pkcs12Content ReadPkcs12(std::string_view bytes, const std::string& file,
                         const std::string& password) {
  Pkcs12Content content;
  const bool parsed = ParsePkcs12(bytes, password, nullptr, content) ||
                      ParsePkcs12(bytes, password, LegacyContext(), content);
  ERR_clear_error();
  if (!parsed) {
    throw BadStore("'" + file + "' is none of PEM, PKCS12 and JKS, or its password is wrong");
  }
  return content;
}

bool IsPem(std::string_view bytes) { return bytes.find("-----BEGIN ") != std::string_view::npos; }
uint32_t MagicOf(std::string_view bytes) {
  uint32_t magic = 0;
  for (size_t i = 0; i < 4 && i < bytes.size(); ++i) {
    magic = magic << 8 | static_cast<uint8_t>(bytes[i]);
  }
  return magic;
}

std::string OthersOf(const Pkcs12Content& content) {
  std::string pem;
  for (int i = 0; content.others != nullptr && i < sk_X509_num(content.others.get()); ++i) {
    pem += PemOf(sk_X509_value(content.others.get(), i));
  }
  return pem;
}

}  // namespace

std::string ReadTrustStore(const std::string& file, const std::string& password) {
  const std::string bytes = ReadFile(file);
  std::string pem;
  if (IsPem(bytes)) {
    pem = bytes;
  } else if (MagicOf(bytes) == kJksMagic) {
    pem = JksReader(bytes, file).Certificates(password);
  } else if (MagicOf(bytes) == kJceksMagic) {
    throw BadStore("'" + file + "' is a JCEKS store: make a PKCS12 store of it (keytool " +
                   "-importkeystore -deststoretype pkcs12)");
  } else {
    const Pkcs12Content content = ReadPkcs12(bytes, file, password);
    if (content.certificate != nullptr) pem = PemOf(content.certificate.get());
    pem += OthersOf(content);
  }
  if (pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
      pem.find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos) {
    throw BadStore("'" + file + "' holds no certificate");
  }
  return pem;
}

KeyAndCertificates ReadKeyStore(const std::string& file, const std::string& password) {
  const std::string bytes = ReadFile(file);
  if (IsPem(bytes)) {
    if (bytes.find("PRIVATE KEY-----") == std::string::npos) {
      throw BadStore("'" + file + "' holds no private key");
    }
    return {bytes, bytes};
  }
  if (MagicOf(bytes) == kJksMagic || MagicOf(bytes) == kJceksMagic) {
    throw BadStore("'" + file + "' is a JKS store: keys are read of PKCS12 and PEM only (keytool " +
                   "-importkeystore -deststoretype pkcs12)");
  }
  const Pkcs12Content content = ReadPkcs12(bytes, file, password);
  if (content.key == nullptr || content.certificate == nullptr) {
    throw BadStore("'" + file + "' holds no private key with its certificate");
  }
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), content.key.get(), nullptr, nullptr, 0, nullptr,
                                nullptr);
  return {TextOf(bio.get()), PemOf(content.certificate.get()) + OthersOf(content)};
}

}  // namespace sluice::http
