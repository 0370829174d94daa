#include "runtime/kafka/handle.h"

#include <netdb.h>
#include <sys/socket.h>
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/kafka/client_watch.h"
#include "runtime/kafka/kafka_error.h"

namespace sluice::kafka {
namespace {

LogLevel ToLogLevel(int syslog_level) {
  if (syslog_level <= 4) return LogLevel::kWarn;  // librdkafka tries again by itself
  return syslog_level == 5 ? LogLevel::kInfo : LogLevel::kDebug;
}

// What librdkafka says of a value may quote it.
bool IsSecret(std::string_view property) {
  return property.find("password") != std::string_view::npos ||
         property.find("secret") != std::string_view::npos ||
         property.find(".pem") != std::string_view::npos ||
         property.find("oauthbearer.config") != std::string_view::npos;
}

// `PLAINTEXT://[::1]:9092` -> `::1`
std::string HostOf(std::string_view server) {
  if (const size_t scheme = server.find("://"); scheme != std::string_view::npos) {
    server.remove_prefix(scheme + 3);
  }
  if (server.starts_with('[')) return std::string(server.substr(1, server.find(']') - 1));
  const size_t colon = server.rfind(':');
  return std::string(colon == server.find(':') ? server.substr(0, colon) : server);
}

bool Resolves(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

// As the peer's clients, which are not made without one. librdkafka would look for ever, and a task
// that sends nothing would be RUNNING.
Status CheckBootstrapServers(const std::string& servers) {
  const std::vector<std::string> list = SplitList(servers);
  for (const std::string& server : list) {
    if (Resolves(HostOf(server))) return OkStatus();
    LogWarn("kafka", "Couldn't resolve server ", server,
            " from bootstrap.servers as DNS resolution failed for ", HostOf(server));
  }
  if (list.empty()) return OkStatus();  // a test's own broker
  // Retriable: a client that is made late must outlive a DNS that is away for a moment.
  return ExceptionError(
      absl::StatusCode::kUnavailable, "org.apache.kafka.common.config.ConfigException",
      StrCat("No resolvable bootstrap urls given in bootstrap.servers: ", servers));
}

metrics::ClientMetrics::Kind MetricsKind(Handle::Kind kind) {
  switch (kind) {
    case Handle::Kind::kProducer:
      return metrics::ClientMetrics::Kind::kProducer;
    case Handle::Kind::kConsumer:
      return metrics::ClientMetrics::Kind::kConsumer;
    case Handle::Kind::kAdmin:
      break;
  }
  return metrics::ClientMetrics::Kind::kAdmin;
}

// The properties as librdkafka's; the caller owns them.
StatusOr<rd_kafka_conf_t*> NewConf(const config::ClientProperties& properties) {
  SLUICE_RETURN_IF_ERROR(CheckBootstrapServers(properties.bootstrap_servers));
  char text[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (const auto& [key, value] : properties.rdkafka) {
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), text, sizeof text) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return ConfigError(StrCat("Invalid value for configuration ", properties.JavaKey(key), ": ",
                                IsSecret(key) ? "it cannot be used" : text));
    }
  }
  return conf;
}

}  // namespace

Status Handle::Check(const config::ClientProperties& properties) {
  SLUICE_ASSIGN_OR_RETURN(rd_kafka_conf_t * conf, NewConf(properties));
  rd_kafka_conf_destroy(conf);
  return OkStatus();
}

StatusOr<std::shared_ptr<Handle>> Handle::Make(const config::ClientProperties& properties,
                                               Kind kind, metrics::Registry* registry,
                                               const Configure& configure) {
  std::shared_ptr<Handle> handle(new Handle(properties), [](Handle* last) {
    const bool fetching = last->login_ != nullptr && last->login_->busy();
    if (!last->end_aside_ && !fetching) return delete last;
    std::thread([last] { delete last; }).detach();
  });
  char text[512];
  if (properties.tokens != nullptr) {
    SLUICE_ASSIGN_OR_RETURN(handle->login_, OAuthLogin::Begin(properties.tokens));
  }
  SLUICE_ASSIGN_OR_RETURN(rd_kafka_conf_t * conf, NewConf(properties));
  if (handle->login_ != nullptr) handle->login_->Configure(conf, OnTokenRefresh);
  rd_kafka_conf_set_opaque(conf, handle.get());
  rd_kafka_conf_set_log_cb(conf, OnLog);
  if (configure) configure(conf);
  if (registry != nullptr) {
    handle->metrics_ =
        metrics::ClientMetrics::Make(*registry, MetricsKind(kind), properties.client_id);
    Watch(conf, *handle->metrics_);
  }
  handle->client_ = rd_kafka_new(kind == Kind::kConsumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER,
                                 conf, text, sizeof text);
  if (handle->client_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return ExceptionError(
        absl::StatusCode::kInvalidArgument, "org.apache.kafka.common.KafkaException",
        StrCat("Failed to construct the Kafka client ", properties.client_id, ": ", text));
  }
  if (handle->login_ != nullptr) {
    SLUICE_RETURN_IF_ERROR(handle->login_->Attach(handle->client_));
  }
  LogDebug("kafka", "Client ", properties.client_id, " for ", properties.bootstrap_servers);
  return handle;
}

Handle::~Handle() {
  if (client_ == nullptr) return;
  rd_kafka_destroy_flags(client_, skip_close_ ? RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE : 0);
}

void Handle::OnTokenRefresh(rd_kafka_t* client, const char*, void* opaque) {
  FromOpaque(opaque)->login_->Refresh(client);
}

void Handle::OnLog(const rd_kafka_s* client, int level, const char* facility, const char* text) {
  auto* handle = FromOpaque(rd_kafka_opaque(client));
  if (level <= 4 && handle != nullptr) {
    MutexLock lock(handle->mutex_);
    handle->last_trouble_ = text;
    if (std::strstr(text, "brokers are down") != nullptr) {
      const TimePoint now = std::chrono::steady_clock::now();
      if (now < handle->quiet_until_) return;
      handle->quiet_until_ = now + std::chrono::seconds(10);
    }
  }
  Log(ToLogLevel(level), "kafka", facility, " ", text);
}

std::string Handle::LastTrouble() const {
  MutexLock lock(mutex_);
  return last_trouble_;
}

Status Handle::FatalError() const {
  char text[512];
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(client_, text, sizeof text);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return OkStatus();
  const Status cause = KafkaError(code, text);
  return ExceptionError(absl::StatusCode::kInternal, ExceptionClass(cause),
                        StrCat("The Kafka client cannot go on: ", text));
}

}  // namespace sluice::kafka
