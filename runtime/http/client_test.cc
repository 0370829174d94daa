// The real client against small servers on the loopback interface.
#include "runtime/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/http/test_server.h"

namespace sluice::http {
namespace {

using testing::HasSubstr;

TEST(HttpClient, SendsAndReceives) {
  TestServer server({"HTTP/1.1 201 Made\r\nLocation: /a\r\nContent-Length: 2\r\n\r\n{}"});
  const auto client = NewClient({});
  const auto answer = SendAndWait(*client, {"POST",
                                            server.url("/subjects/a?normalize=1"),
                                            {{"Authorization", "Basic eA=="}, {"X-A", "b\r\nc"}},
                                            "some text"});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(answer->Header("location"), "/a");
  EXPECT_EQ(answer->Header("server"), "");
  ASSERT_EQ(server.requests().size(), 1u);
  const std::string request = server.requests()[0];
  EXPECT_THAT(request, HasSubstr("POST /subjects/a?normalize=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr(StrCat("Host: 127.0.0.1:", server.port(), "\r\n")));
  EXPECT_THAT(request, HasSubstr("Authorization: Basic eA==\r\n"));
  EXPECT_THAT(request, HasSubstr("X-A: b  c\r\n"));  // no header of its own
  EXPECT_THAT(request, HasSubstr("Content-Length: 9\r\n\r\nsome text"));
}

TEST(HttpClient, SaysWhatWentWrong) {
  const std::string silence(TestServer::kSilence), many(5000, 'x');
  TestServer silent({silence}), babble({"hello\r\n\r\n"}), none({""}),
      cut({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"}), large({Ok(many)}),
      chunks({StrCat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n", many,
                     "\r\n0\r\n\r\n")});
  std::string closed;
  { closed = TestServer({silence}).url(); }
  const auto client = NewClient({.read_timeout = milliseconds(200), .response_bytes_max = 1000});
  const std::pair<std::string, const char*> urls[] = {
      {closed, "Connection refused"},
      {silent.url(), "no answer in time"},
      {babble.url(), "the answer is no HTTP"},
      {none.url(), "the answer is cut off"},
      {cut.url(), "the answer is cut off"},
      {large.url(), "the answer is longer than 1000 bytes"},
      {chunks.url(), "the answer is longer than 1000 bytes"}};
  for (const auto& [url, text] : urls) {
    const auto answer = SendAndWait(*client, {"GET", url, {}, ""});
    EXPECT_TRUE(IsRetriable(answer.status())) << url << " " << answer.status();
    EXPECT_THAT(std::string(Message(answer.status())), HasSubstr(text));
  }
  const auto no_name = SendAndWait(*client, {"GET", "http://no-such-host.invalid/", {}, ""});
  EXPECT_THAT(std::string(Message(no_name.status())),
              HasSubstr("the host name no-such-host.invalid does not resolve"));
  for (const char* url : {"https://127.0.0.1:1/", "ftp://host"}) {
    const auto answer = SendAndWait(*client, {"GET", url, {}, ""});
    EXPECT_FALSE(answer.ok() || IsRetriable(answer.status())) << answer.status();
  }
}

TEST(HttpClient, TakesNoMoreRequestsThanItMay) {
  TestServer silent({std::string(TestServer::kSilence)});
  std::promise<StatusOr<Response>> promise;
  {
    const auto client = NewClient({.requests_max = 1});
    client->Send({"GET", silent.url(), {}, ""},
                 [&](StatusOr<Response> got) { promise.set_value(std::move(got)); });
    const auto refused = SendAndWait(*client, {"GET", silent.url(), {}, ""});
    EXPECT_THAT(std::string(Message(refused.status())), HasSubstr("at most 1"));
  }
  const auto ended = promise.get_future().get();
  EXPECT_EQ(Message(ended.status()), "the client is shutting down");
}

}  // namespace
}  // namespace sluice::http
