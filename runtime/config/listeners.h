// Reads what the REST keys say: listener URLs and response header rules. For worker_config.cc and
// rest_api; any thread.
#ifndef SLUICE_RUNTIME_CONFIG_LISTENERS_H_
#define SLUICE_RUNTIME_CONFIG_LISTENERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::config {

// One element of `listeners`.
struct Listener {
  bool https = false;
  std::string host;   // empty: all interfaces; IPv6 without brackets
  uint16_t port = 0;  // 0: one that is free
};

// `http://host:port` and the like, as `listeners` has them. Errors name `key`, the URL and what was
// expected.
StatusOr<std::vector<Listener>> ParseListeners(std::string_view key,
                                               const std::vector<std::string>& urls);

// Which of them other workers are told of, by its place: the first of the advertised scheme; where
// none has it, as a proxy may speak what no listener does, the first.
size_t AdvertisedListener(const std::vector<Listener>& listeners, bool https);

// One rule of response.http.headers.config.
struct HeaderRule {
  enum class Action { kSet, kAdd, kSetDate, kAddDate } action;
  std::string name;
  std::string value;
};
// `action name:value`, comma-separated; a rule in double quotes may hold commas. Errors have the
// peer's words.
StatusOr<std::vector<HeaderRule>> ParseHeaderRules(std::string_view text);
Status CheckResponseHeaders(std::string_view text);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_LISTENERS_H_
