// Who may use the REST API, by HTTP's basic authentication (RFC 7617): what the peer's
// BasicAuthSecurityRestExtension does. Made at start, then only read: any thread.
#ifndef SLUICE_REST_API_BASIC_AUTH_H_
#define SLUICE_REST_API_BASIC_AUTH_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::rest_api {

class BasicAuth {
 public:
  // Names and passwords; none of them is kept, only their digests with a key of this process.
  explicit BasicAuth(const std::vector<std::pair<std::string, std::string>>& users);

  // Whether an Authorization header names a user with his password. Takes the same time whichever
  // part is wrong.
  bool Permits(std::string_view authorization) const;

 private:
  std::string Digest(std::string_view user, std::string_view password) const;

  std::string key_;
  std::vector<std::string> digests_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_BASIC_AUTH_H_
