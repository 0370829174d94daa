#include "runtime/task/plain_outbox.h"

#include <algorithm>
#include <utility>

#include "runtime/base/log.h"

namespace sluice::task {

PlainOutbox::PlainOutbox(PlainOutboxOptions options, std::unique_ptr<kafka::Producer> producer,
                         OffsetTracker& tracker, OffsetWriter& writer, OutboxListener& listener,
                         metrics::TaskMetrics& metrics)
    : options_(options),
      producer_(std::move(producer)),
      tracker_(tracker),
      writer_(writer),
      listener_(listener),
      metrics_(metrics),
      next_flush_(options_.clock->Now() + options_.flush_interval) {}

StatusOr<bool> PlainOutbox::TrySend(const kafka::OutRecord& record, Ticket ticket) {
  kafka::OutRecord tagged = record;
  tagged.tag = ticket;
  SLUICE_ASSIGN_OR_RETURN(const kafka::Producer::Sent sent, producer_->Send(tagged));
  return sent == kafka::Producer::Sent::kSent;
}

size_t PlainOutbox::ServeAcks(milliseconds timeout) {
  return producer_ == nullptr ? 0 : producer_->ServeAcks(timeout, *this);
}

void PlainOutbox::OnAck(const kafka::Ack& ack) {
  if (ack.status.ok()) {
    listener_.OnDelivered(ack.tag, ack.topic, ack.partition, ack.offset);
  } else {
    listener_.OnSendFailed(ack.tag, ack.topic, ack.status);
  }
}

void PlainOutbox::BeginFlush() {
  flushing_ = &tracker_.BeginCommit();
  flush_began_ = options_.clock->Now();
  flush_ = std::make_shared<Flush>();
  if (flushing_->partitions.empty()) return EndFlush(OkStatus());
  writer_.Write(*flushing_, [flush = flush_](Status status) {
    MutexLock lock(flush->mutex);
    if (flush->done) return;
    flush->done = true;
    flush->status = std::move(status);
  });
}

bool PlainOutbox::FlushEnded() {
  if (flush_ == nullptr) return true;
  bool done = false;
  Status status;
  {
    MutexLock lock(flush_->mutex);
    done = flush_->done;
    status = flush_->status;
  }
  if (!done && options_.clock->Now() - flush_began_ >= options_.flush_timeout) {
    done = true;
    status = TimeoutError("the offset store did not answer within offset.flush.timeout.ms=" +
                          std::to_string(options_.flush_timeout.count()));
  }
  if (done) EndFlush(status);
  return done;
}

void PlainOutbox::EndFlush(const Status& status) {
  flush_.reset();
  tracker_.EndCommit(status.ok());
  next_flush_ = options_.clock->Now() + options_.flush_interval;
  if (!status.ok()) {
    metrics_.CommitFailed();
    LogError("task.source", "Failed to commit the offsets of ", flushing_->partitions.size(),
             " source partitions; they are part of the next commit. ", Describe(status));
    return;
  }
  metrics_.CommitSucceeded(
      std::chrono::duration_cast<milliseconds>(options_.clock->Now() - flush_began_), 0);
  LogDebug("task.source", "Committed the offsets of ", flushing_->partitions.size(),
           " source partitions");
  listener_.OnCommitted(*flushing_);
}

Status PlainOutbox::CommitIfDue() {
  if (!may_commit() || !FlushEnded()) return OkStatus();
  if (options_.clock->Now() >= next_flush_) {
    BeginFlush();
    FlushEnded();  // a store that answers at once
  }
  return OkStatus();
}

void PlainOutbox::AwaitFlush() {
  while (!FlushEnded() && !abandoned()) {
    ServeAcks(milliseconds(0));
    options_.sleeper->Wait(milliseconds(2));
  }
}

milliseconds PlainOutbox::TimeToNext() const {
  if (flush_ != nullptr) return milliseconds(50);
  const auto left = std::chrono::ceil<milliseconds>(next_flush_ - options_.clock->Now());
  return std::max(left, milliseconds(0));
}

Status PlainOutbox::FinalCommit() {
  const TimePoint acks_until = options_.clock->Now() + options_.flush_timeout;
  while (in_flight() > 0 && options_.clock->Now() < acks_until && !abandoned()) {
    if (ServeAcks(milliseconds(10)) == 0) options_.sleeper->Wait(milliseconds(1));
  }
  if (in_flight() > 0 && !abandoned()) {
    LogWarn("task.source", in_flight(),
            " records were not acknowledged within offset.flush.timeout.ms=",
            options_.flush_timeout.count(), "; they will be sent again after the next start");
  }
  if (flush_ != nullptr) AwaitFlush();  // what is running; then what came since
  if (may_commit()) {
    BeginFlush();
    AwaitFlush();
  }
  return OkStatus();
}

void PlainOutbox::Abandon() {
  if (producer_ != nullptr) producer_->Purge();
  producer_.reset();
}

}  // namespace sluice::task
