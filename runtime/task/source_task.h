// The whole way of a record from a source plugin to Kafka; RunOnce is its one place.
//
// Several batches are in flight at a time, within a budget of bytes. A batch stays the plugin's
// memory until its last record has come back from the broker (or was dropped), then it is released;
// values are never copied. A record that fails and has a dead letter is done when that is written.
// What converters and transforms make for a batch lives in a BatchMemory
// that goes with it and is used again. With String or ByteArray converters and no transforms
// nothing is allocated per record.
#ifndef SLUICE_RUNTIME_TASK_SOURCE_TASK_H_
#define SLUICE_RUNTIME_TASK_SOURCE_TASK_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/convert/converter.h"
#include "runtime/errors/error_handler.h"
#include "runtime/metrics/task_metrics.h"
#include "runtime/plugin/source_plugin.h"
#include "runtime/task/control.h"
#include "runtime/task/memory_pool.h"
#include "runtime/task/offset_tracker.h"
#include "runtime/task/outbox.h"
#include "runtime/task/task.h"
#include "runtime/task/topic_creator.h"
#include "runtime/task/topics_used.h"
#include "runtime/transform/chain.h"

namespace sluice::task {

// What a source task is composed of. The factories are given the task as what they need it for.
struct SourceTaskParts {
  config::ConfigMap task_config;                                // resolved
  std::function<StatusOr<config::ConfigMap>()> resolve_config;  // once more
  std::function<StatusOr<std::unique_ptr<plugin::SourcePlugin>>(plugin::SourceHost&)> make_plugin;
  std::unique_ptr<convert::Converter> key_converter, value_converter;
  std::unique_ptr<convert::HeaderConverter> header_converter;
  std::unique_ptr<transform::Chain> chain;  // may be null: no transforms
  // Also makes the dead letter queue's topic; an error fails the task's start.
  std::function<StatusOr<std::unique_ptr<errors::ErrorHandler>>(Waiter&)> make_errors;
  std::function<StatusOr<std::unique_ptr<Outbox>>(OffsetTracker&, OutboxListener&,
                                                  metrics::TaskMetrics&)>
      make_outbox;
  std::function<StatusOr<std::vector<sluice_value>>(const sluice_value* partitions, size_t count,
                                                    abi::Arena& arena)>
      stored_offsets;
  std::unique_ptr<TopicCreator> topics;                         // may be null: brokers do it
  std::function<void(const std::string& topic)> on_topic_used;  // may be empty
  size_t in_flight_bytes_max = 16 << 20;
  milliseconds report_timeout{5000};  // offset.flush.timeout.ms: for dead letters, at the end
  std::shared_ptr<Control> control;
  std::shared_ptr<metrics::TaskMetrics> metrics;  // may be null: nobody counts
  Clock* clock = &Clock::System();
  Waiter* sleeper = nullptr;  // waits, also when stop was asked for; nullptr: the control
};

class SourceTask : public Task, private plugin::SourceHost, private OutboxListener, private Waiter {
 public:
  explicit SourceTask(SourceTaskParts parts);
  ~SourceTask() override;

  Status Start() override;
  Status RunOnce() override;
  void Stop() override;
  void RequestStop() override;
  bool resting() const override { return resting_; }

 private:
  // RunOnce's parts, in its order.
  Status ServeAcks(milliseconds timeout);
  Status Rest();
  Status Poll();
  Status SendAlone();
  Status SendBatch();
  // Fills in `out_`. False: dropped, reported if it failed.
  StatusOr<bool> Encode(const sluice_record& original);
  Status ConvertHeaders(const sluice_record& record);
  // False: not now.
  StatusOr<bool> TrySend(Ticket ticket);
  void Drop(Ticket ticket);

  // source_reports.cc
  // The record that did not get through Encode, or was refused by the broker: dropped, unless a
  // dead letter is under way; then it is when that is written.
  void Leave(Ticket ticket);
  // Reports what came back refused, and drops those whose dead letters are written.
  Status ServeReports(milliseconds wait);
  Status ReportRefused();
  void AwaitReports();

  void EndOfBatch();
  void ReleaseFinished();
  // Counts what was acknowledged since the last time.
  void CountAcked();
  void Release(Flight flight);
  milliseconds PollTimeout() const;

  // plugin::SourceHost
  void Log(sluice_log_level level, std::string_view text) override;
  void Metric(std::string_view name, sluice_metric_kind kind, double value) override;
  StatusOr<std::vector<sluice_value>> StoredOffsets(const sluice_value* partitions, size_t count,
                                                    abi::Arena& arena) override;
  StatusOr<config::ConfigMap> ResolvedConfig() override;
  // OutboxListener
  void OnDelivered(Ticket ticket, std::string_view topic, int32_t partition,
                   int64_t offset) override;
  void OnSendFailed(Ticket ticket, std::string_view topic, const Status& status) override;
  void OnCommitted(const OffsetSet& offsets) override;
  // Waiter: serves acks meanwhile. For retries of converters and transforms.
  bool Wait(milliseconds time) override;

  // Fixed at construction.
  SourceTaskParts parts_;
  Control& control_;
  Waiter& sleeper_;
  std::unique_ptr<errors::ErrorHandler> errors_;

  // The plugin may be told to stop from any thread.
  Mutex plugin_mutex_;
  std::unique_ptr<plugin::SourcePlugin>
      plugin_;  // guarded for RequestStop against its making and end
  bool plugin_told_ ABSL_GUARDED_BY(plugin_mutex_) = false;
  bool wants_acks_ = false;

  OffsetTracker offsets_;
  std::unique_ptr<Outbox> outbox_;
  MemoryPool memories_;
  metrics::TaskMetrics& metrics_;
  size_t in_flight_bytes_ = 0;

  // The batch that is being sent.
  const sluice_batch* batch_ = nullptr;
  record::BatchMemory* memory_ = nullptr;
  uint32_t slot_ = 0;
  uint32_t cursor_ = 0;
  std::optional<Ticket> encoded_;  // of the record that `out_` holds, which was not taken yet
  kafka::OutRecord out_;
  std::vector<kafka::OutHeader> out_headers_;
  sluice_record transformed_;
  std::string own_topic_;  // the last one that the error handler was told of

  // Records whose request was too large for the broker, to be sent again one by one; bounded by
  // what is in flight.
  std::deque<Ticket> alone_;
  std::optional<Ticket> alone_now_;  // the last one of them
  // Told of by an ack, to be reported outside of it. Bounded as above.
  struct Refused {
    Ticket ticket;
    std::string topic;
    Status status;
  };
  std::deque<Refused> refused_;
  // Whose dead letters are under way, in the order of the letters, which the reporter bounds.
  struct Reported {
    uint64_t report;  // ErrorHandler::reports() right after it
    Ticket ticket;
  };
  std::deque<Reported> reported_;
  uint64_t reports_ = 0;      // how many there were
  bool overwritten_ = false;  // `out_` was used for one of them: encode again

  bool finished_ = false;  // the plugin has nothing more, ever
  bool resting_ = false;
  bool started_ = false;
  bool stopped_ = false;
  // What was acknowledged and is not counted yet: runs of records of one batch.
  struct AckedRun {
    uint32_t slot;
    TimePoint polled;
    uint64_t records;
  };
  std::vector<AckedRun> acked_;
  std::vector<metrics::LatencyRun> latencies_;
  int idle_polls_ = 0;  // polls in a row that answered nothing, at once
  TopicsUsed topics_used_{parts_.on_topic_used};
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_SOURCE_TASK_H_
