// What libpq is told: pgjdbc's parameters, of the URL and of keys connection.*, in libpq's words.
// Pure, any thread.
#ifndef SLUICE_CONNECTORS_POSTGRES_CONNECTION_OPTIONS_H_
#define SLUICE_CONNECTORS_POSTGRES_CONNECTION_OPTIONS_H_

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/postgres/jdbc_url.h"

namespace sluice::postgres {

struct ConnectionOptions {
  std::vector<Host> hosts;  // tried in this order
  bool shuffle_hosts = false;
  std::vector<std::pair<std::string, std::string>> keywords;  // libpq's, without host and port
  std::chrono::milliseconds connect_timeout{10'000};
  // Without a sign of life from the server for so long, a connection counts as lost.
  std::chrono::milliseconds answer_timeout{300'000};
  std::vector<std::string> ignored;  // parameters that say nothing to libpq
  std::string Target() const;        // "host:port/database", for texts
};

enum class Purpose : uint8_t { kRead, kWrite };

// `more` beats the URL's parameters. Of several hosts a writer takes one that can be written to.
// Throws ConfigException for a value that cannot work.
ConnectionOptions MakeConnectionOptions(const JdbcUrl& url,
                                        const std::map<std::string, std::string, std::less<>>& more,
                                        Purpose purpose);

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_CONNECTION_OPTIONS_H_
