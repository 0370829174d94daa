#include "rest_api/resources.h"

#include <gtest/gtest.h>

#include "rest_api/server.h"
#include "rest_api/test_client.h"
#include "runtime/base/text.h"
#include "runtime/herder/fake_herder.h"

namespace sluice::rest_api {
namespace {

using Calls = std::vector<std::string>;

class ResourcesTest : public testing::Test {
 protected:
  ResourcesTest() : router_(NewRouter(herder_)) {
    ServerOptions options;
    options.listeners = {{"127.0.0.1", 0}};
    server_ = *Server::Listen(options);
    server_->SetRouter(router_.get());
    client_ = std::make_unique<TestClient>(server_->ports()[0]);
  }
  HttpAnswer Call(std::string_view method, std::string_view path, std::string_view body = {}) {
    return client_->Call(method, path, body);
  }
  void Have(const std::string& name) {
    herder_.connectors[name].config.values = {{"name", name}, {"file", "x"}};
    herder_.connectors[name].status = {name, {"RUNNING", "w:1", "1", ""}, {}, "source"};
  }

  herder::FakeHerder herder_;
  std::unique_ptr<Router> router_;
  Stage stage_;  // of a request
  std::unique_ptr<Server> server_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(ResourcesTest, Root) {
  EXPECT_EQ(Call("GET", "/").body,
            R"({"version":"4.3.1","commit":"26b251a451ce941d","kafka_cluster_id":"cluster"})");
  const HttpAnswer health = Call("GET", "/health");
  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, R"({"status":"healthy","message":"fine"})");
}

TEST_F(ResourcesTest, MetricsAreText) {
  metrics::Registry registry;
  static constexpr metrics::Family kFamilies[] = {{"a_total", metrics::Type::kCounter, "As."}};
  const auto group = registry.Add(kFamilies, {}, [](metrics::Reading& all) { all.Number(2); });
  AddMetrics(*router_, registry);
  const HttpAnswer answer = Call("GET", "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "# HELP a_total As.\n# TYPE a_total counter\na_total 2\n");
  Request request{.method = "GET",
                  .path = {"metrics"},
                  .query = {},
                  .args = {},
                  .base_url = "",
                  .accept = "text/plain",
                  .content_type = "",
                  .body = ""};
  Response refusal;
  EXPECT_NE(router_->Find(request, refusal), nullptr);
  request.path = {"health"};
  EXPECT_EQ(router_->Find(request, refusal), nullptr);
  EXPECT_EQ(refusal.status, 406);
}

TEST_F(ResourcesTest, HealthThatIsLate) {
  Request request{.method = "GET",
                  .path = {"health"},
                  .query = {},
                  .args = {},
                  .base_url = "",
                  .accept = "",
                  .content_type = "",
                  .body = ""};
  Response refusal;
  const Route* route = router_->Find(request, refusal);
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(route->options.timeout, milliseconds(10'000));
  Response late = router_->TimedOut(*route, stage_);
  EXPECT_EQ(late.status, 500);
  EXPECT_EQ(late.body,
            R"({"status":"unhealthy","message":"Worker was unable to handle this request and may )"
            R"(be unable to handle other requests. The worker is currently testing."})");
  herder_.ready = false;
  late = router_->TimedOut(*route, stage_);
  EXPECT_EQ(late.status, 503);
  EXPECT_EQ(late.body, R"({"status":"starting","message":"Worker is still starting up. )"
                       R"(The worker is currently testing."})");
}

TEST_F(ResourcesTest, LateAnswersNameTheStage) {
  Request request{.method = "GET",
                  .path = {"connectors"},
                  .query = {},
                  .args = {},
                  .base_url = "",
                  .accept = "",
                  .content_type = "",
                  .body = ""};
  Response refusal;
  const Route* route = router_->Find(request, refusal);
  EXPECT_EQ(
      router_->TimedOut(*route, stage_).body,
      R"({"error_code":500,"message":"Request timed out. The worker is currently testing."})");
}

TEST_F(ResourcesTest, CreatesConnectors) {
  const HttpAnswer made =
      Call("POST", "/connectors", R"({"name":"a b/c","config":{"tasks.max":1}})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body, R"({"name":"a b/c","config":{"tasks.max":"1","name":"a b/c"},)"
                       R"("tasks":[{"connector":"a b/c","task":0}],"type":"source"})");
  EXPECT_NE(made.head.find("Location: http://test:1/connectors/a%20b%2Fc\r\n"), std::string::npos);
  EXPECT_EQ(Call("GET", "/connectors/a%20b%2Fc/config").body,
            R"({"tasks.max":"1","name":"a b/c"})");
  Call("POST", "/connectors", R"({"name":"x","config":{},"initial_state":"paused"})");
  EXPECT_EQ(herder_.calls, (Calls{"create a b/c -", "create x PAUSED"}));
}

TEST_F(ResourcesTest, RefusesBadRequests) {
  EXPECT_EQ(Call("POST", "/connectors", "{").status, 400);
  EXPECT_EQ(Call("POST", "/connectors").status, 400);
  EXPECT_EQ(Call("POST", "/connectors", std::string(1 << 20, '[')).status, 400);
  EXPECT_EQ(Call("PUT", "/connectors/x/config", "[1]").status, 400);
  EXPECT_EQ(Call("PATCH", "/connectors/x/config", "").status, 400);
  EXPECT_EQ(Call("PUT", "/connectors/x/config", R"({"name":"y"})").body,
            R"j({"error_code":400,"message":"Connector name configuration (y) doesn't match )j"
            R"j(connector name in the URL (x)"})j");
  EXPECT_EQ(client_->Call("POST", "/connectors", "{}", "Content-Type: text/plain\r\n").status, 415);
  EXPECT_TRUE(herder_.calls.empty());
}

TEST_F(ResourcesTest, ListsConnectors) {
  Have("fs");
  EXPECT_EQ(Call("GET", "/connectors").body, R"(["fs"])");
  const std::string status =
      R"("status":{"name":"fs","connector":{"state":"RUNNING","worker_id":"w:1","version":"1"},)"
      R"("tasks":[],"type":"source"})";
  const std::string info = R"("info":{"name":"fs","config":{"name":"fs","file":"x"},)"
                           R"("tasks":[{"connector":"fs","task":0}],"type":"source"})";
  EXPECT_EQ(Call("GET", "/connectors?expand=info&expand=status").body,
            "{\"fs\":{" + info + "," + status + "}}");
  EXPECT_EQ(Call("GET", "/connectors?expand=status&expand=info&expand=status").body,
            "{\"fs\":{" + status + "," + info + "}}");
  EXPECT_EQ(Call("GET", "/connectors?expand=bogus").body, "{}");
  EXPECT_EQ(Call("HEAD", "/connectors").status, 200);
}

TEST_F(ResourcesTest, ChangesConfigurations) {
  EXPECT_EQ(Call("PUT", "/connectors/n/config", R"({"a":"1"})").status, 201);
  EXPECT_EQ(Call("PUT", "/connectors/n/config", R"({"a":"2","b":"3"})").status, 200);
  const HttpAnswer patched = Call("PATCH", "/connectors/n/config", R"({"a":null,"c":"4"})");
  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(Call("GET", "/connectors/n/config").body, R"({"b":"3","name":"n","c":"4"})");
  EXPECT_EQ(Call("DELETE", "/connectors/n").status, 204);
  EXPECT_EQ(Call("DELETE", "/connectors/n").body,
            R"({"error_code":404,"message":"Connector n not found"})");
  EXPECT_EQ(Call("GET", "/connectors/n").status, 404);
}

TEST_F(ResourcesTest, Verbs) {
  Have("fs");
  EXPECT_EQ(Call("PUT", "/connectors/fs/pause").status, 202);
  EXPECT_EQ(Call("PUT", "/connectors/fs/resume/").status, 202);
  EXPECT_EQ(Call("PUT", "/connectors/fs/stop").status, 204);
  EXPECT_EQ(Call("POST", "/connectors/fs/restart").status, 204);
  EXPECT_EQ(Call("POST", "/connectors/fs/restart?includeTasks=false&onlyFailed=x").status, 204);
  EXPECT_EQ(Call("POST", "/connectors/fs/restart?includeTasks=true").status, 202);
  EXPECT_EQ(Call("POST", "/connectors/fs/restart?onlyFailed=true").status, 202);
  EXPECT_EQ(Call("POST", "/connectors/fs/tasks/3/restart").status, 204);
  EXPECT_EQ(Call("PUT", "/connectors/fs/topics/reset").status, 202);
  EXPECT_EQ(herder_.calls,
            (Calls{"pause fs", "resume fs", "stop fs", "restart fs", "restart fs",
                   "restart fs tasks", "restart fs failed", "restart task 3 fs", "reset fs"}));
}

TEST_F(ResourcesTest, StatusesAndTasks) {
  Have("fs");
  EXPECT_EQ(Call("GET", "/connectors/fs/status").body,
            R"({"name":"fs","connector":{"state":"RUNNING","worker_id":"w:1","version":"1"},)"
            R"("tasks":[],"type":"source"})");
  EXPECT_EQ(Call("GET", "/connectors/fs/tasks").body,
            R"([{"id":{"connector":"fs","task":0},"config":{"task.class":"T"}}])");
  EXPECT_EQ(Call("GET", "/connectors/fs/tasks/5/status").body,
            R"({"id":5,"state":"RUNNING","worker_id":"w1:8083","version":"1.0"})");
  EXPECT_EQ(Call("GET", "/connectors/fs/tasks/x/status").status, 404);
  EXPECT_EQ(Call("GET", "/connectors/fs/topics").body, R"({"fs":{"topics":["a","b"]}})");
  EXPECT_EQ(Call("GET", "/connectors/fs/tasks-config").status, 404);
}

TEST_F(ResourcesTest, Plugins) {
  EXPECT_EQ(Call("GET", "/connector-plugins").body,
            R"([{"class":"org.Sink","type":"sink","version":"1.0"},)"
            R"({"class":"org.Bare","type":"source"}])");
  EXPECT_NE(Call("GET", "/connector-plugins?connectorsOnly=false").body.find("converter"),
            std::string::npos);
  EXPECT_EQ(Call("GET", "/connector-plugins/FileStreamSink/config").status, 200);
  Call("GET", "/connector-plugins/X/config?version=%5B1%2C2)");
  EXPECT_EQ(herder_.calls, (Calls{"keys FileStreamSink latest", "keys X [1,2)"}));
}

TEST_F(ResourcesTest, Validates) {
  const HttpAnswer good =
      Call("PUT", "/connector-plugins/FileStreamSink/config/validate",
           R"({"connector.class":"org.apache.kafka.connect.file.FileStreamSinkConnector"})");
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body, R"({"name":"org.apache.kafka.connect.file.FileStreamSinkConnector",)"
                       R"("error_count":0,"groups":[],"configs":[]})");
  EXPECT_EQ(Call("PUT", "/connector-plugins/Other/config/validate",
                 R"({"connector.class":"FileStreamSink"})")
                .body,
            R"({"error_code":400,"message":"Included connector type FileStreamSink does not )"
            R"(match request type Other"})");
}

TEST_F(ResourcesTest, PassesOnWhatOtherWorkersSend) {
  EXPECT_EQ(client_
                ->Call("POST", "/connectors/fs/tasks", R"([{"a":"b"},{"c":1}])",
                       "X-Connect-Authorization: AAAA\r\n"
                       "x-connect-request-signature-algorithm: HmacSHA256\r\n")
                .status,
            204);
  EXPECT_EQ(Call("PUT", "/connectors/fs/fence").status, 204);
  EXPECT_EQ(herder_.calls, (Calls{"put 2 tasks by AAAA fs", "fence by - fs"}));
  for (const char* body : {"", "{}", "[1]", "[{\"a\":{}}]"}) {
    EXPECT_EQ(Call("POST", "/connectors/fs/tasks", body).status, 400) << body;
  }
}

TEST_F(ResourcesTest, ShowsTheHerdersErrors) {
  herder_.error = ConflictError("Cannot complete request because of a conflicting operation");
  EXPECT_EQ(Call("GET", "/connectors").status, 409);
  herder_.error = ConnectError("boom");
  EXPECT_EQ(Call("DELETE", "/connectors/x").body, R"({"error_code":500,"message":"boom"})");
}

}  // namespace
}  // namespace sluice::rest_api
