#include "connectors/http_sink/delivery.h"

#include <gtest/gtest.h>

#include <map>

#include "connectors/http/fake_client.h"
#include "connectors/http_sink/sink_fixture.h"

namespace sluice::http_sink {
namespace {

using http::Answer;
using http::Away;
using http::Outcome;
using http::Request;
using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

constexpr milliseconds kLong{1'000'000};

class DeliveryTest : public testing::Test {
 protected:
  void Start(sdk::Config::Map given, size_t slots = 1) {
    given.emplace("retry.backoff.ms", "100");
    config_ = Read(std::move(given));
    client_ = std::make_unique<http::FakeClient>(clock_, slots);
    auto token_client = std::make_unique<http::FakeClient>(clock_);
    token_client_ = token_client.get();
    authorization_ = std::make_unique<http::Authorization>(
        config_.authorization, std::move(token_client), clock_.reader());
    delivery_ = std::make_unique<Delivery>(config_, *client_, *authorization_, clock_.reader(),
                                           sdk::Logger());
  }
  void StartBatching(sdk::Config::Map given = {}) {
    given.emplace("batching.enabled", "true");
    given.emplace("batch.separator", ",");
    given.emplace("batch.suffix", "");
    given.emplace("errors.tolerance", "all");
    Start(std::move(given));
  }
  // One record for each text; its lane is its first character.
  void Begin(const Strings& texts) {
    std::vector<Item> items;
    std::string body;
    for (const std::string& text : texts) {
      Item item;
      item.index = static_cast<uint32_t>(items.size());
      item.topic = topic_;
      item.offset = static_cast<int64_t>(items.size());
      item.lane = static_cast<size_t>(text[0]);
      item.target = target_;
      item.begin = body.size();
      body += text;
      item.end = body.size();
      items.push_back(std::move(item));
    }
    delivery_->Begin(std::move(items), std::move(body));
  }
  // Turns the clock through the back-offs until all is settled.
  void RunToEnd() {
    for (int i = 0; i < 1000; ++i) {
      const std::optional<milliseconds> wait = delivery_->Run(kLong);
      if (!wait) return;
      waits_.push_back(*wait);
      clock_.now += *wait;
    }
    FAIL() << "it does not end";
  }
  Strings Rejected() const {
    Strings all;
    for (const auto& rejected : delivery_->rejected())
      all.push_back(std::to_string(rejected.index));
    return all;
  }
  template <typename Error>
  std::string Failure() {
    try {
      RunToEnd();
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  http::FakeClock clock_;
  SinkConfig config_;
  std::unique_ptr<http::FakeClient> client_;
  http::FakeClient* token_client_ = nullptr;
  std::unique_ptr<http::Authorization> authorization_;
  std::unique_ptr<Delivery> delivery_;
  const std::shared_ptr<const std::string> topic_ = std::make_shared<const std::string>("t");
  TargetPtr target_ = std::make_shared<const Target>(Target{"POST", "http://fake/in", {}, ""});
  std::vector<milliseconds> waits_;
};

TEST_F(DeliveryTest, EachRecordIsARequestInOrder) {
  Start({});
  Begin({"a", "b", "c"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a", "b", "c"}));
  EXPECT_EQ(client_->requests[0].url, "http://fake/in");
  EXPECT_EQ(client_->most_under_way, 1u);
}

TEST_F(DeliveryTest, BatchesEndAtTheirBounds) {
  StartBatching({{"batch.max.size", "3"}, {"batch.prefix", "["}});
  Begin({"a", "b", "c", "d"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"[a,b,c", "[d"}));
  StartBatching({{"batch.max.bytes", "7"}, {"batch.json.as.array", "true"}});
  Begin({"aaa", "aab", "aac", "aaaaaaaaaaaa"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"[aaa]", "[aab]", "[aac]", "[aaaaaaaaaaaa]"}));
  StartBatching({{"batch.max.bytes", "8"}});
  Begin({"aaa", "aab", "aac"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"aaa,aab", "aac"}));
}

TEST_F(DeliveryTest, AnotherTargetBeginsAnotherBatchAndADeleteStandsAlone) {
  StartBatching();
  const auto other = std::make_shared<const Target>(Target{"POST", "http://fake/other", {}, ""});
  const auto equal = std::make_shared<const Target>(*target_);
  const auto gone = std::make_shared<const Target>(Target{"DELETE", "http://fake/in/1", {}, ""});
  std::vector<Item> items;
  std::string body = "abcdefg";
  const TargetPtr targets[] = {target_, equal, other, gone, gone, target_, target_};
  for (uint32_t i = 0; i < 7; ++i) items.push_back({i, topic_, 0, i, 0, targets[i], i, i + 1});
  delivery_->Begin(std::move(items), body);
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a,b", "c", "", "", "f,g"}));
  EXPECT_EQ(client_->requests[2].method, "DELETE");
}

TEST_F(DeliveryTest, LanesRunBesideEachOtherAndKeepTheirOrder) {
  Start({}, 4);
  std::map<char, std::string> seen;
  client_->on_request = [&](const Request& request) {
    seen[request.body[0]] += request.body[1];
    return Answer(200);
  };
  Begin({"a1", "b1", "a2", "c1", "b2", "a3", "d1"});
  RunToEnd();
  EXPECT_EQ(client_->most_under_way, 4u);
  EXPECT_EQ(seen, (std::map<char, std::string>{{'a', "123"}, {'b', "12"}, {'c', "1"}, {'d', "1"}}));
}

TEST_F(DeliveryTest, WhatMayPassIsTriedAgainAtItsPlace) {
  Start({});
  int failures = 3;
  client_->on_request = [&](const Request& request) {
    if (request.body != "b" || failures-- <= 0) return Answer(204);
    return failures == 2 ? Away() : failures == 1 ? Away(http::Result::kTimedOut) : Answer(503);
  };
  Begin({"a", "b", "c"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a", "b", "b", "b", "b", "c"}));
  ASSERT_EQ(waits_.size(), 3u);
  EXPECT_TRUE(waits_[0] >= milliseconds(50) && waits_[0] <= milliseconds(100));
  EXPECT_TRUE(waits_[2] >= milliseconds(200) && waits_[2] <= milliseconds(400));
  EXPECT_NE(delivery_->waiting_for().find("503"), std::string::npos);
}

TEST_F(DeliveryTest, AServerThatSaysWhenIsBelievedAndNotCounted) {
  Start({{"max.retries", "0"}, {"retry.after.max.ms", "5000"}});
  int busy = 5;
  client_->on_request = [&](const Request&) {
    if (busy-- > 0) return Answer(429, "", {{"Retry-After", busy > 3 ? "60" : "2"}});
    return Answer(200);
  };
  Begin({"a"});
  RunToEnd();
  EXPECT_EQ(waits_,
            (std::vector<milliseconds>{milliseconds(5000), milliseconds(2000), milliseconds(2000),
                                       milliseconds(2000), milliseconds(2000)}));
  client_->on_request = [](const Request&) { return Answer(429, "", {{"Retry-After", "0"}}); };
  Begin({"b"});  // it says "at once" for ever: that is counted
  EXPECT_NE(Failure<sdk::ConnectException>().find("429"), std::string::npos);
}

TEST_F(DeliveryTest, TheTaskFailsWhenRetriesAreUsedUpAndNothingIsRejected) {
  Start({{"max.retries", "2"}, {"errors.tolerance", "all"}});
  client_->on_request = [](const Request&) { return Answer(500, "no\ndisk"); };
  Begin({"a", "b"});
  const std::string text = Failure<sdk::ConnectException>();
  EXPECT_NE(text.find("max.retries=2"), std::string::npos) << text;
  EXPECT_NE(text.find("The record t-0@0: POST to http://fake:80 was answered with 500: no disk"),
            std::string::npos)
      << text;
  EXPECT_EQ(client_->requests.size(), 3u);
  EXPECT_TRUE(delivery_->rejected().empty());
}

TEST_F(DeliveryTest, ARefusedRecordIsRejectedAndItsNeighboursAreSent) {
  Start({{"errors.tolerance", "all"}});
  client_->on_request = [](const Request& request) {
    return request.body == "b" ? Answer(422, "bad") : Answer(200);
  };
  Begin({"a", "b", "c"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a", "b", "c"}));
  EXPECT_EQ(Rejected(), (Strings{"1"}));
}

TEST_F(DeliveryTest, WithoutToleranceARefusedRecordEndsThePut) {
  Start({});
  client_->on_request = [](const Request& request) {
    return Answer(request.body == "b" ? 400 : 200);
  };
  Begin({"a", "b", "c"});
  EXPECT_NE(Failure<sdk::DataException>().find("t-0@1"), std::string::npos);
  EXPECT_EQ(client_->bodies(), (Strings{"a", "b"}));
}

TEST_F(DeliveryTest, ABadRecordOfABatchIsFoundAndNothingIsTakenTwice) {
  StartBatching();
  Strings taken;
  client_->on_request = [&](const Request& request) {
    if (request.body.find('x') != std::string::npos) return Answer(400);
    taken.push_back(request.body);
    return Answer(200);
  };
  Begin({"a", "b", "c", "d", "e", "x", "g", "h"});
  RunToEnd();
  EXPECT_EQ(taken, (Strings{"a,b,c,d", "e", "g,h"}));
  EXPECT_EQ(Rejected(), (Strings{"5"}));
}

TEST_F(DeliveryTest, ABatchWithoutToleranceIsNotTakenApart) {
  StartBatching({{"errors.tolerance", "none"}});
  client_->on_request = [](const Request&) { return Answer(400); };
  Begin({"a", "b"});
  const std::string text = Failure<sdk::DataException>();
  EXPECT_NE(text.find("The 2 records t-0@0 to t-0@1"), std::string::npos) << text;
  EXPECT_EQ(client_->requests.size(), 1u);
}

TEST_F(DeliveryTest, AServerThatRefusesEverythingDrainsNothing) {
  StartBatching();
  client_->on_request = [](const Request&) { return Answer(400, "wrong content type"); };
  Begin({"a", "b", "c", "d", "e"});
  const std::string text = Failure<sdk::ConnectException>();
  EXPECT_NE(text.find("wrong content type"), std::string::npos) << text;
  EXPECT_EQ(client_->bodies(), (Strings{"a,b,c,d,e", "a,b,c", "a,b", "a", "b"}));
  EXPECT_TRUE(delivery_->rejected().empty());
}

TEST_F(DeliveryTest, ABatchThatIsTooLargeIsHalvedWhateverIsTolerated) {
  StartBatching({{"errors.tolerance", "none"}});
  client_->on_request = [](const Request& request) {
    return Answer(request.body.size() > 3 ? 413 : 200);
  };
  Begin({"a", "b", "c", "d"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a,b,c,d", "a,b", "c,d"}));
}

TEST_F(DeliveryTest, WhatIsNoRecordsFaultFailsTheTask) {
  for (const Outcome& outcome : {Answer(401), Answer(403), Answer(404), Answer(415), Answer(302),
                                 Away(http::Result::kImpossible)}) {
    Start({{"errors.tolerance", "all"}});
    client_->on_request = [&](const Request&) { return outcome; };
    Begin({"a", "b"});
    Failure<sdk::ConnectException>();
    EXPECT_EQ(client_->requests.size(), 1u) << outcome.status;
  }
  Start({{"errors.tolerance", "all"}, {"http.url", "http://fake/${key}"}});
  client_->on_request = [](const Request&) { return Answer(404); };
  Begin({"a"});  // then it may be the record's
  RunToEnd();
  EXPECT_EQ(Rejected(), (Strings{"0"}));
}

TEST_F(DeliveryTest, WhatIsToBeDeletedMayBeGone) {
  for (int status : {204, 404, 410}) {
    Start({});
    target_ = std::make_shared<const Target>(Target{"DELETE", "http://fake/in/1", {}, ""});
    client_->on_request = [&](const Request&) { return Answer(status); };
    Begin({"a"});
    RunToEnd();
    EXPECT_EQ(client_->bodies(), (Strings{""}));
  }
}

TEST_F(DeliveryTest, WhichAnswersAreTriedAgainMayBeSaid) {
  Start({{"retry.on.status.codes", "400-"}, {"max.retries", "1"}});
  client_->on_request = [](const Request&) { return Answer(404); };
  Begin({"a"});
  Failure<sdk::ConnectException>();
  EXPECT_EQ(client_->requests.size(), 2u);
}

TEST_F(DeliveryTest, ErrorsMayBeLeftOut) {
  Start({{"behavior.on.error", "ignore"}, {"max.retries", "1"}});
  client_->on_request = [](const Request& request) {
    return Answer(request.body == "a" ? 400 : request.body == "b" ? 500 : 200);
  };
  Begin({"a", "b", "c"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a", "b", "b", "c"}));
  EXPECT_TRUE(delivery_->rejected().empty());
}

TEST_F(DeliveryTest, ALongPutTakesTurnsAndSendsNothingTwice) {
  Start({});
  Begin({"a", "b"});
  client_->hold = true;
  EXPECT_EQ(delivery_->Run(milliseconds(50)), milliseconds(0));
  EXPECT_EQ(client_->under_way(), 1u);
  client_->hold = false;
  EXPECT_EQ(delivery_->Run(kLong), std::nullopt);
  EXPECT_EQ(client_->bodies(), (Strings{"a", "b"}));
}

TEST_F(DeliveryTest, AStopBeginsNothingNewAndEndsSoon) {
  Start({});
  Begin({"a", "b"});
  client_->on_request = [&](const Request&) {
    delivery_->Stop();
    return Answer(200);
  };
  EXPECT_EQ(delivery_->Run(kLong), milliseconds(0));
  EXPECT_EQ(client_->bodies(), (Strings{"a"}));
  EXPECT_EQ(client_->wakes, 1u);
}

TEST_F(DeliveryTest, RepetitionsHaveTheSameIdempotencyKey) {
  StartBatching({{"http.idempotency.key", "true"}});
  int failures = 1;
  client_->on_request = [&](const Request&) { return Answer(failures-- > 0 ? 503 : 200); };
  Begin({"a", "b"});
  RunToEnd();
  ASSERT_EQ(client_->requests.size(), 2u);
  for (const Request& request : client_->requests) {
    EXPECT_EQ(*http::FindHeader(request.headers, "Idempotency-Key"), "t-0-0+2");
  }
}

class DeliveryOAuth2Test : public DeliveryTest {
 protected:
  void StartOAuth2(sdk::Config::Map given = {}) {
    given.emplace("http.authorization.type", "oauth2");
    given.emplace("oauth2.access.token.url", "http://id/token");
    given.emplace("oauth2.client.id", "i");
    given.emplace("oauth2.client.secret", "s3cret");
    Start(std::move(given));
    token_client_->on_request = [this](const Request&) {
      return Answer(200, sdk::Cat(R"({"access_token":"token)", ++tokens_, "\"}"));
    };
  }
  int tokens_ = 0;
};

TEST_F(DeliveryOAuth2Test, ARefusedTokenIsFetchedAnewAndTheRequestSentOnceMore) {
  StartOAuth2();
  client_->on_request = [](const Request& request) {
    const bool fresh = *http::FindHeader(request.headers, "Authorization") == "Bearer token2";
    return Answer(fresh ? 200 : 401);
  };
  Begin({"a", "b"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a", "a", "b"}));
  EXPECT_TRUE(waits_.empty());
  EXPECT_EQ(tokens_, 2);
}

TEST_F(DeliveryOAuth2Test, AFreshTokenThatIsRefusedFailsTheTaskAndIsNotShown) {
  StartOAuth2();
  client_->on_request = [](const Request& request) {
    return Answer(401, "no " + *http::FindHeader(request.headers, "Authorization"));
  };
  Begin({"a"});
  const std::string text = Failure<sdk::ConnectException>();
  EXPECT_EQ(client_->requests.size(), 2u);
  EXPECT_EQ(text.find("token2"), std::string::npos) << text;
}

TEST_F(DeliveryOAuth2Test, NoTokenForNowIsWaitedFor) {
  StartOAuth2({{"max.retries", "2"}});
  int failures = 2;
  token_client_->on_request = [&](const Request&) {
    return failures-- > 0 ? Answer(503, "", {{"Retry-After", "9"}})
                          : Answer(200, R"({"access_token":"t"})");
  };
  Begin({"a"});
  RunToEnd();
  EXPECT_EQ(waits_, (std::vector<milliseconds>{milliseconds(9000), milliseconds(9000)}));
  EXPECT_EQ(client_->bodies(), (Strings{"a"}));
}

}  // namespace
}  // namespace sluice::http_sink
