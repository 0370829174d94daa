#include "runtime/config/client_values.h"

#include <algorithm>
#include <limits>

#include "runtime/base/text.h"
#include "runtime/config/client_keys.h"

namespace sluice::config {
namespace {

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

// Reads effective values; all of them have been checked, and a missing one has the default of the
// table.
class Reader {
 public:
  explicit Reader(const ClientSettings& settings) : settings_(settings) {}
  bool FromUser(std::string_view key) const { return settings_.from_user.contains(key); }
  std::string Text(std::string_view key) const {
    if (const std::string* value = settings_.java.Find(key)) return std::string(Trim(*value));
    const ClientKey* defined = FindClientKey(settings_.role, key);
    return defined != nullptr && defined->default_value != nullptr ? defined->default_value : "";
  }
  int64_t Int(std::string_view key) const { return ParseInt64(Text(key)).value_or(0); }
  bool Bool(std::string_view key) const { return EqualsIgnoreCase(Text(key), "true"); }

 private:
  const ClientSettings& settings_;
};

std::string Clamp(int64_t value, int64_t min, int64_t max) {
  return StrCat(std::clamp(value, min, max));
}

constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();

// A Java class that says no more than "bytes as they are".
Status OnlyBytes(const Reader& read, std::string_view key) {
  const std::string value = read.Text(key);
  if (value.empty() || value.ends_with("ByteArraySerializer") ||
      value.ends_with("ByteArrayDeserializer")) {
    return OkStatus();
  }
  return Invalid(key, value, "converters make the bytes; a client only carries them");
}

// Idempotence is our default where Java's Connect turns it off; whoever asks for what it cannot do
// gets it without.
Status ConvertIdempotence(const Reader& read, ClientProperties& out) {
  const bool asked = read.FromUser("enable.idempotence") && read.Bool("enable.idempotence");
  bool idempotent = read.Bool("enable.idempotence");
  const std::string acks = read.Text("acks");
  const int64_t in_flight = read.Int("max.in.flight.requests.per.connection");
  std::string_view conflict;
  if (acks != "all" && acks != "-1") {
    conflict =
        "Must set acks to all in order to use the idempotent producer. Otherwise we cannot "
        "guarantee idempotence.";
  } else if (read.Int("retries") == 0) {
    conflict = "Must set retries to non-zero when using the idempotent producer.";
  } else if (in_flight > 5) {
    conflict =
        "Must set max.in.flight.requests.per.connection to at most 5 to use the idempotent "
        "producer.";
  }
  if (idempotent && !conflict.empty()) {
    if (asked) return ConfigError(conflict);
    idempotent = false;
  }
  const bool set_in_flight = read.FromUser("max.in.flight.requests.per.connection");
  out.rdkafka["enable.idempotence"] = idempotent ? "true" : "false";
  out.rdkafka["max.in.flight.requests.per.connection"] =
      StrCat(idempotent || set_in_flight ? in_flight : 1);
  out.rdkafka["acks"] = acks == "all" ? "-1" : acks;
  return OkStatus();
}

Status ConvertDelivery(const Reader& read, ClientProperties& out) {
  const int64_t delivery = read.Int("delivery.timeout.ms");
  const int64_t request = read.Int("request.timeout.ms");
  const int64_t linger = read.Int("linger.ms");
  if (read.FromUser("delivery.timeout.ms") && delivery < std::min(linger + request, kIntMax)) {
    return ConfigError(
        "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms");
  }
  out.rdkafka["message.timeout.ms"] =
      delivery == kIntMax ? "0" : StrCat(delivery);  // 0: without end
  out.rdkafka["request.timeout.ms"] = Clamp(request, 1, 900000);
  out.rdkafka["message.send.max.retries"] = StrCat(read.Int("retries"));
  out.rdkafka["linger.ms"] = Clamp(linger, 0, 900000);
  return OkStatus();
}

void ConvertCompression(const Reader& read, ClientProperties& out) {
  const std::string type = read.Text("compression.type");
  out.rdkafka["compression.type"] = type;
  const std::string level_key = StrCat("compression.", type, ".level");
  if (!read.FromUser(level_key)) return;
  const int64_t level = read.Int(level_key);
  if (level >= -1 && level <= 12) {
    out.rdkafka["compression.level"] = StrCat(level);
  } else {
    out.ignored.push_back(StrCat(level_key, " (levels go from -1 to 12 here)"));
  }
}

StatusOr<std::string> Assignor(const Reader& read) {
  constexpr std::string_view kKey = "partition.assignment.strategy";
  const std::string text = read.Text(kKey);
  for (std::string name : SplitList(text)) {
    if (const size_t dot = name.rfind('.'); dot != std::string::npos) name.erase(0, dot + 1);
    if (name == "RangeAssignor") return std::string("range");
    if (name == "RoundRobinAssignor") return std::string("roundrobin");
    if (name == "CooperativeStickyAssignor") return std::string("cooperative-sticky");
  }
  return Invalid(kKey, text,
                 "expected RangeAssignor, RoundRobinAssignor or CooperativeStickyAssignor");
}

StatusOr<std::string> Reset(const Reader& read) {
  const std::string text = read.Text("auto.offset.reset");
  if (text == "earliest" || text == "latest") return text;
  if (text == "none") return std::string("error");
  return Invalid("auto.offset.reset", text, "expected earliest, latest or none");
}

Status ConvertGroup(const Reader& read, ClientProperties& out) {
  const int64_t session = read.Int("session.timeout.ms");
  const int64_t heartbeat = read.Int("heartbeat.interval.ms");
  const int64_t poll = read.Int("max.poll.interval.ms");
  if (heartbeat >= session) {
    return Invalid("heartbeat.interval.ms", StrCat(heartbeat),
                   StrCat("must be lower than session.timeout.ms, which is ", session));
  }
  if (poll < session) {
    return Invalid("max.poll.interval.ms", StrCat(poll),
                   StrCat("must be at least session.timeout.ms, which is ", session));
  }
  if (EqualsIgnoreCase(read.Text("group.protocol"), "consumer")) {
    return Invalid("group.protocol", "consumer", "only classic is supported");
  }
  if (read.Bool("enable.auto.commit")) {
    return Invalid("enable.auto.commit", "true",
                   "the worker commits, and no further than what the sink has put");
  }
  out.rdkafka["session.timeout.ms"] = Clamp(session, 1, 3600000);
  out.rdkafka["heartbeat.interval.ms"] = Clamp(heartbeat, 1, 3600000);
  out.rdkafka["max.poll.interval.ms"] = Clamp(poll, 1, 86400000);
  out.rdkafka["group.protocol"] = "classic";
  out.rdkafka["enable.auto.commit"] = "false";
  out.rdkafka["enable.auto.offset.store"] = "false";
  SLUICE_ASSIGN_OR_RETURN(out.rdkafka["partition.assignment.strategy"], Assignor(read));
  SLUICE_ASSIGN_OR_RETURN(out.rdkafka["auto.offset.reset"], Reset(read));
  return OkStatus();
}

Status ConvertFetch(const Reader& read, const ClientBudget& budget, ClientProperties& out) {
  const auto prefetch = static_cast<int64_t>(budget.prefetch_bytes);
  // A fetch that nobody asked to be large stays within the task's budget.
  const int64_t fetch_max = read.FromUser("fetch.max.bytes")
                                ? read.Int("fetch.max.bytes")
                                : std::min(read.Int("fetch.max.bytes"), prefetch);
  const int64_t fetch_bytes = std::clamp<int64_t>(fetch_max, 0, 2147483135);
  const int64_t wait = read.Int("fetch.max.wait.ms");
  const int64_t request = read.Int("request.timeout.ms");
  if (wait >= request) {
    return Invalid("fetch.max.wait.ms", StrCat(wait),
                   StrCat("must be lower than request.timeout.ms, which is ", request));
  }
  out.rdkafka["fetch.max.bytes"] = StrCat(fetch_bytes);
  out.rdkafka["receive.message.max.bytes"] =
      StrCat(std::max<int64_t>(fetch_bytes + 512, 100000000));
  out.rdkafka["max.partition.fetch.bytes"] =
      Clamp(read.Int("max.partition.fetch.bytes"), 1, 1000000000);
  out.rdkafka["fetch.min.bytes"] = StrCat(read.Int("fetch.min.bytes"));
  out.rdkafka["fetch.wait.max.ms"] = Clamp(wait, 0, 300000);
  out.rdkafka["fetch.queue.backoff.ms"] = "10";
  out.rdkafka["queued.max.messages.kbytes"] = Clamp(prefetch / 1024, 1, 2097151);
  // So many that the bytes are what ends a prefetch, unless records are tiny.
  out.rdkafka["queued.min.messages"] = Clamp(prefetch / 64, 1, 10000000);
  return OkStatus();
}

}  // namespace

Status ConvertCommon(const ClientSettings& settings, ClientProperties& out) {
  const Reader read(settings);
  const auto set = [&](const char* property, int64_t value, int64_t min, int64_t max) {
    out.rdkafka[property] = Clamp(value, min, max);
  };
  out.client_id = read.Text("client.id");
  out.bootstrap_servers = StrJoin(SplitList(read.Text("bootstrap.servers")), ",");
  if (out.bootstrap_servers.empty())
    return Invalid("bootstrap.servers", "", "host:port of a broker was expected");
  out.rdkafka["bootstrap.servers"] = out.bootstrap_servers;
  const int64_t age = read.Int("metadata.max.age.ms");
  set("topic.metadata.refresh.interval.ms", age, 1, 3600000);
  set("metadata.max.age.ms", std::min(age, int64_t{86400000}) * 3, 3, 86400000);
  out.rdkafka["metadata.recovery.strategy"] = ToLower(read.Text("metadata.recovery.strategy"));
  set("metadata.recovery.rebootstrap.trigger.ms",
      read.Int("metadata.recovery.rebootstrap.trigger.ms"), 0, kIntMax);
  // Sizes of socket buffers only where somebody asked: the system adapts its own.
  if (read.FromUser("send.buffer.bytes"))
    set("socket.send.buffer.bytes", read.Int("send.buffer.bytes"), 0, 100000000);
  if (read.FromUser("receive.buffer.bytes")) {
    set("socket.receive.buffer.bytes", read.Int("receive.buffer.bytes"), 0, 100000000);
  }
  const int64_t reconnect = read.Int("reconnect.backoff.ms");
  const bool only_first =
      read.FromUser("reconnect.backoff.ms") && !read.FromUser("reconnect.backoff.max.ms");
  set("reconnect.backoff.ms", reconnect, 0, 3600000);
  set("reconnect.backoff.max.ms",
      std::max(reconnect, only_first ? reconnect : read.Int("reconnect.backoff.max.ms")), 0,
      3600000);
  set("retry.backoff.ms", read.Int("retry.backoff.ms"), 1, 300000);
  set("retry.backoff.max.ms",
      std::max(read.Int("retry.backoff.ms"), read.Int("retry.backoff.max.ms")), 1, 300000);
  out.request_timeout_ms = read.Int("request.timeout.ms");
  set("socket.timeout.ms", out.request_timeout_ms, 10, 300000);
  set("socket.connection.setup.timeout.ms", read.Int("socket.connection.setup.timeout.ms"), 1000,
      kIntMax);
  set("connections.max.idle.ms", read.Int("connections.max.idle.ms"), 0, kIntMax);
  out.rdkafka["enable.metrics.push"] = "false";
  if (settings.role != ClientRole::kProducer)
    out.api_timeout_ms = read.Int("default.api.timeout.ms");
  return OkStatus();
}

Status ConvertProducer(const ClientSettings& settings, ClientProperties& out) {
  const Reader read(settings);
  SLUICE_RETURN_IF_ERROR(OnlyBytes(read, "key.serializer"));
  SLUICE_RETURN_IF_ERROR(OnlyBytes(read, "value.serializer"));
  SLUICE_RETURN_IF_ERROR(ConvertIdempotence(read, out));
  SLUICE_RETURN_IF_ERROR(ConvertDelivery(read, out));
  ConvertCompression(read, out);
  out.rdkafka["partitioner"] = read.Bool("partitioner.ignore.keys") ? "random" : "murmur2_random";
  out.rdkafka["message.max.bytes"] = Clamp(read.Int("max.request.size"), 1000, 1000000000);
  // Batches as large as librdkafka likes them, unless somebody asked: Java's 16 KiB would only cost
  // CPU.
  if (read.FromUser("batch.size"))
    out.rdkafka["batch.size"] = Clamp(read.Int("batch.size"), 1, kIntMax);
  const int64_t queue = read.FromUser("buffer.memory")
                            ? read.Int("buffer.memory")
                            : static_cast<int64_t>(settings.budget.producer_queue_bytes);
  out.rdkafka["queue.buffering.max.kbytes"] = Clamp(queue / 1024, 1, kIntMax);
  out.rdkafka["queue.buffering.max.messages"] = "100000";
  return OkStatus();
}

Status ConvertConsumer(const ClientSettings& settings, ClientProperties& out) {
  const Reader read(settings);
  SLUICE_RETURN_IF_ERROR(OnlyBytes(read, "key.deserializer"));
  SLUICE_RETURN_IF_ERROR(OnlyBytes(read, "value.deserializer"));
  SLUICE_RETURN_IF_ERROR(ConvertGroup(read, out));
  SLUICE_RETURN_IF_ERROR(ConvertFetch(read, settings.budget, out));
  out.max_poll_records = static_cast<int>(read.Int("max.poll.records"));
  for (const char* key : {"group.id", "group.instance.id", "client.rack"}) {
    if (const std::string value = read.Text(key); !value.empty()) out.rdkafka[key] = value;
  }
  for (const char* key : {"isolation.level", "allow.auto.create.topics", "check.crcs"}) {
    out.rdkafka[key] = ToLower(read.Text(key));
  }
  return OkStatus();
}

}  // namespace sluice::config
