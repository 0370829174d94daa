#include "runtime/config/jaas.h"

#include "gtest/gtest.h"

namespace sluice::config {
namespace {

TEST(JaasTest, ReadsOneEntry) {
  auto entry = ParseJaas(
      "org.apache.kafka.common.security.plain.PlainLoginModule required\n  username=\"a\\\"b\" "
      "password='p;=x' debug=true ;");
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->login_module, "org.apache.kafka.common.security.plain.PlainLoginModule");
  EXPECT_TRUE(entry->options ==
              (ConfigMap{{"username", "a\"b"}, {"password", "p;=x"}, {"debug", "true"}}));
  EXPECT_TRUE(ParseJaas("A required;").ok());
}

TEST(JaasTest, MalformedTextIsRefusedAndNotShown) {
  for (const char* bad :
       {"", "A", "A maybe;", "A required", "A required secret;", "A required user=\"secret;",
        "A required user=;", "A required; B required secret=x;", "A required user secret=1;"}) {
    auto entry = ParseJaas(bad);
    ASSERT_FALSE(entry.ok()) << bad;
    EXPECT_EQ(Message(entry.status()).find("secret"), std::string_view::npos) << entry.status();
  }
}

}  // namespace
}  // namespace sluice::config
