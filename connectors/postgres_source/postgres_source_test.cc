// The connector without a database. With one: tests/connectors/test_postgres_source.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

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
  const std::vector<std::string>& log = source.host().log;
  EXPECT_EQ(std::count_if(log.begin(), log.end(),
                          [](const std::string& line) {
                            return line.starts_with("WARN Could not find the tables of ") &&
                                   line.find(" at attempt 1 of 2; next in 0 ms: ") != line.npos;
                          }),
            1);
}

}  // namespace
}  // namespace sluice::sdk
