// The tasks of this worker: brings what runs into line with what should run, through the
// supervisor. Level-triggered: the herder hands over the whole wish each time anything changes, and
// may do so at any time.
//
// All methods are on the herder's thread, but for the TaskListener's, which come from task threads.
#ifndef SLUICE_RUNTIME_HERDER_LOCAL_TASKS_H_
#define SLUICE_RUNTIME_HERDER_LOCAL_TASKS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/provider.h"
#include "runtime/herder/connector_pool.h"
#include "runtime/herder/plugins.h"
#include "runtime/herder/tick_loop.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/task_metrics.h"
#include "runtime/metrics/window.h"
#include "runtime/metrics/worker_metrics.h"
#include "runtime/storage/ids.h"
#include "runtime/storage/status_store.h"
#include "runtime/task/supervisor.h"

namespace sluice::herder {

struct WantedTask {
  std::shared_ptr<const config::ConfigMap> connector_config;
  std::shared_ptr<const config::ConfigMap> task_config;
  std::optional<int> generation;  // of the connector's task configs: another one means a restart,
                                  // as another task_config (the pointer) does
  int task_count = 0;             // of the connector
  bool paused = false;
};
using WantedTasks = std::map<storage::TaskId, WantedTask>;

// News for the herder, on its thread.
class TasksListener {
 public:
  virtual ~TasksListener() = default;
  virtual void OnTaskState(const storage::TaskId& task, storage::State state, std::string trace,
                           std::optional<std::string> version) = 0;
  virtual void OnTaskTopic(const storage::TaskId& task, const std::string& topic) = 0;
  // A task that is no longer wanted has ended.
  virtual void OnTaskGone(const storage::TaskId& task) = 0;
  // A stop has ended: what was in its way can go on. Answer by Reconcile.
  virtual void OnTasksStopped() = 0;
};

struct LocalTasksParts {
  TickLoop* loop;
  ConnectorCalls* calls;
  Plugins* plugins;
  std::shared_ptr<const config::ConfigProviders> providers;
  metrics::Registry* registry = nullptr;  // of the tasks' metrics; these three may be null
  metrics::WorkerMetrics* metrics = nullptr;
  Clock* clock = nullptr;
  metrics::WindowConfig window = {};
  milliseconds call_timeout{60'000};
};

class LocalTasks : public task::TaskListener {
 public:
  LocalTasks(const LocalTasksParts& parts, TasksListener& listener);
  ~LocalTasks() override;  // after the supervisor is gone

  // Before the first Reconcile; it outlives this.
  void SetSupervisor(task::Supervisor& supervisor) { supervisor_ = &supervisor; }

  void Reconcile(WantedTasks wanted);
  // Stops the tasks and starts them again, even if they have failed; RESTARTING in between. `done`
  // when they have been started. Tasks that are not there are left out.
  void Restart(const std::vector<storage::TaskId>& tasks, std::function<void()> done);
  // Also one that has been stopped for a restart and is started at the next Reconcile.
  bool Has(const storage::TaskId& task) const {
    return tasks_.contains(task) || wanted_.contains(task);
  }
  // Nothing runs, or is being stopped, that was not wanted at the last Reconcile.
  bool Settled() const;
  bool HasAnyOf(const std::string& connector) const;
  // From now on nothing is started; the supervisor's StopAll brings the last news.
  void ShutDown() { shutting_down_ = true; }

  // task::TaskListener
  void OnTaskState(const task::TaskId& id, int64_t attempt, task::State state,
                   std::string trace) override;
  void OnTopicUsed(const task::TaskId& id, const std::string& topic) override;

 private:
  enum class Phase { kResolving, kStarted, kStopping };
  struct Local {
    WantedTask spec;
    int64_t attempt = 0;
    Phase phase = Phase::kResolving;
    std::optional<std::string> version;
    bool failed = false;
    bool paused = false;  // what the supervisor was told
    bool restarting = false;
    std::shared_ptr<metrics::TaskMetrics> metrics;
    std::string state;     // as metrics name it
    bool started = false;  // counted as a start, or as one that failed
  };
  struct Token;

  void StopThem(const std::vector<storage::TaskId>& ids, bool restarting,
                std::function<void()> done);
  void Stopped(const std::vector<storage::TaskId>& ids);
  void StartTask(const storage::TaskId& id, const WantedTask& spec);
  void Resolved(const storage::TaskId& id, int64_t attempt, StatusOr<plugin::ClassInfo> info);
  void Failed(const storage::TaskId& id, Local& local, std::string trace);
  // Tells the metrics; an empty state: it is gone.
  void Show(const storage::TaskId& id, Local& local, std::string_view state);

  const LocalTasksParts parts_;
  TasksListener& listener_;
  const std::shared_ptr<Token> token_;
  task::Supervisor* supervisor_ = nullptr;
  WantedTasks wanted_;
  std::map<storage::TaskId, Local> tasks_;
  int64_t last_attempt_ = 0;
  bool shutting_down_ = false;
};

}  // namespace sluice::herder

#endif  // SLUICE_RUNTIME_HERDER_LOCAL_TASKS_H_
