#include "rest_api/router.h"

#include <gtest/gtest.h>

namespace sluice::rest_api {
namespace {

class RouterTest : public testing::Test {
 protected:
  RouterTest()
      : router_(milliseconds(1000), [](const Stage& stage) {
          return ErrorResponse(500, "late. " + stage.Sentence());
        }) {
    const Handler none = [](const Request&, const Reply&) {};
    router_.Add("GET", "/", none);
    router_.Add("GET", "/connectors", none);
    router_.Add("POST", "/connectors", none);
    router_.Add("DELETE", "/connectors/{c}", none);
    router_.Add("POST", "/connectors/{c}/tasks/{n}/restart", none);
    router_.Add("PUT", "/x", none,
                {.timeout = milliseconds(10),
                 .on_timeout = [](const Stage&) { return ErrorResponse(503, "x is late"); },
                 .json_body = false});
  }

  // The status of the refusal, or 0.
  int Find(std::string_view method, std::string_view target, std::string_view accept = "",
           std::string_view content_type = "") {
    request_ = {};
    request_.method = method;
    request_.accept = accept;
    request_.content_type = content_type;
    EXPECT_TRUE(ParseTarget(target, request_).ok());
    route_ = router_.Find(request_, refusal_);
    return route_ != nullptr ? 0 : refusal_.status;
  }

  Router router_;
  Request request_;
  Response refusal_;
  const Route* route_ = nullptr;
};

TEST_F(RouterTest, FindsRoutesAndArguments) {
  EXPECT_EQ(Find("GET", "/"), 0);
  EXPECT_EQ(Find("GET", "/connectors/"), 0);
  EXPECT_EQ(Find("HEAD", "/connectors"), 0);
  EXPECT_EQ(route_->method, "GET");
  EXPECT_EQ(Find("POST", "/connectors/a%2Fb/tasks/7/restart"), 0);
  EXPECT_EQ(request_.args, (std::vector<std::string>{"a/b", "7"}));
}

TEST_F(RouterTest, RefusesWhatThereIsNot) {
  EXPECT_EQ(Find("GET", "/nothing"), 404);
  EXPECT_EQ(refusal_.body, R"({"error_code":404,"message":"HTTP 404 Not Found"})");
  EXPECT_EQ(Find("DELETE", "/connectors//"), 404);
  EXPECT_EQ(Find("POST", "/connectors/x/tasks/one/restart"), 404);
  EXPECT_EQ(Find("POST", "/connectors/x/tasks/99999999999/restart"), 404);
  EXPECT_EQ(Find("BREW", "/connectors"), 405);
  EXPECT_EQ(refusal_.body, R"({"error_code":405,"message":"HTTP 405 Method Not Allowed"})");
  EXPECT_EQ(refusal_.headers.at(0).second, "HEAD,POST,GET,OPTIONS");
}

// In the peer's order: what a path does not have is told to everybody.
TEST_F(RouterTest, TheGuardIsAskedLast) {
  std::string asked;
  router_.SetGuard([&](const Request& request) {
    asked += request.method + " ";
    return request.authorization == "good";
  });
  router_.Add("POST", "/connectors/{c}/tasks", [](const Request&, const Reply&) {},
              {.on_timeout = {}, .guarded = false});
  EXPECT_EQ(Find("GET", "/nothing"), 404);
  EXPECT_EQ(Find("DELETE", "/"), 405);
  EXPECT_EQ(Find("GET", "/", "text/html"), 406);
  EXPECT_EQ(Find("POST", "/connectors", "", "text/plain"), 415);
  EXPECT_EQ(Find("POST", "/connectors/x/tasks"), 0);
  EXPECT_EQ(asked, "");
  EXPECT_EQ(Find("GET", "/connectors"), 401);
  EXPECT_EQ(refusal_.body, "User cannot access the resource.");
  EXPECT_EQ(refusal_.content_type, "application/json");
  EXPECT_TRUE(refusal_.headers.empty());
  EXPECT_EQ(Find("OPTIONS", "/connectors"), 401);
  EXPECT_EQ(refusal_.content_type, "text/plain");
  EXPECT_EQ(Find("OPTIONS", "/connectors", "application/json"), 401);
  EXPECT_EQ(refusal_.content_type, "application/json");
  request_.authorization = "good";
  request_.method = "GET";
  EXPECT_NE(router_.Find(request_, refusal_), nullptr);
}

TEST_F(RouterTest, AnswersOptions) {
  EXPECT_EQ(Find("OPTIONS", "/connectors"), 200);
  EXPECT_EQ(refusal_.content_type, "text/plain");
  EXPECT_EQ(refusal_.body, "HEAD, POST, GET, OPTIONS");
  EXPECT_EQ(Find("OPTIONS", "/connectors", "application/json"), 200);
  EXPECT_EQ(refusal_.body, "");
  EXPECT_EQ(refusal_.headers.at(0).second, "HEAD,POST,GET,OPTIONS");
  EXPECT_EQ(Find("OPTIONS", "/nothing"), 404);
}

TEST_F(RouterTest, KnowsOnlyJson) {
  EXPECT_EQ(Find("POST", "/connectors", "", "application/json; charset=utf-8"), 0);
  EXPECT_EQ(Find("POST", "/connectors", "", "text/plain"), 415);
  request_ = {.method = "POST",
              .path = {"connectors"},
              .query = {},
              .args = {},
              .base_url = "",
              .accept = "",
              .content_type = "",
              .authorization = "",
              .origin = "",
              .preflight_method = "",
              .body = "{}"};
  EXPECT_EQ(router_.Find(request_, refusal_), nullptr);
  EXPECT_EQ(refusal_.status, 415);
  EXPECT_EQ(Find("PUT", "/x", "", "text/plain"), 0);
  for (const char* accept :
       {"*/*", "application/json", "application/*;q=0.5", "text/html, application/json;q=0.9",
        "text/html;q=1, */*;q=0.1", "application/json;q=0"}) {
    EXPECT_EQ(Find("GET", "/connectors", accept), 0) << accept;
  }
  for (const char* accept : {"text/html", "application/xml", "nonsense"}) {
    EXPECT_EQ(Find("GET", "/connectors", accept), 406) << accept;
  }
  EXPECT_EQ(refusal_.body, R"({"error_code":406,"message":"HTTP 406 Not Acceptable"})");
}

TEST_F(RouterTest, ARouteMayHaveItsOwnLateAnswer) {
  Find("GET", "/");
  Stage stage;
  stage.Begin("testing");
  EXPECT_EQ(router_.TimedOut(*route_, stage).status, 500);
  EXPECT_NE(router_.TimedOut(*route_, stage).body.find("late. The worker is currently testing"),
            std::string::npos);
  EXPECT_EQ(router_.Timeout(*route_), milliseconds(1000));
  Find("PUT", "/x");
  EXPECT_EQ(router_.TimedOut(*route_, stage).status, 503);
  EXPECT_EQ(router_.Timeout(*route_), milliseconds(10));
}

}  // namespace
}  // namespace sluice::rest_api
