#include "runtime/storage/log_status_store.h"

#include <gtest/gtest.h>

#include "runtime/base/clock.h"
#include "runtime/storage/memory_topic_log.h"

namespace sluice::storage {
namespace {

class ScriptedLog : public MemoryTopicLog {
 public:
  void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
              Done done) override {
    written.emplace_back(key, value.value_or("(null)"));
    if (failures > 0) {
      --failures;
      return done(TimeoutError("no broker"));
    }
    if (hold) return held.push_back(std::move(done));
    MemoryTopicLog::Append(std::move(key), std::move(value), timeout, std::move(done));
  }
  std::vector<std::pair<std::string, std::string>> written;
  std::vector<Done> held;
  int failures = 0;
  bool hold = false;
};

class LogStatusStoreTest : public testing::Test {
 protected:
  LogStatusStoreTest() {
    auto log = std::make_unique<ScriptedLog>();
    log_ = log.get();
    store_ = std::make_unique<LogStatusStore>(std::move(log), clock_);
    EXPECT_TRUE(store_->Start(milliseconds(1000)).ok());
  }
  void Read(const std::string& key, std::optional<std::string> value) {
    log_->MemoryTopicLog::Append(key, std::move(value), milliseconds(1), [](const Status&) {});
  }
  static PartStatus Make(State state, int generation, std::string worker = "127.0.0.1:8083") {
    return {state, std::nullopt, std::move(worker), generation, "4.3.1"};
  }

  static std::string Running(const std::string& worker, int generation) {
    return R"({"state":"RUNNING","worker_id":")" + worker + R"(","generation":)" +
           std::to_string(generation) + "}";
  }

  FakeClock clock_;
  ScriptedLog* log_;
  std::unique_ptr<LogStatusStore> store_;
};

using Write = StatusStore::Write;

TEST_F(LogStatusStoreTest, WritesThePeersBytes) {
  store_->PutConnector("fs", Make(State::kRunning, 3), Write::kNormal);
  PartStatus failed{State::kFailed, "a\n\tat b", "w:1", 4, std::nullopt};
  store_->PutTask({"fs", 0}, failed, Write::kNormal);
  store_->PutTopic({"t", {"fs", 0}, 1763838311111});
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"status-connector-fs",
       R"({"state":"RUNNING","trace":null,"worker_id":"127.0.0.1:8083","generation":3,"version":"4.3.1"})"},
      {"status-task-fs-0",
       R"({"state":"FAILED","trace":"a\n\tat b","worker_id":"w:1","generation":4,"version":null})"},
      {"status-topic-t:connector-fs",
       R"({"topic":{"name":"t","connector":"fs","task":0,"discoverTimestamp":1763838311111}})"}};
  EXPECT_EQ(log_->written, expected);
  EXPECT_EQ(store_->Connector("fs")->state, State::kRunning);
  EXPECT_EQ(*store_->Task({"fs", 0}), failed);
  EXPECT_EQ(store_->FindTopic("fs", "t")->discovered_ms, 1763838311111);
  EXPECT_EQ(store_->Connectors(), std::vector<std::string>{"fs"});
}

TEST_F(LogStatusStoreTest, ATraceThatQuotesBytesCanBeReadAgain) {
  PartStatus failed{State::kFailed, "found '\xff\xfe'", "w:1", 4, std::nullopt};
  store_->PutTask({"fs", 0}, failed, Write::kNormal);
  ASSERT_TRUE(store_->Task({"fs", 0}));
  EXPECT_EQ(store_->Task({"fs", 0})->trace, "found '\xEF\xBF\xBD\xEF\xBF\xBD'");
}

TEST_F(LogStatusStoreTest, ASafeWriteYieldsToALaterGenerationOfAnotherWorker) {
  Read("status-task-c-0", R"({"state":"RUNNING","worker_id":"other:1","generation":5})");
  store_->PutTask({"c", 0}, Make(State::kFailed, 4), Write::kSafe);
  EXPECT_TRUE(log_->written.empty());
  store_->PutTask({"c", 0}, Make(State::kFailed, 5), Write::kSafe);
  EXPECT_EQ(store_->Task({"c", 0})->state, State::kFailed);
}

TEST_F(LogStatusStoreTest, LateNewsOfAnEarlierOwnerAreIgnored) {
  Read("status-task-c-0", R"({"state":"RUNNING","worker_id":"new:1","generation":5})");
  Read("status-task-c-0", R"({"state":"UNASSIGNED","worker_id":"old:1","generation":4})");
  EXPECT_EQ(store_->Task({"c", 0})->state, State::kRunning);
  Read("status-task-c-0", R"({"state":"UNASSIGNED","worker_id":"new:1","generation":5})");
  EXPECT_EQ(store_->Task({"c", 0})->state, State::kUnassigned);
}

TEST_F(LogStatusStoreTest, AConnectorsTombstoneTakesItsTasksAlong) {
  store_->PutConnector("a-b", Make(State::kRunning, 1), Write::kNormal);
  store_->PutTask({"a-b", 3}, Make(State::kRunning, 1), Write::kNormal);
  EXPECT_EQ(store_->Tasks("a-b").size(), 1u);
  store_->DeleteConnector("a-b");
  EXPECT_FALSE(store_->Connector("a-b"));
  EXPECT_TRUE(store_->Tasks("a-b").empty());
  EXPECT_TRUE(store_->Connectors().empty());
}

TEST_F(LogStatusStoreTest, AFailedWriteIsSentAgain) {
  log_->failures = 2;
  store_->PutConnector("c", Make(State::kPaused, 1), Write::kNormal);
  EXPECT_EQ(log_->written.size(), 3u);
  EXPECT_EQ(store_->Connector("c")->state, State::kPaused);
  EXPECT_TRUE(store_->Flush(milliseconds(1000)).ok());
}

TEST_F(LogStatusStoreTest, AnOlderWriteIsNotSentAgainOverANewerOne) {
  log_->hold = true;
  store_->PutConnector("c", Make(State::kRunning, 1), Write::kNormal);
  store_->PutConnector("c", Make(State::kPaused, 1), Write::kNormal);
  log_->held[0](TimeoutError("no broker"));
  EXPECT_EQ(log_->written.size(), 2u);
  EXPECT_FALSE(store_->Flush(milliseconds(1)).ok());
  log_->held[1](OkStatus());
  EXPECT_TRUE(store_->Flush(milliseconds(1000)).ok());
}

TEST_F(LogStatusStoreTest, AWorkerThatLeavesIsKnownWithItsTime) {
  clock_.Advance(milliseconds(5));
  store_->PutLeaving("w:1", 7, milliseconds(60'000));
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"worker-leaving-w:1", R"({"generation":7,"back_within_ms":60000})"}};
  EXPECT_EQ(log_->written, expected);
  const TimePoint read = clock_.Now();
  clock_.Advance(milliseconds(5));
  ASSERT_EQ(store_->Leaving().count("w:1"), 1u);
  const Leave leave = store_->Leaving().at("w:1");
  EXPECT_EQ(leave.generation, 7);
  EXPECT_EQ(leave.back_within, milliseconds(60'000));
  EXPECT_EQ(leave.read, read);
  EXPECT_TRUE(store_->Connectors().empty());
  store_->DeleteLeaving("w:1");
  EXPECT_TRUE(store_->Leaving().empty());
}

TEST_F(LogStatusStoreTest, AWorkerThatIsBackIsNotLeaving) {
  store_->PutLeaving("w:1", 7, milliseconds(60'000));
  store_->PutLeaving("w:2", 7, milliseconds(60'000));
  Read("status-task-c-0", Running("w:1", 7));  // as it left
  Read("status-task-c-1", Running("w:1", 6));
  EXPECT_EQ(store_->Leaving().size(), 2u);
  Read("status-task-c-0", Running("w:1", 8));
  EXPECT_EQ(store_->Leaving().size(), 1u);
  EXPECT_EQ(store_->Leaving().count("w:2"), 1u);
  // Its next leave counts again.
  store_->PutLeaving("w:1", 9, milliseconds(1));
  EXPECT_EQ(store_->Leaving().size(), 2u);
}

// Keys are spread over partitions: they may be read in another order than they were written in.
TEST_F(LogStatusStoreTest, ALeaveThatIsReadAfterTheReturnIsIgnored) {
  Read("status-connector-c", Running("w:1", 8));
  Read("status-task-c-0", Running("w:2", 8));
  store_->PutLeaving("w:1", 7, milliseconds(60'000));
  store_->PutLeaving("w:2", 7, milliseconds(60'000));
  EXPECT_TRUE(store_->Leaving().empty());
}

TEST_F(LogStatusStoreTest, RecordsThatMakeNoSenseAreLeftAlone) {
  for (const char* value :
       {"{", "[]", "{}", R"({"state":"ASLEEP","worker_id":"w","generation":1})"}) {
    Read("status-connector-c", value);
    Read("status-task-c-0", value);
    Read("status-topic-t:connector-c", value);
  }
  Read("status-task-c", R"({"state":"RUNNING","worker_id":"w","generation":1})");
  Read("status-topic-t", "{}");
  Read("else", "{}");
  EXPECT_TRUE(store_->Connectors().empty());
  for (const char* value :
       {"{", "7", "{}", R"({"generation":1})", R"({"generation":1,"back_within_ms":-1})",
        R"({"generation":1,"back_within_ms":1e9})"}) {
    Read("worker-leaving-w", value);
  }
  EXPECT_TRUE(store_->Leaving().empty());
}

}  // namespace
}  // namespace sluice::storage
