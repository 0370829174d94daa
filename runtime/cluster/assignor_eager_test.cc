#include <gtest/gtest.h>

#include <string>

#include "runtime/base/text.h"
#include "runtime/cluster/assignor.h"
#include "runtime/cluster/assignor_fake_group.h"
#include "runtime/cluster/connect_protocol.h"
#include "runtime/storage/cluster_config.h"

namespace sluice::cluster {
namespace {

AssignmentRound EagerRound(const storage::ClusterConfig& config) {
  AssignmentRound round;
  round.generation = 3;
  round.leader_id = "m2";
  round.leader_url = "http://m2/";
  round.config = &config;
  for (const char* id : {"m3", "m1", "m2"}) {
    round.members.push_back({id, {.url = StrCat("http://", id, "/"), .config_offset = 1}});
  }
  return round;
}

TEST(AssignEagerTest, ConnectorsThenTasksGoRound) {
  AssignorFakeGroup group;
  group.Configure("b", 2);
  group.Configure("a", 3);
  const auto answers = AssignEager(EagerRound(group.config()));
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m1").assigned), "a a-1 b-1");
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m2").assigned), "b a-2");
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m3").assigned), "a-0 b-0");
  EXPECT_EQ(answers.at("m3").leader_id, "m2");
  EXPECT_EQ(answers.at("m3").leader_url, "http://m2/");
  EXPECT_EQ(answers.at("m3").config_offset, group.config().offset);
}

TEST(AssignEagerTest, AMemberThatCannotRunOneIsPassedOver) {
  AssignorFakeGroup group;
  group.Configure("a", 2);
  group.Configure("b", 0);
  AssignmentRound round = EagerRound(group.config());
  round.members[1].subscription.cannot_run = {"a"};
  auto answers = AssignEager(round);
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m1").assigned), "");
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m2").assigned), "a a-0");
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m3").assigned), "b a-1");
  for (GroupMember& member : round.members) member.subscription.cannot_run = {"a"};
  answers = AssignEager(round);
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m1").assigned), "b");
  EXPECT_EQ(AssignorFakeGroup::Text(answers.at("m2").assigned), "");
}

TEST(AssignEagerTest, ALeaderThatIsBehindGivesNothing) {
  AssignorFakeGroup group;
  group.Configure("a", 2);
  AssignmentRound round = EagerRound(group.config());
  round.members[0].subscription.config_offset = 9;
  const auto answers = AssignEager(round);
  EXPECT_EQ(answers.at("m1").error, AssignmentError::kConfigMismatch);
  EXPECT_EQ(answers.at("m1").config_offset, 9);
  EXPECT_TRUE(answers.at("m1").assigned.empty());
}

}  // namespace
}  // namespace sluice::cluster
