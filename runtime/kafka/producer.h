// A producer with batches, without copies: librdkafka behind an interface of ours, so that a test
// can be the broker. One thread at a time (the task's); acks are delivered only inside ServeAcks,
// on the caller's thread.
#ifndef SLUICE_RUNTIME_KAFKA_PRODUCER_H_
#define SLUICE_RUNTIME_KAFKA_PRODUCER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/client_config.h"
#include "runtime/metrics/registry.h"
#include "runtime/record/batch_memory.h"

namespace sluice::kafka {

using record::Bytes;

struct OutHeader {
  std::string_view key;
  Bytes value;
};

// All borrowed. The value's bytes must stay unchanged until the record's ack; the rest is copied by
// Send.
struct OutRecord {
  std::string_view topic;
  int32_t partition = -1;         // -1: murmur2 of the key, else random, as Java's
  int64_t timestamp = INT64_MIN;  // INT64_MIN: the producer's clock
  Bytes key = record::kNullBytes;
  Bytes value = record::kNullBytes;
  const OutHeader* headers = nullptr;
  size_t header_count = 0;
  uint64_t tag = 0;  // comes back with the ack
};

struct Ack {
  uint64_t tag;
  Status status;  // retriable or not, with Java's class name (RecordTooLargeException, ...)
  std::string_view topic;
  int32_t partition;
  int64_t offset;
  int64_t timestamp;
};

class AckListener {
 public:
  virtual ~AckListener() = default;
  virtual void OnAck(const Ack& ack) = 0;
};

class Producer {
 public:
  virtual ~Producer() = default;
  enum class Sent { kSent, kQueueFull };
  // kQueueFull: nothing was taken; serve acks and come back. Errors: invalid record (too large for
  // the client's limit, invalid timestamp, unknown partition), or a client that is fatally broken.
  virtual StatusOr<Sent> Send(const OutRecord& record) = 0;
  // Delivers acks to the listener; waits up to `timeout` for the first. Answers how many.
  virtual size_t ServeAcks(milliseconds timeout, AckListener& listener) = 0;
  virtual size_t in_flight() const = 0;  // sent and not acked yet
  // Drops everything unsent (their acks come as failures with the next ServeAcks); for a task that
  // is given up.
  virtual void Purge() = 0;
};

// Errors: a configuration that librdkafka refuses (names the Java key).
// `registry`: where its metrics are shown; may be null.
StatusOr<std::unique_ptr<Producer>> NewProducer(const config::ClientProperties& properties,
                                                metrics::Registry* registry = nullptr);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_PRODUCER_H_
