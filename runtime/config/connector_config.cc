#include "runtime/config/connector_config.h"

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/dlq_topic.h"

namespace sluice::config {
namespace {

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

// What transforms and predicates share.
struct Step {
  std::string type, plugin_version;
  ConfigMap settings;
};

StatusOr<Step> ParseStep(const std::string& prefix, const ConfigMap& config, const char* kind) {
  Step step;
  step.settings = config.WithPrefix(prefix);
  step.type = std::string(Trim(step.settings.Get("type")));
  if (step.type.empty()) {
    return Invalid(prefix + "type", step.settings.Contains("type") ? "" : "null",
                   StrCat("Not a ", kind));
  }
  step.plugin_version = std::string(Trim(step.settings.Get("plugin.version")));
  step.settings.Erase("type");
  step.settings.Erase("plugin.version");
  return step;
}

StatusOr<TransformSpec> ParseTransform(const std::string& alias, const ConfigMap& config) {
  const std::string prefix = StrCat("transforms.", alias, ".");
  SLUICE_ASSIGN_OR_RETURN(Step step, ParseStep(prefix, config, "Transformation"));
  TransformSpec spec{alias, std::move(step.type),    std::move(step.plugin_version), "",
                     false, std::move(step.settings)};
  spec.predicate = std::string(Trim(spec.settings.Get("predicate")));
  if (const std::string* negate = spec.settings.Find("negate")) {
    SLUICE_ASSIGN_OR_RETURN(const ParsedValue value,
                            ParseConfigValue(prefix + "negate", *negate, ConfigType::kBoolean));
    spec.negate = std::get<bool>(value);
    if (spec.predicate.empty()) {
      return ConfigError(StrCat("Config '", prefix, "negate' was provided but there is no config '",
                                prefix, "predicate' defining a predicate to be negated."));
    }
  }
  spec.settings.Erase("predicate");
  spec.settings.Erase("negate");
  return spec;
}

Status FillSteps(ConnectorConfig& out, const ParsedConfig& parsed) {
  for (const std::string& alias : parsed.List("predicates")) {
    const std::string prefix = StrCat("predicates.", alias, ".");
    SLUICE_ASSIGN_OR_RETURN(Step step, ParseStep(prefix, out.config, "Predicate"));
    out.predicates.push_back(
        {alias, std::move(step.type), std::move(step.plugin_version), std::move(step.settings)});
  }
  for (const std::string& alias : parsed.List("transforms")) {
    SLUICE_ASSIGN_OR_RETURN(TransformSpec spec, ParseTransform(alias, out.config));
    const bool defined =
        std::any_of(out.predicates.begin(), out.predicates.end(),
                    [&](const PredicateSpec& p) { return p.alias == spec.predicate; });
    if (!spec.predicate.empty() && !defined) {
      return Invalid(StrCat("transforms.", alias, ".predicate"), spec.predicate,
                     StrCat("no such alias in predicates, which names [",
                            StrJoin(parsed.List("predicates"), ", "), "]"));
    }
    out.transforms.push_back(std::move(spec));
  }
  return OkStatus();
}

StatusOr<ErrorSettings> Errors(const ConfigMap& config, const ParsedConfig& parsed) {
  ErrorSettings errors;
  errors.retry_timeout_ms = parsed.Int("errors.retry.timeout");
  errors.retry_delay_max_ms = parsed.Int("errors.retry.delay.max.ms");
  errors.tolerance_all = parsed.Text("errors.tolerance") == "all";
  errors.log_enable = parsed.Bool("errors.log.enable");
  errors.log_include_messages = parsed.Bool("errors.log.include.messages");
  SLUICE_ASSIGN_OR_RETURN(const ParsedConfig letters, DeadLetterDefinition().Parse(config));
  errors.dlq_topic = letters.Text(kDlqTopicKey);
  errors.dlq_replication_factor =
      static_cast<int16_t>(letters.Int("errors.deadletterqueue.topic.replication.factor"));
  errors.dlq_context_headers = letters.Bool("errors.deadletterqueue.context.headers.enable");
  return errors;
}

Status FillSource(ConnectorConfig& out, const ParsedConfig& parsed, const WorkerConfig& worker) {
  if (worker.topic_creation_enable) {
    SLUICE_ASSIGN_OR_RETURN(out.topic_creation, ParseTopicCreation(out.config, out.warnings));
  } else if (!out.config.WithPrefix("topic.creation.").empty()) {
    out.warnings.push_back(
        "topic.creation.* is ignored: topic.creation.enable of the worker is false");
  }
  out.exactly_once_required = EqualsIgnoreCase(parsed.Text("exactly.once.support"), "required");
  const std::string boundary = ToLower(parsed.Text("transaction.boundary"));
  out.transaction_boundary = boundary == "interval"    ? TransactionBoundary::kInterval
                             : boundary == "connector" ? TransactionBoundary::kConnector
                                                       : TransactionBoundary::kPoll;
  const auto interval = parsed.OptionalInt("transaction.boundary.interval.ms");
  out.transaction_interval = interval ? milliseconds(*interval) : worker.offset_flush_interval;
  out.offsets_topic = parsed.Text("offsets.storage.topic");
  const auto errors = CheckSource(out.config, &worker);
  if (!errors.empty()) return ConfigError(errors.front().second);
  return OkStatus();
}

Status FillSink(ConnectorConfig& out, const ParsedConfig& parsed, const WorkerConfig& worker) {
  out.topics = parsed.List("topics");
  out.topics_regex = parsed.Text("topics.regex");
  const std::string group(Trim(out.config.Get("consumer.override.group.id")));
  out.group_id = group.empty() ? StrCat("connect-", out.name) : group;
  const auto errors = CheckSink(out.config, &worker);
  if (!errors.empty()) return ConfigError(errors.front().second);
  return OkStatus();
}

}  // namespace

ConverterSpec ConverterOf(std::string_view role, const ConfigMap& config,
                          const WorkerConfig& worker) {
  const std::string key = StrCat(role, ".converter");
  ConverterSpec spec;
  const std::string* own = config.Find(key);
  const ConfigMap& source = own != nullptr ? config : worker.originals;
  spec.from_worker = own == nullptr;
  if (own != nullptr) {
    spec.class_name = std::string(Trim(*own));
  } else {
    spec.class_name = role == "key"     ? worker.key_converter
                      : role == "value" ? worker.value_converter
                                        : worker.header_converter;
  }
  spec.plugin_version = std::string(Trim(source.Get(key + ".plugin.version")));
  spec.settings = source.WithPrefix(key + ".");
  spec.settings.Erase("plugin.version");
  spec.settings.Set("converter.type", role);
  return spec;
}

StatusOr<ConnectorConfig> ConnectorConfig::FromMap(ConnectorKind kind, const ConfigMap& config,
                                                   const WorkerConfig& worker) {
  SLUICE_ASSIGN_OR_RETURN(const ParsedConfig parsed, Definition(kind, &worker).Parse(config));
  ConnectorConfig out;
  out.kind = kind;
  out.config = config;
  out.name = parsed.Text("name");
  out.connector_class = parsed.Text("connector.class");
  out.plugin_version = parsed.Text("connector.plugin.version");
  out.tasks_max = static_cast<int>(parsed.Int("tasks.max"));
  out.tasks_max_enforce = parsed.Bool("tasks.max.enforce");
  SLUICE_ASSIGN_OR_RETURN(out.errors, Errors(config, parsed));
  out.key_converter = ConverterOf("key", config, worker);
  out.value_converter = ConverterOf("value", config, worker);
  out.header_converter = ConverterOf("header", config, worker);
  SLUICE_RETURN_IF_ERROR(FillSteps(out, parsed));
  SLUICE_RETURN_IF_ERROR(kind == ConnectorKind::kSource ? FillSource(out, parsed, worker)
                                                        : FillSink(out, parsed, worker));
  return out;
}

const TopicCreationGroup* ConnectorConfig::GroupOf(std::string_view topic) const {
  return FindTopicCreationGroup(topic_creation, topic);
}

Status CheckTaskCount(std::string_view connector, size_t count, int tasks_max) {
  if (count <= static_cast<size_t>(tasks_max)) return OkStatus();
  return ConnectError(StrCat(
      "The connector ", connector, " has generated ", count, " tasks, which is greater than ",
      tasks_max,
      ", the maximum number of tasks it is configured to create. This behaviour should be "
      "considered a bug "
      "and is disallowed. If necessary, it can be permitted by reconfiguring the connector with "
      "'tasks.max.enforce' set to false; however, this option will be removed in a future release "
      "of Kafka "
      "Connect."));
}

}  // namespace sluice::config
