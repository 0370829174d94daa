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

TEST(JaasTest, ReadsFiles) {
  const char* text = R"(
// KafkaConnect { not.This required; };
KafkaClient {
  a.B required username="x};" password='/* y */'; };
/* KafkaConnect { nor.This required; }; */
KafkaConnect{c.D sufficient file=/etc/users;e.F optional;};
)";
  const auto connect = ParseJaasFile(text, "f", "KafkaConnect");
  ASSERT_TRUE(connect.ok()) << connect.status();
  ASSERT_EQ(connect->size(), 2u);
  EXPECT_EQ((*connect)[0].login_module, "c.D");
  EXPECT_EQ((*connect)[0].options.Get("file"), "/etc/users");
  const auto client = ParseJaasFile(text, "f", "KafkaClient");
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ((*client)[0].options.Get("username"), "x};");
  EXPECT_EQ((*client)[0].options.Get("password"), "/* y */");
  EXPECT_EQ(Message(ParseJaasFile(text, "f", "Kafka").status()), "f has no entry Kafka");
  for (const char* bad : {"A", "A {", "A { b", "A { b required", "A { b required secret=; };",
                          "A { b required; ", "A { b required secret=\"x; };", "{ }", "A b { };"}) {
    const auto entries = ParseJaasFile(bad, "f", "A");
    ASSERT_FALSE(entries.ok()) << bad;
    EXPECT_EQ(Message(entries.status()).find("secret"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace sluice::config
