#include "runtime/kafka/queue.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>

namespace sluice::kafka {

void QueueDeleter::operator()(rd_kafka_queue_s* queue) const { rd_kafka_queue_destroy(queue); }

int MillisUntil(TimePoint deadline) {
  const auto left =
      std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000));
}

}  // namespace sluice::kafka
