// A group client beside a fake broker, for its tests.
#ifndef SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_FIXTURE_H_
#define SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/group_client_recorder.h"
#include "runtime/cluster/kafka_fake_broker.h"

namespace sluice::cluster {

class GroupClientTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.group_id = "workers";
    options_.client_id = "worker-1";
    options_.bootstrap_servers = ToString(broker_.address());
    options_.heartbeat_interval = milliseconds(20);
    options_.session_timeout = milliseconds(60'000);
    options_.java = {{"retry.backoff.ms", "1"}, {"reconnect.backoff.max.ms", "5"}};
  }
  void TearDown() override {
    if (client_ != nullptr) client_->Leave("the test is over", milliseconds(5'000));
  }
  void Start() {
    auto made = NewGroupClient(options_, told_);
    ASSERT_TRUE(made.ok()) << made.status();
    client_ = *std::move(made);
    client_->Start();
  }
  void StartAndJoin() {
    Start();
    ASSERT_TRUE(told_.WaitFor("assigned for here"));
    ASSERT_TRUE(told_.WaitForAlive());
  }
  std::string Member() { return told_.LastJoined().member_id; }

  KafkaFakeBroker broker_;
  GroupRecorder told_;
  GroupClientOptions options_;
  std::unique_ptr<GroupClient> client_;
};

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_GROUP_CLIENT_FIXTURE_H_
