// PKCS #12 stores.
#include <openssl/objects.h>

#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/entries.h"

namespace sluice::tls {
namespace {

// Java's mark of a certificate that is to be trusted: trustedKeyUsage.
constexpr char kTrustedKeyUsage[] = "2.16.840.1.113894.746875.1.1";
constexpr int kDepthMax = 8;  // of bags in bags

struct Secret {
  const char* text;  // null: none, which is something else than an empty one
  int size;
};

class Reading {
 public:
  Reading(const Passwords& passwords, OSSL_LIB_CTX* context)
      : passwords_(passwords), context_(context) {}

  StatusOr<Entries> Read(std::string_view bytes) {
    Pkcs12Ptr store = Parse(bytes);
    if (store == nullptr) return ConfigError("it is no PKCS12 store, or a damaged one");
    SLUICE_RETURN_IF_ERROR(FindPassword(store.get()));
    const SafesPtr safes(PKCS12_unpack_authsafes(store.get()));
    if (safes == nullptr) return Failed("its content is damaged");
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
      PKCS7* safe = sk_PKCS7_value(safes.get(), i);
      const int kind = OBJ_obj2nid(safe->type);
      if (kind != NID_pkcs7_data && kind != NID_pkcs7_encrypted) continue;
      if (kind == NID_pkcs7_encrypted &&
          (safe->d.encrypted == nullptr || TakesTooLong(safe->d.encrypted->enc_data->algorithm))) {
        return ConfigError(kTooManySteps);
      }
      const BagsPtr bags(kind == NID_pkcs7_data
                             ? PKCS12_unpack_p7data(safe)
                             : PKCS12_unpack_p7encdata(safe, secret_.text, secret_.size));
      if (bags == nullptr) return Failed("its certificates cannot be decrypted");
      SLUICE_RETURN_IF_ERROR(Walk(bags.get(), 0));
    }
    return Finish();
  }

  // The failure was one of an algorithm that this OpenSSL context has not.
  bool unsupported() const { return unsupported_; }

 private:
  Pkcs12Ptr Parse(std::string_view bytes) {
    // The object given carries the context that what is inside will be decrypted with.
    PKCS12* store = PKCS12_init_ex(NID_pkcs7_data, context_, nullptr);
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    const bool parsed = d2i_PKCS12(&store, &data, static_cast<long>(bytes.size())) != nullptr;
    ERR_clear_error();
    return Pkcs12Ptr(parsed ? store : nullptr);
  }

  Status FindPassword(PKCS12* store) {
    if (PKCS12_mac_present(store) == 1) {
      const ASN1_INTEGER* iterations = nullptr;
      PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, store);
      if (IsTooMany(iterations)) return ConfigError(kTooManySteps);
    }
    const Secret candidates[] = {
        passwords_.store
            ? Secret{passwords_.store->c_str(), static_cast<int>(passwords_.store->size())}
            : Secret{"", 0},
        {nullptr, 0}};
    for (const Secret& secret : candidates) {
      secret_ = secret;
      if (PKCS12_mac_present(store) != 1) return OkStatus();
      if (PKCS12_verify_mac(store, secret.text, secret.size) == 1) return OkStatus();
      if (passwords_.store && !passwords_.store->empty()) break;
    }
    NoteUnsupported();
    if (unsupported_) return Failed("its integrity cannot be checked");
    ERR_clear_error();
    return ConfigError(passwords_.store
                           ? "the store's password is wrong, or the file was tampered with"
                           : "the store needs its password");
  }

  Status Walk(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
    if (depth > kDepthMax) return ConfigError("it nests bags too deep");
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
      const PKCS12_SAFEBAG* bag = sk_PKCS12_SAFEBAG_value(bags, i);
      switch (PKCS12_SAFEBAG_get_nid(bag)) {
        case NID_certBag:
          SLUICE_RETURN_IF_ERROR(TakeCertificate(bag));
          break;
        case NID_keyBag:
        case NID_pkcs8ShroudedKeyBag:
          SLUICE_RETURN_IF_ERROR(TakeKey(bag));
          break;
        case NID_safeContentsBag:
          SLUICE_RETURN_IF_ERROR(Walk(PKCS12_SAFEBAG_get0_safes(bag), depth + 1));
          break;
        default:
          break;
      }
    }
    return OkStatus();
  }

  Status TakeCertificate(const PKCS12_SAFEBAG* bag) {
    if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) return OkStatus();
    CertificatePtr certificate(PKCS12_SAFEBAG_get1_cert(bag));
    if (certificate == nullptr) return Failed("it holds a damaged certificate");
    const std::unique_ptr<ASN1_OBJECT, Free<ASN1_OBJECT_free>> mark(
        OBJ_txt2obj(kTrustedKeyUsage, 1));
    const STACK_OF(X509_ATTRIBUTE)* attributes = PKCS12_SAFEBAG_get0_attrs(bag);
    const bool trusted = X509at_get_attr_by_OBJ(attributes, mark.get(), -1) >= 0;
    const bool of_a_key = X509at_get_attr_by_NID(attributes, NID_localKeyID, -1) >= 0;
    if (of_a_key && !trusted) own_.push_back(Share(certificate));
    (trusted ? entries_.trusted : certificates_).push_back(std::move(certificate));
    return OkStatus();
  }

  Status TakeKey(const PKCS12_SAFEBAG* bag) {
    has_keys_ = true;
    if (!passwords_.want_keys) return OkStatus();
    KeyPtr key;
    if (PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag) {
      key.reset(EVP_PKCS82PKEY_ex(PKCS12_SAFEBAG_get0_p8inf(bag), context_, nullptr));
    } else {
      const X509_ALGOR* algorithm = nullptr;
      X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, nullptr);
      if (TakesTooLong(algorithm)) return ConfigError(kTooManySteps);
      Pkcs8Ptr plain;
      if (passwords_.key) {
        plain.reset(PKCS12_decrypt_skey_ex(bag, passwords_.key->c_str(),
                                           static_cast<int>(passwords_.key->size()), context_,
                                           nullptr));
      }
      // Few PKCS12 stores have another password for their keys, whatever the settings say.
      if (plain == nullptr) {
        plain.reset(PKCS12_decrypt_skey_ex(bag, secret_.text, secret_.size, context_, nullptr));
      }
      if (plain == nullptr) return Failed("the password of its key is wrong");
      key.reset(EVP_PKCS82PKEY_ex(plain.get(), context_, nullptr));
    }
    if (key == nullptr) return Failed("it holds a key that cannot be used");
    ERR_clear_error();
    keys_.push_back(std::move(key));
    return OkStatus();
  }

  StatusOr<Entries> Finish() {
    for (KeyPtr& key : keys_) {
      if (auto identity = MakeIdentity(std::move(key), certificates_)) {
        entries_.identities.push_back(*std::move(identity));
      }
    }
    // A store of keys that serves as a trust store: their own certificates, which are marked as
    // such; where none is, the first one.
    const bool of_keys = has_keys_ && !passwords_.want_keys;
    if (of_keys) {
      const bool none = own_.empty() && entries_.trusted.empty() && !certificates_.empty();
      if (none) own_.push_back(Share(certificates_.front()));
      for (CertificatePtr& own : own_) entries_.trusted.push_back(std::move(own));
    }
    if (!of_keys) entries_.others = std::move(certificates_);
    return std::move(entries_);
  }

  void NoteUnsupported() {
    for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
      const int reason = ERR_GET_REASON(code);
      if (ERR_GET_LIB(code) == ERR_LIB_EVP &&
          (reason == EVP_R_UNSUPPORTED_ALGORITHM || reason == EVP_R_UNKNOWN_CIPHER ||
           reason == EVP_R_UNKNOWN_PBE_ALGORITHM || reason == EVP_R_UNSUPPORTED_CIPHER)) {
        unsupported_ = true;
      }
      if (reason == ERR_R_UNSUPPORTED) unsupported_ = true;
    }
  }
  Status Failed(std::string_view what) {
    NoteUnsupported();
    return ConfigError(what);
  }

  const Passwords& passwords_;
  OSSL_LIB_CTX* const context_;
  Secret secret_{nullptr, 0};
  Entries entries_;
  std::vector<CertificatePtr> certificates_;
  std::vector<CertificatePtr> own_;  // of those, the ones that say they are a key's
  std::vector<KeyPtr> keys_;
  bool has_keys_ = false;
  bool unsupported_ = false;
};

}  // namespace

StatusOr<Entries> ReadPkcs12(std::string_view bytes, const Passwords& passwords) {
  Reading modern(passwords, nullptr);
  StatusOr<Entries> entries = modern.Read(bytes);
  if (entries.ok() || !modern.unsupported()) return entries;
  if (LegacyContext() != nullptr) return Reading(passwords, LegacyContext()).Read(bytes);
  return ConfigError(
      "it is encrypted with an old algorithm (RC2, as keytool used before Java 8u301), for which "
      "OpenSSL needs its legacy provider (ossl-modules/legacy.so), not found here; rewrite the "
      "store: keytool -importkeystore -srckeystore OLD -destkeystore NEW -deststoretype pkcs12");
}

}  // namespace sluice::tls
