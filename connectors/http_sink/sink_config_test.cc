#include "connectors/http_sink/sink_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/http/text.h"
#include "connectors/http_sink/sink_fixture.h"
#include "connectors/sdk/fakes.h"

namespace sluice::http_sink {
namespace {

using sdk::KeysOf;

constexpr const char* kClass = "HttpSinkConnector";

std::vector<std::string> Validate(sdk::ConfigText given) {
  if (!given.contains("http.api.url")) given.emplace("http.url", "http://h/");
  return sdk::RunValidate(sdk::FindClass(kClass), given);
}

TEST(SinkConfigTest, ConfigMdHasItsTable) {
  EXPECT_TRUE(sdk::ReadmeHasTable("connectors/http_sink/CONFIG.md", kClass));
}

TEST(SinkConfigTest, TheClassHasTheNamesOfItsOriginals) {
  const sluice_class& info = sdk::FindClass(kClass);
  EXPECT_EQ(abi::View(info.name), "io.aiven.kafka.connect.http.HttpSinkConnector");
  EXPECT_EQ(abi::View(info.task_class), "io.aiven.kafka.connect.http.HttpSinkTask");
  bool confluents = false;
  for (size_t i = 0; i < info.alias_count; ++i) {
    confluents =
        confluents || abi::View(info.aliases[i]) == "io.confluent.connect.http.HttpSinkConnector";
  }
  EXPECT_TRUE(confluents);
}

TEST(SinkConfigTest, DefaultsAreAivens) {
  const SinkConfig config = Read({{"http.authorization.type", "none"}});
  EXPECT_EQ(config.method, "POST");
  EXPECT_FALSE(config.batching.enabled || config.as_json || config.tolerant ||
               config.idempotency_key);
  EXPECT_TRUE(config.headers.empty());
  EXPECT_EQ(config.on_null, NullBehavior::kFail);
  EXPECT_EQ(config.retries.backoff.first.count(), 3000);
  EXPECT_EQ(config.client.request_timeout.count(), 30'000);
  EXPECT_EQ(config.client.connections, 1u);
  EXPECT_TRUE(config.client.verify_peer && config.client.verify_host);
  const SinkConfig batching = Read({{"batching.enabled", "true"}});
  EXPECT_EQ(batching.batching.records, 500u);
  EXPECT_EQ(batching.batching.separator, "\n");
  EXPECT_EQ(batching.batching.suffix, "\n");
}

TEST(SinkConfigTest, WithConfluentsUrlTheyAreConfluents) {
  const SinkConfig config = Read({{"http.api.url", "http://h/"}});
  EXPECT_EQ(config.on_null, NullBehavior::kIgnore);
  EXPECT_FALSE(config.batching.enabled);
  const SinkConfig batching = Read(
      {{"http.api.url", "http://h/"}, {"batch.max.size", "5"}, {"request.body.format", "JSON"}});
  EXPECT_TRUE(batching.batching.enabled);
  EXPECT_EQ(batching.batching.records, 5u);
  EXPECT_EQ(batching.batching.separator, ",");
  EXPECT_EQ(batching.batching.suffix, "");
  ASSERT_EQ(batching.headers.size(), 1u);
  EXPECT_EQ(batching.headers[0].first, "Content-Type");
}

TEST(SinkConfigTest, BothWordsAreRead) {
  const SinkConfig config = Read({{"request.method", "patch"},
                                  {"http.headers.additional", "A:1, B: x:y "},
                                  {"headers", "C:3;D:4"},
                                  {"header.separator", ";"},
                                  {"regex.patterns", "a;b"},
                                  {"regex.replacements", "c;"},
                                  {"regex.separator", ";"},
                                  {"kafka.retry.backoff.ms", "5"},
                                  {"decimal.format", "numeric"},
                                  {"retry.on.status.codes", "500-"},
                                  {"http.timeout", "7"},
                                  {"max.in.flight.requests", "8"},
                                  {"http.idempotency.key", "true"},
                                  {"http.connect.timeout.ms", "9"},
                                  {"http.proxy.host", "p"},
                                  {"http.proxy.port", "8080"},
                                  {"http.ssl.trust.all.certs", "true"},
                                  {"reporter.bootstrap.servers", "x"},
                                  {"errors.tolerance", "all"}});
  EXPECT_EQ(config.method, "PATCH");
  ASSERT_EQ(config.headers.size(), 4u);
  EXPECT_EQ(config.headers[1].first, "B");
  EXPECT_EQ(config.regexes[1], (std::pair<std::string, std::string>("b", "")));
  EXPECT_EQ(config.decimals, shared::DecimalText::kNumeric);
  EXPECT_FALSE(config.retries.MayPass({.result = http::Result::kAnswered, .status = 429}));
  EXPECT_EQ(config.client.request_timeout.count(), 7000);
  EXPECT_EQ(config.client.connect_timeout.count(), 9);
  EXPECT_EQ(config.client.connections, 8u);
  EXPECT_TRUE(config.idempotency_key);
  EXPECT_EQ(config.client.proxy, "http://p:8080");
  EXPECT_FALSE(config.client.verify_peer || config.client.verify_host);
  EXPECT_EQ(config.ignored, (std::vector<std::string>{"reporter.bootstrap.servers"}));
  EXPECT_TRUE(config.tolerant);
}

TEST(SinkConfigTest, AnOriginIsKnownUnlessRecordsNameTheHost) {
  EXPECT_EQ(Read({{"http.url", "https://h/s3cret/${key}"}}).origin, "https://h:443");
  EXPECT_EQ(Read({{"http.url", "https://${key}.h/"}}).origin, "");
}

TEST(SinkConfigTest, SecretsOfUrlAndHeadersAreKnown) {
  const std::vector<std::string> secrets =
      Read({{"http.url", "https://h/hooks/T000/B000?key=abcdefgh"},
            {"http.headers.additional", "X-Api-Key:12345678,X-A:1"},
            {"http.proxy.host", "p"},
            {"http.proxy.port", "1"},
            {"http.proxy.user", "me"},
            {"http.proxy.password", "proxypass"}})
          .authorization.secrets;
  EXPECT_EQ(http::Snippet("12345678, /hooks/T000/B000, abcdefgh, proxypass, 1", secrets),
            "***, ***, ***, ***, 1");
}

TEST(SinkConfigTest, ValidateNamesEveryMistakeByItsKey) {
  EXPECT_EQ(KeysOf(Validate({})), "");
  EXPECT_EQ(KeysOf(Validate({{"http.url", "ftp://h/"}})), "http.url ");
  EXPECT_EQ(KeysOf(Validate({{"http.url", "http://h/${nothing}"}})), "http.url ");
  EXPECT_EQ(KeysOf(Validate({{"http.url", "http://h/${key"}})), "http.url ");
  EXPECT_EQ(KeysOf(Validate({{"http.url", "http://h/${topic.a}"}})), "http.url ");
  EXPECT_EQ(KeysOf(Validate({{"http.api.url", "http://h/"}, {"http.url", "http://i/"}})),
            "http.url ");
  EXPECT_EQ(KeysOf(Validate({{"http.authorization.type", "static"}})),
            "http.headers.authorization ");
  EXPECT_EQ(KeysOf(Validate({{"http.headers.additional", "novalue"}})), "http.headers.additional ");
  EXPECT_EQ(KeysOf(Validate({{"http.headers.additional", "a:1,A:2"}})), "http.headers.additional ");
  EXPECT_EQ(KeysOf(Validate({{"headers", "bad name:1"}})), "headers ");
  EXPECT_EQ(KeysOf(Validate({{"regex.patterns", "("}})), "regex.patterns ");
  EXPECT_EQ(KeysOf(Validate({{"regex.patterns", "a"}, {"regex.replacements", "b~c"}})),
            "regex.replacements ");
  for (const char* wrong : {"$1", "${header}", "${topic.a}", "${none}"}) {
    EXPECT_EQ(KeysOf(Validate({{"regex.patterns", "^a"}, {"regex.replacements", wrong}})),
              "regex.replacements ")
        << wrong;
  }
  EXPECT_EQ(KeysOf(Validate({{"retry.on.status.codes", "5xx"}})), "retry.on.status.codes ");
  EXPECT_EQ(KeysOf(Validate({{"auth.type", "kerberos"}})), "auth.type ");
  EXPECT_EQ(KeysOf(Validate({{"http.proxy.host", "p"}})), "http.proxy.port ");
  EXPECT_EQ(KeysOf(Validate({{"http.ssl.truststore.location", "/nonexistent"}})),
            "http.ssl.truststore.location ");
  EXPECT_EQ(KeysOf(Validate({{"batch.key.pattern", "${x}"}, {"request.body.template", "${y}"}})),
            "request.body.template batch.key.pattern ");
}

TEST(SinkConfigTest, AMistakeShowsNoSecretOfTheUrl) {
  for (const std::string& problem : Validate({{"http.url", "http://h:x/s3cret"},
                                              {"oauth2.access.token.url", "s3cret"},
                                              {"http.authorization.type", "oauth2"}})) {
    EXPECT_EQ(problem.find("s3cret"), std::string::npos) << problem;
  }
  EXPECT_NE(Validate({{"http.url", "http://me:s3cret@h:x/in"}})[0].find("http://***@h:x/***"),
            std::string::npos);
}

TEST(SinkConfigTest, KeysThatLookLikeOursAreNamed) {
  const std::vector<std::string> problems = Validate({{"http.header.additional", "a:b"},
                                                      {"batch.size", "5"},
                                                      {"oauth2.secret", "x"},
                                                      {"bacthing.enabled", "true"},
                                                      {"reporter.bootstrap.servers", "x"},
                                                      {"confluent.topic.bootstrap.servers", "x"},
                                                      {"header.converter", "x"},
                                                      {"errors.tolerance", "all"},
                                                      {"topics.regex", "a.*"},
                                                      {"consumer.override.max.poll.records", "9"}});
  EXPECT_EQ(KeysOf(problems), "bacthing.enabled batch.size http.header.additional oauth2.secret ");
  EXPECT_NE(problems[1].find("batch.max.size"), std::string::npos) << problems[1];
}

TEST(SinkConfigTest, WhatValidateRefusesDoesNotStart) {
  EXPECT_THROW(Read({{"http.url", "nowhere"}}), sdk::ConfigException);
  EXPECT_THROW(Read({{"retry.on.status.codes", "x"}}), sdk::ConfigException);
  EXPECT_THROW(Read({{"http.authorization.type", "basic"}}), sdk::ConfigException);
}

}  // namespace
}  // namespace sluice::http_sink
