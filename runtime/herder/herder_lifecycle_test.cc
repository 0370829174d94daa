// What becomes of connectors and tasks: states, restarts, failures, a worker that comes back.
#include <gtest/gtest.h>

#include "runtime/base/stage.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/herder_fixture.h"

namespace sluice::herder {
namespace {

using H = DistributedHerder;
using LifecycleTest = HerderTest;

TEST_F(LifecycleTest, PauseAndResume) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_TRUE(Do(&H::Pause, "fs").ok());
  EXPECT_EQ(States("fs"), "PAUSED 0:PAUSED");
  EXPECT_TRUE(Do(&H::Pause, "fs").ok());
  EXPECT_TRUE(Do(&H::Resume, "fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
  EXPECT_EQ(plugins_.calls, (Calls{"start fs", "tasks fs", "stop fs", "start fs", "tasks fs"}));
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0", "pause fs-0", "resume fs-0"}));
}

TEST_F(LifecycleTest, StopShutsTasksDownAndResumeBringsThemBack) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_TRUE(Do(&H::Stop, "fs").ok());
  EXPECT_EQ(States("fs"), "STOPPED");
  EXPECT_EQ(config_->Snapshot()->TaskCount("fs"), 0);
  EXPECT_TRUE(Do(&H::Resume, "fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

// What hangs is asked to end, then left behind; the request says meanwhile what it waits for.
TEST_F(LifecycleTest, AStartThatHangsHoldsUpNoRestart) {
  Open();
  calls_.hold = "start";
  ASSERT_TRUE(Create("fs").ok());
  ASSERT_EQ(calls_.held.size(), 1u);
  const auto stage = std::make_shared<Stage>(clock_);
  Status restarted = absl::InternalError("no answer");
  {
    const StageScope scope(stage);
    herder_->RestartConnector("fs", [&](const Status& got) { restarted = got; });
  }
  Run();
  EXPECT_EQ(stage->Sentence().find("The worker is currently stopping restarted connector fs"), 0u);
  Advance(4999);
  EXPECT_EQ(calls_.held.size(), 1u);
  Advance(1);
  ASSERT_EQ(calls_.held.size(), 2u);  // the new one hangs, too
  EXPECT_EQ(stage->Sentence().find("The worker is currently starting the connector"), 0u);
  EXPECT_FALSE(restarted.ok());
  calls_.Release();
  Run();
  EXPECT_TRUE(restarted.ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, ADeletedConnectorWhoseTaskConfigsHangGoesInTime) {
  Open();
  calls_.hold = "ask for the task configs of";
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING");
  calls_.hold = "";
  ASSERT_TRUE(Do(&H::Delete, "fs").ok());
  Advance(5000);
  EXPECT_EQ(States("fs"), "No status found for connector fs");
}

TEST_F(LifecycleTest, InitialStates) {
  Open();
  ASSERT_TRUE(Create("p", "PAUSED").ok());
  ASSERT_TRUE(Create("s", "STOPPED").ok());
  EXPECT_EQ(States("p"), "PAUSED");
  EXPECT_EQ(States("s"), "STOPPED");
  EXPECT_TRUE(plugins_.calls.empty());
  EXPECT_EQ(Get<ConnectorStatus>(&H::ConnectorState, "p")->connector.version, "1.0");
  EXPECT_TRUE(Do(&H::Resume, "p").ok());
  EXPECT_EQ(States("p"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, ComesBackAfterAKill) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  ASSERT_TRUE(Create("p").ok());
  ASSERT_TRUE(Do(&H::Pause, "p").ok());
  const int generation = status_->Connector("fs")->generation;
  supervisor_.calls.clear();
  plugins_.calls.clear();
  // The stores' memory plays the topics: a new herder finds them as the old one left them.
  auto killed = std::move(herder_);
  NewHerder();
  Open();
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
  EXPECT_EQ(States("p"), "PAUSED 0:PAUSED");
  EXPECT_EQ(plugins_.calls, (Calls{"start fs", "tasks fs"}));
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0", "start p-0"}));
  EXPECT_TRUE(supervisor_.running.at({"p", 0}).paused);
  EXPECT_EQ(status_->Connector("fs")->generation, generation + 1);
}

TEST_F(LifecycleTest, CleansStatusesOfWhatIsNotConfigured) {
  storage::PartStatus status;
  status.state = storage::State::kRunning;
  status.worker_id = "w";
  status_->PutConnector("gone", status, storage::StatusStore::Write::kNormal);
  status_->PutTask({"gone", 0}, status, storage::StatusStore::Write::kNormal);
  Open();
  EXPECT_TRUE(status_->Connectors().empty());
}

TEST_F(LifecycleTest, AFailedStartShowsItsTraceAndRestartHelps) {
  Open();
  plugins_.start_error = WrapConnect(DataError("inner"), "cannot start");
  ASSERT_TRUE(Create("fs").ok());
  const auto status = Get<ConnectorStatus>(&H::ConnectorState, "fs");
  EXPECT_EQ(status->connector.state, "FAILED");
  EXPECT_NE(
      status->connector.trace.find("Caused by: org.apache.kafka.connect.errors.DataException"),
      std::string::npos);
  EXPECT_EQ(Message(Do(&H::RestartConnector, "fs")), "Failed to start connector: fs: cannot start");
  EXPECT_TRUE(Do(&H::Pause, "fs").ok());
  EXPECT_EQ(States("fs"), "FAILED");  // a failed connector can only be stopped
  plugins_.start_error = OkStatus();
  EXPECT_TRUE(Do(&H::Resume, "fs").ok());
  EXPECT_EQ(States("fs"), "FAILED");
  EXPECT_TRUE(Do(&H::RestartConnector, "fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, AConnectorWithoutAClassFails) {
  Open();
  config_->PutConnector("x", {{"connector.class", "Gone"}, {"name", "x"}}, std::nullopt,
                        [](const Status&) {});
  Run();
  EXPECT_EQ(States("x"), "FAILED");
  EXPECT_TRUE(Do(&H::Stop, "x").ok());
  EXPECT_EQ(States("x"), "STOPPED");
}

TEST_F(LifecycleTest, AStartThatHangsIsAbandoned) {
  Open();
  calls_.hold = "start";
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_EQ(States("fs"), "No status found for connector fs");
  EXPECT_TRUE(Get<std::vector<std::string>>(&H::Connectors).ok());
  calls_.Abandon();
  Run();
  EXPECT_EQ(States("fs"), "FAILED");
  calls_.hold.clear();
  EXPECT_TRUE(Do(&H::RestartConnector, "fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, TaskConfigsAreTriedAgainWithBackoff) {
  Open();
  plugins_.tasks = ConnectError("database is down");
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_EQ(States("fs"), "FAILED");
  const auto tries = [&] { return static_cast<int>(plugins_.calls.size()) - 1; };
  EXPECT_EQ(tries(), 1);
  Advance(249);
  EXPECT_EQ(tries(), 1);
  Advance(1);
  EXPECT_EQ(tries(), 2);
  Advance(499);
  EXPECT_EQ(tries(), 2);
  Advance(1);
  EXPECT_EQ(tries(), 3);
  for (int64_t wait = 1000; wait < 60'000; wait *= 2) Advance(wait);
  const int before = tries();
  Advance(59'999);
  EXPECT_EQ(tries(), before);
  plugins_.tasks = std::vector<config::ConfigMap>{{{"n", "0"}}, {{"n", "1"}}};
  plugins_.tasks->pop_back();
  Advance(1);
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
  Advance(120'000);
  EXPECT_EQ(tries(), before + 1);
}

TEST_F(LifecycleTest, TooManyTasksFailTheConnectorAndKeepItsTasks) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  plugins_.tasks = std::vector<config::ConfigMap>{{{"n", "0"}}, {{"n", "1"}}};
  plugins_.hosts.at("fs")->RequestReconfiguration();
  Run();
  EXPECT_EQ(States("fs"), "FAILED 0:RUNNING");
  const auto status = Get<ConnectorStatus>(&H::ConnectorState, "fs");
  EXPECT_NE(status->connector.trace.find(
                "The connector fs has generated 2 tasks, which is greater than 1"),
            std::string::npos);
  SubmittedConfig lax = FakeConfig("fs");
  lax.values.Set("tasks.max.enforce", "false");
  ASSERT_TRUE(Put("fs", lax).ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING 1:RUNNING");
}

TEST_F(LifecycleTest, ReconfigurationRestartsOnlyWhenTasksChange) {
  Open();
  SubmittedConfig config = FakeConfig("fs");
  config.values.Set("tasks.max", "3");
  ASSERT_TRUE(Put("fs", config).ok());
  plugins_.hosts.at("fs")->RequestReconfiguration();
  Run();
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0"}));
  plugins_.tasks = std::vector<config::ConfigMap>{{{"n", "0"}}, {{"n", "1"}}};
  plugins_.hosts.at("fs")->RequestReconfiguration();
  Run();
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING 1:RUNNING");
  plugins_.tasks = std::vector<config::ConfigMap>{{{"n", "x"}}};
  plugins_.hosts.at("fs")->RequestReconfiguration();
  Run();
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, ARaisedErrorFailsTheConnectorOnly) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  plugins_.hosts.at("fs")->RaiseError(ConnectError("lost the schema"));
  Run();
  EXPECT_EQ(States("fs"), "FAILED 0:RUNNING");
  plugins_.calls.clear();
  EXPECT_TRUE(Do(&H::RestartConnector, "fs").ok());
  EXPECT_EQ(plugins_.calls.front(), "start fs");  // no stop for one that has failed
}

TEST_F(LifecycleTest, ATaskFailsAndIsRestarted) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  supervisor_.Report({"fs", 0}, task::State::kFailed, "trace of it");
  Run();
  EXPECT_EQ(States("fs"), "RUNNING 0:FAILED");
  EXPECT_EQ(Get<PartState>(&H::TaskState, "fs", 0)->trace, "trace of it");
  Advance(600'000);
  EXPECT_EQ(States("fs"), "RUNNING 0:FAILED");
  EXPECT_TRUE(Do(&H::RestartTask, "fs", 0).ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, LateNewsOfAReplacedTaskIsDropped) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  const int64_t first = supervisor_.running.at({"fs", 0}).attempt;
  EXPECT_TRUE(Do(&H::RestartTask, "fs", 0).ok());
  supervisor_.listener->OnTaskState({"fs", 0}, first, task::State::kFailed, "old");
  Run();
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(LifecycleTest, RestartWithFlags) {
  Open();
  SubmittedConfig config = FakeConfig("fs");
  config.values.Set("tasks.max", "3");
  plugins_.tasks = std::vector<config::ConfigMap>{{{"n", "0"}}, {{"n", "1"}}};
  ASSERT_TRUE(Put("fs", config).ok());
  supervisor_.Report({"fs", 1}, task::State::kFailed, "trace");
  Run();
  supervisor_.calls.clear();
  plugins_.calls.clear();
  const auto failed = Get<ConnectorStatus>(&H::Restart, RestartRequest{"fs", true, true});
  ASSERT_TRUE(failed.ok()) << failed.status();
  EXPECT_EQ(failed->connector.state, "RUNNING");
  EXPECT_EQ(failed->tasks[0].second.state, "RUNNING");
  EXPECT_EQ(failed->tasks[1].second.state, "RESTARTING");
  EXPECT_EQ(failed->tasks[1].second.trace, "trace");
  EXPECT_EQ(supervisor_.calls, (Calls{"stop fs-1", "start fs-1"}));
  EXPECT_TRUE(plugins_.calls.empty());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING 1:RUNNING");
  const auto all = Get<ConnectorStatus>(&H::Restart, RestartRequest{"fs", true, false});
  EXPECT_EQ(all->connector.state, "RESTARTING");
  EXPECT_EQ(plugins_.calls, (Calls{"stop fs", "start fs", "tasks fs"}));
  EXPECT_EQ(supervisor_.running.size(), 2u);
  EXPECT_EQ(Message(Get<ConnectorStatus>(&H::Restart, RestartRequest{"x", true, false}).status()),
            "Unknown connector: x");
}

TEST_F(LifecycleTest, ATaskIsNotStartedWhileItsPredecessorStops) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  supervisor_.hold_stops = true;
  SubmittedConfig changed = FakeConfig("fs");
  changed.values.Set("file", "x");
  ASSERT_TRUE(Put("fs", changed).ok());
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0", "stop fs-0"}));
  for (auto& done : std::exchange(supervisor_.stops, {})) done();
  Run();
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0", "stop fs-0", "start fs-0"}));
}

TEST_F(LifecycleTest, StopWritesUnassigned) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  herder_->Stop();
  herder_->Stop();
  EXPECT_EQ(plugins_.calls.back(), "stop fs");
  EXPECT_EQ(status_->Connector("fs")->state, storage::State::kUnassigned);
  EXPECT_EQ(status_->Task({"fs", 0})->state, storage::State::kUnassigned);
}

TEST_F(HerderTest, MetricsFollowConnectorsAndTasks) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_TRUE(Shows("worker_connector_count 1"));
  EXPECT_TRUE(Shows("connector_connector_type{connector=\"fs\",connector_type=\"source\"} 1"));
  EXPECT_TRUE(Shows("connector_status{connector=\"fs\",status=\"running\"} 1"));
  EXPECT_TRUE(Shows("connector_task_status{connector=\"fs\",task=\"0\",status=\"running\"} 1"));
  EXPECT_TRUE(Shows("worker_connector_running_task_count{connector=\"fs\"} 1"));
  EXPECT_TRUE(Shows("source_task_source_record_poll_total{connector=\"fs\",task=\"0\"} 0"));
  EXPECT_TRUE(Shows("coordinator_assigned_tasks{clientid=\"w\"} 1"));
  supervisor_.running.at({"fs", 0}).metrics->Polled(3, milliseconds(1), 3);
  plugins_.hosts["fs"]->Metric("tables", SLUICE_METRIC_SET, 4);
  supervisor_.Report({"fs", 0}, task::State::kFailed, "trace");
  Run();
  EXPECT_TRUE(Shows("connector_task_status{connector=\"fs\",task=\"0\",status=\"failed\"} 1"));
  EXPECT_TRUE(Shows("worker_connector_failed_task_count{connector=\"fs\"} 1"));
  EXPECT_TRUE(Shows("source_task_source_record_poll_total{connector=\"fs\",task=\"0\"} 3"));
  EXPECT_TRUE(Shows("plugins_tables{connector=\"fs\"} 4"));
  EXPECT_TRUE(Do(&DistributedHerder::RestartTask, "fs", 0).ok());
  EXPECT_TRUE(Shows("source_task_source_record_poll_total{connector=\"fs\",task=\"0\"} 0"));
  EXPECT_TRUE(Shows("worker_task_startup_success_total 2"));
  EXPECT_TRUE(Do(&DistributedHerder::Delete, "fs").ok());
  EXPECT_EQ(registry_.Text().find("connector=\"fs\""), std::string::npos);
  EXPECT_TRUE(Shows("worker_connector_count 0"));
  EXPECT_TRUE(Shows("worker_task_count 0"));
}

}  // namespace
}  // namespace sluice::herder
