#include "runtime/tls/entries.h"

#include <openssl/provider.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/jks.h"

namespace sluice::tls {
namespace {

constexpr size_t kChainMax = 20;

KeyPtr ReadPkcs8(std::string_view der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &data, static_cast<long>(der.size())));
  KeyPtr key(info == nullptr ? nullptr : EVP_PKCS82PKEY(info.get()));
  ERR_clear_error();
  return key;
}

}  // namespace

CertificatePtr Share(const CertificatePtr& certificate) {
  X509_up_ref(certificate.get());
  return CertificatePtr(certificate.get());
}

CertificatePtr ReadDerCertificate(std::string_view der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  CertificatePtr certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

std::optional<Identity> MakeIdentity(KeyPtr key, const std::vector<CertificatePtr>& certificates) {
  const auto own = std::find_if(certificates.begin(), certificates.end(), [&](const auto& one) {
    return X509_check_private_key(one.get(), key.get()) == 1;
  });
  ERR_clear_error();
  if (own == certificates.end()) return std::nullopt;
  Identity identity;
  identity.key = std::move(key);
  identity.chain.push_back(Share(*own));
  while (identity.chain.size() < kChainMax) {
    X509* last = identity.chain.back().get();
    if (X509_check_issued(last, last) == X509_V_OK) break;  // the root
    const auto issuer = std::find_if(certificates.begin(), certificates.end(), [&](const auto& c) {
      return X509_check_issued(c.get(), last) == X509_V_OK;
    });
    if (issuer == certificates.end()) break;
    identity.chain.push_back(Share(*issuer));
  }
  return identity;
}

StatusOr<Entries> ReadJks(std::string_view bytes, const Passwords& passwords) {
  if (passwords.want_keys && !passwords.store) {
    return ConfigError("a JKS key store needs its password");
  }
  SLUICE_ASSIGN_OR_RETURN(const std::vector<JksEntry> stored, ParseJks(bytes, passwords.store));
  Entries entries;
  for (const JksEntry& entry : stored) {
    const std::string alias = ReplaceInvalidUtf8(entry.alias);
    std::vector<CertificatePtr> certificates;
    for (const std::string& der : entry.certificates) {
      certificates.push_back(ReadDerCertificate(der));
      if (certificates.back() == nullptr) {
        return ConfigError(StrCat("its entry '", alias, "' holds a damaged certificate"));
      }
    }
    if (certificates.empty()) continue;  // a key of which nothing is known
    if (entry.protected_key.empty()) {
      entries.trusted.push_back(std::move(certificates.front()));
    } else if (!passwords.want_keys) {  // Java trusts the certificates of keys, too
      entries.trusted.push_back(std::move(certificates.front()));
    } else {
      SLUICE_ASSIGN_OR_RETURN(
          const std::string der,
          UnprotectJksKey(entry.protected_key, passwords.key.value_or(*passwords.store)));
      KeyPtr key = ReadPkcs8(der);
      if (key == nullptr) {
        return ConfigError(StrCat("its entry '", alias, "' holds a key that cannot be used"));
      }
      entries.identities.push_back({std::move(key), std::move(certificates)});
    }
  }
  return entries;
}

bool IsTooMany(const ASN1_INTEGER* steps) {
  constexpr long kIterationsMax = 5'000'000;
  const long count = steps == nullptr ? 1 : ASN1_INTEGER_get(steps);
  return count < 0 || count > kIterationsMax;  // -1: it does not fit
}

bool TakesTooLong(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  const auto* text = static_cast<const ASN1_STRING*>(value);
  const unsigned char* data = ASN1_STRING_get0_data(text);
  const long size = ASN1_STRING_length(text);
  bool result = false;
  if (const int nid = OBJ_obj2nid(object); nid == NID_pbes2) {
    const std::unique_ptr<PBE2PARAM, Free<PBE2PARAM_free>> scheme(
        d2i_PBE2PARAM(nullptr, &data, size));
    result = scheme != nullptr && OBJ_obj2nid(scheme->keyfunc->algorithm) == NID_id_pbkdf2 &&
             TakesTooLong(scheme->keyfunc);
  } else if (nid == NID_id_pbkdf2) {
    const std::unique_ptr<PBKDF2PARAM, Free<PBKDF2PARAM_free>> derivation(
        d2i_PBKDF2PARAM(nullptr, &data, size));
    result = derivation != nullptr && IsTooMany(derivation->iter);
  } else {
    const std::unique_ptr<PBEPARAM, Free<PBEPARAM_free>> derivation(
        d2i_PBEPARAM(nullptr, &data, size));
    result = derivation != nullptr && IsTooMany(derivation->iter);
  }
  ERR_clear_error();
  return result;
}

OSSL_LIB_CTX* LegacyContext() {
  static OSSL_LIB_CTX* const context = [] {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    if (OSSL_PROVIDER_load(made, "legacy") != nullptr &&
        OSSL_PROVIDER_load(made, "default") != nullptr) {
      return made;
    }
    OSSL_LIB_CTX_free(made);
    ERR_clear_error();
    return static_cast<OSSL_LIB_CTX*>(nullptr);
  }();
  return context;
}

}  // namespace sluice::tls
