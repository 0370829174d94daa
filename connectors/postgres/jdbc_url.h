// A JDBC URL of PostgreSQL, taken apart as pgjdbc does it:
//
//   jdbc:postgresql://a:5432,[::1]/orders?sslmode=require
//
// Pure functions, any thread. What cannot be read throws ConfigException, by the key
// connection.url, and shows kind, host and port only: a password may stand in front or behind.
#ifndef SLUICE_CONNECTORS_POSTGRES_JDBC_URL_H_
#define SLUICE_CONNECTORS_POSTGRES_JDBC_URL_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::postgres {

struct Host {
  std::string name;
  std::string port;
  friend bool operator==(const Host&, const Host&) = default;
};

struct JdbcUrl {
  std::vector<Host> hosts;  // at least one
  std::string database;     // "": the user's name
  std::map<std::string, std::string, std::less<>> parameters;
};

JdbcUrl ParseJdbcUrl(std::string_view url);

}  // namespace sluice::postgres

#endif  // SLUICE_CONNECTORS_POSTGRES_JDBC_URL_H_
