#include "connectors/postgres/jdbc_url.h"

#include <algorithm>

#include "connectors/sdk/errors.h"
#include "connectors/shared/shown_url.h"

namespace sluice::postgres {
namespace {

constexpr std::string_view kScheme = "jdbc:postgresql:";
constexpr std::string_view kKey = "connection.url";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// %41 and + as in forms, which is how pgjdbc decodes.
std::string Decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        throw sdk::ConfigException::Invalid(
            kKey, "***", "a % is not followed by two hexadecimal digits; write % as %25");
      }
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

[[noreturn]] void Refuse(std::string_view url, std::string_view reason) {
  throw sdk::ConfigException::Invalid(kKey, shared::ShownUrl(url), reason);
}

[[noreturn]] void RefuseLogin(std::string_view url) {
  Refuse(url,
         "a JDBC URL has no user:password@host; use connection.user and connection.password (an @ "
         "in the name of a database is %40)");
}

Host ParseHost(std::string_view text, std::string_view url) {
  Host host{"", "5432"};
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) Refuse(url, "an IPv6 address has no closing ]");
    host.name = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (!text.empty() && text.front() != ':') Refuse(url, "expected a port behind an IPv6 address");
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    host.name = text.substr(0, colon);
    text.remove_prefix(colon);
  }
  if (host.name.empty()) host.name = "localhost";
  if (text.size() > 1) {
    host.port = text.substr(1);
    const bool digits = std::all_of(host.port.begin(), host.port.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || host.port.size() > 5 || std::stoi(host.port) < 1 ||
        std::stoi(host.port) > 65535) {
      if (url.find('@') != std::string_view::npos) RefuseLogin(url);  // it may be a password
      Refuse(url, sdk::Cat("'", host.port, "' is no port; expected a number from 1 to 65535"));
    }
  }
  return host;
}

void ParseParameters(std::string_view text, JdbcUrl& out) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    const size_t equals = one.find('=');
    const bool valued = equals != std::string_view::npos;
    out.parameters[Decode(one.substr(0, equals))] = valued ? Decode(one.substr(equals + 1)) : "";
  }
}

}  // namespace

JdbcUrl ParseJdbcUrl(std::string_view url) {
  if (!url.starts_with(kScheme)) {
    Refuse(url,
           "expected jdbc:postgresql://host:port/database, and user and password in "
           "connection.user and connection.password; this connector knows PostgreSQL only");
  }
  const size_t question = std::min(url.find('?'), url.size());
  const std::string_view plain = url.substr(0, question);
  JdbcUrl out;
  if (question < url.size()) ParseParameters(url.substr(question + 1), out);
  std::string_view rest = plain.substr(kScheme.size());
  if (!rest.starts_with("//")) {  // jdbc:postgresql:database
    // To pgjdbc all of it is the name of a database on this host.
    if (rest.find('@') != std::string_view::npos && rest.find_first_of(":/") < rest.size()) {
      RefuseLogin(url);
    }
    if (rest.starts_with('/')) rest.remove_prefix(1);
    if (rest.find('/') != std::string_view::npos) {
      Refuse(url, "expected // in front of a host: jdbc:postgresql://host:port/database");
    }
    out.hosts.push_back({"localhost", "5432"});
    out.database = Decode(rest);
    return out;
  }
  rest.remove_prefix(2);
  const size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view hosts = rest.substr(0, slash), database = rest.substr(slash);
  if (!database.empty()) database.remove_prefix(1);
  // One with a / and an @ is what is left of a password with a /.
  const bool login =
      database.find('/') != std::string_view::npos && database.find('@') != std::string_view::npos;
  if (login || hosts.find('@') != std::string_view::npos) RefuseLogin(url);
  out.database = Decode(database);
  do {
    const size_t comma = std::min(hosts.find(','), hosts.size());
    out.hosts.push_back(ParseHost(hosts.substr(0, comma), url));
    hosts.remove_prefix(std::min(comma + 1, hosts.size()));
  } while (!hosts.empty());
  return out;
}

}  // namespace sluice::postgres
