#include "connectors/postgres/common_keys.h"

#include <map>
#include <utility>

#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"

namespace sluice::postgres {
namespace {

using sdk::ConfigException;
using sdk::ConfigKey;
using sdk::ConfigType;
using shared::Lower;

// pgjdbc's parameters that connection_options.cc knows.
constexpr std::pair<const char*, const char*> kParameters[] = {
    {"sslmode", "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`."},
    {"ssl", "`true`: `verify-full`."},
    {"sslfactory", "`org.postgresql.ssl.NonValidatingFactory`: `require`."},
    {"sslrootcert", "File with the certificates of authorities, as PEM."},
    {"sslcert", "File with the client's certificate."},
    {"sslkey", "File with its key."},
    {"sslpassword", "The key's password."},
    {"kerberosServerName", "The server's name in Kerberos."},
    {"channelBinding", "`disable`, `prefer` or `require`."},
    {"gssEncMode", "`disable`, `prefer` or `require`."},
    {"connectTimeout", "Seconds to connect within."},
    {"loginTimeout", "The same."},
    {"socketTimeout", "Seconds within which an answer comes."},
    {"tcpKeepAlive", "Whether a silent connection is probed."},
    {"loadBalanceHosts", "Whether hosts are tried in any order."},
    {"targetServerType", "`any` or `primary`; a source: or `secondary`."},
    {"currentSchema", "The schemas in which names are looked for."},
    {"options", "The server's options, as `-c statement_timeout=5min`."},
    {"ApplicationName", "The session's name in pg_stat_activity; `sluice`."}};

}  // namespace

void AddConnectionKeys(sdk::ConfigDef& keys, std::string_view attempts) {
  const char* group = "Connection";
  int order = 0;
  keys.push_back(ConfigKey("connection.url")
                     .NonEmpty()
                     .High()
                     .Wide()
                     .Group(group, ++order)
                     .Doc("`jdbc:postgresql://host:port,host:port/"
                          "database?sslmode=verify-full&...`, with pgjdbc's parameters."));
  keys.push_back(ConfigKey("connection.user")
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("The role that connects."));
  keys.push_back(ConfigKey("connection.password", ConfigType::kPassword)
                     .Optional()
                     .High()
                     .Group(group, ++order)
                     .Doc("Its password."));
  keys.push_back(ConfigKey("connection.attempts", ConfigType::kInt)
                     .Default("3")
                     .AtLeast(1)
                     .Low()
                     .Group(group, ++order)
                     .Doc(attempts));
  keys.push_back(ConfigKey("connection.backoff.ms", ConfigType::kLong)
                     .Default("10000")
                     .AtLeast(0)
                     .Low()
                     .Group(group, ++order)
                     .Doc("Time between two attempts to connect."));
  keys.push_back(ConfigKey("dialect.name")
                     .Default("")
                     .Low()
                     .Group(group, ++order)
                     .Doc("Empty or `PostgreSqlDatabaseDialect`: there is no other."));
  for (const auto& [name, doc] : kParameters) {
    const bool secret = std::string_view(name) == "sslpassword";
    keys.push_back(ConfigKey(sdk::Cat("connection.", name),
                             secret ? ConfigType::kPassword : ConfigType::kString)
                       .Optional()
                       .Low()
                       .Group(group, ++order)
                       .Doc(sdk::Cat("pgjdbc's parameter, here or in the URL: ", doc)));
  }
}

ConnectionOptions ReadConnection(const sdk::Config& config, Purpose purpose) {
  constexpr std::string_view kPrefix = "connection.";
  std::map<std::string, std::string, std::less<>> more;
  for (const auto& [key, value] : config.given()) {
    if (!key.starts_with(kPrefix)) continue;
    const std::string name = key.substr(kPrefix.size());
    if (name != "url" && name != "attempts" && name != "backoff.ms") more[name] = value;
  }
  return MakeConnectionOptions(ParseJdbcUrl(config.GetString("connection.url")), more, purpose);
}

void CheckDialect(const sdk::Config& config) {
  const std::string dialect = config.GetString("dialect.name");
  if (dialect.empty() || dialect.find("PostgreSqlDatabaseDialect") != std::string::npos) return;
  throw ConfigException::Invalid("dialect.name", dialect, "this connector knows PostgreSQL only");
}

void CheckCredentials(const sdk::Config& config) {
  constexpr std::string_view kKey = "jdbc.credentials.provider.class";
  const auto given = config.given().find(kKey);
  // The originals' own default takes connection.user and connection.password, as is done here.
  if (given == config.given().end() || given->second.empty() ||
      given->second.ends_with(".DefaultJdbcCredentialsProvider")) {
    return;
  }
  throw ConfigException::Invalid(
      kKey, given->second,
      "it is not supported, as it is a Java class; let a config provider "
      "fill in connection.user and connection.password");
}

void AddQuotingKeys(sdk::ConfigDef& keys, const char* group, int& order) {
  keys.push_back(
      ConfigKey("quote.sql.identifiers")
          .Default("always")
          .OneOfIgnoreCase({"always", "never"})
          .Medium()
          .Group(group, ++order)
          .Doc("`never`: names are folded to small letters, as the server does without quotes."));
  keys.push_back(ConfigKey("sql.quote.identifiers", ConfigType::kBoolean)
                     .Optional()
                     .Low()
                     .Group(group, ++order)
                     .Doc("The same in Aiven's words; beats it."));
}

Quoting ReadQuoting(const sdk::Config& config) {
  if (config.Find("sql.quote.identifiers")) return Quoting(config.GetBool("sql.quote.identifiers"));
  return Quoting(Lower(config.GetString("quote.sql.identifiers")) != "never");
}

std::string ReadTableKinds(const sdk::Config& config) {
  static constexpr std::pair<std::string_view, char> kKinds[] = {
      {"table", 'r'},         {"partitioned table", 'p'}, {"view", 'v'}, {"materialized view", 'm'},
      {"foreign table", 'f'},
  };
  std::string kinds;
  for (const std::string& given : config.GetList("table.types")) {
    const size_t before = kinds.size();
    for (const auto& [name, letter] : kKinds) {
      if (Lower(given) == name) kinds.push_back(letter);
    }
    if (kinds.size() == before) {
      throw ConfigException::Invalid(
          "table.types", given,
          "expected TABLE, PARTITIONED TABLE, VIEW, MATERIALIZED VIEW or FOREIGN TABLE");
    }
  }
  return kinds;
}

void Check(const sdk::Config& config, sdk::Problems& problems, const std::function<void()>& read) {
  try {
    read();
  } catch (const ConfigException& wrong) {
    if (wrong.key().empty()) throw;
    if (config.given().contains(wrong.key())) problems.Add(wrong.key(), wrong.what());
  }
}

}  // namespace sluice::postgres
