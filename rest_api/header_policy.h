// The headers that the worker's settings add to every answer of its main listeners:
// response.http.headers.config and CORS (access.control.allow.*). As in the peer, CORS only tells
// browsers; it refuses nobody. Made at start, REST thread afterwards.
#ifndef SLUICE_REST_API_HEADER_POLICY_H_
#define SLUICE_REST_API_HEADER_POLICY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rest_api/message.h"
#include "runtime/base/java_regex.h"
#include "runtime/base/status.h"
#include "runtime/config/listeners.h"

namespace sluice::rest_api {

class HeaderPolicy {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  HeaderPolicy() = default;  // adds nothing
  // `origins` and `methods` are the texts of access.control.allow.origin and .methods. Error: an
  // origin that is no regular expression.
  static StatusOr<HeaderPolicy> Make(std::string_view origins, std::string_view methods,
                                     std::vector<config::HeaderRule> rules);

  // Changes the headers of the answer to `request`: adds, or replaces (`set`) those that are there.
  void Apply(const Request& request, Headers& headers) const;

 private:
  bool Admits(std::string_view origin) const;

  bool cors_ = false;
  bool any_origin_ = false;
  std::vector<std::shared_ptr<const JavaRegex>> origins_;  // shared by copies
  std::string methods_;
  std::vector<config::HeaderRule> rules_;
};

// As HTTP writes it: Thu, 26 Nov 2026 14:01:41 GMT. `offset_ms` from now.
std::string HttpDate(int64_t offset_ms = 0);

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_HEADER_POLICY_H_
