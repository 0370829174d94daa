// The document and the router say the same: a route that is not described, or a description of what
// there is not, fails here.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "rest_api/openapi_yaml.h"
#include "rest_api/resources.h"
#include "runtime/base/text.h"
#include "runtime/herder/fake_herder.h"
#include "runtime/metrics/registry.h"

namespace sluice::rest_api {
namespace {

// `VERB /path/{}` of each operation. The document is written with two blanks a level: below
// `paths:` are paths, and below them verbs (and `parameters:`).
std::set<std::string> Described() {
  std::set<std::string> found;
  bool in_paths = false;
  std::string path;
  for (const std::string_view line : Split(kText_openapi_yaml, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() != ' ') {
      in_paths = line == "paths:";
    } else if (in_paths && line.starts_with("  /")) {
      path.clear();
      for (const std::string_view segment : Split(line.substr(3, line.size() - 4), '/')) {
        StrAppend(path, "/", segment.starts_with("{") ? std::string_view("{}") : segment);
      }
    } else if (in_paths && line.starts_with("    ") && line[4] != ' ' &&
               line != "    parameters:") {
      std::string verb(line.substr(4, line.size() - 5));
      std::transform(verb.begin(), verb.end(), verb.begin(),
                     [](unsigned char c) { return std::toupper(c); });
      found.insert(StrCat(verb, " ", path));
    }
  }
  return found;
}

std::set<std::string> Routed() {
  herder::FakeHerder herder;
  const metrics::Registry registry;
  const auto router = NewRouter(herder);
  AddMetrics(*router, registry);
  std::set<std::string> found;
  for (const Route& route : router->routes()) {
    std::string path;
    for (const std::string& segment : route.pattern) {
      StrAppend(path, "/", segment.starts_with("{") ? "{}" : segment);
    }
    found.insert(StrCat(route.method, " ", path.empty() ? "/" : path));
  }
  return found;
}

TEST(OpenApi, DescribesEveryRoute) {
  const std::set<std::string> described = Described();
  for (const std::string& route : Routed()) {
    EXPECT_TRUE(described.contains(route))
        << route << " is served, but rest_api/openapi.yaml does not describe it";
  }
}

TEST(OpenApi, DescribesNothingElse) {
  const std::set<std::string> routed = Routed();
  const std::set<std::string> described = Described();
  EXPECT_GE(described.size(), 29u);
  for (const std::string& operation : described) {
    EXPECT_TRUE(routed.contains(operation))
        << "rest_api/openapi.yaml describes " << operation << ", but no route serves it";
  }
}

TEST(OpenApi, IsServed) {
  herder::FakeHerder herder;
  const auto router = NewRouter(herder);
  Request request;
  request.method = "GET";
  ASSERT_TRUE(ParseTarget("/openapi.yaml", request).ok());
  Response response;
  const Route* route = router->Find(request, response);
  ASSERT_NE(route, nullptr);
  route->handler(request, [&](const std::function<Response()>& make) { response = make(); });
  EXPECT_EQ(response.content_type, "application/yaml");
  EXPECT_TRUE(response.body.starts_with("# The REST API")) << response.body.substr(0, 80);
  EXPECT_TRUE(response.body.ends_with("\n"));
}

}  // namespace
}  // namespace sluice::rest_api
