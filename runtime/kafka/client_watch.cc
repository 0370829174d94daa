#include "runtime/kafka/client_watch.h"

#include <librdkafka/rdkafka.h>

namespace sluice::kafka {
namespace {

constexpr char kName[] = "sluice-metrics";

metrics::ClientMetrics& Metrics(void* opaque) {
  return *static_cast<metrics::ClientMetrics*>(opaque);
}

rd_kafka_resp_err_t OnRequest(rd_kafka_t*, int, const char*, int32_t, int16_t, int16_t, int32_t,
                              size_t size, void* opaque) {
  Metrics(opaque).RequestSent(size);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnResponse(rd_kafka_t*, int, const char*, int32_t, int16_t, int16_t, int32_t,
                               size_t size, int64_t, rd_kafka_resp_err_t error, void* opaque) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) Metrics(opaque).ResponseReceived(size);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnState(rd_kafka_t*, int32_t, const char*, const char* name, int port,
                            const char* state, void* opaque) {
  Metrics(opaque).BrokerState(name, port, state);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnNew(rd_kafka_t* client, const rd_kafka_conf_t*, void* opaque, char*, size_t) {
  rd_kafka_interceptor_add_on_request_sent(client, kName, OnRequest, opaque);
  rd_kafka_interceptor_add_on_response_received(client, kName, OnResponse, opaque);
  rd_kafka_interceptor_add_on_broker_state_change(client, kName, OnState, opaque);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

void Watch(rd_kafka_conf_s* conf, metrics::ClientMetrics& metrics) {
  rd_kafka_conf_interceptor_add_on_new(conf, kName, OnNew, &metrics);
}

}  // namespace sluice::kafka
