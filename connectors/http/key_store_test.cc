#include "connectors/http/key_store.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <cstdint>
#include <fstream>

namespace sluice::http {
namespace {

// A key and a certificate signed with it, made once.
struct Identity {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  Identity() {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
  }
  static Identity& Get() {
    static Identity& made = *new Identity();
    return made;
  }
  std::string Der() const {
    unsigned char* data = nullptr;
    const int size = i2d_X509(certificate, &data);
    std::string der(reinterpret_cast<char*>(data), static_cast<size_t>(size));
    OPENSSL_free(data);
    return der;
  }
};

std::string Write(const std::string& name, const std::string& bytes) {
  const std::string file = testing::TempDir() + name;
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

std::string Pkcs12(bool with_key) {
  Identity& identity = Identity::Get();
  STACK_OF(X509)* others = sk_X509_new_null();
  if (!with_key) sk_X509_push(others, identity.certificate);
  PKCS12* store = PKCS12_create("s3cret", "alias", with_key ? identity.key : nullptr,
                                with_key ? identity.certificate : nullptr, others, 0, 0, 0, 0, 0);
  sk_X509_free(others);
  unsigned char* data = nullptr;
  const int size = i2d_PKCS12(store, &data);
  std::string bytes(reinterpret_cast<char*>(data), static_cast<size_t>(size));
  OPENSSL_free(data);
  PKCS12_free(store);
  return bytes;
}

std::string Big(uint64_t number, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out.push_back(static_cast<char>(number >> (8 * i)));
  return out;
}

std::string Jks(const std::string& password) {
  const std::string der = Identity::Get().Der();
  std::string store = Big(0xFEEDFEED, 4) + Big(2, 4) + Big(1, 4) + Big(2, 4) + Big(2, 2) + "ca" +
                      Big(0, 8) + Big(5, 2) + "X.509" + Big(der.size(), 4) + der;
  std::string all;
  for (char c : password) all.append({'\0', c});
  all += "Mighty Aphrodite" + store;
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest);
  return store.append(reinterpret_cast<const char*>(digest), sizeof digest);
}

TEST(KeyStoreTest, TrustStoresOfAllKindsComeOutAsPem) {
  const std::string pem = ReadTrustStore(Write("t.jks", Jks("changeit")), "changeit");
  EXPECT_EQ(pem.rfind("-----BEGIN CERTIFICATE-----", 0), 0u);
  EXPECT_EQ(ReadTrustStore(Write("t.jks", Jks("changeit")), ""), pem);  // not checked, as in Java
  EXPECT_EQ(ReadTrustStore(Write("t.p12", Pkcs12(false)), "s3cret"), pem);
  EXPECT_EQ(ReadTrustStore(Write("k.p12", Pkcs12(true)), "s3cret"), pem);
  EXPECT_EQ(ReadTrustStore(Write("t.pem", pem), ""), pem);
}

TEST(KeyStoreTest, AKeyComesWithItsCertificate) {
  const KeyAndCertificates read = ReadKeyStore(Write("k.p12", Pkcs12(true)), "s3cret");
  EXPECT_EQ(read.key.rfind("-----BEGIN PRIVATE KEY-----", 0), 0u);
  EXPECT_EQ(read.certificates.rfind("-----BEGIN CERTIFICATE-----", 0), 0u);
  const std::string both = read.key + read.certificates;
  EXPECT_EQ(ReadKeyStore(Write("k.pem", both), "").key, both);
}

TEST(KeyStoreTest, WhatIsWrongIsSaidWithoutThePassword) {
  const std::string jks = Jks("changeit");
  const std::string trust[] = {Write("none.pem", "-----BEGIN NOTHING-----"),
                               Write("half.jks", jks.substr(0, jks.size() / 2)),
                               Write("wrong.jks", Jks("other")),
                               Write("wrong.p12", Pkcs12(true)),
                               Write("empty", ""),
                               Write("noise", std::string(1000, '\x30')),
                               "/nonexistent/store"};
  for (const std::string& file : trust) {
    try {
      ReadTrustStore(file, "changeit");
      ADD_FAILURE() << file;
    } catch (const BadStore& bad) {
      EXPECT_NE(std::string(bad.what()).find(file), std::string::npos) << bad.what();
      EXPECT_EQ(std::string(bad.what()).find("changeit"), std::string::npos) << bad.what();
    }
  }
  EXPECT_THROW(ReadKeyStore(Write("t.p12", Pkcs12(false)), "s3cret"), BadStore);
  EXPECT_THROW(ReadKeyStore(Write("t.jks", jks), "changeit"), BadStore);
}

// Every prefix of a store is refused, not read past its end.
TEST(KeyStoreTest, DamagedStoresAreRefused) {
  const std::string jks = Jks("");
  for (size_t size = 0; size + 1 < jks.size(); size += 7) {
    EXPECT_THROW(ReadTrustStore(Write("cut.jks", jks.substr(0, size)), ""), BadStore) << size;
  }
}

}  // namespace
}  // namespace sluice::http
