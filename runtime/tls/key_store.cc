#include "runtime/tls/key_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/tls/entries.h"
#include "runtime/tls/jks.h"

namespace sluice::tls {
namespace {

constexpr size_t kBytesMax = 16 << 20;

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

// A path comes from whoever may create connectors: a pipe or a device must not hold the thread.
StatusOr<std::string> ReadStoreFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return ConfigError(StrCat("the file cannot be read: ", std::strerror(errno)));
  const struct Closer {
    int fd;
    ~Closer() { close(fd); }
  } closer{fd};
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return ConfigError("it is no regular file");
  std::string bytes;
  char chunk[16384];
  while (true) {
    const ssize_t size = read(fd, chunk, sizeof chunk);
    if (size < 0) return ConfigError(StrCat("the file cannot be read: ", std::strerror(errno)));
    if (size == 0) break;
    bytes.append(chunk, static_cast<size_t>(size));
    if (bytes.size() > kBytesMax) return ConfigError("it is larger than 16 MiB");
  }
  if (bytes.empty()) return ConfigError("the file is empty");
  return bytes;
}

std::string_view FormatOf(std::string_view bytes) {
  if (IsJks(bytes)) return "JKS";
  if (bytes.starts_with("\xCE\xCE\xCE\xCE")) return "JCEKS";
  if (bytes.find("-----BEGIN ") != std::string_view::npos) return "PEM";
  return bytes.starts_with('\x30') ? "PKCS12" : "";
}

StatusOr<Entries> ReadBytes(std::string_view bytes, std::string_view format,
                            const Passwords& passwords) {
  if (format == "JKS") return ReadJks(bytes, passwords);
  if (format == "PEM") return ReadPem(bytes, passwords);
  if (format == "PKCS12") {
    CertificatePtr single = ReadDerCertificate(bytes);
    if (single == nullptr) return ReadPkcs12(bytes, passwords);
    Entries entries;
    entries.others.push_back(std::move(single));
    return entries;
  }
  if (format == "JCEKS") {
    return ConfigError(
        "a JCEKS store cannot be read here; convert it: keytool -importkeystore -srckeystore OLD "
        "-srcstoretype JCEKS -destkeystore NEW -deststoretype pkcs12");
  }
  return ConfigError("its content is none of PEM, PKCS12 and JKS");
}

StatusOr<Entries> ReadStore(const StoreSettings& settings, const Passwords& passwords,
                            std::vector<std::string>& notes) {
  const std::string location_key = settings.key_prefix + "location";
  const auto read = [&]() -> StatusOr<Entries> {
    SLUICE_ASSIGN_OR_RETURN(const std::string bytes, ReadStoreFile(settings.location));
    const std::string_view format = FormatOf(bytes);
    if (settings.type && !format.empty() && !EqualsIgnoreCase(*settings.type, format)) {
      notes.push_back(
          StrCat(settings.key_prefix, "type (", settings.location, " is ", format, ")"));
    }
    return ReadBytes(bytes, format, passwords);
  };
  StatusOr<Entries> entries = read();
  if (!entries.ok()) return Invalid(location_key, settings.location, Message(entries.status()));
  return entries;
}

bool Expired(const CertificatePtr& certificate) {
  return X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0;
}

// `subject, which was valid until date`.
std::string Expiry(const CertificatePtr& certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_ONELINE);
  BIO_puts(bio.get(), ", which was valid until ");
  ASN1_TIME_print(bio.get(), X509_get0_notAfter(certificate.get()));
  return Written(bio.get());
}

std::string ToPem(const std::vector<CertificatePtr>& certificates) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  for (const CertificatePtr& one : certificates) PEM_write_bio_X509(bio.get(), one.get());
  return Written(bio.get());
}

StatusOr<KeyStore> Choose(const std::vector<Identity>& identities) {
  if (identities.empty()) return ConfigError("there is no private key with its certificate in it");
  const Identity* chosen = nullptr;
  for (const Identity& one : identities) {
    if (chosen == nullptr && !Expired(one.chain.front())) chosen = &one;
  }
  if (chosen == nullptr) {
    return ConfigError(
        StrCat("its certificate has expired: ", Expiry(identities.front().chain.front())));
  }
  KeyStore store;
  store.chain_pem = ToPem(chosen->chain);
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), chosen->key.get(), nullptr, nullptr, 0, nullptr,
                                nullptr);
  store.key_pem = Written(bio.get());
  return store;
}

StatusOr<TrustStore> ChooseTrusted(const Entries& entries) {
  const auto& certificates = entries.trusted.empty() ? entries.others : entries.trusted;
  if (certificates.empty()) return ConfigError("there is no certificate to trust in it");
  for (const CertificatePtr& one : certificates) {
    if (!Expired(one)) {
      TrustStore store;
      store.certificates_pem = ToPem(certificates);
      return store;
    }
  }
  return ConfigError(
      StrCat("all its certificates have expired, first ", Expiry(certificates.front())));
}

}  // namespace

StatusOr<KeyStore> ReadKeyStore(const KeyStoreSettings& settings) {
  const std::string& prefix = settings.key_prefix;
  if (settings.key.empty() && settings.certificate_chain.empty() && settings.location.empty()) {
    if (!settings.password) return KeyStore{};
    return ConfigError(
        StrCat("SSL key store is not specified, but key store password is "
               "specified. Set ",
               prefix, "location"));
  }
  Passwords passwords{settings.password, settings.key_password, true};
  if (!settings.location.empty()) {
    if (!settings.key.empty() || !settings.certificate_chain.empty()) {
      return ConfigError(
          StrCat("Both SSL key store location and separate private key are "
                 "specified. Set ",
                 prefix, "location, or ", prefix, "key with ", prefix, "certificate.chain"));
    }
    std::vector<std::string> notes;
    SLUICE_ASSIGN_OR_RETURN(const Entries entries, ReadStore(settings, passwords, notes));
    StatusOr<KeyStore> store = Choose(entries.identities);
    if (!store.ok()) {
      return Invalid(prefix + "location", settings.location, Message(store.status()));
    }
    store->notes = std::move(notes);
    return store;
  }
  if (settings.key.empty() || settings.certificate_chain.empty()) {
    return ConfigError(settings.key.empty()
                           ? StrCat("SSL certificate chain is specified, but private key is not "
                                    "specified. Set ",
                                    prefix, "key")
                           : StrCat("SSL private key is specified, but certificate chain is not "
                                    "specified. Set ",
                                    prefix, "certificate.chain"));
  }
  const StatusOr<Entries> entries =
      ReadPem(StrCat(settings.key, "\n", settings.certificate_chain), passwords);
  if (!entries.ok()) return Invalid(prefix + "key", "[hidden]", Message(entries.status()));
  StatusOr<KeyStore> store = Choose(entries->identities);
  if (!store.ok()) return Invalid(prefix + "key", "[hidden]", Message(store.status()));
  return store;
}

StatusOr<TrustStore> ReadTrustStore(const TrustStoreSettings& settings) {
  const std::string& prefix = settings.key_prefix;
  const Passwords passwords{settings.password, std::nullopt, false};
  if (!settings.certificates.empty()) {
    if (!settings.location.empty()) {
      return ConfigError(
          StrCat("Both SSL trust store location and separate trust certificates are "
                 "specified. Set ",
                 prefix, "location or ", prefix, "certificates"));
    }
    const StatusOr<Entries> entries = ReadPem(settings.certificates, passwords);
    if (!entries.ok())
      return Invalid(prefix + "certificates", "[hidden]", Message(entries.status()));
    StatusOr<TrustStore> store = ChooseTrusted(*entries);
    if (!store.ok()) return Invalid(prefix + "certificates", "[hidden]", Message(store.status()));
    return store;
  }
  if (settings.location.empty()) {
    if (!settings.password) return TrustStore{};
    return ConfigError(
        StrCat("SSL trust store is not specified, but trust store password is "
               "specified. Set ",
               prefix, "location"));
  }
  std::vector<std::string> notes;
  SLUICE_ASSIGN_OR_RETURN(const Entries entries, ReadStore(settings, passwords, notes));
  StatusOr<TrustStore> store = ChooseTrusted(entries);
  if (!store.ok()) {
    return Invalid(prefix + "location", settings.location, Message(store.status()));
  }
  store->notes = std::move(notes);
  return store;
}

}  // namespace sluice::tls
