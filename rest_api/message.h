// A request and an answer of the REST API as the resources see them: plain values without a word of
// HTTP's syntax, of sockets or of Boost. Made and read on the REST thread.
#ifndef SLUICE_REST_API_MESSAGE_H_
#define SLUICE_REST_API_MESSAGE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::rest_api {

struct Request {
  std::string method;
  std::vector<std::string> path;  // percent-decoded segments; one trailing slash is forgotten
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<std::string> args;                           // what the route's {x} matched, in order
  std::string base_url;                                    // http://host:port, as the client said
  std::string accept;                                      // empty: anything
  std::string content_type;                                // empty: not given
  std::string authorization = {};                          // the header as it is; a secret
  std::string origin = {}, preflight_method = {};          // of CORS
  // X-Connect-Authorization and X-Connect-Request-Signature-Algorithm, which other workers send.
  std::optional<std::string> signature = {}, signature_algorithm = {};
  std::string body;

  // The first value of a query parameter, or "".
  std::string_view Query(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";             // not sent without a body
  std::vector<std::pair<std::string, std::string>> headers;  // Location, Allow
  // Another worker must serve the request: its base URL. This answer is for who cannot ask it.
  std::string other_worker = {};
};

Response JsonResponse(int status, std::string json);
Response EmptyResponse(int status);
// {"error_code":status,"message":message}
Response ErrorResponse(int status, std::string_view message);
// What a failed call on the herder means to a client (herder.h lists them).
Response ErrorResponse(const Status& error);

// How a handler answers: once, from any thread; later calls are ignored. The function that makes
// the answer runs on the REST thread, so that big bodies do not hold up whoever had the news.
using Reply = std::function<void(std::function<Response()>)>;
using Handler = std::function<void(const Request& request, Reply reply)>;

// Splits a request target into path segments and query. Error: BadRequestError for a bad percent
// escape, or a name that is not UTF-8.
Status ParseTarget(std::string_view target, Request& request);
// `text` as one path segment of a URL.
std::string PercentEncode(std::string_view text);

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_MESSAGE_H_
