// Several workers of one group: what runs where, through joins, leaves, crashes and partitions.
#include <gtest/gtest.h>

#include "runtime/herder/group_test.h"

namespace sluice::herder {
namespace {

TEST_F(GroupTest, TheFirstWorkerLeadsAndRunsAll) {
  group_.Add("w1");
  Settle();
  EXPECT_TRUE(group_.workers.at("w1")->membership().IsLeader());
  ASSERT_TRUE(Put("w1", "a", 2).ok());
  Settle();
  EXPECT_EQ(Where(), "w1: a a-0 a-1");
}

TEST_F(GroupTest, ANewWorkerGetsItsShareAndNothingElseMoves) {
  group_.Add("w1");
  Settle();
  ASSERT_TRUE(Put("w1", "a", 2).ok());
  ASSERT_TRUE(Put("w1", "b", 2).ok());
  Settle();
  group_.workers.at("w1")->supervisor.calls.clear();
  group_.Add("w2");
  Settle();
  EXPECT_EQ(group_.workers.at("w1")->plugins.running.size(), 1u);
  EXPECT_EQ(group_.workers.at("w2")->supervisor.running.size(), 2u);
  EXPECT_EQ(group_.workers.at("w1")->supervisor.calls.size(), 2u);  // two stops, no start
}

TEST_F(GroupTest, AFollowerSendsToTheLeader) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  Settle();
  ASSERT_TRUE(Put("w2", "a", 1).ok());
  Settle();
  // Its connector runs on the follower by and by, whose task configs go to the leader.
  ASSERT_TRUE(Put("w2", "b", 3).ok());
  Settle();
  EXPECT_EQ(group_.workers.at("w1")->Config().Tasks("b").size(), 3u);
  EXPECT_EQ(group_.workers.at("w1")->plugins.running.size(), 1u);
  EXPECT_EQ(group_.workers.at("w2")->plugins.running.size(), 1u);
}

TEST_F(GroupTest, WhatACrashedWorkerRanMovesAtTheSessionTimeout) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  ASSERT_EQ(group_.workers.at("w2")->supervisor.running.size(), 2u);
  group_.Crash("w2");
  for (int i = 0; i < 9; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run([this] { CheckOwners(); });
    EXPECT_EQ(group_.workers.at("w1")->supervisor.running.size(), 2u);
  }
  group_.clock.Advance(milliseconds(1000));
  group_.Run([this] { CheckOwners(); });
  EXPECT_EQ(group_.workers.at("w1")->supervisor.running.size(), 4u);
}

// The leader has not read of it yet when the group begins its round.
TEST_F(GroupTest, AWorkerThatSaysWhenItIsBackFindsItsTasks) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  const auto own = group_.workers.at("w2")->Runs();
  group_.workers.at("w1")->SetSlow();
  GroupWorker& w2 = *group_.workers.at("w2");
  w2.statuses().PutLeaving("w2:8083", w2.membership().generation(), milliseconds(30'000));
  group_.Leave("w2");
  for (int i = 0; i < 20; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run([this] { CheckOwners(); });
    ASSERT_EQ(group_.workers.at("w1")->supervisor.running.size(), 2u);
  }
  group_.Add("w2");
  Settle();
  EXPECT_EQ(group_.workers.at("w2")->Runs(), own);
  EXPECT_EQ(group_.workers.at("w1")->supervisor.running.size(), 2u);
}

TEST_F(GroupTest, AnotherWeightMovesWhatItMust) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 1).ok());
  ASSERT_TRUE(Put("w1", "b", 3).ok());
  Settle();
  const auto tasks_beside_a = [this] {
    for (const auto& [name, worker] : group_.workers) {
      if (worker->supervisor.running.contains({"a", 0})) return worker->supervisor.running.size();
    }
    return size_t{0};
  };
  EXPECT_EQ(tasks_beside_a(), 2u);
  ASSERT_TRUE(Put("w1", "a", 1, "Fake", 3).ok());
  Settle();
  EXPECT_EQ(tasks_beside_a(), 1u);
  ASSERT_TRUE(Put("w1", "a", 1).ok());
  Settle();
  EXPECT_EQ(tasks_beside_a(), 2u);
}

// Whoever leads then has not seen what it ran.
TEST_F(GroupTest, ALeaderThatSaysWhenItIsBackFindsItsTasks) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  GroupWorker& w1 = *group_.workers.at("w1");
  ASSERT_TRUE(w1.membership().IsLeader());
  const auto own = w1.Runs();
  w1.statuses().PutLeaving("w1:8083", w1.membership().generation(), milliseconds(30'000));
  group_.Leave("w1");
  for (int i = 0; i < 20; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run([this] { CheckOwners(); });
    ASSERT_EQ(group_.workers.at("w2")->supervisor.running.size(), 2u);
  }
  group_.Add("w1");
  Settle();
  EXPECT_EQ(group_.workers.at("w1")->Runs(), own);
  EXPECT_EQ(group_.workers.at("w2")->supervisor.running.size(), 2u);
}

TEST_F(GroupTest, TheLeaderLeavesAndTheOtherTakesOver) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 2).ok());
  Settle();
  group_.Leave("w1");
  Settle();
  EXPECT_EQ(Where(), "w2: a a-0 a-1");
  EXPECT_TRUE(group_.workers.at("w2")->membership().IsLeader());
  ASSERT_TRUE(Put("w2", "b", 1).ok());
  Settle();
  EXPECT_EQ(Where(), "w2: a a-0 a-1 b b-0");
}

TEST_F(GroupTest, AWorkerThatIsCutOffStopsBeforeOthersStart) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  group_.CutOff("w2", true);
  GroupWorker& lost = *group_.workers.at("w2");
  for (int i = 0; i < 4; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run([this] { CheckOwners(); });
    EXPECT_EQ(lost.supervisor.running.size(), 2u);
  }
  group_.clock.Advance(milliseconds(1000));
  group_.Run([this] { CheckOwners(); });
  EXPECT_TRUE(lost.Runs().empty());  // half a session before the coordinator may give them away
  EXPECT_TRUE(lost.membership().Holds());  // so the tasks that stopped could commit
  group_.clock.Advance(milliseconds(4000));
  EXPECT_FALSE(lost.membership().Holds());  // the session has a second left, for what gives up now
  EXPECT_EQ(group_.workers.at("w1")->supervisor.running.size(), 2u);
  Settle();
  EXPECT_EQ(group_.workers.at("w1")->supervisor.running.size(), 4u);
  group_.CutOff("w2", false);
  Settle();
  EXPECT_EQ(lost.supervisor.running.size(), 2u);
}

TEST_F(GroupTest, AShortOutageMovesNothing) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  for (const auto& [name, worker] : group_.workers) worker->supervisor.calls.clear();
  group_.CutOff("w2", true);
  group_.clock.Advance(milliseconds(4000));
  group_.Run([this] { CheckOwners(); });
  group_.CutOff("w2", false);
  Settle();
  for (const auto& [name, worker] : group_.workers) EXPECT_TRUE(worker->supervisor.calls.empty());
}

TEST_F(GroupTest, NewTaskConfigsStopTheOldTasksBeforeAnyNewOneStarts) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 2).ok());
  Settle();
  for (const auto& [name, worker] : group_.workers) worker->supervisor.calls.clear();
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  std::string order;
  for (const auto& [name, worker] : group_.workers) {
    for (const std::string& call : worker->supervisor.calls) order += call.substr(0, 4) + " ";
    EXPECT_EQ(worker->supervisor.running.size(), 2u);
  }
  EXPECT_EQ(order, "stop star star stop star star ");
}

// Somebody always writes: a leader still starts what it has assigned.
TEST_F(GroupTest, TheTopicMovesOnDuringEveryRound) {
  GroupWorker& worker = group_.Add("w1");
  Settle();
  SubmittedConfig config{
      .values = {{"connector.class", "Fake"}, {"name", "a"}, {"fake.tasks", "1"}}, .null_keys = {}};
  worker.herder->PutConfig("a", config, [](const StatusOr<PutResult>&) {});
  for (int i = 0; i < 60; ++i) {
    group_.coordinator.Step();
    group_.configs.records.emplace_back("target-state-nobody",
                                        "{\"state\":\"STARTED\",\"state.v2\":\"STARTED\"}");
    worker.Pump();
  }
  EXPECT_EQ(Where(), "w1: a a-0");
}

TEST_F(GroupTest, RestartsFindTheirWorker) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 2).ok());
  Settle();
  for (int task = 0; task < 2; ++task) {
    for (const char* worker : {"w1", "w2"}) {
      const Status status = Ask(worker, [&](GroupWorker& at, const Done& done) {
        at.herder->RestartTask("a", task, done);
      });
      EXPECT_TRUE(status.ok()) << worker << " " << task << ": " << status;
    }
  }
  for (const char* worker : {"w1", "w2"}) {
    const Status status = Ask(
        worker, [&](GroupWorker& at, const Done& done) { at.herder->RestartConnector("a", done); });
    EXPECT_TRUE(status.ok()) << worker << ": " << status;
  }
}

TEST_F(GroupTest, AWorkerThatWakesSaysNothingOfWhatOthersRunNow) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  group_.Freeze("w2", true);
  for (int i = 0; i < 11; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run();
  }
  ASSERT_EQ(group_.workers.at("w1")->supervisor.running.size(), 4u);
  const auto said_by_w2 = [this] {
    return std::count_if(
        group_.statuses.records.begin(), group_.statuses.records.end(), [](const auto& record) {
          return record.second && record.second->find("w2:8083") != std::string::npos;
        });
  };
  const auto said = said_by_w2();
  group_.Freeze("w2", false);
  group_.workers.at("w2")->herder->RunPending();  // it has not read yet what w1 has written
  EXPECT_TRUE(group_.workers.at("w2")->Runs().empty());
  EXPECT_EQ(said_by_w2(), said);
  group_.Crash("w2");
  Settle();
  const GroupWorker& left = *group_.workers.at("w1");
  for (int task = 0; task < 4; ++task) {
    const auto status = left.statuses().Task({"a", task});
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->state, storage::State::kRunning) << task;
    EXPECT_EQ(status->worker_id, "w1:8083") << task;
  }
}

// Its connector's changes must not wait for a leader that is gone.
TEST_F(GroupTest, AForwardThatNobodyAnswersHoldsUpItsConnectorForTenSecondsOnly) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 1).ok());
  Settle();
  GroupWorker& w2 = *group_.workers.at("w2");
  w2.lose_forwards = true;
  ASSERT_TRUE(Put("w1", "b", 1).ok());
  group_.Run([this] { CheckOwners(); });
  ASSERT_EQ(w2.forwards, 1);
  ASSERT_TRUE(w2.plugins.running.contains("b"));
  group_.Crash("w1");
  for (int i = 0; i < 12; ++i) {
    group_.clock.Advance(milliseconds(1000));
    group_.Run([this] { CheckOwners(); });
  }
  ASSERT_TRUE(w2.membership().IsLeader());
  Status answer = absl::InternalError("no answer");
  w2.herder->Delete("b", [&](const Status& got) { answer = got; });
  group_.Run([this] { CheckOwners(); });
  EXPECT_TRUE(answer.ok()) << answer;
  Settle();
  EXPECT_EQ(Where(), "w2: a a-0");
}

// Each of them has waited for as long as the first, not one after the other.
TEST_F(GroupTest, RequestsForOneConnectorAreAllAnsweredInTime) {
  group_.Add("w1");
  Settle();
  ASSERT_TRUE(Put("w1", "a", 4).ok());
  Settle();
  GroupWorker& w1 = *group_.workers.at("w1");
  w1.supervisor.hold_stops = true;  // so the rebalance goes on and on
  group_.Add("w2");
  group_.Run();
  std::vector<Status> answers;
  const auto note = [&](const Status& status) { answers.push_back(status); };
  w1.herder->Delete("a", note);
  w1.herder->Stop("a", note);
  w1.herder->ResetOffsets("a", [&](const StatusOr<std::string>& got) { note(got.status()); });
  for (int i = 0; i < 10; ++i) {
    group_.Run();
    EXPECT_TRUE(answers.empty());
    group_.clock.Advance(milliseconds(1000));
  }
  group_.Run();
  ASSERT_EQ(answers.size(), 3u);
  for (const Status& status : answers) EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  for (const auto& done : std::exchange(w1.supervisor.stops, {})) done();
}

TEST_F(GroupTest, AMemberThatCannotBeReadHoldsUpNobody) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 5).ok());
  Settle();
  group_.coordinator.Garble(group_.workers.at("w2")->process);
  group_.Add("w3");
  Settle();
  size_t tasks = 0;
  for (const auto& [name, worker] : group_.workers) {
    EXPECT_GE(worker->supervisor.running.size(), 1u) << name;
    EXPECT_LE(worker->supervisor.running.size(), 2u) << name;
    tasks += worker->supervisor.running.size();
  }
  EXPECT_EQ(tasks, 5u);
  group_.Add("w4");
  group_.coordinator.Garble(group_.workers.at("w4")->process);  // from the beginning
  ASSERT_TRUE(Put("w1", "b", 3).ok());
  Settle();
  EXPECT_EQ(group_.workers.at("w4")->supervisor.running.size(), 2u);
}

// What a leader had not got through to the broker when it was cut off.
TEST_F(GroupTest, AnOldLeadersWriteDoesNotComeThroughAfterItsSuccessors) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 1).ok());
  Settle();
  GroupWorker& w1 = *group_.workers.at("w1");
  ASSERT_TRUE(w1.membership().IsLeader());
  w1.configs().hold = true;
  Status old = absl::InternalError("no answer");
  w1.herder->Delete("a", [&](const Status& got) { old = got; });
  group_.Run([this] { CheckOwners(); });
  group_.CutOff("w1", true);
  Settle();
  ASSERT_TRUE(Put("w2", "a", 3).ok());
  Settle();
  group_.CutOff("w1", false);
  group_.coordinator.Step();  // it learns that it is out
  w1.configs().SendHeld();
  Settle();
  EXPECT_EQ(Message(old).find("Error removing connector configuration from Kafka: whether it was"),
            0u)
      << old;
  for (const auto& [name, worker] : group_.workers) {
    EXPECT_EQ(worker->Config().Tasks("a").size(), 3u) << name;
  }
}

class GroupProtocolTest : public GroupTest, public testing::WithParamInterface<const char*> {};

// The group speaks the older protocol as long as it is there: nobody signs requests then.
TEST_P(GroupProtocolTest, AWorkerOfAnOlderProtocolTakesPart) {
  group_.Add("w1");
  Settle();
  group_.Add("w2");
  ASSERT_TRUE(Put("w1", "a", 2).ok());
  ASSERT_TRUE(Put("w2", "b", 2).ok());
  Settle();
  group_.Add("w3", GetParam());
  Settle();
  for (const char* name : {"c", "d", "e", "f"}) ASSERT_TRUE(Put("w3", name, 2).ok()) << name;
  Settle();
  for (const auto& [name, worker] : group_.workers) {
    EXPECT_EQ(worker->plugins.running.size(), 2u) << name;
    EXPECT_EQ(worker->supervisor.running.size(), 4u) << name;
  }
  group_.Leave("w3");
  Settle();
  for (const auto& [name, worker] : group_.workers) {
    EXPECT_EQ(worker->plugins.running.size(), 3u) << name;
    EXPECT_EQ(worker->supervisor.running.size(), 6u) << name;
  }
  ASSERT_TRUE(Put("w2", "f", 3).ok());
  Settle();
  EXPECT_EQ(group_.workers.at("w1")->Config().Tasks("f").size(), 3u);
}
INSTANTIATE_TEST_SUITE_P(Protocols, GroupProtocolTest, testing::Values("compatible", "eager"));

}  // namespace
}  // namespace sluice::herder
