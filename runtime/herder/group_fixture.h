// A group of herders for tests: real memberships and stores over topics in memory, a coordinator in
// memory, one clock that the test turns, all on the test's thread. What runs where is asked of the
// fakes that would run it.
#ifndef SLUICE_RUNTIME_HERDER_GROUP_FIXTURE_H_
#define SLUICE_RUNTIME_HERDER_GROUP_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/cluster/expected_workers.h"
#include "runtime/cluster/fake_group.h"
#include "runtime/cluster/group_membership.h"
#include "runtime/herder/built_in_classes.h"
#include "runtime/herder/class_support.h"
#include "runtime/herder/distributed_herder.h"
#include "runtime/herder/herder_fixture.h"
#include "runtime/herder/peers.h"
#include "runtime/storage/log_config_store.h"
#include "runtime/storage/log_offset_store.h"
#include "runtime/storage/log_status_store.h"
#include "runtime/storage/topic_log.h"

namespace sluice::herder {

// A topic that several workers write and read. A reader sees its own barrier's records at once, and
// all others when it is pumped.
struct SharedTopic {
  std::vector<std::pair<std::string, std::optional<std::string>>> records;
};

class SharedTopicLog : public storage::TopicLog {
 public:
  explicit SharedTopicLog(SharedTopic& topic) : topic_(topic) {}
  Status Start(Reader reader, milliseconds) override {
    reader_ = std::move(reader);
    Pump();
    return OkStatus();
  }
  void Append(std::string key, std::optional<std::string> value, milliseconds,
              storage::Done done) override {
    if (stopped_) return done(StoppedError());
    if (hold) {
      held_.push_back({std::move(key), std::move(value), std::move(done)});
      return;
    }
    if (cut) return done(TimeoutError("the broker cannot be reached"));
    topic_.records.emplace_back(std::move(key), std::move(value));
    done(OkStatus());
  }
  void Barrier(milliseconds, storage::Done done) override {
    if (stopped_) return done(StoppedError());
    if (cut) return done(TimeoutError("the broker cannot be reached"));
    Pump();
    done(OkStatus());
  }
  void TakeBack() override {
    for (const Held& one : std::exchange(held_, {})) {
      one.done(storage::OutcomeUnknownError("taken back"));
    }
  }
  // What a producer had, and sends when the broker is back.
  void SendHeld() {
    hold = false;
    for (Held& one : std::exchange(held_, {})) {
      Append(std::move(one.key), std::move(one.value), milliseconds(0), std::move(one.done));
    }
  }
  void Stop() override { stopped_ = true; }

  bool hold = false;  // writes are kept
  bool cut = false;
  bool slow = false;  // reads nothing but for a barrier
  bool Pump() {
    bool moved = false;
    while (!stopped_ && !cut && next_ < topic_.records.size()) {
      const auto& [key, value] = topic_.records[next_];
      storage::LogRecord record;
      const std::string key_copy = key;  // the reader may append, which moves the records
      const std::optional<std::string> value_copy = value;
      record.key = key_copy;
      if (value_copy) record.value = *value_copy;
      record.offset = static_cast<int64_t>(next_++);
      reader_(record);
      moved = true;
    }
    return moved;
  }

 private:
  struct Held {
    std::string key;
    std::optional<std::string> value;
    storage::Done done;
  };
  SharedTopic& topic_;
  std::vector<Held> held_;
  Reader reader_;
  size_t next_ = 0;
  bool stopped_ = false;
};

// What a worker sends to the leader, as REST reads it.
inline std::vector<config::ConfigMap> TaskConfigs(const std::string& body) {
  std::vector<config::ConfigMap> tasks;
  const auto json = ParseJson(body);
  if (!json.ok() || !json->IsArray()) {
    ADD_FAILURE() << "no task configs: " << body;
    return tasks;
  }
  for (const auto& task : json->GetArray()) {
    config::ConfigMap& map = tasks.emplace_back();
    for (const auto& member : task.GetObject()) {
      map.Set(JsonText(member.name), JsonText(member.value));
    }
  }
  return tasks;
}

class GroupWorker;

// The workers of a test, and what they share.
struct TestGroup {
  FakeClock clock;
  SharedTopic configs, statuses;
  cluster::FakeGroup coordinator{clock, milliseconds(10'000)};
  config::WorkerConfig config;
  std::map<std::string, std::unique_ptr<GroupWorker>> workers;  // by name; those that are alive

  TestGroup() {
    config.mode = config::WorkerMode::kDistributed;
    config.signature_algorithm = "HmacSHA256";
    config.key_generation_algorithm = "HmacSHA256";
    config.verification_algorithms = {"HmacSHA256"};
    config.key_ttl = milliseconds(3'600'000);
    config.providers = *config::ConfigProviders::FromWorker({});
  }
  // `protocol`: the worker's connect.protocol. `lacking`: classes that it does not have.
  GroupWorker& Add(const std::string& name, const std::string& protocol = "sessioned",
                   std::set<std::string, std::less<>> lacking = {});
  void Crash(const std::string& name);
  void Leave(const std::string& name);
  void CutOff(const std::string& name, bool cut);
  // A process that is stopped (SIGSTOP), and goes on.
  void Freeze(const std::string& name, bool frozen);
  // Lets all of them do what they can without time passing; `check` after each step.
  void Run(const std::function<void()>& check = [] {});
  // The same, with time passing until nothing changes any more. False: that does not come.
  bool Settle(const std::function<void()>& check = [] {});

  GroupWorker* At(const std::string& url);

 private:
  int incarnations_ = 0;
};

// One worker process.
class GroupWorker : public Peers {
 public:
  GroupWorker(TestGroup& group, std::string name, std::string process, const std::string& protocol,
              std::set<std::string, std::less<>> lacking)
      : name(std::move(name)),
        process(std::move(process)),
        group_(group),
        support_(
            plugins, built_in_,
            [this](std::function<void()> work) { return calls.Aside(std::move(work)); },
            [this] { membership_->Looked(); }, group.clock),
        worker_config_(group.config) {
    worker_config_.connect_protocol = protocol;
    plugins.lacking = std::move(lacking);
    const auto log = [&](SharedTopic& topic) {
      auto made = std::make_unique<SharedTopicLog>(topic);
      logs_.push_back(made.get());
      return made;
    };
    config_ = std::make_unique<storage::LogConfigStore>(log(group.configs), group.clock);
    status_ = std::make_unique<storage::LogStatusStore>(log(group.statuses), group.clock);
    offsets_ =
        std::make_unique<storage::LogOffsetStore>(std::make_unique<storage::MemoryTopicLog>());
    HerderOptions options;
    options.worker = &worker_config_;
    options.worker_id = this->name + ":8083";
    options.version = "4.3.1";
    options.config = config_.get();
    options.offsets = offsets_.get();
    options.status = status_.get();
    options.plugins = &plugins;
    options.calls = &calls;
    options.peers = this;
    options.clock = &group.clock;
    herder = std::make_unique<DistributedHerder>(options);
    supervisor.listener = &herder->task_listener();
    EXPECT_TRUE(config_->Start(*herder, milliseconds(0)).ok());
    EXPECT_TRUE(status_->Start(milliseconds(0)).ok());
    EXPECT_TRUE(offsets_->Start(milliseconds(0)).ok());
    cluster::GroupMembershipOptions membership;
    membership.url = url();
    membership.protocols = cluster::OfferedProtocols(protocol);
    membership.config = config_.get();
    membership.clock = &group.clock;
    membership.fitness = [this](const storage::ClusterConfig& now) { return support_.Ask(now); };
    membership.fit = [this](const std::string& connector, const ClassSupport::Config& now) {
      return support_.Ask(connector, now);
    };
    membership.returns = [this](const auto& tell) {
      status_->Refresh(milliseconds(0), [this, tell](const Status&) {
        tell(cluster::ReadExpectedWorkers(*status_));
      });
    };
    auto made = cluster::GroupMembership::Make(
        membership,
        [&](cluster::GroupListener& listener) -> StatusOr<std::unique_ptr<cluster::GroupClient>> {
          return group.coordinator.NewClient(this->process, listener);
        });
    membership_ = made->get();
    config_->SetTerm([member = membership_] { return member->Term(); });
    herder->Open(*std::move(made), supervisor, {.thread = false});
    herder->RunPending();
  }
  ~GroupWorker() override {
    if (!crashed_) herder->Stop();
    herder.reset();
  }

  std::string url() const { return "http://" + name + ":8083/"; }
  bool Pump() {
    bool moved = false;
    if (frozen) return moved;
    moved = supervisor.ReleaseDue(group_.clock.Now()) || moved;
    moved = calls.ReleaseDue(group_.clock.Now()) || moved;
    for (SharedTopicLog* log : logs_) moved = (!log->slow && log->Pump()) || moved;
    herder->RunPending();
    return moved;
  }
  void SetCut(bool cut) {
    cut_ = cut;
    for (SharedTopicLog* log : logs_) log->cut = cut;
  }
  void Crash() {
    crashed_ = true;
    for (SharedTopicLog* log : logs_) log->Stop();
  }
  std::set<std::string> Runs() const {  // connectors and tasks
    std::set<std::string> runs = plugins.running;
    for (const auto& [id, spec] : supervisor.running) runs.insert(id.ToString());
    return runs;
  }
  const storage::ClusterConfig& Config() {
    snapshot_ = config_->Snapshot();
    return *snapshot_;
  }
  storage::StatusStore& statuses() const { return *status_; }
  void SetSlow() {
    for (SharedTopicLog* log : logs_) log->slow = true;
  }
  const cluster::GroupMembership& membership() const { return *membership_; }
  void PutTaskConfigs(const std::string& leader_url, const std::string& connector,
                      SignedRequest request, Done done) override {
    ++forwards;
    if (lose_forwards) return lost_forwards_.push_back(std::move(done));
    GroupWorker* leader = group_.At(leader_url);
    if (cut_ || leader == nullptr || leader->cut_) return done(ConnectError("Connection refused"));
    auto tasks = TaskConfigs(request.body);
    leader->herder->PutTaskConfigs(connector, std::move(tasks), std::move(request),
                                   std::move(done));
  }

  const std::string name, process;
  FakePlugins plugins;
  FakeCalls calls;
  FakeSupervisor supervisor;
  std::unique_ptr<DistributedHerder> herder;
  bool frozen = false;
  int forwards = 0;            // of task configs to a leader
  bool lose_forwards = false;  // nobody answers them
  SharedTopicLog& configs() { return *logs_[0]; }

 private:
  TestGroup& group_;
  const BuiltInClasses built_in_{"4.3.1"};
  ClassSupport support_;
  std::vector<Done> lost_forwards_;
  config::WorkerConfig worker_config_;
  std::vector<SharedTopicLog*> logs_;
  std::unique_ptr<storage::LogConfigStore> config_;
  std::unique_ptr<storage::LogStatusStore> status_;
  std::unique_ptr<storage::LogOffsetStore> offsets_;
  std::shared_ptr<const storage::ClusterConfig> snapshot_;
  cluster::GroupMembership* membership_ = nullptr;
  bool crashed_ = false;
  bool cut_ = false;
};

inline GroupWorker& TestGroup::Add(const std::string& name, const std::string& protocol,
                                   std::set<std::string, std::less<>> lacking) {
  const std::string process = name + "#" + std::to_string(++incarnations_);
  return *(workers[name] =
               std::make_unique<GroupWorker>(*this, name, process, protocol, std::move(lacking)));
}
inline void TestGroup::Crash(const std::string& name) {
  coordinator.Crash(workers.at(name)->process);
  workers.at(name)->Crash();
  workers.erase(name);
}
inline void TestGroup::Leave(const std::string& name) { workers.erase(name); }
inline void TestGroup::CutOff(const std::string& name, bool cut) {
  coordinator.CutOff(workers.at(name)->process, cut);
  workers.at(name)->SetCut(cut);
}
inline void TestGroup::Freeze(const std::string& name, bool frozen) {
  coordinator.CutOff(workers.at(name)->process, frozen);
  workers.at(name)->frozen = frozen;
}
inline void TestGroup::Run(const std::function<void()>& check) {
  for (int rounds = 0; rounds < 1000; ++rounds) {
    bool moved = coordinator.Step();
    check();
    for (auto& [name, worker] : workers) {
      moved = worker->Pump() || moved;
      check();
    }
    if (!moved) return;
  }
  ADD_FAILURE() << "the group does not come to rest";
}
inline bool TestGroup::Settle(const std::function<void()>& check) {
  int still = 0;
  for (int seconds = 0; seconds < 400 && still < 13; ++seconds) {  // longer than a session
    const int generation = coordinator.generation();
    const size_t records = configs.records.size();
    Run(check);
    clock.Advance(milliseconds(1000));
    Run(check);
    const bool same = generation == coordinator.generation() && coordinator.stable() &&
                      records == configs.records.size();
    still = same ? still + 1 : 0;
  }
  return still >= 13;
}
inline GroupWorker* TestGroup::At(const std::string& url) {
  for (auto& [name, worker] : workers) {
    if (worker->url() == url) return worker.get();
  }
  return nullptr;
}
}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_GROUP_FIXTURE_H_
