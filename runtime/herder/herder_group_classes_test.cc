// Workers that lack a class which a connector of their group names: nothing of it starts there.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/herder/group_test.h"

namespace sluice::herder {
namespace {

class GroupClassesTest : public GroupTest {
 protected:
  GroupClassesTest() {
    group_.Add("w1");
    Settle();
    group_.Add("w2", "sessioned", {"FakeSink"});
    Settle();
  }
  // How often w2 has begun to start it; to find its class is the first thing that a start does.
  int64_t Starts(const std::string& connector) {
    const Calls& asked = w2().calls.asked;
    return std::count(asked.begin(), asked.end(), "find the class of " + connector);
  }
  GroupWorker& w1() { return *group_.workers.at("w1"); }
  GroupWorker& w2() { return *group_.workers.at("w2"); }
};

TEST_F(GroupClassesTest, ANewConnectorNeverStartsWhereItsClassIsMissing) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(Put("w1", name, 2, "FakeSink").ok());
  Settle();
  EXPECT_EQ(Where(), "w1: a a-0 a-1 b b-0 b-1 c c-0 c-1; w2:");
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(Starts(name), 0) << name;
  EXPECT_TRUE(w2().supervisor.calls.empty());
  ASSERT_TRUE(Put("w1", "d", 2).ok());  // of a class that it has
  Settle();
  EXPECT_EQ(Where(), "w1: a a-0 a-1 b b-0 b-1 c c-0 c-1; w2: d d-0 d-1");
  EXPECT_EQ(Starts("d"), 1);
}

// The leader gives it what it has not read of yet.
TEST_F(GroupClassesTest, NorWhereItIsHeardOfByTheAssignmentOnly) {
  w2().SetSlow();
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(Put("w1", name, 2, "FakeSink").ok());
  Settle();
  EXPECT_EQ(Where(), "w1: a a-0 a-1 b b-0 b-1 c c-0 c-1; w2:");
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(Starts(name), 0) << name;
  EXPECT_TRUE(w2().supervisor.calls.empty());
}

TEST_F(GroupClassesTest, AReconfiguredConnectorNeverStartsWhereItsNewClassIsMissing) {
  for (const char* name : {"a", "b"}) ASSERT_TRUE(Put("w1", name, 1).ok());
  Settle();
  ASSERT_EQ(w2().plugins.running.size(), 1u);
  const std::string name = *w2().plugins.running.begin();
  ASSERT_EQ(Starts(name), 1);
  ASSERT_TRUE(Put("w1", name, 1, "FakeSink").ok());
  Settle();
  EXPECT_EQ(Starts(name), 1);
  EXPECT_TRUE(w1().plugins.running.contains(name));
  EXPECT_EQ(w1().Config().Config(name)->Get("connector.class"), "FakeSink");
}

TEST_F(GroupClassesTest, AJoinWaitsForTheLookButNotForLong) {
  ASSERT_TRUE(Put("w1", "x", 1).ok());
  Settle();
  ASSERT_TRUE(w1().plugins.running.contains("x"));  // the next one is for w2
  w2().calls.hold_aside = true;
  ASSERT_TRUE(Put("w1", "a", 1, "FakeSink").ok());
  group_.Run([this] { CheckOwners(); });
  EXPECT_FALSE(group_.coordinator.stable());
  group_.clock.Advance(cluster::kLookTime - milliseconds(1));
  group_.Run([this] { CheckOwners(); });
  EXPECT_FALSE(group_.coordinator.stable());
  w2().calls.ReleaseAside();
  Settle();
  EXPECT_EQ(Starts("a"), 0);
  EXPECT_TRUE(w1().plugins.running.contains("a"));
  ASSERT_TRUE(Put("w1", "y", 1).ok());
  Settle();
  ASSERT_EQ(w1().plugins.running.size(), 2u);  // so again the next one is for w2
  // A look that hangs: taken to be there, until it is known better.
  w2().calls.hold_aside = true;
  ASSERT_TRUE(Put("w1", "b", 1, "FakeSink").ok());
  for (int i = 0; i < 5; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run([this] { CheckOwners(); });
  }
  EXPECT_TRUE(group_.coordinator.stable());
  EXPECT_EQ(Starts("b"), 1);
  w2().calls.ReleaseAside();
  Settle();
  EXPECT_TRUE(w1().plugins.running.contains("b"));
}

TEST_F(GroupClassesTest, ARestartOfWhatNobodyCanRunSaysSo) {
  ASSERT_TRUE(Put("w1", "a", 1, "FakeSink").ok());
  Settle();
  group_.Leave("w1");
  Settle();
  ASSERT_TRUE(w2().Runs().empty());
  const Status connector =
      Ask("w2", [](GroupWorker& at, const Done& done) { at.herder->RestartConnector("a", done); });
  EXPECT_EQ(Message(connector).find("Connector a runs nowhere: no worker of the group has every"),
            0u)
      << connector;
  EXPECT_EQ(connector.code(), ConnectError("").code());  // 500: to try again is no use
  const Status task =
      Ask("w2", [](GroupWorker& at, const Done& done) { at.herder->RestartTask("a", 0, done); });
  EXPECT_EQ(Message(task).find("Connector a runs nowhere"), 0u) << task;
}

TEST_F(GroupClassesTest, ARestartOfWhatAwaitsItsWorkerSaysSo) {
  for (const char* name : {"a", "b"}) ASSERT_TRUE(Put("w1", name, 1).ok());
  Settle();
  const std::string name = *w2().plugins.running.begin();
  w2().statuses().PutLeaving("w2:8083", w2().membership().generation(), milliseconds(60'000));
  group_.Leave("w2");
  Settle();
  const Status status = Ask(
      "w1", [name](GroupWorker& at, const Done& done) { at.herder->RestartConnector(name, done); });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);  // 409
  EXPECT_NE(Message(status).find(" waits for the worker that ran it, which has left and said"),
            std::string::npos)
      << status;
}

}  // namespace
}  // namespace sluice::herder
