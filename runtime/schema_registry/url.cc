#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/schema_registry/transport.h"

namespace sluice::schema_registry {

std::string Url::Text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return StrCat(tls ? "https://" : "http://", ipv6 ? "[" : "", host, ipv6 ? "]:" : ":", port, path);
}

StatusOr<Url> ParseUrl(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else if (const size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
    return ConfigError(StrCat("schema.registry.url begins with '", rest.substr(0, scheme),
                              "://': expected http:// or https://"));
  }
  const size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  std::string_view path = rest.substr(slash);
  if (path.find_first_of("?#") != std::string_view::npos) {
    return ConfigError("schema.registry.url has a query or a fragment: expected http://host:8081");
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  url.path = std::string(path);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_info = std::string(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  const bool bracketed = authority.starts_with('[');
  const size_t bracket = bracketed ? authority.find(']') : 0;
  const size_t colon =
      bracket == std::string_view::npos ? std::string_view::npos : authority.find(':', bracket);
  url.port = colon == std::string_view::npos ? (url.tls ? "443" : "80")
                                             : std::string(authority.substr(colon + 1));
  authority = authority.substr(0, colon);
  if (bracketed && bracket != std::string_view::npos) authority = authority.substr(1, bracket - 1);
  url.host = std::string(authority);
  const auto port = ParseInt64(url.port);
  if (url.host.empty() || url.host.find_first_of(" []") != std::string::npos || !port ||
      *port < 1 || *port > 65535) {
    url.user_info.clear();
    return ConfigError("schema.registry.url cannot be read: expected http://host:8081");
  }
  return url;
}

}  // namespace sluice::schema_registry
