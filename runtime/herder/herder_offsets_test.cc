// Offsets asked for and changed by way of the herder: which connectors may be changed, what the
// plugin is told, what is written, and in whose words it fails.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/abi/views.h"
#include "runtime/base/log_levels.h"
#include "runtime/herder/herder_fixture.h"
#include "runtime/kafka/fakes.h"

namespace sluice::herder {
namespace {

using H = DistributedHerder;
using Groups = std::map<std::string, kafka::FakeAdmin::Group, std::less<>>;

constexpr char kStopFirst[] =
    "Connectors must be in the STOPPED state before their offsets can be modified. This can be "
    "done "
    "for the specified connector by issuing a 'PUT' request to the '/connectors/fs/stop' endpoint";

// An admin client for as long as a request takes; the groups stay.
class LentAdmin : public kafka::FakeAdmin {
 public:
  explicit LentAdmin(Groups& home) : home_(home) { groups = home; }
  ~LentAdmin() override { home_ = groups; }

 private:
  Groups& home_;
};

class HerderOffsetsTest : public HerderTest {
 protected:
  HerderOffsetsTest() {
    make_admin_ =
        [this](
            const config::ClientProperties& properties) -> StatusOr<std::unique_ptr<kafka::Admin>> {
      admin_of_ = properties.java.at("bootstrap.servers");
      auto admin = std::make_unique<LentAdmin>(groups_);
      admin->group_error = group_error_;
      return admin;
    };
    worker_.bootstrap_servers = {"here:9092"};
    Open();
  }

  void Have(const std::string& name, config::ConfigMap more = {}) {
    SubmittedConfig config = FakeConfig(name);
    for (const auto& [key, value] : more) config.values.Set(key, value);
    const auto made = Get<ConnectorInfo>(&H::Create, CreateRequest{name, config, "STOPPED"});
    ASSERT_TRUE(made.ok()) << made.status();
    plugins_.calls.clear();
  }
  void HaveSink(config::ConfigMap more = {}) {
    more.Set("connector.class", "FakeSink");
    more.Set("topics", "t");
    Have("fs", std::move(more));
  }
  void Store(std::string_view file, int64_t position) {
    const sluice_map_entry partition{abi::String("filename"), abi::String(file)};
    const sluice_map_entry offset{abi::String("position"), abi::Int64(position)};
    offsets_->Write("fs", {{abi::Map(&partition, 1), abi::Map(&offset, 1)}}, milliseconds(1000),
                    [](const Status& status) { EXPECT_TRUE(status.ok()); });
  }
  // "partition=offset ...", sorted; or the error's text.
  std::string Offsets() {
    const auto list = Get<std::vector<ConnectorOffset>>(&H::Offsets, std::string("fs"));
    if (!list.ok()) return std::string(Message(list.status()));
    std::vector<std::string> lines;
    for (const auto& one : *list) lines.push_back(one.partition + "=" + one.offset);
    std::sort(lines.begin(), lines.end());
    return StrJoin(lines, " ");
  }
  std::string Alter(std::vector<ConnectorOffset> offsets) {
    answer_ = Get<std::string>(&H::AlterOffsets, std::string("fs"), std::move(offsets));
    return answer_.ok() ? *answer_ : std::string(Message(answer_.status()));
  }
  std::string Reset() {
    answer_ = Get<std::string>(&H::ResetOffsets, std::string("fs"));
    return answer_.ok() ? *answer_ : std::string(Message(answer_.status()));
  }
  absl::StatusCode code() const { return answer_.status().code(); }

  Groups groups_;
  Status group_error_;
  std::string admin_of_;
  StatusOr<std::string> answer_;
};

TEST_F(HerderOffsetsTest, OfASourceAreShownAlteredAndReset) {
  Have("fs");
  EXPECT_EQ(Offsets(), "");
  Store("a", 30);
  Store("b", 7);
  EXPECT_EQ(Offsets(), R"({"filename":"a"}={"position":30} {"filename":"b"}={"position":7})");
  EXPECT_EQ(Alter({{R"({"filename":"a"})", R"({"position":5,"line":"x"})"},
                   {R"({"filename":"b"})", "null"},
                   {R"({"filename":"c"})", R"({"position":1.5})"}}),
            "The offsets for this connector have been altered successfully");
  EXPECT_EQ(plugins_.calls,
            (Calls{R"(alter fs {"filename":"a"}={"line":"x","position":5} {"filename":"b"}=null )"
                   R"({"filename":"c"}={"position":1.5})"}));
  EXPECT_EQ(Offsets(),
            R"({"filename":"a"}={"position":5,"line":"x"} {"filename":"c"}={"position":1.5})");
  EXPECT_EQ(Reset(), "The offsets for this connector have been reset successfully");
  EXPECT_EQ(plugins_.calls.back(), R"(alter fs {"filename":"a"}=null {"filename":"c"}=null)");
  EXPECT_EQ(Offsets(), "");
  EXPECT_EQ(Reset(), "The offsets for this connector have been reset successfully");
  EXPECT_EQ(plugins_.calls.back(), "alter fs");
}

TEST_F(HerderOffsetsTest, OfASinkAreItsGroups) {
  HaveSink();
  groups_["connect-fs"].offsets = {{{"t", 0}, 3}, {{"t", 1}, 9}};
  EXPECT_EQ(Offsets(), R"({"kafka_partition":0,"kafka_topic":"t"}={"kafka_offset":3} )"
                       R"({"kafka_partition":1,"kafka_topic":"t"}={"kafka_offset":9})");
  EXPECT_EQ(admin_of_, "here:9092");
  EXPECT_EQ(Alter({{R"({"kafka_topic":"t","kafka_partition":"0"})", R"({"kafka_offset":"1"})"},
                   {R"({"kafka_topic":"t","kafka_partition":1})", "null"}}),
            "The offsets for this connector have been altered successfully");
  EXPECT_EQ(plugins_.calls,
            (Calls{R"(alter fs {"kafka_partition":0,"kafka_topic":"t"}={"kafka_offset":1} )"
                   R"({"kafka_partition":1,"kafka_topic":"t"}=null)"}));
  EXPECT_EQ(Offsets(), R"({"kafka_partition":0,"kafka_topic":"t"}={"kafka_offset":1})");
  EXPECT_EQ(Reset(), "The offsets for this connector have been reset successfully");
  EXPECT_EQ(plugins_.calls.back(), R"(alter fs {"kafka_partition":0,"kafka_topic":"t"}=null)");
  EXPECT_TRUE(groups_.empty());
  EXPECT_EQ(Reset(), "The offsets for this connector have been reset successfully");
}

TEST_F(HerderOffsetsTest, OverridesChooseGroupAndCluster) {
  HaveSink({{"consumer.override.group.id", "mine"},
            {"consumer.override.bootstrap.servers", "there:9092"},
            {"admin.override.bootstrap.servers", "there:9092"}});
  groups_["connect-fs"].offsets[{"t", 0}] = 1;
  groups_["mine"].offsets[{"t", 0}] = 2;
  EXPECT_EQ(Offsets(), R"({"kafka_partition":0,"kafka_topic":"t"}={"kafka_offset":2})");
  EXPECT_EQ(admin_of_, "there:9092");
  Reset();
  EXPECT_TRUE(groups_.contains("connect-fs"));
  EXPECT_FALSE(groups_.contains("mine"));
}

TEST_F(HerderOffsetsTest, OnlyAStoppedConnectorsMayBeChanged) {
  EXPECT_EQ(Offsets(), "Connector fs not found");
  EXPECT_EQ(Reset(), "Connector fs not found");
  EXPECT_EQ(code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Create("fs").ok());
  EXPECT_EQ(Alter({{"{}", "{}"}}), kStopFirst);
  EXPECT_EQ(code(), absl::StatusCode::kOutOfRange);
  ASSERT_TRUE(Do(&H::Pause, "fs").ok());
  EXPECT_EQ(Reset(), kStopFirst);
  ASSERT_TRUE(Do(&H::Stop, "fs").ok());
  EXPECT_EQ(Reset(), "The offsets for this connector have been reset successfully");
  // A state alone, as another worker may write it: there are tasks still.
  ASSERT_TRUE(Do(&H::Resume, "fs").ok());
  config_->PutTargetState("fs", storage::TargetState::kStopped, [](const Status&) {});
  EXPECT_EQ(Reset(), kStopFirst);
}

TEST_F(HerderOffsetsTest, ChangesWaitForTasksThatAreEnding) {
  ASSERT_TRUE(Create("fs").ok());
  supervisor_.hold_stops = true;
  ASSERT_TRUE(Do(&H::Stop, "fs").ok());
  plugins_.calls.clear();
  EXPECT_EQ(Reset(), "no answer");
  Advance(1000);
  EXPECT_TRUE(plugins_.calls.empty());
  for (auto& done : std::exchange(supervisor_.stops, {})) done();
  Run();
  Advance(20);
  EXPECT_EQ(plugins_.calls, (Calls{"alter fs"}));
}

TEST_F(HerderOffsetsTest, WaitingCountsAsARequestsTime) {
  Have("fs");
  calls_.hold = "modify the offsets of";
  EXPECT_EQ(Reset(), "no answer");
  StatusOr<std::string> second = absl::InternalError("none"), third = second;
  herder_->ResetOffsets("fs", [&](StatusOr<std::string> answer) { second = std::move(answer); });
  Run();
  Advance(5);
  herder_->ResetOffsets("fs", [&](StatusOr<std::string> answer) { third = std::move(answer); });
  Run();
  Advance(kOffsetsTime.count() - 5);  // the first one takes all that the second had
  calls_.Release();
  Run();
  EXPECT_EQ(Message(second.status()),
            "Timed out waiting for earlier changes of connector fs; its offsets have not been "
            "modified");
  EXPECT_EQ(plugins_.calls, (Calls{}));  // the first was too late as well
  ASSERT_EQ(calls_.held.size(), 1u);     // the third has a moment left
  EXPECT_EQ(calls_.held[0].deadline, milliseconds(5));
  calls_.hold.clear();
  plugins_.on_alter = [this] { clock_.Advance(milliseconds(5)); };
  calls_.Release();
  Run();
  EXPECT_EQ(Message(third.status()),
            "Timed out while calling the 'alterOffsets' method for source connector fs");
}

TEST_F(HerderOffsetsTest, WaitingForTasksCountsToo) {
  ASSERT_TRUE(Create("fs").ok());
  supervisor_.hold_stops = true;
  ASSERT_TRUE(Do(&H::Stop, "fs").ok());
  StatusOr<std::string> answer = absl::InternalError("none");
  herder_->ResetOffsets("fs", [&](StatusOr<std::string> got) { answer = std::move(got); });
  Run();
  Advance(20'000);
  for (auto& done : std::exchange(supervisor_.stops, {})) done();
  calls_.hold = "modify the offsets of";
  Run();
  Advance(20);
  ASSERT_EQ(calls_.held.size(), 1u);
  EXPECT_EQ(calls_.held[0].deadline, kOffsetsTime - milliseconds(20'020));
  calls_.Release();
  Run();
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST_F(HerderOffsetsTest, AResumeIsRefusedOrWaits) {
  Have("fs");
  // While offsets are being changed, new task configs wait, and tasks with them.
  calls_.hold = "modify the offsets of";
  EXPECT_EQ(Reset(), "no answer");
  ASSERT_TRUE(Do(&H::Resume, "fs").ok());
  EXPECT_EQ(States("fs"), "RUNNING");
  EXPECT_TRUE(supervisor_.running.empty());
  calls_.Release();
  Run();
  EXPECT_EQ(States("fs"), "RUNNING 0:RUNNING");
}

TEST_F(HerderOffsetsTest, ThePluginHasASay) {
  Have("fs");
  plugins_.alter_answer = false;
  EXPECT_EQ(Alter({{"{}", R"({"n":1})"}}),
            "The Connect framework-managed offsets for this connector have been altered "
            "successfully. However, if this connector manages offsets externally, they will need "
            "to be manually altered in the system that the connector uses.");
  EXPECT_EQ(Reset(),
            "The Connect framework-managed offsets for this connector have been reset "
            "successfully. However, if this connector manages offsets externally, they will need "
            "to be manually reset in the system that the connector uses.");
  Store("a", 1);
  plugins_.alter_answer = ConfigError("The position is no position");
  EXPECT_EQ(Reset(), "The position is no position");
  EXPECT_EQ(code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Alter({{"{}", R"({"n":1})"}}), "The position is no position");
  EXPECT_EQ(code(), absl::StatusCode::kOutOfRange);  // the client's mistake
  plugins_.alter_answer = RetriableError("The database is away");
  Alter({{"{}", R"({"n":1})"}});
  EXPECT_EQ(code(), absl::StatusCode::kInternal);
  plugins_.alter_answer = ExceptionError(absl::StatusCode::kUnimplemented, "X", "no");
  EXPECT_EQ(Reset(),
            "Failed to modify offsets for connector fs because it doesn't support external "
            "modification of offsets");
  EXPECT_EQ(code(), absl::StatusCode::kInternal);
  plugins_.alter_answer = true;
  plugins_.on_alter = [this] { clock_.Advance(kOffsetsTime); };
  EXPECT_EQ(Reset(), "Timed out while calling the 'alterOffsets' method for source connector fs");
  EXPECT_EQ(Offsets(), R"({"filename":"a"}={"position":1})");
}

TEST_F(HerderOffsetsTest, RefusesWhatIsNoOffset) {
  Have("fs");
  EXPECT_EQ(Alter({{R"({"a":{"b":1}})", "null"}}),
            "Offsets may only contain primitive types as values, but field a contains "
            "java.util.HashMap");
  EXPECT_EQ(code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Alter({{"[1]", "null"}}), "Offsets must be specified as a Map");
  EXPECT_TRUE(plugins_.calls.empty());
}

TEST_F(HerderOffsetsTest, RefusesWhatIsNoSinksOffset) {
  HaveSink();
  EXPECT_EQ(Alter({{"null", "null"}}),
            "The partition for a sink connector offset cannot be null or missing");
  EXPECT_EQ(code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(plugins_.calls.empty());
}

TEST_F(HerderOffsetsTest, ZombiesInTheGroup) {
  HaveSink();
  groups_["connect-fs"].offsets[{"t", 0}] = 3;
  groups_["connect-fs"].in_use = true;
  const std::string altered =
      Alter({{R"({"kafka_topic":"t","kafka_partition":0})", R"({"kafka_offset":1})"}});
  EXPECT_TRUE(altered.starts_with(
      "Failed to alter consumer group offsets for connector fs either because its tasks haven't "
      "stopped completely yet or the connector was resumed before the request to alter its "
      "offsets could be successfully completed."))
      << altered;
  EXPECT_EQ(code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(
      Reset().starts_with("Failed to reset consumer group offsets for connector fs either "
                          "because its tasks haven't stopped completely yet"));
}

TEST_F(HerderOffsetsTest, TroubleWithTheBroker) {
  HaveSink();
  group_error_ = TimeoutError("nobody there");
  EXPECT_EQ(Offsets(),
            "Failed to retrieve consumer group offsets for sink connector fs: nobody there");
  EXPECT_EQ(
      Reset(),
      "Failed to list offsets prior to resetting offsets for sink connector fs: nobody there");
  const ConnectorOffset one{R"({"kafka_topic":"t","kafka_partition":0})", "null"};
  EXPECT_EQ(Alter({one}), "Failed to alter consumer group offsets for connector fs: nobody there");
  group_error_ = ExceptionError(absl::StatusCode::kPermissionDenied, "X", "not yours");
  Alter({one});
  EXPECT_EQ(code(), absl::StatusCode::kInternal);
  group_error_ = ExceptionError(absl::StatusCode::kOutOfRange, "X", "no such partition");
  Alter({one});
  EXPECT_EQ(code(), absl::StatusCode::kOutOfRange);
}

TEST_F(HerderOffsetsTest, LoggerLevelsOfTheCluster) {
  auto answer = std::make_shared<Status>(absl::InternalError("no answer"));
  herder_->SetClusterLoggerLevel("org.apache.kafka.connect.storage", "debug",
                                 [answer](const Status& done) { *answer = done; });
  Run();
  EXPECT_TRUE(answer->ok()) << *answer;
  EXPECT_TRUE(ModuleLogs("storage", LogLevel::kDebug));
  SetLogLevel(LogLevel::kInfo);
  herder_->OnLoggerLevel("org.apache.kafka.connect.storage", "LOUD");  // by another worker
  EXPECT_FALSE(ModuleLogs("storage", LogLevel::kDebug));
}

}  // namespace
}  // namespace sluice::herder
