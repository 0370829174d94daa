#include "connectors/postgres/connection_options.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::postgres {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

ConnectionOptions Make(std::string_view url, const Parameters& more = {},
                       Purpose purpose = Purpose::kWrite) {
  return MakeConnectionOptions(ParseJdbcUrl(url), more, purpose);
}

std::string Find(const ConnectionOptions& options, std::string_view keyword) {
  for (const auto& [name, value] : options.keywords) {
    if (name == keyword) return value;
  }
  return "(none)";
}

TEST(ConnectionOptionsTest, PgjdbcsParametersBecomeLibpqs) {
  const ConnectionOptions options = Make(
      "jdbc:postgresql://a,b/o?user=u&sslmode=verify-ca&sslrootcert=/"
      "ca.pem&connectTimeout=3&socketTimeout=7"
      "&targetServerType=primary&currentSchema=my%20s,public&tcpKeepAlive=true&ApplicationName=x");
  EXPECT_EQ(Find(options, "user"), "u");
  EXPECT_EQ(Find(options, "dbname"), "o");
  EXPECT_EQ(Find(options, "sslmode"), "verify-ca");
  EXPECT_EQ(Find(options, "sslrootcert"), "/ca.pem");
  EXPECT_EQ(Find(options, "target_session_attrs"), "primary");
  EXPECT_EQ(Find(options, "options"), "-c search_path=my\\ s,public");
  EXPECT_EQ(Find(options, "keepalives"), "1");
  EXPECT_EQ(Find(options, "application_name"), "x");
  EXPECT_EQ(options.connect_timeout, std::chrono::seconds(3));
  EXPECT_EQ(options.answer_timeout, std::chrono::seconds(7));
  EXPECT_EQ(options.Target(), "a:5432,b:5432/o");
  EXPECT_TRUE(options.ignored.empty());
}

TEST(ConnectionOptionsTest, SslAloneMeansVerifyFullAndSslmodeBeatsIt) {
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o?ssl=true"), "sslmode"), "verify-full");
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o?ssl"), "sslmode"), "verify-full");
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o?ssl=true&sslmode=require"), "sslmode"), "require");
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o"), "sslmode"), "(none)");
  const std::string anybody = "sslfactory=org.postgresql.ssl.NonValidatingFactory";
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o?ssl=true&" + anybody), "sslmode"), "require");
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o?sslmode=verify-ca&" + anybody), "sslmode"),
            "verify-ca");
}

TEST(ConnectionOptionsTest, OfSeveralHostsOneThatCanBeWrittenIsTaken) {
  EXPECT_EQ(Find(Make("jdbc:postgresql://a/o"), "target_session_attrs"), "(none)");
  EXPECT_EQ(Find(Make("jdbc:postgresql://a,b/o"), "target_session_attrs"), "read-write");
  EXPECT_EQ(Find(Make("jdbc:postgresql://a,b/o?targetServerType=any"), "target_session_attrs"),
            "any");
}

TEST(ConnectionOptionsTest, AReaderMayAskAStandby) {
  const auto target = [](const std::string& url) {
    return Find(Make(url, {}, Purpose::kRead), "target_session_attrs");
  };
  EXPECT_EQ(target("jdbc:postgresql://a,b/o"), "(none)");
  EXPECT_EQ(target("jdbc:postgresql://a,b/o?targetServerType=secondary"), "standby");
  EXPECT_THROW(Make("jdbc:postgresql://a/o?targetServerType=secondary"), sdk::ConfigException);
}

TEST(ConnectionOptionsTest, KeysOfTheConnectorBeatTheUrlAndUnknownOnesAreNamed) {
  const ConnectionOptions options =
      Make("jdbc:postgresql://a/o?user=u&prepareThreshold=5", {{"user", "v"}, {"password", "p"}});
  EXPECT_EQ(Find(options, "user"), "v");
  EXPECT_EQ(Find(options, "password"), "p");
  EXPECT_EQ(options.ignored, std::vector<std::string>{"prepareThreshold"});
}

TEST(ConnectionOptionsTest, WhatCannotWorkIsNamed) {
  for (const char* parameter :
       {"sslmode=on", "connectTimeout=soon", "targetServerType=secondary", "ssl=perhaps"}) {
    try {
      Make(std::string("jdbc:postgresql://a/o?") + parameter);
      ADD_FAILURE() << parameter;
    } catch (const sdk::ConfigException& error) {
      const std::string name(parameter, std::string_view(parameter).find('='));
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace sluice::postgres
