// The dead letter queue: writes each failed record, as it was consumed, to a topic of its own.
// Sinks only; on the task's thread, owned by its ErrorHandler.
//
// A letter is a copy: key, value, headers and timestamp as consumed, then, if asked for, the
// `__connect.errors.*` headers. It is pending until the broker has it; a send that fails for a
// passing reason is tried again, one that fails for good is an error that fails the task, so that
// no offset passes an unwritten letter. Pending letters are bounded in bytes; at the bound, or when
// the producer's queue is full, Report waits, serving acks and stop meanwhile.
#ifndef SLUICE_RUNTIME_ERRORS_DLQ_REPORTER_H_
#define SLUICE_RUNTIME_ERRORS_DLQ_REPORTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/errors/reporter.h"
#include "runtime/kafka/admin.h"
#include "runtime/kafka/producer.h"

namespace sluice::errors {

struct DlqOptions {
  std::string topic;  // blanks around it do not count
  int replication_factor = 3;
  bool context_headers = false;
  std::string connector;
  int task = 0;
  size_t pending_bytes_max = 8 << 20;
  int attempts_max = 5;  // sends of one letter that fail for a passing reason before the task fails
};

// Called at the start of the task: creates the topic, with one partition, if it is not there.
// Error: `Could not initialize dead letter queue with topic=T`, with what the broker said.
Status EnsureDlqTopic(const DlqOptions& options, kafka::Admin& admin, milliseconds timeout,
                      Waiter& waiter);

class DlqReporter : public Reporter, private kafka::AckListener {
 public:
  using ProducerFactory = std::function<StatusOr<std::unique_ptr<kafka::Producer>>()>;

  // The producer is made for the first letter: most tasks never write one. `clock` and `waiter`
  // outlive the reporter.
  DlqReporter(DlqOptions options, ProducerFactory make_producer, Clock& clock, Waiter& waiter);
  ~DlqReporter() override;

  void Attach(metrics::ErrorCounts& counts) override { counts_ = &counts; }
  Status Report(const Failure& failure) override;
  Status Serve(milliseconds wait) override;
  size_t pending() const override { return letters_.size(); }

 private:
  struct Letter;
  using Letters =
      std::map<uint64_t, std::unique_ptr<Letter>>;  // by tag: in the order they were reported

  void OnAck(const kafka::Ack& ack) override;
  std::unique_ptr<Letter> Write(const Failure& failure) const;
  // Waits until there is room for `bytes` more.
  Status MakeRoom(size_t bytes);
  // Sends the letter, waiting while the producer's queue is full.
  Status Send(uint64_t tag, Letter& letter);
  // Sends again what failed for a passing reason and whose time has come.
  Status SendAgain();
  void Postpone(Letter& letter, const Status& why);
  Status Failed(const Status& cause) const;

  const DlqOptions options_;
  const std::string topic_;
  const ProducerFactory make_producer_;
  Clock& clock_;
  Waiter& waiter_;
  metrics::ErrorCounts* counts_ = nullptr;
  Letters letters_;
  size_t pending_bytes_ = 0;
  size_t postponed_ = 0;
  uint64_t next_tag_ = 1;
  Status broken_;  // why a letter could not be written; then all is refused
  std::unique_ptr<kafka::Producer> producer_;  // last: dies before the letters that it borrows from
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_DLQ_REPORTER_H_
