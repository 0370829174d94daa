// Requests: what they answer, and what they write.
#include "runtime/herder/distributed_herder.h"

#include <gtest/gtest.h>

#include "runtime/base/text.h"
#include "runtime/herder/herder_fixture.h"
#include "runtime/herder/request_signature.h"

namespace sluice::herder {
namespace {

using H = DistributedHerder;
using RequestsTest = HerderTest;

TEST_F(RequestsTest, WaitForOpen) {
  auto names = std::make_shared<StatusOr<std::vector<std::string>>>(absl::InternalError("none"));
  herder_->Connectors([names](StatusOr<std::vector<std::string>> got) { *names = std::move(got); });
  Run();
  EXPECT_FALSE(herder_->Ready());
  EXPECT_EQ(herder_->Stage().find("The worker is currently awaiting startup"), 0u);
  Open();
  EXPECT_TRUE(herder_->Ready());
  EXPECT_TRUE(names->ok());
  EXPECT_EQ(Get<Health>(&H::CheckHealth)->message,
            "Worker has completed startup and is ready to handle requests.");
}

TEST_F(RequestsTest, CreateRunsConnectorAndTask) {
  Open();
  const auto made = Create("fs");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->config, FakeConfig("fs").values);
  EXPECT_EQ(made->type, "source");
  EXPECT_EQ(plugins_.calls, (Calls{"start fs", "tasks fs"}));
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0"}));
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
  const task::TaskSpec& spec = supervisor_.running.at({"fs", 0});
  EXPECT_EQ(spec.task_config, (config::ConfigMap{{"n", "0"}, {"task.class", "FakeTask"}}));
  EXPECT_EQ(spec.connector_config, FakeConfig("fs").values);
  const auto info = Get<ConnectorInfo>(&H::Info, "fs");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->tasks.size(), 1u);
  EXPECT_EQ((*Get<std::vector<TaskInfo>>(&H::Tasks, "fs"))[0].config, spec.task_config);
  const auto state = Get<PartState>(&H::TaskState, "fs", 0);
  EXPECT_EQ(state->version, "1.0");
  EXPECT_EQ(state->worker_id, "w:8083");
}

// One of a former leader that has come late, say.
TEST_F(RequestsTest, ACommitWithoutItsTasksDoesNotStopThemForEver) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  config_log_->Append("commit-fs", R"({"tasks":1})", milliseconds(0), [](const Status&) {});
  Run();
  EXPECT_TRUE(supervisor_.running.empty());
  Advance(250);
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
  EXPECT_EQ(plugins_.calls, (Calls{"start fs", "tasks fs", "tasks fs"}));
}

TEST_F(RequestsTest, CreateTwiceIsAConflict) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  const auto again = Create("fs");
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Message(again.status()), "Connector fs already exists");
}

TEST_F(RequestsTest, CreateChecksTheConfiguration) {
  Open();
  const auto none = Get<ConnectorInfo>(
      &H::Create, CreateRequest{"x", {.values = {{"name", "x"}}, .null_keys = {}}, std::nullopt});
  EXPECT_EQ(none.status().code(), absl::StatusCode::kOutOfRange);
  SubmittedConfig bad = FakeConfig("x");
  bad.values.Set("tasks.max", "0");
  const auto invalid = Put("x", bad);
  EXPECT_EQ(invalid.status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Message(invalid.status())
                .find("Connector configuration is invalid and contains the following 1 error(s):"),
            0u)
      << invalid.status();
  bad.values.Set("connector.class", "Nope");
  EXPECT_EQ(Message(Put("x", bad).status()).find("Failed to find any class"), 0u);
  EXPECT_TRUE(Get<std::vector<std::string>>(&H::Connectors)->empty());
}

TEST_F(RequestsTest, PutCreatesThenReplaces) {
  Open();
  EXPECT_TRUE(Put("fs", FakeConfig("fs"))->created);
  const auto second = Put("fs", FakeConfig("fs"));
  EXPECT_FALSE(second->created);
  EXPECT_EQ(second->info.tasks.size(), 1u);
  // The same again: the connector is bounced, the task is not touched.
  EXPECT_EQ(plugins_.calls, (Calls{"start fs", "tasks fs", "stop fs", "start fs", "tasks fs"}));
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0"}));
  SubmittedConfig changed = FakeConfig("fs");
  changed.values.Set("file", "x");
  EXPECT_TRUE(Put("fs", changed).ok());
  EXPECT_EQ(supervisor_.calls, (Calls{"start fs-0", "stop fs-0", "start fs-0"}));
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(RequestsTest, PatchMergesAndChecksTheName) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  const auto patched =
      Get<ConnectorInfo>(&H::PatchConfig, "fs", ConfigPatch{{"a", "1"}, {"b", std::nullopt}});
  ASSERT_TRUE(patched.ok()) << patched.status();
  EXPECT_EQ(patched->config.Get("a"), "1");
  EXPECT_EQ(Get<ConnectorInfo>(&H::PatchConfig, "no", ConfigPatch{}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Get<ConnectorInfo>(&H::PatchConfig, "fs", ConfigPatch{{"name", "other"}}).status().code(),
      absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(Get<ConnectorInfo>(&H::PatchConfig, "fs", ConfigPatch{{"name", std::nullopt}}).ok());
}

TEST_F(RequestsTest, UnknownConnectorsHaveThePeersTexts) {
  Open();
  EXPECT_EQ(Message(Do(&H::Delete, "x")), "Connector x not found");
  EXPECT_EQ(Message(Do(&H::Pause, "x")), "Unknown connector x");
  EXPECT_EQ(Message(Do(&H::Resume, "x")), "Unknown connector x");
  EXPECT_EQ(Message(Do(&H::Stop, "x")), "Unknown connector x");
  EXPECT_EQ(Message(Do(&H::RestartConnector, "x")), "Unknown connector: x");
  EXPECT_EQ(Message(Do(&H::RestartTask, "x", 0)), "Unknown connector: x");
  EXPECT_EQ(Message(Get<ConnectorInfo>(&H::Info, "x").status()), "Connector x not found");
  EXPECT_EQ(Message(Get<config::ConfigMap>(&H::Config, "x").status()), "Connector x not found");
  EXPECT_EQ(States("x"), "No status found for connector x");
  EXPECT_EQ(Message(Get<PartState>(&H::TaskState, "x", 1).status()),
            "No status found for task x-1");
  EXPECT_TRUE(Get<std::vector<std::string>>(&H::ActiveTopics, "x")->empty());
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_EQ(Message(Do(&H::RestartTask, "fs", 7)), "Unknown task: fs-7");
}

TEST_F(RequestsTest, DeleteLeavesNothing) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  supervisor_.listener->OnTopicUsed({"fs", 0}, "lines");
  Run();
  EXPECT_TRUE(Do(&H::Delete, "fs").ok());
  EXPECT_EQ(plugins_.calls.back(), "stop fs");
  EXPECT_EQ(supervisor_.calls.back(), "stop fs-0");
  EXPECT_EQ(States("fs"), "No status found for connector fs");
  EXPECT_FALSE(status_->Task({"fs", 0}));
  EXPECT_TRUE(status_->Topics("fs").empty());
  EXPECT_TRUE(Create("fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(RequestsTest, TracksTopics) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  supervisor_.listener->OnTopicUsed({"fs", 0}, "b");
  supervisor_.listener->OnTopicUsed({"fs", 0}, "a");
  Run();
  EXPECT_EQ(*Get<std::vector<std::string>>(&H::ActiveTopics, "fs"), (Calls{"a", "b"}));
  EXPECT_TRUE(Do(&H::ResetActiveTopics, "fs").ok());
  EXPECT_TRUE(Get<std::vector<std::string>>(&H::ActiveTopics, "fs")->empty());
  worker_.topic_tracking_allow_reset = false;
  EXPECT_EQ(Message(Do(&H::ResetActiveTopics, "fs")), "Topic tracking reset is disabled.");
  worker_.topic_tracking_enable = false;
  EXPECT_EQ(Message(Do(&H::ResetActiveTopics, "fs")), "Topic tracking is disabled.");
  EXPECT_EQ(Get<std::vector<std::string>>(&H::ActiveTopics, "fs").status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(RequestsTest, ListsPluginsAndTheirKeys) {
  Open();
  const auto connectors = Get<std::vector<PluginInfo>>(&H::Plugins, true);
  ASSERT_EQ(connectors->size(), 1u);
  EXPECT_EQ((*connectors)[0].type, "source");
  const auto all = Get<std::vector<PluginInfo>>(&H::Plugins, false);
  EXPECT_GT(all->size(), 5u);
  EXPECT_GT(Get<std::vector<config::ConfigKey>>(&H::PluginConfig, "Fake", "latest")->size(), 10u);
  EXPECT_EQ(Message(Get<std::vector<config::ConfigKey>>(&H::PluginConfig, "No", "latest").status()),
            "Unknown plugin No.");
}

TEST_F(RequestsTest, ExpandLeavesOutWhatHasNoStatus) {
  Open();
  calls_.hold = "find the class of";
  ASSERT_TRUE(Create("fs").ok());
  using All = std::map<std::string, ExpandedConnector>;
  EXPECT_TRUE(Get<All>(&H::Expanded, true, true)->empty());
  EXPECT_EQ(Get<All>(&H::Expanded, false, true)->size(), 1u);
  calls_.hold.clear();
  calls_.Release();
  Run();
  EXPECT_EQ(Get<All>(&H::Expanded, true, true)->size(), 1u);
}

TEST_F(RequestsTest, FailAtShutdown) {
  Open();
  herder_->Stop();
  EXPECT_FALSE(Do(&H::Pause, "x").ok());
}

class StandaloneTest : public HerderTest {
 protected:
  StandaloneTest() : HerderTest(true) {}
};

TEST_F(StandaloneTest, CreateAnswersWhenTheTasksAreThere) {
  Open();
  calls_.hold = "start";
  const auto early = Create("fs");
  EXPECT_EQ(early.status().code(), absl::StatusCode::kInternal);  // no answer yet
  calls_.hold.clear();
  calls_.Release();
  Run();
  const auto made = Put("fs", FakeConfig("fs"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->info.tasks.size(), 1u);
  EXPECT_TRUE(Create("paused", "PAUSED").ok());
}

class InternalTest : public HerderTest {
 protected:
  InternalTest() {
    worker_.connect_protocol = "sessioned";
    worker_.key_generation_algorithm = "HmacSHA256";
    worker_.verification_algorithms = {"HmacSHA256"};
  }
  Status PutTasks(std::vector<config::ConfigMap> tasks, SignedRequest request) {
    Status answer = absl::InternalError("no answer");
    herder_->PutTaskConfigs("fs", std::move(tasks), std::move(request),
                            [&](const Status& got) { answer = got; });
    Run();
    return answer;
  }
  SignedRequest Signed(const std::string& body) {
    const auto key = config_->Snapshot()->session_key;
    return {body, Base64Encode(*RequestMac("HmacSHA256", key->key, body)), "HmacSHA256"};
  }
};

TEST_F(InternalTest, TheLeaderMakesAKeyAndRenewsIt) {
  Open();
  const auto first = config_->Snapshot()->session_key;
  ASSERT_TRUE(first);
  EXPECT_EQ(first->key.size(), 32u);
  Advance(1000);
  EXPECT_EQ(config_->Snapshot()->session_key, first);
  Advance(worker_.key_ttl.count());
  EXPECT_NE(config_->Snapshot()->session_key->key, first->key);
}

TEST_F(InternalTest, WithoutALimitTheKeyIsNeverRenewed) {
  worker_.key_ttl = milliseconds(0);
  Open();
  const auto first = config_->Snapshot()->session_key;
  ASSERT_TRUE(first);
  Advance(3'600'000);
  EXPECT_EQ(config_->Snapshot()->session_key, first);
}

TEST_F(InternalTest, TheKeyIsOfTheKindThatTheSettingsAskFor) {
  Open();
  const auto first = config_->Snapshot()->session_key;
  worker_.key_size = 512;
  Advance(1000);
  EXPECT_EQ(config_->Snapshot()->session_key->key.size(), 64u);
  const auto second = config_->Snapshot()->session_key;
  Advance(1000);
  EXPECT_EQ(config_->Snapshot()->session_key, second);
  worker_.key_generation_algorithm = "HmacSHA1";
  Advance(1000);
  EXPECT_EQ(config_->Snapshot()->session_key->algorithm, "HmacSHA1");
}

// One change of a connector hangs; what comes behind it has a bound, and strangers are not let in.
TEST_F(InternalTest, ChangesThatWaitAreCheckedFirstAndCounted) {
  Open();
  ASSERT_TRUE(Create("fs").ok());
  ASSERT_TRUE(Do(&H::Stop, "fs").ok());
  calls_.hold = "modify the offsets of";
  herder_->ResetOffsets("fs", [](const StatusOr<std::string>&) {});
  Run();
  EXPECT_EQ(PutTasks({}, {"[]", "AAAA", "HmacSHA256"}).code(), absl::StatusCode::kPermissionDenied);
  std::vector<Status> answers;
  for (int i = 0; i < 99; ++i) {
    herder_->PutTaskConfigs("fs", {}, Signed("x"),
                            [&](const Status& got) { answers.push_back(got); });
  }
  Run();
  EXPECT_TRUE(answers.empty());
  const Status full = PutTasks({}, Signed("x"));
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);  // 503
  EXPECT_EQ(Message(full),
            "Connector fs has 100 changes that wait for each other, which is the limit; try again "
            "when some of them are done");
  EXPECT_EQ(Do(&H::Delete, "fs").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Do(&H::Stop, "fs").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Put("fs", FakeConfig("fs")).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Get<std::string>(&H::ResetOffsets, "fs").status().code(),
            absl::StatusCode::kResourceExhausted);
  calls_.hold.clear();
  calls_.Release();
  Run();
  ASSERT_EQ(answers.size(), 99u);
  for (const Status& answer : answers) EXPECT_TRUE(answer.ok()) << answer;
}

TEST_F(InternalTest, TakesTaskConfigsThatAreSigned) {
  Open();
  EXPECT_EQ(PutTasks({}, {"[]", {}, {}}).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(PutTasks({}, Signed("[]")).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_EQ(PutTasks({}, {"[]", "AAAA", "HmacSHA256"}).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(PutTasks({{{"n", "7"}}}, Signed("x")).ok());
  EXPECT_EQ(config_->Snapshot()->TaskConfig({"fs", 0})->Get("n"), "7");
  ASSERT_TRUE(Do(&H::Stop, "fs").ok());
  EXPECT_EQ(Message(PutTasks({{{"n", "7"}}}, Signed("x"))),
            "Cannot submit non-empty set of task configs for stopped connector fs");
}

TEST_F(StandaloneTest, CreateAnswersWhyAStartFailed) {
  Open();
  plugins_.start_error = ConnectError("no such disk");
  EXPECT_EQ(Message(Create("fs").status()), "Failed to start connector: fs: no such disk");
  EXPECT_EQ(States("fs"), "FAILED");
  EXPECT_EQ(Message(Do(&H::RestartConnector, "x")), "Connector x not found");
  EXPECT_EQ(Message(Do(&H::RestartTask, "fs", 3)), "Task fs-3 not found");
}

}  // namespace
}  // namespace sluice::herder
