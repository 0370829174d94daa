#include "connectors/shared/unknown_keys.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace sluice::shared {
namespace {

using Reported = std::map<std::string, std::string>;

// What is said of each key that is reported.
Reported Report(const std::vector<std::string>& given,
                const std::vector<std::string_view>& others = {},
                const sdk::ConfigDef& keys = {sdk::ConfigKey("flush.size"),
                                              sdk::ConfigKey("retry.backoff.ms"),
                                              sdk::ConfigKey("url"), sdk::ConfigKey("topics.dir"),
                                              sdk::ConfigKey("headers")}) {
  sdk::Config::Map map;
  for (const std::string& key : given) map[key] = "x";
  Reported reported;
  sdk::Problems problems(
      [](void* context, sluice_str key, sluice_str text) {
        (*static_cast<Reported*>(context))[std::string(abi::View(key))] = abi::View(text);
      },
      &reported);
  ReportUnknownKeys(sdk::Config(std::move(map), nullptr), keys, others, problems);
  return reported;
}

std::string KeysOf(const Reported& reported) {
  std::string keys;
  for (const auto& [key, text] : reported) keys += key + " ";
  return keys;
}

TEST(UnknownKeysTest, KeysOfTheConnectorAndOfTheWorkerAreKnown) {
  EXPECT_EQ(KeysOf(Report({"flush.size", "url", "name", "topics", "topics.regex", "tasks.max",
                           "value.converter", "value.converter.schemas.enable", "errors.tolerance",
                           "header.converter", "transforms.a.type", "consumer.override.x",
                           "topic.creation.default.partitions", "offsets.storage.topic"})),
            "");
}

TEST(UnknownKeysTest, WhatBeginsLikeOursIsReported) {
  const Reported reported = Report({"flush.count", "topics.directory", "url.path", "elsewhere.x"});
  EXPECT_EQ(KeysOf(reported), "flush.count topics.directory url.path ");
  EXPECT_NE(reported.at("flush.count").find("flush.size"), std::string::npos);
  EXPECT_EQ(KeysOf(Report({"flush.count", "flush.more.x"}, {"flush.count", "flush.more."})), "");
}

TEST(UnknownKeysTest, AMisspeltFirstWordIsReported) {
  for (const char* key : {"fulsh.size", "flush_size", "fush.size", "rertry.backoff.ms",
                          "retry.backof.ms", "header"}) {
    const Reported reported = Report({key});
    ASSERT_EQ(KeysOf(reported), std::string(key) + " ");
    EXPECT_NE(reported.at(key).find("Is it meant to be "), std::string::npos) << reported.at(key);
  }
  // Too short, or too far.
  EXPECT_EQ(KeysOf(Report({"uri", "size", "backoff.ms", "retry_backoff"})), "");
}

TEST(UnknownKeysTest, AMisspeltKeyOfTheWorkerIsReported) {
  const std::pair<const char*, const char*> cases[] = {
      {"value.convertor", "value.converter"},
      {"value.convertor.schemas.enable", "value.converter.schemas.enable"},
      {"errors.tolerence", "errors.tolerance"},
      {"errors.log.enabled", "errors.log.enable"},
      {"errors.deadletterqueue.topicname", "errors.deadletterqueue.topic.name"},
      {"task.max", "tasks.max"},
      {"transform", "transforms"},
      {"transform.a.type", "transforms.a.type"},
      {"conector.class", "connector.class"},
      {"consumer.overide.max.poll.records", "consumer.override.max.poll.records"},
      {"topics.regexp", "topics.regex"},
  };
  for (const auto& [given, meant] : cases) {
    const Reported reported = Report({given});
    ASSERT_EQ(KeysOf(reported), std::string(given) + " ");
    EXPECT_NE(reported.at(given).find(std::string("Is it meant to be ") + meant + "?"),
              std::string::npos)
        << reported.at(given);
  }
  EXPECT_EQ(KeysOf(Report({"topic", "errors.other", "errors.log", "names", "key.prefix",
                           "value.format", "transforms.a.type", "predicates.p.type",
                           "value.converter.type", "consumer.override.group.id", "task.class",
                           "producer.override.acks", "transaction.boundary.interval.ms"})),
            "");
}

TEST(UnknownKeysTest, AmongParametersOfADriverMisspeltKeysOfOursAreReported) {
  static const sdk::ConfigDef keys = {
      sdk::ConfigKey("connection.url"), sdk::ConfigKey("connection.user"),
      sdk::ConfigKey("connection.password"), sdk::ConfigKey("connection.attempts"),
      sdk::ConfigKey("connection.backoff.ms")};
  const auto report = [](const std::vector<std::string>& given) {
    return KeysOf(Report(given, {"connection."}, keys));
  };
  for (const char* key : {"connection.passwrod", "connection.pasword", "connection.attempt",
                          "connection.backof.ms", "connection.backoff_ms", "connection.usr"}) {
    EXPECT_EQ(report({key}), std::string(key) + " ");
  }
  EXPECT_EQ(report({"connection.ssl", "connection.sslmode", "connection.sslpassword",
                    "connection.sslcert", "connection.loginTimeout", "connection.tcpKeepAlive",
                    "connection.options", "connection.password", "connection.connectTimeout",
                    "connection.currentSchema"}),
            "");
}

TEST(UnknownKeysTest, OfFourLettersOneMayBeMissingOrTooManyOrTwoSwapped) {
  const sdk::ConfigDef keys = {sdk::ConfigKey("file"), sdk::ConfigKey("rate")};
  EXPECT_EQ(KeysOf(Report({"fle", "fiel", "files"}, {}, keys)), "fiel files fle ");
  EXPECT_EQ(KeysOf(Report({"date", "fill", "filename"}, {}, keys)), "");
}

TEST(UnknownKeysTest, APluralIsOfTheFamily) {
  const Reported reported = Report(
      {"tables", "urls", "size", "s"}, {},
      {sdk::ConfigKey("table.whitelist"), sdk::ConfigKey("url"), sdk::ConfigKey("batch.size")});
  EXPECT_EQ(KeysOf(reported), "tables ");
  EXPECT_NE(reported.at("tables").find("table.whitelist"), std::string::npos);
}

}  // namespace
}  // namespace sluice::shared
