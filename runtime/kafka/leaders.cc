#include "runtime/kafka/leaders.h"

#include <librdkafka/rdkafka.h>

#include <memory>
#include <set>
#include <string>

namespace sluice::kafka {
namespace {
struct TopicDeleter {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, TopicDeleter>;

}  // namespace

bool IsOfAStaleLeader(int code) {
  return code == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH ||
         code == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH ||
         code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION;
}

void RefreshLeaders(rd_kafka_s* client, const std::vector<TopicPartition>& partitions,
                    milliseconds timeout) {
  std::set<std::string> names;
  for (const TopicPartition& partition : partitions) names.insert(partition.topic);
  for (const std::string& name : names) {
    const TopicHandle topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
    const rd_kafka_metadata_t* metadata = nullptr;  // it is also kept inside, which is the point
    if (topic != nullptr &&
        rd_kafka_metadata(client, 0, topic.get(), &metadata, static_cast<int>(timeout.count())) ==
            RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_metadata_destroy(metadata);
    }
  }
}

}  // namespace sluice::kafka
