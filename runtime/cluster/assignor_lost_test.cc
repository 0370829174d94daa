// What is lost when a worker goes, and which workers are waited for.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/cluster/assignor_fake_group.h"

namespace sluice::cluster {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class AssignorLostTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(StrJoin(group_.violations(), "; "), ""); }

  AssignorFakeGroup group_;
};

TEST_F(AssignorLostTest, WhatACrashedWorkerRanMovesAtOnce) {
  group_.Start({"a", "b", "c"}, 3, 3);
  const std::string of_b = group_.Runs("b");
  group_.Crash("c");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.Revoked("a") + group_.Revoked("b"), "");
  EXPECT_EQ(group_.Settle(), 0);
  EXPECT_TRUE(group_.Runs("b").starts_with(of_b.substr(0, 2))) << of_b;
  std::vector<int64_t> tasks = group_.TaskWeights();
  std::sort(tasks.begin(), tasks.end());
  EXPECT_EQ(tasks, std::vector<int64_t>({4, 5}));
}

// What the others had all along stays where it is.
TEST_F(AssignorLostTest, AWorkerThatReturnsGetsBackWhatItHad) {
  group_.Start({"a", "b", "c"}, 3, 5);
  const std::string before = group_.All();
  for (const std::string name : {"c", "b"}) {
    group_.Leave(name);
    group_.Round();
    group_.Join(name);
    group_.Round();
    group_.Settle();
    EXPECT_EQ(group_.All(), before);
  }
}

TEST_F(AssignorLostTest, ALeaveWithoutAWordIsLikeACrash) {
  group_.Start({"a", "b"}, 1, 4);
  group_.Leave("b");
  group_.Round();
  EXPECT_EQ(group_.Runs("a"), "c0 c0-0 c0-1 c0-2 c0-3");
}

TEST_F(AssignorLostTest, WhatAMemberNeverGotIsGivenAgain) {
  group_.Start({"a", "b"}, 2, 2);
  group_.Configure("d", 2);
  group_.Assign();
  group_.Deliver("a");
  group_.Round();  // b says that it runs what it ran before
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({3, 3}));
}

TEST_F(AssignorLostTest, AWorkerThatCrashesBeforeItHasItsAssignmentLosesIt) {
  group_.Start({"a"}, 2, 2);
  group_.Join("b");
  group_.Round();   // revoked from a
  group_.Assign();  // given to b
  EXPECT_EQ(group_.Assigned("b"), "c0 c0-0 c0-1");
  group_.Deliver("a");
  group_.Crash("b");
  group_.Round();
  EXPECT_EQ(group_.Assigned("a"), "c0 c0-0 c0-1");
}

TEST_F(AssignorLostTest, AnAnnouncedWorkerIsWaitedFor) {
  group_.Start({"a", "b"}, 2, 2);
  const std::string before = group_.All();
  group_.Leave("b", minutes(2));
  group_.Round();
  EXPECT_EQ(group_.delay(), minutes(2));
  EXPECT_EQ(group_.Assigned("a"), "");
  // Another rebalance meanwhile leaves it so.
  group_.Advance(seconds(50));
  group_.Round();
  EXPECT_EQ(group_.delay(), seconds(70));
  EXPECT_EQ(group_.Assigned("a"), "");
  // It gets back what it had, as a new member.
  group_.Join("b");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.Revoked("a"), "");
  EXPECT_EQ(group_.Settle(), 0);
  EXPECT_EQ(group_.All(), before);
}

// The one that leads next has not seen it leave.
TEST_F(AssignorLostTest, TheLeaderItselfIsWaitedFor) {
  group_.Start({"a", "b", "c"}, 3, 3);
  const std::string before = group_.All();
  group_.Leave("a", minutes(2));
  group_.Round();
  EXPECT_EQ(group_.leader(), "b");
  EXPECT_EQ(group_.delay(), minutes(2));
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({3, 3}));
  // What is new goes to those who are there, and stays with them.
  group_.Configure("d", 2);
  group_.Round();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({4, 4}));
  group_.Delete("d");
  group_.Round();
  group_.Join("a");
  group_.Round();
  EXPECT_EQ(group_.Settle(), 0);
  EXPECT_EQ(group_.All(), before);
}

TEST_F(AssignorLostTest, OneLeaderAfterTheOtherRestarts) {
  group_.Start({"a", "b", "c"}, 3, 3);
  const std::string before = group_.All();
  for (const std::string name : {"a", "b", "c"}) {
    group_.Lead(name);
    group_.Round();
    group_.Leave(name, minutes(1));
    group_.Round();
    group_.Join(name);
    group_.Round();
    group_.Settle();
    EXPECT_EQ(group_.All(), before) << name;
  }
}

TEST_F(AssignorLostTest, ALeaderThatDoesNotComeBackInTimeLosesItsTasks) {
  group_.Start({"a", "b"}, 2, 2);
  group_.Leave("a", seconds(90));
  group_.Round();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({2}));
  group_.Advance(seconds(90));
  group_.Round();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({4}));
}

TEST_F(AssignorLostTest, AWorkerThatDoesNotComeBackInTimeLosesItsTasks) {
  group_.Start({"a", "b", "c"}, 3, 3);
  group_.Leave("c", seconds(90));
  group_.Round();
  group_.Advance(milliseconds(89'999));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(1));
  EXPECT_EQ(group_.Connectors(), std::vector<int64_t>({1, 1}));
  group_.Advance(milliseconds(1));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(std::max(group_.Connectors()[0], group_.Connectors()[1]), 2);
  EXPECT_EQ(group_.TaskWeights()[0] + group_.TaskWeights()[1], 9);
  // Too late: it is a new worker now.
  group_.Join("c");
  group_.Round();
  group_.Settle();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({3, 3, 3}));
}

TEST_F(AssignorLostTest, TheDelayIsRoundedUpSoThatNobodyComesTooEarly) {
  group_.Start({"a", "b"}, 2, 0);
  group_.Leave("b", milliseconds(3));
  group_.Advance(std::chrono::microseconds(1'500));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(2));
  group_.Settle(AssignorFakeGroup::Until::kNobodyWaits);
  EXPECT_EQ(group_.Runs("a"), "c0 c1");
}

TEST_F(AssignorLostTest, NobodyIsWaitedForLongerThanTheMaximalDelay) {
  group_.Start({"a", "b"}, 2, 2);
  group_.Leave("b", minutes(60));
  group_.Round();
  EXPECT_EQ(group_.delay(), minutes(5));
  group_.Advance(minutes(4));
  group_.Round();
  EXPECT_EQ(group_.delay(), minutes(1));
  group_.Advance(minutes(1));
  group_.Round();
  EXPECT_EQ(group_.Runs("a"), "c0 c1 c0-0 c0-1 c1-0 c1-1");
}

TEST_F(AssignorLostTest, WithoutADelayNobodyIsWaitedFor) {
  group_ = AssignorFakeGroup(milliseconds(0));
  group_.Start({"a", "b"}, 2, 2);
  group_.Leave("b", minutes(1));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.Runs("a"), "c0 c1 c0-0 c0-1 c1-0 c1-1");
}

TEST_F(AssignorLostTest, TwoThatLeftAreWaitedForEachToItsTime) {
  group_.Start({"a", "b", "c"}, 3, 0);
  group_.Leave("b", minutes(1));
  group_.Leave("c", minutes(3));
  group_.Round();
  EXPECT_EQ(group_.delay(), minutes(1));
  group_.Advance(minutes(1));
  group_.Round();
  EXPECT_EQ(group_.Runs("a"), "c0 c1");
  EXPECT_EQ(group_.delay(), minutes(2));
  group_.Join("c");
  group_.Round();
  EXPECT_EQ(group_.Runs("c"), "c2");
}

TEST_F(AssignorLostTest, WhileOneIsWaitedForNothingElseMovesAndNewTasksAreAssigned) {
  group_.Start({"a", "b"}, 4, 2);
  group_.Leave("b", minutes(1));
  group_.Join("c");
  group_.Configure("d", 2);
  group_.Round();
  EXPECT_EQ(group_.Revoked("a"), "");
  EXPECT_EQ(group_.Runs("c"), "d d-0 d-1");
  EXPECT_EQ(group_.delay(), minutes(1));
}

TEST_F(AssignorLostTest, WhatIsDeletedIsNotWaitedFor) {
  group_.Start({"a", "b"}, 2, 0);
  group_.Leave("b", minutes(1));
  group_.Round();
  group_.Delete("c1");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.All(), "a: c0");
}

TEST_F(AssignorLostTest, AWorkerThatHadNothingIsNotWaitedFor) {
  group_.Start({"a", "b"}, 1, 0);
  group_.Leave("b", minutes(1));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
}

TEST_F(AssignorLostTest, WhatWasNotYetGivenToAWorkerThatLeavesIsNotWaitedFor) {
  group_.Start({"a"}, 2, 0);
  group_.Join("b");
  group_.Round();  // c0 is revoked from a, to go to b
  group_.Leave("b", minutes(1));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.Runs("a"), "c0 c1");
}

TEST_F(AssignorLostTest, ARoundThatFailedDoesNotEndTheWaiting) {
  group_.Start({"a", "b"}, 2, 2);
  const std::string before = group_.All();
  group_.Leave("b", minutes(2));
  group_.Assign();  // nobody gets it
  group_.Advance(minutes(1));
  group_.Round();
  EXPECT_EQ(group_.delay(), minutes(1));
  EXPECT_EQ(group_.Assigned("a"), "");
  group_.Join("b");
  group_.Round();
  EXPECT_EQ(group_.All(), before);
}

TEST_F(AssignorLostTest, AWorkerThatCameBackBeforeItWasMissedGetsWhatItHad) {
  group_.Start({"a", "b", "c"}, 3, 3);
  const std::string before = group_.All();
  group_.Crash("b");
  group_.Join("b");
  group_.Round();
  EXPECT_EQ(group_.Settle(), 0);
  EXPECT_EQ(group_.All(), before);
}

TEST_F(AssignorLostTest, ANewLeaderGivesAllThatNobodyRunsAndNobodyIsExpectedFor) {
  group_.Start({"a", "b", "c"}, 3, 3);
  group_.Leave("c");
  group_.Lead("b");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.TaskWeights()[0] + group_.TaskWeights()[1], 9);
  EXPECT_EQ(group_.Revoked("a") + group_.Revoked("b"), "");
}

// By which `d` would be new.
TEST_F(AssignorLostTest, AMemoryOfAnEarlierLeadershipIsDropped) {
  group_.Start({"a", "b", "c"}, 3, 0);
  EXPECT_EQ(group_.All(), "a: c0 | b: c1 | c: c2");
  group_.Lead("b");
  group_.Round();
  group_.Delete("c2");
  group_.Round();
  group_.Configure("d", 0);
  group_.Round();
  EXPECT_EQ(group_.All(), "a: c0 | b: c1 | c: d");
  group_.Lead("a");
  group_.Leave("c", minutes(1));
  group_.Round();
  EXPECT_EQ(group_.delay(), minutes(1));
  EXPECT_EQ(group_.Assigned("a"), "");
}

}  // namespace
}  // namespace sluice::cluster
