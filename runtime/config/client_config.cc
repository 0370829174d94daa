#include "runtime/config/client_config.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/config/client_keys.h"
#include "runtime/config/client_values.h"
#include "runtime/config/group_times.h"
#include "runtime/config/java_order.h"

namespace sluice::config {
namespace {

constexpr std::string_view kSerializer =
    "org.apache.kafka.common.serialization.ByteArraySerializer";
constexpr std::string_view kDeserializer =
    "org.apache.kafka.common.serialization.ByteArrayDeserializer";

// Where a setting comes from decides what may be said with it.
enum class Origin { kConnect, kWorkerBare, kWorkerPrefixed, kConnector };

std::string_view Prefix(ClientRole role) {
  return role == ClientRole::kProducer   ? "producer."
         : role == ClientRole::kConsumer ? "consumer."
                                         : "admin.";
}
std::string OverridePrefix(ClientRole role) { return StrCat(Prefix(role), "override."); }

Status RefusedByPolicy(const WorkerConfig& worker, std::string_view key) {
  return ConfigError(StrCat("The '", worker.PolicyName(), "' policy does not allow '", key,
                            "' to be overridden in the connector configuration."));
}

Status UnknownKey(std::string_view full_key) {
  return ConfigError(
      StrCat("Unknown client setting ", full_key,
             ": only settings of Kafka's Java clients that have a meaning here are accepted, under "
             "their Java names; librdkafka's own names are not"));
}

// OK if a value may be taken from a connector or the worker's file; `full_key` is for messages.
Status CheckSetting(const ClientKey& key, std::string_view value, Origin origin,
                    std::string_view full_key) {
  const bool empty = Trim(value).empty();
  const bool jvm = key.use == ClientUse::kJvm && origin == Origin::kConnector;
  if ((key.use == ClientUse::kRefuse || jvm) && !empty) {
    return ConfigError(StrCat("Client setting ", full_key, " is not supported: ", key.reason));
  }
  SLUICE_ASSIGN_OR_RETURN(const ParsedValue parsed, ParseConfigValue(full_key, value, key.type));
  return CheckConfigValue(
      ClientKeyDefinition(key, full_key.substr(0, full_key.size() - key.name.size())), parsed);
}

// A connector could have the worker read any file, or ask any server, where its tokens come from:
// only what the worker's own file names, or an administrator allowed (CVE-2025-27817).
Status CheckTokenUrl(const WorkerConfig& worker, ClientRole role, std::string_view key,
                     std::string_view value) {
  const std::string url(Trim(value));
  if (key != "sasl.oauthbearer.token.endpoint.url" || url.empty()) return OkStatus();
  const auto& allowed = worker.allowed_token_urls;
  if (url == Trim(worker.originals.Get(key)) ||
      url == Trim(worker.originals.Get(StrCat(Prefix(role), key))) ||
      std::find(allowed.begin(), allowed.end(), url) != allowed.end()) {
    return OkStatus();
  }
  return ConfigError(
      StrCat("Invalid value ", url, " for configuration ", OverridePrefix(role), key,
             ": connectors may name only the URL of the worker's own file, and those of "
             "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=URL,... in KAFKA_OPTS"));
}

// Puts a client's settings together, layer on layer.
class Layers {
 public:
  Layers(ClientRole role, ClientBudget budget) {
    settings_.role = role;
    settings_.budget = budget;
  }

  // Connect's own values; they need no check.
  void Base(std::string_view key, std::string_view value) { settings_.java.Set(key, value); }
  void Bootstrap(const WorkerConfig& worker) {
    Base("bootstrap.servers", StrJoin(worker.bootstrap_servers, ","));
  }

  // All worker keys that clients of this role know; others are somebody else's.
  Status WorkerKeys(const WorkerConfig& worker) {
    for (const auto& [key, value] : worker.originals) {
      const ClientKey* known = FindClientKey(settings_.role, key);
      if (known == nullptr || key == "group.id") continue;  // the workers' group, not a consumer's
      SLUICE_RETURN_IF_ERROR(Take(*known, value, Origin::kWorkerBare, key));
    }
    return OkStatus();
  }
  Status WorkerPrefixed(const WorkerConfig& worker) {
    const std::string prefix(Prefix(settings_.role));
    for (const auto& [key, value] : worker.originals.WithPrefix(prefix)) {
      // admin.listeners and its TLS are of the REST API, not of an admin client.
      if (settings_.role == ClientRole::kAdmin && key.starts_with("listeners")) continue;
      const ClientKey* known = FindClientKey(settings_.role, key);
      if (known == nullptr) return UnknownKey(prefix + key);
      SLUICE_RETURN_IF_ERROR(Take(*known, value, Origin::kWorkerPrefixed, prefix + key));
    }
    return OkStatus();
  }
  Status Overrides(const WorkerConfig& worker, const ConfigMap& connector) {
    const std::string prefix = OverridePrefix(settings_.role);
    for (const auto& [key, value] : connector.WithPrefix(prefix)) {
      if (!worker.AllowsOverride(key)) return RefusedByPolicy(worker, key);
      const ClientKey* known = FindClientKey(settings_.role, key);
      if (known == nullptr) return UnknownKey(prefix + key);
      SLUICE_RETURN_IF_ERROR(CheckTokenUrl(worker, settings_.role, key, value));
      SLUICE_RETURN_IF_ERROR(Take(*known, value, Origin::kConnector, prefix + key));
    }
    return OkStatus();
  }
  // What Connect decides whatever anybody says.
  void Force(std::string_view key, std::string_view value) {
    settings_.java.Set(key, value);
    settings_.from_user.insert(std::string(key));
  }

  // Reads the stores that the settings name.
  Status CheckSecurity() const {
    ClientProperties out;
    return ConvertSecurity(settings_, out);
  }

  StatusOr<ClientProperties> Finish() && {
    ClientProperties out;
    out.role = settings_.role;
    out.ignored = std::move(ignored_);
    for (const auto& [key, value] : settings_.java) {
      const ClientKey* known = FindClientKey(settings_.role, key);
      if (known != nullptr && known->use == ClientUse::kSet && !value.empty()) {
        out.rdkafka[std::string(known->rdkafka)] = std::string(Trim(value));
      }
      out.java[key] = value;
    }
    SLUICE_RETURN_IF_ERROR(ConvertCommon(settings_, out));
    SLUICE_RETURN_IF_ERROR(ConvertSecurity(settings_, out));
    if (settings_.role == ClientRole::kProducer)
      SLUICE_RETURN_IF_ERROR(ConvertProducer(settings_, out));
    if (settings_.role == ClientRole::kConsumer)
      SLUICE_RETURN_IF_ERROR(ConvertConsumer(settings_, out));
    return out;
  }

 private:
  Status Take(const ClientKey& key, std::string_view value, Origin origin,
              std::string_view full_key) {
    SLUICE_RETURN_IF_ERROR(CheckSetting(key, value, origin, full_key));
    if (key.use == ClientUse::kIgnore || key.use == ClientUse::kJvm) {
      if (origin != Origin::kWorkerBare)
        ignored_.push_back(StrCat(full_key, " (", key.reason, ")"));
      return OkStatus();
    }
    if (key.use == ClientUse::kRefuse) return OkStatus();  // empty
    settings_.java.Set(key.name, value);
    settings_.from_user.insert(std::string(key.name));
    return OkStatus();
  }

  ClientSettings settings_;
  std::vector<std::string> ignored_;
};

void ProducerBase(Layers& layers) {
  layers.Base("key.serializer", kSerializer);
  layers.Base("value.serializer", kSerializer);
  layers.Base("acks", "all");
  layers.Base("enable.idempotence", "true");                  // Java's Connect: false
  layers.Base("max.in.flight.requests.per.connection", "5");  // Java's Connect: 1
  layers.Base("delivery.timeout.ms", "2147483647");
  layers.Base("max.block.ms", "9223372036854775807");
}

void ConsumerBase(Layers& layers) {
  layers.Base("key.deserializer", kDeserializer);
  layers.Base("value.deserializer", kDeserializer);
  layers.Base("enable.auto.commit", "false");
  layers.Base("auto.offset.reset", "earliest");
}

ClientRole RoleOf(TaskClient client) {
  switch (client) {
    case TaskClient::kSourceProducer:
    case TaskClient::kDlqProducer:
    case TaskClient::kOffsetProducer:
      return ClientRole::kProducer;
    case TaskClient::kSinkConsumer:
    case TaskClient::kOffsetConsumer:
      return ClientRole::kConsumer;
    case TaskClient::kTopicAdmin:
    case TaskClient::kDlqAdmin:
    case TaskClient::kWorkerAdmin:
      return ClientRole::kAdmin;
  }
  return ClientRole::kAdmin;
}

std::string ClientId(TaskClient client, std::string_view connector, int task) {
  switch (client) {
    case TaskClient::kSourceProducer:
      return StrCat("connector-producer-", connector, "-", task);
    case TaskClient::kDlqProducer:
      return StrCat("connector-dlq-producer-", connector, "-", task);
    case TaskClient::kSinkConsumer:
      return StrCat("connector-consumer-", connector, "-", task);
    case TaskClient::kTopicAdmin:
      return StrCat("connector-adminclient-", connector, "-", task);
    case TaskClient::kDlqAdmin:
      return StrCat("connector-dlq-adminclient-", connector, "-", task);
    case TaskClient::kWorkerAdmin:
      return StrCat("connector-worker-adminclient-", connector);
    case TaskClient::kOffsetProducer:
      return StrCat("connector-offset-producer-", connector);
    case TaskClient::kOffsetConsumer:
      return StrCat("connector-consumer-", connector);
  }
  return "";
}

struct WorkerClientKind {
  ClientRole role;
  std::string_view suffix;
};
WorkerClientKind KindOf(WorkerClient client) {
  switch (client) {
    case WorkerClient::kConfigProducer:
      return {ClientRole::kProducer, "configs"};
    case WorkerClient::kConfigConsumer:
      return {ClientRole::kConsumer, "configs"};
    case WorkerClient::kOffsetProducer:
      return {ClientRole::kProducer, "offsets"};
    case WorkerClient::kOffsetConsumer:
      return {ClientRole::kConsumer, "offsets"};
    case WorkerClient::kStatusProducer:
      return {ClientRole::kProducer, "statuses"};
    case WorkerClient::kStatusConsumer:
      return {ClientRole::kConsumer, "statuses"};
    case WorkerClient::kSharedAdmin:
      return {ClientRole::kAdmin, "shared-admin"};
  }
  return {ClientRole::kAdmin, ""};
}

// The clients that a connector's configuration speaks of, in the order of the validate answer.
std::vector<ClientRole> CheckedRoles(ConnectorKind kind, const ConfigMap& config) {
  std::vector<ClientRole> roles;
  const bool dlq = !Trim(config.Get("errors.deadletterqueue.topic.name")).empty();
  if (kind == ConnectorKind::kSink) {
    if (dlq) roles.push_back(ClientRole::kProducer);
    roles.push_back(ClientRole::kConsumer);
    if (dlq) roles.push_back(ClientRole::kAdmin);
    return roles;
  }
  const bool own_offsets = config.Contains("offsets.storage.topic");
  roles.push_back(ClientRole::kProducer);
  if (own_offsets) roles.push_back(ClientRole::kConsumer);
  const bool creates = dlq || !config.WithPrefix("topic.creation.").empty();
  if (own_offsets || creates) roles.push_back(ClientRole::kAdmin);
  return roles;
}

ConfigInfo CheckOverride(const WorkerConfig& worker, ClientRole role, const std::string& key,
                         const std::string& value) {
  const std::string prefix = OverridePrefix(role);
  ConfigInfo info;
  info.value.name = prefix + key;
  info.value.value = value;
  const ClientKey* known = FindClientKey(role, key);
  if (!worker.AllowsOverride(key)) {
    info.value.errors.emplace_back(Message(RefusedByPolicy(worker, key)));
  } else if (known == nullptr) {
    info.value.errors.emplace_back(Message(UnknownKey(info.value.name)));
  } else if (Status status = CheckSetting(*known, value, Origin::kConnector, info.value.name);
             !status.ok()) {
    info.value.errors.emplace_back(Message(status));
  } else if (status = CheckTokenUrl(worker, role, key, value); !status.ok()) {
    info.value.errors.emplace_back(Message(status));
  }
  if (known != nullptr) {
    info.definition = ClientKeyDefinition(*known, prefix);
    if (known->type == ConfigType::kPassword) info.value.value = "[hidden]";
  }
  return info;
}

bool IsSecurityKey(std::string_view key) {
  return key.starts_with("ssl.") || key.starts_with("sasl.") || key == "security.protocol";
}

// Whether the stores and credentials that the overrides infos[first...] name can be used. An error
// goes to the key that it speaks of.
void CheckSecurity(const WorkerConfig& worker, ClientRole role, const ConfigMap& connector,
                   size_t first, std::vector<ConfigInfo>& infos) {
  const std::string prefix = OverridePrefix(role);
  size_t about = infos.size();
  for (size_t i = first; i < infos.size(); ++i) {
    if (!infos[i].value.errors.empty()) return;
    if (about == infos.size() && IsSecurityKey(infos[i].value.name.substr(prefix.size())))
      about = i;
  }
  if (about == infos.size()) return;
  Layers layers(role, {});
  if (role == ClientRole::kAdmin && !layers.WorkerKeys(worker).ok()) return;
  if (!layers.WorkerPrefixed(worker).ok() || !layers.Overrides(worker, connector).ok()) return;
  const Status status = layers.CheckSecurity();
  if (status.ok()) return;
  std::string text(Message(status));
  size_t longest = 0;
  for (size_t i = first; i < infos.size(); ++i) {
    const std::string key = infos[i].value.name.substr(prefix.size());
    if (key.size() > longest && text.find(key) != std::string::npos) {
      longest = key.size();
      about = i;
    }
  }
  if (longest > 0) text.insert(text.find(infos[about].value.name.substr(prefix.size())), prefix);
  infos[about].value.errors.push_back(std::move(text));
}

constexpr int kNoGroup = 0;  // the client commits nothing and shares nothing
// A failed record here and there: each would be a request of its own.
constexpr char kSinkLetterLingerMs[] = "100";

}  // namespace

std::string ClientProperties::JavaKey(std::string_view rdkafka_property) const {
  for (const ClientKey& key : ClientKeys()) {
    const bool ours = (key.roles & 1 << static_cast<int>(role)) != 0;
    if (ours && key.rdkafka == rdkafka_property) return std::string(key.name);
  }
  if (rdkafka_property == "sasl.password") return "sasl.jaas.config";
  if (rdkafka_property == "ssl.key.pem" || rdkafka_property == "ssl.certificate.pem") {
    return "ssl.keystore.location";
  }
  if (rdkafka_property == "ssl.ca.pem") return "ssl.truststore.location";
  return std::string(rdkafka_property);
}

StatusOr<ClientProperties> TaskClientProperties(const WorkerConfig& worker,
                                                const ConnectorConfig& connector, TaskClient client,
                                                int task, ClientBudget budget) {
  const ClientRole role = RoleOf(client);
  Layers layers(role, budget);
  layers.Bootstrap(worker);
  layers.Base("client.id", ClientId(client, connector.name, task));
  if (role == ClientRole::kProducer) ProducerBase(layers);
  // Only a sink's commits wait for its dead letters, and its data does not wait for those; a source
  // holds the batch of a record until its letter is written.
  if (client == TaskClient::kDlqProducer && connector.kind == ConnectorKind::kSink) {
    layers.Base("linger.ms", kSinkLetterLingerMs);
  }
  if (role == ClientRole::kConsumer) {
    ConsumerBase(layers);
    layers.Base("group.id", connector.group_id);
    if (client == TaskClient::kOffsetConsumer) layers.Base("isolation.level", "read_committed");
    if (worker.mode == WorkerMode::kDistributed) {
      const GroupTimes times = TimesInGroup(
          worker, client == TaskClient::kSinkConsumer ? connector.tasks_max : kNoGroup);
      layers.Base("session.timeout.ms", StrCat(times.session.count()));
      layers.Base("heartbeat.interval.ms", StrCat(times.heartbeat.count()));
    }
  }
  // The worker's bare keys reach admin clients only, as in Java.
  if (role == ClientRole::kAdmin) SLUICE_RETURN_IF_ERROR(layers.WorkerKeys(worker));
  SLUICE_RETURN_IF_ERROR(layers.WorkerPrefixed(worker));
  SLUICE_RETURN_IF_ERROR(layers.Overrides(worker, connector.config));
  return std::move(layers).Finish();
}

StatusOr<ClientProperties> WorkerClientProperties(const WorkerConfig& worker, WorkerClient client) {
  const WorkerClientKind kind = KindOf(client);
  Layers layers(kind.role, {});
  layers.Bootstrap(worker);
  if (kind.role == ClientRole::kConsumer) ConsumerBase(layers);
  SLUICE_RETURN_IF_ERROR(layers.WorkerKeys(worker));
  layers.Force("client.id", StrCat(worker.ClientIdBase(), kind.suffix));
  if (kind.role == ClientRole::kProducer) {
    layers.Force("key.serializer", kSerializer);
    layers.Force("value.serializer", kSerializer);
    layers.Force("acks", "all");
    layers.Force("max.in.flight.requests.per.connection", "1");
    layers.Force("enable.idempotence", "false");
    layers.Force("delivery.timeout.ms", "2147483647");
  }
  if (kind.role == ClientRole::kConsumer) {
    layers.Force("key.deserializer", kDeserializer);
    layers.Force("value.deserializer", kDeserializer);
    layers.Force("enable.auto.commit", "false");
    layers.Force("auto.offset.reset", "earliest");
    layers.Force("isolation.level", "read_uncommitted");
  }
  return std::move(layers).Finish();
}

Status CheckWorkerClientSettings(const WorkerConfig& worker) {
  for (ClientRole role : {ClientRole::kProducer, ClientRole::kConsumer, ClientRole::kAdmin}) {
    SLUICE_RETURN_IF_ERROR(Layers(role, {}).WorkerPrefixed(worker));
  }
  return OkStatus();
}

std::vector<ConfigInfo> CheckClientOverrides(ConnectorKind kind, const ConfigMap& config,
                                             const WorkerConfig& worker) {
  std::vector<ConfigInfo> infos;
  std::vector<std::string> all;
  for (const auto& [key, value] : config) all.push_back(key);
  all = JavaHashOrder(std::move(all));
  for (ClientRole role : CheckedRoles(kind, config)) {
    const size_t first = infos.size();
    const std::string prefix = OverridePrefix(role);
    std::vector<std::string> keys;
    for (const std::string& key : all) {
      if (key.size() > prefix.size() && key.starts_with(prefix)) {
        keys.push_back(key.substr(prefix.size()));
      }
    }
    for (const std::string& key : JavaHashOrder(std::move(keys))) {
      infos.push_back(CheckOverride(worker, role, key, std::string(config.Get(prefix + key))));
    }
    CheckSecurity(worker, role, config, first, infos);
  }
  return infos;
}

}  // namespace sluice::config
