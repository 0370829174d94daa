// The plugin as a worker drives it, with a server on the loopback interface. With Kafka:
// tests/connectors/test_http_source.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/value.h"
#include "connectors/shared/test_server.h"

namespace sluice::sdk {
namespace {

using shared::TestServer;
using Strings = std::vector<std::string>;

// The number behind `name=` in the request's first line; -1 if there is none.
int64_t Parameter(const std::string& request, const std::string& name) {
  const std::string line = request.substr(0, request.find("\r\n"));
  const size_t at = line.find(name + "=");
  return at == std::string::npos ? -1 : std::atoll(line.c_str() + at + name.size() + 1);
}

class HttpSourceTest : public testing::Test {
 protected:
  void Start(ConfigText config = {}, int max = 1, size_t task = 0) {
    config.emplace("name", "src");
    config.emplace("url", server_.url("/items"));
    config.emplace("topic.name.pattern", "items");
    config.emplace("http.request.parameters", "from=${offset}");
    config.emplace("request.interval.ms", "1");
    config.emplace("retry.backoff.ms", "0");
    source_.Start(config, max, task);
  }
  // A list that grows; two a page.
  std::string List(const std::string& request) {
    std::string body;
    const int64_t from = Parameter(request, "from");
    for (int64_t i = from; i < std::min(from + 2, size_.load()); ++i) {
      body += Cat(body.empty() ? "" : ",", R"({"id":)", i, "}");
    }
    return TestServer::Ok("[" + body + "]");
  }
  void Serve(TestServer::Serve serve) {
    std::lock_guard<std::mutex> lock(mutex_);
    serve_ = std::move(serve);
  }
  std::string AnswerTo(const std::string& request) {
    std::lock_guard<std::mutex> lock(mutex_);
    return serve_(request);
  }
  Strings Values(size_t count) {
    Strings values;
    for (const FakeRecord& record : source_.PollRecords(count)) values.push_back(record.value);
    return values;
  }
  PluginFailure Failure() {
    try {
      source_.PollRecords(1);
    } catch (const PluginFailure& failure) {
      return failure;
    }
    throw std::runtime_error("the poll succeeded");
  }
  std::atomic<int64_t> size_{3};
  std::mutex mutex_;
  TestServer::Serve serve_ = [this](const std::string& request) { return List(request); };
  TestServer server_{[this](const std::string& request) { return AnswerTo(request); }};
  FakeSource source_{"HttpSourceConnector"};
};

TEST_F(HttpSourceTest, RecordsHaveTopicKeyValueAndOffset) {
  Start({{"http.record.key.json.pointer", "/id"}});
  const auto records = source_.PollRecords(3);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].topic, "items");
  EXPECT_EQ(records[1].key, "1");
  EXPECT_EQ(records[1].value, "{\"id\":1}");
  EXPECT_EQ(records[1].source_partition, "{\"entity\":\"\"}");
  EXPECT_EQ(records[1].source_offset, "{\"offset\":\"2\"}");
  EXPECT_EQ(records[0].source_offset.rfind("{\"offset\":\"0\",\"done\":1,\"mark\":", 0), 0u)
      << records[0].source_offset;
}

TEST_F(HttpSourceTest, TextIsJson) {
  Start({{"http.record.format", "string"}});
  EXPECT_EQ(Values(1).at(0), "\"{\"id\":0}\"");
}

TEST_F(HttpSourceTest, NewsAreFoundAndARestartGoesOn) {
  Start();
  EXPECT_EQ(Values(3).size(), 3u);
  source_.Commit();
  size_ = 5;
  EXPECT_EQ(Values(2), (Strings{"{\"id\":3}", "{\"id\":4}"}));
  source_.Restart();  // these were not acknowledged
  EXPECT_EQ(Values(2), (Strings{"{\"id\":3}", "{\"id\":4}"}));
}

TEST_F(HttpSourceTest, APollThatEndsEarlyLeavesTheRequestUnderWay) {
  Serve([](const std::string&) { return std::string(TestServer::kSilent); });
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(source_.Poll(std::chrono::milliseconds(5)).empty());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server_.requests().empty() && std::chrono::steady_clock::now() < deadline) {
    EXPECT_TRUE(source_.Poll(std::chrono::milliseconds(5)).empty());
  }
  EXPECT_TRUE(source_.Poll(std::chrono::milliseconds(5)).empty());
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(HttpSourceTest, APollDoesNotWaitForATokenThatIsSlow) {
  std::atomic<bool> silent{true};
  Serve([&](const std::string& request) {
    if (!request.starts_with("POST /token ")) return List(request);
    return silent ? std::string(TestServer::kSilent)
                  : TestServer::Ok(R"({"access_token":"t","expires_in":3600})");
  });
  const ConfigText config = {{"auth.type", "oauth2"},
                             {"oauth2.token.url", server_.url("/token")},
                             {"oauth2.client.id", "i"},
                             {"oauth2.client.secret", "s"},
                             {"http.timeout", "3600"}};
  Start(config);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server_.requests().empty() && std::chrono::steady_clock::now() < deadline) {
    EXPECT_TRUE(source_.Poll(std::chrono::milliseconds(5)).empty());
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(source_.Poll(std::chrono::milliseconds(5)).empty());
  EXPECT_EQ(server_.requests().size(), 1u);
  std::thread stopper([this] { source_.RequestStop(); });
  EXPECT_TRUE(source_.Poll(std::chrono::hours(1)).empty());
  stopper.join();
  silent = false;
  Start(config);
  EXPECT_EQ(Values(3).size(), 3u);
}

TEST_F(HttpSourceTest, AStopEndsAPollThatWaits) {
  Serve([](const std::string&) { return std::string(TestServer::kSilent); });
  Start();
  std::thread stopper([this] { source_.RequestStop(); });
  EXPECT_TRUE(source_.Poll(std::chrono::hours(1)).empty());
  stopper.join();
}

TEST_F(HttpSourceTest, WhatMayPassIsTriedAgain) {
  std::atomic<int> failures{3};
  Serve([&](const std::string& request) {
    switch (failures--) {
      case 3:  // cut, on a new connection: on one that is used again libcurl tries it once more
        return std::string();
      case 2:
        return TestServer::With("503 Busy");
      case 1:
        return TestServer::With("429 Slow Down", "", "Retry-After: 1\r\n");
      default:
        return List(request);
    }
  });
  Start({{"retry.after.max.ms", "1"}, {"max.retries", "2"}});
  EXPECT_EQ(Values(3).size(), 3u);
  EXPECT_EQ(source_.host().metrics.at("request-retries"), 3);
}

TEST_F(HttpSourceTest, TheTaskFailsWhenRetriesAreUsedUp) {
  Serve([](const std::string&) { return TestServer::With("500 Oops", "key s3cret-key is wrong"); });
  Start({{"max.retries", "2"}, {"http.request.headers", "X-Api-Key:s3cret-key"}});
  const PluginFailure failure = Failure();
  EXPECT_EQ(failure.code, SLUICE_FAILED);
  EXPECT_NE(std::string(failure.what()).find("max.retries=2"), std::string::npos) << failure.what();
  EXPECT_NE(std::string(failure.what()).find("500: key *** is wrong"), std::string::npos)
      << failure.what();
  EXPECT_EQ(server_.requests().size(), 3u);
}

TEST_F(HttpSourceTest, WhatCannotPassFailsTheTaskAtOnce) {
  for (const std::string& answer :
       {TestServer::With("401 Unauthorized"), TestServer::With("404 Not Found"),
        TestServer::Ok("<html>"), TestServer::With("301 Moved", "", "Location: /x\r\n")}) {
    Serve([answer](const std::string&) { return answer; });
    Start();
    EXPECT_EQ(Failure().code, SLUICE_FAILED) << answer;
  }
}

TEST_F(HttpSourceTest, NothingIsAnAnswerToo) {
  std::atomic<int> asked{0};
  Serve([&](const std::string& request) {
    const int number = asked++;
    return number == 0   ? TestServer::With("204 No Content")
           : number == 1 ? TestServer::With("304 Not Modified")
                         : List(request);
  });
  Start();
  EXPECT_EQ(Values(3).size(), 3u);
}

TEST_F(HttpSourceTest, EntitiesAreSharedOutAndHaveOffsetsOfTheirOwn) {
  Serve([](const std::string& request) {
    const bool first = Parameter(request, "from") == 0;
    const std::string path = request.substr(5, request.find('?') - 5);
    return TestServer::Ok(first ? "[\"" + path + "\"]" : "[]");
  });
  const ConfigText config = {{"url", server_.url("/${entityName}")},
                             {"entity.names", "a, b,c"},
                             {"topic.name.pattern", "all-${entityName}"}};
  Start(config, 2, 0);
  EXPECT_EQ(source_.tasks(), 2u);
  auto records = source_.PollRecords(2);
  std::sort(records.begin(), records.end(), [](auto& a, auto& b) { return a.topic < b.topic; });
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].topic, "all-a");
  EXPECT_EQ(records[1].topic, "all-c");
  EXPECT_EQ(records[1].source_partition, "{\"entity\":\"c\"}");
  Start(config, 2, 1);
  EXPECT_EQ(Values(1), (Strings{"\"b\""}));
}

TEST_F(HttpSourceTest, ALinkToAnotherServerFailsTheTask) {
  Serve([](const std::string&) {
    return TestServer::Ok("[1]", "Link: <http://127.0.0.1:1/steal>; rel=\"next\"\r\n");
  });
  Start({{"http.offset.mode", "NEXT_LINK"}});
  EXPECT_NE(std::string(Failure().what()).find("passwords would go to another server"),
            std::string::npos);
}

TEST_F(HttpSourceTest, OffsetsMayBeAltered) {
  const sluice_class& info = FindClass("HttpSourceConnector");
  const sluice_map_entry partition{String("entity"), String("")};
  const sluice_map_entry offset{String("offset"), Int64(7)};
  const sluice_map_entry wrong{String("position"), Int64(7)};
  const ConfigText config = {{"name", "src"}};
  EXPECT_TRUE(RunAlterOffsets(info, config, {{abi::Map(&partition, 1), abi::Map(&offset, 1)}}));
  EXPECT_TRUE(RunAlterOffsets(info, config, {{abi::Map(&partition, 1), Null()}}));
  EXPECT_THROW(RunAlterOffsets(info, config, {{abi::Map(&partition, 1), abi::Map(&wrong, 1)}}),
               PluginFailure);
  EXPECT_THROW(RunAlterOffsets(info, config, {{abi::Map(&wrong, 1), abi::Map(&offset, 1)}}),
               PluginFailure);
}

TEST_F(HttpSourceTest, AStoredOffsetThatIsNoneFailsTheTask) {
  source_.StoreOffset({"entity", ""}, {"position", 7});
  try {
    Start();
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("'offset'"), std::string::npos) << failure.what();
  }
}

}  // namespace
}  // namespace sluice::sdk
