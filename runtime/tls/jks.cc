#include "runtime/tls/jks.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstdint>

#include "runtime/base/text.h"
#include "runtime/tls/openssl.h"

namespace sluice::tls {
namespace {

constexpr uint32_t kMagic = 0xFEEDFEED;
constexpr size_t kDigestSize = SHA_DIGEST_LENGTH;
constexpr std::string_view kWhitener = "Mighty Aphrodite";
constexpr std::string_view kSunKeyProtector = "1.3.6.1.4.1.42.2.17.1.1";

// Takes numbers and pieces off the front of `bytes`; after the end everything is empty and ok() is
// false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  uint64_t Number(size_t size) {
    uint64_t value = 0;
    for (const char c : Take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view Take(uint64_t size) {
    if (size > bytes_.size() - at_) ok_ = false;
    if (!ok_) return {};
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }
  bool ok() const { return ok_; }
  size_t at() const { return at_; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

// A password as Java's char array becomes bytes: UTF-16, big end first.
std::string PasswordBytes(std::string_view utf8) {
  std::string out;
  const auto unit = [&](uint32_t value) {
    out.push_back(static_cast<char>(value >> 8));
    out.push_back(static_cast<char>(value));
  };
  const std::string text = ReplaceInvalidUtf8(utf8);
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    uint32_t code = more == 0 ? lead : lead & (0x3F >> more);
    for (int k = 0; k < more && i < text.size(); ++k) code = code << 6 | (text[i++] & 0x3F);
    if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::string Sha1(std::string_view a, std::string_view b, std::string_view c = {}) {
  std::string digest(kDigestSize, '\0');
  std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr);
  for (const std::string_view part : {a, b, c}) {
    EVP_DigestUpdate(context.get(), part.data(), part.size());
  }
  EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

bool SameDigest(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Status Malformed(size_t at, std::string_view why) {
  return ConfigError(StrCat("it is a damaged JKS store: ", why, " at byte ", at));
}

Status ReadCertificate(Reader& reader, uint64_t version, JksEntry& entry) {
  const size_t begin = reader.at();
  if (version == 2) {
    const std::string_view type = reader.Take(reader.Number(2));
    if (reader.ok() && type != "X.509" && type != "X509") {
      return Malformed(begin, StrCat("a certificate of type '", ReplaceInvalidUtf8(type), "'"));
    }
  }
  entry.certificates.emplace_back(reader.Take(reader.Number(4)));
  if (!reader.ok()) return Malformed(begin, "a certificate ends beyond the file's end");
  return OkStatus();
}

StatusOr<JksEntry> ReadEntry(Reader& reader, uint64_t version) {
  const size_t begin = reader.at();
  const uint64_t tag = reader.Number(4);
  JksEntry entry;
  entry.alias = reader.Take(reader.Number(2));
  reader.Number(8);
  if (!reader.ok()) return Malformed(begin, "an entry ends beyond the file's end");
  if (tag == 2) {
    SLUICE_RETURN_IF_ERROR(ReadCertificate(reader, version, entry));
    return entry;
  }
  if (tag != 1) return Malformed(begin, StrCat("an entry of the unknown kind ", tag));
  entry.protected_key = reader.Take(reader.Number(4));
  const uint64_t certificates = reader.Number(4);
  if (!reader.ok() || entry.protected_key.empty()) return Malformed(begin, "a key without its end");
  for (uint64_t i = 0; i < certificates; ++i) {
    SLUICE_RETURN_IF_ERROR(ReadCertificate(reader, version, entry));
  }
  return entry;
}

}  // namespace

bool IsJks(std::string_view bytes) { return Reader(bytes).Number(4) == kMagic; }

StatusOr<std::vector<JksEntry>> ParseJks(std::string_view bytes,
                                         const std::optional<std::string>& password) {
  if (bytes.size() < 12 + kDigestSize) return Malformed(bytes.size(), "the file is cut short");
  const std::string_view body = bytes.substr(0, bytes.size() - kDigestSize);
  Reader reader(body);
  if (reader.Number(4) != kMagic) return Malformed(0, "no JKS magic number");
  const uint64_t version = reader.Number(4);
  if (version != 1 && version != 2) {
    return Malformed(4, StrCat("version ", version, ", where 1 or 2 was expected"));
  }
  if (password) {
    const std::string digest = Sha1(PasswordBytes(*password), kWhitener, body);
    if (!SameDigest(digest, bytes.substr(body.size()))) {
      return ConfigError("the store's password is wrong, or the file was tampered with");
    }
  }
  const uint64_t count = reader.Number(4);
  std::vector<JksEntry> entries;
  for (uint64_t i = 0; i < count; ++i) {
    SLUICE_ASSIGN_OR_RETURN(JksEntry entry, ReadEntry(reader, version));
    entries.push_back(std::move(entry));
  }
  if (reader.at() != body.size()) return Malformed(reader.at(), "bytes after the last entry");
  return entries;
}

// The protected bytes are: salt (20), the key XORed with SHA-1(password, salt), SHA-1(password,
// that), ..., and SHA-1(password, key).
StatusOr<std::string> UnprotectJksKey(std::string_view protected_key, std::string_view password) {
  const auto* data = reinterpret_cast<const unsigned char*>(protected_key.data());
  const ProtectedPtr outer(d2i_X509_SIG(nullptr, &data, static_cast<long>(protected_key.size())));
  ERR_clear_error();
  if (outer == nullptr) return ConfigError("its key is damaged: no EncryptedPrivateKeyInfo");
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* content = nullptr;
  X509_SIG_get0(outer.get(), &algorithm, &content);
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  char name[80] = "";
  OBJ_obj2txt(name, sizeof name, object, 1);
  if (name != kSunKeyProtector) {
    return ConfigError(StrCat("its key is protected by the algorithm ", name,
                              ", which a JKS store does not use; convert the store to PKCS12"));
  }
  const std::string_view bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(content)),
                               static_cast<size_t>(ASN1_STRING_length(content)));
  if (bytes.size() <= 2 * kDigestSize) return ConfigError("its key is damaged: it is too short");
  const std::string secret = PasswordBytes(password);
  std::string_view cipher = bytes.substr(kDigestSize, bytes.size() - 2 * kDigestSize);
  std::string stream(bytes.substr(0, kDigestSize));
  std::string key;
  key.reserve(cipher.size());
  for (size_t i = 0; i < cipher.size(); ++i) {
    if (i % kDigestSize == 0) stream = Sha1(secret, stream);
    key.push_back(static_cast<char>(cipher[i] ^ stream[i % kDigestSize]));
  }
  if (!SameDigest(Sha1(secret, key), bytes.substr(bytes.size() - kDigestSize))) {
    return ConfigError("the password of its key is wrong");
  }
  return key;
}

}  // namespace sluice::tls
