#include "connectors/object_store_sink/uri.h"

#include <algorithm>

#include "connectors/sdk/errors.h"
#include "connectors/shared/text.h"

namespace sluice::object_store_sink {

std::string EscapeQuery(Query query) {
  for (auto& [key, value] : query) {
    key = shared::PercentEncode(key);
    value = shared::PercentEncode(value);
  }
  std::sort(query.begin(), query.end());
  std::string out;
  for (const auto& [key, value] : query) {
    if (!out.empty()) out.push_back('&');
    out.append(key).append("=").append(value);
  }
  return out;
}

Endpoint ParseEndpoint(std::string_view key, std::string_view url) {
  const auto wrong = [&](std::string_view why) {
    throw sdk::ConfigException::Invalid(
        key, url, sdk::Cat(why, "; expected http://host:port or https://host"));
  };
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) wrong("it has no scheme");
  Endpoint out;
  out.scheme = url.substr(0, colon);
  if (out.scheme != "http" && out.scheme != "https") wrong("its scheme is not known");
  std::string_view rest = url.substr(colon + 3);
  const size_t slash = rest.find('/');
  out.host = rest.substr(0, slash);
  if (slash != std::string_view::npos) out.base = rest.substr(slash);
  while (!out.base.empty() && out.base.back() == '/') out.base.pop_back();
  if (out.host.empty()) wrong("it has no host");
  if (out.host.find('@') != std::string::npos) wrong("it has a user, whose place is in other keys");
  if (out.base.find_first_of("?#") != std::string::npos) wrong("it has a query");
  const std::string_view usual = out.scheme == "http" ? ":80" : ":443";
  if (out.host.ends_with(usual)) out.host.resize(out.host.size() - usual.size());
  return out;
}

}  // namespace sluice::object_store_sink
