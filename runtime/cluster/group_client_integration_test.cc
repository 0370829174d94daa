// Workers' clients in one group on a real broker, whose address is in SLUICE_KAFKA.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/group_client_recorder.h"

namespace sluice::cluster {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What Kafka's own tool says of all groups.
std::string ListGroups(const std::string& broker) {
  const std::string command =
      StrCat("java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '",
             Environment("SLUICE_KAFKA_HOME"), "/*' org.apache.kafka.tools.GroupsCommand ",
             "--list --bootstrap-server ", broker, " 2>&1");
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::array<char, 4096> piece;
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) out += piece.data();
  pclose(pipe);
  return out;
}

class RealGroupTest : public testing::Test {
 protected:
  struct Worker {
    GroupRecorder told;
    std::unique_ptr<GroupClient> client;
  };

  void SetUp() override {
    broker_ = Environment("SLUICE_KAFKA");
    ASSERT_FALSE(broker_.empty()) << "set SLUICE_KAFKA to the address of a broker";
    group_ = StrCat("group-", Clock::System().WallMillis());
  }
  void TearDown() override {
    for (const auto& worker : workers_) worker->client->Leave("the test is over", kTimeout);
  }
  Worker& Add() {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
    GroupClientOptions options;
    options.group_id = group_;
    options.client_id = StrCat("worker-", workers_.size());
    options.bootstrap_servers = broker_;
    options.session_timeout = milliseconds(6'000);  // the least that a broker takes
    options.heartbeat_interval = milliseconds(200);
    worker.told.metadata = options.client_id;
    auto made = NewGroupClient(options, worker.told);
    EXPECT_TRUE(made.ok()) << made.status();
    worker.client = *std::move(made);
    worker.client->Start();
    return worker;
  }

  static constexpr milliseconds kTimeout{5'000};
  std::string broker_, group_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(RealGroupTest, GrowsShrinksAndOutlivesADeath) {
  Worker& first = Add();
  ASSERT_TRUE(first.told.WaitFor("assigned for worker-1"));
  EXPECT_TRUE(first.told.LastJoined().leads());
  EXPECT_EQ(first.told.LastJoined().protocol, "sessioned");

  Worker& second = Add();
  ASSERT_TRUE(second.told.WaitFor("assigned for worker-2"));
  ASSERT_TRUE(first.told.WaitFor("assigned for worker-1", 2));
  EXPECT_EQ(second.told.LastJoined().leader_id, first.told.LastJoined().member_id);
  EXPECT_EQ(second.told.LastJoined().generation, first.told.LastJoined().generation);
  EXPECT_EQ(first.told.LastJoined().members.size(), 2u);
  ASSERT_TRUE(second.told.WaitForAlive(3));

  Worker& third = Add();
  ASSERT_TRUE(third.told.WaitFor("assigned for worker-3"));
  ASSERT_TRUE(first.told.WaitFor("lead 3"));
  ASSERT_TRUE(second.told.WaitFor("assigned for worker-2", 2));

  const std::string groups = ListGroups(broker_);
  const size_t line = groups.find(group_);
  ASSERT_NE(line, std::string::npos) << groups;
  const std::string ours = groups.substr(line, groups.find('\n', line) - line);
  EXPECT_NE(ours.find("Classic"), std::string::npos) << ours;
  EXPECT_NE(ours.find("connect"), std::string::npos) << ours;

  const size_t twos = first.told.Count("lead 2");
  third.client->Leave("", milliseconds(0));  // says nothing: the session has to end
  ASSERT_TRUE(first.told.WaitFor("lead 2", twos + 1));
  ASSERT_TRUE(second.told.WaitFor("assigned for worker-2", 3));

  const size_t ones = first.told.Count("lead 1");
  first.client->Rejoin("the test wants it");
  ASSERT_TRUE(second.told.WaitFor("assigned for worker-2", 4));
  second.client->Leave("enough", kTimeout);
  ASSERT_TRUE(first.told.WaitFor("lead 1", ones + 1));
  EXPECT_EQ(first.told.Count("lost") + second.told.Count("lost"), 0u);
}

TEST_F(RealGroupTest, TheLeaderLeavesAndAnotherTakesOver) {
  Worker& first = Add();
  ASSERT_TRUE(first.told.WaitFor("assigned for worker-1"));
  Worker& second = Add();
  ASSERT_TRUE(second.told.WaitFor("assigned for worker-2"));
  first.client->Leave("enough", kTimeout);
  ASSERT_TRUE(second.told.WaitFor("lead 1"));
  ASSERT_TRUE(second.told.WaitFor("assigned for worker-2", 2));
  EXPECT_EQ(second.told.Count("lost"), 0u);
}

}  // namespace
}  // namespace sluice::cluster
