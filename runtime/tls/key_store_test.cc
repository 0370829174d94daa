#include "runtime/tls/key_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "runtime/base/text.h"
#include "runtime/tls/openssl.h"

namespace sluice::tls {
namespace {

std::string Path(const std::string& name) {
  return StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name);
}
std::string Text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
std::string Written(const std::string& name, const std::string& text) {
  const std::string path = StrCat(std::getenv("TEST_TMPDIR"), "/", name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

KeyStoreSettings Keys(const std::string& path, std::optional<std::string> password = {},
                      std::optional<std::string> key_password = {}) {
  KeyStoreSettings settings;
  settings.key_prefix = "ssl.keystore.";
  settings.location = path;
  settings.password = std::move(password);
  settings.key_password = std::move(key_password);
  return settings;
}
TrustStoreSettings Trust(const std::string& path, std::optional<std::string> password = {}) {
  TrustStoreSettings settings;
  settings.key_prefix = "ssl.truststore.";
  settings.location = path;
  settings.password = std::move(password);
  return settings;
}

int CountOf(const std::string& text, std::string_view what) {
  int count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// Whether the key is that of the first certificate.
bool BelongTogether(const KeyStore& store) {
  const BioPtr key_bio = ReadFrom(store.key_pem), chain_bio = ReadFrom(store.chain_pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  const CertificatePtr own(PEM_read_bio_X509(chain_bio.get(), nullptr, nullptr, nullptr));
  return key != nullptr && own != nullptr && X509_check_private_key(own.get(), key.get()) == 1;
}

TEST(KeyStore, EveryFormatHoldsTheSame) {
  const KeyStoreSettings cases[] = {
      Keys(Path("key.pem")),
      Keys(Path("key-encrypted.pem"), {}, "keypass"),
      Keys(Path("key-encrypted.pem"), "keypass"),
      Keys(Path("key-traditional.pem"), {}, "keypass"),
      Keys(Path("key.p12"), "changeit"),
      Keys(Path("key.p12"), "changeit", "other"),  // keytool ignores it, too
      Keys(Path("key-openssl.p12"), "changeit"),
      Keys(Path("key-no-password.p12")),
      Keys(Path("key-no-password.p12"), ""),
      Keys(Path("key-legacy.p12"), "changeit"),
      Keys(Path("key.jks"), "changeit", "keypass"),
  };
  std::string chain;
  for (const KeyStoreSettings& settings : cases) {
    const auto store = ReadKeyStore(settings);
    ASSERT_TRUE(store.ok()) << settings.location << ": " << store.status();
    EXPECT_TRUE(BelongTogether(*store)) << settings.location;
    EXPECT_EQ(CountOf(store->chain_pem, "BEGIN CERTIFICATE"), 2) << settings.location;
    EXPECT_EQ(CountOf(store->key_pem, "-----BEGIN PRIVATE KEY-----"), 1);
    if (chain.empty()) chain = store->chain_pem;
    EXPECT_EQ(store->chain_pem, chain) << settings.location;
    EXPECT_TRUE(store->notes.empty());
  }
}

TEST(KeyStore, TrustsTheSame) {
  const TrustStoreSettings cases[] = {
      Trust(Path("trust.pem")),
      Trust(Path("trust.p12"), "changeit"),
      Trust(Path("trust.jks"), "changeit"),
      Trust(Path("trust.jks")),
      Trust(Path("trust-openssl.p12"), "changeit"),
  };
  for (const TrustStoreSettings& settings : cases) {
    const auto store = ReadTrustStore(settings);
    ASSERT_TRUE(store.ok()) << settings.location << ": " << store.status();
    EXPECT_EQ(store->certificates_pem, Text(Path("trust.pem"))) << settings.location;
  }
  // A store of keys: their own certificates, without their passwords.
  const std::string chain = ReadKeyStore(Keys(Path("key.pem")))->chain_pem;
  for (const char* name : {"key.jks", "key.p12", "key-openssl.p12"}) {
    const auto store = ReadTrustStore(Trust(Path(name), "changeit"));
    ASSERT_TRUE(store.ok()) << name << ": " << store.status();
    EXPECT_EQ(CountOf(store->certificates_pem, "BEGIN CERTIFICATE"), 1) << name;
    EXPECT_EQ(chain.find(store->certificates_pem), 0u) << name;
  }
  // Of each of its keys, and not of those who signed them.
  const auto two = ReadTrustStore(Trust(Path("two-keys.p12"), "changeit"));
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(CountOf(two->certificates_pem, "BEGIN CERTIFICATE"), 2);
  const std::string leaf = chain.substr(0, chain.find("-----BEGIN", 1));
  EXPECT_NE(two->certificates_pem.find(leaf), std::string::npos);
}

TEST(KeyStore, TakesPemFromTheSettings) {
  KeyStoreSettings keys = Keys("");
  const std::string text = Text(Path("key-encrypted.pem"));
  keys.key = text.substr(0, text.find("-----BEGIN CERT"));
  keys.certificate_chain = text.substr(text.find("-----BEGIN CERT"));
  keys.key_password = "keypass";
  ASSERT_TRUE(ReadKeyStore(keys).ok()) << ReadKeyStore(keys).status();
  for (std::string* pem : {&keys.key, &keys.certificate_chain}) {  // as one line of a file
    for (char& c : *pem) c = c == '\n' ? ' ' : c;
  }
  const auto store = ReadKeyStore(keys);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE(BelongTogether(*store));
  TrustStoreSettings trust = Trust("");
  trust.certificates = Text(Path("trust.pem"));
  EXPECT_EQ(ReadTrustStore(trust)->certificates_pem, trust.certificates);
  EXPECT_TRUE(ReadKeyStore(Keys(""))->key_pem.empty());
  EXPECT_TRUE(ReadTrustStore(Trust(""))->certificates_pem.empty());
}

TEST(KeyStore, NotesAnotherType) {
  KeyStoreSettings keys = Keys(Path("key.p12"), "changeit");
  keys.type = "pkcs12";
  EXPECT_TRUE(ReadKeyStore(keys)->notes.empty());
  keys.type = "PEM";
  EXPECT_EQ(ReadKeyStore(keys)->notes,
            std::vector{StrCat("ssl.keystore.type (", keys.location, " is PKCS12)")});
}

TEST(KeyStore, SaysWhatIsWrongWithKeys) {
  const std::string pem = Text(Path("key.pem"));
  const std::string key_only = pem.substr(0, pem.find("-----BEGIN CERT"));
  const std::pair<KeyStoreSettings, std::string> cases[] = {
      {Keys("/no/such/file"), "the file cannot be read: No such file"},
      {Keys("/dev/zero"), "it is no regular file"},
      {Keys("/"), "it is no regular file"},
      {Keys(Written("empty", "")), "the file is empty"},
      {Keys(Written("text", "hello")), "none of PEM, PKCS12 and JKS"},
      {Keys(Path("trust.jceks"), "changeit"), "a JCEKS store cannot be read here"},
      {Keys(Path("key.jks")), "needs its password"},
      {Keys(Path("key.jks"), "wrong"), "the store's password is wrong"},
      {Keys(Path("key.jks"), "changeit"), "the password of its key is wrong"},
      {Keys(Path("trust.jks"), "changeit"), "there is no private key"},
      {Keys(Path("key.p12"), "wrong"), "the store's password is wrong"},
      {Keys(Path("key.p12")), "the store needs its password"},
      {Keys(Path("key-legacy.p12"), "wrong"), "the store's password is wrong"},
      {Keys(Written("cut.p12", Text(Path("key.p12")).substr(0, 900)), "changeit"), "damaged one"},
      {Keys(Path("trust.pem")), "there is no private key"},
      {Keys(Path("key-encrypted.pem")), "needs ssl.key.password"},
      {Keys(Path("key-encrypted.pem"), {}, "wrong"), "the password of its key is wrong"},
      {Keys(Path("key-traditional.pem"), {}, "wrong"), "the password of its key is wrong"},
      {Keys(Written("key", key_only)), "comes without a certificate"},
      {Keys(Written("mixed", key_only + Text(Path("trust.pem")))), "belongs to its key"},
      {Keys(Written("cut.pem", pem.substr(0, 100))), "has no end"},
      {Keys("", "changeit"), "SSL key store is not specified, but key store password is specified"},
  };
  for (const auto& [settings, expected] : cases) {
    const auto store = ReadKeyStore(settings);
    ASSERT_FALSE(store.ok()) << expected;
    const std::string text(Message(store.status()));
    EXPECT_NE(text.find(expected), std::string::npos) << text;
    EXPECT_NE(text.find("ssl.keystore.location"), std::string::npos) << text;
    EXPECT_NE(text.find(settings.location), std::string::npos);
    for (const char* secret : {"changeit", "keypass", "wrong:"}) {
      EXPECT_EQ(text.find(secret), std::string::npos) << text;
    }
  }
  KeyStoreSettings both = Keys(Path("key.pem"));
  both.key = "x";
  EXPECT_NE(Message(ReadKeyStore(both).status()).find("Both SSL key store"), std::string::npos);
  KeyStoreSettings half = Keys("");
  half.key = key_only;
  EXPECT_NE(Message(ReadKeyStore(half).status()).find("chain is not specified"), std::string::npos);
  half.certificate_chain = "nonsense";
  EXPECT_NE(Message(ReadKeyStore(half).status()).find("[hidden]"), std::string::npos);
}

TEST(KeyStore, SaysWhatIsWrongWithTrust) {
  const std::string key = Text(Path("key.pem"));
  const std::pair<TrustStoreSettings, std::string> cases[] = {
      {Trust("/no/such/file"), "the file cannot be read"},
      {Trust(Path("trust.jks"), "wrong"), "the store's password is wrong"},
      {Trust(Path("trust.p12"), "wrong"), "the store's password is wrong"},
      {Trust(Written("k.pem", key.substr(0, key.find("-----BEGIN CERT")))), "no certificate to"},
      {Trust("", "changeit"), "SSL trust store is not specified"},
  };
  for (const auto& [settings, expected] : cases) {
    const auto store = ReadTrustStore(settings);
    ASSERT_FALSE(store.ok()) << expected;
    EXPECT_NE(Message(store.status()).find(expected), std::string::npos) << store.status();
  }
}

// A certificate that ended an hour ago, and its key.
std::string ExpiredPem() {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), -3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("old"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(bio.get(), certificate.get());
  return tls::Written(bio.get());
}

TEST(KeyStore, RefusesWhatHasExpired) {
  const std::string pem = ExpiredPem();
  const std::string path = Written("old.pem", pem);
  for (const Status& status :
       {ReadKeyStore(Keys(path)).status(), ReadTrustStore(Trust(path)).status()}) {
    EXPECT_NE(Message(status).find("expired"), std::string::npos) << status;
    EXPECT_NE(Message(status).find("CN = old, which was valid until"), std::string::npos) << status;
  }
  // One of several is nothing to stop for.
  EXPECT_TRUE(ReadTrustStore(Trust(Written("some.pem", pem + Text(Path("trust.pem"))))).ok());
}

}  // namespace
}  // namespace sluice::tls
