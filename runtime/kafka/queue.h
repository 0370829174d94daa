// librdkafka's queues and its way of counting time. For this folder's files only.
#ifndef SLUICE_RUNTIME_KAFKA_QUEUE_H_
#define SLUICE_RUNTIME_KAFKA_QUEUE_H_

#include <memory>

#include "runtime/base/clock.h"

struct rd_kafka_queue_s;

namespace sluice::kafka {

struct QueueDeleter {
  void operator()(rd_kafka_queue_s* queue) const;
};
using Queue = std::unique_ptr<rd_kafka_queue_s, QueueDeleter>;

// Milliseconds until then, 0 if it is past; an hour at most.
int MillisUntil(TimePoint deadline);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_QUEUE_H_
