#include "runtime/config/client_keys.h"

#include <algorithm>
#include <iterator>

#include "runtime/base/text.h"
#include "runtime/config/login_classes.h"

namespace sluice::config {
namespace {

using enum ConfigType;
using enum ClientUse;

constexpr uint8_t kP = 1 << static_cast<int>(ClientRole::kProducer);
constexpr uint8_t kC = 1 << static_cast<int>(ClientRole::kConsumer);
constexpr uint8_t kA = 1 << static_cast<int>(ClientRole::kAdmin);
constexpr uint8_t kAll = kP | kC | kA;

constexpr std::string_view kJava = "it names Java code, which this worker cannot run";
constexpr std::string_view kNoMetrics = "clients have no metrics of their own here";
constexpr std::string_view kOpenSsl = "OpenSSL decides about it";
constexpr std::string_view kBrokers = "to verify tokens is the broker's part";
constexpr std::string_view kAssertion = "tokens are asked for with client credentials only";
constexpr std::string_view kRefresh = "a token is renewed when four fifths of its life are over";
constexpr std::string_view kTickets = "Kerberos renews its own tickets";

std::vector<ClientKey> CommonKeys() {
  const Validator at0 = Validator::AtLeast(0);
  return {
      {"bootstrap.servers", kP | kC, kList, nullptr, kConvert, "bootstrap.servers"},
      {"bootstrap.servers", kA, kList, "", kConvert, "bootstrap.servers"},
      {"client.id", kP | kA, kString, "", kSet, "client.id"},
      {"client.id", kC, kString, "", kSet, "client.id"},
      {"client.dns.lookup", kAll, kString, "use_all_dns_ips", kSet, "client.dns.lookup", "",
       Validator::OneOf({"use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"})},
      {"metadata.max.age.ms", kAll, kLong, "300000", kConvert, "topic.metadata.refresh.interval.ms",
       "", at0},
      {"metadata.max.idle.ms", kP, kLong, "300000", kIgnore, "",
       "topics stay known while they are in use"},
      {"metadata.recovery.strategy", kAll, kString, "rebootstrap", kConvert,
       "metadata.recovery.strategy", "", Validator::OneOfIgnoreCase({"rebootstrap", "none"})},
      {"metadata.recovery.rebootstrap.trigger.ms", kAll, kLong, "300000", kConvert,
       "metadata.recovery.rebootstrap.trigger.ms", "", at0},
      {"send.buffer.bytes", kAll, kInt, "131072", kConvert, "socket.send.buffer.bytes", "",
       Validator::AtLeast(-1)},
      {"receive.buffer.bytes", kP, kInt, "32768", kConvert, "socket.receive.buffer.bytes", "",
       Validator::AtLeast(-1)},
      {"receive.buffer.bytes", kC | kA, kInt, "65536", kConvert, "socket.receive.buffer.bytes", "",
       Validator::AtLeast(-1)},
      {"reconnect.backoff.ms", kAll, kLong, "50", kConvert, "reconnect.backoff.ms", "", at0},
      {"reconnect.backoff.max.ms", kAll, kLong, "1000", kConvert, "reconnect.backoff.max.ms", "",
       at0},
      {"retry.backoff.ms", kAll, kLong, "100", kConvert, "retry.backoff.ms", "", at0},
      {"retry.backoff.max.ms", kAll, kLong, "1000", kConvert, "retry.backoff.max.ms", "", at0},
      {"request.timeout.ms", kAll, kInt, "30000", kConvert, "socket.timeout.ms", "", at0},
      {"default.api.timeout.ms", kC | kA, kInt, "60000", kConvert, "", "", at0},
      {"socket.connection.setup.timeout.ms", kAll, kLong, "10000", kConvert,
       "socket.connection.setup.timeout.ms"},
      {"socket.connection.setup.timeout.max.ms", kAll, kLong, "30000", kIgnore, "",
       "the time-out of a connection does not grow"},
      {"connections.max.idle.ms", kP | kC, kLong, "540000", kConvert, "connections.max.idle.ms"},
      {"connections.max.idle.ms", kA, kLong, "300000", kConvert, "connections.max.idle.ms"},
      {"enable.metrics.push", kP | kC, kBoolean, "true", kIgnore, "", kNoMetrics},
      {"enable.metrics.push", kA, kBoolean, "false", kIgnore, "", kNoMetrics},
      {"metrics.sample.window.ms", kAll, kLong, "30000", kIgnore, "", kNoMetrics, at0},
      {"metrics.num.samples", kAll, kInt, "2", kIgnore, "", kNoMetrics, Validator::AtLeast(1)},
      {"metrics.recording.level", kAll, kString, "INFO", kIgnore, "", kNoMetrics,
       Validator::OneOf({"INFO", "DEBUG", "TRACE"})},
      {"metric.reporters", kAll, kList, "org.apache.kafka.common.metrics.JmxReporter", kJvm, "",
       kJava},
      {"auto.include.jmx.reporter", kAll, kBoolean, "true", kJvm, "", "there is no JMX"},
      {"interceptor.classes", kP | kC, kList, "", kJvm, "", kJava},
      {"security.providers", kAll, kString, nullptr, kJvm, "", kJava},
      {"config.providers", kAll, kList, "", kJvm, "",
       "variables are replaced by the worker's own config.providers"},
  };
}

std::vector<ClientKey> ProducerKeys() {
  const Validator at0 = Validator::AtLeast(0);
  return {
      {"acks", kP, kString, "all", kConvert, "acks", "", Validator::OneOf({"all", "-1", "0", "1"})},
      {"enable.idempotence", kP, kBoolean, "true", kConvert, "enable.idempotence"},
      {"max.in.flight.requests.per.connection", kP, kInt, "5", kConvert,
       "max.in.flight.requests.per.connection", "", Validator::AtLeast(1)},
      {"retries", kP, kInt, "2147483647", kConvert, "message.send.max.retries", "", at0},
      {"delivery.timeout.ms", kP, kInt, "120000", kConvert, "message.timeout.ms", "", at0},
      {"linger.ms", kP, kLong, "5", kConvert, "linger.ms", "", at0},
      {"batch.size", kP, kInt, "16384", kConvert, "batch.size", "", at0},
      {"buffer.memory", kP, kLong, "33554432", kConvert, "queue.buffering.max.kbytes", "", at0},
      {"max.request.size", kP, kInt, "1048576", kConvert, "message.max.bytes", "", at0},
      {"max.block.ms", kP, kLong, "60000", kIgnore, "",
       "sending never blocks: a full queue pauses the task", at0},
      {"compression.type", kP, kString, "none", kConvert, "compression.type", "",
       Validator::OneOf({"none", "gzip", "snappy", "lz4", "zstd"})},
      {"compression.gzip.level", kP, kInt, "-1", kConvert, "compression.level", "",
       Validator::Between(-1, 9)},
      {"compression.lz4.level", kP, kInt, "9", kConvert, "compression.level", "",
       Validator::Between(1, 17)},
      {"compression.zstd.level", kP, kInt, "3", kConvert, "compression.level", "",
       Validator::Between(-131072, 22)},
      {"partitioner.class", kP, kString, nullptr, kRefuse, "", kJava},
      {"partitioner.ignore.keys", kP, kBoolean, "false", kConvert, "partitioner"},
      {"partitioner.adaptive.partitioning.enable", kP, kBoolean, "true", kIgnore, "",
       "records without a key stick to a random partition for a while"},
      {"partitioner.availability.timeout.ms", kP, kLong, "0", kIgnore, "",
       "partitions are chosen without it", at0},
      {"key.serializer", kP, kString, nullptr, kConvert},
      {"value.serializer", kP, kString, nullptr, kConvert},
      {"transactional.id", kP, kString, nullptr, kRefuse, "",
       "transactions are the worker's own affair"},
      {"transaction.timeout.ms", kP, kInt, "60000", kIgnore, "", "there is no transaction"},
      {"transaction.two.phase.commit.enable", kP, kBoolean, "false", kIgnore, "",
       "there is no transaction"},
  };
}

std::vector<ClientKey> ConsumerKeys() {
  const Validator at0 = Validator::AtLeast(0);
  return {
      {"group.id", kC, kString, nullptr, kSet, "group.id"},
      {"group.instance.id", kC, kString, nullptr, kSet, "group.instance.id", "",
       Validator::NonEmpty()},
      {"group.protocol", kC, kString, "classic", kConvert, "group.protocol", "",
       Validator::OneOfIgnoreCase({"consumer", "classic"})},
      {"group.remote.assignor", kC, kString, nullptr, kRefuse, "",
       "only group.protocol=classic is supported"},
      {"session.timeout.ms", kC, kInt, "45000", kConvert, "session.timeout.ms", "",
       Validator::AtLeast(1)},
      {"heartbeat.interval.ms", kC, kInt, "3000", kConvert, "heartbeat.interval.ms", "",
       Validator::AtLeast(1)},
      {"max.poll.interval.ms", kC, kInt, "300000", kConvert, "max.poll.interval.ms", "",
       Validator::AtLeast(1)},
      {"max.poll.records", kC, kInt, "500", kConvert, "", "", Validator::AtLeast(1)},
      {"partition.assignment.strategy", kC, kList,
       "org.apache.kafka.clients.consumer.RangeAssignor,org.apache.kafka.clients.consumer."
       "CooperativeStickyAssignor",
       kConvert, "partition.assignment.strategy"},
      {"enable.auto.commit", kC, kBoolean, "true", kConvert, "enable.auto.commit"},
      {"auto.commit.interval.ms", kC, kInt, "5000", kIgnore, "", "the worker commits", at0},
      {"auto.offset.reset", kC, kString, "latest", kConvert, "auto.offset.reset"},
      {"isolation.level", kC, kString, "read_uncommitted", kSet, "isolation.level", "",
       Validator::OneOf({"read_committed", "read_uncommitted"})},
      {"allow.auto.create.topics", kC, kBoolean, "true", kSet, "allow.auto.create.topics"},
      {"check.crcs", kC, kBoolean, "true", kSet, "check.crcs"},
      {"client.rack", kC, kString, "", kSet, "client.rack"},
      {"fetch.min.bytes", kC, kInt, "1", kConvert, "fetch.min.bytes", "", at0},
      {"fetch.max.bytes", kC, kInt, "52428800", kConvert, "fetch.max.bytes", "", at0},
      {"fetch.max.wait.ms", kC, kInt, "500", kConvert, "fetch.wait.max.ms", "", at0},
      {"max.partition.fetch.bytes", kC, kInt, "1048576", kConvert, "max.partition.fetch.bytes", "",
       at0},
      {"exclude.internal.topics", kC, kBoolean, "true", kIgnore, "",
       "a pattern never matches internal topics"},
      {"key.deserializer", kC, kString, nullptr, kConvert},
      {"value.deserializer", kC, kString, nullptr, kConvert},
      {"share.acknowledgement.mode", kC, kString, "implicit", kIgnore, "",
       "there are no share groups"},
      {"share.acquire.mode", kC, kString, "BATCH_OPTIMIZED", kIgnore, "",
       "there are no share groups"},
      {"retries", kA, kInt, "2147483647", kIgnore, "", "admin requests end by their time-out", at0},
      {"bootstrap.controllers", kA, kList, "", kRefuse, "", "name brokers in bootstrap.servers"},
  };
}

std::vector<ClientKey> SecurityKeys() {
  return {
      {"security.protocol", kAll, kString, "PLAINTEXT", kConvert, "security.protocol", "",
       Validator::OneOfIgnoreCase({"SASL_SSL", "PLAINTEXT", "SSL", "SASL_PLAINTEXT"})},
      {"ssl.protocol", kAll, kString, "TLSv1.3", kIgnore, "", kOpenSsl},
      {"ssl.enabled.protocols", kAll, kList, "TLSv1.2,TLSv1.3", kIgnore, "", kOpenSsl},
      {"ssl.cipher.suites", kAll, kList, "", kConvert, "ssl.cipher.suites"},
      {"ssl.keystore.type", kAll, kString, "JKS", kConvert},
      {"ssl.keystore.location", kAll, kString, nullptr, kConvert},
      {"ssl.keystore.password", kAll, kPassword, nullptr, kConvert},
      {"ssl.key.password", kAll, kPassword, nullptr, kConvert},
      {"ssl.keystore.key", kAll, kPassword, nullptr, kConvert},
      {"ssl.keystore.certificate.chain", kAll, kPassword, nullptr, kConvert},
      {"ssl.truststore.type", kAll, kString, "JKS", kConvert},
      {"ssl.truststore.location", kAll, kString, nullptr, kConvert},
      {"ssl.truststore.password", kAll, kPassword, nullptr, kConvert},
      {"ssl.truststore.certificates", kAll, kPassword, nullptr, kConvert},
      {"ssl.endpoint.identification.algorithm", kAll, kString, "https", kConvert,
       "ssl.endpoint.identification.algorithm"},
      {"ssl.keymanager.algorithm", kAll, kString, "SunX509", kJvm, "", kOpenSsl},
      {"ssl.trustmanager.algorithm", kAll, kString, "PKIX", kJvm, "", kOpenSsl},
      {"ssl.secure.random.implementation", kAll, kString, nullptr, kJvm, "", kOpenSsl},
      {"ssl.provider", kAll, kString, nullptr, kJvm, "", kOpenSsl},
      {"ssl.engine.factory.class", kAll, kString, nullptr, kRefuse, "", kJava},
      {"sasl.mechanism", kAll, kString, "GSSAPI", kConvert, "sasl.mechanisms"},
      {"sasl.jaas.config", kAll, kPassword, nullptr, kConvert, "sasl.username"},
      {"sasl.kerberos.service.name", kAll, kString, nullptr, kConvert,
       "sasl.kerberos.service.name"},
      {"sasl.kerberos.kinit.cmd", kAll, kString, "/usr/bin/kinit", kJvm, "",
       "no command is ever run for a client"},
      {"sasl.client.callback.handler.class", kAll, kString, nullptr, kRefuse, "", kJava},
      {"sasl.login.callback.handler.class", kAll, kString, nullptr, kConvert, "", "",
       Validator::Custom(CheckLoginHandler)},
      {"sasl.login.class", kAll, kString, nullptr, kRefuse, "", kJava},
  };
}

std::vector<ClientKey> LoginKeys() {
  return {
      {"sasl.kerberos.ticket.renew.window.factor", kAll, kDouble, "0.8", kIgnore, "", kTickets},
      {"sasl.kerberos.ticket.renew.jitter", kAll, kDouble, "0.05", kIgnore, "", kTickets},
      {"sasl.kerberos.min.time.before.relogin", kAll, kLong, "60000", kIgnore, "", kTickets},
      {"sasl.login.refresh.window.factor", kAll, kDouble, "0.8", kIgnore, "", kRefresh},
      {"sasl.login.refresh.window.jitter", kAll, kDouble, "0.05", kIgnore, "", kRefresh},
      {"sasl.login.refresh.min.period.seconds", kAll, kShort, "60", kIgnore, "", kRefresh},
      {"sasl.login.refresh.buffer.seconds", kAll, kShort, "300", kIgnore, "", kRefresh},
      {"sasl.login.connect.timeout.ms", kAll, kInt, nullptr, kConvert},
      {"sasl.login.read.timeout.ms", kAll, kInt, nullptr, kConvert},
      {"sasl.login.retry.backoff.ms", kAll, kLong, "100", kConvert},
      {"sasl.login.retry.backoff.max.ms", kAll, kLong, "10000", kConvert},
      {"sasl.oauthbearer.token.endpoint.url", kAll, kString, nullptr, kConvert},
      {"sasl.oauthbearer.client.credentials.client.id", kAll, kString, nullptr, kConvert},
      {"sasl.oauthbearer.client.credentials.client.secret", kAll, kPassword, nullptr, kConvert},
      {"sasl.oauthbearer.scope", kAll, kString, nullptr, kConvert},
      {"sasl.oauthbearer.header.urlencode", kAll, kBoolean, "false", kConvert},
      {"sasl.oauthbearer.sub.claim.name", kAll, kString, "sub", kConvert},
  };
}

// Of OAUTHBEARER, and without effect.
std::vector<ClientKey> TokenKeys() {
  return {
      {"sasl.oauthbearer.jwt.retriever.class", kAll, kString,
       "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever", kJvm, "", kJava},
      {"sasl.oauthbearer.jwt.validator.class", kAll, kString,
       "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator", kJvm, "", kJava},
      {"sasl.oauthbearer.assertion.algorithm", kAll, kString, "RS256", kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.claim.aud", kAll, kString, nullptr, kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.claim.exp.seconds", kAll, kInt, "300", kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.claim.iss", kAll, kString, nullptr, kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.claim.jti.include", kAll, kBoolean, "false", kIgnore, "",
       kAssertion},
      {"sasl.oauthbearer.assertion.claim.nbf.seconds", kAll, kInt, "60", kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.claim.sub", kAll, kString, nullptr, kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.file", kAll, kString, nullptr, kIgnore, "", kAssertion},
      {"sasl.oauthbearer.assertion.private.key.file", kAll, kString, nullptr, kIgnore, "",
       kAssertion},
      {"sasl.oauthbearer.assertion.private.key.passphrase", kAll, kPassword, nullptr, kIgnore, "",
       kAssertion},
      {"sasl.oauthbearer.assertion.template.file", kAll, kString, nullptr, kIgnore, "", kAssertion},
      {"sasl.oauthbearer.scope.claim.name", kAll, kString, "scope", kIgnore, "", kBrokers},
      {"sasl.oauthbearer.jwks.endpoint.url", kAll, kString, nullptr, kIgnore, "", kBrokers},
      {"sasl.oauthbearer.jwks.endpoint.refresh.ms", kAll, kLong, "3600000", kIgnore, "", kBrokers},
      {"sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", kAll, kLong, "100", kIgnore, "",
       kBrokers},
      {"sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", kAll, kLong, "10000", kIgnore, "",
       kBrokers},
      {"sasl.oauthbearer.clock.skew.seconds", kAll, kInt, "30", kIgnore, "", kBrokers},
      {"sasl.oauthbearer.expected.audience", kAll, kList, "", kIgnore, "", kBrokers},
      {"sasl.oauthbearer.expected.issuer", kAll, kString, nullptr, kIgnore, "", kBrokers},
  };
}

// How much a form makes of a key; what is in neither list is MEDIUM, as most are.
constexpr std::string_view kHigh[] = {
    "bootstrap.controllers",
    "bootstrap.servers",
    "buffer.memory",
    "compression.type",
    "fetch.min.bytes",
    "group.id",
    "group.protocol",
    "heartbeat.interval.ms",
    "key.deserializer",
    "key.serializer",
    "max.partition.fetch.bytes",
    "sasl.oauthbearer.expected.audience",
    "sasl.oauthbearer.expected.issuer",
    "session.timeout.ms",
    "ssl.key.password",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.truststore.certificates",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "value.deserializer",
    "value.serializer",
};
constexpr std::string_view kLow[] = {
    "acks",
    "auto.commit.interval.ms",
    "check.crcs",
    "client.rack",
    "config.providers",
    "enable.idempotence",
    "enable.metrics.push",
    "fetch.max.wait.ms",
    "interceptor.classes",
    "max.in.flight.requests.per.connection",
    "metadata.max.age.ms",
    "metadata.max.idle.ms",
    "metadata.recovery.rebootstrap.trigger.ms",
    "metadata.recovery.strategy",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.recording.level",
    "metrics.sample.window.ms",
    "partitioner.adaptive.partitioning.enable",
    "partitioner.availability.timeout.ms",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "sasl.kerberos.kinit.cmd",
    "sasl.kerberos.min.time.before.relogin",
    "sasl.kerberos.ticket.renew.jitter",
    "sasl.kerberos.ticket.renew.window.factor",
    "sasl.login.connect.timeout.ms",
    "sasl.login.read.timeout.ms",
    "sasl.login.refresh.buffer.seconds",
    "sasl.login.refresh.min.period.seconds",
    "sasl.login.refresh.window.factor",
    "sasl.login.refresh.window.jitter",
    "sasl.login.retry.backoff.max.ms",
    "sasl.login.retry.backoff.ms",
    "sasl.oauthbearer.assertion.claim.exp.seconds",
    "sasl.oauthbearer.assertion.claim.nbf.seconds",
    "sasl.oauthbearer.clock.skew.seconds",
    "sasl.oauthbearer.header.urlencode",
    "sasl.oauthbearer.jwks.endpoint.refresh.ms",
    "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
    "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms",
    "sasl.oauthbearer.scope.claim.name",
    "sasl.oauthbearer.sub.claim.name",
    "security.providers",
    "ssl.cipher.suites",
    "ssl.endpoint.identification.algorithm",
    "ssl.engine.factory.class",
    "ssl.keymanager.algorithm",
    "ssl.secure.random.implementation",
    "ssl.trustmanager.algorithm",
    "transaction.timeout.ms",
    "transaction.two.phase.commit.enable",
    "transactional.id",
};

Importance ImportanceOf(const ClientKey& key) {
  if (key.name == "client.id") return key.roles == kC ? Importance::kLow : Importance::kMedium;
  if (key.name == "retries") return key.roles == kP ? Importance::kHigh : Importance::kLow;
  const auto in = [&](const auto& list) {
    return std::find(std::begin(list), std::end(list), key.name) != std::end(list);
  };
  return in(kHigh) ? Importance::kHigh : in(kLow) ? Importance::kLow : Importance::kMedium;
}

std::vector<ClientKey> MakeTable() {
  std::vector<ClientKey> table;
  for (auto part :
       {CommonKeys(), ProducerKeys(), ConsumerKeys(), SecurityKeys(), LoginKeys(), TokenKeys()}) {
    table.insert(table.end(), part.begin(), part.end());
  }
  return table;
}

}  // namespace

const std::vector<ClientKey>& ClientKeys() {
  static const std::vector<ClientKey> table = MakeTable();
  return table;
}

const ClientKey* FindClientKey(ClientRole role, std::string_view name) {
  for (const ClientKey& key : ClientKeys()) {
    if (key.name == name && (key.roles & 1 << static_cast<int>(role)) != 0) return &key;
  }
  return nullptr;
}

ConfigKey ClientKeyDefinition(const ClientKey& key, std::string_view prefix) {
  ConfigKey definition;
  definition.name = StrCat(prefix, key.name);
  definition.type = key.type;
  if (key.default_value != nullptr) definition.default_value = key.default_value;
  if (key.name == "partition.assignment.strategy") {  // Java shows its classes so
    definition.default_value = StrCat("class ", StrJoin(SplitList(key.default_value), ",class "));
  }
  for (const std::string_view required : {"bootstrap.servers", "key.serializer", "value.serializer",
                                          "key.deserializer", "value.deserializer"}) {
    if (key.name == required && key.default_value == nullptr) definition.required = true;
  }
  definition.importance = ImportanceOf(key);
  definition.display_name = key.name;
  definition.validator = key.validator;
  definition.documentation = key.reason.empty() ? StrCat("The Kafka client setting ", key.name, ".")
                                                : StrCat("Has no effect: ", key.reason, ".");
  return definition;
}

}  // namespace sluice::config
