#include "rest_api/router.h"

#include <algorithm>
#include <cstdlib>
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

bool HasZeroQuality(std::string_view range) {
  for (std::string_view parameter : Split(range, ';')) {
    parameter = Trim(parameter);
    if (parameter.size() > 2 && (parameter[0] == 'q' || parameter[0] == 'Q') &&
        parameter[1] == '=') {
      return std::strtod(std::string(parameter.substr(2)).c_str(), nullptr) <= 0;
    }
  }
  return false;
}

bool AcceptsJson(std::string_view accept) {
  if (Trim(accept).empty()) return true;
  for (std::string_view range : Split(accept, ',')) {
    const std::string type = MediaType(range);
    if ((type == "*/*" || type == "*" || type == "application/*" || type == "application/json") &&
        !HasZeroQuality(range)) {
      return true;
    }
  }
  return false;
}

// The verbs of `routes` as the Allow header lists them.
std::vector<std::string> Verbs(const std::vector<const Route*>& routes) {
  std::vector<std::string> verbs;
  for (const Route* route : routes) {
    if (route->method == "GET") verbs.push_back("HEAD");
    verbs.push_back(route->method);
  }
  verbs.push_back("OPTIONS");
  return verbs;
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
  const std::string allow = StrJoin(Verbs(found), ", ");
  if (request.method == "OPTIONS") {
    refusal = {.status = 200, .body = allow, .content_type = "text/plain", .headers = {}};
    refusal.headers.emplace_back("Allow", StrJoin(Verbs(found), ","));
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
  if (!AcceptsJson(request.accept)) {
    refusal = ErrorResponse(406, "HTTP 406 Not Acceptable");
    return nullptr;
  }
  return *route;
}

Response Router::TimedOut(const Route& route) const {
  return route.options.on_timeout ? route.options.on_timeout() : on_timeout_();
}

}  // namespace sluice::rest_api
