// TLS and SASL settings of clients.
#include <cstdlib>

#include "gtest/gtest.h"
#include "runtime/base/text.h"
#include "runtime/config/client_config.h"
#include "runtime/config/client_config_fixture.h"
#include "runtime/oauth/token_source.h"

namespace sluice::config {
namespace {

constexpr char kEndpointHandler[] =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler";

class ClientSecurityTest : public ClientConfigFixture {
 protected:
  static std::string Store(const std::string& name) {
    return std::string(std::getenv("TEST_SRCDIR")) + "/sluice/runtime/tls/testdata/" + name;
  }
  // Sets keys of the producer.
  void Set(const ConfigMap& keys) {
    connector_ = {};
    for (const auto& [key, value] : keys) connector_.Set("producer.override." + key, value);
  }
  Properties Made() const { return Rdkafka(TaskClient::kSourceProducer); }
  std::string Failed() const { return Error(TaskClient::kSourceProducer); }
};

TEST_F(ClientSecurityTest, TlsStores) {
  Set({{"security.protocol", "SSL"},
       {"ssl.truststore.location", Store("trust.jks")},
       {"ssl.keystore.type", "PKCS12"},
       {"ssl.keystore.location", Store("key.p12")},
       {"ssl.keystore.password", "changeit"},
       {"ssl.cipher.suites", "TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
       {"ssl.endpoint.identification.algorithm", ""}});
  Properties made = Made();
  EXPECT_EQ(made["security.protocol"], "ssl");
  for (const char* key : {"ssl.ca.pem", "ssl.certificate.pem"}) {
    EXPECT_EQ(made[key].find("-----BEGIN CERTIFICATE-----"), 0u) << key;
  }
  EXPECT_EQ(made["ssl.key.pem"].find("-----BEGIN PRIVATE KEY-----"), 0u);
  EXPECT_EQ(made["ssl.cipher.suites"], "ECDHE-RSA-AES128-GCM-SHA256");
  EXPECT_EQ(made["ssl.endpoint.identification.algorithm"], "none");
  for (const auto& [key, value] : made) {
    EXPECT_EQ(key.find(".location"), std::string::npos) << key;
    EXPECT_EQ(value.find("changeit"), std::string::npos) << key;
  }
  Set({{"security.protocol", "SSL"},
       {"ssl.keystore.type", "PEM"},
       {"ssl.keystore.location", Store("key-encrypted.pem")},
       {"ssl.key.password", "keypass"}});
  EXPECT_EQ(Made()["ssl.certificate.pem"], made["ssl.certificate.pem"]);
  EXPECT_EQ(Made()["ssl.endpoint.identification.algorithm"], "https");
  Set({{"security.protocol", "SSL"}, {"ssl.keystore.location", "/no/such"}});
  EXPECT_NE(Failed().find("/no/such"), std::string::npos);
  Set({{"security.protocol", "PLAINTEXT"}, {"ssl.keystore.location", "/no/such"}});
  EXPECT_EQ(Made().count("ssl.key.pem"), 0u);
}

TEST_F(ClientSecurityTest, AStoreOfAnotherTypeIsNoted) {
  Set({{"security.protocol", "SSL"},
       {"ssl.truststore.type", "PKCS12"},
       {"ssl.truststore.location", Store("trust.jks")}});
  const auto made = Make(TaskClient::kSourceProducer);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->ignored, std::vector{"ssl.truststore.type (" + Store("trust.jks") + " is JKS)"});
}

TEST_F(ClientSecurityTest, StoresAreReadWhenAConnectorIsValidated) {
  const std::string prefix = "producer.override.";
  const auto errors = [&](const ConfigMap& keys) {
    Set(keys);
    std::string out;
    for (const ConfigInfo& info :
         CheckClientOverrides(ConnectorKind::kSource, connector_, Worker())) {
      for (const std::string& error : info.value.errors) out += info.value.name + "> " + error;
    }
    return out;
  };
  EXPECT_EQ(errors({{"security.protocol", "SSL"},
                    {"ssl.truststore.location", Store("trust.jks")},
                    {"ssl.truststore.password", "changeit"}}),
            "");
  EXPECT_EQ(errors({{"security.protocol", "SSL"},
                    {"ssl.truststore.location", Store("trust.jks")},
                    {"ssl.truststore.password", "guess"}}),
            StrCat(prefix, "ssl.truststore.location> Invalid value ", Store("trust.jks"),
                   " for configuration ", prefix,
                   "ssl.truststore.location: the store's password is wrong, or the file was "
                   "tampered with"));
  EXPECT_EQ(errors({{"sasl.mechanism", "PLAIN"}, {"security.protocol", "SASL_PLAINTEXT"}})
                .find(prefix + "sasl.mechanism> "),
            0u);
  EXPECT_EQ(errors({{"ssl.keystore.location", "/no/such"}}), "");  // no TLS, no store
}

TEST_F(ClientSecurityTest, Sasl) {
  const std::string scram =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=u password=p;";
  Set({{"security.protocol", "SASL_SSL"},
       {"sasl.mechanism", "SCRAM-SHA-512"},
       {"sasl.jaas.config", scram}});
  EXPECT_EQ(Made()["sasl.mechanisms"], "SCRAM-SHA-512");
  EXPECT_EQ(Made()["sasl.username"], "u");
  Set({{"security.protocol", "SASL_PLAINTEXT"}, {"sasl.kerberos.service.name", "kafka"}});
  EXPECT_EQ(Made()["sasl.kerberos.min.time.before.relogin"], "0");  // no kinit
  const std::pair<ConfigMap, std::string> bad[] = {
      {{{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", scram}},
       "expected org.apache.kafka.common.security.plain"},
      {{{"sasl.mechanism", "PLAIN"},
        {"sasl.jaas.config",
         "com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"ldap://x\";"}},
       "JndiLoginModule cannot be used"},
      {{{"sasl.mechanism", "PLAIN"}}, "needs username and password in sasl.jaas.config"},
      {{{"sasl.mechanism", "DIGEST-MD5"}}, "expected PLAIN"},
      {{{"sasl.mechanism", "AWS_MSK_IAM"}}, "Java library of AWS"},
      {{{"sasl.mechanism", "OAUTHBEARER"}}, "unsecuredLoginStringClaim_sub"},
      {{{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.login.callback.handler.class", kEndpointHandler}},
       "needs sasl.oauthbearer.token.endpoint.url"},
      {{}, "needs sasl.kerberos.service.name"},
      {{{"sasl.kerberos.service.name", "k"},
        {"sasl.jaas.config",
         "com.sun.security.auth.module.Krb5LoginModule required keyTab=\"/secret\";"}},
       "KRB5_CLIENT_KTNAME"},
  };
  for (auto [keys, expected] : bad) {
    keys.Set("security.protocol", "SASL_PLAINTEXT");
    Set(keys);
    EXPECT_NE(Failed().find(expected), std::string::npos) << Failed();
    EXPECT_EQ(Failed().find("/secret"), std::string::npos);
  }
}

TEST_F(ClientSecurityTest, Tokens) {
  const std::string module =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ";
  Set({{"security.protocol", "SASL_SSL"},
       {"sasl.mechanism", "OAUTHBEARER"},
       {"sasl.jaas.config", module + "unsecuredLoginStringClaim_sub=\"alice\";"}});
  EXPECT_EQ(Made()["sasl.mechanisms"], "OAUTHBEARER");
  EXPECT_EQ(Made().count("sasl.username"), 0u);
  auto made = Make(TaskClient::kSourceProducer);
  ASSERT_TRUE(made.ok() && made->tokens != nullptr) << made.status();
  EXPECT_EQ(made->tokens->Next()->principal, "alice");
}

// CVE-2025-27817: who may have the worker read a file, or ask a server.
TEST_F(ClientSecurityTest, WhereAConnectorsTokensComeFrom) {
  constexpr char kUrl[] = "sasl.oauthbearer.token.endpoint.url";
  const std::string full = StrCat("producer.override.", kUrl);
  const auto said = [&](const std::string& url) {
    connector_ = {{full, url},
                  {"producer.override.security.protocol", "SASL_SSL"},
                  {"producer.override.sasl.mechanism", "OAUTHBEARER"},
                  {"producer.override.sasl.oauthbearer.client.credentials.client.id", "id"},
                  {"producer.override.sasl.oauthbearer.client.credentials.client.secret", "s"}};
    std::string out;
    for (const ConfigInfo& info :
         CheckClientOverrides(ConnectorKind::kSource, connector_, Worker())) {
      for (const std::string& error : info.value.errors) out += error;
    }
    const auto made = Make(TaskClient::kSourceProducer);
    EXPECT_EQ(made.ok(), out.empty()) << url << out << made.status();
    return out;
  };
  for (const char* url : {"file:///etc/passwd", "http://169.254.169.254/"}) {
    EXPECT_NE(said(url).find(StrCat("Invalid value ", url, " for configuration ", full)),
              std::string::npos)
        << said(url);
  }
  worker_ = {{kUrl, "https://idp/a"}, {StrCat("producer.", kUrl), "https://idp/b"}};
  EXPECT_EQ(said("https://idp/a"), "");
  EXPECT_EQ(said("https://idp/b"), "");
  EXPECT_NE(said("https://idp/c"), "");
  allowed_token_urls_ = {"https://idp/c"};
  EXPECT_EQ(said("https://idp/c"), "");
}

}  // namespace
}  // namespace sluice::config
