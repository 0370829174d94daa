// Runs tasks: what the herder sees of this module. The supervisor owns every task of this worker,
// each on a thread of its own, and tells a listener of what becomes of them.
//
// All methods are called by the herder's thread and do not block, but for StopAll. The listener is
// called from task threads; it posts to the herder and returns at once.
#ifndef SLUICE_RUNTIME_TASK_SUPERVISOR_H_
#define SLUICE_RUNTIME_TASK_SUPERVISOR_H_

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_map.h"
#include "runtime/config/worker_config.h"
#include "runtime/metrics/task_metrics.h"
#include "runtime/plugin/registry.h"
#include "runtime/storage/offset_store.h"

namespace sluice::task {

struct TaskId {
  std::string connector;
  int task = 0;
  friend auto operator<=>(const TaskId&, const TaskId&) = default;
  std::string ToString() const { return connector + "-" + std::to_string(task); }
};

enum class State { kUnassigned, kRunning, kPaused, kFailed, kRestarting, kStopped };
std::string_view StateName(State state);  // RUNNING, ...

class TaskListener {
 public:
  virtual ~TaskListener() = default;
  // `trace` is the whole stack trace of a failure, else empty. `attempt` is that of the Start that
  // the news is about, so that late news of a task that was replaced can be dropped.
  virtual void OnTaskState(const TaskId& id, int64_t attempt, State state, std::string trace) = 0;
  // The first time that this task uses a topic (topic tracking, KIP-558).
  virtual void OnTopicUsed(const TaskId& id, const std::string& topic) = 0;
};

struct TaskSpec {
  TaskId id;
  int64_t attempt = 0;  // chosen by the herder, grows
  plugin::ClassInfo plugin;
  config::ConfigMap connector_config;  // raw: config providers are asked in the task
  config::ConfigMap task_config;       // raw, as stored
  bool paused = false;                 // comes up PAUSED: start is not called until it is resumed
  std::shared_ptr<metrics::TaskMetrics> metrics = nullptr;  // where it counts; null: nowhere
};

struct SupervisorOptions {
  const config::WorkerConfig* worker;
  std::string kafka_cluster_id;
  plugin::Registry* registry;
  storage::OffsetStore* offsets;
  TaskListener* listener;
  metrics::Registry* metrics = nullptr;  // of the tasks' clients; may be null
  std::string version = {};              // of the built-in classes
  // Whether what runs here surely runs nowhere else; empty: it does. Any thread, at once.
  std::function<bool()> owned = {};
  Clock* clock = &Clock::System();
};

class Supervisor {
 public:
  virtual ~Supervisor() = default;
  // Starts the task's thread. Every failure, a configuration that cannot work too, arrives as
  // kFailed.
  virtual void Start(TaskSpec spec) = 0;
  virtual void Pause(const TaskId& id) = 0;
  virtual void Resume(const TaskId& id) = 0;
  // Asks the tasks to stop and answers at once; each reports kUnassigned when it has ended, or is
  // abandoned (no more news, no more commits) after task.shutdown.graceful.timeout.ms. `done` runs
  // on a supervisor thread then. Once another worker may have them, they wait for no more answers
  // of brokers and commit nothing.
  virtual void Stop(const std::vector<TaskId>& ids, std::function<void()> done) = 0;
  virtual std::vector<TaskId> Running() const = 0;
  // For shutdown: stops all, waits for these and for stops under way, up to the graceful time-out.
  // Blocks.
  virtual void StopAll() = 0;
};

std::unique_ptr<Supervisor> NewSupervisor(SupervisorOptions options);

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_SUPERVISOR_H_
