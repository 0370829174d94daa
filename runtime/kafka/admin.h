// The few admin requests that a worker makes. Blocking with a deadline: never on the herder's
// thread. Thread-safe.
#ifndef SLUICE_RUNTIME_KAFKA_ADMIN_H_
#define SLUICE_RUNTIME_KAFKA_ADMIN_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/client_config.h"
#include "runtime/kafka/consumer.h"
#include "runtime/metrics/registry.h"

namespace sluice::kafka {

struct NewTopic {
  std::string name;
  int partitions = -1;          // -1: the broker's default
  int replication_factor = -1;  // -1: the broker's default
  std::map<std::string, std::string> configs;
};
struct TopicInfo {
  std::string name;
  int partitions;
};

class Admin {
 public:
  virtual ~Admin() = default;
  // Error: unreachable in time; names the bootstrap servers.
  virtual StatusOr<std::string> ClusterId(milliseconds timeout) = 0;
  // Nothing if there is no such topic.
  virtual StatusOr<std::optional<TopicInfo>> DescribeTopic(std::string_view topic,
                                                           milliseconds timeout) = 0;
  // AlreadyExistsError if it is there; invalid replication factor and time-outs are retriable.
  virtual Status CreateTopic(const NewTopic& topic, milliseconds timeout) = 0;
  virtual StatusOr<std::map<std::string, std::string>> TopicConfig(std::string_view topic,
                                                                   milliseconds timeout) = 0;
  // First offset that is not there yet, for each partition.
  virtual StatusOr<std::vector<PartitionOffset>> EndOffsets(
      const std::vector<TopicPartition>& partitions, milliseconds timeout) = 0;
  // Nothing for a group that does not exist.
  virtual StatusOr<std::vector<PartitionOffset>> GroupOffsets(std::string_view group,
                                                              milliseconds timeout) = 0;

  // Changes of a consumer group's offsets (KIP-875). Only a group without members can be changed:
  // kFailedPrecondition if it has any. kOutOfRange for a partition that does not exist.
  virtual Status AlterGroupOffsets(std::string_view group,
                                   const std::vector<PartitionOffset>& offsets,
                                   milliseconds timeout) = 0;
  virtual Status DeleteGroupOffsets(std::string_view group,
                                    const std::vector<TopicPartition>& partitions,
                                    milliseconds timeout) = 0;
  // With all its offsets. NotFoundError if there is no such group.
  virtual Status DeleteGroup(std::string_view group, milliseconds timeout) = 0;
};

// `registry`: where its metrics are shown; may be null.
StatusOr<std::unique_ptr<Admin>> NewAdmin(const config::ClientProperties& properties,
                                          metrics::Registry* registry = nullptr);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_ADMIN_H_
