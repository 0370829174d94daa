#include "rest_api/router.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <utility>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

bool IsInt(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto value = ParseInt64(text);
  return value && *value >= std::numeric_limits<int>::min() &&
         *value <= std::numeric_limits<int>::max();
}

bool Matches(const Route& route, const std::vector<std::string>& path,
             std::vector<std::string>& args) {
  if (route.pattern.size() != path.size()) return false;
  args.clear();
  for (size_t i = 0; i < path.size(); ++i) {
    const std::string& expected = route.pattern[i];
    if (expected.front() != '{') {
      if (expected != path[i]) return false;
    } else if (path[i].empty() || (expected == "{n}" && !IsInt(path[i]))) {
      return false;
    } else {
      args.push_back(path[i]);
    }
  }
  return true;
}

// `type` without its parameters, in lower case.
std::string MediaType(std::string_view type) {
  return ToLower(Trim(type.substr(0, type.find(';'))));
}

// Whether one of the ranges of an Accept header is among `types`. A quality of 0 is not looked at:
// who asks for JSON in such a way gets it, as from the peer.
bool Accepts(std::string_view accept, std::initializer_list<std::string_view> types) {
  if (Trim(accept).empty()) return true;
  for (std::string_view range : Split(accept, ',')) {
    const std::string type = MediaType(range);
    if (std::find(types.begin(), types.end(), type) != types.end()) return true;
  }
  return false;
}

// The peer's words, without WWW-Authenticate: a browser shall not ask for a password.
Response Unauthorized(std::string_view content_type) {
  return {.status = 401,
          .body = "User cannot access the resource.",
          .content_type = std::string(content_type),
          .headers = {}};
}

// The verbs of `routes` as the Allow header lists them, in the peer's order.
std::vector<std::string> Verbs(const std::vector<const Route*>& routes) {
  std::vector<std::string> verbs;
  for (const std::string_view verb : {"HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"}) {
    const std::string_view method = verb == "HEAD" ? std::string_view("GET") : verb;
    const bool known = std::any_of(routes.begin(), routes.end(),
                                   [&](const Route* route) { return route->method == method; });
    if (known || verb == "OPTIONS") verbs.emplace_back(verb);
  }
  return verbs;
}

bool AcceptsText(const Request& request) {
  return Accepts(request.accept, {"*/*", "*", "text/*", "text/plain"});
}

// OPTIONS: the verbs as text for who reads text, and in any case as Allow.
Response OptionsResponse(const Request& request, const std::vector<std::string>& verbs) {
  Response response;
  response.content_type = "text/plain";
  if (AcceptsText(request)) {
    response.body = StrJoin(verbs, ", ");
  }
  response.headers.emplace_back("Allow", StrJoin(verbs, ","));
  return response;
}

}  // namespace

void Router::Add(std::string_view method, std::string_view pattern, Handler handler,
                 RouteOptions options) {
  Route route{.method = std::string(method),
              .pattern = {},
              .handler = std::move(handler),
              .options = std::move(options)};
  for (std::string_view segment : Split(pattern, '/')) {
    if (!segment.empty()) route.pattern.emplace_back(segment);
  }
  routes_.push_back(std::move(route));
}

std::vector<const Route*> Router::Matching(Request& request) const {
  std::vector<const Route*> found;
  std::vector<std::string> args;
  for (const Route& route : routes_) {
    if (!Matches(route, request.path, args)) continue;
    found.push_back(&route);
    request.args = args;
  }
  return found;
}

const Route* Router::Find(Request& request, Response& refusal) const {
  const std::vector<const Route*> found = Matching(request);
  if (found.empty()) {
    refusal = ErrorResponse(404, "HTTP 404 Not Found");
    return nullptr;
  }
  if (request.method == "OPTIONS") {
    if (IsRefused(request)) {
      refusal = Unauthorized(AcceptsText(request) ? "text/plain" : "application/json");
      return nullptr;
    }
    refusal = OptionsResponse(request, Verbs(found));
    return nullptr;
  }
  const std::string_view verb =
      request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
  const auto route = std::find_if(found.begin(), found.end(),
                                  [&](const Route* one) { return one->method == verb; });
  if (route == found.end()) {
    refusal = ErrorResponse(405, "HTTP 405 Method Not Allowed");
    refusal.headers.emplace_back("Allow", StrJoin(Verbs(found), ","));
    return nullptr;
  }
  const bool untyped = request.content_type.empty() && request.body.empty();
  if ((*route)->options.json_body && !untyped &&
      MediaType(request.content_type) != "application/json") {
    refusal = ErrorResponse(415, "HTTP 415 Unsupported Media Type");
    return nullptr;
  }
  if ((*route)->options.json_answer &&
      !Accepts(request.accept, {"*/*", "*", "application/*", "application/json"})) {
    refusal = ErrorResponse(406, "HTTP 406 Not Acceptable");
    return nullptr;
  }
  if ((*route)->options.guarded && IsRefused(request)) {
    refusal = Unauthorized("application/json");
    return nullptr;
  }
  return *route;
}

Response Router::TimedOut(const Route& route, const Stage& stage) const {
  return route.options.on_timeout ? route.options.on_timeout(stage) : on_timeout_(stage);
}

}  // namespace sluice::rest_api
