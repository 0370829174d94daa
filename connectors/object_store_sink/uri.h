// URIs as S3's signature wants them. Pure functions, any thread.
#ifndef SLUICE_CONNECTORS_OBJECT_STORE_SINK_URI_H_
#define SLUICE_CONNECTORS_OBJECT_STORE_SINK_URI_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::object_store_sink {

// Sorted, names and values percent-encoded.
using Query = std::vector<std::pair<std::string, std::string>>;
std::string EscapeQuery(Query query);

struct Endpoint {
  std::string scheme;  // http, https
  std::string host;    // with its port unless it is the scheme's
  std::string base;    // a path in front of all others, without a slash at its end
};
// http(s)://host[:port][/base]. Throws ConfigException, by the key `key`.
Endpoint ParseEndpoint(std::string_view key, std::string_view url);

}  // namespace sluice::object_store_sink

#endif  // SLUICE_CONNECTORS_OBJECT_STORE_SINK_URI_H_
