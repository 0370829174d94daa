// The dead letter queue: writes each failed record to a topic of its own. On the task's thread,
// owned by its ErrorHandler.
//
// A letter about a consumed record is a copy: key, value, headers and timestamp as consumed, then,
// if asked for, the `__connect.errors.*` headers. A letter about a source record, of which there
// are no bytes, holds it as JSON, keyed by its source partition.
//
// A letter is pending until the broker has it. A send that fails for a passing reason is tried
// again; a letter that is too large is sent again in a short form, without the stack trace and what
// makes a source record large; one that fails for good is an error that fails the task, so that no
// offset passes an unwritten letter. Pending letters are bounded in bytes; at the bound, or when
// the producer's queue is full, Report waits, serving acks and stop meanwhile.
//
// The topic's name may depend on the record and the stage (config/dlq_topic.h). Each name is
// checked, and its topic made, when the first letter goes to it; there is a bound on how many. No
// letter goes where records of the task go, nor the other way round: that fails the task.
//
// Whoever waits for room, a producer or a topic may be served by a Waiter that reports and flushes
// meanwhile (a sink's, which serves rebalances): everything here may be entered again in a wait.
#ifndef SLUICE_RUNTIME_ERRORS_DLQ_REPORTER_H_
#define SLUICE_RUNTIME_ERRORS_DLQ_REPORTER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/config/dlq_topic.h"
#include "runtime/errors/letter.h"
#include "runtime/errors/reporter.h"
#include "runtime/kafka/admin.h"
#include "runtime/kafka/producer.h"

namespace sluice::errors {

struct DlqOptions {
  config::DlqTopic topic;
  LetterFormat format;
  size_t pending_bytes_max = 8 << 20;
  int attempts_max = 5;  // sends of one letter that fail for a passing reason before the task fails
  size_t topics_max = 256;
};

// Creates the topic, with one partition, if it is not there. Error: `Could not initialize dead
// letter queue with topic=T`, with what the broker said.
Status EnsureDlqTopic(std::string_view topic, int replication_factor, kafka::Admin& admin,
                      milliseconds timeout, Waiter& waiter);

// What a reporter needs of the world.
struct DlqOutside {
  // Called for the first letter: most tasks never write one.
  std::function<StatusOr<std::unique_ptr<kafka::Producer>>()> make_producer;
  // Called for the first letter to each topic; an error fails the task. Empty: topics are there.
  std::function<Status(const std::string& topic, Waiter& waiter)> make_topic;
  // Why no letter may go to that topic: the failed connector itself would read it. Empty: all may.
  std::function<Status(std::string_view topic)> check_topic;
};

class DlqReporter : public Reporter, private kafka::AckListener {
 public:
  // `clock` and `waiter` outlive the reporter.
  DlqReporter(DlqOptions options, DlqOutside outside, Clock& clock, Waiter& waiter);
  ~DlqReporter() override;

  // Makes the topic, if all letters go to one. Called at the start of the task.
  Status Prepare();

  void Attach(metrics::ErrorCounts& counts) override { counts_ = &counts; }
  bool keeps_records() const override { return true; }
  Status Report(const Failure& failure) override;
  Status Serve(milliseconds wait) override;
  size_t pending() const override { return letters_.size(); }
  uint64_t taken() const override { return next_tag_ - 1; }
  uint64_t durable() const override {
    return letters_.empty() ? taken() : letters_.begin()->first - 1;
  }
  Status NoteOwnTopic(std::string_view topic) override;

 private:
  struct Pending;
  using Letters = std::map<uint64_t, std::unique_ptr<Pending>>;  // by tag: as they were reported

  void OnAck(const kafka::Ack& ack) override;
  // The topic for the failure's letter, checked and made.
  StatusOr<const std::string*> TopicOf(const Failure& failure);
  StatusOr<const std::string*> NewTopic(std::string name);
  Status NeedProducer();
  // Waits until there is room for `bytes` more.
  Status MakeRoom(size_t bytes);
  // Sends the letter, waiting while the producer's queue is full.
  Status Send(uint64_t tag, Pending& letter);
  // Sends again what failed for a passing reason and whose time has come.
  Status SendAgain();
  void Postpone(Pending& letter, const Status& why);
  Status Failed(const Status& cause, std::string_view topic) const;

  const DlqOptions options_;
  const DlqOutside outside_;
  Clock& clock_;
  Waiter& waiter_;
  metrics::ErrorCounts* counts_ = nullptr;
  std::set<std::string, std::less<>> topics_;  // that are checked and made
  std::set<std::string, std::less<>>
      own_topics_;  // of the task's records, as far as they are known
  std::string scratch_;
  Letters letters_;
  size_t pending_bytes_ = 0;
  size_t postponed_ = 0;
  uint64_t next_tag_ = 1;
  Status broken_;  // why a letter could not be written; then all is refused
  std::unique_ptr<kafka::Producer> producer_;  // last: dies before the letters that it borrows from
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_DLQ_REPORTER_H_
