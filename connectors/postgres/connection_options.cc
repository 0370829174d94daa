#include "connectors/postgres/connection_options.h"

#include <algorithm>
#include <charconv>

#include "connectors/sdk/errors.h"

namespace sluice::postgres {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

// pgjdbc's parameters that libpq has under another name, or the same one.
constexpr std::pair<std::string_view, std::string_view> kSame[] = {
    {"user", "user"},
    {"password", "password"},
    {"sslrootcert", "sslrootcert"},
    {"sslcert", "sslcert"},
    {"sslkey", "sslkey"},
    {"sslpassword", "sslpassword"},
    {"kerberosServerName", "krbsrvname"},
    {"channelBinding", "channel_binding"},
};

[[noreturn]] void Refuse(std::string_view name, std::string_view value, std::string_view expected) {
  throw sdk::ConfigException::Invalid("connection.url", sdk::Cat(name, "=", value),
                                      sdk::Cat("expected ", expected));
}

bool IsTrue(std::string_view name, std::string_view value) {
  if (value.empty() || value == "true") return true;
  if (value == "false") return false;
  Refuse(name, value, "true or false");
}

std::string OneOf(std::string_view name, std::string_view value,
                  std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return std::string(value);
  std::string list;
  for (std::string_view one : allowed) list += sdk::Cat(list.empty() ? "" : ", ", one);
  Refuse(name, value, sdk::Cat("one of ", list));
}

// Seconds; 0 keeps the default, as every wait has an end here.
void ReadSeconds(std::string_view name, std::string_view value, std::chrono::milliseconds& out) {
  int seconds = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end != value.data() + value.size() || seconds < 0 ||
      seconds > 86'400) {
    Refuse(name, value, "seconds from 0 to 86400");
  }
  if (seconds > 0) out = std::chrono::seconds(seconds);
}

std::string TargetSession(std::string_view name, std::string_view value, Purpose purpose) {
  if (value == "any") return "any";
  if (value == "primary" || value == "master") return "primary";
  if (purpose == Purpose::kWrite) Refuse(name, value, "any or primary, as this connector writes");
  if (value == "secondary" || value == "slave") return "standby";
  Refuse(name, value, "any, primary or secondary");
}

std::string EscapedOption(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ' ' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// The server's own options: -c search_path=...
void AddOption(std::string& options, std::string_view option) {
  if (!options.empty()) options.push_back(' ');
  options += option;
}

// pgjdbc's way to say: encrypt, and believe any certificate.
bool BelievesAnybody(std::string_view name, std::string_view value) {
  return name == "sslfactory" && value == "org.postgresql.ssl.NonValidatingFactory";
}

struct Reader {
  ConnectionOptions& out;
  Purpose purpose;
  std::string ssl_mode = "", options = "", target = "";
  bool mode_given = false;  // by sslmode itself

  void Read(const std::string& name, const std::string& value) {
    for (const auto& [theirs, ours] : kSame) {
      if (name == theirs) return out.keywords.emplace_back(ours, value), void();
    }
    if (name == "sslmode") {
      ssl_mode =
          OneOf(name, value, {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"});
      mode_given = true;
    } else if (name == "ssl") {
      if (IsTrue(name, value) && ssl_mode.empty()) ssl_mode = "verify-full";
    } else if (BelievesAnybody(name, value)) {
      if (!mode_given) ssl_mode = "require";
    } else if (name == "gssEncMode") {
      out.keywords.emplace_back("gssencmode", OneOf(name, value, {"disable", "prefer", "require"}));
    } else if (name == "connectTimeout" || name == "loginTimeout") {
      ReadSeconds(name, value, out.connect_timeout);
    } else if (name == "socketTimeout") {
      ReadSeconds(name, value, out.answer_timeout);
    } else if (name == "tcpKeepAlive") {
      out.keywords.emplace_back("keepalives", IsTrue(name, value) ? "1" : "0");
    } else if (name == "loadBalanceHosts") {
      out.shuffle_hosts = IsTrue(name, value);
    } else if (name == "targetServerType") {
      target = TargetSession(name, value, purpose);
    } else if (name == "currentSchema") {
      AddOption(options, "-c search_path=" + EscapedOption(value));
    } else if (name == "options") {
      AddOption(options, value);
    } else if (name != "ApplicationName") {
      out.ignored.push_back(name);
    }
  }
};

}  // namespace

std::string ConnectionOptions::Target() const {
  std::string text;
  for (const Host& host : hosts)
    text += sdk::Cat(text.empty() ? "" : ",", host.name, ":", host.port);
  for (const auto& [name, value] : keywords) {
    if (name == "dbname") text += "/" + value;
  }
  return text;
}

ConnectionOptions MakeConnectionOptions(const JdbcUrl& url, const Parameters& more,
                                        Purpose purpose) {
  ConnectionOptions out;
  out.hosts = url.hosts;
  Parameters all = more;
  all.insert(url.parameters.begin(), url.parameters.end());  // what is there already stays
  Reader reader{out, purpose};
  if (const auto mode = all.find("sslmode"); mode != all.end())
    reader.Read(mode->first, mode->second);
  for (const auto& [name, value] : all) {
    if (name != "sslmode") reader.Read(name, value);
  }
  if (!reader.ssl_mode.empty()) out.keywords.emplace_back("sslmode", reader.ssl_mode);
  // Of several hosts one may be a standby, which refuses to be written.
  if (reader.target.empty() && out.hosts.size() > 1 && purpose == Purpose::kWrite) {
    reader.target = "read-write";
  }
  if (!reader.target.empty()) out.keywords.emplace_back("target_session_attrs", reader.target);
  if (!reader.options.empty()) out.keywords.emplace_back("options", reader.options);
  if (!all.contains("gssEncMode")) out.keywords.emplace_back("gssencmode", "disable");
  if (!url.database.empty()) out.keywords.emplace_back("dbname", url.database);
  const auto name = all.find("ApplicationName");
  out.keywords.emplace_back("application_name", name != all.end() ? name->second : "sluice");
  out.keywords.emplace_back("client_encoding", "UTF8");
  return out;
}

}  // namespace sluice::postgres
