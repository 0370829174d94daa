#include "runtime/convert/registry_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::convert {
namespace {

using schema_registry::ClientOptions;
using testing::HasSubstr;
using testing::Not;

constexpr char kJaas[] =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
    "clientId=\"jaas-id\" clientSecret=\"s3cret\" scope=\"jaas\" extension_identityPoolId=\"p1\" "
    "ssl.truststore.location=\"/jaas.p12\";";

StatusOr<RegistrySettings> Read(config::ConfigMap given) {
  given.Set("schema.registry.url", "http://u:p@h");
  given.Set("converter.type", "value");
  const config::ConfigMap settings = WithoutClientPrefix(given);
  SLUICE_ASSIGN_OR_RETURN(const config::ParsedConfig config,
                          RegistryConverterConfig().Parse(settings));
  return ParseRegistrySettings(config, settings);
}

ClientOptions Client(const config::ConfigMap& given) {
  const auto read = Read(given);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? read->client : ClientOptions();
}

TEST(RegistrySettings, NameAndPassword) {
  EXPECT_TRUE(Client({}).user_info_of_url);
  const ClientOptions given = Client({{"basic.auth.credentials.source", "USER_INFO"},
                                      {"basic.auth.user.info", "ann:s3cret"},
                                      {"bearer.auth.token", "not asked for"}});
  EXPECT_EQ(given.user_info, "ann:s3cret");
  EXPECT_FALSE(given.user_info_of_url);
  EXPECT_EQ(given.bearer_token, "");
  EXPECT_EQ(Client({{"basic.auth.credentials.source", "SASL_INHERIT"},
                    {"sasl.jaas.config", "x required username=\"bob\" password=\"s3cret\";"}})
                .user_info,
            "bob:s3cret");
}

TEST(RegistrySettings, AFixedToken) {
  for (const char* source : {"", "STATIC_TOKEN"}) {
    config::ConfigMap settings{{"bearer.auth.token", "t"},
                               {"bearer.auth.logical.cluster", "lsrc-1"},
                               {"bearer.auth.identity.pool.id", "pool-1"}};
    if (*source != '\0') settings.Set("bearer.auth.credentials.source", source);
    const ClientOptions client = Client(settings);
    EXPECT_EQ(client.bearer_token, "t");
    EXPECT_FALSE(client.user_info_of_url);
    EXPECT_FALSE(client.tokens);
    EXPECT_EQ(client.headers.at("target-sr-cluster"), "lsrc-1");
    EXPECT_EQ(client.headers.at("Confluent-Identity-Pool-Id"), "pool-1");
  }
}

TEST(RegistrySettings, TokensOfAProvider) {
  const ClientOptions client =
      Client({{"schema.registry.bearer.auth.credentials.source", "OAUTHBEARER"},
              {"schema.registry.bearer.auth.issuer.endpoint.url", "https://idp/token"},
              {"bearer.auth.client.id", "id"},
              {"bearer.auth.client.secret", "s3cret"},
              {"bearer.auth.scope", "a b"},
              {"bearer.auth.cache.expiry.buffer.seconds", "30"},
              {"ssl.truststore.location", "/bare.p12"},
              {"ssl.truststore.password", "changeit"},
              {"schema.registry.ssl.truststore.location", "/own.p12"}});
  EXPECT_FALSE(client.user_info_of_url);
  ASSERT_TRUE(client.tokens);
  EXPECT_EQ(client.tokens->url, "https://idp/token");
  EXPECT_EQ(client.tokens->url_key, "bearer.auth.issuer.endpoint.url");
  EXPECT_EQ(client.tokens->client_id, "id");
  EXPECT_EQ(client.tokens->client_secret, "s3cret");
  EXPECT_EQ(client.tokens->scope, "a b");
  EXPECT_EQ(client.tokens->expiry_buffer, milliseconds(30'000));
  EXPECT_EQ(client.tokens->options,
            (std::map<std::string, std::string>{{"ssl.truststore.location", "/own.p12"},
                                                {"ssl.truststore.password", "changeit"}}));
}

TEST(RegistrySettings, TokensOfTheLogin) {
  config::ConfigMap settings{{"bearer.auth.credentials.source", "SASL_OAUTHBEARER_INHERIT"},
                             {"sasl.jaas.config", kJaas},
                             {"sasl.oauthbearer.token.endpoint.url", "http://kafka-idp/token"}};
  ClientOptions client = Client(settings);
  ASSERT_TRUE(client.tokens);
  EXPECT_EQ(client.tokens->url, "http://kafka-idp/token");
  EXPECT_EQ(client.tokens->client_id, "jaas-id");
  EXPECT_EQ(client.tokens->client_secret, "s3cret");
  EXPECT_EQ(client.tokens->scope, "jaas");
  EXPECT_EQ(client.tokens->options.at("ssl.truststore.location"), "/jaas.p12");
  EXPECT_EQ(client.headers.at("Confluent-Identity-Pool-Id"), "p1");
  settings.Set("bearer.auth.issuer.endpoint.url", "https://idp/token");
  settings.Set("bearer.auth.client.id", "own-id");
  settings.Set("bearer.auth.identity.pool.id", "p2");
  client = Client(settings);
  ASSERT_TRUE(client.tokens);
  EXPECT_EQ(client.tokens->url, "https://idp/token");
  EXPECT_EQ(client.tokens->client_id, "own-id");
  EXPECT_EQ(client.tokens->client_secret, "s3cret");
  EXPECT_EQ(client.headers.at("Confluent-Identity-Pool-Id"), "p2");
}

TEST(RegistrySettings, CredentialsThatMakeNoSense) {
  const config::ConfigMap oauth{{"bearer.auth.credentials.source", "OAUTHBEARER"},
                                {"bearer.auth.issuer.endpoint.url", "https://idp/token"},
                                {"bearer.auth.client.id", "id"},
                                {"bearer.auth.client.secret", "s3cret"}};
  const auto with = [&](const char* key, const char* value) {
    config::ConfigMap changed = oauth;
    changed.Set(key, value);
    return changed;
  };
  const std::pair<config::ConfigMap, const char*> cases[] = {
      {{{"basic.auth.credentials.source", "URL"},
        {"bearer.auth.credentials.source", "STATIC_TOKEN"},
        {"bearer.auth.token", "s3cret"}},
       "Only one of 'basic.auth.credentials.source' and 'bearer.auth.credentials.source' may be "
       "specified"},
      {{{"bearer.auth.credentials.source", "STATIC_TOKEN"}},
       "bearer.auth.token must be provided when bearer.auth.credentials.source is set to "
       "STATIC_TOKEN"},
      {{{"bearer.auth.credentials.source", "CUSTOM"}}, "OAUTHBEARER"},
      {with("bearer.auth.issuer.endpoint.url", ""), "bearer.auth.issuer.endpoint.url must be"},
      {with("bearer.auth.client.id", " "), "bearer.auth.client.id must be provided"},
      {with("bearer.auth.client.secret", ""), "bearer.auth.client.secret must be provided"},
      {with("bearer.auth.issuer.endpoint.url", "file:///etc/passwd"),
       "Invalid value file:///etc/passwd for configuration bearer.auth.issuer.endpoint.url: "
       "expected https://"},
      {{{"bearer.auth.credentials.source", "SASL_OAUTHBEARER_INHERIT"}}, "sasl.jaas.config"},
      {{{"bearer.auth.credentials.source", "SASL_OAUTHBEARER_INHERIT"},
        {"sasl.jaas.config", kJaas}},
       "bearer.auth.issuer.endpoint.url must be provided"},
  };
  for (const auto& [settings, expected] : cases) {
    const Status refused = Read(settings).status();
    EXPECT_EQ(ExceptionClass(refused), kConfigException) << expected;
    EXPECT_THAT(StackTrace(refused), HasSubstr(expected));
    EXPECT_THAT(StackTrace(refused), Not(HasSubstr("s3cret")));
  }
}

TEST(RegistrySettings, WhereARecordsSchemaIsNamed) {
  EXPECT_TRUE(Read({})->id_in_header);
  EXPECT_FALSE(
      Read({{"value.schema.id.deserializer", "PrefixSchemaIdDeserializer"}})->id_in_header);
  EXPECT_TRUE(Read({{"key.schema.id.deserializer", "PrefixSchemaIdDeserializer"}})->id_in_header);
  EXPECT_THAT(
      StackTrace(Read({{"value.schema.id.deserializer", "x.ConfigSchemaIdDeserializer"}}).status()),
      HasSubstr("DualSchemaIdDeserializer or PrefixSchemaIdDeserializer"));
}

}  // namespace
}  // namespace sluice::convert
