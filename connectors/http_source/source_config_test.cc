#include "connectors/http_source/source_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/sdk/fakes.h"

namespace sluice::http_source {
namespace {

constexpr const char* kClass = "HttpSourceConnector";

sdk::ConfigText Complete(sdk::ConfigText given) {
  given.emplace("url", "https://h/items");
  given.emplace("topic.name.pattern", "t");
  given.emplace("http.request.parameters", "after=${offset}");
  return given;
}
SourceConfig Read(sdk::ConfigText given) {
  static const sdk::ConfigTable table(Keys());
  given = Complete(std::move(given));
  return ReadConfig(sdk::Config(sdk::Config::Map(given.begin(), given.end()), &table));
}
std::string KeysOf(sdk::ConfigText given) {
  const std::vector<std::string> problems =
      sdk::RunValidate(sdk::FindClass(kClass), Complete(std::move(given)));
  for (const std::string& problem : problems) {
    EXPECT_EQ(problem.find("s3cret"), std::string::npos) << problem;
  }
  return sdk::KeysOf(problems);
}

TEST(SourceConfigTest, ConfigMdHasItsTable) {
  EXPECT_TRUE(sdk::ReadmeHasTable("connectors/http_source/CONFIG.md", kClass));
}

TEST(SourceConfigTest, TheClassHasTheNameOfItsOriginal) {
  const sluice_class& info = sdk::FindClass(kClass);
  EXPECT_EQ(abi::View(info.name), "io.confluent.connect.http.HttpSourceConnector");
  EXPECT_EQ(abi::View(info.task_class), "io.confluent.connect.http.HttpSourceTask");
}

TEST(SourceConfigTest, Defaults) {
  const SourceConfig config = Read({});
  EXPECT_EQ(config.method, "GET");
  EXPECT_EQ(config.origin, "https://h:443");
  EXPECT_EQ(config.mode, OffsetMode::kSimpleIncrementing);
  EXPECT_EQ(config.initial_offset, "0");
  EXPECT_EQ(config.interval.count(), 15'000);
  EXPECT_EQ(config.entities, (std::vector<std::string>{""}));
  EXPECT_EQ(config.format, RecordFormat::kJson);
  EXPECT_EQ(config.client.answer_bytes_max, size_t{16} << 20);
  EXPECT_TRUE(config.client.refuse_long_answers);
  EXPECT_EQ(Read({{"http.response.max.bytes", "1024"}}).client.answer_bytes_max, 1024u);
  EXPECT_EQ(Read({{"http.request.headers", "A:1;B:2"}, {"http.request.headers.separator", ";"}})
                .headers.size(),
            2u);
  EXPECT_EQ(Read({{"http.offset.mode", "page_number"}}).initial_offset, "1");
  EXPECT_EQ(
      Read({{"http.offset.mode", "CHAINING"}, {"http.offset.json.pointer", "/id"}}).initial_offset,
      "");
}

TEST(SourceConfigTest, SecretsOfTheRequestAreKnown) {
  const SourceConfig config = Read({{"url", "https://h/items/abcdefgh4?token=abcdefgh3"},
                                    {"http.request.parameters", "key=abcdefgh1&after=${offset}"},
                                    {"http.request.headers", "X-Api-Key:abcdefgh2|X-A:1"}});
  const std::vector<std::string>& secrets = config.authorization.secrets;
  for (const char* secret : {"abcdefgh1", "abcdefgh2", "abcdefgh3", "/items/abcdefgh4"}) {
    EXPECT_NE(std::find(secrets.begin(), secrets.end(), secret), secrets.end()) << secret;
  }
}

TEST(SourceConfigTest, ValidateNamesEveryMistakeByItsKey) {
  EXPECT_EQ(KeysOf({}), "");
  EXPECT_EQ(KeysOf({{"url", "ftp://h/s3cret"}}), "url ");
  EXPECT_EQ(KeysOf({{"url", "http://h/${topic}?s3cret"}}), "url ");
  EXPECT_EQ(KeysOf({{"topic.name.pattern", "${offset}"}}), "topic.name.pattern ");
  EXPECT_EQ(KeysOf({{"http.request.body", "{}"}}), "http.request.body ");
  EXPECT_EQ(KeysOf({{"http.request.headers", "s3cret"}}), "http.request.headers ");
  EXPECT_EQ(KeysOf({{"http.initial.offset", "x"}}), "http.initial.offset ");
  EXPECT_EQ(KeysOf({{"http.offset.mode", "CHAINING"}}), "http.offset.json.pointer ");
  EXPECT_EQ(KeysOf({{"http.offset.mode", "CURSOR_PAGINATION"}}), "http.next.page.json.pointer ");
  EXPECT_EQ(KeysOf({{"http.response.data.json.pointer", "data"}}),
            "http.response.data.json.pointer ");
  EXPECT_EQ(KeysOf({{"http.record.key.json.pointer", "/a~2"}}), "http.record.key.json.pointer ");
  EXPECT_EQ(KeysOf({{"http.request.parameters", "key=s3cret"}}), "http.request.parameters ");
  EXPECT_EQ(KeysOf({{"http.request.parameters", ""}, {"http.offset.mode", "SNAPSHOT_PAGINATION"}}),
            "");
  EXPECT_EQ(KeysOf({{"http.request.parameters", ""}, {"http.offset.mode", "NEXT_LINK"}}), "");
  EXPECT_EQ(KeysOf({{"entity.names", "a,b,a"}}), "entity.names ");
  EXPECT_EQ(KeysOf({{"auth.type", "kerberos"}}), "auth.type ");
  EXPECT_EQ(KeysOf({{"retry.on.status.codes", "x"}, {"auth.type", "basic"}}),
            "connection.user retry.on.status.codes ");
}

TEST(SourceConfigTest, AMistakeSaysWhatIsThereAndWhatIsExpected) {
  const auto problem = [](sdk::ConfigText given) {
    return sdk::RunValidate(sdk::FindClass(kClass), Complete(std::move(given))).at(0);
  };
  const std::string expected = " for configuration url: expected http:// or https://";
  EXPECT_NE(problem({{"url", "x"}}).find("Invalid value ***" + expected), std::string::npos)
      << problem({{"url", "x"}});
  const std::string ftp = problem({{"url", "ftp://me:s3cret@h:21/in"}});
  EXPECT_NE(ftp.find("Invalid value ftp://***@h:21/***" + expected), std::string::npos) << ftp;
  EXPECT_NE(problem({{"http.offset.mode", "CHAINING"}}).find("Invalid value null for"),
            std::string::npos);
}

TEST(SourceConfigTest, KeysThatLookLikeOursAreNamed) {
  EXPECT_EQ(KeysOf({{"http.url", "x"},
                    {"request.interval", "5"},
                    {"topic.name", "t"},
                    {"topic.creation.default.partitions", "1"},
                    {"header.converter", "x"},
                    {"errors.tolerance", "all"}}),
            "http.url request.interval topic.name ");
}

TEST(SourceConfigTest, WhatValidateRefusesDoesNotStart) {
  EXPECT_THROW(Read({{"url", "nowhere"}}), sdk::ConfigException);
  EXPECT_THROW(Read({{"http.request.parameters", "a=b"}}), sdk::ConfigException);
}

}  // namespace
}  // namespace sluice::http_source
