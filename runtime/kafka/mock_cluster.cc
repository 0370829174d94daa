#include "runtime/kafka/mock_cluster.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdlib>

namespace sluice::kafka {

MockCluster::MockCluster(int brokers) : brokers_(brokers) {
  char text[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "client.id", "mock", text, sizeof text);
  rd_kafka_conf_set_log_cb(conf, nullptr);
  client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  if (client_ == nullptr) std::abort();
  cluster_ = rd_kafka_mock_cluster_new(client_, brokers);
  rd_kafka_mock_group_initial_rebalance_delay_ms(cluster_, 0);
  bootstrap_ = rd_kafka_mock_cluster_bootstraps(cluster_);
}

MockCluster::~MockCluster() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(client_);
}

void MockCluster::CreateTopic(const std::string& topic, int partitions) {
  rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
}

void MockCluster::FailNext(int api_key, const std::vector<int>& codes) {
  std::vector<rd_kafka_resp_err_t> errors;
  for (int code : codes) errors.push_back(static_cast<rd_kafka_resp_err_t>(code));
  rd_kafka_mock_push_request_errors_array(cluster_, static_cast<int16_t>(api_key), errors.size(),
                                          errors.data());
}

void MockCluster::SetUp(bool up) {
  for (int broker = 1; broker <= brokers_; ++broker) SetUp(broker, up);
}

void MockCluster::SetUp(int broker, bool up) {
  (up ? rd_kafka_mock_broker_set_up : rd_kafka_mock_broker_set_down)(cluster_, broker);
}

void MockCluster::MoveLeader(const std::string& topic, int partition, int broker) {
  rd_kafka_mock_partition_set_leader(cluster_, topic.c_str(), partition, broker);
}

config::ClientProperties MockCluster::ProducerProperties() const {
  return TestProducer(bootstrap_);
}
config::ClientProperties MockCluster::ConsumerProperties(const std::string& group) const {
  return TestConsumer(bootstrap_, group);
}
config::ClientProperties MockCluster::AdminProperties() const { return TestAdmin(bootstrap_); }

std::string RealBootstrapServers() {
  const char* value = std::getenv("SLUICE_KAFKA");
  return value == nullptr ? "" : value;
}

config::ClientProperties TestProducer(const std::string& bootstrap_servers) {
  config::ClientProperties properties;
  properties.role = config::ClientRole::kProducer;
  properties.client_id = "test-producer";
  properties.bootstrap_servers = bootstrap_servers;
  properties.rdkafka = {{"bootstrap.servers", bootstrap_servers},
                        {"client.id", "test-producer"},
                        {"acks", "all"},
                        {"enable.idempotence", "true"},
                        {"max.in.flight", "5"},
                        {"partitioner", "murmur2_random"},
                        {"message.timeout.ms", "0"},
                        {"queue.buffering.max.kbytes", "32768"},
                        {"message.max.bytes", "1048576"},
                        {"linger.ms", "0"},
                        {"enable.metrics.push", "false"}};
  return properties;
}

config::ClientProperties TestConsumer(const std::string& bootstrap_servers,
                                      const std::string& group) {
  config::ClientProperties properties;
  properties.role = config::ClientRole::kConsumer;
  properties.client_id = "test-consumer";
  properties.bootstrap_servers = bootstrap_servers;
  properties.rdkafka = {{"bootstrap.servers", bootstrap_servers},
                        {"client.id", "test-consumer"},
                        {"group.id", group},
                        {"enable.auto.commit", "false"},
                        {"enable.auto.offset.store", "false"},
                        {"auto.offset.reset", "earliest"},
                        {"isolation.level", "read_uncommitted"},
                        {"partition.assignment.strategy", "range"},
                        {"allow.auto.create.topics", "true"},
                        {"queued.max.messages.kbytes", "8192"},
                        {"fetch.queue.backoff.ms", "10"},
                        {"session.timeout.ms", "10000"},
                        {"heartbeat.interval.ms", "3000"},
                        {"enable.metrics.push", "false"}};
  return properties;
}

config::ClientProperties TestAdmin(const std::string& bootstrap_servers) {
  config::ClientProperties properties;
  properties.role = config::ClientRole::kAdmin;
  properties.client_id = "test-admin";
  properties.bootstrap_servers = bootstrap_servers;
  properties.rdkafka = {{"bootstrap.servers", bootstrap_servers},
                        {"client.id", "test-admin"},
                        {"enable.metrics.push", "false"}};
  return properties;
}

}  // namespace sluice::kafka
