#include "runtime/storage/log_config_store.h"

#include <atomic>
#include <chrono>

#include "runtime/base/json.h"
#include "runtime/base/text.h"

namespace sluice::storage {
namespace {

constexpr char kPutConnectorFailed[] = "Error writing connector configuration to Kafka";
constexpr char kRemoveConnectorFailed[] = "Error removing connector configuration from Kafka";
constexpr char kPutTasksFailed[] = "Error writing task configurations to Kafka";
constexpr char kPutStateFailed[] = "Error writing target state to Kafka";

std::string PropertiesJson(const config::ConfigMap& config) {
  JsonWriter json;
  json.StartObject().Key("properties").StartObject();
  for (const auto& [key, value] : config) json.Key(key).String(value);
  json.EndObject().EndObject();
  return json.Take();
}

// `state` is for readers that do not know STOPPED (KIP-875).
std::string TargetJson(TargetState state) {
  const TargetState old_readers = state == TargetState::kStopped ? TargetState::kPaused : state;
  JsonWriter json;
  json.StartObject().Key("state").String(TargetStateName(old_readers));
  json.Key("state.v2").String(TargetStateName(state)).EndObject();
  return json.Take();
}

// The peer's text, and what a client must know beyond it.
Status Failed(const Status& cause, const std::string& failure) {
  if (IsOutcomeUnknown(cause)) {
    return WrapConnect(cause, StrCat(failure,
                                     ": whether it was written is unknown, since the broker has "
                                     "not answered. See what is there before you try again"));
  }
  const bool lost = cause.code() == absl::StatusCode::kAborted;
  return WrapConnect(cause, lost ? StrCat(failure, ": ", Message(cause)) : failure);
}

std::string LaneOf(const std::string& connector) { return "connector " + connector; }

}  // namespace

LogConfigStore::LogConfigStore(std::unique_ptr<TopicLog> log, Clock& clock)
    : log_(std::move(log)), clock_(clock), snapshot_(std::make_shared<const ClusterConfig>()) {}

LogConfigStore::~LogConfigStore() { Stop(); }

Status LogConfigStore::Start(ConfigListener& listener, milliseconds timeout) {
  listener_ = &listener;
  SLUICE_RETURN_IF_ERROR(
      log_->Start([this](const LogRecord& record) { OnRecord(record); }, timeout));
  MutexLock lock(mutex_);
  started_ = true;
  return OkStatus();
}

void LogConfigStore::Stop() { log_->Stop(); }

void LogConfigStore::OnRecord(const LogRecord& record) {
  ConfigState::News news;
  {
    MutexLock lock(mutex_);
    news = state_.Apply(record);
    snapshot_ = nullptr;
    if (!started_) news = nullptr;
  }
  if (news) news(*listener_);
}

std::shared_ptr<const ClusterConfig> LogConfigStore::Snapshot() const {
  MutexLock lock(mutex_);
  if (snapshot_ == nullptr) snapshot_ = std::make_shared<const ClusterConfig>(state_.config());
  return snapshot_;
}

void LogConfigStore::Refresh(milliseconds timeout, Done done) {
  log_->Barrier(timeout, std::move(done));
}

void LogConfigStore::PutConnector(const std::string& connector, const config::ConfigMap& config,
                                  std::optional<TargetState> initial, Done done) {
  Step records;
  if (initial) records.emplace_back("target-state-" + connector, TargetJson(*initial));
  records.emplace_back("connector-" + connector, PropertiesJson(config));
  Enqueue(LaneOf(connector), Writer::kLeader, kPutConnectorFailed, {std::move(records), {}},
          std::move(done));
}

void LogConfigStore::RemoveConnector(const std::string& connector, Done done) {
  Enqueue(
      LaneOf(connector), Writer::kLeader, kRemoveConnectorFailed,
      {{{"connector-" + connector, std::nullopt}, {"target-state-" + connector, std::nullopt}}, {}},
      std::move(done));
}

// The peer reads to the end before the tasks and before the commit, too. The records are known
// before, and acknowledged before the commit is sent, so here that would only take time.
void LogConfigStore::PutTaskConfigs(const std::string& connector,
                                    std::vector<config::ConfigMap> configs, Done done) {
  std::vector<Step> steps;
  if (!configs.empty()) {
    Step& records = steps.emplace_back();
    for (size_t i = 0; i < configs.size(); ++i) {
      records.emplace_back(StrCat("task-", connector, "-", i), PropertiesJson(configs[i]));
    }
  }
  steps.push_back({{"commit-" + connector, StrCat("{\"tasks\":", configs.size(), "}")}});
  steps.emplace_back();
  Enqueue(LaneOf(connector), Writer::kLeader, kPutTasksFailed, std::move(steps), std::move(done));
}

// Done when it has been read back, or what follows a stop would not know of it: tasks were
// configured for a stopped connector.
void LogConfigStore::PutTargetState(const std::string& connector, TargetState state, Done done) {
  Enqueue(LaneOf(connector), Writer::kAny, kPutStateFailed,
          {{{"target-state-" + connector, TargetJson(state)}}, {}}, std::move(done));
}

void LogConfigStore::PutRestart(const RestartRequest& request, Done done) {
  JsonWriter json;
  json.StartObject().Key("include-tasks").Bool(request.include_tasks);
  json.Key("only-failed").Bool(request.only_failed).EndObject();
  Enqueue(LaneOf(request.connector), Writer::kLeader, "Error writing restart request to Kafka",
          {{{"restart-connector-" + request.connector, json.Take()}}, {}}, std::move(done));
}

void LogConfigStore::PutLoggerLevel(const std::string& logger, const std::string& level,
                                    Done done) {
  JsonWriter json;
  json.StartObject().Key("level").String(level).EndObject();
  // One lane for all: a logger's level is that of those below it, so their order counts.
  Enqueue("loggers", Writer::kAny, "Error writing logger level to Kafka",
          {{{"logger-cluster-" + logger, json.Take()}}, {}}, std::move(done));
}

void LogConfigStore::PutSessionKey(const SessionKey& key, Done done) {
  JsonWriter json;
  json.StartObject().Key("key").String(Base64Encode(key.key));
  json.Key("algorithm").String(key.algorithm);
  json.Key("creation-timestamp").Int(key.created_ms).EndObject();
  Enqueue("session key", Writer::kLeader, "Error writing session key to Kafka",
          {{{"session-key", json.Take()}}, {}}, std::move(done));
}

void LogConfigStore::PutTaskCount(const std::string& connector, int tasks, Done done) {
  Enqueue(LaneOf(connector), Writer::kLeader, "Error writing task count to Kafka",
          {{{"tasks-fencing-" + connector, StrCat("{\"task-count\":", tasks, "}")}}, {}},
          std::move(done));
}

void LogConfigStore::Enqueue(const std::string& lane, Writer writer, std::string failure,
                             std::vector<Step> steps, Done done) {
  bool full = false, first = false;
  const int64_t term = TermNow();
  {
    MutexLock lock(mutex_);
    full = waiting_ >= kOperationsMax;
    if (!full) {
      ++waiting_;
      std::deque<Operation>& operations = operations_[lane];
      operations.push_back({.failure = std::move(failure),
                            .writer = writer,
                            .steps = std::move(steps),
                            .done = std::move(done),
                            .deadline = clock_.Now() + kConfigWriteTimeout,
                            .term = term});
      first = operations.size() == 1;
    }
  }
  if (full) return done(ConnectError("Too many writes to the config topic are waiting; try again"));
  if (first) RunFront(lane);
}

void LogConfigStore::RunFront(const std::string& lane) {
  Step step;
  milliseconds left;
  const int64_t term = TermNow();
  bool may_write = true;
  {
    MutexLock lock(mutex_);
    Operation& operation = operations_[lane].front();
    may_write = operation.writer == Writer::kAny || (term != 0 && term == operation.term);
    step = std::move(operation.steps[operation.next]);
    left = std::chrono::ceil<milliseconds>(operation.deadline - clock_.Now());
  }
  if (left <= milliseconds(0)) {
    return StepDone(lane, TimeoutError(StrCat("The config topic did not answer within ",
                                              kConfigWriteTimeout.count(), " ms")));
  }
  if (step.empty()) {
    return log_->Barrier(left, [this, lane](const Status& status) { StepDone(lane, status); });
  }
  if (!may_write) {
    return StepDone(lane, ConflictError("this worker does not lead its group any more, so it has "
                                        "written nothing more of it; try again"));
  }
  struct Writes {  // of one step: it is done with the last
    std::atomic<size_t> open;
    Mutex mutex;
    Status first_error ABSL_GUARDED_BY(mutex);
  };
  auto writes = std::make_shared<Writes>();
  writes->open = step.size();
  for (auto& [key, value] : step) {
    log_->Append(std::move(key), std::move(value), left,
                 [this, lane, writes](const Status& status) {
                   Status result;
                   {
                     MutexLock lock(writes->mutex);
                     if (!status.ok() && writes->first_error.ok()) writes->first_error = status;
                     result = writes->first_error;
                   }
                   if (--writes->open == 0) StepDone(lane, result);
                 });
  }
}

void LogConfigStore::StepDone(const std::string& lane, const Status& status) {
  Operation finished;
  bool over = false, more = false;
  {
    MutexLock lock(mutex_);
    const auto found = operations_.find(lane);
    std::deque<Operation>& operations = found->second;
    Operation& operation = operations.front();
    over = !status.ok() || ++operation.next == operation.steps.size();
    if (over) {
      finished = std::move(operation);
      operations.pop_front();
      --waiting_;
    }
    more = !operations.empty();
    if (!more) operations_.erase(found);
  }
  if (over) finished.done(status.ok() ? status : Failed(status, finished.failure));
  if (more) RunFront(lane);
}

}  // namespace sluice::storage
