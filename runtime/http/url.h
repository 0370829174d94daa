// An http or https URL (RFC 3986, 3), read once. Pure functions.
#ifndef SLUICE_RUNTIME_HTTP_URL_H_
#define SLUICE_RUNTIME_HTTP_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace sluice::http {

struct Url {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  uint16_t port = 0;
  std::string user_info;  // before an @, as it stands there: a secret
  std::string target;     // path and query, without a fragment; begins with /

  std::string Authority() const;  // host:port, with brackets where they belong
  std::string Text() const;       // all of it, but for user_info
};

// Error (InvalidArgument): what is wrong with it; the text does not repeat the URL, which may hold
// a secret.
StatusOr<Url> ParseUrl(std::string_view text);

}  // namespace sluice::http

#endif  // SLUICE_RUNTIME_HTTP_URL_H_
