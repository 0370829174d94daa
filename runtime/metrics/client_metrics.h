// What a Kafka client has sent and received: the groups producer-metrics, consumer-metrics and
// admin-client-metrics as far as librdkafka tells of it without being asked. Counted on the
// client's own threads, a few times per request, never per record.
#ifndef SLUICE_RUNTIME_METRICS_CLIENT_METRICS_H_
#define SLUICE_RUNTIME_METRICS_CLIENT_METRICS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/mutex.h"
#include "runtime/metrics/registry.h"

namespace sluice::metrics {

class ClientMetrics {
 public:
  enum class Kind { kProducer, kConsumer, kAdmin };

  // Registers the group under the client's id; it goes with the last owner.
  static std::shared_ptr<ClientMetrics> Make(Registry& registry, Kind kind,
                                             std::string_view client_id);

  // Any thread.
  void RequestSent(size_t bytes) {
    requests_.fetch_add(1, std::memory_order_relaxed);
    bytes_out_.fetch_add(bytes, std::memory_order_relaxed);
  }
  void ResponseReceived(size_t bytes) {
    responses_.fetch_add(1, std::memory_order_relaxed);
    bytes_in_.fetch_add(bytes, std::memory_order_relaxed);
  }
  // Of the connection to this address (librdkafka has two to a group's coordinator, by different
  // names): "UP", or anything else.
  void BrokerState(std::string_view host, int port, std::string_view state);
  // Producer: acknowledged; consumer: handed out. One thread.
  void Moved(size_t records) {
    records_.store(records_.load(std::memory_order_relaxed) + records, std::memory_order_relaxed);
  }

 private:
  void Read(Kind kind, Reading& reading) const;

  using Broker = std::pair<std::string, int>;
  mutable Mutex mutex_;
  std::set<Broker> connected_ ABSL_GUARDED_BY(mutex_);
  uint64_t created_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t closed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::atomic<uint64_t> requests_{0}, responses_{0};
  std::atomic<uint64_t> bytes_in_{0}, bytes_out_{0}, records_{0};
  Registry::Registration registration_;
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_CLIENT_METRICS_H_
