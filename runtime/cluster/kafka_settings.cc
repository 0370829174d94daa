#include "runtime/cluster/kafka_settings.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::cluster {
namespace {

constexpr size_t kNameBytesMax = 10'000;  // of what the wire has 32,767 for

Status Invalid(std::string_view key, std::string_view value, std::string_view why) {
  return ConfigError(StrCat("Invalid value ", value, " for configuration ", key, ": ", why));
}

StatusOr<milliseconds> Millis(const GroupClientOptions& options, const std::string& key,
                              milliseconds otherwise) {
  const auto found = options.java.find(key);
  if (found == options.java.end() || Trim(found->second).empty()) return otherwise;
  const auto value = ParseInt64(Trim(found->second));
  if (!value || *value < 0) {
    return Invalid(key, found->second, "expected a number of milliseconds");
  }
  return milliseconds(std::min<int64_t>(*value, std::numeric_limits<int32_t>::max()));
}

}  // namespace

StatusOr<std::vector<HostPort>> ParseBootstrapServers(std::string_view text) {
  std::vector<HostPort> servers;
  for (const std::string& item : SplitList(text)) {
    if (item.empty()) continue;
    std::string_view rest = item;
    if (const size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
      rest.remove_prefix(scheme + 3);
    }
    const size_t colon = rest.rfind(':');
    std::string_view host = rest.substr(0, colon == std::string_view::npos ? 0 : colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto port =
        colon == std::string_view::npos ? std::nullopt : ParseInt64(rest.substr(colon + 1));
    if (host.empty() || !port || *port < 1 || *port > 65535) {
      return Invalid("bootstrap.servers", item, "expected host:port");
    }
    servers.push_back({std::string(host), static_cast<uint16_t>(*port)});
  }
  if (servers.empty()) return Invalid("bootstrap.servers", text, "expected host:port");
  return servers;
}

StatusOr<KafkaSettings> ReadKafkaSettings(const GroupClientOptions& options) {
  KafkaSettings settings;
  if (options.group_id.empty() || options.group_id.size() > kNameBytesMax) {
    return Invalid("group.id", options.group_id, "expected a name");
  }
  if (options.client_id.size() > kNameBytesMax) {
    return Invalid("client.id", options.client_id, "it is too long");
  }
  settings.client_id = options.client_id;
  SLUICE_ASSIGN_OR_RETURN(settings.bootstrap, ParseBootstrapServers(options.bootstrap_servers));
  const auto lookup = options.java.find("client.dns.lookup");
  settings.canonical_bootstrap =
      lookup != options.java.end() && lookup->second == "resolve_canonical_bootstrap_servers_only";
  SLUICE_ASSIGN_OR_RETURN(settings.request_timeout,
                          Millis(options, "request.timeout.ms", settings.request_timeout));
  SLUICE_ASSIGN_OR_RETURN(
      settings.connect_timeout,
      Millis(options, "socket.connection.setup.timeout.ms", settings.connect_timeout));
  SLUICE_ASSIGN_OR_RETURN(settings.backoff, Millis(options, "retry.backoff.ms", settings.backoff));
  SLUICE_ASSIGN_OR_RETURN(settings.backoff_max,
                          Millis(options, "reconnect.backoff.max.ms", settings.backoff_max));
  settings.backoff = std::max(settings.backoff, milliseconds(1));
  settings.backoff_max = std::max(settings.backoff_max, settings.backoff);

  const auto found = options.java.find("security.protocol");
  const std::string protocol =
      found == options.java.end() ? "plaintext" : ToLower(Trim(found->second));
  const bool tls = protocol == "ssl" || protocol == "sasl_ssl";
  const bool sasl = protocol == "sasl_plaintext" || protocol == "sasl_ssl";
  if (!tls && !sasl && protocol != "plaintext") {
    return Invalid("security.protocol", found->second,
                   "expected PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL");
  }
  if (tls) {
    std::vector<std::string> notes;
    SLUICE_ASSIGN_OR_RETURN(settings.tls, tls::ClientContext::Make(options.java, notes));
    for (const std::string& note : notes) LogInfo("cluster", "Setting without effect: ", note);
  }
  if (sasl) {
    SLUICE_ASSIGN_OR_RETURN(settings.sasl, NewSaslMechanism(options.java));
  }
  return settings;
}

}  // namespace sluice::cluster
