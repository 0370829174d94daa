#include "runtime/herder/tick_loop.h"

#include <gtest/gtest.h>

#include <future>

namespace sluice::herder {
namespace {

TEST(TickLoop, RunsInOrderAndOnTime) {
  FakeClock clock;
  TickLoop loop(clock);
  std::string seen;
  loop.PostAfter(milliseconds(20), [&] { seen += "t"; });
  loop.Post([&] {
    seen += "a";
    loop.Post([&] { seen += "c"; });
  });
  loop.PostRequest([&] { seen += "b"; });
  loop.RunPending();
  EXPECT_EQ(seen, "abc");
  clock.Advance(milliseconds(19));
  loop.RunPending();
  EXPECT_EQ(seen, "abc");
  clock.Advance(milliseconds(1));
  loop.RunPending();
  EXPECT_EQ(seen, "abct");
}

TEST(TickLoop, BoundsRequests) {
  TickLoop loop;
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) accepted += loop.PostRequest([] {}) ? 1 : 0;
  EXPECT_EQ(accepted, 10'000);
  EXPECT_TRUE(loop.Post([] {}));
}

TEST(TickLoop, StopsTwiceAndRunsWhatIsQueued) {
  TickLoop loop;
  std::promise<void> ran;
  loop.Post([&] { ran.set_value(); });
  loop.PostAfter(milliseconds(3'600'000), [] { FAIL(); });
  loop.Start();
  loop.Stop();
  loop.Stop();
  EXPECT_EQ(ran.get_future().wait_for(milliseconds(0)), std::future_status::ready);
  EXPECT_FALSE(loop.Post([] { FAIL(); }));
  EXPECT_FALSE(loop.PostRequest([] { FAIL(); }));
}

TEST(TickLoop, SaysWhatItDoes) {
  FakeClock clock;
  TickLoop loop(clock);
  EXPECT_EQ(loop.Stage(), "");
  loop.SetStage("restarting task fs-0");
  EXPECT_EQ(loop.Stage().find("The worker is currently restarting task fs-0, which began at 2023-"),
            0u);
  clock.Advance(milliseconds(1500));
  loop.EndStage();
  EXPECT_EQ(loop.Stage(),
            "The last operation the worker completed was restarting task fs-0, which began at "
            "2023-11-14T22:30:00.000Z and completed at 2023-11-14T22:30:01.500Z.");
}

}  // namespace
}  // namespace sluice::herder
