// The at-least-once outbox: records go to a producer, and at each interval the offsets of the acked
// prefix go to the offset store, without stopping data: a flush runs while records are sent. One
// that takes longer than offset.flush.timeout.ms, or fails, is given up, and its offsets are part
// of the next one.
#ifndef SLUICE_RUNTIME_TASK_PLAIN_OUTBOX_H_
#define SLUICE_RUNTIME_TASK_PLAIN_OUTBOX_H_

#include <memory>

#include "runtime/base/mutex.h"
#include "runtime/metrics/task_metrics.h"
#include "runtime/task/control.h"
#include "runtime/task/outbox.h"

namespace sluice::task {

struct PlainOutboxOptions {
  milliseconds flush_interval{60000};
  milliseconds flush_timeout{5000};
  const Control* control = nullptr;  // whether anything may be committed; null: it may
  Clock* clock = &Clock::System();
  Waiter* sleeper = nullptr;  // waits, also when stop was asked for
};

class PlainOutbox : public Outbox, private kafka::AckListener {
 public:
  // `tracker`, `writer`, `listener` and `metrics` outlive the outbox.
  PlainOutbox(PlainOutboxOptions options, std::unique_ptr<kafka::Producer> producer,
              OffsetTracker& tracker, OffsetWriter& writer, OutboxListener& listener,
              metrics::TaskMetrics& metrics);

  StatusOr<bool> TrySend(const kafka::OutRecord& record, Ticket ticket) override;
  size_t ServeAcks(milliseconds timeout) override;
  size_t in_flight() const override { return producer_ == nullptr ? 0 : producer_->in_flight(); }
  Status CommitIfDue() override;
  milliseconds TimeToNext() const override;
  Status FinalCommit() override;
  void Abandon() override;

 private:
  // What a flush tells, from whatever thread; it may outlive the outbox.
  struct Flush {
    Mutex mutex;
    bool done ABSL_GUARDED_BY(mutex) = false;
    Status status ABSL_GUARDED_BY(mutex);
  };

  void OnAck(const kafka::Ack& ack) override;
  void BeginFlush();
  // True when no flush is running (any more).
  bool FlushEnded();
  void AwaitFlush();  // at most for the flush time-out
  void EndFlush(const Status& status);
  bool may_commit() const { return options_.control == nullptr || options_.control->may_commit(); }
  bool abandoned() const { return options_.control != nullptr && options_.control->abandoned(); }

  const PlainOutboxOptions options_;
  std::unique_ptr<kafka::Producer> producer_;
  OffsetTracker& tracker_;
  OffsetWriter& writer_;
  OutboxListener& listener_;
  metrics::TaskMetrics& metrics_;
  TimePoint next_flush_;
  TimePoint flush_began_;
  std::shared_ptr<Flush> flush_;  // set while one is running
  const OffsetSet* flushing_ = nullptr;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_PLAIN_OUTBOX_H_
