#include "runtime/base/stop.h"

#include <thread>

#include "gtest/gtest.h"

namespace sluice {
namespace {

TEST(StopTest, AWaitEndsAtStop) {
  StopSignal stop;
  std::thread other([&] { stop.Request(); });
  EXPECT_FALSE(stop.Wait(std::chrono::minutes(5)));
  other.join();
  stop.Request();
  EXPECT_TRUE(stop.requested());
  EXPECT_FALSE(stop.Wait(std::chrono::minutes(5)));
}

TEST(StopTest, AWaitThatRunsOutSaysGoOn) {
  StopSignal stop;
  EXPECT_TRUE(stop.Wait(milliseconds(1)));
  EXPECT_FALSE(stop.requested());
}

}  // namespace
}  // namespace sluice
