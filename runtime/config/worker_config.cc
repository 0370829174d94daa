#include "runtime/config/worker_config.h"

#include <algorithm>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/listeners.h"
#include "runtime/config/properties.h"
#include "runtime/config/resolved.h"
#include "runtime/config/worker_keys.h"

namespace sluice::config {
namespace {

ConfigDef MakeDefinition(WorkerMode mode) {
  ConfigDef def(CommonWorkerKeys());
  def.AddAll(RestKeys());
  def.AddAll(mode == WorkerMode::kDistributed ? DistributedKeys() : StandaloneKeys());
  def.AddAll(TlsKeys());
  return def;
}

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

// Whether somebody wrote `value  # comment` and meant only the value.
bool LooksTrailing(std::string_view value) {
  for (size_t at = value.find('#'); at != std::string_view::npos; at = value.find('#', at + 1)) {
    if (at > 0 && (value[at - 1] == ' ' || value[at - 1] == '\t')) return true;
  }
  return false;
}

// `status`, with a hint if the text of the key that it is about ends in what was meant as a
// comment.
Status WithCommentHint(const Status& status, const ConfigMap& config, const ConfigDef& def) {
  for (const auto& [key, value] : config) {
    if (!LooksTrailing(value)) continue;
    const ConfigKey* defined = def.Find(key);
    const bool about = FromAbsl(status.message()).find(key) != std::string_view::npos;
    if (defined == nullptr || !about) continue;
    return ConfigError(StrCat(Message(status),
                              ". Java properties have no trailing comments: the "
                              "whole of '",
                              value, "' is the value of ", key,
                              ". Put the comment on a line of its own"));
  }
  return status;
}

// `status` without the value that it quotes, where a config provider gave it.
Status WithoutResolved(const Status& status, const ConfigMap& raw) {
  for (const auto& [key, value] : raw) {
    const bool about = FromAbsl(status.message()).find(StrCat(" for configuration ", key, ":")) !=
                       std::string_view::npos;
    if (about && ConfigProviders::HasVariable(value)) {
      return ConfigError(WithRawValue(std::string(Message(status)), value));
    }
  }
  return status;
}

// Values that parse and still carry a comment are told of, since the worker would act on them.
void WarnOfComments(const ConfigMap& config, std::vector<std::string>& warnings) {
  for (const auto& [key, value] : config) {
    if (LooksTrailing(value) && key.find("jaas") == std::string::npos &&
        key.find("password") == std::string::npos) {
      warnings.push_back(StrCat("the value of ", key,
                                " holds ' #': Java properties have no trailing "
                                "comments, so all of it is the value"));
    }
  }
}

// Other workers would look for this one on their own machines.
void WarnOfWildcard(WorkerConfig& config) {
  if (config.advertised_host) return;
  const std::string& told =
      config.listeners[AdvertisedListener(config.listeners, config.advertised_scheme == "https")]
          .host;
  if (told != "0.0.0.0" && told != "::") return;
  config.warnings.push_back(
      StrCat("listeners has ", told,
             ", and that is where other workers of the group will look for this one: set "
             "rest.advertised.host.name, or leave the host out (https://:8443)"));
}

StorageTopic Storage(const WorkerConfig& config, std::string_view name, bool has_partitions,
                     std::vector<std::string>& warnings) {
  const std::string prefix = StrCat(name, ".storage.");
  StorageTopic topic;
  topic.name = config.parsed.Text(prefix + "topic");
  topic.replication_factor = static_cast<int>(config.parsed.Int(prefix + "replication.factor"));
  if (has_partitions) topic.partitions = static_cast<int>(config.parsed.Int(prefix + "partitions"));
  for (const auto& [key, value] : config.originals.WithPrefix(prefix)) {
    if (key == "topic" || key == "replication.factor" || (has_partitions && key == "partitions"))
      continue;
    if (key == "cleanup.policy" || key == "partitions") {
      warnings.push_back(StrCat(prefix, key, " is ignored: the worker itself decides about it"));
    } else {
      topic.settings.Set(key, value);
    }
  }
  return topic;
}

StatusOr<OverridePolicy> ParsePolicy(std::string_view text) {
  constexpr std::string_view kPackage = "org.apache.kafka.connect.connector.policy.";
  constexpr std::string_view kSuffix = "ConnectorClientConfigOverridePolicy";
  std::string_view name = text;
  if (name.starts_with(kPackage)) name.remove_prefix(kPackage.size());
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  if (name == "All") return OverridePolicy::kAll;
  if (name == "None") return OverridePolicy::kNone;
  if (name == "Principal") return OverridePolicy::kPrincipal;
  if (name == "Allowlist") return OverridePolicy::kAllowlist;
  return Invalid("connector.client.config.override.policy", text,
                 "no such policy; there are All, None, Principal and Allowlist");
}

Status CheckGroup(const ParsedConfig& parsed) {
  const int64_t session = parsed.Int("session.timeout.ms");
  const int64_t heartbeat = parsed.Int("heartbeat.interval.ms");
  if (heartbeat >= session) {
    return Invalid("heartbeat.interval.ms", StrCat(heartbeat),
                   StrCat("must be lower than session.timeout.ms, which is ", session));
  }
  for (const char* key :
       {"group.id", "config.storage.topic", "offset.storage.topic", "status.storage.topic"}) {
    if (parsed.Text(key).empty()) return Invalid(key, "", "String must be non-empty");
  }
  const ConfigList& accepted = parsed.List("inter.worker.verification.algorithms");
  if (accepted.empty()) {
    return Invalid("inter.worker.verification.algorithms", "[]",
                   "At least one signature verification algorithm must be provided");
  }
  const ConfigKey* signing =
      WorkerConfig::Definition(WorkerMode::kDistributed).Find("inter.worker.signature.algorithm");
  for (const std::string& name : accepted) {
    if (const auto complaint = signing->validator.check(name)) {
      return Invalid("inter.worker.verification.algorithms", name, *complaint);
    }
  }
  const std::string& signature = parsed.Text("inter.worker.signature.algorithm");
  if (std::find(accepted.begin(), accepted.end(), signature) == accepted.end()) {
    return Invalid(
        "inter.worker.signature.algorithm", signature,
        "Signature algorithm must be present in inter.worker.verification.algorithms list");
  }
  const std::string& support = parsed.Text("exactly.once.source.support");
  if (!EqualsIgnoreCase(support, "disabled")) {
    return Invalid("exactly.once.source.support", support,
                   "this worker has no exactly-once source tasks yet; set it to disabled");
  }
  return OkStatus();
}

Status CheckJavaCode(const ConfigMap& config) {
  for (std::string_view key : JavaCodeKeys()) {
    const std::string_view value = Trim(config.Get(key));
    if (value.empty()) continue;
    return Invalid(key, value, "it names Java code, which this worker cannot run; remove the key");
  }
  return OkStatus();
}

Status FillRest(WorkerConfig& config) {
  const ParsedConfig& parsed = config.parsed;
  SLUICE_ASSIGN_OR_RETURN(config.listeners, ParseListeners("listeners", parsed.List("listeners")));
  if (config.listeners.empty()) {
    return ConfigError(
        "Invalid value for listeners, at least one URL is expected, ex: "
        "http://localhost:8080,https://localhost:8443.");
  }
  if (!parsed.IsNull("admin.listeners")) {
    SLUICE_ASSIGN_OR_RETURN(config.admin_listeners,
                            ParseListeners("admin.listeners", parsed.List("admin.listeners")));
  }
  config.advertised_host = parsed.OptionalText("rest.advertised.host.name");
  if (config.advertised_host && config.advertised_host->empty()) config.advertised_host.reset();
  if (const auto port = parsed.OptionalInt("rest.advertised.port")) {
    if (*port < 0 || *port > 65535) {
      return Invalid("rest.advertised.port", StrCat(*port), "a port from 0 to 65535 was expected");
    }
    config.advertised_port = static_cast<uint16_t>(*port);
  }
  const std::string scheme = ToLower(parsed.Text("rest.advertised.listener"));
  if (!scheme.empty() && scheme != "http" && scheme != "https") {
    return Invalid("rest.advertised.listener", scheme, "http or https was expected");
  }
  const bool any_http = std::any_of(config.listeners.begin(), config.listeners.end(),
                                    [](const Listener& listener) { return !listener.https; });
  config.advertised_scheme = !scheme.empty() ? scheme : any_http ? "http" : "https";
  config.allow_origin = parsed.Text("access.control.allow.origin");
  config.allow_methods = parsed.Text("access.control.allow.methods");
  config.response_headers = parsed.Text("response.http.headers.config");
  config.rest_request_timeout = milliseconds(parsed.Int("rest.request.timeout.ms"));
  config.rest_body_bytes_max = static_cast<size_t>(parsed.Int("rest.max.body.bytes"));
  return CheckResponseHeaders(config.response_headers);
}

Status FillCommon(WorkerConfig& config) {
  const ParsedConfig& parsed = config.parsed;
  config.bootstrap_servers = parsed.List("bootstrap.servers");
  config.client_id = std::string(Trim(config.originals.Get("client.id")));
  config.key_converter = parsed.Text("key.converter");
  config.value_converter = parsed.Text("value.converter");
  config.header_converter = parsed.Text("header.converter");
  config.task_shutdown_graceful_timeout =
      milliseconds(parsed.Int("task.shutdown.graceful.timeout.ms"));
  config.offset_flush_interval = milliseconds(parsed.Int("offset.flush.interval.ms"));
  config.offset_flush_timeout = milliseconds(parsed.Int("offset.flush.timeout.ms"));
  config.plugin_path = parsed.List("plugin.path");
  SLUICE_ASSIGN_OR_RETURN(config.override_policy,
                          ParsePolicy(parsed.Text("connector.client.config.override.policy")));
  config.override_allowlist = parsed.List("connector.client.config.override.allowlist");
  config.metrics_sample_window = milliseconds(parsed.Int("metrics.sample.window.ms"));
  config.metrics_num_samples = static_cast<int>(parsed.Int("metrics.num.samples"));
  config.topic_creation_enable = parsed.Bool("topic.creation.enable");
  config.topic_tracking_enable = parsed.Bool("topic.tracking.enable");
  config.topic_tracking_allow_reset = parsed.Bool("topic.tracking.allow.reset");
  return OkStatus();
}

Status FillDistributed(WorkerConfig& config) {
  const ParsedConfig& parsed = config.parsed;
  SLUICE_RETURN_IF_ERROR(CheckGroup(parsed));
  const auto millis = [&](std::string_view key) { return milliseconds(parsed.Int(key)); };
  config.group_id = parsed.Text("group.id");
  WarnOfWildcard(config);
  config.config_topic = Storage(config, "config", false, config.warnings);
  config.offset_topic = Storage(config, "offset", true, config.warnings);
  config.status_topic = Storage(config, "status", true, config.warnings);
  config.session_timeout = millis("session.timeout.ms");
  config.rebalance_timeout = millis("rebalance.timeout.ms");
  config.heartbeat_interval = millis("heartbeat.interval.ms");
  config.scheduled_rebalance_max_delay = millis("scheduled.rebalance.max.delay.ms");
  config.shutdown_expect_return = millis("shutdown.expect.return.ms");
  config.join_unsupported = EqualsIgnoreCase(parsed.Text("join.unsupported"), "join");
  config.worker_sync_timeout = millis("worker.sync.timeout.ms");
  config.worker_unsync_backoff = millis("worker.unsync.backoff.ms");
  config.connect_protocol = ToLower(parsed.Text("connect.protocol"));
  config.signature_algorithm = parsed.Text("inter.worker.signature.algorithm");
  config.key_generation_algorithm = parsed.Text("inter.worker.key.generation.algorithm");
  config.verification_algorithms = parsed.List("inter.worker.verification.algorithms");
  if (const auto bits = parsed.OptionalInt("inter.worker.key.size"))
    config.key_size = static_cast<int>(*bits);
  config.key_ttl = millis("inter.worker.key.ttl.ms");
  return OkStatus();
}

// What the log should say once.
void FillNotes(WorkerConfig& config, const ConfigDef& def) {
  for (std::string_view key : JvmOnlyKeys()) {
    if (config.originals.Contains(key)) config.jvm_only_keys.emplace_back(key);
  }
  std::vector<std::string> unknown;
  const auto& jvm = JvmOnlyKeys();
  for (const auto& [key, value] : config.originals) {
    if (def.Find(key) == nullptr && !HasKnownPrefix(key) &&
        std::find(jvm.begin(), jvm.end(), key) == jvm.end()) {
      unknown.push_back(key);
    }
    if (key.starts_with("internal.key.converter") || key.starts_with("internal.value.converter")) {
      config.warnings.push_back(
          StrCat(key, " is ignored: internal data is always JSON without schemas"));
    }
  }
  if (!unknown.empty()) {
    config.warnings.push_back(StrCat("keys that the worker itself does not know (clients may): ",
                                     StrJoin(unknown, ", ")));
  }
  WarnOfComments(config.originals, config.warnings);
}

StatusOr<WorkerConfig> Make(const ConfigMap& resolved, WorkerMode mode, const ConfigDef& def) {
  WorkerConfig config;
  config.mode = mode;
  SLUICE_RETURN_IF_ERROR(CheckJavaCode(resolved));
  SLUICE_ASSIGN_OR_RETURN(config.parsed, def.Parse(resolved));
  for (const auto& [key, value] : resolved) {
    if (key != "config.providers" && !key.starts_with("config.providers."))
      config.originals.Set(key, value);
  }
  SLUICE_RETURN_IF_ERROR(FillCommon(config));
  SLUICE_RETURN_IF_ERROR(FillRest(config));
  if (mode == WorkerMode::kDistributed) {
    SLUICE_RETURN_IF_ERROR(FillDistributed(config));
  } else {
    config.offset_file = config.parsed.Text("offset.storage.file.filename");
    if (config.offset_file.empty()) {
      return Invalid("offset.storage.file.filename", "", "String must be non-empty");
    }
  }
  FillNotes(config, def);
  return config;
}

}  // namespace

const ConfigDef& WorkerConfig::Definition(WorkerMode mode) {
  static const ConfigDef distributed = MakeDefinition(WorkerMode::kDistributed);
  static const ConfigDef standalone = MakeDefinition(WorkerMode::kStandalone);
  return mode == WorkerMode::kDistributed ? distributed : standalone;
}

StatusOr<WorkerConfig> WorkerConfig::FromMap(const ConfigMap& raw, WorkerMode mode) {
  const ConfigDef& def = Definition(mode);
  SLUICE_ASSIGN_OR_RETURN(auto providers, ConfigProviders::FromWorker(raw));
  ConfigMap variable = raw;
  variable.Erase("plugin.path");  // taken as it is
  SLUICE_ASSIGN_OR_RETURN(ConfigMap resolved, providers->Resolve(variable));
  if (const std::string* path = raw.Find("plugin.path")) resolved.Set("plugin.path", *path);
  auto config = Make(resolved, mode, def);
  if (!config.ok()) {
    return WithoutResolved(WithCommentHint(config.status(), resolved, def), raw);
  }
  if (ConfigProviders::HasVariable(raw.Get("plugin.path"))) {
    config->warnings.push_back("variables in plugin.path are not replaced");
  }
  config->providers = std::move(providers);
  return config;
}

StatusOr<WorkerConfig> WorkerConfig::FromFile(const std::string& path, WorkerMode mode) {
  SLUICE_ASSIGN_OR_RETURN(const ConfigMap raw, ReadProperties(path));
  auto config = FromMap(raw, mode);
  if (!config.ok()) return ConfigError(StrCat(path, ": ", Message(config.status())));
  return config;
}

std::string WorkerConfig::ClientIdBase() const {
  const std::string group = mode == WorkerMode::kDistributed ? group_id : "connect";
  return client_id.empty() ? StrCat(group, "-") : StrCat(group, "-", client_id, "-");
}

std::string WorkerConfig::PolicyName() const {
  switch (override_policy) {
    case OverridePolicy::kAll:
      return "All";
    case OverridePolicy::kNone:
      return "None";
    case OverridePolicy::kPrincipal:
      return "Principal";
    case OverridePolicy::kAllowlist:
      return "Allowlist";
  }
  return "";
}

bool WorkerConfig::AllowsOverride(std::string_view client_key) const {
  switch (override_policy) {
    case OverridePolicy::kAll:
      return true;
    case OverridePolicy::kNone:
      return false;
    case OverridePolicy::kPrincipal:
      return client_key == "sasl.jaas.config" || client_key == "sasl.mechanism" ||
             client_key == "security.protocol";
    case OverridePolicy::kAllowlist:
      return std::find(override_allowlist.begin(), override_allowlist.end(), client_key) !=
             override_allowlist.end();
  }
  return false;
}

}  // namespace sluice::config
