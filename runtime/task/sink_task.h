// The whole way of a record from Kafka to a sink plugin; RunOnce is its one place:
//   commit if due -> rewind if asked -> consume a batch -> convert -> transform -> put -> verdicts
//
// What is committed never passes what was put, flushed, given a verdict if it is retained, and,
// where it failed, reported durably. A batch that the plugin answers RETRY to is kept: all
// partitions are paused once, and the same records are put again, in their order. The plugin's
// records are views into librdkafka's memory.
//
// In the .cc files, in reading order: sink_task.cc (the turn, consuming), sink_convert.cc
// (converting, and how long that may take), sink_delivery.cc (put, verdicts, halving, retained
// batches), sink_commit.cc (commits, rebalances, seeks).
#ifndef SLUICE_RUNTIME_TASK_SINK_TASK_H_
#define SLUICE_RUNTIME_TASK_SINK_TASK_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/convert/converter.h"
#include "runtime/errors/error_handler.h"
#include "runtime/kafka/consumer.h"
#include "runtime/metrics/task_metrics.h"
#include "runtime/plugin/sink_plugin.h"
#include "runtime/task/control.h"
#include "runtime/task/retained_batch.h"
#include "runtime/task/sink_batch.h"
#include "runtime/task/sink_partitions.h"
#include "runtime/task/task.h"
#include "runtime/task/topics_used.h"
#include "runtime/transform/chain.h"

namespace sluice::task {

// What a sink task is composed of. The factories are given the task as what they need it for.
struct SinkTaskParts {
  config::ConfigMap task_config;                                // resolved
  std::function<StatusOr<config::ConfigMap>()> resolve_config;  // once more
  std::vector<std::string> topics;                              // or, if empty,
  std::string topics_regex;
  std::function<StatusOr<std::unique_ptr<plugin::SinkPlugin>>(plugin::SinkHost&)> make_plugin;
  std::function<StatusOr<std::unique_ptr<kafka::Consumer>>(kafka::RebalanceListener&)>
      make_consumer;
  std::unique_ptr<convert::Converter> key_converter, value_converter;
  std::unique_ptr<convert::HeaderConverter> header_converter;
  std::unique_ptr<transform::Chain> chain;  // may be null: no transforms
  // Also makes the dead letter queue's topic; an error fails the task's start.
  std::function<StatusOr<std::unique_ptr<errors::ErrorHandler>>(Waiter&)> make_errors;
  std::function<void(const std::string& topic)> on_topic_used;  // may be empty
  milliseconds commit_interval{60000};                          // offset.flush.interval.ms
  milliseconds commit_timeout{5000};                            // offset.flush.timeout.ms
  size_t max_poll_records = 500;
  size_t retained_bytes_max = 16 << 20;
  std::shared_ptr<Control> control;
  std::shared_ptr<metrics::TaskMetrics> metrics;  // may be null: nobody counts
  Clock* clock = &Clock::System();
  Waiter* sleeper = nullptr;  // waits, also when stop was asked for; nullptr: the control
};

class SinkTask : public Task,
                 private plugin::SinkHost,
                 private kafka::RebalanceListener,
                 private Waiter {
 public:
  explicit SinkTask(SinkTaskParts parts);
  ~SinkTask() override;

  Status Start() override;
  Status RunOnce() override;
  void Stop() override;
  void RequestStop() override;
  bool resting() const override { return resting_; }

 private:
  struct Outcome {
    enum Kind { kDone, kRetry, kBadRecord, kFailed } kind = kDone;
    Status error;
  };
  // One asynchronous commit; lives until its answer, which may come late.
  struct Commit : kafka::CommitListener {
    Commit(SinkTask& task, uint64_t number) : task(task), number(number) {}
    void OnCommitted(const Status& status,
                     const std::vector<kafka::PartitionOffset>& offsets) override {
      task.OnCommitAnswer(*this, status, offsets);
    }
    SinkTask& task;
    const uint64_t number;
    uint64_t generation = 0;
    bool answered = false;
  };
  // What was flushed, and is committed when the dead letters of before it are written.
  struct Awaited {
    std::vector<kafka::PartitionOffset> offsets;
    uint64_t reports;
    uint64_t generation;
  };

  // sink_task.cc
  Status Consume();
  Status GiveBack(const kafka::ConsumedBatch& polled);
  Status PauseOrResume();
  milliseconds PollTimeout();
  // Lag and positions, once a second.
  void Measure(TimePoint now);

  // sink_convert.cc
  Status Convert(std::unique_ptr<kafka::ConsumedBatch> consumed);
  Status ConvertAll();
  StatusOr<bool> ConvertOne(size_t index, const kafka::ConsumedBatch::Message& message,
                            SinkPartition& partition, sluice_record& record);
  // Of the record that original_ has.
  StatusOr<convert::SchemaAndValue> ToConnect(convert::Converter& converter,
                                              const kafka::ConsumedBatch::Message& message,
                                              record::Bytes bytes);
  Status ConvertHeaders(std::string_view topic, sluice_record& record);
  // Polls if nobody has for a while, and says whether the record under way is still wanted.
  void StayInGroup();
  Status PollAside();

  // sink_delivery.cc
  Status Deliver();
  Outcome Put(size_t begin, size_t end);
  Outcome PutOrHalve(size_t begin, size_t end);
  Outcome Halve(size_t begin, size_t end);
  Outcome Report(size_t index, Status error);
  // Reports what the put that is over was told of its records.
  Outcome TakeVerdicts();
  Status FinishBatch();
  Status KeepBatch(const Status& why);
  Status DropKeptBatch();
  void CountPut(size_t begin, size_t end, TimePoint began);
  RetainedBatch* FindRetained(const sluice_batch* batch);

  // sink_commit.cc
  Status CommitIfDue();
  // What may be committed of `wanted` (all partitions if null) after the plugin's flush; an error
  // is the flush's.
  using Offsets = std::vector<kafka::PartitionOffset>;
  StatusOr<Offsets> Flush(const std::vector<kafka::TopicPartition>* wanted);
  Status AwaitReports();
  // An error fails the task.
  Status BeginCommit();
  Status CommitAwaited();
  void CommitFailed(const Status& status);
  void CountCommit(TimePoint began, uint64_t number);
  void OnCommitAnswer(Commit& commit, const Status& status, const Offsets& offsets);
  Status RewindToCommitted();
  Status ApplySeeks();
  // Commits what can be committed of the partitions, unless they are lost, and forgets them.
  void Close(const std::vector<kafka::TopicPartition>& partitions, bool lost);
  void CommitClosing(const std::vector<kafka::TopicPartition>& partitions);
  // Nothing is consumed: a batch is kept, the task rests, or a record is tried again.
  bool holds_back() const { return kept_ || resting_ || aside_; }
  // Tells the consumer what is paused: all while the task holds back, else what the plugin wants.
  Status TellPauses();
  Status ResumeRest();
  Status TakeFailure() { return std::exchange(failure_, OkStatus()); }
  bool abandoned() const { return control_.abandoned(); }

  // kafka::RebalanceListener, inside a poll of the consumer
  void OnAssigned(std::vector<kafka::PartitionOffset>& partitions) override;
  void OnRevoked(const std::vector<kafka::TopicPartition>& partitions, bool lost) override;
  bool MayCommit() override { return control_.may_commit(); }

  // plugin::SinkHost
  void Log(sluice_log_level level, std::string_view text) override;
  void Metric(std::string_view name, sluice_metric_kind kind, double value) override;
  StatusOr<config::ConfigMap> ResolvedConfig() override;
  const std::vector<sluice_topic_partition>& Assignment() override;
  Status Pause(const sluice_topic_partition* partitions, size_t count) override;
  Status Resume(const sluice_topic_partition* partitions, size_t count) override;
  Status Seek(const sluice_topic_partition* partitions, size_t count) override;
  void RequestCommit() override { commit_requested_ = true; }
  void RetryAfter(milliseconds time) override { retry_after_ = time; }
  Status Verdict(const sluice_batch* batch, size_t index, sluice_code code, Status error) override;
  const sluice_batch* Retain(const sluice_batch* batch) override;
  void Release(const sluice_batch* batch) override;
  // The shared part of Pause and Resume.
  Status SetPaused(const sluice_topic_partition* partitions, size_t count, bool paused);

  // Waiter, for retries of converters and transforms, and for reports: serves the group meanwhile,
  // if records are being converted. False: stop, or the record under way is not ours any more.
  bool Wait(milliseconds time) override;

  // Fixed at construction.
  SinkTaskParts parts_;
  Control& control_;
  Waiter& sleeper_;

  // Told to stop from any thread: guarded against their making and end.
  Mutex outside_mutex_;
  std::unique_ptr<plugin::SinkPlugin> plugin_;
  std::unique_ptr<kafka::Consumer> consumer_;
  bool in_waiting_call_ ABSL_GUARDED_BY(outside_mutex_) = false;  // put or start
  bool plugin_told_ ABSL_GUARDED_BY(outside_mutex_) = false;
  // Marks a call of the plugin that a stop may have to end.
  class WaitingCall;

  std::unique_ptr<errors::ErrorHandler> errors_;
  metrics::TaskMetrics& metrics_;
  TimePoint next_measure_{};
  std::vector<metrics::LatencyRun> latencies_;
  SinkPartitions partitions_;
  uint64_t generation_ = 0;
  std::vector<sluice_topic_partition> assignment_;  // for the plugin, made when asked

  // The batch under way.
  SinkBatch batch_;
  bool kept_ = false;  // answered RETRY: consuming is paused until it is put
  Original original_;  // of the record that is being worked on

  // While it is converted.
  bool converting_ = false;
  bool polling_ = false;      // inside a poll of PollAside
  bool aside_ = false;        // there was one: all partitions are paused
  bool interrupted_ = false;  // the record under way is not wanted any more, or the task has failed
  PartitionMap<bool> gone_;   // taken away; they may be back, but what was consumed of them is not
  uint64_t letters_before_ = 0;  // reports that a commit of what was put waits for
  TimePoint polled_{};

  // The put under way.
  struct PendingVerdict {
    size_t index;  // in batch_.records
    Status error;
  };
  bool putting_ = false;
  size_t put_begin_ = 0;
  sluice_batch put_{};
  RetainedBatch* put_retained_ = nullptr;  // the copy, if the plugin retained it
  std::vector<PendingVerdict> verdicts_;

  std::vector<std::unique_ptr<RetainedBatch>> retained_;
  size_t retained_bytes_ = 0;
  Status failure_;  // told by a verdict, or inside a rebalance: for the end of the turn

  // What the plugin asked for.
  PartitionMap<int64_t> seeks_;
  std::vector<kafka::PartitionOffset>* assigning_ = nullptr;  // inside OnAssigned
  bool commit_requested_ = false;
  std::optional<milliseconds> retry_after_;

  bool pauses_changed_ = false;  // a rebalance, or a pause inside one: the consumer is to be told
  bool resting_ = false;
  bool started_ = false;
  bool stopped_ = false;

  TimePoint next_commit_;
  TimePoint commit_began_;
  std::optional<Awaited> awaited_;
  bool committing_ = false;  // the broker has not answered yet
  uint64_t commit_number_ = 0;
  std::vector<std::unique_ptr<Commit>> commits_;

  TopicsUsed topics_used_{parts_.on_topic_used};
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_SINK_TASK_H_
