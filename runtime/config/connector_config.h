// A connector's configuration as far as the framework has a say in it: names, converters,
// transforms, error handling, topics (the peer's ConnectorConfig, SourceConnectorConfig and
// SinkConnectorConfig). Everything else belongs to the connector and is passed on untouched. Plain
// values, made from a resolved configuration by whoever starts a connector or a task.
#ifndef SLUICE_RUNTIME_CONFIG_CONNECTOR_CONFIG_H_
#define SLUICE_RUNTIME_CONFIG_CONNECTOR_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/config_def.h"
#include "runtime/config/config_map.h"
#include "runtime/config/topic_creation.h"
#include "runtime/config/worker_config.h"

namespace sluice::config {

enum class ConnectorKind { kSource, kSink };

// errors.*
struct ErrorSettings {
  int64_t retry_timeout_ms = 0;  // 0: no retry; negative: without end
  int64_t retry_delay_max_ms = 60000;
  bool tolerance_all = false;
  bool log_enable = false;
  bool log_include_messages = false;
  std::string dlq_topic;  // with its variables (dlq_topic.h); empty: no dead letter queue
  int16_t dlq_replication_factor = 3;
  bool dlq_context_headers = false;
};

struct TransformSpec {
  std::string alias;
  std::string type;            // class or alias
  std::string plugin_version;  // empty: any
  std::string predicate;       // alias of a PredicateSpec; empty: always applied
  bool negate = false;
  ConfigMap settings;  // its own keys, without prefix and without the framework's
};
struct PredicateSpec {
  std::string alias;
  std::string type;
  std::string plugin_version;
  ConfigMap settings;
};

// The converter of one role: the connector's own with the connector's settings, or the worker's
// with the worker's; they never mix.
struct ConverterSpec {
  std::string class_name;  // class or alias
  std::string plugin_version;
  ConfigMap settings;  // without prefix; holds converter.type = key, value or header
  bool from_worker = false;
};

enum class TransactionBoundary { kPoll, kInterval, kConnector };

struct ConnectorConfig {
  // Typed from `config`, whose variables are resolved. Error: ConfigException of the first thing
  // that cannot work, also those that only a start finds (topic.creation.*, a transform without a
  // type, an undefined predicate).
  static StatusOr<ConnectorConfig> FromMap(ConnectorKind kind, const ConfigMap& config,
                                           const WorkerConfig& worker);
  // The framework's keys in the peer's order, with the worker's converters as defaults. A source's
  // errors.deadletterqueue.*, which the peer has not, are not among them (dlq_topic.h).
  static ConfigDef Definition(ConnectorKind kind, const WorkerConfig* worker);

  ConnectorKind kind = ConnectorKind::kSource;
  ConfigMap config;  // resolved, all of it

  std::string name;
  std::string connector_class;
  std::string plugin_version;  // empty: any
  int tasks_max = 1;
  bool tasks_max_enforce = true;
  ErrorSettings errors;
  ConverterSpec key_converter, value_converter, header_converter;
  std::vector<TransformSpec> transforms;  // in the order of the chain
  std::vector<PredicateSpec> predicates;

  // Sinks
  ConfigList topics;
  std::string topics_regex;  // Java's, full match; empty: topics
  std::string group_id;      // consumer.override.group.id, else connect-<name>

  // Sources
  std::vector<TopicCreationGroup>
      topic_creation;  // first match wins, the default is last; empty: brokers create topics
  std::vector<std::string> warnings;  // e.g. topic.creation.* that the worker does not allow
  bool exactly_once_required = false;
  TransactionBoundary transaction_boundary = TransactionBoundary::kPoll;
  milliseconds transaction_interval{0};
  std::string offsets_topic;  // offsets.storage.topic; empty: the worker's

  // The group whose include matches and whose exclude does not, or nullptr when topic_creation is
  // empty.
  const TopicCreationGroup* GroupOf(std::string_view topic) const;
};

// `class` of `key`.converter and so on, as FromMap takes them; for who needs only converters.
ConverterSpec ConverterOf(std::string_view role, const ConfigMap& config,
                          const WorkerConfig& worker);

// Errors by key: the key that each belongs to and its text.
using ConfigErrors = std::vector<std::pair<std::string, std::string>>;
// The cross checks of a sink: topics or topics.regex, the dead letter queue's topic, the consumer
// group. `worker` may be nullptr: what needs it is not checked.
ConfigErrors CheckSink(const ConfigMap& config, const WorkerConfig* worker);
// Those of a source: the dead letter queue's topic.
ConfigErrors CheckSource(const ConfigMap& config, const WorkerConfig* worker);

// More tasks than tasks.max: the peer's text, or OK. `count` is what the connector answered.
Status CheckTaskCount(std::string_view connector, size_t count, int tasks_max);

}  // namespace sluice::config

#endif  // SLUICE_RUNTIME_CONFIG_CONNECTOR_CONFIG_H_
