// A herder for tests: real stores over logs in memory, a clock that the test turns, everything on
// the test's thread. Fakes of the plugins, of the connector calls and of the supervisor note what
// they are asked, and can be told to fail or to hang.
#ifndef SLUICE_RUNTIME_HERDER_HERDER_FIXTURE_H_
#define SLUICE_RUNTIME_HERDER_HERDER_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/cluster/membership.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/status_writer.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/record/partition_key.h"
#include "runtime/storage/log_config_store.h"
#include "runtime/storage/log_offset_store.h"
#include "runtime/storage/log_status_store.h"
#include "runtime/storage/memory_topic_log.h"

namespace sluice::herder {

using Calls = std::vector<std::string>;

// Two classes, `Fake` (source, version 1.0) and `FakeSink`, whose connectors do as they are told
// here.
class FakePlugins : public Plugins {
 public:
  Calls calls;  // "start fs"
  Status start_error;
  StatusOr<std::vector<config::ConfigMap>> tasks = std::vector<config::ConfigMap>{{{"n", "0"}}};
  std::map<std::string, plugin::ConnectorHost*> hosts;
  std::set<std::string> running;  // connectors whose Start has succeeded
  StatusOr<bool> alter_answer = true;
  std::function<void()> on_alter = [] {};
  std::set<std::string, std::less<>> lacking;  // classes that are not there after all

  std::optional<plugin::ClassKind> KindOf(std::string_view name) const override {
    if (name == "FakeSink") return plugin::ClassKind::kSink;
    return name == "Fake" ? std::optional(plugin::ClassKind::kSource) : std::nullopt;
  }
  std::vector<plugin::ClassInfo> List() override { return {Class()}; }
  std::vector<plugin::ClassInfo> Known() const override { return {Class()}; }
  StatusOr<plugin::ClassInfo> Find(std::string_view name, std::string_view) override {
    const bool is_here = !lacking.contains(name);
    if (name == "Fake" && is_here) return Class();
    if (name == "FakeSink" && is_here) {
      plugin::ClassInfo sink = Class();
      sink.kind = plugin::ClassKind::kSink;
      sink.name = "FakeSink";
      return sink;
    }
    return ConnectError(
        "Failed to find any class that implements Connector and which name matches " +
        std::string(name));
  }
  StatusOr<std::unique_ptr<plugin::ConnectorPlugin>> NewConnector(
      const plugin::ClassInfo&, plugin::ConnectorHost& host) override {
    return std::make_unique<Connector>(*this, host);
  }
  StatusOr<std::vector<std::pair<std::string, std::string>>> Validate(
      const plugin::ClassInfo&, const config::ConfigMap&) override {
    return std::vector<std::pair<std::string, std::string>>();
  }
  StatusOr<plugin::Support> ExactlyOnceSupport(const plugin::ClassInfo&,
                                               const config::ConfigMap&) override {
    return plugin::Support::kSupported;
  }
  StatusOr<plugin::Support> TransactionBoundaries(const plugin::ClassInfo&,
                                                  const config::ConfigMap&) override {
    return plugin::Support::kSupported;
  }
  static plugin::ClassInfo Class() {
    plugin::ClassInfo info;
    info.kind = plugin::ClassKind::kSource;
    info.name = "Fake";
    info.version = "1.0";
    info.task_class = "FakeTask";
    return info;
  }

 private:
  class Connector : public plugin::ConnectorPlugin {
   public:
    Connector(FakePlugins& owner, plugin::ConnectorHost& host) : owner_(owner), host_(host) {}
    Status Start(const config::ConfigMap& config) override {
      name_ = config.Get("name");
      owner_.hosts[name_] = &host_;
      owner_.calls.push_back("start " + name_);
      if (owner_.start_error.ok()) owner_.running.insert(name_);
      if (const auto* tasks = config.Find("fake.tasks")) tasks_ = std::stoi(*tasks);
      return owner_.start_error;
    }
    StatusOr<std::vector<config::ConfigMap>> TaskConfigs(int) override {
      owner_.calls.push_back("tasks " + name_);
      if (!tasks_) return owner_.tasks;
      return std::vector<config::ConfigMap>(static_cast<size_t>(*tasks_), {{"n", "0"}});
    }
    StatusOr<bool> AlterOffsets(
        const config::ConfigMap& config,
        const std::vector<std::pair<sluice_value, sluice_value>>& offsets) override {
      std::string call = "alter " + std::string(config.Get("name"));
      for (const auto& [partition, offset] : offsets) {
        call += " " + record::PartitionKey(&partition) + "=" + record::PartitionKey(&offset);
      }
      owner_.calls.push_back(std::move(call));
      owner_.on_alter();
      return owner_.alter_answer;
    }
    void Stop() override {
      owner_.calls.push_back("stop " + name_);
      owner_.running.erase(name_);
    }
    void RequestStop() override { owner_.calls.push_back("request stop " + name_); }

   private:
    FakePlugins& owner_;
    plugin::ConnectorHost& host_;
    std::string name_;
    std::optional<int> tasks_;  // `fake.tasks` of its configuration
  };
};

// Runs every call at once, unless told to hold those of one kind.
class FakeCalls : public ConnectorCalls {
 public:
  std::string hold;  // the `what` of calls that are kept
  std::vector<ConnectorCall> held;

  bool hold_aside = false;
  std::vector<std::function<void()>> held_aside;
  // If set: until when the stop that begins now takes; ReleaseDue ends it.
  std::function<TimePoint()> stop_due;
  std::vector<std::pair<TimePoint, ConnectorCall>> stopping;

  Calls asked;  // "start fs"

  void Run(ConnectorCall call) override {
    asked.push_back(call.what + " " + call.connector);
    if (call.what == hold) return held.push_back(std::move(call));
    if (call.what == "stop" && stop_due) {
      return void(stopping.emplace_back(stop_due(), std::move(call)));
    }
    call.work();
    call.done(OkStatus());
  }
  bool Aside(std::function<void()> work) override {
    hold_aside ? held_aside.push_back(std::move(work)) : work();
    return true;
  }
  void ReleaseAside() {
    hold_aside = false;
    for (const auto& work : std::exchange(held_aside, {})) work();
  }
  bool ReleaseDue(TimePoint now) {
    bool any = false;
    for (auto& [due, call] : std::exchange(stopping, {})) {
      if (due > now) {
        stopping.emplace_back(due, std::move(call));
        continue;
      }
      call.work();
      call.done(OkStatus());
      any = true;
    }
    return any;
  }
  void Release() {
    for (ConnectorCall& call : std::exchange(held, {})) {
      call.work();
      call.done(OkStatus());
    }
  }
  void Abandon() {
    for (ConnectorCall& call : std::exchange(held, {})) {
      if (call.on_abandon) call.on_abandon();
      call.done(TimeoutError("hangs"));
    }
  }
};

// Tasks run at once, and stop at once unless told to hold.
class FakeSupervisor : public task::Supervisor {
 public:
  Calls calls;  // "start fs-0", "pause fs-0"
  std::map<task::TaskId, task::TaskSpec> running;
  bool hold_stops = false;
  std::vector<std::function<void()>> stops;
  // If set: until when the stop that begins now takes; the tasks run on until ReleaseDue ends it.
  std::function<TimePoint()> stop_due;
  struct Stopping {
    TimePoint due;
    std::vector<task::TaskId> ids;
    std::function<void()> done;
  };
  std::vector<Stopping> stopping;
  task::TaskListener* listener = nullptr;

  void Start(task::TaskSpec spec) override {
    calls.push_back("start " + spec.id.ToString());
    const task::TaskId id = spec.id;
    const bool paused = spec.paused;
    running[id] = std::move(spec);
    Report(id, paused ? task::State::kPaused : task::State::kRunning);
  }
  void Pause(const task::TaskId& id) override {
    calls.push_back("pause " + id.ToString());
    Report(id, task::State::kPaused);
  }
  void Resume(const task::TaskId& id) override {
    calls.push_back("resume " + id.ToString());
    Report(id, task::State::kRunning);
  }
  void Stop(const std::vector<task::TaskId>& ids, std::function<void()> done) override {
    for (const task::TaskId& id : ids) calls.push_back("stop " + id.ToString());
    if (stop_due) return stopping.push_back({stop_due(), ids, std::move(done)});
    End(ids);
    hold_stops ? stops.push_back(std::move(done)) : done();
  }
  bool ReleaseDue(TimePoint now) {
    bool any = false;
    for (Stopping& one : std::exchange(stopping, {})) {
      if (one.due > now) {
        stopping.push_back(std::move(one));
        continue;
      }
      End(one.ids);
      one.done();
      any = true;
    }
    return any;
  }
  std::vector<task::TaskId> Running() const override { return {}; }
  void StopAll() override {
    for (const auto& [id, spec] : running) Report(id, task::State::kUnassigned);
    running.clear();
  }
  void Report(const task::TaskId& id, task::State state, std::string trace = "") {
    listener->OnTaskState(id, running[id].attempt, state, std::move(trace));
  }

 private:
  void End(const std::vector<task::TaskId>& ids) {
    for (const task::TaskId& id : ids) {
      Report(id, task::State::kUnassigned);
      running.erase(id);
    }
  }
};

class HerderTest : public testing::Test {
 protected:
  explicit HerderTest(bool standalone = false) {
    worker_.mode = config::WorkerMode::kDistributed;
    worker_.providers = *config::ConfigProviders::FromWorker({});
    auto config = std::make_unique<storage::MemoryTopicLog>();
    config_log_ = config.get();
    config_ = std::make_unique<storage::LogConfigStore>(std::move(config), clock_);
    status_ =
        std::make_unique<storage::LogStatusStore>(std::make_unique<storage::MemoryTopicLog>());
    offsets_ =
        std::make_unique<storage::LogOffsetStore>(std::make_unique<storage::MemoryTopicLog>());
    standalone_ = standalone;
    NewHerder();
    EXPECT_TRUE(config_->Start(*herder_, milliseconds(0)).ok());
    EXPECT_TRUE(status_->Start(milliseconds(0)).ok());
    EXPECT_TRUE(offsets_->Start(milliseconds(0)).ok());
  }

  void NewHerder() {
    HerderOptions options;
    options.worker = &worker_;
    options.worker_id = "w:8083";
    options.standalone = standalone_;
    options.version = "4.3.1";
    options.config = config_.get();
    options.offsets = offsets_.get();
    options.status = status_.get();
    options.plugins = &plugins_;
    options.calls = &calls_;
    options.registry = &registry_;
    options.metrics = metrics_.get();
    options.clock = &clock_;
    options.make_admin = [this](const config::ClientProperties& properties) {
      return make_admin_(properties);
    };
    herder_ = std::make_unique<DistributedHerder>(options);
    supervisor_.listener = &herder_->task_listener();
  }
  void Open() {
    herder_->Open(
        std::make_unique<cluster::SoloMembership>(NextGeneration(*status_), "http://w:8083/"),
        supervisor_, {.thread = false});
    herder_->RunPending();
  }
  void Run() { herder_->RunPending(); }
  void Advance(int64_t ms) {
    clock_.Advance(milliseconds(ms));
    Run();
  }

  // Asks, runs, and gives the answer; an internal error if there was none.
  template <typename T, typename Method, typename... Args>
  StatusOr<T> Get(Method method, Args... args) {
    auto answer = std::make_shared<StatusOr<T>>(absl::InternalError("no answer"));
    ((*herder_).*method)(std::move(args)...,
                         [answer](StatusOr<T> got) { *answer = std::move(got); });
    Run();
    return *answer;
  }
  Status Do(void (DistributedHerder::*method)(std::string, Done), std::string name) {
    auto answer = std::make_shared<Status>(absl::InternalError("no answer"));
    ((*herder_).*method)(std::move(name), [answer](const Status& got) { *answer = got; });
    Run();
    return *answer;
  }
  Status Do(void (DistributedHerder::*method)(std::string, int, Done), std::string name, int task) {
    auto answer = std::make_shared<Status>(absl::InternalError("no answer"));
    ((*herder_).*method)(std::move(name), task, [answer](const Status& got) { *answer = got; });
    Run();
    return *answer;
  }
  static SubmittedConfig FakeConfig(const std::string& name) {
    return {.values = {{"connector.class", "Fake"}, {"name", name}}, .null_keys = {}};
  }
  StatusOr<ConnectorInfo> Create(const std::string& name,
                                 std::optional<std::string> state = std::nullopt) {
    return Get<ConnectorInfo>(&DistributedHerder::Create,
                              CreateRequest{name, FakeConfig(name), std::move(state)});
  }
  StatusOr<PutResult> Put(const std::string& name, SubmittedConfig config) {
    return Get<PutResult>(&DistributedHerder::PutConfig, name, std::move(config));
  }
  // "RUNNING 0:RUNNING 1:FAILED"
  std::string States(const std::string& name) {
    const auto status = Get<ConnectorStatus>(&DistributedHerder::ConnectorState, name);
    if (!status.ok()) return std::string(Message(status.status()));
    std::string text = status->connector.state;
    for (const auto& [task, part] : status->tasks) {
      text += " " + std::to_string(task) + ":" + part.state;
    }
    return text;
  }

  // Whether /metrics has this line, `kafka_connect_` in front.
  bool Shows(const std::string& line) {
    return ("\n" + registry_.Text()).find("\nkafka_connect_" + line + "\n") != std::string::npos;
  }

  FakeClock clock_;
  metrics::Registry registry_;
  std::shared_ptr<metrics::WorkerMetrics> metrics_ =
      metrics::WorkerMetrics::Make({.registry = &registry_,
                                    .window = {},
                                    .clock = &clock_,
                                    .client_id = "w",
                                    .version = "4.3.1",
                                    .commit = "c",
                                    .distributed = true});
  config::WorkerConfig worker_;
  FakePlugins plugins_;
  FakeCalls calls_;
  FakeSupervisor supervisor_;
  storage::MemoryTopicLog* config_log_ = nullptr;
  std::unique_ptr<storage::LogConfigStore> config_;
  std::unique_ptr<storage::LogOffsetStore> offsets_;
  std::unique_ptr<storage::LogStatusStore> status_;
  bool standalone_ = false;
  std::function<StatusOr<std::unique_ptr<kafka::Admin>>(const config::ClientProperties&)>
      make_admin_ = [](const auto& properties) { return kafka::NewAdmin(properties); };
  std::unique_ptr<DistributedHerder> herder_;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_HERDER_FIXTURE_H_
