// A group consumer that hands out batches of views into librdkafka's memory. One thread at a time;
// the rebalance listener is called inside Poll and Close on the caller's thread.
#ifndef SLUICE_RUNTIME_KAFKA_CONSUMER_H_
#define SLUICE_RUNTIME_KAFKA_CONSUMER_H_

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

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};
struct PartitionOffset {
  TopicPartition partition;
  int64_t offset = -1;  // -1: none; the reset policy decides
};

// The messages of one Poll; owns librdkafka's references. Views are valid while it lives; it may
// outlive the consumer.
class ConsumedBatch {
 public:
  virtual ~ConsumedBatch() = default;
  struct Message {
    std::string_view topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp;  // -1: none
    sluice_timestamp_type timestamp_type;
    record::Bytes key;
    record::Bytes value;
    bool has_headers;
  };
  virtual size_t size() const = 0;
  virtual Message message(size_t index) const = 0;
  // Appends the message's headers, in order.
  virtual void Headers(size_t index,
                       std::vector<std::pair<std::string_view, record::Bytes>>& out) const = 0;
  virtual size_t bytes() const = 0;  // keys and values, about
};

class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  // Called with the partitions and their committed offsets (-1: none); the listener may change
  // offsets, which is where consuming begins (at a rebalance a seek would fail). Only the new ones
  // with a cooperative assignor.
  virtual void OnAssigned(std::vector<PartitionOffset>& partitions) = 0;
  // Before they go: the listener may commit synchronously, unless lost.
  virtual void OnRevoked(const std::vector<TopicPartition>& partitions, bool lost) = 0;
  // Asked all along while CommitSync and Close wait for the group's coordinator. False: others may
  // have what was consumed here, so there is nothing to wait for.
  virtual bool MayCommit() { return true; }
};

class CommitListener {
 public:
  virtual ~CommitListener() = default;
  virtual void OnCommitted(const Status& status, const std::vector<PartitionOffset>& offsets) = 0;
};

class Consumer {
 public:
  virtual ~Consumer() = default;
  virtual Status Subscribe(const std::vector<std::string>& topics) = 0;
  virtual Status SubscribePattern(std::string_view java_regex) = 0;  // full match
  // Manual assignment, without a group.
  virtual Status Assign(const std::vector<PartitionOffset>& partitions) = 0;
  // Up to `max` messages; serves rebalances and commit callbacks. Empty (never null) when time ran
  // out. Errors: fatal ones, authorization, a partition at an offset that is out of range with
  // reset none.
  virtual StatusOr<std::unique_ptr<ConsumedBatch>> Poll(milliseconds timeout, size_t max) = 0;
  virtual std::vector<TopicPartition> Assignment() const = 0;
  virtual Status Pause(const std::vector<TopicPartition>& partitions) = 0;
  virtual Status Resume(const std::vector<TopicPartition>& partitions) = 0;
  virtual Status Seek(const std::vector<PartitionOffset>& offsets) = 0;
  // The listener hears of it in a later Poll. Offsets are those to consume next.
  virtual Status CommitAsync(const std::vector<PartitionOffset>& offsets,
                             CommitListener& listener) = 0;
  // Errors: the broker's; TimeoutException, also at once when the listener says !MayCommit().
  virtual Status CommitSync(const std::vector<PartitionOffset>& offsets, milliseconds timeout) = 0;
  // The offset after the last message that Poll handed out, markers of transactions included; -1:
  // none yet.
  virtual std::vector<PartitionOffset> Positions(
      const std::vector<TopicPartition>& partitions) const = 0;
  // The first and the next offset of a partition, of which the reset policy takes one if nothing is
  // committed.
  virtual StatusOr<std::pair<int64_t, int64_t>> Watermarks(const TopicPartition& partition,
                                                           milliseconds timeout) = 0;
  // The offset at a partition's end as the last fetch told it, without asking anybody; -1: not
  // known.
  virtual int64_t EndOffset(const TopicPartition& partition) const = 0;
  // Wakes a Poll from any thread.
  virtual void WakeUp() = 0;
  // Leaves the group (calls the listener). Idempotent. The destructor does it too, without calling
  // anybody; when the broker does not answer, either takes 2 s or `timeout`, whichever is longer,
  // but ends as soon as the listener says !MayCommit().
  virtual void Close(milliseconds timeout) = 0;
};

// `listener` may be null for a consumer that only assigns by hand; it must outlive the consumer.
// `registry`: where its metrics are shown; may be null.
StatusOr<std::unique_ptr<Consumer>> NewConsumer(const config::ClientProperties& properties,
                                                RebalanceListener* listener,
                                                metrics::Registry* registry = nullptr);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_CONSUMER_H_
