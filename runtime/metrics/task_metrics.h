// All that is counted of one task: connector-task-metrics, source-task-metrics or
// sink-task-metrics, task-error-metrics, connector-transform-metrics, connector-predicate-metrics
// and the task's own plugin metrics, as Apache Kafka Connect has them, and what it does not have:
// lag, latency, last progress.
//
// The herder makes one for each start of a task and removes it when the task is no longer this
// worker's, so that a FAILED task keeps its values. The task's thread records, once per batch: each
// call takes one lock that nobody holds for long. Read from any thread.
#ifndef SLUICE_RUNTIME_METRICS_TASK_METRICS_H_
#define SLUICE_RUNTIME_METRICS_TASK_METRICS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/metrics/error_counts.h"
#include "runtime/metrics/histogram.h"
#include "runtime/metrics/plugin_metrics.h"
#include "runtime/metrics/registry.h"
#include "runtime/metrics/state_timer.h"
#include "runtime/metrics/window.h"

namespace sluice::metrics {

struct TaskMetricsOptions {
  Registry* registry = nullptr;  // may be null: counted, and shown to nobody
  WindowConfig window = {};
  Clock* clock = &Clock::System();
  std::string connector = {};
  int task = 0;
};

// A class and its version, as shown.
struct ClassVersion {
  std::string name, version;
};

// What is known of a task once its configuration has been read.
struct TaskClasses {
  ClassVersion connector, task, key_converter, value_converter, header_converter;
  std::vector<std::pair<std::string, ClassVersion>> transforms, predicates;  // by alias
};

// So many records with one latency.
struct LatencyRun {
  int64_t ms;
  uint64_t records;
};

class TaskMetrics {
 public:
  static std::shared_ptr<TaskMetrics> Make(TaskMetricsOptions options);
  TaskMetrics(TaskMetricsOptions options);  // for Make

  // Herder's thread.
  void SetState(std::string_view state);  // small letters
  void SetKind(bool source);              // registers the source's or the sink's group; once
  void Remove();                          // takes all groups away

  // The task's thread, before its first turn.
  void SetClasses(TaskClasses classes);

  // Source: a poll that returned records; `active` of all that were polled are not done yet.
  void Polled(size_t records, milliseconds took, size_t active);
  // The broker acknowledged records, this long after their poll.
  void Acked(const std::vector<LatencyRun>& runs, size_t active);

  // Sink
  void Consumed(size_t records);
  // A put that succeeded; the latencies are those of its records since their timestamps.
  void Put(size_t records, milliseconds took, const std::vector<LatencyRun>& latencies);
  struct Lag {
    std::string topic;
    int32_t partition;
    int64_t records;
  };
  struct Position {
    size_t partitions = 0;
    int64_t active = 0;     // consumed and not committed
    std::vector<Lag> lags;  // of partitions whose end and position are known
  };
  void SetPosition(Position position);
  void CommitOvertaken();  // its answer came after a newer one's

  // Both. `sequence` of a sink's commit, else 0.
  void CommitSucceeded(milliseconds took, uint64_t sequence);
  void CommitFailed();
  void Dropped(size_t records) { AddTo(dropped_, records); }  // filtered, or failed and tolerated
  void PutRetried() { AddTo(put_retries_, 1); }
  void SetBytesInFlight(size_t bytes) { bytes_in_flight_.store(bytes, std::memory_order_relaxed); }
  size_t bytes_in_flight() const { return bytes_in_flight_.load(std::memory_order_relaxed); }

  ErrorCounts& errors() { return errors_; }
  PluginMetrics& plugin() { return *plugin_; }

 private:
  // A value that is summed up for ever, and over the window.
  struct RateAndTotal {
    explicit RateAndTotal(WindowConfig config) : window(config) {}
    void Add(double value, int64_t now_ms) {
      total += value;
      window.Record(value, now_ms);
    }
    Window window;
    double total = 0;
  };
  using Count = std::atomic<uint64_t>;
  // Cheaper than +=: only the task's thread writes.
  static void AddTo(Count& count, size_t by) {
    count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  int64_t NowMs() const {
    return std::chrono::duration_cast<milliseconds>(options_.clock->Now().time_since_epoch())
        .count();
  }
  void Progressed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    last_progress_ms_ = options_.clock->WallMillis();
  }
  void SetActive(double active, int64_t now_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Register(Families families, void (TaskMetrics::*read)(Reading&) const);

  void ReadTask(Reading& reading) const;
  void ReadSource(Reading& reading) const;
  void ReadSink(Reading& reading) const;
  // What sources and sinks have in common, which stands first.
  void ReadFlow(Reading& reading, int64_t now_ms) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ReadErrors(Reading& reading) const;
  void ReadTransforms(Reading& reading) const;
  void ReadPredicates(Reading& reading) const;
  void ReadLags(Reading& reading) const;
  void ReadRateAndTotal(Reading& reading, RateAndTotal& value, int64_t now_ms) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const TaskMetricsOptions options_;
  std::shared_ptr<PluginMetrics> plugin_;
  std::weak_ptr<TaskMetrics> self_;
  std::vector<Registry::Registration> registrations_;  // herder's thread

  ErrorCounts errors_;
  Count dropped_{0}, put_retries_{0}, bytes_in_flight_{0};

  mutable Mutex mutex_;
  // Reading forgets what is too old, hence mutable.
  mutable StateTimer state_ ABSL_GUARDED_BY(mutex_);
  TaskClasses classes_ ABSL_GUARDED_BY(mutex_);
  std::string type_ ABSL_GUARDED_BY(mutex_);  // source, sink
  mutable Window commit_time_ ABSL_GUARDED_BY(mutex_);
  mutable Window commit_results_ ABSL_GUARDED_BY(mutex_);
  mutable Window batch_size_ ABSL_GUARDED_BY(mutex_);
  // Source: polled and written; sink: read and sent.
  mutable RateAndTotal records_in_ ABSL_GUARDED_BY(mutex_);
  mutable RateAndTotal records_out_ ABSL_GUARDED_BY(mutex_);
  mutable Window call_time_ ABSL_GUARDED_BY(mutex_);  // of poll, of put
  mutable Window active_ ABSL_GUARDED_BY(mutex_);
  double active_now_ ABSL_GUARDED_BY(mutex_) = 0;
  Histogram latency_ ABSL_GUARDED_BY(mutex_);
  int64_t last_progress_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  // Sink
  mutable RateAndTotal commits_ ABSL_GUARDED_BY(mutex_);
  mutable RateAndTotal commits_overtaken_ ABSL_GUARDED_BY(mutex_);
  uint64_t commit_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  Position position_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_TASK_METRICS_H_
