// The real transport, with a server on the loopback interface.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "connectors/object_store_sink/http.h"
#include "connectors/object_store_sink/store_error.h"
#include "connectors/shared/stop_signal.h"
#include "connectors/shared/test_server.h"

namespace sluice::object_store_sink {
namespace {

using shared::TestServer;

class HttpCurlTest : public testing::Test {
 protected:
  HttpResponse Send(const HttpOptions& options, const HttpRequest& request) {
    return NewCurlTransport(options, stop_)->Send(request);
  }
  StoreErrorKind KindOfFailure(const HttpOptions& options, const HttpRequest& request) {
    try {
      Send(options, request);
    } catch (const StoreError& error) {
      EXPECT_EQ(std::string(error.what()).find("s3cret"), std::string::npos) << error.what();
      return error.kind();
    }
    throw std::runtime_error("it was answered");
  }
  shared::StopSignal stop_;
  TestServer server_{[](const std::string&) { return TestServer::Ok("body", "ETag: \"x\"\r\n"); }};
};

TEST_F(HttpCurlTest, SendsAndReads) {
  const std::string body = "abc";
  const HttpResponse answer = Send(
      {}, {.method = "PUT", .url = server_.url("/a"), .headers = {{"X-A", "1"}}, .body = body});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "body");
  EXPECT_EQ(answer.Header("etag"), "\"x\"");
  const std::string request = server_.requests().at(0);
  EXPECT_TRUE(request.starts_with("PUT /a HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("X-A: 1\r\n"), std::string::npos) << request;
  EXPECT_TRUE(request.ends_with("\r\n\r\nabc")) << request;
}

// The server is the proxy: it is asked for the whole URL, of a host that is nowhere.
TEST_F(HttpCurlTest, AProxyStandsBetween) {
  const HttpOptions options{
      .proxy_url = server_.url(""), .proxy_user = "me", .proxy_password = "pass"};
  Send(options, {.method = "GET", .url = "http://nowhere.invalid/a", .headers = {}});
  const std::string request = server_.requests().at(0);
  EXPECT_TRUE(request.starts_with("GET http://nowhere.invalid/a HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("Proxy-Authorization: Basic bWU6cGFzcw==\r\n"), std::string::npos)
      << request;
  // What is on the machine itself is not asked of a proxy.
  EXPECT_EQ(KindOfFailure(options, {.method = "GET",
                                    .url = "http://127.0.0.1:1/s?key=s3cret",
                                    .headers = {},
                                    .direct = true}),
            StoreErrorKind::kTransient);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(HttpCurlTest, ALargeBodyAsksBeforeUnlessForbidden) {
  const std::string body(1'200'000, 'x');
  for (bool ask : {true, false}) {
    HttpOptions options;
    options.expect_continue = ask;
    Send(options, {.method = "PUT", .url = server_.url("/a"), .headers = {}, .body = body});
    const std::string request = server_.requests().back();
    EXPECT_EQ(request.find("Expect: 100-continue\r\n") != std::string::npos, ask);
    EXPECT_TRUE(request.ends_with("xxx"));
  }
}

TEST_F(HttpCurlTest, CertificatesToTrustAreAFile) {
  HttpOptions options;
  options.ca_file = "/no/such/file";
  std::string url = server_.url("/a");
  url.replace(0, 4, "https");
  EXPECT_EQ(KindOfFailure(options, {.method = "GET", .url = url, .headers = {}}),
            StoreErrorKind::kFatal);
}

TEST_F(HttpCurlTest, AStopEndsARequestButForACleanUp) {
  stop_.Request();
  EXPECT_EQ(KindOfFailure({}, {.method = "GET", .url = server_.url("/a"), .headers = {}}),
            StoreErrorKind::kTransient);
  EXPECT_EQ(Send({}, {.method = "DELETE", .url = server_.url("/a"), .headers = {}, .clean_up_s = 5})
                .status,
            200);
}

}  // namespace
}  // namespace sluice::object_store_sink
