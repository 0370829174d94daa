#include "runtime/kafka/admin.h"

#include "gtest/gtest.h"
#include "runtime/kafka/mock_cluster.h"

namespace sluice::kafka {
namespace {

TEST(Admin, EndOffsetsAreThoseOfALeaderThatTookOverFromOneThatIsGone) {
  MockCluster cluster(2);
  cluster.CreateTopic("t", 1);
  cluster.MoveLeader("t", 0, 1);
  const auto admin = *NewAdmin(cluster.AdminProperties());
  ASSERT_TRUE(admin->EndOffsets({{"t", 0}}, std::chrono::seconds(20)).ok());  // knows it now
  cluster.SetUp(1, false);
  cluster.MoveLeader("t", 0, 2);
  const auto ends = admin->EndOffsets({{"t", 0}}, std::chrono::seconds(20));
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_EQ(ends->at(0).offset, 0);
}

}  // namespace
}  // namespace sluice::kafka
