// The plugin as a worker drives it, with a server on the loopback interface. With Kafka:
// tests/connectors/test_http_sink.py.
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "connectors/sdk/fakes.h"
#include "connectors/sdk/value.h"
#include "connectors/shared/test_server.h"

namespace sluice::sdk {
namespace {

using shared::TestServer;

std::string BodyOf(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

class HttpSinkTest : public testing::Test {
 protected:
  void Start(ConfigText config = {}) {
    config.emplace("name", "hs");
    config.emplace("topics", "t");
    config.emplace("http.url", server_.url("/in"));
    config.emplace("http.authorization.type", "none");
    config.emplace("retry.backoff.ms", "0");
    sink_.Start(config);
    sink_.Assign({{"t", 0, 0}});
  }
  static FakeInput Record(int64_t offset, const Value& value) {
    FakeInput input;
    input.offset = offset;
    input.value = value;
    return input;
  }
  PluginFailure Failure(const std::vector<FakeInput>& records) {
    try {
      sink_.Put(records);
    } catch (const PluginFailure& failure) {
      return failure;
    }
    throw std::runtime_error("the put succeeded");
  }
  std::vector<std::string> Bodies() {
    std::vector<std::string> all;
    for (const std::string& request : server_.requests()) all.push_back(BodyOf(request));
    return all;
  }
  // What requests are answered with, from now on.
  void Serve(TestServer::Serve serve) {
    std::lock_guard<std::mutex> lock(mutex_);
    serve_ = std::move(serve);
  }
  std::string AnswerTo(const std::string& request) {
    std::lock_guard<std::mutex> lock(mutex_);
    return serve_(request);
  }
  std::mutex mutex_;
  TestServer::Serve serve_ = [](const std::string&) { return TestServer::Ok(""); };
  TestServer server_{[this](const std::string& request) { return AnswerTo(request); }};
  FakeSink sink_{"HttpSinkConnector"};
};

TEST_F(HttpSinkTest, ARecordIsARequest) {
  Start({{"http.headers.authorization", "Key k"}, {"http.authorization.type", "static"}});
  sink_.Put({});
  sink_.Put({Record(0, String("a")), Record(1, String("b"))});
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(server_.requests()[0].find("Authorization: Key k\r\n"), std::string::npos);
  EXPECT_EQ(sink_.host().metrics.at("records-sent"), 2);
}

TEST_F(HttpSinkTest, BadRecordsAreRejectedOneByOne) {
  Serve([](const std::string& request) {
    return BodyOf(request) == "bad" ? TestServer::With("422 Unprocessable", "no such item")
                                    : TestServer::Ok("");
  });
  Start({{"errors.tolerance", "all"}});
  sink_.Put({Record(0, String("a")), Record(1, Null()), Record(2, String("bad")),
             Record(3, String("b"))});
  ASSERT_EQ(sink_.rejected().size(), 2u);
  EXPECT_NE(
      sink_.rejected()[0].find("t-0@1: The record t-0@1 cannot be sent: The record has no value"),
      std::string::npos)
      << sink_.rejected()[0];
  EXPECT_NE(sink_.rejected()[1].find("was answered with 422: no such item"), std::string::npos)
      << sink_.rejected()[1];
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"a", "bad", "b"}));
}

TEST_F(HttpSinkTest, WithoutToleranceABadRecordIsTheAnswer) {
  Serve([](const std::string&) { return TestServer::With("400 Bad Request"); });
  Start();
  EXPECT_EQ(Failure({Record(0, String("a"))}).code, SLUICE_BAD_RECORD);
  EXPECT_TRUE(sink_.rejected().empty());
}

TEST_F(HttpSinkTest, ThePutThatComesAgainGoesOnWhereItWas) {
  int failures = 1;
  Serve([&](const std::string& request) {
    if (BodyOf(request) == "b" && failures-- > 0) {
      return TestServer::With("503 Busy", "", "Retry-After: 1\r\n");
    }
    return TestServer::Ok("");
  });
  Start({{"retry.after.max.ms", "1"}});
  const std::vector<FakeInput> records = {Record(0, String("a")), Record(1, String("b")),
                                          Record(2, String("c"))};
  const PluginFailure first = Failure(records);
  EXPECT_EQ(first.code, SLUICE_RETRY);
  EXPECT_NE(std::string(first.what()).find("503"), std::string::npos) << first.what();
  EXPECT_GE(sink_.retry_after_ms(), 0);
  // As the worker does, until it is taken.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (bool taken = false; !taken && std::chrono::steady_clock::now() < deadline;) {
    try {
      sink_.Put(records);
      taken = true;
    } catch (const PluginFailure& again) {
      ASSERT_EQ(again.code, SLUICE_RETRY);
    }
  }
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"a", "b", "b", "c"}));
}

TEST_F(HttpSinkTest, AnotherPutBeginsAnew) {
  Serve([](const std::string&) { return TestServer::With("503 Busy", "", "Retry-After: 60\r\n"); });
  Start();
  EXPECT_EQ(Failure({Record(0, String("a")), Record(1, String("b"))}).code, SLUICE_RETRY);
  Serve([](const std::string&) { return TestServer::Ok(""); });
  sink_.Put({Record(1, String("b"))});  // the other partition has gone
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(HttpSinkTest, WhatWasSettledStaysSoWhenOtherPartitionsGo) {
  const auto in = [](int32_t partition, const char* text) {
    FakeInput input = Record(0, String(text));
    input.partition = partition;
    return input;
  };
  Serve([](const std::string& request) {
    if (BodyOf(request) == "bad") return TestServer::With("422 Unprocessable", "no such item");
    return BodyOf(request) == "c" ? TestServer::With("503 Busy") : TestServer::Ok("");
  });
  Start({{"errors.tolerance", "all"}, {"retry.backoff.ms", "60000"}});
  sink_.Assign({{"t", 1, 0}, {"t", 2, 0}, {"t", 3, 0}});
  EXPECT_EQ(Failure({in(0, "a"), in(1, "b"), in(2, "bad"), in(3, "c")}).code, SLUICE_RETRY);
  sink_.Revoke({{"t", 1, 0}});
  Serve([](const std::string&) { return TestServer::Ok(""); });
  sink_.Put({in(0, "a"), in(2, "bad"), in(3, "c")});
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"a", "b", "bad", "c", "c"}));
  ASSERT_EQ(sink_.rejected().size(), 1u);
  EXPECT_EQ(sink_.rejected()[0].rfind("t-2@0: ", 0), 0u) << sink_.rejected()[0];
  sink_.Put({in(0, "a")});  // which is another one of that offset
  EXPECT_EQ(Bodies().back(), "a");
}

TEST_F(HttpSinkTest, WhatAStopFindsSettledIsTold) {
  Serve([this](const std::string& request) {
    if (BodyOf(request) == "b") sink_.RequestStop();
    return BodyOf(request) == "bad" ? TestServer::With("422 Unprocessable") : TestServer::Ok("");
  });
  Start({{"errors.tolerance", "all"}});
  sink_.Put({Record(0, String("a")), Record(1, Null()), Record(2, String("bad")),
             Record(3, String("b")), Record(4, String("c"))});
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"a", "bad", "b"}));
  EXPECT_EQ(sink_.kept(), 1u);
  EXPECT_EQ(sink_.done(), (std::vector<std::string>{"t-0@0", "t-0@3"}));
  ASSERT_EQ(sink_.rejected().size(), 2u);
}

TEST_F(HttpSinkTest, WhatIsLeftOutIsCounted) {
  Start({{"behavior.on.error", "ignore"}, {"http.url", server_.url("/${key}")}});
  FakeInput good = Record(1, String("b"));
  good.key = String("k");
  sink_.Put({Record(0, String("a")), good, Record(2, Null())});
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"b"}));
  EXPECT_EQ(sink_.host().metrics.at("records-left-out"), 2);
  Start({{"behavior.on.error", "ignore"}, {"behavior.on.null.values", "fail"}});
  EXPECT_EQ(Failure({Record(0, Null())}).code, SLUICE_BAD_RECORD);
}

TEST_F(HttpSinkTest, WhatIsLeftOutMayBeLogged) {
  Start({{"behavior.on.error", "log"}, {"behavior.on.null.values", "log"}});
  Serve([](const std::string&) { return TestServer::With("422 Unprocessable", "no such item"); });
  sink_.Put({Record(0, Null()), Record(1, String("bad"))});
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"bad"}));
  std::string log;
  for (const std::string& line : sink_.host().log) log += line + "\n";
  EXPECT_NE(log.find("WARN The record t-0@0 has no value and is left out"), std::string::npos)
      << log;
  EXPECT_NE(log.find("ERROR Left out by behavior.on.error=log: The record t-0@1"),
            std::string::npos)
      << log;
  const size_t lines = sink_.host().log.size();
  Start({{"behavior.on.error", "ignore"}, {"behavior.on.null.values", "ignore"}});
  sink_.Put({Record(0, Null()), Record(1, String("bad"))});
  for (size_t i = lines; i < sink_.host().log.size(); ++i) {
    EXPECT_EQ(sink_.host().log[i].find("t-0@"), std::string::npos) << sink_.host().log[i];
  }
}

TEST_F(HttpSinkTest, AStopDoesNotWaitForATokenThatIsSlow) {
  Serve([this](const std::string&) {
    sink_.RequestStop();
    return std::string(TestServer::kSilent);
  });
  Start({{"http.authorization.type", "oauth2"},
         {"oauth2.access.token.url", server_.url("/token")},
         {"oauth2.client.id", "i"},
         {"oauth2.client.secret", "s"},
         {"http.timeout", "3600"}});
  EXPECT_EQ(Failure({Record(0, String("a"))}).code, SLUICE_RETRY);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(HttpSinkTest, AServerThatIsAwayFailsTheTaskAfterItsRetries) {
  std::string url;
  {
    TestServer gone([](const std::string&) { return TestServer::Ok(""); });
    url = gone.url("/s3cret");
  }
  Start({{"http.url", url}, {"max.retries", "2"}, {"errors.tolerance", "all"}});
  const PluginFailure failure = Failure({Record(0, String("a"))});
  EXPECT_EQ(failure.code, SLUICE_FAILED);
  EXPECT_NE(std::string(failure.what()).find("max.retries=2"), std::string::npos) << failure.what();
  EXPECT_EQ(std::string(failure.what()).find("s3cret"), std::string::npos) << failure.what();
  EXPECT_TRUE(sink_.rejected().empty());
}

TEST_F(HttpSinkTest, AConfigurationThatCannotWorkDoesNotStart) {
  try {
    Start({{"http.url", "nowhere"}});
    FAIL();
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.code, SLUICE_CONFIG);
  }
}

TEST_F(HttpSinkTest, StopBeforeAndAfterAPut) {
  Start();
  sink_.RequestStop();
  EXPECT_EQ(Failure({Record(0, String("a"))}).code, SLUICE_RETRY);
  sink_.RequestStop();
  EXPECT_TRUE(Bodies().empty());
}

}  // namespace
}  // namespace sluice::sdk
