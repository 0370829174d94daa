// /connectors/{c}/offsets and /admin/loggers, without a socket.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rest_api/message.h"
#include "rest_api/resources.h"
#include "rest_api/router.h"
#include "runtime/base/json.h"
#include "runtime/base/log_levels.h"
#include "runtime/base/text.h"
#include "runtime/herder/fake_herder.h"

namespace sluice::rest_api {
namespace {

using Calls = std::vector<std::string>;

class OffsetsTest : public testing::Test {
 protected:
  OffsetsTest() : router_(NewRouter(herder_)) { herder_.connectors["fs"]; }
  ~OffsetsTest() override { SetLogLevel(LogLevel::kInfo); }

  // "200 body"
  std::string Call(std::string_view method, std::string_view target, std::string_view body = {}) {
    Request request;
    request.method = method;
    request.body = body;
    request.content_type = body.empty() ? "" : "application/json";
    EXPECT_TRUE(ParseTarget(target, request).ok());
    Response response;
    const Route* route = router_->Find(request, response);
    if (route != nullptr) {
      response = ErrorResponse(500, "no reply");
      route->handler(request, [&](const std::function<Response()>& make) { response = make(); });
    }
    return StrCat(response.status, " ", response.body);
  }
  std::string Patch(std::string_view body) { return Call("PATCH", "/connectors/fs/offsets", body); }

  herder::FakeHerder herder_;
  std::unique_ptr<Router> router_;
};

TEST_F(OffsetsTest, ShowsThem) {
  EXPECT_EQ(Call("GET", "/connectors/fs/offsets"), R"(200 {"offsets":[]})");
  herder_.offsets = {{R"({"filename":"a"})", R"({"position":30})"},
                     {R"({"filename":"b"})", R"({"position":7})"}};
  EXPECT_EQ(Call("GET", "/connectors/fs/offsets"),
            R"(200 {"offsets":[{"partition":{"filename":"a"},"offset":{"position":30}},)"
            R"({"partition":{"filename":"b"},"offset":{"position":7}}]})");
  EXPECT_EQ(Call("GET", "/connectors/no/offsets").substr(0, 3), "404");
}

TEST_F(OffsetsTest, AltersThem) {
  EXPECT_EQ(Patch(R"({"offsets":[{"partition":{"f":"a","n":1.0},"offset":{"p":30}},)"
                  R"({"offset":null,"partition":{"f":"b"}},{"partition":{"f":"c"}},{}]})"),
            R"(200 {"message":"altered"})");
  EXPECT_EQ(Call("DELETE", "/connectors/fs/offsets"), R"(200 {"message":"reset"})");
  EXPECT_EQ(herder_.calls,
            (Calls{R"(alter fs {"f":"a","n":1.0}={"p":30} {"f":"b"}=null {"f":"c"}=null null=null)",
                   "reset offsets fs"}));
}

TEST_F(OffsetsTest, RefusesWhatIsNoListOfOffsets) {
  constexpr std::string_view kNothing =
      R"(400 {"error_code":400,"message":"Partitions / offsets need to be provided for an alter )"
      R"(offsets request"})";
  for (const char* body : {"", " ", "null", "{}", R"({"offsets":[]})", R"({"offsets":null})"}) {
    EXPECT_EQ(Patch(body), kNothing) << body;
  }
  struct Case {
    const char* body;
    const char* says;
  };
  for (const Case& one : {
           Case{"{", "not valid JSON"},
           Case{"[]", "no JSON object"},
           Case{R"({"key":[]})", R"(Unrecognized field \"key\")"},
           Case{R"({"offsets":{}})", "is no list"},
           Case{R"({"offsets":[7]})", "offsets[0] is 7"},
           Case{R"({"offsets":[null]})", "offsets[0] is null"},
           Case{R"({"offsets":[{"partition":{},"key":1}]})", R"(Unrecognized field \"key\")"},
           Case{R"({"offsets":[{"partition":"x"}]})", R"(The partition of offsets[0] is \"x\")"},
           Case{R"({"offsets":[{"partition":{}},{"partition":{},"offset":[1]}]})",
                "The offset of offsets[1] is [1]"},
           Case{R"({"offsets":[{"partition":{},"offset":{"p":9223372036854775808}}]})",
                "9223372036854775808"},
       }) {
    const std::string answer = Patch(one.body);
    EXPECT_EQ(answer.substr(0, 3), "400") << one.body;
    EXPECT_NE(answer.find(one.says), std::string::npos) << answer;
  }
  EXPECT_TRUE(herder_.calls.empty());
}

TEST_F(OffsetsTest, ShowsTheHerdersErrors) {
  herder_.error = ConnectError("Failed to flush offsets");
  EXPECT_EQ(Call("DELETE", "/connectors/fs/offsets"),
            R"(500 {"error_code":500,"message":"Failed to flush offsets"})");
}

TEST_F(OffsetsTest, LoggersAreShownAndSet) {
  constexpr char kLogger[] = "/admin/loggers/org.apache.kafka.connect.runtime.WorkerTask";
  EXPECT_EQ(Call("GET", kLogger), R"(200 {"level":"INFO","last_modified":null})");
  EXPECT_EQ(Call("PUT", kLogger, R"({"level":"debug"})"),
            R"(200 ["org.apache.kafka.connect.runtime.WorkerTask"])");
  EXPECT_EQ(Call("PUT", StrCat(kLogger, "?scope=WORKER"), R"({"level":"DEBUG"})"), "200 []");
  EXPECT_TRUE(ModuleLogs("task", LogLevel::kDebug));
  EXPECT_TRUE(Call("GET", kLogger).starts_with(R"(200 {"level":"DEBUG","last_modified":1)"));
  const std::string all = Call("GET", "/admin/loggers");
  EXPECT_NE(all.find(R"("root":{"level":"INFO","last_modified":null})"), std::string::npos);
  EXPECT_TRUE(ParseJson(all.substr(4)).ok());
  EXPECT_EQ(Call("PUT", StrCat(kLogger, "?scope=cluster"), R"({"level":"Warn"})"), "204 ");
  EXPECT_EQ(herder_.calls, (Calls{"logger Warn org.apache.kafka.connect.runtime.WorkerTask"}));
  Call("PUT", StrCat(kLogger, "?scope=bogus"), R"({"level":"INFO"})");  // as worker
  EXPECT_FALSE(ModuleLogs("task", LogLevel::kDebug));
}

TEST_F(OffsetsTest, LoggersThatAreWrong) {
  EXPECT_EQ(Call("GET", "/admin/loggers/nobody"),
            R"(404 {"error_code":404,"message":"Logger nobody not found."})");
  constexpr char kRoot[] = "/admin/loggers/root";
  for (const char* body : {"", "{}", "null", R"({"level":null})"}) {
    EXPECT_EQ(Call("PUT", kRoot, body),
              R"(400 {"error_code":400,"message":"Desired 'level' parameter was not specified in )"
              R"(request."})")
        << body;
  }
  EXPECT_EQ(Call("PUT", kRoot, R"({"level":"BOGUS"})"),
            R"(404 {"error_code":404,"message":"invalid log level 'BOGUS'."})");
  EXPECT_EQ(Call("PUT", kRoot, R"({"level":5})").substr(0, 3), "404");
  EXPECT_EQ(Call("PUT", kRoot, "[").substr(0, 3), "400");
  EXPECT_EQ(Call("PUT", kRoot, "[]").substr(0, 3), "400");
}

}  // namespace
}  // namespace sluice::rest_api
