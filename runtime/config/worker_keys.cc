#include "runtime/config/worker_keys.h"

#include <algorithm>
#include <optional>
#include <string>

#include "runtime/config/login_classes.h"

namespace sluice::config {
namespace {

using enum ConfigType;
constexpr Importance kHi = Importance::kHigh, kMid = Importance::kMedium, kLo = Importance::kLow;

ConfigKey Required(std::string name, ConfigType type, std::string doc, Validator validator = {}) {
  return {.name = std::move(name),
          .type = type,
          .required = true,
          .validator = std::move(validator),
          .importance = kHi,
          .documentation = std::move(doc)};
}

ConfigKey Optional(std::string name, ConfigType type, std::optional<std::string> otherwise,
                   Importance importance, std::string doc, Validator validator = {}) {
  return {.name = std::move(name),
          .type = type,
          .default_value = std::move(otherwise),
          .validator = std::move(validator),
          .importance = importance,
          .documentation = std::move(doc)};
}

Validator PositiveOrDefault(const char* complaint) {
  return Validator::Custom([complaint](std::string_view value) -> std::optional<std::string> {
    if (value == "-1" || (value != "0" && value[0] != '-')) return std::nullopt;
    return complaint;
  });
}

Validator Partitions() {
  return PositiveOrDefault(
      "Number of partitions must be positive, or -1 to use the broker's default");
}

Validator ReplicationFactor() {
  return PositiveOrDefault(
      "Replication factor must be positive and not larger than the number of brokers in the Kafka "
      "cluster, or -1 to use the broker's default");
}

Validator NullableList(bool allow_empty) {
  Validator validator = Validator::List(allow_empty);
  validator.allow_null = true;
  return validator;
}

Validator HmacName() {
  return Validator::Custom([](std::string_view value) -> std::optional<std::string> {
    constexpr std::string_view kKnown[] = {"HmacMD5",    "HmacSHA1",   "HmacSHA224",
                                           "HmacSHA256", "HmacSHA384", "HmacSHA512"};
    if (std::find(std::begin(kKnown), std::end(kKnown), value) != std::end(kKnown)) {
      return std::nullopt;
    }
    return "the algorithm is not supported; the supported algorithms are: [HmacMD5, HmacSHA1, "
           "HmacSHA224, HmacSHA256, HmacSHA384, HmacSHA512]";
  });
}

}  // namespace

std::vector<ConfigKey> CommonWorkerKeys() {
  return {
      Required("bootstrap.servers", kList, "Kafka brokers for all clients, as host:port.",
               Validator::List(false)),
      Optional("client.dns.lookup", kString, "use_all_dns_ips", kMid,
               "How broker names are looked up.",
               Validator::OneOf({"use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"})),
      Required("key.converter", kClass, "Converter of keys for connectors that name none."),
      Optional("key.converter.plugin.version", kString, std::nullopt, kLo, "Its version."),
      Required("value.converter", kClass, "Converter of values for connectors that name none."),
      Optional("value.converter.plugin.version", kString, std::nullopt, kLo, "Its version."),
      Optional("header.converter", kClass, "org.apache.kafka.connect.storage.SimpleHeaderConverter",
               kLo, "Converter of headers for connectors that name none."),
      Optional("header.converter.plugin.version", kString, std::nullopt, kLo, "Its version."),
      Optional("task.shutdown.graceful.timeout.ms", kLong, "5000", kLo,
               "How long all stopping tasks together may take."),
      Optional("offset.flush.interval.ms", kLong, "60000", kLo, "How often tasks commit."),
      Optional("offset.flush.timeout.ms", kLong, "5000", kLo, "How long a commit may take."),
      Optional("plugin.path", kList, std::nullopt, kLo, "Folders and .so files with connectors.",
               NullableList(false)),
      Optional(
          "plugin.discovery", kString, "hybrid_warn", kLo,
          "How a JVM looks for plugins; has no meaning here.",
          Validator::OneOfIgnoreCase({"only_scan", "service_load", "hybrid_warn", "hybrid_fail"})),
      Optional("config.providers", kList, "", kLo, "Aliases of config providers.",
               Validator::List(true)),
      Optional("connector.client.config.override.policy", kString, "All", kMid,
               "Which client settings a connector may override: All, None, Principal, Allowlist."),
      Optional("connector.client.config.override.allowlist", kList, "", kMid,
               "What the policy Allowlist lets through.", Validator::List(true)),
      Optional("topic.creation.enable", kBoolean, "true", kLo,
               "Whether topic.creation.* of connectors counts."),
      Optional("topic.tracking.enable", kBoolean, "true", kLo,
               "Whether topics in use are recorded."),
      Optional("topic.tracking.allow.reset", kBoolean, "true", kLo,
               "Whether that record may be reset."),
      Optional("metrics.sample.window.ms", kLong, "30000", kLo, "Length of one metric sample.",
               Validator::AtLeast(0)),
      Optional("metrics.num.samples", kInt, "2", kLo, "Samples kept.", Validator::AtLeast(1)),
      Optional("metrics.recording.level", kString, "INFO", kLo, "Which metrics are recorded.",
               Validator::OneOf({"INFO", "DEBUG"})),
      Optional("metric.reporters", kList, "org.apache.kafka.common.metrics.JmxReporter", kLo,
               "Java classes; have no meaning here.", Validator::List(true)),
  };
}

std::vector<ConfigKey> RestKeys() {
  return {
      Optional("listeners", kList, "http://:8083", kLo, "Where REST listens."),
      Optional("rest.advertised.host.name", kString, std::nullopt, kLo,
               "Host told to other workers."),
      Optional("rest.advertised.port", kInt, std::nullopt, kLo, "Port told to other workers."),
      Optional("rest.advertised.listener", kString, std::nullopt, kLo,
               "http or https, told to other workers."),
      Optional("access.control.allow.origin", kString, "", kLo, "Origins that CORS admits."),
      Optional("access.control.allow.methods", kString, "", kLo, "Methods that CORS admits."),
      Optional("response.http.headers.config", kString, "", kLo,
               "Rules for further response headers."),
      Optional("rest.extension.classes", kList, "", kLo,
               "BasicAuthSecurityRestExtension, or nothing.", Validator::List(true)),
      Optional("rest.basic.auth.file", kString, std::nullopt, kLo,
               "Users of the REST API, as lines user=password (Sluice only)."),
      Optional("admin.listeners", kList, std::nullopt, kLo,
               "Where admin paths are served; empty: nowhere."),
      Optional("rest.max.body.bytes", kInt, "16777216", kLo,
               "The largest request body (Sluice only).", Validator::AtLeast(1024)),
      Optional("rest.request.timeout.ms", kLong, "90000", kLo,
               "How long a request may take before it is answered with 500 (Sluice only).",
               Validator::Between(1, 2147483647)),
  };
}

namespace {

std::vector<ConfigKey> GroupKeys() {
  return {
      Required("group.id", kString, "Names the cluster of workers."),
      Optional("session.timeout.ms", kInt, "10000", kHi,
               "A worker silent for longer is taken for dead.", Validator::AtLeast(1)),
      Optional("rebalance.timeout.ms", kInt, "60000", kHi, "How long a worker may take to rejoin.",
               Validator::AtLeast(1)),
      Optional("heartbeat.interval.ms", kInt, "3000", kHi,
               "How often a worker shows that it lives.", Validator::AtLeast(1)),
      Optional("exactly.once.source.support", kString, "disabled", kHi,
               "Exactly-once delivery of sources.",
               Validator::OneOfIgnoreCase({"disabled", "enabled", "preparing"})),
      Optional("worker.sync.timeout.ms", kInt, "3000", kMid,
               "Wait for the config topic to be read."),
      Optional("worker.unsync.backoff.ms", kInt, "300000", kMid,
               "Back-off after that wait failed."),
      Optional("connect.protocol", kString, "sessioned", kLo, "The group protocol.",
               Validator::OneOfIgnoreCase({"eager", "compatible", "sessioned"})),
      Optional("scheduled.rebalance.max.delay.ms", kInt, "300000", kLo,
               "Wait for a worker that left.", Validator::AtLeast(0)),
      Optional("shutdown.expect.return.ms", kInt, "0", kLo,
               "How soon this worker is back after it was stopped: the leader keeps its connectors "
               "and tasks for it until then, for scheduled.rebalance.max.delay.ms at most. 0: they "
               "move at once (Sluice only).",
               Validator::AtLeast(0)),
      Optional("join.unsupported", kString, "refuse", kLo,
               "A group that uses classes which this worker lacks: refuse to join it, or join "
               "without getting what needs them (Sluice only).",
               Validator::OneOfIgnoreCase({"refuse", "join"})),
      Optional("inter.worker.key.ttl.ms", kInt, "3600000", kLo,
               "Life of a session key. 0: for ever.", Validator::AtLeast(0)),
      Optional("inter.worker.key.generation.algorithm", kString, "HmacSHA256", kLo,
               "Makes session keys.", HmacName()),
      Optional("inter.worker.key.size", kInt, std::nullopt, kLo, "Bits of a session key.",
               Validator::AtLeast(40)),
      Optional("inter.worker.signature.algorithm", kString, "HmacSHA256", kLo,
               "Signs requests between workers.", HmacName()),
      Optional("inter.worker.verification.algorithms", kList, "HmacSHA256", kLo,
               "Signatures that are accepted."),
  };
}

std::vector<ConfigKey> StorageKeys() {
  return {
      Required("config.storage.topic", kString, "Topic of connector configurations."),
      Optional("config.storage.replication.factor", kShort, "3", kLo, "When it is created.",
               ReplicationFactor()),
      Required("offset.storage.topic", kString, "Topic of source offsets."),
      Optional("offset.storage.partitions", kInt, "25", kLo, "When it is created.", Partitions()),
      Optional("offset.storage.replication.factor", kShort, "3", kLo, "When it is created.",
               ReplicationFactor()),
      Required("status.storage.topic", kString, "Topic of statuses."),
      Optional("status.storage.partitions", kInt, "5", kLo, "When it is created.", Partitions()),
      Optional("status.storage.replication.factor", kShort, "3", kLo, "When it is created.",
               ReplicationFactor()),
  };
}

std::vector<ConfigKey> GroupClientKeys() {
  const auto millis = [](const char* name, const char* otherwise, const char* doc) {
    return Optional(name, kLong, otherwise, kLo, doc, Validator::AtLeast(0));
  };
  return {
      Optional("client.id", kString, "", kLo, "Part of the names of the worker's clients."),
      millis("metadata.max.age.ms", "300000", "Age at which metadata is fetched anew."),
      Optional("send.buffer.bytes", kInt, "131072", kMid, "TCP send buffer.",
               Validator::AtLeast(-1)),
      Optional("receive.buffer.bytes", kInt, "32768", kMid, "TCP receive buffer.",
               Validator::AtLeast(-1)),
      millis("reconnect.backoff.ms", "50", "First wait before connecting again."),
      millis("reconnect.backoff.max.ms", "1000", "Longest wait before connecting again."),
      millis("socket.connection.setup.timeout.ms", "10000", "First time-out of a connection."),
      millis("socket.connection.setup.timeout.max.ms", "30000",
             "Longest time-out of a connection."),
      millis("retry.backoff.ms", "100", "First wait before a request is repeated."),
      millis("retry.backoff.max.ms", "1000", "Longest wait before a request is repeated."),
      Optional("request.timeout.ms", kInt, "40000", kMid, "Time-out of a request.",
               Validator::AtLeast(0)),
      Optional("connections.max.idle.ms", kLong, "540000", kMid,
               "An idle connection is closed after this."),
      Optional("security.protocol", kString, "PLAINTEXT", kMid, "How brokers are spoken to.",
               Validator::OneOfIgnoreCase({"SASL_SSL", "PLAINTEXT", "SSL", "SASL_PLAINTEXT"})),
      Optional("metadata.recovery.strategy", kString, "rebootstrap", kLo,
               "When no broker is known.", Validator::OneOfIgnoreCase({"rebootstrap", "none"})),
      millis("metadata.recovery.rebootstrap.trigger.ms", "300000", "How long before that is done."),
  };
}

}  // namespace

std::vector<ConfigKey> DistributedKeys() {
  std::vector<ConfigKey> keys = GroupKeys();
  for (auto part : {StorageKeys(), GroupClientKeys(), SaslKeys()}) {
    keys.insert(keys.end(), part.begin(), part.end());
  }
  return keys;
}

std::vector<ConfigKey> StandaloneKeys() {
  return {Required("offset.storage.file.filename", kString, "File of source offsets.")};
}

std::vector<ConfigKey> TlsKeys() {
  const char* doc = "TLS of the worker's clients and listeners.";
  std::vector<ConfigKey> keys = {
      Optional("ssl.protocol", kString, "TLSv1.3", kMid, doc),
      Optional("ssl.cipher.suites", kList, "", kLo, doc, Validator::List(true)),
      Optional("ssl.enabled.protocols", kList, "TLSv1.2,TLSv1.3", kMid, doc, Validator::List(true)),
      Optional("ssl.keystore.type", kString, "JKS", kMid, doc),
      Optional("ssl.truststore.type", kString, "JKS", kMid, doc),
      Optional("ssl.keymanager.algorithm", kString, "SunX509", kLo, doc),
      Optional("ssl.trustmanager.algorithm", kString, "PKIX", kLo, doc),
      Optional("ssl.endpoint.identification.algorithm", kString, "https", kLo, doc),
      Optional("ssl.client.auth", kString, "none", kLo,
               "Whether https clients must show a certificate.",
               Validator::OneOf({"required", "requested", "none"})),
  };
  for (const char* name : {"ssl.provider", "ssl.keystore.location", "ssl.truststore.location",
                           "ssl.secure.random.implementation", "ssl.engine.factory.class"}) {
    keys.push_back(Optional(name, kString, std::nullopt, kMid, doc));
  }
  for (const char* name : {"ssl.keystore.password", "ssl.key.password", "ssl.keystore.key",
                           "ssl.keystore.certificate.chain", "ssl.truststore.certificates",
                           "ssl.truststore.password"}) {
    keys.push_back(Optional(name, kPassword, std::nullopt, kHi, doc));
  }
  return keys;
}

std::vector<ConfigKey> SaslKeys() {
  const char* doc = "SASL of the worker's clients.";
  std::vector<ConfigKey> keys = {
      Optional("sasl.mechanism", kString, "GSSAPI", kMid, doc),
      Optional("sasl.jaas.config", kPassword, std::nullopt, kMid, doc),
      Optional("sasl.login.refresh.window.factor", kDouble, "0.8", kLo, doc,
               Validator::Between(0.5, 1.0)),
      Optional("sasl.login.refresh.window.jitter", kDouble, "0.05", kLo, doc,
               Validator::Between(0, 0.25)),
      Optional("sasl.login.refresh.min.period.seconds", kShort, "60", kLo, doc,
               Validator::Between(0, 900)),
      Optional("sasl.login.refresh.buffer.seconds", kShort, "300", kLo, doc,
               Validator::Between(0, 3600)),
      Optional("sasl.oauthbearer.client.credentials.client.secret", kPassword, std::nullopt, kMid,
               doc),
      Optional("sasl.oauthbearer.assertion.private.key.passphrase", kPassword, std::nullopt, kMid,
               doc),
      Optional("sasl.oauthbearer.assertion.algorithm", kString, "RS256", kMid, doc,
               Validator::OneOfIgnoreCase({"ES256", "RS256"})),
      Optional("sasl.oauthbearer.assertion.claim.exp.seconds", kInt, "300", kLo, doc,
               Validator::Between(0, 86400)),
      Optional("sasl.oauthbearer.assertion.claim.nbf.seconds", kInt, "60", kLo, doc,
               Validator::Between(0, 3600)),
      Optional("sasl.oauthbearer.assertion.claim.jti.include", kBoolean, "false", kMid, doc),
      Optional("sasl.oauthbearer.header.urlencode", kBoolean, "false", kLo, doc),
      Optional("sasl.login.connect.timeout.ms", kInt, std::nullopt, kLo, doc),
      Optional("sasl.login.read.timeout.ms", kInt, std::nullopt, kLo, doc),
      Optional("sasl.login.retry.backoff.ms", kLong, "100", kLo, doc),
      Optional("sasl.login.retry.backoff.max.ms", kLong, "10000", kLo, doc),
      Optional("sasl.oauthbearer.clock.skew.seconds", kInt, "30", kLo, doc),
      Optional("sasl.oauthbearer.expected.audience", kList, "", kHi, doc),
      Optional("sasl.oauthbearer.expected.issuer", kString, std::nullopt, kHi, doc),
      Optional("sasl.oauthbearer.jwks.endpoint.refresh.ms", kLong, "3600000", kLo, doc),
      Optional("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", kLong, "100", kLo, doc),
      Optional("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", kLong, "10000", kLo, doc),
      Optional("sasl.oauthbearer.jwks.endpoint.url", kString, std::nullopt, kMid, doc),
      Optional("sasl.oauthbearer.scope.claim.name", kString, "scope", kLo, doc),
      Optional("sasl.oauthbearer.sub.claim.name", kString, "sub", kLo, doc),
      Optional("sasl.kerberos.kinit.cmd", kString, "/usr/bin/kinit", kLo, doc),
      Optional("sasl.kerberos.ticket.renew.window.factor", kDouble, "0.8", kLo, doc),
      Optional("sasl.kerberos.ticket.renew.jitter", kDouble, "0.05", kLo, doc),
      Optional("sasl.kerberos.min.time.before.relogin", kLong, "60000", kLo, doc),
      Optional("sasl.oauthbearer.jwt.retriever.class", kClass,
               "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever", kMid, doc),
      Optional("sasl.oauthbearer.jwt.validator.class", kClass,
               "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator", kMid, doc),
      Optional("sasl.login.callback.handler.class", kString, std::nullopt, kMid, doc,
               Validator::Custom(CheckLoginHandler)),
  };
  for (const char* name :
       {"sasl.client.callback.handler.class", "sasl.login.class", "sasl.kerberos.service.name",
        "sasl.oauthbearer.scope", "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.assertion.claim.aud",
        "sasl.oauthbearer.assertion.claim.iss", "sasl.oauthbearer.assertion.claim.sub",
        "sasl.oauthbearer.assertion.file", "sasl.oauthbearer.assertion.private.key.file",
        "sasl.oauthbearer.assertion.template.file"}) {
    keys.push_back(Optional(name, kString, std::nullopt, kMid, doc));
  }
  return keys;
}

const std::vector<std::string_view>& JvmOnlyKeys() {
  static const std::vector<std::string_view> kKeys = {"metric.reporters",
                                                      "auto.include.jmx.reporter",
                                                      "plugin.discovery",
                                                      "security.providers",
                                                      "ssl.provider",
                                                      "ssl.keymanager.algorithm",
                                                      "ssl.trustmanager.algorithm",
                                                      "ssl.secure.random.implementation",
                                                      "sasl.kerberos.kinit.cmd",
                                                      "sasl.kerberos.ticket.renew.window.factor",
                                                      "sasl.kerberos.ticket.renew.jitter",
                                                      "sasl.kerberos.min.time.before.relogin",
                                                      "sasl.oauthbearer.jwt.retriever.class",
                                                      "sasl.oauthbearer.jwt.validator.class",
                                                      "enable.metrics.push"};
  return kKeys;
}

const std::vector<std::string_view>& JavaCodeKeys() {
  static const std::vector<std::string_view> kKeys = {
      "ssl.engine.factory.class", "sasl.login.class", "sasl.client.callback.handler.class"};
  return kKeys;
}

bool HasKnownPrefix(std::string_view key) {
  constexpr std::string_view kPrefixes[] = {"producer.",
                                            "consumer.",
                                            "admin.",
                                            "key.converter.",
                                            "value.converter.",
                                            "header.converter.",
                                            "config.storage.",
                                            "offset.storage.",
                                            "status.storage.",
                                            "config.providers.",
                                            "metrics.context.",
                                            "listeners.https.",
                                            "admin.listeners.https.",
                                            "sasl.oauthbearer.",
                                            "internal.key.converter",
                                            "internal.value.converter"};
  for (std::string_view prefix : kPrefixes) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace sluice::config
