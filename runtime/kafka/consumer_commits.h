// A consumer's commits: those that it has begun and those that it waits for. For this folder's
// files only; the consumer's thread.
#ifndef SLUICE_RUNTIME_KAFKA_CONSUMER_COMMITS_H_
#define SLUICE_RUNTIME_KAFKA_CONSUMER_COMMITS_H_

#include <functional>
#include <list>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/kafka/consumer.h"

struct rd_kafka_s;
struct rd_kafka_queue_s;

namespace sluice::kafka {

class ConsumerCommits {
 public:
  // Both outlive this. Answers come while the queue is polled.
  ConsumerCommits(rd_kafka_s* client, rd_kafka_queue_s* queue) : client_(client), queue_(queue) {}

  // Consumer::CommitAsync. The listener is called by Serve.
  Status Begin(const std::vector<PartitionOffset>& offsets, CommitListener& listener);
  void Serve();
  void CallNobody();  // from now on

  // Consumer::CommitSync. Waits in steps, and before each asks `may_commit`.
  Status Sync(const std::vector<PartitionOffset>& offsets, milliseconds timeout,
              const std::function<bool()>& may_commit);

 private:
  struct Commit {
    rd_kafka_queue_s* queue;
    CommitListener* listener;
    std::vector<PartitionOffset> offsets;
    bool done = false;
    Status status;
  };

  rd_kafka_s* const client_;
  rd_kafka_queue_s* const queue_;
  std::list<Commit> commits_;
};

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_CONSUMER_COMMITS_H_
