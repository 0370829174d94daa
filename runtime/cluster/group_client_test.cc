// The group client against a broker that does what a broker does, and then what it should not.
#include "runtime/cluster/group_client.h"

#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/base/text.h"
#include "runtime/cluster/group_client_fixture.h"
#include "runtime/cluster/kafka_error_code.h"
#include "runtime/cluster/kafka_fake_broker.h"
#include "runtime/cluster/kafka_wire.h"

namespace sluice::cluster {
namespace {

using Kind = KafkaFakeBroker::Reaction::Kind;

TEST_F(GroupClientTest, JoinsLeadsBeatsAndLeaves) {
  StartAndJoin();
  const auto joins = broker_.Requests(KafkaApi::kJoinGroup);
  ASSERT_EQ(joins.size(), 2u);  // the second with the id that the first was given
  EXPECT_EQ(joins[0].member_id, "");
  EXPECT_EQ(joins[1].member_id, "member-1");
  EXPECT_EQ(joins[1].group_id, "workers");
  EXPECT_EQ(joins[1].client_id, "worker-1");
  EXPECT_EQ(joins[1].protocol_type, "connect");
  EXPECT_EQ(joins[1].session_timeout_ms, 60'000);
  EXPECT_EQ(joins[1].rebalance_timeout_ms, 60'000);
  const std::vector<std::pair<std::string, std::string>> protocols{{"sessioned", "here"},
                                                                   {"compatible", "here"}};
  EXPECT_EQ(joins[1].protocols, protocols);
  const Joined joined = told_.LastJoined();
  EXPECT_TRUE(joined.leads());
  EXPECT_EQ(joined.generation, 1);
  EXPECT_EQ(joined.protocol, "sessioned");
  EXPECT_EQ(told_.Events(), (std::vector<std::string>{"rejoin", "lead 1", "assigned for here"}));

  client_->Leave("enough", milliseconds(5'000));
  const auto leaves = broker_.Requests(KafkaApi::kLeaveGroup);
  ASSERT_EQ(leaves.size(), 1u);
  EXPECT_EQ(leaves[0].member_id, "member-1");
  client_->Leave("twice", milliseconds(5'000));
  EXPECT_EQ(broker_.Requests(KafkaApi::kLeaveGroup).size(), 1u);
}

TEST_F(GroupClientTest, FollowsALeader) {
  broker_.Lead("somebody");
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned from the leader"));
  EXPECT_FALSE(told_.LastJoined().leads());
  EXPECT_TRUE(told_.LastJoined().members.empty());
  EXPECT_EQ(told_.Count("lead"), 0u);
  EXPECT_TRUE(broker_.Requests(KafkaApi::kSyncGroup).at(0).assignments.empty());
}

TEST_F(GroupClientTest, JoinsAgainWhenTheCoordinatorAsksAndTheListenerIsReady) {
  std::function<void()> ready;
  Mutex mutex;
  told_.on_rejoin = [&](std::function<void()> call) {
    MutexLock lock(mutex);
    if (told_.Count("rejoin") == 1) return call();
    ready = std::move(call);
  };
  StartAndJoin();
  broker_.AskToRejoin();
  ASSERT_TRUE(told_.WaitFor("rejoin", 2));
  ASSERT_TRUE(told_.WaitForAlive(3));  // beats until it is ready
  EXPECT_EQ(broker_.Requests(KafkaApi::kJoinGroup).size(), 2u);
  {
    MutexLock lock(mutex);
    ready();
    ready();
  }
  ASSERT_TRUE(told_.WaitFor("assigned", 2));
  EXPECT_EQ(told_.LastJoined().generation, 2);
  EXPECT_EQ(Member(), "member-1");
  EXPECT_EQ(told_.Count("lost"), 0u);
}

TEST_F(GroupClientTest, RejoinsOnDemandAndCoalesces) {
  StartAndJoin();
  broker_.Hold(KafkaApi::kJoinGroup);
  client_->Rejoin("the test wants it");
  client_->Rejoin("and again");
  ASSERT_TRUE(broker_.WaitFor(KafkaApi::kJoinGroup, 3));
  told_.metadata = "news";  // read by the JoinGroup to come
  client_->Rejoin("what was sent is old already");
  client_->Rejoin("once more");
  broker_.Release(KafkaApi::kJoinGroup);
  ASSERT_TRUE(told_.WaitFor("assigned for news"));
  EXPECT_EQ(broker_.Requests(KafkaApi::kJoinGroup).size(), 4u);
  EXPECT_EQ(told_.Count("rejoin"), 3u);
}

TEST_F(GroupClientTest, BeatsWhileItsJoinIsPending) {
  StartAndJoin();
  broker_.Hold(KafkaApi::kJoinGroup);
  client_->Rejoin("the test wants it");
  ASSERT_TRUE(broker_.WaitFor(KafkaApi::kJoinGroup, 3));
  EXPECT_TRUE(told_.WaitForAlive(3));
  broker_.Release(KafkaApi::kJoinGroup);
  EXPECT_TRUE(told_.WaitFor("assigned", 2));
}

TEST_F(GroupClientTest, ALeaderThatCannotAssignIsAskedAgain) {
  int calls = 0;
  const auto assign = told_.on_lead;
  told_.on_lead = [&](const Joined& joined) -> GroupRecorder::Assignments {
    if (++calls == 1) return ConnectError("the config topic cannot be read");
    return assign(joined);
  };
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned"));
  EXPECT_EQ(told_.Count("lead"), 2u);
  EXPECT_EQ(told_.Count("rejoin"), 1u);
}

TEST_F(GroupClientTest, IsLostWhenTheCoordinatorForgetsIt) {
  StartAndJoin();
  broker_.Expel();
  ASSERT_TRUE(told_.WaitFor("assigned", 2));
  EXPECT_EQ(Member(), "member-2");
  const std::vector<std::string> events = told_.Events();
  EXPECT_EQ(std::vector<std::string>(events.begin() + 3, events.begin() + 5),
            (std::vector<std::string>{"lost", "rejoin"}));
  EXPECT_NE(told_.LastReason().find("UNKNOWN_MEMBER_ID"), std::string::npos) << told_.LastReason();
}

TEST_F(GroupClientTest, IsLostWhenTheGroupHasGoneOnWithoutIt) {
  StartAndJoin();
  broker_.Next(KafkaApi::kHeartbeat, {Kind::kError, kIllegalGeneration});
  ASSERT_TRUE(told_.WaitFor("assigned", 2));
  EXPECT_EQ(told_.Count("lost"), 1u);
  EXPECT_EQ(Member(), "member-1");  // which the coordinator still knows
}

TEST_F(GroupClientTest, FollowsTheCoordinatorToAnotherBroker) {
  StartAndJoin();
  KafkaFakeBroker other;
  other.Adopt(broker_);
  broker_.SetCoordinator(other.address());
  broker_.Next(KafkaApi::kHeartbeat, {Kind::kError, kNotCoordinator});
  ASSERT_TRUE(other.WaitFor(KafkaApi::kHeartbeat, 3));
  EXPECT_EQ(told_.Count("lost"), 0u);  // it stayed a member all along
  EXPECT_EQ(told_.Count("rejoin"), 1u);
  client_->Leave("enough", milliseconds(5'000));
  EXPECT_EQ(other.Requests(KafkaApi::kLeaveGroup).size(), 1u);
}

TEST_F(GroupClientTest, GivesUpItsMembershipWhenNoHeartbeatIsAnswered) {
  options_.session_timeout = milliseconds(300);
  StartAndJoin();
  broker_.Always(KafkaApi::kHeartbeat, {Kind::kSilence});
  ASSERT_TRUE(told_.WaitFor("lost"));
  EXPECT_NE(told_.LastReason().find("session.timeout.ms=300"), std::string::npos)
      << told_.LastReason();
  broker_.Always(KafkaApi::kHeartbeat, {});
  ASSERT_TRUE(told_.WaitFor("assigned", 2));
}

TEST_F(GroupClientTest, GivesUpItsMembershipAfterItWasStopped) {
  options_.session_timeout = milliseconds(300);
  Mutex mutex;
  CondVar never;
  bool frozen = false;
  told_.on_alive = [&](TimePoint) {  // on the client's thread, which thereby stands still
    MutexLock lock(mutex);
    if (std::exchange(frozen, true)) return;
    const TimePoint until = std::chrono::steady_clock::now() + milliseconds(400);
    while (never.WaitUntil(mutex, until)) {
    }
  };
  Start();
  ASSERT_TRUE(told_.WaitFor("lost"));
  ASSERT_TRUE(told_.WaitFor("rejoin", 2));
}

TEST_F(GroupClientTest, TellsAnOutageOnceAndComesBack) {
  StartAndJoin();
  broker_.SetCoordinator({"127.0.0.1", 1});  // where nobody listens
  broker_.Next(KafkaApi::kHeartbeat, {Kind::kDisconnect});
  ASSERT_TRUE(told_.WaitFor("outage"));
  ASSERT_TRUE(broker_.WaitFor(KafkaApi::kFindCoordinator, 6));
  EXPECT_EQ(told_.Count("outage"), 1u);
  broker_.SetCoordinator(broker_.address());
  ASSERT_TRUE(told_.WaitForAlive(2));
  EXPECT_EQ(told_.Count("lost"), 0u);
  broker_.SetCoordinator({"127.0.0.1", 1});
  broker_.Next(KafkaApi::kHeartbeat, {Kind::kDisconnect});
  ASSERT_TRUE(told_.WaitFor("outage", 2));
}

TEST_F(GroupClientTest, GoesByCanonicalNamesIfItIsToldTo) {
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  char name[NI_MAXHOST];
  ASSERT_EQ(getnameinfo(reinterpret_cast<const sockaddr*>(&local), sizeof(local), name,
                        sizeof(name), nullptr, 0, 0),
            0);
  KafkaFakeBroker dead;
  dead.Stop();
  options_.java["client.dns.lookup"] = "resolve_canonical_bootstrap_servers_only";
  options_.bootstrap_servers = "no.such.host.invalid:1," + ToString(dead.address());
  Start();
  ASSERT_TRUE(told_.WaitFor("outage"));
  const std::string expected = StrCat(name, ":", dead.address().port);
  EXPECT_NE(told_.LastReason().find(expected), std::string::npos) << told_.LastReason();
  client_->Leave("the broker is dead", milliseconds(0));

  options_.bootstrap_servers = ToString(broker_.address());
  Start();
  EXPECT_TRUE(told_.WaitFor("assigned"));
}

TEST_F(GroupClientTest, FindsABrokerThatAnswersAmongThoseThatDoNot) {
  KafkaFakeBroker deaf, dead;
  deaf.Always(KafkaApi::kFindCoordinator, {Kind::kSilence});
  dead.Stop();
  options_.java["socket.connection.setup.timeout.ms"] = "100";
  options_.bootstrap_servers =
      ToString(deaf.address()) + "," + ToString(dead.address()) + "," + ToString(broker_.address());
  Start();
  EXPECT_TRUE(told_.WaitFor("assigned"));
}

struct Rudeness {
  std::string name;
  KafkaApi api;
  KafkaFakeBroker::Reaction reaction;
};

class RudeBrokerTest : public GroupClientTest, public testing::WithParamInterface<Rudeness> {};

TEST_P(RudeBrokerTest, IsOutlived) {
  options_.java["request.timeout.ms"] = "200";
  options_.rebalance_timeout = milliseconds(1);
  for (int i = 0; i < 2; ++i) broker_.Next(GetParam().api, GetParam().reaction);
  Start();
  ASSERT_TRUE(told_.WaitFor("assigned"));
  ASSERT_TRUE(told_.WaitForAlive());
}

std::vector<Rudeness> Rudenesses() {
  const std::vector<std::pair<std::string, KafkaFakeBroker::Reaction>> reactions = {
      {"Disconnects", {Kind::kDisconnect}},
      {"SaysHttp", {Kind::kRaw, 0, "HTTP/1.1 400 Bad Request\r\n\r\n"}},
      {"SaysHalfALength", {Kind::kRaw, 0, std::string("\0\0", 2)}},
      {"ClaimsALot", {Kind::kRaw, 0, std::string("\x03\xff\xff\xff\0\0\0\1xyz", 11)}},
      {"ClaimsLessThanNothing", {Kind::kRaw, 0, std::string("\xff\xff\xff\xff\0\0\0\1", 8)}},
      {"AnswersAnother", {Kind::kRaw, 0, std::string("\0\0\0\4\x7f\0\0\1", 8)}},
      {"SaysNothingAtAll", {Kind::kBody, 0, ""}},
      {"SaysTooMuch", {Kind::kBody, 0, std::string(1000, '\0')}},
      {"SaysNonsense", {Kind::kBody, 0, std::string(1000, '\x7f')}}};
  std::vector<Rudeness> all;
  for (const KafkaApi api : {KafkaApi::kFindCoordinator, KafkaApi::kJoinGroup, KafkaApi::kSyncGroup,
                             KafkaApi::kHeartbeat}) {
    for (const auto& [name, reaction] : reactions) {
      all.push_back({std::string(KafkaApiName(api)) + name, api, reaction});
    }
  }
  for (const KafkaApi api : {KafkaApi::kFindCoordinator, KafkaApi::kHeartbeat}) {
    all.push_back({std::string(KafkaApiName(api)) + "KeepsSilent", api, {Kind::kSilence}});
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, RudeBrokerTest, testing::ValuesIn(Rudenesses()),
                         [](const auto& info) { return info.param.name; });

class LeaveTest : public GroupClientTest, public testing::WithParamInterface<KafkaApi> {};

TEST_P(LeaveTest, WhileARequestIsPending) {
  broker_.Hold(GetParam());
  Start();
  ASSERT_TRUE(broker_.WaitFor(GetParam(), 1));
  client_->Leave("the test wants it", milliseconds(50));
  const size_t events = told_.Events().size();
  broker_.Release(GetParam());
  client_.reset();
  EXPECT_EQ(told_.Events().size(), events);
}
INSTANTIATE_TEST_SUITE_P(At, LeaveTest,
                         testing::Values(KafkaApi::kFindCoordinator, KafkaApi::kJoinGroup,
                                         KafkaApi::kSyncGroup, KafkaApi::kHeartbeat),
                         [](const auto& info) { return std::string(KafkaApiName(info.param)); });

TEST_F(GroupClientTest, LeavesWhileItsJoinIsPending) {
  StartAndJoin();
  broker_.Hold(KafkaApi::kJoinGroup);
  client_->Rejoin("the test wants it");
  ASSERT_TRUE(broker_.WaitFor(KafkaApi::kJoinGroup, 3));
  client_->Leave("enough", milliseconds(5'000));
  EXPECT_EQ(broker_.Requests(KafkaApi::kLeaveGroup).size(), 1u);
}

TEST_F(GroupClientTest, LeavesWhileItWaitsForTheListener) {
  std::function<void()> kept;
  Mutex mutex;
  told_.on_rejoin = [&](std::function<void()> ready) {
    if (told_.Count("rejoin") == 1) return ready();
    MutexLock lock(mutex);
    kept = std::move(ready);
  };
  StartAndJoin();
  broker_.AskToRejoin();
  ASSERT_TRUE(told_.WaitFor("rejoin", 2));
  client_->Leave("enough", milliseconds(5'000));
  EXPECT_EQ(broker_.Requests(KafkaApi::kLeaveGroup).size(), 1u);
  client_.reset();
  MutexLock lock(mutex);
  kept();  // too late, and harmless
}

TEST_F(GroupClientTest, LeavesWithoutABroker) {
  StartAndJoin();
  broker_.Stop();
  client_->Leave("nobody hears it", milliseconds(50));
}

TEST_F(GroupClientTest, LeavesBeforeItHasStarted) {
  auto made = NewGroupClient(options_, told_);
  ASSERT_TRUE(made.ok()) << made.status();
  (*made)->Leave("never mind", milliseconds(50));
  (*made)->Start();
  made->reset();
  EXPECT_TRUE(broker_.Requests(KafkaApi::kFindCoordinator).empty());
}

}  // namespace
}  // namespace sluice::cluster
