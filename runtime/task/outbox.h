// Where a source task's records and offsets leave it: the task hands over records with their
// tickets, hears of what became of them, and lets the outbox commit when it is due. Two ways fit
// behind this interface: the plain one (plain_outbox.h), which commits the acked prefix of each
// partition beside the data, and a transactional one, which sends records and offsets together;
// RunOnce does not know which it has.
//
// Owned by a source task, used on its thread only. The listener is called inside ServeAcks,
// CommitIfDue and FinalCommit.
#ifndef SLUICE_RUNTIME_TASK_OUTBOX_H_
#define SLUICE_RUNTIME_TASK_OUTBOX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/kafka/producer.h"
#include "runtime/task/offset_tracker.h"

namespace sluice::task {

// Every ticket that was sent comes back once, by one of the first two.
class OutboxListener {
 public:
  virtual ~OutboxListener() = default;
  // The broker has the record (transactional: for good).
  virtual void OnDelivered(Ticket ticket, std::string_view topic, int32_t partition,
                           int64_t offset) = 0;
  // It never will.
  virtual void OnSendFailed(Ticket ticket, std::string_view topic, const Status& status) = 0;
  // These offsets are stored now; maybe none, when there was nothing to store.
  virtual void OnCommitted(const OffsetSet& offsets) = 0;
};

// Where offsets are stored. `done` is called once, from any thread, at once or later; the set need
// not outlive the call.
class OffsetWriter {
 public:
  virtual ~OffsetWriter() = default;
  virtual void Write(const OffsetSet& offsets, std::function<void(Status)> done) = 0;
};

class Outbox {
 public:
  virtual ~Outbox() = default;
  // True: taken; the value's bytes stay unchanged until the ticket comes back. False: full; serve
  // acks and come back with the same record. Errors: retriable, or for good.
  virtual StatusOr<bool> TrySend(const kafka::OutRecord& record, Ticket ticket) = 0;
  // Waits up to `timeout` for the first ack; answers how many there were.
  virtual size_t ServeAcks(milliseconds timeout) = 0;
  virtual size_t in_flight() const = 0;  // sent, and not come back
  // Commits when the interval is over; never waits. A failure to store is logged and tried again
  // the next time; an error fails the task.
  virtual Status CommitIfDue() = 0;
  // How long until CommitIfDue has something to do.
  virtual milliseconds TimeToNext() const = 0;
  // At the end: waits for acks, then commits, each for up to the flush time-out.
  virtual Status FinalCommit() = 0;
  // Gives up what is in flight: afterwards nothing refers to records that were sent, and no ticket
  // comes back.
  virtual void Abandon() = 0;
};

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_OUTBOX_H_
