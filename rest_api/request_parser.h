// Turns a connection's bytes into a request: HTTP/1.1's syntax and the limits on it, without I/O.
// One per request, made by a Connection; also what the fuzzer feeds. REST thread.
#ifndef SLUICE_REST_API_REQUEST_PARSER_H_
#define SLUICE_REST_API_REQUEST_PARSER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "rest_api/message.h"

namespace sluice::rest_api {

struct RequestLimits {
  size_t header_bytes_max = 16 << 10;  // 431 above it
  size_t body_bytes_max = 16 << 20;    // 413 above it
};

struct ParsedRequest {
  Request request;
  bool keep_alive = false;
  bool old_version = false;  // HTTP/1.0
};

class RequestParser {
 public:
  explicit RequestParser(const RequestLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class State {
    kMore,     // feed it again when `buffer` has grown
    kDone,     // a whole request; the rest of `buffer` belongs to the next one
    kRefused,  // refusal() is the answer, and the connection is of no use any more
  };
  // Takes what it can off the front of `buffer`.
  State Feed(std::string& buffer);
  const Response& refusal() const { return refusal_; }

  size_t body_bytes() const;  // so far
  bool WantsContinue();       // true once: the client waits for a 100 before it sends its body
  // After kDone, once. `scheme` and `local` (host:port) make the base URL if the client named no
  // host. kRefused in place of kDone: the target cannot be read.
  State Take(std::string_view scheme, std::string_view local, ParsedRequest& out);

 private:
  struct Impl;
  State Refuse(Response refusal);

  const RequestLimits limits_;
  std::unique_ptr<Impl> impl_;
  Response refusal_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_REQUEST_PARSER_H_
