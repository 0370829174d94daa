#include "runtime/metrics/client_metrics.h"

#include <string>

namespace sluice::metrics {
namespace {

constexpr Family kProducerFamilies[] = {
    {"kafka_producer_connection_count", Type::kUntyped, "Producer: connections that are open."},
    {"kafka_producer_connection_creation_total", Type::kCounter, "Producer: connections opened."},
    {"kafka_producer_connection_close_total", Type::kCounter, "Producer: connections closed."},
    {"kafka_producer_request_total", Type::kCounter, "Producer: requests sent."},
    {"kafka_producer_response_total", Type::kCounter, "Producer: responses received."},
    {"kafka_producer_network_io_total", Type::kCounter, "Producer: requests and responses."},
    {"kafka_producer_outgoing_byte_total", Type::kCounter, "Producer: bytes sent."},
    {"kafka_producer_incoming_byte_total", Type::kCounter, "Producer: bytes received."},
    {"kafka_producer_record_send_total", Type::kCounter,
     "Producer: records that the broker acknowledged or refused."},
};
constexpr Family kConsumerFamilies[] = {
    {"kafka_consumer_connection_count", Type::kUntyped, "Consumer: connections that are open."},
    {"kafka_consumer_connection_creation_total", Type::kCounter, "Consumer: connections opened."},
    {"kafka_consumer_connection_close_total", Type::kCounter, "Consumer: connections closed."},
    {"kafka_consumer_request_total", Type::kCounter, "Consumer: requests sent."},
    {"kafka_consumer_response_total", Type::kCounter, "Consumer: responses received."},
    {"kafka_consumer_network_io_total", Type::kCounter, "Consumer: requests and responses."},
    {"kafka_consumer_outgoing_byte_total", Type::kCounter, "Consumer: bytes sent."},
    {"kafka_consumer_incoming_byte_total", Type::kCounter, "Consumer: bytes received."},
    {"kafka_consumer_fetch_manager_records_consumed_total", Type::kCounter,
     "Consumer: records consumed."},
};
constexpr Family kAdminFamilies[] = {
    {"kafka_admin_client_connection_count", Type::kUntyped,
     "Admin client: connections that are open."},
    {"kafka_admin_client_connection_creation_total", Type::kCounter,
     "Admin client: connections opened."},
    {"kafka_admin_client_connection_close_total", Type::kCounter,
     "Admin client: connections closed."},
    {"kafka_admin_client_request_total", Type::kCounter, "Admin client: requests sent."},
    {"kafka_admin_client_response_total", Type::kCounter, "Admin client: responses received."},
    {"kafka_admin_client_network_io_total", Type::kCounter,
     "Admin client: requests and responses."},
    {"kafka_admin_client_outgoing_byte_total", Type::kCounter, "Admin client: bytes sent."},
    {"kafka_admin_client_incoming_byte_total", Type::kCounter, "Admin client: bytes received."},
};

Families FamiliesOf(ClientMetrics::Kind kind) {
  switch (kind) {
    case ClientMetrics::Kind::kProducer:
      return kProducerFamilies;
    case ClientMetrics::Kind::kConsumer:
      return kConsumerFamilies;
    case ClientMetrics::Kind::kAdmin:
      break;
  }
  return kAdminFamilies;
}

}  // namespace

std::shared_ptr<ClientMetrics> ClientMetrics::Make(Registry& registry, Kind kind,
                                                   std::string_view client_id) {
  auto made = std::make_shared<ClientMetrics>();
  made->registration_ = registry.Add(FamiliesOf(kind), Label("clientid", client_id),
                                     [weak = std::weak_ptr(made), kind](Reading& reading) {
                                       if (const auto self = weak.lock()) self->Read(kind, reading);
                                     });
  return made;
}

void ClientMetrics::BrokerState(std::string_view host, int port, std::string_view state) {
  MutexLock lock(mutex_);
  if (state == "UP") {
    if (connected_.emplace(host, port).second) ++created_;
  } else if (connected_.erase({std::string(host), port}) > 0) {
    ++closed_;
  }
}

void ClientMetrics::Read(Kind kind, Reading& reading) const {
  const auto number = [](const auto& count) {
    return static_cast<double>(count.load(std::memory_order_relaxed));
  };
  {
    MutexLock lock(mutex_);
    reading.Number(static_cast<double>(connected_.size()));
    reading.Number(static_cast<double>(created_)).Number(static_cast<double>(closed_));
  }
  const double responses = number(responses_);
  const double requests = number(requests_);
  reading.Number(requests).Number(responses).Number(requests + responses);
  reading.Number(number(bytes_out_)).Number(number(bytes_in_));
  if (kind != Kind::kAdmin) reading.Number(number(records_));
}

}  // namespace sluice::metrics
