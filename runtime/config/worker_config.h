// A worker's configuration, checked and typed: what connect-distributed.properties or
// connect-standalone.properties says. Made once at start, then only read: any thread.
#ifndef SLUICE_RUNTIME_CONFIG_WORKER_CONFIG_H_
#define SLUICE_RUNTIME_CONFIG_WORKER_CONFIG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/config/listeners.h"
#include "runtime/config/provider.h"

namespace sluice::config {

enum class WorkerMode { kDistributed, kStandalone };

// An internal topic and how to create it; -1: the broker's default.
struct StorageTopic {
  std::string name;
  int partitions = 1;
  int replication_factor = 3;
  ConfigMap settings;  // other topic settings, e.g. segment.bytes
};

enum class OverridePolicy { kAll, kNone, kPrincipal, kAllowlist };

struct WorkerConfig {
  // Reads a properties file. Errors name the file, and the key with what was expected and found;
  // where a trailing comment was meant they say that there are none.
  static StatusOr<WorkerConfig> FromFile(const std::string& path, WorkerMode mode);
  static StatusOr<WorkerConfig> FromMap(const ConfigMap& raw, WorkerMode mode);
  // All keys that have a meaning, for documentation and REST.
  static const ConfigDef& Definition(WorkerMode mode);

  WorkerMode mode = WorkerMode::kDistributed;
  ConfigMap originals;  // resolved, unknown keys too, without config.providers*: what clients and
                        // converters inherit
  ParsedConfig parsed;  // every key of Definition(mode)
  std::shared_ptr<const ConfigProviders> providers;  // never null
  // Token endpoints and token files that connectors may name, too: those of the JVM option
  // org.apache.kafka.sasl.oauthbearer.allowed.urls. What this file names needs none.
  std::vector<std::string> allowed_token_urls;

  // What the log should say once, after start: keys that mean something to a JVM only, and oddities
  // that are no errors.
  std::vector<std::string> jvm_only_keys;
  std::vector<std::string> warnings;

  // Both modes
  std::vector<std::string> bootstrap_servers;
  std::string client_id;  // may be empty
  std::string key_converter, value_converter, header_converter;
  milliseconds task_shutdown_graceful_timeout{5000};
  milliseconds offset_flush_interval{60000};
  milliseconds offset_flush_timeout{5000};
  std::vector<std::string> plugin_path;
  OverridePolicy override_policy = OverridePolicy::kAll;
  std::vector<std::string> override_allowlist;  // kAllowlist
  milliseconds metrics_sample_window{30000};
  int metrics_num_samples = 2;
  bool topic_creation_enable = true;
  bool topic_tracking_enable = true;
  bool topic_tracking_allow_reset = true;

  // REST
  std::vector<Listener> listeners;
  std::optional<std::vector<Listener>>
      admin_listeners;  // nothing: admin paths on the main listeners; empty: nowhere
  std::optional<std::string> advertised_host;
  std::optional<uint16_t> advertised_port;
  std::string advertised_scheme;             // http or https
  std::string allow_origin, allow_methods;   // CORS; an empty origin: none
  std::string response_headers;              // response.http.headers.config, checked
  size_t rest_body_bytes_max = 16 << 20;     // rest.max.body.bytes, a key of ours
  milliseconds rest_request_timeout{90000};  // rest.request.timeout.ms, a key of ours

  // Distributed
  std::string group_id;
  StorageTopic config_topic, offset_topic, status_topic;
  milliseconds session_timeout{10000};
  milliseconds rebalance_timeout{60000};
  milliseconds heartbeat_interval{3000};
  milliseconds scheduled_rebalance_max_delay{300000};
  milliseconds shutdown_expect_return{0};  // a key of ours
  bool join_unsupported = false;           // a key of ours: join.unsupported=join
  milliseconds worker_sync_timeout{3000};
  milliseconds worker_unsync_backoff{300000};
  std::string connect_protocol;  // eager, compatible, sessioned
  std::string signature_algorithm, key_generation_algorithm;
  std::vector<std::string> verification_algorithms;
  std::optional<int> key_size;  // bits
  milliseconds key_ttl{3600000};

  // Standalone
  std::string offset_file;

  // `<group.id>-` or `<group.id>-<client.id>-` (standalone: `connect`): what the internal clients'
  // ids begin with.
  std::string ClientIdBase() const;
  std::string PolicyName() const;  // All, None, Principal, Allowlist
  // Whether the policy lets a connector set this client key (without its prefix).
  bool AllowsOverride(std::string_view client_key) const;
};

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_WORKER_CONFIG_H_
