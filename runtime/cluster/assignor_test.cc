#include "runtime/cluster/assignor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/cluster/assignor_fake_group.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::cluster {
namespace {

using std::chrono::minutes;

class AssignorTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(StrJoin(group_.violations(), "; "), ""); }

  AssignorFakeGroup group_;
};

// --- who is there, what is configured, what is revoked at once

TEST_F(AssignorTest, AWorkerAloneGetsAllAtOnce) {
  group_.Start({"a"}, 2, 2);
  EXPECT_EQ(group_.Runs("a"), "c0 c1 c0-0 c0-1 c1-0 c1-1");
  EXPECT_EQ(group_.delay(), milliseconds(0));
}

TEST_F(AssignorTest, EachMemberLearnsTheLeaderAndTheOffset) {
  group_.Join("a");
  group_.Join("b");
  group_.Lead("b");
  group_.Configure("c", 1);
  group_.Round();
  for (const char* name : {"a", "b"}) {
    EXPECT_EQ(group_.answer(name).leader_id, "b-1");
    EXPECT_EQ(group_.answer(name).leader_url, "http://b/");
    EXPECT_EQ(group_.answer(name).config_offset, group_.config().offset);
    EXPECT_EQ(group_.answer(name).error, AssignmentError::kNone);
  }
}

TEST_F(AssignorTest, ALeaderThatIsBehindGivesNothingAndForgetsNothing) {
  group_.Start({"a", "b"}, 2, 2);
  const std::string before = group_.All();
  const storage::ClusterConfig old = group_.config();
  group_.Configure("d", 1);
  group_.LeaderHasReadTo(old);
  group_.Leave("b", minutes(1));
  group_.Round();
  EXPECT_EQ(group_.answer("a").error, AssignmentError::kConfigMismatch);
  EXPECT_EQ(group_.answer("a").config_offset, group_.config().offset);
  EXPECT_TRUE(group_.answer("a").assigned.empty());
  EXPECT_TRUE(group_.answer("a").revoked.empty());
  // It reads on and joins again: it still knows what b ran, and waits for it.
  group_.Settle();
  EXPECT_EQ(group_.delay(), minutes(1));
  EXPECT_EQ(group_.Assigned("a"), "d d-0");
}

TEST_F(AssignorTest, OnlyWhatIsNewIsAssigned) {
  group_.Start({"a", "b"}, 2, 2);
  group_.Configure("d", 3);
  group_.Round();
  EXPECT_EQ(group_.Assigned("a"), "d d-0 d-2");
  EXPECT_EQ(group_.Assigned("b"), "d-1");
  EXPECT_EQ(group_.Revoked("a") + group_.Revoked("b"), "");
}

TEST_F(AssignorTest, WhatIsDeletedIsRevokedFromItsOwner) {
  group_.Start({"a", "b"}, 2, 2);
  EXPECT_EQ(group_.All(), "a: c0 c0-0 c1-0 | b: c1 c0-1 c1-1");
  group_.Delete("c0");
  group_.Round();
  EXPECT_EQ(group_.Revoked("a"), "c0 c0-0");
  EXPECT_EQ(group_.Revoked("b"), "c0-1");
  group_.Settle();
  EXPECT_EQ(group_.All(), "a: c1-0 | b: c1 c1-1");
}

TEST_F(AssignorTest, FewerTasksAreRevokedOneByOne) {
  group_.Start({"a"}, 1, 3);
  group_.Configure("c0", 1);
  group_.Round();
  EXPECT_EQ(group_.Revoked("a"), "c0-1 c0-2");
  EXPECT_EQ(group_.Runs("a"), "c0 c0-0");
}

TEST_F(AssignorTest, ANewLeaderRevokesWhatWasDeletedBeforeItsTime) {
  group_.Start({"a", "b"}, 2, 1);
  group_.Delete("c1");
  group_.Lead("b");
  group_.Round();
  EXPECT_EQ(group_.Revoked("a") + group_.Revoked("b"), "c1 c1-0");
}

TEST_F(AssignorTest, WhatHasTwoOwnersIsRevokedFromBothAndGivenOutNextTime) {
  group_.Start({"a", "b"}, 2, 1);
  const std::string of_b = group_.Runs("b");
  group_.BecomeZombie("b");
  group_.Round();
  EXPECT_EQ(group_.Runs("a"), "c0 c1 c0-0 c1-0");
  group_.ZombieComesBack("b");
  group_.Round();
  EXPECT_EQ(group_.Revoked("a"), of_b);
  EXPECT_EQ(group_.Revoked("b"), of_b);
  EXPECT_EQ(group_.Assigned("a") + group_.Assigned("b"), "");
  EXPECT_EQ(group_.Settle(), 1);
  EXPECT_EQ(group_.Connectors(), std::vector<int64_t>({1, 1}));
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({1, 1}));
}

TEST_F(AssignorTest, ARevocationThatDidNotTakeEffectIsSaidAgain) {
  group_.Start({"a"}, 2, 2);
  group_.Join("b");
  group_.Assign();
  EXPECT_EQ(group_.Revoked("a"), "c0 c0-0 c0-1");
  // Nobody got it: a member joined meanwhile. All say that they run what they ran.
  group_.Join("c");
  group_.Assign();
  EXPECT_EQ(group_.Revoked("a"), "c0 c0-0 c0-1");
  EXPECT_EQ(group_.Assigned("b") + group_.Assigned("c"), "");
  group_.DeliverAll();
  group_.Settle();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({2, 1, 1}));
}

// --- balance

TEST_F(AssignorTest, ANewWorkerGetsItsShareAfterTwoRounds) {
  group_.Start({"a", "b"}, 3, 4);
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({6, 6}));
  group_.Join("c");
  group_.Round();
  EXPECT_EQ(group_.Assigned("c"), "");
  EXPECT_EQ(group_.answer("a").revoked.tasks.size(), 2u);
  EXPECT_EQ(group_.answer("b").revoked.tasks.size(), 2u);
  EXPECT_EQ(group_.Settle(), 1);
  EXPECT_EQ(group_.Connectors(), std::vector<int64_t>({1, 1, 1}));
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({4, 4, 4}));
}

TEST_F(AssignorTest, NothingIsRevokedIfNewTasksRestoreTheBalance) {
  group_.Start({"a"}, 1, 3);
  group_.Join("b");
  group_.Configure("d", 3);
  group_.Round();
  EXPECT_EQ(group_.All(), "a: c0 c0-0 c0-1 c0-2 | b: d d-0 d-1 d-2");
}

TEST_F(AssignorTest, DeletedTasksMakeOthersMove) {
  group_.Start({"a", "b"}, 2, 0);
  group_.Configure("x", 4);
  group_.Round();
  group_.Configure("y", 4);
  group_.Round();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({4, 4}));
  group_.Delete("c0");
  group_.Round();
  group_.Settle();
  EXPECT_EQ(group_.Connectors()[0] + group_.Connectors()[1], 3);
  EXPECT_LE(std::abs(group_.Connectors()[0] - group_.Connectors()[1]), 1);
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({4, 4}));
}

TEST_F(AssignorTest, ASecondRevocationInARowWaitsAMoment) {
  group_.Start({"a"}, 0, 0);
  group_.Configure("c", 12);
  group_.Round();
  group_.Join("b");
  group_.Round();
  EXPECT_EQ(group_.answer("a").revoked.tasks.size(), 6u);
  // Another joins as b is to get its share.
  group_.Join("d");
  group_.Round();
  EXPECT_EQ(group_.Revoked("a") + group_.Revoked("b"), "");
  EXPECT_EQ(group_.delay(), milliseconds(40));
  group_.Advance(milliseconds(15));
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(25));
  EXPECT_EQ(group_.Revoked("a") + group_.Revoked("b"), "");
  group_.Advance(milliseconds(25));
  group_.Round();
  EXPECT_EQ(group_.answer("a").revoked.tasks.size(), 2u);
  // And another: now the wait is longer.
  group_.Join("e");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(1'600));
  group_.Settle(AssignorFakeGroup::Until::kNobodyWaits);
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({3, 3, 3, 3}));
  // After a round that wanted none, the next one is free again.
  group_.Round();
  group_.Join("f");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_EQ(group_.Settle(), 1);
  EXPECT_FALSE(group_.Assigned("f").empty());
}

TEST_F(AssignorTest, WithoutADelayRevocationsFollowEachOther) {
  group_ = AssignorFakeGroup(milliseconds(0));
  group_.Start({"a"}, 1, 12);
  group_.Join("b");
  group_.Round();
  group_.Join("d");
  group_.Round();
  EXPECT_EQ(group_.delay(), milliseconds(0));
  EXPECT_NE(group_.Revoked("a"), "");
}

// --- beyond the peer

TEST_F(AssignorTest, TasksAreBalancedByTheirWeight) {
  group_.Join("a");
  group_.Join("b");
  group_.Configure("heavy", 1, 6);
  group_.Configure("light", 6);
  group_.Round();
  EXPECT_EQ(group_.TaskWeights(), std::vector<int64_t>({6, 6}));
  EXPECT_EQ(group_.workers().at("a").running.tasks.size(), 1u);
}

TEST_F(AssignorTest, AWeightThatIsNoneCountsAsOne) {
  group_.Join("a");
  group_.Join("b");
  group_.Configure("x", 1, 0);
  group_.Configure("y", 1, -7);
  group_.Round();
  EXPECT_EQ(group_.All(), "a: x x-0 | b: y y-0");
}

TEST_F(AssignorTest, AMemberGetsNothingThatItCannotRun) {
  group_.Join("a", {"x"});
  group_.Join("b");
  group_.Configure("x", 3);
  group_.Configure("y", 3);
  group_.Round();
  EXPECT_EQ(group_.All(), "a: y y-0 y-1 y-2 | b: x x-0 x-1 x-2");
}

TEST_F(AssignorTest, WhatNobodyCanRunStaysUnassignedUntilSomebodyCan) {
  group_.Join("a", {"x"});
  group_.Configure("x", 2);
  group_.Configure("y", 1);
  group_.Round();
  EXPECT_EQ(group_.Runs("a"), "y y-0");
  EXPECT_EQ(group_.Settle(), 0);
  group_.Join("b");
  group_.Round();
  EXPECT_EQ(group_.Runs("b"), "x x-0 x-1");
}

TEST_F(AssignorTest, WhatAMemberCannotRunAnyMoreGoesToAnother) {
  group_.Start({"a", "b"}, 2, 1);
  EXPECT_EQ(group_.All(), "a: c0 c0-0 | b: c1 c1-0");
  group_.CannotRun("a", {"c0"});
  group_.Round();
  EXPECT_EQ(group_.Revoked("a"), "c0 c0-0");
  EXPECT_EQ(group_.Settle(), 1);
  EXPECT_EQ(group_.Runs("b"), "c0 c0-0");
  EXPECT_EQ(group_.Runs("a"), "c1 c1-0");
}

TEST_F(AssignorTest, AGroupThatIsAtRestStaysSoUnderAnotherLeader) {
  group_.Start({"a", "b", "c"}, 5, 3);
  const std::string before = group_.All();
  for (const char* leader : {"b", "c", "a"}) {
    group_.Lead(leader);
    group_.Round();
    EXPECT_EQ(group_.Settle(), 0);
    EXPECT_EQ(group_.All(), before);
  }
}

}  // namespace
}  // namespace sluice::cluster
