// One POST over HTTP/1.1, on a connection of its own. Blocks; any thread. For token_endpoint.cc.
#ifndef SLUICE_RUNTIME_OAUTH_HTTP_POST_H_
#define SLUICE_RUNTIME_OAUTH_HTTP_POST_H_

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/tls/client_context.h"

namespace sluice::oauth {

struct HttpPost {
  std::string host;  // without the brackets of an IPv6 address
  uint16_t port = 0;
  std::string path;
  std::string headers;                            // whole lines; Host and Content-Length are added
  std::string body;                               // may be a secret, as the headers
  std::shared_ptr<const tls::ClientContext> tls;  // null: http
  milliseconds connect_timeout{10'000};
  milliseconds read_timeout{10'000};  // of the whole answer
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

// Errors (RetriableException, so long as it is not the server's certificate) say what went wrong,
// without the server's name: no address, no connection, no answer in time, none that is HTTP, one
// that is cut off or larger than 1 MiB.
StatusOr<HttpAnswer> Send(const HttpPost& post);

}  // namespace sluice::oauth

#endif  // SLUICE_RUNTIME_OAUTH_HTTP_POST_H_
