#include "rest_api/server.h"

#include <gtest/gtest.h>

#include <thread>

#include "rest_api/header_policy.h"
#include "rest_api/test_client.h"
#include "runtime/base/text.h"
#include "runtime/config/listeners.h"

namespace sluice::rest_api {
namespace {

class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : router_(milliseconds(90'000), [](const Stage& stage) {
          return ErrorResponse(500, "Request timed out. " + stage.Sentence().substr(0, 38));
        }) {
    options_.listeners = {{"127.0.0.1", 0}};
    options_.server_header = "Sluice(test)";
    router_.Add("GET", "/echo/{x}", [](const Request& request, const Reply& reply) {
      reply([text = request.args[0]] { return JsonResponse(200, "\"" + text + "\""); });
    });
    router_.Add(
        "PUT", "/size",
        [](const Request& request, const Reply& reply) {
          reply([size = request.body.size()] { return JsonResponse(200, std::to_string(size)); });
        },
        {.on_timeout = {}, .json_body = false});
    router_.Add("PUT", "/later", [this](const Request&, const Reply& reply) {
      if (helper_.joinable()) helper_.join();
      helper_ = std::thread([reply] { reply([] { return EmptyResponse(202); }); });
    });
    router_.Add("GET", "/never",
                [this](const Request&, const Reply& reply) {
                  StageScope::Begin("testing");
                  kept_ = reply;
                },
                {.timeout = milliseconds(50), .on_timeout = {}});
    router_.Add("DELETE", "/x", [](const Request&, const Reply& reply) {
      reply([] { return EmptyResponse(204); });
      reply([] { return EmptyResponse(500); });
    });
    router_.Add("GET", "/url", [](const Request& request, const Reply& reply) {
      reply([url = request.base_url] { return JsonResponse(200, url); });
    });
    router_.Add("GET", "/big", [](const Request&, const Reply& reply) {
      reply([] { return JsonResponse(200, std::string(64 << 20, ' ')); });
    });
  }
  ~ServerTest() override {
    if (helper_.joinable()) helper_.join();
  }

  uint16_t Start() {
    auto server = Server::Listen(options_);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    server_->SetRouter(&router_);
    return server_->ports()[0];
  }

  ServerOptions options_;
  Router router_;
  Reply kept_;
  std::thread helper_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersWithItsHeaders) {
  TestClient client(Start());
  const HttpAnswer answer = client.Call("GET", "/echo/a%20b?x=1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "\"a b\"");
  for (const char* header :
       {"\r\nDate: ", " GMT\r\n", "\r\nServer: Sluice(test)\r\n",
        "\r\nContent-Type: application/json\r\n", "\r\nContent-Length: 5\r\n"}) {
    EXPECT_NE(answer.head.find(header), std::string::npos) << answer.head;
  }
}

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
  TestClient client(Start());
  EXPECT_EQ(client.Call("PUT", "/later").status, 202);
  const HttpAnswer gone = client.Call("DELETE", "/x");
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.head.find("Content-"), std::string::npos);
  const HttpAnswer head = client.Call("HEAD", "/echo/abc");
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.head.find("Content-Length: 5"), std::string::npos);
  EXPECT_EQ(client.Call("GET", "/echo/2").body, "\"2\"");
}

TEST_F(ServerTest, AnswersAPipelineInOrder) {
  TestClient client(Start());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    StrAppend(requests, i % 5 == 3 ? "PUT /later" : "GET /echo/" + std::to_string(i),
              " HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    const HttpAnswer answer = client.Read();
    if (i % 5 == 3) {
      EXPECT_EQ(answer.status, 202);
    } else {
      EXPECT_EQ(answer.body, StrCat("\"", i, "\""));
    }
  }
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
  const uint16_t port = Start();
  TestClient client(port);
  const HttpAnswer answer = client.Call("GET", "/echo/1", "", "Connection: close\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.IsClosed());
  TestClient old(port);
  old.Send("GET /echo/1 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Read().status, 200);
  EXPECT_TRUE(old.IsClosed());
}

TEST_F(ServerTest, ReadsBodiesInPiecesAndChunks) {
  TestClient client(Start());
  EXPECT_EQ(client.Call("PUT", "/size", std::string(3'000'000, 'x')).body, "3000000");
  client.Send("PUT /size HTTP/1.1\r\nHost: x\r\nTransfer-Enc");
  client.Send("oding: chunked\r\n\r\n3\r\nabc\r\n5\r\nde");
  client.Send("fgh\r\n0\r\n\r\n");
  EXPECT_EQ(client.Read().body, "8");
  client.Send("PUT /size HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("ab");
  EXPECT_EQ(client.Read().body, "2");
}

TEST_F(ServerTest, RefusesWhatIsTooLarge) {
  options_.limits.body_bytes_max = 1000;
  const uint16_t port = Start();
  TestClient client(port);
  const HttpAnswer answer = client.Call("PUT", "/size", std::string(2'000'000, 'x'));
  EXPECT_EQ(answer.status, 413);
  EXPECT_NE(
      answer.body.find(R"({"error_code":413,"message":"The request body is larger than 1000)"),
      std::string::npos);
  EXPECT_TRUE(client.IsClosed());
  TestClient chunked(port);
  chunked.Send("PUT /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.Send("1000\r\n" + std::string(0x1000, 'x') + "\r\n");
  EXPECT_EQ(chunked.Read().status, 413);
  for (const char* endless : {"1;", "0\r\nX: "}) {  // the line of a chunk, and a trailer
    TestClient line(port);
    line.Send("PUT /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    line.Send(endless + std::string(100'000, 'a'));
    EXPECT_EQ(line.Read().status, 431) << endless;
  }
  TestClient header(port);
  EXPECT_EQ(header.Call("GET", "/echo/1", "", "X: " + std::string(100'000, 'x') + "\r\n").status,
            431);
  TestClient many(port);
  many.Send("GET /echo/1 HTTP/1.1\r\n");
  for (int i = 0; i < 10'000 && many.Send("A: b\r\n"); ++i) {
  }
  EXPECT_EQ(many.Read().status, 431);
}

TEST_F(ServerTest, BoundsAllBodiesTogether) {
  options_.bodies_bytes_max = 10'000;
  const uint16_t port = Start();
  TestClient one(port);
  EXPECT_EQ(one.Call("PUT", "/size", std::string(9'000, 'x')).status, 200);
  TestClient holder(port);
  holder.Send("PUT /size HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n" +
              std::string(8999, 'x'));
  HttpAnswer answer;
  for (int i = 0; i < 1000 && answer.status != 503; ++i) {  // until holder's bytes have been read
    TestClient other(port);
    answer = other.Call("PUT", "/size", std::string(9'000, 'x'));
  }
  EXPECT_EQ(answer.status, 503);
  holder.Send("x");
  EXPECT_EQ(holder.Read().body, "9000");
}

TEST_F(ServerTest, RefusesWhatIsNoHttp) {
  const uint16_t port = Start();
  for (const char* bytes :
       {"nonsense\r\n\r\n", "GET /echo/1 HTTP/9.9\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n", "PUT /size HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n", "GET /echo/1 HTTP/1.1\r\nA : b\r\n\r\n",
        "GET /echo/1 HTTP/1.1\r\nOrigin: a\rb: c\r\n\r\n",
        "PUT /size HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "PUT /size HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "PUT /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        "PUT /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    TestClient client(port);
    client.Send(bytes);
    EXPECT_EQ(client.Read().status, 400) << bytes;
    EXPECT_TRUE(client.IsClosed());
  }
}

TEST_F(ServerTest, CutsOffSlowClients) {
  options_.idle_timeout = milliseconds(50);
  options_.read_timeout = milliseconds(50);
  const uint16_t port = Start();
  TestClient idle(port);
  EXPECT_TRUE(idle.IsClosed());
  TestClient half(port);
  half.Send("GET /echo/1 HTT");
  EXPECT_EQ(half.Read().status, 408);
}

// The whole request has its time, however often another byte comes.
TEST_F(ServerTest, CutsOffTricklingClients) {
  options_.read_timeout = milliseconds(50);
  const uint16_t port = Start();
  for (const char* begin :
       {"GET /echo/1 HTTP/1.1\r\nA: ", "PUT /size HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n",
        "PUT /size HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n"}) {
    TestClient client(port);
    client.Send(begin);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (client.Send("x") && !client.HasAnswer(1) &&
           std::chrono::steady_clock::now() < deadline) {
    }
    EXPECT_EQ(client.Read().status, 408) << begin;
  }
}

TEST_F(ServerTest, CutsOffWhoDoesNotRead) {
  options_.write_timeout = milliseconds(50);
  options_.connections_max = 1;
  const uint16_t port = Start();
  TestClient reader(port);  // asks for 64 MiB and does not read
  reader.Send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 503;
  while (status != 200 && std::chrono::steady_clock::now() < deadline) {
    TestClient next(port);  // served once the one before it is gone
    status = next.Call("GET", "/echo/1").status;
  }
  EXPECT_EQ(status, 200);
  EXPECT_LT(reader.Read().body.size(), size_t{64} << 20);
}

TEST_F(ServerTest, ALateReplyIsDropped) {
  TestClient client(Start());
  const HttpAnswer late = client.Call("GET", "/never");
  EXPECT_EQ(late.status, 500);
  EXPECT_EQ(
      late.body,
      R"({"error_code":500,"message":"Request timed out. The worker is currently testing, which"})");
  kept_([] { return EmptyResponse(200); });
  EXPECT_EQ(client.Call("GET", "/echo/1").body, "\"1\"");
}

TEST_F(ServerTest, BoundsConnections) {
  options_.connections_max = 2;
  const uint16_t port = Start();
  TestClient one(port);
  TestClient two(port);
  EXPECT_EQ(one.Call("GET", "/echo/1").status, 200);
  EXPECT_EQ(two.Call("GET", "/echo/1").status, 200);
  TestClient three(port);
  EXPECT_EQ(three.Read().status, 503);
}

TEST_F(ServerTest, Answers503BeforeItHasARouter) {
  auto server = Server::Listen(options_);
  ASSERT_TRUE(server.ok());
  TestClient client((*server)->ports()[0]);
  EXPECT_EQ(client.Call("GET", "/connectors").status, 503);
  EXPECT_EQ(client.Call("GET", "/health").body,
            R"({"status":"starting","message":"Worker is still starting up."})");
}

TEST_F(ServerTest, AddsConfiguredHeaders) {
  auto headers = HeaderPolicy::Make("http://a.example", "",
                                    *config::ParseHeaderRules("set Server: mine, add X: 1"));
  ASSERT_TRUE(headers.ok()) << headers.status();
  options_.headers = *std::move(headers);
  const uint16_t port = Start();
  TestClient client(port);
  for (const char* path : {"/echo/1", "/nothing", "/%zz"}) {  // also to what is refused
    const HttpAnswer answer = client.Call("GET", path, "", "Origin: http://a.example\r\n");
    EXPECT_NE(answer.head.find("\r\nServer: mine\r\nVary: Origin\r\n"), std::string::npos)
        << answer.head;
    EXPECT_NE(answer.head.find("\r\nX: 1\r\n"), std::string::npos) << answer.head;
  }
  const HttpAnswer preflight =
      TestClient(port).Call("OPTIONS", "/echo/1", "",
                            "Origin: http://a.example\r\nAccess-Control-Request-Method: GET\r\n");
  EXPECT_EQ(preflight.status, 200);
  EXPECT_NE(preflight.head.find("\r\nAccess-Control-Allow-Methods: GET,POST,HEAD\r\n"),
            std::string::npos);
  EXPECT_EQ(preflight.body, "HEAD, GET, OPTIONS");
}

TEST_F(ServerTest, AdminListenersHaveARouterOfTheirOwn) {
  auto headers = HeaderPolicy::Make("*", "", {});
  options_.headers = *std::move(headers);
  options_.listeners.push_back({.host = "127.0.0.1", .port = 0, .tls = nullptr, .admin = true});
  Start();
  TestClient early(server_->ports()[1]);
  EXPECT_EQ(early.Call("GET", "/admin").status, 503);
  Router admin(milliseconds(90'000), [](const Stage&) { return ErrorResponse(500, "late"); });
  admin.Add("GET", "/admin", [](const Request&, const Reply& reply) {
    reply([] { return JsonResponse(200, "[]"); });
  });
  router_.SetGuard([](const Request&) { return false; });
  server_->SetRouter(&router_, &admin);
  const HttpAnswer answer = early.Call("GET", "/admin");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.head.find("Vary"), std::string::npos);
  EXPECT_EQ(early.Call("GET", "/echo/1").status, 404);
  TestClient main(server_->ports()[0]);
  EXPECT_EQ(main.Call("GET", "/admin").status, 404);
  const HttpAnswer refused = main.Call("GET", "/echo/1");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.body, "User cannot access the resource.");
}

TEST_F(ServerTest, StopsTwiceAndWithRequestsUnderWay) {
  const uint16_t port = Start();
  TestClient idle(port);
  EXPECT_EQ(idle.Call("GET", "/echo/1").status, 200);
  TestClient waiting(port);
  waiting.Send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  TestClient used(port);
  EXPECT_EQ(used.Call("GET", "/echo/1").status, 200);
  server_->Stop(milliseconds(5000));
  EXPECT_TRUE(idle.IsClosed());
  server_->Stop(milliseconds(0));
  if (kept_) kept_([] { return EmptyResponse(200); });
  server_.reset();
  if (kept_) kept_([] { return EmptyResponse(200); });
}

TEST_F(ServerTest, NamesAnAddressThatItCannotHave) {
  const uint16_t port = Start();
  options_.listeners = {{"127.0.0.1", port}};
  const auto second = Server::Listen(options_);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(Message(second.status()).find(StrCat("127.0.0.1:", port)), std::string_view::npos);
  options_.listeners = {{"no.such.host.invalid", 0}};
  EXPECT_FALSE(Server::Listen(options_).ok());
}

}  // namespace
}  // namespace sluice::rest_api
