#include "runtime/cluster/sasl.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

using Settings = std::map<std::string, std::string>;

constexpr char kPlain[] = "org.apache.kafka.common.security.plain.PlainLoginModule";
constexpr char kScram[] = "org.apache.kafka.common.security.scram.ScramLoginModule";
constexpr char kOAuth[] = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

std::string Jaas(std::string_view module, std::string_view options) {
  return StrCat(module, " required ", options, ";");
}

std::shared_ptr<const SaslMechanism> Make(const Settings& settings) {
  auto made = NewSaslMechanism(settings);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *made : nullptr;
}

TEST(SaslTest, PlainSaysItAllAtOnce) {
  const auto mechanism =
      Make({{"sasl.mechanism", "PLAIN"},
            {"sasl.jaas.config", Jaas(kPlain, R"(username="alice" password="s\"ecret")")}});
  ASSERT_NE(mechanism, nullptr);
  EXPECT_EQ(mechanism->name(), "PLAIN");
  for (int i = 0; i < 2; ++i) {
    auto session = mechanism->NewSession("localhost");
    ASSERT_TRUE(session.ok()) << session.status();
    const auto said = (*session)->Begin();
    ASSERT_TRUE(said.ok()) << said.status();
    EXPECT_EQ(*said, std::string("\0alice\0s\"ecret", 14));
    EXPECT_TRUE((*session)->done());
  }
}

TEST(SaslTest, ScramDoesNotBelieveAServerWithoutTheSecret) {
  for (const char* name : {"SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    const auto mechanism =
        Make({{"sasl.mechanism", name},
              {"sasl.jaas.config", Jaas(kScram, R"(username="alice" password="secret")")}});
    ASSERT_NE(mechanism, nullptr);
    auto session = *mechanism->NewSession("localhost");
    const auto first = session->Begin();
    ASSERT_TRUE(first.ok()) << first.status();
    ASSERT_TRUE(first->starts_with("n,,n=alice,r=")) << *first;
    EXPECT_FALSE(session->done());
    const std::string nonce = first->substr(first->find("r=") + 2);
    const auto second = session->Answer(StrCat("r=", nonce, "server,s=c2FsdA==,i=4096"));
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_TRUE(second->starts_with("c=biws,r=")) << *second;
    EXPECT_EQ(second->find("secret"), std::string::npos);
    const auto third = session->Answer("v=AAAA");
    EXPECT_FALSE(third.ok());
  }
}

struct Refusal {
  Settings settings;
  std::string text;
};

TEST(SaslTest, RefusesByKey) {
  const std::vector<Refusal> refusals = {
      {{{"sasl.mechanism", "AWS_MSK_IAM"}}, "AWS_MSK_IAM for configuration sasl.mechanism"},
      {{{"sasl.mechanism", "DIGEST-MD5"}}, "expected PLAIN, SCRAM-SHA-256"},
      {{{"sasl.mechanism", "PLAIN"}}, "needs username and password in sasl.jaas.config"},
      {{{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", "what is hidden"}}, "sasl.jaas.config"},
      {{{"sasl.mechanism", "PLAIN"},
        {"sasl.jaas.config", Jaas(kScram, R"(username="a" password="hidden")")}},
       "ScramLoginModule cannot be used with sasl.mechanism=PLAIN"},
      {{}, "sasl.mechanism=GSSAPI needs sasl.kerberos.service.name"},
      {{{"sasl.mechanism", "OAUTHBEARER"}}, "unsecuredLoginStringClaim_sub"},
      {{{"sasl.mechanism", "OAUTHBEARER"},
        {"sasl.oauthbearer.token.endpoint.url", "ftp://idp/token"},
        {"sasl.jaas.config", Jaas(kOAuth, R"(clientId="a" clientSecret="hidden")")}},
       "sasl.oauthbearer.token.endpoint.url"},
      {{{"sasl.mechanism", "OAUTHBEARER"},
        {"sasl.oauthbearer.token.endpoint.url", "http://idp/token"},
        {"sasl.jaas.config", Jaas(kOAuth, R"(clientId="a")")}},
       "needs sasl.oauthbearer.client.credentials.client.id"}};
  for (const Refusal& one : refusals) {
    const auto made = NewSaslMechanism(one.settings);
    ASSERT_FALSE(made.ok()) << one.text;
    EXPECT_NE(Message(made.status()).find(one.text), std::string_view::npos) << made.status();
    EXPECT_EQ(Message(made.status()).find("\"hidden\""), std::string_view::npos) << made.status();
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException);
  }
}

TEST(SaslTest, KerberosIsThereAndFailsInASentence) {
  const auto mechanism = Make({{"sasl.kerberos.service.name", "kafka"}});
  ASSERT_NE(mechanism, nullptr);
  EXPECT_TRUE(mechanism->blocks());
  setenv("KRB5CCNAME", "FILE:/nonexistent", 1);
  setenv("KRB5_CONFIG", "/dev/null", 1);
  auto session = *mechanism->NewSession("localhost");
  const auto said = session->Begin();
  ASSERT_FALSE(said.ok());
  EXPECT_TRUE(Message(said.status()).starts_with("sasl.mechanism=GSSAPI: ")) << said.status();
}

TEST(SaslTest, OAuthSaysItsTokenAndHearsARefusal) {
  const auto mechanism =
      Make({{"sasl.mechanism", "OAUTHBEARER"},
            {"sasl.jaas.config", Jaas(kOAuth, R"(unsecuredLoginStringClaim_sub="alice" )"
                                              R"(unsecuredLoginExtension_traceId="9")")}});
  ASSERT_NE(mechanism, nullptr);
  auto session = *mechanism->NewSession("localhost");
  const auto said = session->Begin();
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_TRUE(
      said->starts_with("n,,\x01"
                        "auth=Bearer eyJhbGciOiJub25lIn0."))
      << *said;
  EXPECT_TRUE(
      said->ends_with(".\x01"
                      "traceId=9\x01\x01"))
      << *said;
  EXPECT_FALSE(session->done());
  EXPECT_EQ(*session->Answer(""), "");
  EXPECT_TRUE(session->done());
  EXPECT_EQ(*session->Answer(R"({"status":"invalid_token"})"), "\x01");
}

}  // namespace
}  // namespace sluice::cluster
