// A compacted topic that is read from its beginning to its end at start, and followed from then on:
// what the config, offset and status stores are made of. The interface knows no Kafka client, so a
// test's log is a vector (fake_topic_log.h); kafka_topic_log.h has the real one.
//
// One thread of the log's own reads, writes and calls back. Append and Barrier may be called from
// any thread, also inside a callback; they never block. Callbacks must not block either.
#ifndef SLUICE_RUNTIME_STORAGE_TOPIC_LOG_H_
#define SLUICE_RUNTIME_STORAGE_TOPIC_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/storage/ids.h"

namespace sluice::storage {

// One record of the topic; borrowed for the call. A null key or value is nothing.
struct LogRecord {
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  int partition = 0;
  int64_t offset = 0;
  int64_t timestamp = -1;
};

class TopicLog {
 public:
  // Called for each record, in the order of its partition, on the log's thread; during Start that
  // is the thread that called it.
  using Reader = std::function<void(const LogRecord&)>;

  // Stops.
  virtual ~TopicLog() = default;
  // Creates the topic if it is missing, checks it, and reads it to its end. Blocks; tries again
  // while the broker is not ready, until `timeout`. Errors: ConnectException or ConfigException
  // with the peer's text (a cleanup policy that is not `compact`, too many partitions, no metadata
  // in time).
  virtual Status Start(Reader reader, milliseconds timeout) = 0;
  // Writes one record; no value: a tombstone. `done` after the broker has it, or with the error: a
  // time-out leaves open whether it was written, unless the log says otherwise. Appends of one key
  // keep their order.
  virtual void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
                      Done done) = 0;
  // Gives up what was appended and has not been acknowledged: it is not sent any more, and its
  // `done`s come with errors. Those of what a broker may have already are OutcomeUnknown.
  virtual void TakeBack() = 0;
  // `done` when everything has been read that was in the topic when Barrier was called.
  virtual void Barrier(milliseconds timeout, Done done) = 0;
  // Ends the thread. Outstanding callbacks get StoppedError. Idempotent.
  virtual void Stop() = 0;
};

// A write that has failed for the worker, and that a broker may have all the same.
Status OutcomeUnknownError(std::string_view message);
bool IsOutcomeUnknown(const Status& status);

// Calls that wait. Never on the log's own thread.
Status AppendAndWait(TopicLog& log, std::string key, std::optional<std::string> value,
                     milliseconds timeout);
Status ReadToEnd(TopicLog& log, milliseconds timeout);

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_TOPIC_LOG_H_
