// What is tried again, when, and for how long; and what a repetition shows of itself.
#include "connectors/http_sink/delivery.h"

#include <gtest/gtest.h>

#include "connectors/http/fake_client.h"
#include "connectors/http_sink/delivery_fixture.h"

namespace sluice::http_sink {
namespace {

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

TEST_F(DeliveryTest, AServerThatAsksForNothingIsGivenABackOff) {
  Start({{"max.retries", "3"}, {"retry.after.max.ms", "0"}});
  int failures = 3;
  client_->on_request = [&](const Request&) {
    return failures-- > 0 ? Answer(429, "", {{"Retry-After", failures > 1 ? "0" : "7"}})
                          : Answer(200);
  };
  Begin({"a"});
  RunToEnd();
  ASSERT_EQ(waits_.size(), 3u);
  for (const milliseconds wait : waits_) EXPECT_GE(wait, milliseconds(50));
  client_->on_request = [](const Request&) { return Answer(429, "", {{"Retry-After", "7"}}); };
  Begin({"b"});  // which is not asked: it is counted
  Failure<sdk::ConnectException>();
}

TEST_F(DeliveryTest, RetriesMayBeWithoutEnd) {
  Start({{"max.retries", "-1"}});
  int failures = 500;
  client_->on_request = [&](const Request&) { return failures-- > 0 ? Away() : Answer(200); };
  Begin({"a"});
  RunToEnd();
  EXPECT_EQ(client_->requests.size(), 501u);
}

TEST_F(DeliveryTest, WhatMayPassIsNoRecordsFaultWhateverIsTriedAgain) {
  for (int status : {408, 425, 429, 500, 503}) {
    Start({{"retry.on.status.codes", "504"}, {"errors.tolerance", "all"}});
    client_->on_request = [&](const Request&) { return Answer(status); };
    Begin({"a"});
    Failure<sdk::ConnectException>();
    EXPECT_EQ(client_->requests.size(), 1u) << status;
    EXPECT_EQ(Rejected(), Strings()) << status;
    Start({{"retry.on.status.codes", "504"}, {"behavior.on.error", "ignore"}});
    client_->on_request = [&](const Request&) { return Answer(status); };
    Begin({"a", "b"});
    RunToEnd();  // left out, as after the last retry
    EXPECT_EQ(client_->bodies(), (Strings{"a", "b"}));
  }
}

TEST_F(DeliveryTest, AHostThatARecordNamesAndThatIsNowhereIsItsFault) {
  Outcome nowhere = Away();
  nowhere.no_such_host = true;
  StartBatching({{"max.retries", "1"}, {"http.url", "http://${value.host}/"}});
  client_->on_request = [&](const Request&) { return nowhere; };
  Begin({"a", "b"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a,b", "a,b"}));
  EXPECT_EQ(Rejected(), (Strings{"0", "1"}));
  nowhere.result = http::Result::kImpossible;  // a name that cannot be
  Begin({"a"});
  RunToEnd();
  EXPECT_EQ(Rejected(), (Strings{"0"}));
  StartBatching({{"max.retries", "1"}});  // the configuration names it
  client_->on_request = [&](const Request&) { return nowhere; };
  Begin({"a", "b"});
  Failure<sdk::ConnectException>();
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

TEST_F(DeliveryTest, WhichAnswersAreTriedAgainMayBeSaid) {
  Start({{"retry.on.status.codes", "400-"}, {"max.retries", "1"}});
  client_->on_request = [](const Request&) { return Answer(404); };
  Begin({"a"});
  Failure<sdk::ConnectException>();
  EXPECT_EQ(client_->requests.size(), 2u);
}

TEST_F(DeliveryTest, RepetitionsHaveTheSameIdempotencyKey) {
  StartBatching({{"http.idempotency.key", "true"}});
  int failures = 1;
  client_->on_request = [&](const Request&) { return Answer(failures-- > 0 ? 503 : 200); };
  Begin({"a", "b"});
  RunToEnd();
  ASSERT_EQ(client_->requests.size(), 2u);
  const std::string key = *http::FindHeader(client_->requests[0].headers, "Idempotency-Key");
  EXPECT_EQ(key.rfind("t-0-0+2-", 0), 0u) << key;
  EXPECT_EQ(*http::FindHeader(client_->requests[1].headers, "Idempotency-Key"), key);
}

TEST_F(DeliveryTest, OtherRecordsHaveAnotherIdempotencyKey) {
  StartBatching({{"http.idempotency.key", "true"}});
  std::vector<std::string> keys;
  for (const int32_t partition : {0, 1}) {
    delivery_->Begin(
        {{0, topic_, 0, 0, 0, target_, 0, 1}, {1, topic_, partition, 1, 0, target_, 1, 2}}, "ab");
    RunToEnd();
    keys.push_back(*http::FindHeader(client_->requests.back().headers, "Idempotency-Key"));
  }
  EXPECT_EQ(keys[0].substr(0, 8), keys[1].substr(0, 8));
  EXPECT_NE(keys[0], keys[1]);
}

class DeliveryOAuth2Test : public DeliveryTest {
 protected:
  void StartOAuth2(sdk::Config::Map given = {}, size_t slots = 1) {
    given.emplace("http.authorization.type", "oauth2");
    given.emplace("oauth2.access.token.url", "http://id/token");
    given.emplace("oauth2.client.id", "i");
    given.emplace("oauth2.client.secret", "s3cret");
    Start(std::move(given), slots);
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

TEST_F(DeliveryOAuth2Test, ATokenThatIsSlowDoesNotHoldThePutUp) {
  StartOAuth2();
  token_client_->hold = true;
  Begin({"a"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(delivery_->Run(milliseconds(50)), milliseconds(0));
    EXPECT_NE(delivery_->waiting_for().find("OAuth2 token"), std::string::npos);
  }
  EXPECT_EQ(token_client_->requests.size(), 1u);
  token_client_->hold = false;
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"a"}));
  EXPECT_EQ(tokens_, 1);
}

TEST_F(DeliveryOAuth2Test, WhileATokenIsFetchedAnswersAreTaken) {
  StartOAuth2({}, 2);
  client_->on_request = [&](const Request& request) {
    if (request.body == "b1") {
      token_client_->hold = false;
      return Answer(200);
    }
    if (client_->requests.size() > 2) return Answer(200);
    token_client_->hold = true;  // until b1 is answered
    return Answer(401);
  };
  Begin({"a1", "b1"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"b1", "a1", "a1"}));
  EXPECT_EQ(tokens_, 2);
}

TEST_F(DeliveryOAuth2Test, AStopDoesNotWaitForAToken) {
  StartOAuth2();
  token_client_->hold = true;
  Begin({"a"});
  EXPECT_EQ(delivery_->Run(milliseconds(50)), milliseconds(0));
  delivery_->Stop();
  EXPECT_EQ(token_client_->wakes, 1u);
  EXPECT_EQ(delivery_->Run(kLong), milliseconds(0));
  EXPECT_NE(delivery_->waiting_for().find("stopped"), std::string::npos);
  EXPECT_TRUE(client_->requests.empty());
}

}  // namespace
}  // namespace sluice::http_sink
