#include "runtime/base/stage.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(StageTest, TellsWhatGoesOnThenWhatWas) {
  FakeClock clock;
  Stage stage(clock);
  EXPECT_EQ(stage.Sentence(), "");
  EXPECT_FALSE(stage.running());
  stage.Begin("reading to the end of the config topic");
  EXPECT_TRUE(stage.running());
  EXPECT_EQ(stage.Sentence(),
            "The worker is currently reading to the end of the config topic, which began at "
            "2023-11-14T22:30:00.000Z.");
  clock.Advance(milliseconds(1500));
  stage.End();
  EXPECT_FALSE(stage.running());
  EXPECT_EQ(stage.Sentence(),
            "The last operation the worker completed was reading to the end of the config topic, "
            "which began at 2023-11-14T22:30:00.000Z and completed at 2023-11-14T22:30:01.500Z.");
}

TEST(StageTest, AScopeGoesBackToWhatWasBefore) {
  StageScope::Begin("nothing: this thread works for no request");
  EXPECT_EQ(StageScope::Current(), nullptr);
  const auto outer = std::make_shared<Stage>();
  const auto inner = std::make_shared<Stage>();
  {
    const StageScope first(outer);
    {
      const StageScope second(inner);
      StageScope::Begin("one");
      StageScope::End();
    }
    EXPECT_EQ(StageScope::Current(), outer);
    StageScope::Begin("two");
  }
  EXPECT_EQ(StageScope::Current(), nullptr);
  EXPECT_FALSE(inner->running());
  EXPECT_NE(inner->Sentence().find("completed was one"), std::string::npos);
  EXPECT_TRUE(outer->running());
}

}  // namespace
}  // namespace sluice
