// Which handler answers a request, and everything that can be refused before one runs: unknown
// paths (404), wrong verbs (405), a body or an answer in another format than JSON (415, 406), and,
// in the peer's order only then, whom the guard does not know (401). OPTIONS is answered here, HEAD
// goes to GET's handler. Filled once, then only read on the REST thread.
#ifndef SLUICE_REST_API_ROUTER_H_
#define SLUICE_REST_API_ROUTER_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest_api/message.h"
#include "runtime/base/clock.h"
#include "runtime/base/stage.h"

namespace sluice::rest_api {

struct RouteOptions {
  // How long the handler may take to reply, if the router allows as much.
  milliseconds timeout = milliseconds::max();
  // Of a request that was not replied to in time: by what was done for it. Empty: the router's.
  std::function<Response(const Stage& stage)> on_timeout;
  bool json_body = true;    // a body of another type is refused with 415
  bool json_answer = true;  // who accepts no JSON is refused with 406
  bool guarded = true;      // false: workers among themselves, by their own signature
};

struct Route {
  std::string method;
  std::vector<std::string> pattern;  // segments; {x} is any text, {n} an int
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  // A request that is not replied to within `timeout` (or its route's, if that is shorter) gets the
  // answer that `on_timeout` makes of what the worker was doing.
  Router(milliseconds timeout, std::function<Response(const Stage& stage)> on_timeout)
      : timeout_(timeout), on_timeout_(std::move(on_timeout)) {}

  void Add(std::string_view method, std::string_view pattern, Handler handler,
           RouteOptions options = {});

  // Asked about every request to a guarded route; false: 401.
  void SetGuard(std::function<bool(const Request&)> guard) { guard_ = std::move(guard); }

  // The route of `request`, whose args are then set; or nullptr, and `refusal` is the answer.
  const Route* Find(Request& request, Response& refusal) const;
  milliseconds Timeout(const Route& route) const {
    return std::min(timeout_, route.options.timeout);
  }
  Response TimedOut(const Route& route, const Stage& stage) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<const Route*> Matching(Request& request) const;
  bool IsRefused(const Request& request) const { return guard_ && !guard_(request); }

  const milliseconds timeout_;
  const std::function<Response(const Stage& stage)> on_timeout_;
  std::function<bool(const Request&)> guard_;
  std::vector<Route> routes_;
};

}  // namespace sluice::rest_api

#endif  // SLUICE_REST_API_ROUTER_H_
