// One worker that passes requests on to another: both real servers on the loopback interface.
#include "rest_api/peer_client.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "rest_api/server.h"
#include "rest_api/test_client.h"
#include "runtime/base/text.h"
#include "runtime/tls/client_context.h"
#include "runtime/tls/key_store.h"
#include "runtime/tls/server_context.h"

namespace sluice::rest_api {
namespace {

constexpr char kError[] =
    "{\"error_code\":409,\"message\":\"Cannot complete request because of a conflicting operation "
    "(e.g. worker rebalance)\"}";

constexpr milliseconds kTimeout{90'000};

class PeerClientTest : public testing::Test {
 protected:
  PeerClientTest() {
    leader_router_.Add(
        "PUT", "/connectors/{c}/config", [](const Request& request, const Reply& reply) {
          reply([request] {
            Response response = JsonResponse(
                201, StrCat("{\"name\":\"", request.args[0], "\",\"body\":", request.body, "}"));
            response.headers.emplace_back("Location", StrCat(request.base_url, "/connectors/",
                                                             PercentEncode(request.args[0])));
            return response;
          });
        });
    leader_router_.Add("POST", "/connectors/{c}/tasks",
                       [this](const Request& request, const Reply& reply) {
                         seen_ = request;
                         reply([] { return EmptyResponse(204); });
                       });
    leader_router_.Add("GET", "/query", [](const Request& request, const Reply& reply) {
      std::string text = request.authorization;
      for (const auto& [name, value] : request.query) StrAppend(text, " ", name, "=", value);
      reply([text] { return JsonResponse(200, "\"" + text + "\""); });
    });
    for (const int status : {204, 302, 404, 422}) {
      leader_router_.Add(
          "GET", StrCat("/status/", status), [status](const Request&, const Reply& reply) {
            reply([status] {
              if (status == 422) return JsonResponse(422, "<html>no</html>");
              return status == 404 ? ErrorResponse(404, "gone") : EmptyResponse(status);
            });
          });
    }
    const auto elsewhere = [this](const Request&, const Reply& reply) {
      reply([url = leader_url_] { return ErrorResponse(herder::OtherWorkerError(url)); });
    };
    for (const char* path : {"/query", "/status/{n}"}) router_.Add("GET", path, elsewhere);
    router_.Add("PUT", "/connectors/{c}/config", elsewhere);

    leader_ = *Server::Listen({.listeners = {{"127.0.0.1", 0}}, .headers = {}, .limits = {}});
    leader_->SetRouter(&leader_router_);
    leader_url_ = StrCat("http://127.0.0.1:", leader_->ports()[0], "/");
    server_ = *Server::Listen(
        {.listeners = {{"127.0.0.1", 0}},
         .headers = {},
         .limits = {},
         .forward = [this](const Request& request, const std::string& url, Reply reply) {
           client_.Forward(request, url, std::move(reply));
         }});
    server_->SetRouter(&router_);
  }
  ~PeerClientTest() override { server_->Stop(milliseconds(0)); }

  HttpAnswer Ask(std::string_view method, std::string_view path, std::string_view body = {},
                 std::string_view headers = {}) {
    return TestClient(server_->ports()[0]).Call(method, path, body, headers);
  }

  Router leader_router_{milliseconds(90'000), [](const Stage&) { return EmptyResponse(500); }};
  Router router_{milliseconds(90'000), [](const Stage&) { return EmptyResponse(500); }};
  std::optional<Request> seen_;  // by the leader
  PeerClient client_{nullptr, kTimeout};
  std::unique_ptr<Server> leader_, server_;
  std::string leader_url_;
};

TEST_F(PeerClientTest, TheLeadersAnswerBecomesOurs) {
  const HttpAnswer answer = Ask("PUT", "/connectors/a%20b%2Fc/config", R"({"a":"1"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, R"({"name":"a b/c","body":{"a":"1"}})");
  const std::string location = "Location: http://test:1/connectors/a%20b%2Fc\r\n";
  EXPECT_NE(answer.head.find(location), std::string::npos) << answer.head;
}

TEST_F(PeerClientTest, HopsAreCountedAndFlagsKept) {
  EXPECT_EQ(
      Ask("GET", "/query?includeTasks=true&x=a%26b", {}, "Authorization: Basic eDp5\r\n").body,
      "\"Basic eDp5 forward=true includeTasks=true x=a&b\"");
  EXPECT_EQ(Ask("GET", "/query?forward=true").body, "\" forward=false\"");
  const HttpAnswer last = Ask("GET", "/query?forward=false");
  EXPECT_EQ(last.status, 409);
  EXPECT_EQ(last.body, kError);
}

TEST_F(PeerClientTest, Errors) {
  EXPECT_EQ(Ask("GET", "/status/204").status, 204);
  const HttpAnswer gone = Ask("GET", "/status/404");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.body, R"({"error_code":404,"message":"gone"})");
  const HttpAnswer html = Ask("GET", "/status/422");
  EXPECT_EQ(html.status, 422);
  EXPECT_EQ(html.body, R"({"error_code":422,"message":"<html>no</html>"})");
  const HttpAnswer redirect = Ask("GET", "/status/302");
  EXPECT_EQ(redirect.status, 500);
  EXPECT_EQ(redirect.body,
            R"({"error_code":500,"message":"Unexpected status code when handling forwarded )"
            R"(request: 302"})");
  leader_->Stop(milliseconds(0));
  leader_.reset();
  const HttpAnswer refused = Ask("GET", "/query");
  EXPECT_EQ(refused.status, 500);
  EXPECT_NE(refused.body.find("IO Error trying to forward REST request: The worker at " +
                              leader_url_ + "query cannot be asked: Connection refused"),
            std::string::npos)
      << refused.body;
  leader_url_ = "ftp://nowhere";
  EXPECT_NE(Ask("GET", "/query").body.find("expected http://host:port/"), std::string::npos);
}

TEST_F(PeerClientTest, TaskConfigsGoToTheLeaderSigned) {
  std::promise<Status> done;
  client_.PutTaskConfigs(leader_url_, "a b", {R"([{"k":"v"}])", "c2ln", "HmacSHA256"},
                         [&](const Status& status) { done.set_value(status); });
  const Status status = done.get_future().get();
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_TRUE(seen_);
  EXPECT_EQ(seen_->args[0], "a b");
  EXPECT_EQ(seen_->body, R"([{"k":"v"}])");
  EXPECT_EQ(seen_->signature, "c2ln");
  EXPECT_EQ(seen_->signature_algorithm, "HmacSHA256");
}

TEST_F(PeerClientTest, TheLeadersRefusalIsToldInItsWords) {
  leader_router_.Add(
      "POST", "/refuse/connectors/{c}/tasks", [](const Request&, const Reply& reply) {
        reply([] { return ErrorResponse(403, "Internal request contained invalid signature."); });
      });
  std::promise<Status> done;
  client_.PutTaskConfigs(leader_url_ + "refuse/", "c", {"[]", {}, {}},
                         [&](const Status& status) { done.set_value(status); });
  EXPECT_EQ(Message(done.get_future().get()),
            "The leader answered 403: Internal request contained invalid signature.");
}

std::string Store(const std::string& name) {
  return StrCat(std::getenv("TEST_SRCDIR"), "/sluice/runtime/tls/testdata/", name);
}

TEST_F(PeerClientTest, Https) {
  tls::KeyStoreSettings settings;
  settings.location = Store("key.p12");
  settings.password = "changeit";
  const tls::KeyStore keys = *tls::ReadKeyStore(settings);
  tls::ServerSettings server;
  server.key_pem = keys.key_pem;
  server.chain_pem = keys.chain_pem;
  const auto context = *tls::ServerContext::Make(server);
  const auto secure = *Server::Listen(
      {.listeners = {{.host = "0.0.0.0", .port = 0, .tls = context}}, .headers = {}, .limits = {}});
  secure->SetRouter(&leader_router_);
  const auto ask = [&](PeerClient& client, const std::string& host) {
    std::promise<StatusOr<http::Response>> done;
    client.Send({.method = "GET",
                 .url = StrCat("https://", host, ":", secure->ports()[0], "/status/204"),
                 .headers = {},
                 .body = {}},
                [&](StatusOr<http::Response> answer) { done.set_value(std::move(answer)); });
    const auto answer = done.get_future().get();
    return answer.ok() ? std::to_string(answer->status) : std::string(Message(answer.status()));
  };
  std::vector<std::string> notes;
  PeerClient trusting(*tls::ClientContext::Make({{"ssl.truststore.location", Store("trust.p12")},
                                                 {"ssl.truststore.password", "changeit"}},
                                                notes),
                      kTimeout);
  EXPECT_EQ(ask(trusting, "127.0.0.1"), "204");
  EXPECT_EQ(ask(trusting, "localhost"), "204");
  EXPECT_NE(ask(trusting, "127.0.0.2").find("subjectAltName"), std::string::npos);
  PeerClient strange(*tls::ClientContext::Make({}, notes), kTimeout);
  EXPECT_NE(ask(strange, "127.0.0.1").find("Set ssl.truststore.location"), std::string::npos);
  EXPECT_NE(ask(client_, "127.0.0.1").find("Set listeners.https.ssl.truststore.location"),
            std::string::npos);
}

TEST_F(PeerClientTest, WhatIsUnderWayFailsWhenTheClientGoes) {
  leader_router_.Add("GET", "/never", [](const Request&, const Reply&) {});
  std::promise<Status> done;
  {
    PeerClient client{nullptr, kTimeout};
    client.Send({.method = "GET", .url = leader_url_ + "never", .headers = {}, .body = {}},
                [&](const StatusOr<http::Response>& answer) { done.set_value(answer.status()); });
  }
  EXPECT_FALSE(done.get_future().get().ok());
}

}  // namespace
}  // namespace sluice::rest_api
