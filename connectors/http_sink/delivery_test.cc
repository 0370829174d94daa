#include "connectors/http_sink/delivery.h"

#include <gtest/gtest.h>

#include <map>

#include "connectors/http/fake_client.h"
#include "connectors/http_sink/delivery_fixture.h"

namespace sluice::http_sink {
namespace {

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
  StartBatching({{"batch.max.bytes", "9"}, {"batch.json.as.array", "true"}});
  Begin({"aaa", "aab", "aac", "a"});
  RunToEnd();
  EXPECT_EQ(client_->bodies(), (Strings{"[aaa,aab]", "[aac,a]"}));
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
  EXPECT_NE(text.find("All 5 records of a refused request"), std::string::npos) << text;
  EXPECT_EQ(client_->bodies(),
            (Strings{"a,b,c,d,e", "a,b,c", "a,b", "a", "b", "c", "d,e", "d", "e"}));
  EXPECT_TRUE(delivery_->rejected().empty());
}

TEST_F(DeliveryTest, OfManyThatAreAllRefusedSomeAreTried) {
  StartBatching();
  client_->on_request = [](const Request&) { return Answer(400, "wrong content type"); };
  Begin(Strings(500, "a"));
  const std::string text = Failure<sdk::ConnectException>();
  EXPECT_NE(text.find("The first 100 records of a refused request"), std::string::npos) << text;
  EXPECT_LT(client_->requests.size(), 220u);
  EXPECT_TRUE(delivery_->rejected().empty());
}

TEST_F(DeliveryTest, BadRecordsAtTheHeadOfABatchAreFound) {
  StartBatching({{"batch.max.size", "40"}});
  size_t taken = 0;
  client_->on_request = [&](const Request& request) {
    if (request.body.find('x') != std::string::npos) return Answer(422);
    taken += (request.body.size() + 1) / 2;
    return Answer(200);
  };
  Strings records(40, "a");
  records[0] = records[1] = records[2] = "x";
  Begin(records);
  RunToEnd();
  EXPECT_EQ(Rejected(), (Strings{"0", "1", "2"}));
  EXPECT_EQ(taken, 37u);
}

TEST_F(DeliveryTest, AGoodRecordAmongBadOnesIsFoundAndOnlyThenTheyAreRejected) {
  StartBatching({{"batch.max.size", "40"}});
  client_->on_request = [&](const Request& request) {
    if (request.body == "a") {
      EXPECT_TRUE(delivery_->rejected().empty());
    }
    return Answer(request.body == "a" ? 200 : 422);
  };
  Strings records(40, "x");
  records[21] = "a";
  Begin(records);
  RunToEnd();
  EXPECT_EQ(delivery_->rejected().size(), 39u);
  EXPECT_EQ(delivery_->rejected()[21].index, 22u);
  EXPECT_LT(client_->requests.size(), 80u);
}

TEST_F(DeliveryTest, WhatIsHeldBackIsNotSettled) {
  StartBatching();
  client_->on_request = [&](const Request& request) {
    if (request.body == "b") delivery_->Stop();
    return Answer(request.body == "c" ? 200 : 422);
  };
  Begin({"a", "b", "c", "d"});
  EXPECT_EQ(delivery_->Run(kLong), milliseconds(0));
  size_t settled = 0;
  delivery_->EachSettled([&](const Item&, const std::string*) { ++settled; });
  EXPECT_EQ(settled, 0u);
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

TEST_F(DeliveryTest, RecordsThatAreTooLargeSayNothingOfTheOthers) {
  StartBatching();
  client_->on_request = [](const Request& request) {
    return Answer(request.body.size() > 1 ? 413 : 200);
  };
  Begin({"aa", "bb", "c", "d"});
  RunToEnd();
  EXPECT_EQ(Rejected(), (Strings{"0", "1"}));
  EXPECT_EQ(client_->bodies().back(), "d");
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

// Which partitions' records stand beside each other is another thing after a crash.

}  // namespace
}  // namespace sluice::http_sink
