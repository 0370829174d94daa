#include "runtime/tls/jks.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "runtime/base/text.h"

namespace sluice::tls {
namespace {

std::string Store(const std::string& name) {
  std::ifstream file(StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name),
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Failure(const std::string& bytes, const std::optional<std::string>& password) {
  const auto entries = ParseJks(bytes, password);
  return entries.ok() ? "" : std::string(Message(entries.status()));
}

TEST(Jks, ReadsKeysAndTheirChain) {
  const std::string bytes = Store("key.jks");
  ASSERT_TRUE(IsJks(bytes));
  const auto entries = ParseJks(bytes, "changeit");
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().alias, "leaf");
  EXPECT_EQ(entries->front().certificates.size(), 2u);
  const auto key = UnprotectJksKey(entries->front().protected_key, "keypass");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)[0], '\x30');
  const auto wrong = UnprotectJksKey(entries->front().protected_key, "changeit");
  EXPECT_EQ(Message(wrong.status()), "the password of its key is wrong");
  EXPECT_FALSE(UnprotectJksKey("", "keypass").ok());
  EXPECT_FALSE(UnprotectJksKey(std::string("\x30\x00", 2), "keypass").ok());
}

TEST(Jks, ReadsTrustedCertificates) {
  for (const std::optional<std::string>& password : {std::optional<std::string>("changeit"), {}}) {
    const auto entries = ParseJks(Store("trust.jks"), password);
    ASSERT_TRUE(entries.ok()) << entries.status();
    ASSERT_EQ(entries->size(), 1u);
    EXPECT_TRUE(entries->front().protected_key.empty());
    EXPECT_EQ(entries->front().certificates.size(), 1u);
  }
}

TEST(Jks, ChecksThePassword) {
  EXPECT_NE(Failure(Store("trust.jks"), "wrong").find("password is wrong"), std::string::npos);
  EXPECT_NE(Failure(Store("trust.jks"), "").find("password is wrong"), std::string::npos);
  EXPECT_NE(Failure(Store("trust.jks"), "p\xC3\xA4ss\xF0\x9F\x98\x80").find("password is wrong"),
            std::string::npos);
}

TEST(Jks, RefusesWhatIsDamaged) {
  const std::string bytes = Store("key.jks");
  for (size_t size = 0; size < bytes.size(); ++size) {  // cut short anywhere
    EXPECT_NE(Failure(bytes.substr(0, size), "changeit"), "") << size;
    EXPECT_NE(Failure(bytes.substr(0, size), std::nullopt), "") << size;
  }
  for (size_t at = 0; at < bytes.size(); at += 7) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_NE(Failure(changed, "changeit"), "") << at;
  }
  std::string version = bytes;
  version[7] = 3;
  EXPECT_NE(Failure(version, std::nullopt).find("version 3"), std::string::npos);
  std::string kind = bytes;
  kind[15] = 9;
  EXPECT_NE(Failure(kind, std::nullopt).find("unknown kind 9"), std::string::npos);
  EXPECT_NE(Failure(bytes + "x", std::nullopt).find("bytes after"), std::string::npos);
  EXPECT_FALSE(IsJks("\xFE\xED"));
}

// A store that says it has 4 billion entries, or a certificate of 4 GiB, costs nothing.
TEST(Jks, BelievesNoSizes) {
  const std::string head("\xFE\xED\xFE\xED\0\0\0\2\xFF\xFF\xFF\xFF", 12);
  EXPECT_NE(Failure(head + std::string(200, '\0'), std::nullopt), "");
  const std::string certificate("\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\5X.509\xFF\xFF\xFF\xFF", 25);
  EXPECT_NE(Failure(head + certificate + std::string(200, 'x'), std::nullopt), "");
}

}  // namespace
}  // namespace sluice::tls
