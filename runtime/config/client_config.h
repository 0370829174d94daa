// Settings of Kafka clients: Java's names in, librdkafka's out. Each client begins with Connect's
// values (never with librdkafka's defaults), then come the worker's settings under the prefix of
// the client's role, then the connector's overrides, as in the peer's Worker. Pure functions, any
// thread.
//
// Only what stands in the table of client_keys.h is let through: librdkafka can be told to load a
// library or run a command, and no key that does may come from a connector, or under librdkafka's
// own name from anywhere.
#ifndef SLUICE_RUNTIME_CONFIG_CLIENT_CONFIG_H_
#define SLUICE_RUNTIME_CONFIG_CLIENT_CONFIG_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/connector_config.h"
#include "runtime/config/worker_config.h"
#include "runtime/oauth/token_source.h"

namespace sluice::config {

enum class ClientRole { kProducer, kConsumer, kAdmin };

// How much a client may hold, of its task's budget.
struct ClientBudget {
  size_t prefetch_bytes = 8 << 20;         // consumer
  size_t producer_queue_bytes = 32 << 20;  // producer; buffer.memory may lower or raise it
};

// All that it takes to make one client.
struct ClientProperties {
  ClientRole role = ClientRole::kProducer;
  std::string client_id;
  std::string bootstrap_servers;  // for messages
  // For rd_kafka_conf_set, one by one. Values may be secrets: never log them.
  std::map<std::string, std::string> rdkafka;
  // The effective configuration under Java's names, as a Java client would have got it; secrets
  // too.
  std::map<std::string, std::string> java;

  // Where its tokens come from, with sasl.mechanism=OAUTHBEARER; else null.
  std::shared_ptr<oauth::TokenSource> tokens;

  // Java settings that librdkafka has not, for our wrappers.
  int max_poll_records = 500;          // consumer
  int64_t request_timeout_ms = 30000;  // admin calls
  int64_t api_timeout_ms = 60000;      // default.api.timeout.ms
  // Keys that were accepted and have no effect here, as `key (reason)`; for the log, once.
  std::vector<std::string> ignored;

  // The Java key behind a property of librdkafka, for its error messages; the property itself if
  // there is none.
  std::string JavaKey(std::string_view rdkafka_property) const;
};

// Clients of a task or a connector.
enum class TaskClient {
  kSourceProducer,  // connector-producer-<c>-<n>; producer.*, producer.override.*
  kDlqProducer,     // connector-dlq-producer-<c>-<n>
  kSinkConsumer,  // connector-consumer-<c>-<n>, group connect-<c>; consumer.*, consumer.override.*
  kTopicAdmin,    // connector-adminclient-<c>-<n>; all unprefixed worker keys, admin.*,
                  // admin.override.*
  kDlqAdmin,      // connector-dlq-adminclient-<c>-<n>
  kWorkerAdmin,   // connector-worker-adminclient-<c>
  // Of a source with offsets.storage.topic
  kOffsetProducer,  // connector-offset-producer-<c>
  kOffsetConsumer,  // connector-consumer-<c>
};
// Clients of the worker itself: all worker keys, and what Connect forces upon them.
enum class WorkerClient {
  kConfigProducer,
  kConfigConsumer,  // <base>configs
  kOffsetProducer,
  kOffsetConsumer,  // <base>offsets
  kStatusProducer,
  kStatusConsumer,  // <base>statuses
  kSharedAdmin,     // <base>shared-admin
};

// Errors: ConfigException that names the key: unknown, refused, a bad value, or not allowed by the
// override policy (the peer's text). Keys that only a JVM can use (class names and the like) are
// refused when they come from a connector.
StatusOr<ClientProperties> TaskClientProperties(const WorkerConfig& worker,
                                                const ConnectorConfig& connector, TaskClient client,
                                                int task, ClientBudget budget = {});
StatusOr<ClientProperties> WorkerClientProperties(const WorkerConfig& worker, WorkerClient client);

// Whether all that the worker's file says of its connectors' clients (producer.*, consumer.*,
// admin.*) could be taken: asked once at start, since else each task would fail. Errors as above.
Status CheckWorkerClientSettings(const WorkerConfig& worker);

// Validation of overrides: one entry for each `producer.override.` and so on that this connector's
// clients would use, with policy and value errors. Keys keep their prefix.
std::vector<ConfigInfo> CheckClientOverrides(ConnectorKind kind, const ConfigMap& config,
                                             const WorkerConfig& worker);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CLIENT_CONFIG_H_
