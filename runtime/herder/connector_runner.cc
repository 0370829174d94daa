#include "runtime/herder/connector_runner.h"

#include <atomic>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/mutex.h"
#include "runtime/base/text.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/resolved.h"
#include "runtime/metrics/family.h"
#include "runtime/metrics/plugin_metrics.h"
#include "runtime/storage/stores.h"
#include "runtime/task/plugin_metric.h"

namespace sluice::herder {
namespace {

std::string NewLane(const std::string& name) {
  static std::atomic<int64_t> last{0};
  return StrCat(name, "#", ++last);
}

using storage::State;
using storage::TargetState;

LogLevel LevelOf(sluice_log_level level) {
  switch (level) {
    case SLUICE_LOG_TRACE:
      return LogLevel::kTrace;
    case SLUICE_LOG_DEBUG:
      return LogLevel::kDebug;
    case SLUICE_LOG_WARN:
      return LogLevel::kWarn;
    case SLUICE_LOG_ERROR:
      return LogLevel::kError;
    default:
      return LogLevel::kInfo;
  }
}

// At most so many tasks: tasks.max, which validation has checked.
int TasksMax(const config::ConfigMap& resolved) {
  const auto max = ParseInt64(Trim(resolved.Get("tasks.max", "1")));
  return max && *max >= 1 && *max <= 1'000'000 ? static_cast<int>(*max) : 1;
}

}  // namespace

struct ConnectorRunner::Token {
  ConnectorRunner* runner;  // null once it is gone; herder's thread only
};

// The plugin and what it may ask of the worker. Pool threads use it, one at a time; Log, Metric,
// RequestReconfiguration and RaiseError may come from any thread of the plugin's.
class ConnectorRunner::Instance : public plugin::ConnectorHost {
 public:
  Instance(const RunnerParts& parts, std::string name, Config raw, std::shared_ptr<Token> token)
      : parts_(parts),
        name_(std::move(name)),
        raw_(std::move(raw)),
        token_(std::move(token)),
        metrics_(metrics::PluginMetrics::Make(parts.registry, metrics::Label("connector", name_))) {
  }

  Status Find() {
    if (info_) return OkStatus();
    SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved, ResolvedConfig());
    SLUICE_ASSIGN_OR_RETURN(info_, parts_.plugins->Find(resolved.Get("connector.class"),
                                                        resolved.Get("connector.plugin.version")));
    return OkStatus();
  }

  // `fresh`: an instance that has failed before is not used again.
  Status Start(bool fresh) {
    const LogContext context(name_ + "|worker");
    SLUICE_RETURN_IF_ERROR(Find());
    SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved, ResolvedConfig());
    for (const auto& [key, variable] : config::LiteralVariables(*raw_, resolved)) {
      LogWarn("herder", "Connector ", name_, ": no config provider resolves ", variable, " in ",
              key, ", which is used as it is. Is the provider among config.providers of this ",
              "worker, and the key in what it reads?");
    }
    if (fresh || plugin_ == nullptr) {
      SetPlugin(nullptr);
      SLUICE_ASSIGN_OR_RETURN(auto plugin, parts_.plugins->NewConnector(*info_, *this));
      SetPlugin(std::move(plugin));
    }
    return plugin_->Start(resolved);
  }

  StatusOr<TaskPlan> Tasks(const Config& applied) {
    const LogContext context(name_ + "|worker");
    SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved, ResolvedConfig());
    SLUICE_ASSIGN_OR_RETURN(const config::Variables variables,
                            config::ResolveVariables(*parts_.providers, *raw_));
    const int max = TasksMax(resolved);
    TaskPlan plan;
    SLUICE_ASSIGN_OR_RETURN(std::vector<config::ConfigMap> configs, plugin_->TaskConfigs(max));
    if (const Status count = config::CheckTaskCount(name_, configs.size(), max); !count.ok()) {
      if (!EqualsIgnoreCase(Trim(resolved.Get("tasks.max.enforce")), "false")) {
        return ExceptionError(absl::StatusCode::kFailedPrecondition, ExceptionClass(count),
                              Message(count));
      }
      LogWarn("herder", Message(count));
    }
    for (config::ConfigMap& task : configs) {
      task.Set("task.class", info_->task_class);
      for (const std::string_view key : {"topics", "topics.regex"}) {
        if (const std::string* value = resolved.Find(key)) task.Set(key, *value);
      }
      plan.configs.push_back(config::WithVariables(task, *raw_, variables));
    }
    plan.settings_changed = true;
    if (applied != nullptr) {
      const auto before = parts_.providers->Resolve(*applied);
      plan.settings_changed = !before.ok() || !(*before == resolved);
    }
    return plan;
  }

  void Stop() {
    const LogContext context(name_ + "|worker");
    if (plugin_ != nullptr) plugin_->Stop();
  }
  // Any thread, while a call runs. The plugin's stop may hang, as may the call that it is to end.
  static void RequestStop(const std::shared_ptr<Instance>& self) {
    std::shared_ptr<plugin::ConnectorPlugin> plugin;
    {
      MutexLock lock(self->mutex_);
      plugin = self->plugin_;
    }
    if (plugin == nullptr) return;
    self->parts_.calls->Aside([self, plugin]() mutable {
      plugin->RequestStop();
      plugin.reset();  // before its host
    });
  }
  const plugin::ClassInfo& info() const { return *info_; }  // after Find has succeeded
  metrics::PluginMetrics& metrics() { return *metrics_; }

  void Log(sluice_log_level level, std::string_view text) override {
    const LogContext context(name_ + "|worker");
    sluice::Log(LevelOf(level), "connector", text);
  }
  void Metric(std::string_view name, sluice_metric_kind kind, double value) override {
    task::RecordPluginMetric(*metrics_, name, kind, value);
  }
  StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value* partitions, size_t count,
                                                    abi::Arena& arena) override {
    SLUICE_RETURN_IF_ERROR(OpenOffsets());
    return offsets_->Read(name_, std::vector<sluice_value>(partitions, partitions + count), arena);
  }
  void RequestReconfiguration() override {
    parts_.loop->Post([token = token_] {
      if (token->runner != nullptr && token->runner->running()) {
        token->runner->listener_.OnReconfiguration(token->runner->name_);
      }
    });
  }
  void RaiseError(Status error) override {
    parts_.loop->Post([token = token_, error = std::move(error)] {
      if (token->runner != nullptr) token->runner->Fail(error);
    });
  }
  StatusOr<config::ConfigMap> ResolvedConfig() override { return parts_.providers->Resolve(*raw_); }

 private:
  // The worker's store, or that of the connector's own topic, when it is first asked for.
  Status OpenOffsets() {
    if (offsets_ != nullptr) return OkStatus();
    SLUICE_ASSIGN_OR_RETURN(const config::ConfigMap resolved, ResolvedConfig());
    if (Trim(resolved.Get("offsets.storage.topic")).empty()) {
      offsets_ = std::shared_ptr<storage::OffsetStore>(std::shared_ptr<void>(), parts_.offsets);
      return OkStatus();
    }
    SLUICE_ASSIGN_OR_RETURN(
        const config::ConnectorConfig connector,
        config::ConnectorConfig::FromMap(config::ConnectorKind::kSource, resolved, *parts_.worker));
    SLUICE_ASSIGN_OR_RETURN(
        offsets_, storage::OpenConnectorOffsets(*parts_.worker, connector, *parts_.offsets,
                                                parts_.call_timeout));
    return OkStatus();
  }
  // What was there before goes outside the lock: its destructor is plugin code.
  void SetPlugin(std::shared_ptr<plugin::ConnectorPlugin> plugin) {
    MutexLock lock(mutex_);
    plugin_.swap(plugin);
  }

  const RunnerParts parts_;
  const std::string name_;
  const Config raw_;
  const std::shared_ptr<Token> token_;
  const std::shared_ptr<metrics::PluginMetrics> metrics_;
  std::optional<plugin::ClassInfo> info_;
  std::shared_ptr<storage::OffsetStore> offsets_;
  Mutex mutex_;
  // Changed under the mutex, and only by calls in the pool, which read it without.
  std::shared_ptr<plugin::ConnectorPlugin> plugin_;
};

ConnectorRunner::ConnectorRunner(const RunnerParts& parts, std::string name, Config raw,
                                 RunnerListener& listener)
    : parts_(parts),
      name_(std::move(name)),
      raw_(std::move(raw)),
      listener_(listener),
      token_(std::make_shared<Token>(Token{this})),
      lane_(NewLane(name_)) {}

// The instance goes in the pool: its plugin's destructor is plugin code too.
ConnectorRunner::~ConnectorRunner() {
  token_->runner = nullptr;
  if (instance_ == nullptr) return;
  instance_->metrics().Close();
  auto last = std::make_shared<std::shared_ptr<Instance>>(std::move(instance_));
  ConnectorCall call;
  call.connector = name_;
  call.lane = lane_;
  call.what = "close";
  call.deadline = parts_.stop_timeout;
  call.work = [last] { last->reset(); };
  call.done = [](const Status&) {};
  parts_.calls->Run(std::move(call));
}

void ConnectorRunner::Call(std::string what, milliseconds deadline, std::function<void()> work,
                           std::function<void(Status)> done) {
  ++calls_;
  ConnectorCall call;
  call.connector = name_;
  call.lane = lane_;
  call.what = std::move(what);
  call.deadline = deadline;
  call.work = std::move(work);
  call.done = [loop = parts_.loop, token = token_, done = std::move(done)](const Status& status) {
    loop->Post([token, done, status] {
      if (token->runner == nullptr) return;
      ++token->runner->returned_;
      done(status);
    });
  };
  call.on_abandon = [instance = instance_] { Instance::RequestStop(instance); };
  parts_.calls->Run(std::move(call));
}

void ConnectorRunner::SetTarget(TargetState target) {
  if (closing_) return;
  wanted_ = target;
  Advance();
}

void ConnectorRunner::Advance() {
  if (busy_) return;
  if (closing_) return FinishClose();
  if (!wanted_) return;
  if (instance_ == nullptr) return Resolve();
  const TargetState wanted = *wanted_;
  if (phase_ == Phase::kFailed && wanted != TargetState::kStopped) {
    LogWarn("herder", "Cannot transition connector ", name_, " to ",
            storage::TargetStateName(wanted), " since it has failed");
    wanted_.reset();
    return;
  }
  wanted_.reset();
  if (wanted == TargetState::kStarted) {
    if (phase_ != Phase::kRunning) StartPlugin();
    return;
  }
  const Phase phase = wanted == TargetState::kPaused ? Phase::kPaused : Phase::kStopped;
  if (phase_ == phase) return;
  started_ ? StopPlugin(phase) : Enter(phase);
}

// The class first: a paused connector shows its version too, and one without a class has failed.
void ConnectorRunner::Resolve() {
  busy_ = true;
  instance_ = std::make_shared<Instance>(parts_, name_, raw_, token_);
  auto result = std::make_shared<Status>();
  Call(
      "find the class of", parts_.call_timeout,
      [instance = instance_, result] { *result = instance->Find(); },
      [this, result](const Status& call) {
        busy_ = false;
        const Status& status = call.ok() ? *result : call;
        if (status.ok()) {
          const plugin::ClassInfo& info = instance_->info();
          version_ = info.version;
          shown_ = {info.name, info.kind == plugin::ClassKind::kSource ? "source" : "sink",
                    info.version};
        } else {
          if (wanted_ != TargetState::kStopped) wanted_.reset();
          Enter(Phase::kFailed, status);
        }
        Advance();
      });
}

void ConnectorRunner::StartPlugin() {
  busy_ = true;
  auto result = std::make_shared<Status>();
  Call(
      "start", parts_.call_timeout,
      [instance = instance_, result, fresh = std::exchange(tainted_, false)] {
        *result = instance->Start(fresh);
      },
      [this, result](const Status& call) {
        busy_ = false;
        const Status& status = call.ok() ? *result : call;
        started_ = status.ok();
        if (!status.ok()) {
          Enter(Phase::kFailed, status);
        } else {
          Enter(Phase::kRunning);
          if (!wanted_ && running()) listener_.OnReconfiguration(name_);
        }
        Advance();
      });
}

void ConnectorRunner::StopPlugin(Phase then) {
  busy_ = true;
  started_ = false;
  Call(
      "stop", parts_.stop_timeout, [instance = instance_] { instance->Stop(); },
      [this, then](const Status& call) {
        busy_ = false;
        const bool failed = !call.ok() && then == Phase::kPaused;
        Enter(failed ? Phase::kFailed : then, failed ? call : OkStatus());
        Advance();
      });
}

void ConnectorRunner::Enter(Phase phase, const Status& error) {
  phase_ = phase;
  failure_ = error;
  trouble_ = false;
  tainted_ = tainted_ || phase == Phase::kFailed;
  if (!error.ok()) LogError("herder", "Connector ", name_, " has failed: ", StackTrace(error));
  if (closing_) return;  // UNASSIGNED is next
  const State state = phase == Phase::kRunning   ? State::kRunning
                      : phase == Phase::kPaused  ? State::kPaused
                      : phase == Phase::kStopped ? State::kStopped
                                                 : State::kFailed;
  listener_.OnConnectorState(name_, state, StackTrace(error), version_);
}

void ConnectorRunner::Fail(const Status& error) {
  if (closing_ || phase_ == Phase::kFailed) return;
  started_ = false;  // a failed connector is not stopped
  Enter(Phase::kFailed, error);
}

void ConnectorRunner::ShowTrouble(const Status& error) {
  if (!running() || (error.ok() && !trouble_)) return;
  trouble_ = !error.ok();
  listener_.OnConnectorState(name_, error.ok() ? State::kRunning : State::kFailed,
                             StackTrace(error), version_);
}

void ConnectorRunner::TaskConfigs(Config applied, std::function<void(StatusOr<TaskPlan>)> done) {
  auto result = std::make_shared<StatusOr<TaskPlan>>();
  Call(
      "ask for the task configs of", parts_.call_timeout,
      [instance = instance_, applied = std::move(applied), result] {
        *result = instance->Tasks(applied);
      },
      [this, result, done = std::move(done)](const Status& call) {
        if (!call.ok()) *result = call;
        if (result->status().code() == absl::StatusCode::kFailedPrecondition) {
          Fail(result->status());
        }
        done(std::move(*result));
      });
}

void ConnectorRunner::Close(std::function<void()> done) {
  closing_ = true;
  closed_ = std::move(done);
  wanted_.reset();
  if (returned_ < calls_) {
    Instance::RequestStop(instance_);
    parts_.loop->PostAfter(parts_.stop_timeout, [token = token_, call = calls_] {
      if (token->runner != nullptr && token->runner->returned_ < call) token->runner->GiveUp();
    });
  }
  Advance();
}

// The call may return at any time later; then nobody listens to it.
void ConnectorRunner::GiveUp() {
  LogWarn("herder", "Connector ", name_, " has not returned from a call within ",
          parts_.stop_timeout.count(), " ms after it was asked to stop; it is abandoned");
  busy_ = false;
  started_ = false;
  FinishClose();
}

void ConnectorRunner::FinishClose() {
  if (started_) return StopPlugin(Phase::kStopped);
  if (!closed_) return;
  if (phase_ != Phase::kNew) {
    listener_.OnConnectorState(name_, State::kUnassigned, {}, std::nullopt);
  }
  const std::function<void()> closed = std::exchange(closed_, nullptr);
  closed();  // may destroy this
}

}  // namespace sluice::herder
