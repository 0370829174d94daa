// GroupClientOptions, read: numbers as numbers, addresses as addresses, stores and credentials
// opened. Internal to runtime/cluster; never changed once made.
#ifndef SLUICE_RUNTIME_CLUSTER_KAFKA_SETTINGS_H_
#define SLUICE_RUNTIME_CLUSTER_KAFKA_SETTINGS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/cluster/group_client.h"
#include "runtime/cluster/kafka_wire.h"
#include "runtime/cluster/sasl.h"
#include "runtime/tls/client_context.h"

namespace sluice::cluster {

struct KafkaSettings {
  std::string client_id;
  std::vector<HostPort> bootstrap;
  bool canonical_bootstrap = false;               // client.dns.lookup: by their canonical names
  std::shared_ptr<const tls::ClientContext> tls;  // null: plain
  std::shared_ptr<const SaslMechanism> sasl;      // null: none
  milliseconds request_timeout{40'000}, connect_timeout{10'000};
  milliseconds backoff{100}, backoff_max{1'000};
};

// Errors (ConfigException) name the key.
StatusOr<KafkaSettings> ReadKafkaSettings(const GroupClientOptions& options);
// `host:port,[::1]:9092`, with or without a `NAME://` before each.
StatusOr<std::vector<HostPort>> ParseBootstrapServers(std::string_view text);

}  // namespace sluice::cluster

#endif  // SLUICE_RUNTIME_CLUSTER_KAFKA_SETTINGS_H_
