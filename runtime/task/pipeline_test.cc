// Whole tasks, put together by the factory as the worker's are: real plugins, converters and Kafka
// clients, on librdkafka's mock cluster. A file goes to a topic and from there to another file.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"
#include "runtime/kafka/mock_cluster.h"
#include "runtime/task/owned_value.h"
#include "runtime/task/supervisor.h"

namespace sluice::task {
namespace {

constexpr std::chrono::seconds kPatience{40};

std::string Runfile(const std::string& path) {
  const char* root = std::getenv("TEST_SRCDIR");
  return std::string(root != nullptr ? root : ".") + "/sluice/" + path;
}

// One source partition's offset.
class MemoryOffsets : public storage::OffsetStore {
 public:
  Status Start(milliseconds) override { return OkStatus(); }
  void Stop() override {}
  StatusOr<std::vector<sluice_value>> Read(std::string_view,
                                           const std::vector<sluice_value>& partitions,
                                           abi::Arena& arena, milliseconds) override {
    MutexLock lock(mutex_);
    return std::vector<sluice_value>(partitions.size(), abi::CopyValue(arena, offset_.get()));
  }
  void Write(std::string_view, const std::vector<storage::OffsetWrite>& offsets, milliseconds,
             storage::Done done) override {
    {
      MutexLock lock(mutex_);
      offset_.Assign(offsets.back().offset);
    }
    done(OkStatus());
  }
  std::vector<storage::StoredOffset> List(std::string_view) const override { return {}; }
  void Refresh(milliseconds, storage::Done done) override { done(OkStatus()); }

  int64_t position() {
    MutexLock lock(mutex_);
    const sluice_value* found = abi::Find(offset_.get(), "position");
    return found == nullptr ? -1 : found->as.int64;
  }

 private:
  Mutex mutex_;
  OwnedValue offset_;
};

class PipelineTest : public ::testing::Test, public TaskListener {
 protected:
  void SetUp() override {
    folder = std::filesystem::path(::testing::TempDir()) /
             ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder);
    cluster.CreateTopic("lines", 3);
    auto made = config::WorkerConfig::FromMap(
        config::ConfigMap{{"bootstrap.servers", cluster.bootstrap_servers()},
                          {"key.converter", "StringConverter"},
                          {"value.converter", "StringConverter"},
                          {"offset.storage.file.filename", (folder / "offsets").string()},
                          {"plugin.path", Runfile("connectors/file")}},
        config::WorkerMode::kStandalone);
    ASSERT_TRUE(made.ok()) << made.status();
    worker = *std::move(made);
    registry = std::make_unique<plugin::Registry>(
        plugin::RegistryOptions{{Runfile("connectors/file/file.so")},
                                Runfile("runtime/plugin/probe_main"),
                                (folder / "cache").string()});
    supervisor = NewSupervisor({&worker, "cluster", registry.get(), &offsets, this});
  }
  void TearDown() override { supervisor.reset(); }

  void OnTaskState(const TaskId& id, int64_t, State state, std::string trace) override {
    MutexLock lock(mutex_);
    states_[id.connector] = state;
    traces_[id.connector] = std::move(trace);
    changed_.NotifyAll();
  }
  void OnTopicUsed(const TaskId& id, const std::string& topic) override {
    MutexLock lock(mutex_);
    topics_.insert(id.connector + " " + topic);
  }

  void Start(const std::string& name, const std::string& plugin_class, config::ConfigMap config) {
    config.Set("name", name);
    config.Set("connector.class", plugin_class);
    TaskSpec spec;
    spec.id = {name, 0};
    auto info = registry->Find(plugin_class);
    ASSERT_TRUE(info.ok()) << info.status();
    spec.plugin = *info;
    spec.connector_config = config;
    spec.task_config = std::move(config);
    supervisor->Start(std::move(spec));
  }
  void Stop(const std::string& name) {
    supervisor->Stop({{name, 0}}, nullptr);
    EXPECT_TRUE(Await(name, State::kUnassigned));
  }
  bool Await(const std::string& name, State state) {
    const TimePoint deadline = std::chrono::steady_clock::now() + kPatience;
    MutexLock lock(mutex_);
    while (states_.count(name) == 0 || states_[name] != state) {
      if (!changed_.WaitUntil(mutex_, deadline)) {
        ADD_FAILURE() << name << " is "
                      << (states_.count(name) ? StateName(states_[name]) : "unknown") << "\n"
                      << traces_[name];
        return false;
      }
    }
    return true;
  }
  std::string Trace(const std::string& name) {
    MutexLock lock(mutex_);
    return traces_[name];
  }
  std::vector<std::string> InOrder(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  std::multiset<std::string> Lines(const std::filesystem::path& path) {
    const std::vector<std::string> lines = InOrder(path);
    return {lines.begin(), lines.end()};
  }
  template <typename Condition>
  bool Eventually(Condition&& condition) {
    const TimePoint deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return true;
  }

  kafka::MockCluster cluster;
  std::filesystem::path folder;
  config::WorkerConfig worker;
  MemoryOffsets offsets;
  std::unique_ptr<plugin::Registry> registry;
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, State> states_;
  std::map<std::string, std::string> traces_;
  std::set<std::string> topics_;
  std::unique_ptr<Supervisor> supervisor;  // last
};

TEST_F(PipelineTest, AFileArrivesWholeAndResumesWhereItWas) {
  const auto in = folder / "in.txt", out = folder / "out.txt";
  std::ofstream(in) << [] {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
  }();
  Start("in", "FileStreamSource", {{"file", in.string()}, {"topic", "lines"}});
  Start("out", "FileStreamSink", {{"file", out.string()}, {"topics", "lines"}});
  EXPECT_TRUE(Eventually([&] { return Lines(out).size() >= 5000; }));
  EXPECT_EQ(Lines(out), Lines(in));
  Stop("in");
  EXPECT_EQ(offsets.position(), static_cast<int64_t>(std::filesystem::file_size(in)));
  std::ofstream(in, std::ios::app) << "the last\n";
  Start("in", "FileStreamSource", {{"file", in.string()}, {"topic", "lines"}});
  EXPECT_TRUE(Eventually([&] { return Lines(out).count("the last") == 1; }));
  EXPECT_EQ(Lines(out).size(), 5001u);
  Stop("in");
  Stop("out");
  EXPECT_EQ(topics_, (std::set<std::string>{"in lines", "out lines"}));
}

// Versions of one schema, by turns: each record reaches the sink in its own, and in its place.
TEST_F(PipelineTest, VersionsOfASchemaInOneBatchAreHandedOnInOrder) {
  cluster.CreateTopic("versions", 1);
  const auto in = folder / "in.txt", out = folder / "out.txt";
  const auto field = [](std::string_view type, std::string_view name) {
    return StrCat("{\"type\":\"", type, "\",\"field\":\"", name, "\"}");
  };
  const std::string fields[] = {
      field("string", "name"), StrCat(field("string", "name"), ",", field("int32", "age")),
      StrCat(field("int64", "age"), ",", field("string", "city"), ",", field("string", "name"))};
  std::vector<std::string> expected;
  {
    std::ofstream file(in);
    for (int i = 0; i < 400; ++i) {
      const int version = i < 300 ? i % 3 : i % 2;
      const std::string name = StrCat("u", i), age = StrCat(i), city = StrCat("c", i);
      file << "{\"schema\":{\"type\":\"struct\",\"name\":\"User\",\"version\":" << version + 1
           << ",\"fields\":[" << fields[version] << "]},\"payload\":{\"name\":\"" << name << "\"";
      if (version > 0) file << ",\"age\":" << age;
      if (version > 1) file << ",\"city\":\"" << city << "\"";
      file << "}}\n";
      expected.push_back(version == 0 ? StrCat("Struct{name=", name, ",f=v}")
                         : version == 1
                             ? StrCat("Struct{name=", name, ",age=", age, ",f=v}")
                             : StrCat("Struct{age=", age, ",city=", city, ",name=", name, ",f=v}"));
    }
  }
  worker.offset_flush_interval = milliseconds(100);
  Start("in", "FileStreamSource", {{"file", in.string()}, {"topic", "versions"}});
  EXPECT_TRUE(Eventually([&] {  // all of it is there when the sink begins, so it comes together
    return offsets.position() == static_cast<int64_t>(std::filesystem::file_size(in));
  }));
  Start("out", "FileStreamSink",
        {{"file", out.string()},
         {"topics", "versions"},
         {"value.converter", "JsonConverter"},
         {"transforms", "i"},
         {"transforms.i.type", "org.apache.kafka.connect.transforms.InsertField$Value"},
         {"transforms.i.static.field", "f"},
         {"transforms.i.static.value", "v"}});
  EXPECT_TRUE(Eventually([&] { return InOrder(out).size() >= expected.size(); }));
  EXPECT_EQ(InOrder(out), expected);
  supervisor->StopAll();
}

// Without a dead letter queue: the mock cluster has no admin requests.
TEST_F(PipelineTest, WhatDoesNotConvertIsPassedWhereAllIsTolerated) {
  const auto in = folder / "in.txt", out = folder / "out.txt";
  std::ofstream(in) << "{\"a\":1}\nnot json\n{\"a\":2}\n{\"a\":\n";
  Start("in", "FileStreamSource", {{"file", in.string()}, {"topic", "lines"}});
  Start("out", "FileStreamSink",
        {{"file", out.string()},
         {"topics", "lines"},
         {"value.converter", "JsonConverter"},
         {"value.converter.schemas.enable", "false"},
         {"errors.tolerance", "all"},
         {"errors.log.enable", "true"}});
  EXPECT_TRUE(Eventually([&] { return Lines(out).size() >= 2; }));
  EXPECT_EQ(Lines(out), (std::multiset<std::string>{"{a=1}", "{a=2}"}));
  supervisor->StopAll();
}

TEST_F(PipelineTest, ASinkWithoutToleranceFailsAtTheFirstBadRecord) {
  const auto in = folder / "in.txt", out = folder / "out.txt";
  std::ofstream(in) << "not json\n";
  Start("in", "FileStreamSource", {{"file", in.string()}, {"topic", "lines"}});
  Start("out", "FileStreamSink",
        {{"file", out.string()}, {"topics", "lines"}, {"value.converter", "JsonConverter"}});
  EXPECT_TRUE(Await("out", State::kFailed));
  EXPECT_NE(Trace("out").find("Tolerance exceeded in error handler"), std::string::npos);
}

TEST_F(PipelineTest, AConfigurationThatCannotWorkFailsTheTask) {
  Start("in", "FileStreamSource", {{"topic", "lines"}, {"value.converter", "no.such.Converter"}});
  EXPECT_TRUE(Await("in", State::kFailed));
  EXPECT_NE(Trace("in").find("no.such.Converter"), std::string::npos);
  Start("out", "FileStreamSink", {{"topics", "lines"}, {"transforms", "x"}});
  EXPECT_TRUE(Await("out", State::kFailed));
}

}  // namespace
}  // namespace sluice::task
