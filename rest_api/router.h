// Which handler answers a request, and everything that can be refused before one runs: unknown
// paths (404), wrong verbs (405), a body or an answer in another format than JSON (415, 406).
// OPTIONS is answered here, HEAD goes to GET's handler. Filled once, then only read on the REST
// thread.
#ifndef SLUICE_REST_API_ROUTER_H_
#define SLUICE_REST_API_ROUTER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest_api/message.h"
#include "runtime/base/clock.h"

namespace sluice::rest_api {

struct RouteOptions {
  milliseconds timeout{90'000};          // how long the handler may take to reply
  std::function<Response()> on_timeout;  // empty: the router's
  bool json_body = true;                 // a body of another type is refused with 415
};

struct Route {
  std::string method;
  std::vector<std::string> pattern;  // segments; {x} is any text, {n} an int
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  // `on_timeout` makes the answer to a request that was not replied to in time.
  explicit Router(std::function<Response()> on_timeout) : on_timeout_(std::move(on_timeout)) {}

  void Add(std::string_view method, std::string_view pattern, Handler handler,
           RouteOptions options = {});

  // The route of `request`, whose args are then set; or nullptr, and `refusal` is the answer.
  const Route* Find(Request& request, Response& refusal) const;
  Response TimedOut(const Route& route) const;

 private:
  std::vector<const Route*> Matching(Request& request) const;

  std::function<Response()> on_timeout_;
  std::vector<Route> routes_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_ROUTER_H_
