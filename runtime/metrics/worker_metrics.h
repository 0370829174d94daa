// What is counted of the worker as a whole and of its connectors: connect-worker-metrics,
// connect-worker-rebalance-metrics, connect-coordinator-metrics, connector-metrics and app-info, as
// Apache Kafka Connect has them. The herder tells it what happens; read from any thread.
#ifndef SLUICE_RUNTIME_METRICS_WORKER_METRICS_H_
#define SLUICE_RUNTIME_METRICS_WORKER_METRICS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/metrics/group_event.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/window.h"

namespace sluice::metrics {

struct WorkerMetricsOptions {
  Registry* registry = nullptr;  // outlives it
  WindowConfig window;
  Clock* clock = &Clock::System();
  std::string client_id;  // of the group member
  std::string version, commit;
  bool distributed = false;  // it has a group
};

// What a worker's group is and does.
struct GroupState {
  std::string leader_url;
  std::string protocol;  // SESSIONED, COMPATIBLE, EAGER
  int generation = 0;
  bool rebalancing = false;
  friend bool operator==(const GroupState&, const GroupState&) = default;
};

class WorkerMetrics {
 public:
  static std::shared_ptr<WorkerMetrics> Make(WorkerMetricsOptions options);
  explicit WorkerMetrics(WorkerMetricsOptions options);  // for Make

  // What the group has given to this worker.
  void SetAssigned(size_t connectors, size_t tasks);
  // A rebalance is completed when it has been going on and is not any more.
  void SetGroup(GroupState group);
  void GroupAnswered(GroupEvent event, milliseconds took);

  // A connector of this worker, from when it is made to when it is closed. States are in small
  // letters; the first `running` is a start that succeeded, `failed` before it one that failed.
  struct Connector {
    std::string class_name, type, version;
  };
  void AddConnector(const std::string& name);
  void SetConnector(const std::string& name, std::string_view state, const Connector& what);
  void RemoveConnector(const std::string& name);

  // A task of this worker that goes from one state to another; no state: it is not there (yet, any
  // more).
  void MoveTask(const std::string& connector, std::string_view from, std::string_view to);
  void TaskStarted(bool success);

 private:
  static constexpr std::array<std::string_view, 6> kTaskStates = {
      "running", "paused", "failed", "unassigned", "destroyed", "restarting"};
  struct TaskCounts {
    std::array<int64_t, kTaskStates.size()> by_state{};
    int64_t total = 0;
    Registry::Registration registration;
  };
  struct ConnectorEntry {
    std::string state = "unassigned";
    Connector what;
    bool started = false;
    Registry::Registration registration;
  };
  struct Starts {
    explicit Starts(WindowConfig window) : results(window) {}
    void Record(bool success, int64_t now_ms) {
      (success ? successes : failures) += 1;
      results.Record(success ? 1 : 0, now_ms);
    }
    double successes = 0, failures = 0;
    Window results;
  };

  struct Answers {  // of one kind of event
    explicit Answers(WindowConfig window) : times(window), count(window) {}
    double total = 0, total_ms = 0;
    int64_t last_ms = -1;  // -1: never
    Window times, count;
  };

  int64_t NowMs() const;
  void Register(Families families, std::string labels, void (WorkerMetrics::*read)(Reading&) const);
  void ReadWorker(Reading& reading) const;
  void ReadRebalance(Reading& reading) const;
  void ReadCoordinator(Reading& reading) const;
  void ReadApp(Reading& reading) const;
  void ReadConnector(const std::string& name, Reading& reading) const;
  void ReadTaskCounts(const std::string& connector, Reading& reading) const;

  const WorkerMetricsOptions options_;
  const int64_t start_ms_;
  std::weak_ptr<WorkerMetrics> self_;
  std::vector<Registry::Registration> registrations_;

  mutable Mutex mutex_;
  std::map<std::string, ConnectorEntry> connectors_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, TaskCounts> tasks_ ABSL_GUARDED_BY(mutex_);
  int64_t task_count_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable Starts connector_starts_ ABSL_GUARDED_BY(mutex_);
  mutable Starts task_starts_ ABSL_GUARDED_BY(mutex_);
  size_t assigned_connectors_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t assigned_tasks_ ABSL_GUARDED_BY(mutex_) = 0;
  GroupState group_ ABSL_GUARDED_BY(mutex_);
  mutable std::array<Answers, 5> answers_ ABSL_GUARDED_BY(mutex_);  // by GroupEvent
  int64_t rebalance_began_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t rebalance_ended_ms_ ABSL_GUARDED_BY(mutex_) = -1;  // -1: never
  double rebalances_ ABSL_GUARDED_BY(mutex_) = 0;
  mutable Window rebalance_times_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_WORKER_METRICS_H_
