// PEM texts.
#include <openssl/decoder.h>
#include <openssl/pem.h>

#include <cstring>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/entries.h"

namespace sluice::tls {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ", kDashes = "-----";

struct Block {
  std::string_view label;
  std::string text;  // as OpenSSL reads it: 64 characters a line
};

bool IsBlank(char c) { return static_cast<unsigned char>(c) <= ' '; }

// The next block at or after `at`, which is moved behind it; an empty label: there is none. A text
// in a properties file may have lost its line breaks, or has blanks where they were.
StatusOr<Block> NextBlock(std::string_view text, size_t& at) {
  at = text.find(kBegin, at);
  if (at == std::string_view::npos) return Block{};
  const size_t label_begin = at + kBegin.size();
  const size_t label_end = text.find(kDashes, label_begin);
  if (label_end == std::string_view::npos || label_end - label_begin > 60) {
    return ConfigError("a PEM block's first line has no end");
  }
  Block block;
  block.label = text.substr(label_begin, label_end - label_begin);
  const std::string last = StrCat(kEnd, block.label, kDashes);
  const size_t body_begin = label_end + kDashes.size();
  const size_t body_end = text.find(last, body_begin);
  if (body_end == std::string_view::npos) {
    return ConfigError(StrCat("the PEM block '", block.label, "' has no end"));
  }
  at = body_end + last.size();
  const std::string_view body = text.substr(body_begin, body_end - body_begin);
  if (body.find(':') != std::string_view::npos) {  // with headers, whose lines matter
    block.text =
        StrCat(text.substr(label_begin - kBegin.size(), at - label_begin + kBegin.size()), "\n");
    return block;
  }
  block.text = StrCat(kBegin, block.label, kDashes);
  size_t column = 0;
  for (const char c : body) {
    if (IsBlank(c)) continue;
    if (column++ % 64 == 0) block.text.push_back('\n');
    block.text.push_back(c);
  }
  StrAppend(block.text, "\n", last, "\n");
  return block;
}

struct PasswordAsk {
  const std::optional<std::string>* password;
  bool asked = false;
};

int GivePassword(char* out, int size, int, void* user) {
  auto* ask = static_cast<PasswordAsk*>(user);
  ask->asked = true;
  if (!*ask->password || static_cast<int>((*ask->password)->size()) > size) return -1;
  std::memcpy(out, (*ask->password)->data(), (*ask->password)->size());
  return static_cast<int>((*ask->password)->size());
}

StatusOr<KeyPtr> ReadKey(const Block& block, const std::optional<std::string>& password) {
  if (block.label == "ENCRYPTED PRIVATE KEY") {
    const BioPtr bio = ReadFrom(block.text);
    const ProtectedPtr outer(PEM_read_bio_PKCS8(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    const X509_ALGOR* algorithm = nullptr;
    if (outer != nullptr) X509_SIG_get0(outer.get(), &algorithm, nullptr);
    if (algorithm != nullptr && TakesTooLong(algorithm)) return ConfigError(kTooManySteps);
  }
  PasswordAsk ask{&password};
  KeyPtr key;
  for (OSSL_LIB_CTX* context : {static_cast<OSSL_LIB_CTX*>(nullptr), LegacyContext()}) {
    const BioPtr bio = ReadFrom(block.text);
    key.reset(PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, GivePassword, &ask, context, nullptr));
    ERR_clear_error();
    if (key != nullptr || !ask.asked || !password) break;
  }
  if (key != nullptr) return key;
  if (!ask.asked) return ConfigError(StrCat("its ", block.label, " cannot be read"));
  return ConfigError(password ? "the password of its key is wrong"
                              : "its key is encrypted and needs ssl.key.password");
}

bool IsCertificate(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

}  // namespace

StatusOr<Entries> ReadPem(std::string_view text, const Passwords& passwords) {
  Entries entries;
  KeyPtr key;
  size_t at = 0;
  while (true) {
    SLUICE_ASSIGN_OR_RETURN(const Block block, NextBlock(text, at));
    if (block.label.empty()) break;
    if (IsCertificate(block.label)) {
      const BioPtr bio = ReadFrom(block.text);
      CertificatePtr certificate(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
      ERR_clear_error();
      if (certificate == nullptr) {
        return ConfigError(
            StrCat("its certificate number ", entries.others.size() + 1, " is damaged"));
      }
      entries.others.push_back(std::move(certificate));
    } else if (block.label.ends_with("PRIVATE KEY") && passwords.want_keys && key == nullptr) {
      const auto& password = passwords.key ? passwords.key : passwords.store;
      SLUICE_ASSIGN_OR_RETURN(key, ReadKey(block, password));
    }
  }
  if (key == nullptr) return entries;
  if (entries.others.empty()) return ConfigError("its key comes without a certificate");
  auto identity = MakeIdentity(std::move(key), entries.others);
  if (!identity) return ConfigError("none of its certificates belongs to its key");
  entries.identities.push_back(*std::move(identity));
  return entries;
}

}  // namespace sluice::tls
