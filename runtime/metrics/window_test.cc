#include "runtime/metrics/window.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::metrics {
namespace {

constexpr int64_t kSecond = 1000;

TEST(WindowTest, IsEmptyAtFirst) {
  Window window({});
  EXPECT_EQ(window.Rate(5), 0);
  EXPECT_TRUE(std::isnan(window.Avg(5)));
  EXPECT_TRUE(std::isnan(window.Max(5)));
  EXPECT_TRUE(std::isnan(window.Min(5)));
  EXPECT_EQ(window.Fraction(5), 0);
  EXPECT_EQ(window.OtherFraction(5), 0);
}

// Two samples of 30 s: a rate is over one full window at least, however young the first event is.
TEST(WindowTest, RateOverAtLeastOneFullWindow) {
  Window window({});
  window.Record(300, 100 * kSecond);
  EXPECT_DOUBLE_EQ(window.Rate(100 * kSecond), 10);          // over 30 s
  EXPECT_DOUBLE_EQ(window.Rate(110 * kSecond), 300.0 / 40);  // 10 s and the window that is missing
  EXPECT_DOUBLE_EQ(window.Rate(130 * kSecond), 10);          // one full window has passed
  EXPECT_DOUBLE_EQ(window.Rate(150 * kSecond), 6);
}

TEST(WindowTest, AvgMaxMinOverTheSamples) {
  Window window({});
  window.Record(10, 0);
  window.Record(30, 29 * kSecond);
  window.Record(2, 31 * kSecond);  // the second sample
  EXPECT_DOUBLE_EQ(window.Avg(32 * kSecond), 14);
  EXPECT_EQ(window.Max(32 * kSecond), 30);
  EXPECT_EQ(window.Min(32 * kSecond), 2);
}

// A sample is forgotten samples x window after its newest event, not after its begin.
TEST(WindowTest, ForgetsASampleByItsNewestEvent) {
  Window window({});
  window.Record(10, 0);
  window.Record(30, 29 * kSecond);
  window.Record(2, 31 * kSecond);
  EXPECT_EQ(window.Max(88 * kSecond), 30);
  EXPECT_EQ(window.Max(89 * kSecond), 2);  // 60 s after 29 s
  EXPECT_TRUE(std::isnan(window.Max(91 * kSecond)));
  EXPECT_EQ(window.Rate(91 * kSecond), 0);
}

// One sample more than asked for is kept, so that a window in progress does not lose its past.
TEST(WindowTest, KeepsOneSampleMore) {
  Window window({10, 2});
  window.Record(1, 0);
  window.Record(2, 10);
  window.Record(4, 19);
  window.Record(8, 20);
  // The first sample's event is 20 ms old and gone; the others add up.
  EXPECT_DOUBLE_EQ(window.Avg(20), 14.0 / 3);
  window.Record(16, 30);  // takes the place of the first one
  EXPECT_DOUBLE_EQ(window.Avg(30), 30.0 / 4);
}

TEST(WindowTest, OneSampleOnly) {
  Window window({10, 1});
  window.Record(5, 100);
  EXPECT_DOUBLE_EQ(window.Rate(100), 5000);  // at least 1 ms
  EXPECT_DOUBLE_EQ(window.Rate(105), 1000);
  EXPECT_EQ(window.Rate(110), 0);
}

TEST(WindowTest, Fractions) {
  Window window({});
  window.Record(1, 0);
  window.Record(1, 0);
  window.Record(1, 0);
  window.Record(0, 0);
  EXPECT_DOUBLE_EQ(window.Fraction(1), 0.75);
  EXPECT_DOUBLE_EQ(window.OtherFraction(1), 0.25);
  EXPECT_EQ(window.OtherFraction(60 * kSecond), 0);
}

}  // namespace
}  // namespace sluice::metrics
