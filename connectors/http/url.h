// What is done with an http or https URL: checked, resolved, shown, given parameters. What checks
// it is libcurl's parser, so that what is checked is what is used. Pure functions, any thread. URLs
// may hold secrets (user and password, a token in path or query): errors and Origin name no more
// than scheme, host and port.
#ifndef SLUICE_CONNECTORS_HTTP_URL_H_
#define SLUICE_CONNECTORS_HTTP_URL_H_

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

struct BadUrl : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Throws BadUrl unless it is a whole http or https URL with a host.
void CheckUrl(const std::string& url);
// https://host:port, with the scheme's port where the URL has none. Throws BadUrl.
std::string Origin(const std::string& url);
// `reference`, which may be relative, seen from `base` (RFC 3986, 5). Throws BadUrl.
std::string Resolve(const std::string& base, const std::string& reference);
// The URL with `encoded` (a=b&c=d, already percent-encoded) behind its query, without its fragment.
// Throws BadUrl.
std::string WithQuery(const std::string& url, std::string_view encoded);
// The query's parameters as they stand there, still percent-encoded. Throws BadUrl.
Parameters QueryOf(const std::string& url);
// What stands behind the host: /path?query, without those parameters, name and value. Throws
// BadUrl.
std::string PathAndQuery(const std::string& url, const Parameters& without = {});
// a=b&c=d taken apart, nothing decoded.
Parameters SplitQuery(std::string_view query);

}  // namespace sluice::http

#endif  // SLUICE_CONNECTORS_HTTP_URL_H_
