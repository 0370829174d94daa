#include "runtime/storage/log_config_store.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runtime/storage/memory_topic_log.h"

namespace sluice::storage {
namespace {

using config::ConfigMap;

// A log whose records the test sees, and may hold back.
class RecordingLog : public MemoryTopicLog {
 public:
  void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
              Done done) override {
    written.emplace_back(key, value.value_or("(null)"));
    if (hold) {
      held.push_back(std::move(done));
      return;
    }
    if (!fail.ok()) return done(fail);
    MemoryTopicLog::Append(std::move(key), std::move(value), timeout, std::move(done));
  }
  void TakeBack() override {
    for (const Done& done : std::exchange(held, {})) done(OutcomeUnknownError("taken back"));
  }
  void Barrier(milliseconds timeout, Done done) override {
    if (hold) return void(held.push_back(std::move(done)));
    MemoryTopicLog::Barrier(timeout, std::move(done));
  }
  // Answers what was held first, which may lead to more.
  void Release(const Status& status = OkStatus()) {
    const Done done = std::move(held.front());
    held.pop_front();
    done(status);
  }
  std::vector<std::string> Keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, value] : written) keys.push_back(key);
    return keys;
  }
  std::vector<std::pair<std::string, std::string>> written;
  std::deque<Done> held;  // of writes, which reach the log at once, and of barriers
  bool hold = false;
  Status fail;
};

class News : public ConfigListener {
 public:
  void OnConnectorConfig(const std::string& c) override { heard.push_back("config " + c); }
  void OnConnectorRemoved(const std::string& c) override { heard.push_back("removed " + c); }
  void OnTaskConfigs(const std::vector<TaskId>& tasks) override {
    std::string line = "tasks";
    for (const TaskId& task : tasks) line += " " + task.ToString();
    heard.push_back(line);
  }
  void OnTargetState(const std::string& c) override { heard.push_back("target " + c); }
  void OnSessionKey(const SessionKey& key) override { heard.push_back("key " + key.algorithm); }
  void OnRestart(const RestartRequest& request) override {
    heard.push_back(StrCat("restart ", request.connector, request.include_tasks ? " tasks" : "",
                           request.only_failed ? " failed" : ""));
  }
  void OnLoggerLevel(const std::string& logger, const std::string& level) override {
    heard.push_back("logger " + logger + " " + level);
  }
  std::vector<std::string> heard;
};

class LogConfigStoreTest : public testing::Test {
 protected:
  LogConfigStoreTest() {
    auto log = std::make_unique<RecordingLog>();
    log_ = log.get();
    store_ = std::make_unique<LogConfigStore>(std::move(log), clock_);
    EXPECT_TRUE(store_->Start(news_, milliseconds(1000)).ok());
  }
  // What another worker wrote.
  void Read(const std::string& key, std::optional<std::string> value) {
    log_->MemoryTopicLog::Append(key, std::move(value), milliseconds(1), [](const Status&) {});
  }
  Done Keep() {
    return [this](const Status& status) { answers_.push_back(status); };
  }

  FakeClock clock_;
  News news_;
  RecordingLog* log_;
  std::unique_ptr<LogConfigStore> store_;
  std::vector<Status> answers_;
};

TEST_F(LogConfigStoreTest, ATargetStateIsWrittenWhenItHasBeenReadBack) {
  log_->hold = true;
  store_->PutTargetState("fs", TargetState::kStopped, Keep());
  ASSERT_EQ(log_->held.size(), 1u);  // the record
  log_->Release();
  ASSERT_EQ(log_->held.size(), 1u);  // the barrier
  EXPECT_TRUE(answers_.empty());
  log_->Release();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_TRUE(answers_[0].ok());
}

TEST_F(LogConfigStoreTest, WritesWhatThePeerWrites) {
  store_->PutConnector("fs", {{"name", "fs"}, {"connector.class", "FileStreamSource"}},
                       TargetState::kStopped, Keep());
  store_->PutTaskConfigs("fs", {{{"file", "in.txt"}}, {{"file", "b"}}}, Keep());
  store_->PutTargetState("fs", TargetState::kPaused, Keep());
  store_->PutRestart({"fs", false, true}, Keep());
  store_->PutTaskCount("fs", 1, Keep());
  store_->PutLoggerLevel("org.apache", "info", Keep());
  store_->PutTaskConfigs("fs", {}, Keep());
  store_->RemoveConnector("fs", Keep());
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"target-state-fs", R"({"state":"PAUSED","state.v2":"STOPPED"})"},
      {"connector-fs", R"({"properties":{"name":"fs","connector.class":"FileStreamSource"}})"},
      {"task-fs-0", R"({"properties":{"file":"in.txt"}})"},
      {"task-fs-1", R"({"properties":{"file":"b"}})"},
      {"commit-fs", R"({"tasks":2})"},
      {"target-state-fs", R"({"state":"PAUSED","state.v2":"PAUSED"})"},
      {"restart-connector-fs", R"({"include-tasks":true,"only-failed":false})"},
      {"tasks-fencing-fs", R"({"task-count":1})"},
      {"logger-cluster-org.apache", R"({"level":"info"})"},
      {"commit-fs", R"({"tasks":0})"},
      {"connector-fs", "(null)"},
      {"target-state-fs", "(null)"}};
  EXPECT_EQ(log_->written, expected);
  EXPECT_EQ(answers_.size(), 8u);
  for (const Status& status : answers_) EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(news_.heard, (std::vector<std::string>{"config fs", "tasks fs-0 fs-1", "target fs",
                                                   "restart fs tasks", "logger org.apache info",
                                                   "tasks", "removed fs"}));
  EXPECT_FALSE(store_->Snapshot()->Contains("fs"));
}

TEST_F(LogConfigStoreTest, ReadsWhatThePeerWrote) {
  Read("connector-a-b", R"({"properties":{"name":"a-b","n":1}})");
  Read("task-a-b-0", R"({"properties":{"k":"v"}})");
  EXPECT_TRUE(store_->Snapshot()->Tasks("a-b").empty());  // staged
  Read("commit-a-b", R"({"tasks":1})");
  Read("session-key",
       R"({"key":"AAEC","algorithm":"HmacSHA256","creation-timestamp":1763838300000})");
  const auto snapshot = store_->Snapshot();
  EXPECT_EQ(snapshot->Config("a-b")->Get("n"), "1");
  ASSERT_EQ(snapshot->TaskConfigs("a-b").size(), 1u);
  EXPECT_EQ(snapshot->TaskConfigs("a-b")[0]->Get("k"), "v");
  EXPECT_EQ(*snapshot->AppliedConfig("a-b"), *snapshot->Config("a-b"));
  EXPECT_TRUE(snapshot->PendingFencing("a-b"));
  EXPECT_EQ(snapshot->session_key->key, std::string("\0\1\2", 3));
  EXPECT_EQ(snapshot->offset, 4);
}

TEST_F(LogConfigStoreTest, ACommitThatLacksTasksMakesTheConnectorInconsistent) {
  Read("connector-c", R"({"properties":{}})");
  Read("task-c-0", R"({"properties":{"n":"0"}})");
  Read("commit-c", R"({"tasks":1})");
  Read("task-c-1", R"({"properties":{"n":"1"}})");
  Read("commit-c", R"({"tasks":2})");  // task 0 is missing
  EXPECT_TRUE(store_->Snapshot()->Inconsistent("c"));
  EXPECT_TRUE(store_->Snapshot()->Tasks("c").empty());
  EXPECT_EQ(store_->Snapshot()->TaskCount("c"), 2);
  Read("task-c-0", R"({"properties":{}})");
  Read("task-c-1", R"({"properties":{}})");
  Read("task-c-2", R"({"properties":{}})");  // more than counted: fine
  Read("commit-c", R"({"tasks":2})");
  EXPECT_FALSE(store_->Snapshot()->Inconsistent("c"));
  EXPECT_EQ(store_->Snapshot()->Tasks("c").size(), 2u);
}

TEST_F(LogConfigStoreTest, ATombstoneForgetsTasksButNotTheTargetState) {
  Read("target-state-c", R"({"state":"PAUSED"})");
  Read("connector-c", R"({"properties":{}})");
  EXPECT_EQ(store_->Snapshot()->Target("c"), TargetState::kPaused);
  Read("task-c-0", R"({"properties":{}})");
  Read("commit-c", R"({"tasks":1})");
  Read("connector-c", std::nullopt);
  EXPECT_FALSE(store_->Snapshot()->Contains("c"));
  EXPECT_TRUE(store_->Snapshot()->Tasks("c").empty());
  EXPECT_EQ(store_->Snapshot()->Target("c"), TargetState::kPaused);
  Read("commit-c", R"({"tasks":1})");  // of a connector that is gone
  Read("target-state-c", std::nullopt);
  Read("connector-c", R"({"properties":{}})");
  EXPECT_TRUE(store_->Snapshot()->Tasks("c").empty());
  EXPECT_EQ(store_->Snapshot()->Target("c"), TargetState::kStarted);
}

TEST_F(LogConfigStoreTest, RecordsThatMakeNoSenseAreLeftAlone) {
  Read("connector-c", R"({"properties":{"k":"v"}})");
  const int64_t offset = store_->Snapshot()->offset;
  Read("connector-c", "{no json");
  EXPECT_EQ(store_->Snapshot()->offset, offset);  // what cannot be parsed does not move it
  Read("connector-c", "[]");
  Read("connector-c", R"({"properties":[]})");
  Read("target-state-c", R"({"state":"SLEEPING"})");
  Read("commit-c", R"({"tasks":-1})");
  Read("task-c", R"({"properties":{}})");
  Read("task-c-x", R"({"properties":{}})");
  Read("session-key", R"({"key":"!"})");
  Read("something-else", "{}");
  EXPECT_EQ(store_->Snapshot()->Config("c")->Get("k"), "v");
  EXPECT_EQ(store_->Snapshot()->Target("c"), TargetState::kStarted);
}

TEST_F(LogConfigStoreTest, AFailedWriteSaysSoAndTheNextOneRuns) {
  log_->fail = TimeoutError("no broker");
  store_->PutConnector("c", {}, std::nullopt, Keep());
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(Message(answers_[0]), "Error writing connector configuration to Kafka");
  EXPECT_NE(StackTrace(answers_[0]).find("no broker"), std::string::npos);
  log_->fail = OkStatus();
  store_->PutConnector("c", {}, std::nullopt, Keep());
  EXPECT_TRUE(answers_[1].ok());
}

TEST_F(LogConfigStoreTest, WritesOfOneConnectorRunOneAfterTheOther) {
  log_->hold = true;
  store_->PutConnector("a", {}, std::nullopt, Keep());
  store_->PutTaskConfigs("a", {{{"k", "0"}}, {{"k", "1"}}}, Keep());
  store_->PutTargetState("a", TargetState::kPaused, Keep());
  EXPECT_EQ(log_->Keys(), (std::vector<std::string>{"connector-a"}));
  log_->Release();
  EXPECT_EQ(log_->written.size(), 1u);  // it is being read back
  log_->Release();
  EXPECT_EQ(answers_.size(), 1u);
  EXPECT_EQ(log_->Keys(), (std::vector<std::string>{"connector-a", "task-a-0", "task-a-1"}));
  log_->Release();
  EXPECT_EQ(log_->written.size(), 3u);  // no commit before the last task
  log_->Release();
  EXPECT_EQ(log_->Keys().back(), "commit-a");
  log_->Release();
  log_->Release();
  EXPECT_EQ(answers_.size(), 2u);
  EXPECT_EQ(log_->Keys().back(), "target-state-a");
  log_->Release();
  log_->Release();
  EXPECT_EQ(answers_.size(), 3u);
  EXPECT_TRUE(log_->held.empty());
}

TEST_F(LogConfigStoreTest, WritesOfManyConnectorsRunSideBySide) {
  log_->hold = true;
  store_->PutConnector("a", {}, std::nullopt, Keep());
  store_->PutTaskConfigs("b", {{{"k", "0"}}, {{"k", "1"}}}, Keep());
  store_->PutTaskConfigs("c", {{{"k", "0"}}}, Keep());
  store_->PutTaskConfigs("a", {}, Keep());  // waits for a
  EXPECT_EQ(log_->Keys(),
            (std::vector<std::string>{"connector-a", "task-b-0", "task-b-1", "task-c-0"}));
  log_->Release();                         // a
  log_->Release(TimeoutError("too big"));  // of b's two
  log_->Release();
  ASSERT_EQ(answers_.size(), 1u);  // b alone has failed, and has no commit
  EXPECT_EQ(Message(answers_[0]), "Error writing task configurations to Kafka");
  log_->Release();  // c
  EXPECT_EQ(log_->Keys().back(), "commit-c");
  EXPECT_EQ(log_->written.size(), 5u);
  while (!log_->held.empty()) log_->Release();
  ASSERT_EQ(answers_.size(), 4u);
  for (size_t i = 1; i < answers_.size(); ++i) EXPECT_TRUE(answers_[i].ok()) << answers_[i];
  EXPECT_EQ(log_->Keys().back(), "commit-a");
}

// It was stopped between the tasks' records and their commit; another one leads when it goes on.
TEST_F(LogConfigStoreTest, WhoDoesNotLeadAnyMoreWritesNoMore) {
  int64_t term = 1;
  store_->SetTerm([&term] { return term; });
  log_->hold = true;
  store_->PutTaskConfigs("a", {{{"k", "0"}}}, Keep());
  store_->PutConnector("b", {}, std::nullopt, Keep());
  store_->PutConnector("b", {}, std::nullopt, Keep());
  term = 0;
  log_->Release();  // a's task
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].code(), absl::StatusCode::kAborted);  // 409
  EXPECT_EQ(Message(answers_[0]),
            "Error writing task configurations to Kafka: this worker does not lead its group any "
            "more, so it has written nothing more of it; try again");
  term = 2;         // it leads again; another one may have led meanwhile
  log_->Release();  // b: reading it back writes nothing
  log_->Release();
  ASSERT_EQ(answers_.size(), 3u);
  EXPECT_TRUE(answers_[1].ok());
  EXPECT_EQ(answers_[2].code(), absl::StatusCode::kAborted);  // begun in the earlier term
  EXPECT_EQ(log_->Keys(), (std::vector<std::string>{"task-a-0", "connector-b"}));
  store_->PutTaskConfigs("a", {}, Keep());
  EXPECT_EQ(log_->Keys().back(), "commit-a");
  term = 0;
  store_->PutTargetState("c", TargetState::kPaused, Keep());  // any worker may
  EXPECT_EQ(log_->Keys().back(), "target-state-c");
}

TEST_F(LogConfigStoreTest, AWriteThatIsTakenBackSaysThatItsOutcomeIsUnknown) {
  log_->hold = true;
  store_->PutConnector("a", {}, std::nullopt, Keep());
  store_->TakeBack();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(Message(answers_[0]),
            "Error writing connector configuration to Kafka: whether it was written is unknown, "
            "since the broker has not answered. See what is there before you try again");
  log_->hold = false;
  store_->PutConnector("a", {}, std::nullopt, Keep());
  EXPECT_TRUE(answers_[1].ok());
}

TEST_F(LogConfigStoreTest, AnOperationsTimeRunsWhileItWaits) {
  log_->hold = true;
  store_->PutConnector("a", {}, std::nullopt, Keep());
  store_->PutConnector("a", {}, std::nullopt, Keep());
  clock_.Advance(kConfigWriteTimeout - milliseconds(1));
  store_->PutConnector("a", {}, std::nullopt, Keep());
  clock_.Advance(milliseconds(2));
  log_->Release(TimeoutError("no broker"));
  ASSERT_EQ(answers_.size(), 2u);  // the second has not been begun
  EXPECT_FALSE(answers_[0].ok());
  EXPECT_NE(StackTrace(answers_[1]).find("did not answer within 30000 ms"), std::string::npos);
  EXPECT_EQ(log_->written.size(), 2u);  // the third has
  log_->Release();
  log_->Release();
  ASSERT_EQ(answers_.size(), 3u);
  EXPECT_TRUE(answers_[2].ok());
}

TEST_F(LogConfigStoreTest, ThereIsABoundToWhatWaits) {
  log_->hold = true;
  for (int i = 0; i < 1000; ++i) {
    store_->PutTargetState(StrCat("c", i % 7), TargetState::kPaused, Keep());
  }
  EXPECT_TRUE(answers_.empty());
  store_->PutTargetState("another", TargetState::kPaused, Keep());
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(Message(answers_[0]), "Too many writes to the config topic are waiting; try again");
  while (!log_->held.empty()) log_->Release();
  EXPECT_EQ(answers_.size(), 1001u);
  store_->PutTargetState("another", TargetState::kPaused, Keep());
  EXPECT_EQ(log_->Keys().back(), "target-state-another");
}

TEST_F(LogConfigStoreTest, LevelsOfLoggersKeepTheirOrder) {
  log_->hold = true;
  store_->PutLoggerLevel("org.apache.kafka", "DEBUG", Keep());
  store_->PutLoggerLevel("org", "INFO", Keep());  // of the one above, too
  EXPECT_EQ(log_->Keys(), (std::vector<std::string>{"logger-cluster-org.apache.kafka"}));
  while (!log_->held.empty()) log_->Release();
  EXPECT_EQ(log_->Keys().back(), "logger-cluster-org");
}

}  // namespace
}  // namespace sluice::storage
