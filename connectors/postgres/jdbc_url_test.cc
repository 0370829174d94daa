#include "connectors/postgres/jdbc_url.h"

#include <gtest/gtest.h>

#include "connectors/sdk/errors.h"

namespace sluice::postgres {
namespace {

std::string Hosts(const JdbcUrl& url) {
  std::string out;
  for (const Host& host : url.hosts) out += host.name + "|" + host.port + " ";
  return out;
}

TEST(JdbcUrlTest, ReadsWhatPgjdbcReads) {
  const struct {
    const char *url, *hosts, *database;
  } cases[] = {
      {"jdbc:postgresql://db/orders", "db|5432 ", "orders"},
      {"jdbc:postgresql://db:6000/orders", "db|6000 ", "orders"},
      {"jdbc:postgresql://a,b:2,[::1]:3,[fe80::2]/o", "a|5432 b|2 ::1|3 fe80::2|5432 ", "o"},
      {"jdbc:postgresql://db/", "db|5432 ", ""},
      {"jdbc:postgresql://db", "db|5432 ", ""},
      {"jdbc:postgresql:///o", "localhost|5432 ", "o"},
      {"jdbc:postgresql:orders", "localhost|5432 ", "orders"},
      {"jdbc:postgresql:/", "localhost|5432 ", ""},
      {"jdbc:postgresql://db/a%20b%2Fc", "db|5432 ", "a b/c"},
      {"jdbc:postgresql://db/a@b", "db|5432 ", "a@b"},
      {"jdbc:postgresql:me%3Ax%40h%2Fo", "localhost|5432 ", "me:x@h/o"},
  };
  for (const auto& one : cases) {
    const JdbcUrl url = ParseJdbcUrl(one.url);
    EXPECT_EQ(Hosts(url), one.hosts) << one.url;
    EXPECT_EQ(url.database, one.database) << one.url;
  }
}

TEST(JdbcUrlTest, ParametersAreDecoded) {
  const JdbcUrl url =
      ParseJdbcUrl("jdbc:postgresql://db/o?user=me&password=a%26b%3D+c&ssl&sslmode=verify-full");
  EXPECT_EQ(url.parameters.at("user"), "me");
  EXPECT_EQ(url.parameters.at("password"), "a&b= c");
  EXPECT_EQ(url.parameters.at("ssl"), "");
  EXPECT_EQ(url.parameters.at("sslmode"), "verify-full");
}

TEST(JdbcUrlTest, WhatIsNoUrlIsNamedWithoutItsSecrets) {
  for (const char* url : {"jdbc:mysql://db/o?password=secret",
                          "postgresql://db/o?password=secret",
                          "",
                          "jdbc:postgresql://db:x/o?password=secret",
                          "jdbc:postgresql://db:70000/o",
                          "jdbc:postgresql://[::1/o",
                          "jdbc:postgresql://me:secret@db/o",
                          "jdbc:postgresql://d/%zz",
                          "jdbc:postgresql://d/o?password=secret%",
                          "postgresql://me:secret@h/o",
                          "postgres://me:secret@h:5432/o",
                          "postgresql://me:sec/secret@h/o",
                          "me:secret@h/o",
                          "jdbc:postgresql:me:secret@h/o",
                          "jdbc:postgresql:me:secret@h",
                          "jdbc:postgresql:/me:secret@h/o",
                          "jdbc:postgresql://me:secret/x@h/o",
                          "jdbc:postgresql://me:1/secret@h/o",
                          "jdbc:postgresql://me:se?cret@h/secret",
                          "jdbc:oracle:thin:me/secret@h",
                          "jdbc:sqlserver://h;password=secret",
                          "secret",
                          "jdbc:postgresql:db:5432/o"}) {
    try {
      ParseJdbcUrl(url);
      ADD_FAILURE() << url;
    } catch (const sdk::ConfigException& error) {
      EXPECT_NE(std::string(error.what()).find("connection.url"), std::string::npos)
          << error.what();
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    }
  }
}

TEST(JdbcUrlTest, ALoginInTheUrlIsSentToItsKeys) {
  for (const char* url : {"jdbc:postgresql:me:hunter22@h/o", "jdbc:postgresql://me:hunter22@h/o",
                          "jdbc:postgresql://me:hun/ter22@h/o", "postgresql://me:hunter22@h/o"}) {
    try {
      ParseJdbcUrl(url);
      ADD_FAILURE() << url;
    } catch (const sdk::ConfigException& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("connection.password"), std::string::npos) << text;
      EXPECT_EQ(text.find("hun"), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace sluice::postgres
