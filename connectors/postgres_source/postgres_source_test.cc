// The connector without a database. With one: tests/connectors/test_postgres_source.py.
#include <gtest/gtest.h>

#include <string>

#include "connectors/sdk/fakes.h"
#include "connectors/shared/test_server.h"

namespace sluice::sdk {
namespace {

// It takes connections and says nothing.
TEST(PostgresSourceTest, AttemptsToConnectAreCounted) {
  shared::TestServer server([](const std::string&) { return std::string(); });
  const std::string url = server.url("/o?connectTimeout=1&sslmode=disable");
  FakeSource source("JdbcSourceConnector");
  try {
    source.Start({{"name", "src"},
                  {"connection.url", "jdbc:postgresql" + url.substr(url.find(':'))},
                  {"connection.user", "u"},
                  {"connection.attempts", "2"},
                  {"connection.backoff.ms", "0"},
                  {"mode", "bulk"},
                  {"topic.prefix", "p-"}});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("Could not find the tables of"), std::string::npos)
        << failure.what();
  }
  EXPECT_EQ(server.connections(), 2u);
}

}  // namespace
}  // namespace sluice::sdk
