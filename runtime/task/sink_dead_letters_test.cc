// Commits and stops of a sink while dead letters are under way.
#include "gtest/gtest.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/testing/sink_fixture.h"

namespace sluice::task {
namespace {

using testing::SinkTaskTest;
using testing::Strings;

TEST_F(SinkTaskTest, NoOffsetPassesADeadLetterThatIsNotDurable) {
  settings.tolerance_all = true;
  reports.letters = true;
  StartTask();
  reports.durable = false;
  Arrive({"a", "bad", "c"});
  ASSERT_TRUE(Turn().ok());
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), -1);
  clock.Advance(milliseconds(60'000));  // waited up to the time-out; the next one tries again
  ASSERT_TRUE(Turn().ok());
  EXPECT_GT(std::stod(Metric("connector_task_offset_commit_failure_percentage")), 0);
  reports.durable = true;
  ASSERT_TRUE(CommitNow().ok());
  EXPECT_EQ(Committed(), 3);
}

TEST_F(SinkTaskTest, AStopWaitsForNoDeadLetterOnceOthersMayHaveTheTask) {
  settings.tolerance_all = true;
  const TimePoint lost = clock.Now() + milliseconds(1000);
  control = std::make_shared<Control>([&] { return clock.Now() < lost; });
  StartTask();
  reports.durable = false;
  Arrive({"a", "bad", "c"});
  ASSERT_TRUE(Turn().ok());
  ASSERT_LT(clock.Now(), lost);
  task->Stop();
  EXPECT_GE(clock.Now(), lost);
  EXPECT_LT(clock.Now(), lost + milliseconds(1000));  // the time-out is five seconds
  EXPECT_EQ(Committed(), -1);
}

// Data does not wait for dead letters; a commit takes what was flushed when it began.
TEST_F(SinkTaskTest, ACommitComesWhenTheLettersOfBeforeItAreDurable) {
  settings.tolerance_all = true;
  reports.letters = true;
  StartTask({{"t", 0}, {"t", 1}});
  reports.durable = false;
  Arrive({"a", "bad", "c"});
  Arrive({"x"}, 1);
  ASSERT_TRUE(Turn().ok());
  ASSERT_TRUE(CommitNow().ok());
  Arrive({"d", "e"});
  ASSERT_TRUE(Turn().ok());
  EXPECT_EQ(sink.taken, (Strings{"a", "c", "x", "d", "e"}));
  EXPECT_EQ(Committed(), -1);
  const auto back = Abi(1, 0);  // moves meanwhile: what was flushed of it does not count any more
  ASSERT_TRUE(sink.host->Seek(&back, 1).ok());
  ASSERT_TRUE(Turn().ok());
  reports.durable = true;
  ASSERT_TRUE(Turn(2).ok());
  EXPECT_EQ(Committed(), 3);
  EXPECT_EQ(Committed(1), -1);
}

TEST_F(SinkTaskTest, ADeadLetterThatCannotBeWrittenFailsTheTaskAndLosesNothing) {
  settings.tolerance_all = true;
  StartTask();
  reports.durable = false;
  Arrive({"a", "bad", "c"});
  ASSERT_TRUE(Turn().ok());
  reports.broken = true;
  EXPECT_EQ(Message(Turn()), "the dead letter queue is gone");
  task->Stop();
  EXPECT_EQ(Committed(), -1);
}

}  // namespace
}  // namespace sluice::task
