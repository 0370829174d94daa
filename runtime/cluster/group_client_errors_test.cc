// What the client does about each error code that a broker may answer.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "runtime/cluster/group_client_fixture.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {
namespace {

using Kind = KafkaFakeBroker::Reaction::Kind;

struct JoinError {
  int16_t code;
  bool forgets;  // joins as a new member then
};

class JoinErrorTest : public GroupClientTest, public testing::WithParamInterface<JoinError> {};

TEST_P(JoinErrorTest, IsOvercomeWhileJoiningAgain) {
  StartAndJoin();
  broker_.Next(KafkaApi::kJoinGroup, {Kind::kError, GetParam().code});
  client_->Rejoin("the test wants it");
  ASSERT_TRUE(told_.WaitFor("assigned", 2));
  EXPECT_EQ(Member(), GetParam().forgets ? "member-2" : "member-1");
  EXPECT_EQ(told_.Count("lost"), GetParam().forgets ? 1u : 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Codes, JoinErrorTest,
    testing::Values(
        JoinError{kCoordinatorLoadInProgress, false}, JoinError{kCoordinatorNotAvailable, false},
        JoinError{kNotCoordinator, false}, JoinError{kRebalanceInProgress, false},
        JoinError{kUnknownMemberId, true}, JoinError{kFencedInstanceId, true},
        JoinError{kInconsistentGroupProtocol, false}, JoinError{kGroupAuthorizationFailed, false},
        JoinError{kGroupMaxSizeReached, false}, JoinError{kInvalidSessionTimeout, false},
        JoinError{kMemberIdRequired, true}, JoinError{-1, false}, JoinError{12345, false}),
    [](const auto& info) {
      const std::string name = KafkaErrorName(info.param.code);
      return name.starts_with("error") ? std::string("UNKNOWN") : name;
    });

class SyncErrorTest : public GroupClientTest, public testing::WithParamInterface<JoinError> {};

TEST_P(SyncErrorTest, IsOvercome) {
  broker_.Next(KafkaApi::kSyncGroup, {Kind::kError, GetParam().code});
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned"));
  EXPECT_EQ(Member(), GetParam().forgets ? "member-2" : "member-1");
}

INSTANTIATE_TEST_SUITE_P(
    Codes, SyncErrorTest,
    testing::Values(JoinError{kCoordinatorLoadInProgress, false},
                    JoinError{kCoordinatorNotAvailable, false}, JoinError{kNotCoordinator, false},
                    JoinError{kRebalanceInProgress, false}, JoinError{kIllegalGeneration, false},
                    JoinError{kUnknownMemberId, true}, JoinError{kFencedInstanceId, true},
                    JoinError{kGroupAuthorizationFailed, false}, JoinError{12345, false}),
    [](const auto& info) {
      const std::string name = KafkaErrorName(info.param.code);
      return name.starts_with("error") ? std::string("UNKNOWN") : name;
    });

struct BeatError {
  int16_t code;
  bool loses, forgets;
};

class BeatErrorTest : public GroupClientTest, public testing::WithParamInterface<BeatError> {};

TEST_P(BeatErrorTest, IsOvercome) {
  StartAndJoin();
  broker_.Next(KafkaApi::kHeartbeat, {Kind::kError, GetParam().code});
  const size_t beats = broker_.Requests(KafkaApi::kHeartbeat).size();
  if (GetParam().loses) {
    ASSERT_TRUE(told_.WaitFor("assigned", 2));
  }
  ASSERT_TRUE(broker_.WaitFor(KafkaApi::kHeartbeat, beats + 2));
  EXPECT_EQ(told_.Count("lost"), GetParam().loses ? 1u : 0u);
  EXPECT_EQ(Member(), GetParam().forgets ? "member-2" : "member-1");
  if (GetParam().loses) {
    EXPECT_NE(told_.LastReason().find(KafkaErrorName(GetParam().code)), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Codes, BeatErrorTest,
                         testing::Values(BeatError{kCoordinatorLoadInProgress, false, false},
                                         BeatError{kCoordinatorNotAvailable, false, false},
                                         BeatError{kNotCoordinator, false, false},
                                         BeatError{kGroupAuthorizationFailed, false, false},
                                         BeatError{kIllegalGeneration, true, false},
                                         BeatError{kUnknownMemberId, true, true},
                                         BeatError{kFencedInstanceId, true, true},
                                         BeatError{-1, false, false},
                                         BeatError{12345, false, false}),
                         [](const auto& info) {
                           const std::string name = KafkaErrorName(info.param.code);
                           return name.starts_with("error") ? std::string("UNKNOWN") : name;
                         });

class FindErrorTest : public GroupClientTest, public testing::WithParamInterface<int16_t> {};

TEST_P(FindErrorTest, IsOvercome) {
  broker_.Next(KafkaApi::kFindCoordinator, {Kind::kError, GetParam()});
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned"));
  EXPECT_GE(broker_.Requests(KafkaApi::kFindCoordinator).size(), 2u);
  EXPECT_EQ(told_.Count("lost"), 0u);
}

INSTANTIATE_TEST_SUITE_P(Codes, FindErrorTest,
                         testing::Values(kCoordinatorLoadInProgress, kCoordinatorNotAvailable,
                                         kNotCoordinator, kGroupAuthorizationFailed,
                                         kInvalidGroupId, int16_t{-1}, int16_t{12345}),
                         [](const auto& info) {
                           const std::string name = KafkaErrorName(info.param);
                           return name.starts_with("error") ? std::string("UNKNOWN") : name;
                         });

}  // namespace
}  // namespace sluice::cluster
