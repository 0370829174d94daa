#include "rest_api/header_policy.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"

namespace sluice::rest_api {
namespace {

// The headers of an answer to a request from `origin`, one a line.
std::string Headers(const HeaderPolicy& policy, std::string_view origin,
                    std::string_view method = "GET", std::string_view preflight = "") {
  Request request;
  request.method = method;
  request.origin = origin;
  request.preflight_method = preflight;
  HeaderPolicy::Headers headers = {{"Date", "now"}, {"Server", "S"}};
  policy.Apply(request, headers);
  std::string out;
  for (const auto& [name, value] : headers) StrAppend(out, name, ": ", value, "\n");
  return out;
}

HeaderPolicy Make(std::string_view origins, std::string_view methods, std::string_view rules = "") {
  auto policy = HeaderPolicy::Make(origins, methods, *config::ParseHeaderRules(rules));
  EXPECT_TRUE(policy.ok()) << policy.status();
  return *std::move(policy);
}

constexpr char kPlain[] = "Date: now\nServer: S\n";

TEST(HeaderPolicy, AddsNothingByItself) {
  EXPECT_EQ(Headers(HeaderPolicy(), "http://a.example"), kPlain);
  EXPECT_EQ(Headers(Make("", "GET"), "http://a.example"), kPlain);
}

// What Jetty's CrossOriginHandler answers, as the peer sets it up.
TEST(HeaderPolicy, CorsAdmitsOrigins) {
  const HeaderPolicy policy = Make("http://a.example, https://.*\\.b\\.example", "GET, PUT");
  const std::string none = StrCat(kPlain, "Vary: Origin\n");
  const std::string a = StrCat(none, "Access-Control-Allow-Origin: http://a.example\n");
  EXPECT_EQ(Headers(policy, ""), none);
  EXPECT_EQ(Headers(policy, "http://a.example"), a);
  EXPECT_EQ(Headers(policy, "HTTP://A.example"),
            StrCat(none, "Access-Control-Allow-Origin: HTTP://A.example\n"));
  EXPECT_EQ(Headers(policy, "https://x.b.example"),
            StrCat(none, "Access-Control-Allow-Origin: https://x.b.example\n"));
  EXPECT_EQ(Headers(policy, "http://c http://a.example"),
            StrCat(none, "Access-Control-Allow-Origin: http://c http://a.example\n"));
  for (const char* other : {"http://c.example", "http://a.example.org", "http://c  http://d",
                            "null", "https://b.example"}) {
    EXPECT_EQ(Headers(policy, other), none) << other;
    EXPECT_EQ(Headers(policy, other, "OPTIONS", "PUT"), none) << other;
  }
  EXPECT_EQ(Headers(policy, "http://a.example", "OPTIONS", "DELETE"),
            StrCat(a,
                   "Access-Control-Allow-Methods: GET,PUT\nAccess-Control-Allow-Headers: "
                   "Content-Type\nAccess-Control-Max-Age: 60\n"));
  EXPECT_EQ(Headers(policy, "http://a.example", "OPTIONS"), a);
  EXPECT_EQ(Headers(policy, "http://a.example", "GET", "PUT"), a);
}

TEST(HeaderPolicy, CorsAdmitsEverybody) {
  const std::string answer = Headers(Make("*", ""), "http://a.example", "OPTIONS", "GET");
  EXPECT_NE(answer.find("Allow-Origin: http://a.example\n"), std::string::npos);
  EXPECT_NE(answer.find("Allow-Methods: GET,POST,HEAD\n"), std::string::npos);
}

TEST(HeaderPolicy, RulesSetAndAdd) {
  const HeaderPolicy policy = Make("", "",
                                   "set X-One: 1, \"add Cache-Control: no-cache, no-store\", "
                                   "add x-one: 2, set server: mine, set Content-Length: 3");
  EXPECT_EQ(Headers(policy, ""),
            "Date: now\nServer: mine\nX-One: 1\nCache-Control: no-cache, no-store\nx-one: 2\n");
  EXPECT_EQ(Headers(Make("", "", "add A: 1, add A: 2, set a: 3"), ""), StrCat(kPlain, "A: 3\n"));
}

TEST(HeaderPolicy, DatesAreOffsetsFromNow) {
  const std::string now = Headers(Make("", "", "setDate Expires: 0, addDate Then: -86400000"), "");
  EXPECT_NE(now.find("Expires: "), std::string::npos);
  EXPECT_NE(now.find(" GMT\nThen: "), std::string::npos) << now;
  EXPECT_EQ(now.find("Date: now\n"), 0u);
}

TEST(HeaderPolicy, NamesAnOriginThatIsNoPattern) {
  const auto bad = HeaderPolicy::Make("http://(", "", {});
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(Message(bad.status()).find("Invalid value http://( for configuration access.control"),
            0u)
      << bad.status();
}

}  // namespace
}  // namespace sluice::rest_api
