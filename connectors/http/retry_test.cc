#include "connectors/http/retry.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "connectors/http/fake_client.h"
#include "connectors/http/retry_options.h"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;

TEST(RetryTest, StatusSets) {
  const StatusSet set = StatusSet::Parse(" 408, 429,500-503 ,511-");
  for (int in : {408, 429, 500, 503, 511, 599}) EXPECT_TRUE(set.contains(in)) << in;
  for (int out : {200, 400, 409, 504, 510}) EXPECT_FALSE(set.contains(out)) << out;
  EXPECT_FALSE(StatusSet::Parse("").contains(500));
  for (const char* bad : {"x", "4", "600", "500-400", "400-x", "-500", "400,,500"}) {
    EXPECT_THROW(StatusSet::Parse(bad), std::invalid_argument) << bad;
  }
}

TEST(RetryTest, RetryAfterIsSecondsOrADate) {
  EXPECT_EQ(ParseRetryAfter(" 120 ", 0), milliseconds(120'000));
  EXPECT_EQ(ParseRetryAfter("0", 0), milliseconds(0));
  EXPECT_EQ(ParseRetryAfter("Thu, 01 Jan 1970 00:02:00 GMT", 60), milliseconds(60'000));
  EXPECT_EQ(ParseRetryAfter("Thu, 01 Jan 1970 00:02:00 GMT", 600), milliseconds(0));
  EXPECT_GT(ParseRetryAfter("99999999999999999999", 0), milliseconds(86'400'000));
  for (const char* bad : {"", "soon", "-5", "1.5"}) {
    EXPECT_FALSE(ParseRetryAfter(bad, 0).has_value() && *ParseRetryAfter(bad, 0) > milliseconds(0))
        << bad;
  }
}

TEST(RetryTest, TheBackOffDoublesUpToItsBoundAndIsNeverNothing) {
  const Backoff backoff{milliseconds(100), milliseconds(1000), milliseconds(5000)};
  std::minstd_rand random(1);
  for (int i = 0; i < 100; ++i) {
    const milliseconds first = backoff.Before(1, random), fourth = backoff.Before(4, random);
    EXPECT_TRUE(first >= milliseconds(50) && first <= milliseconds(100)) << first.count();
    EXPECT_TRUE(fourth >= milliseconds(400) && fourth <= milliseconds(800)) << fourth.count();
    EXPECT_LE(backoff.Before(1'000'000, random), milliseconds(1000));
  }
}

TEST(RetryTest, WhatTheServerAsksForMakesTheBackOffLongerUpToABound) {
  const Backoff backoff{milliseconds(100), milliseconds(1000), milliseconds(5000)};
  std::minstd_rand random(1);
  const auto before = [&](const Outcome& outcome) {
    return backoff.Before(1, RetryAfterOf(outcome), random);
  };
  EXPECT_EQ(before(Answer(429, "", {{"retry-after", "2"}})), milliseconds(2000));
  EXPECT_EQ(before(Answer(429, "", {{"Retry-After", "60"}})), milliseconds(5000));
  for (const char* at_once : {"0", "Thu, 01 Jan 1970 00:02:00 GMT"}) {
    EXPECT_GE(before(Answer(503, "", {{"Retry-After", at_once}})), milliseconds(50)) << at_once;
  }
  EXPECT_LE(before(Answer(503)), milliseconds(100));
  EXPECT_LE(before(Away()), milliseconds(100));
}

TEST(RetryTest, ALimitIsA429ThatSaysWhen) {
  const Backoff backoff;
  EXPECT_TRUE(backoff.IsLimit(Answer(429, "", {{"Retry-After", "1"}})));
  const Backoff never{.most_asked_for = milliseconds(0)};
  EXPECT_FALSE(never.IsLimit(Answer(429, "", {{"Retry-After", "1"}})));
  for (const Outcome& other : {Answer(429), Answer(429, "", {{"Retry-After", "0"}}),
                               Answer(503, "", {{"Retry-After", "1"}}), Away()}) {
    EXPECT_FALSE(backoff.IsLimit(other)) << other.status;
  }
}

TEST(RetryTest, KeysSayWhatIsTriedAgain) {
  static const sdk::ConfigTable table([] {
    sdk::ConfigDef keys;
    AddRetryKeys(keys);
    return keys;
  }());
  const auto read = [](sdk::Config::Map given) {
    return ReadRetryOptions(sdk::Config(std::move(given), &table));
  };
  const RetryOptions usual = read({});
  for (const Outcome& passes : {Answer(408), Answer(425), Answer(429), Answer(500), Answer(599),
                                Away(), Away(Result::kTimedOut)}) {
    EXPECT_TRUE(usual.MayPass(passes)) << passes.status;
  }
  for (const Outcome& stays : {Answer(301), Answer(404), Answer(600), Away(Result::kImpossible)}) {
    EXPECT_FALSE(usual.MayPass(stays)) << stays.status;
  }
  const RetryOptions others = read({{"retry.on.status.codes", "404"},
                                    {"max.retries", "3"},
                                    {"retry.backoff.ms", "5"},
                                    {"retry.backoff.max.ms", "50"},
                                    {"retry.after.max.ms", "500"}});
  EXPECT_TRUE(others.MayPass(Answer(404)) && !others.MayPass(Answer(500)));
  EXPECT_EQ(others.max_retries, 3);
  EXPECT_TRUE(others.UsedUp(4) && !others.UsedUp(3));
  EXPECT_FALSE(read({{"max.retries", "-1"}}).UsedUp(1'000'000));
  EXPECT_EQ(others.backoff.first, milliseconds(5));
  EXPECT_EQ(others.backoff.most, milliseconds(50));
  EXPECT_EQ(others.backoff.most_asked_for, milliseconds(500));
  // The most is never less than the first.
  EXPECT_EQ(read({{"retry.backoff.ms", "100000"}}).backoff.most, milliseconds(100'000));
  EXPECT_THROW(read({{"retry.on.status.codes", "5xx"}}), sdk::ConfigException);
}

}  // namespace
}  // namespace sluice::http
