#include "runtime/schema_registry/url.h"

#include "runtime/base/text.h"

namespace sluice::schema_registry {

StatusOr<http::Url> ParseUrl(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme != std::string_view::npos && text.substr(0, scheme) != "http" &&
      text.substr(0, scheme) != "https") {
    return ConfigError(StrCat("schema.registry.url begins with '", text.substr(0, scheme),
                              "://': expected http:// or https://"));
  }
  if (text.find_first_of("?#") != std::string_view::npos) {
    return ConfigError("schema.registry.url has a query or a fragment: expected http://host:8081");
  }
  StatusOr<http::Url> url = http::ParseUrl(
      scheme == std::string_view::npos ? StrCat("http://", text) : std::string(text));
  if (!url.ok()) {
    return ConfigError("schema.registry.url cannot be read: expected http://host:8081");
  }
  while (url->target.ends_with('/')) url->target.pop_back();
  return url;
}

}  // namespace sluice::schema_registry
