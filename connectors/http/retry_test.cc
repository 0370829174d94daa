#include "connectors/http/retry.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "connectors/http/fake_client.h"

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

TEST(RetryTest, WhatTheServerAsksForBeatsTheBackOffUpToABound) {
  const Backoff backoff{milliseconds(100), milliseconds(1000), milliseconds(5000)};
  std::minstd_rand random(1);
  EXPECT_EQ(backoff.Before(1, Answer(429, "", {{"retry-after", "2"}}), random), milliseconds(2000));
  EXPECT_EQ(backoff.Before(1, Answer(429, "", {{"Retry-After", "60"}}), random),
            milliseconds(5000));
  EXPECT_LE(backoff.Before(1, Answer(503), random), milliseconds(100));
  EXPECT_LE(backoff.Before(1, Away(), random), milliseconds(100));
}

}  // namespace
}  // namespace sluice::http
