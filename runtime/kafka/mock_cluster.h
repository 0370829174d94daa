// Kafka inside a test: librdkafka's mock cluster, which needs no broker and no network but
// loopback. Lives as long as this object. Any thread.
#ifndef SLUICE_RUNTIME_KAFKA_MOCK_CLUSTER_H_
#define SLUICE_RUNTIME_KAFKA_MOCK_CLUSTER_H_

#include <string>
#include <vector>

#include "runtime/config/client_config.h"

struct rd_kafka_s;
struct rd_kafka_mock_cluster_s;

namespace sluice::kafka {

class MockCluster {
 public:
  explicit MockCluster(int brokers = 1);
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  const std::string& bootstrap_servers() const { return bootstrap_; }
  void CreateTopic(const std::string& topic, int partitions);
  // The next requests of this kind (Kafka's number for it) fail with these codes, one each.
  void FailNext(int api_key, const std::vector<int>& codes);
  // All brokers vanish, or come back.
  void SetUp(bool up);
  // One of them, counted from 1.
  void SetUp(int broker, bool up);
  void MoveLeader(const std::string& topic, int partition, int broker);

  // Settings as Connect's clients have them, for this cluster; a test changes what it needs.
  config::ClientProperties ProducerProperties() const;
  config::ClientProperties ConsumerProperties(const std::string& group) const;
  config::ClientProperties AdminProperties() const;

 private:
  rd_kafka_s* client_;
  rd_kafka_mock_cluster_s* cluster_;
  const int brokers_;
  std::string bootstrap_;
};

// The same settings for a real cluster, for integration tests: environment SLUICE_KAFKA, or
// nothing.
std::string RealBootstrapServers();
config::ClientProperties TestProducer(const std::string& bootstrap_servers);
config::ClientProperties TestConsumer(const std::string& bootstrap_servers,
                                      const std::string& group);
config::ClientProperties TestAdmin(const std::string& bootstrap_servers);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_MOCK_CLUSTER_H_
