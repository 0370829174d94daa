// One librdkafka client: made from our properties, with its log going to ours. For this folder's
// files only. The properties' own order of calls holds for the client inside; the members here are
// thread-safe.
#ifndef SLUICE_RUNTIME_KAFKA_HANDLE_H_
#define SLUICE_RUNTIME_KAFKA_HANDLE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "runtime/base/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/base/status.h"
#include "runtime/config/client_config.h"
#include "runtime/kafka/oauth_login.h"
#include "runtime/metrics/client_metrics.h"
#include "runtime/metrics/registry.h"

// librdkafka's own types, so that its header stays out of ours.
struct rd_kafka_s;
struct rd_kafka_conf_s;

namespace sluice::kafka {

class Handle {
 public:
  enum class Kind { kProducer, kConsumer, kAdmin };
  using Configure = std::function<void(rd_kafka_conf_s*)>;

  // `configure` sets callbacks and events; `registry`, where the client's metrics are shown, may be
  // null. Looks up the bootstrap servers' names, which may take as long as the system's resolver
  // does, and fetches the first token of OAUTHBEARER. Errors: ConfigException that names the Java
  // key of a property that librdkafka refuses, or bootstrap.servers if none has an address; that
  // there is no token; KafkaException if the client cannot be made.
  static StatusOr<std::shared_ptr<Handle>> Make(const config::ClientProperties& properties,
                                                Kind kind, metrics::Registry* registry,
                                                const Configure& configure);
  // The first of these errors, without making a client.
  static Status Check(const config::ClientProperties& properties);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  rd_kafka_s* get() const { return client_; }
  // The client has had so many records acknowledged, or has handed them out.
  void CountRecords(size_t records) {
    if (metrics_ != nullptr) metrics_->Moved(records);
  }
  // For the callbacks that `configure` set: who they are for. Set before the first poll.
  void set_owner(void* owner) { owner_ = owner; }
  void* owner() const { return owner_; }
  static Handle* FromOpaque(void* opaque) { return static_cast<Handle*>(opaque); }

  // The destructor shall not close the consumer: it was closed, or must not wait.
  void SkipClose() { skip_close_ = true; }
  // Nor shall it wait: librdkafka's own end takes as long as the join that is under way, which may
  // be until a dead member's session is over. The client then ends on a thread that nobody waits
  // for.
  void EndAside() { end_aside_ = true; }
  // The last trouble that librdkafka wrote to its log, or nothing; tells why nobody answers.
  std::string LastTrouble() const;
  // The error after which the client is of no use any more; OK if there was none.
  Status FatalError() const;
  const std::string& bootstrap_servers() const { return bootstrap_servers_; }

 private:
  explicit Handle(const config::ClientProperties& properties)
      : bootstrap_servers_(properties.bootstrap_servers) {}
  static void OnTokenRefresh(rd_kafka_s* client, const char* unused, void* opaque);
  static void OnLog(const rd_kafka_s* client, int level, const char* facility, const char* text);

  const std::string bootstrap_servers_;
  // Outlive client_, whose threads use them.
  std::shared_ptr<metrics::ClientMetrics> metrics_;
  std::unique_ptr<OAuthLogin> login_;  // null: no OAUTHBEARER
  rd_kafka_s* client_ = nullptr;
  void* owner_ = nullptr;
  std::atomic<bool> skip_close_{false};
  std::atomic<bool> end_aside_{false};
  mutable Mutex mutex_;
  std::string last_trouble_ ABSL_GUARDED_BY(mutex_);
  TimePoint quiet_until_ ABSL_GUARDED_BY(mutex_);  // for what librdkafka says 40 times a second
};

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_HANDLE_H_
