// Our lists of partitions as librdkafka's, and back. For this folder's files only.
#ifndef SLUICE_RUNTIME_KAFKA_PARTITIONS_H_
#define SLUICE_RUNTIME_KAFKA_PARTITIONS_H_

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kafka/consumer.h"

struct rd_kafka_s;
struct rd_kafka_topic_partition_list_s;

namespace sluice::kafka {

struct PartitionListDeleter {
  void operator()(rd_kafka_topic_partition_list_s* list) const;
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_s, PartitionListDeleter>;

PartitionList ToList(const std::vector<TopicPartition>& partitions);
// An offset of -1 becomes `none`, one of librdkafka's logical offsets.
PartitionList ToList(const std::vector<PartitionOffset>& offsets, int64_t none);
std::vector<TopicPartition> Partitions(const rd_kafka_topic_partition_list_s* list);
// Logical offsets become -1.
std::vector<PartitionOffset> Offsets(const rd_kafka_topic_partition_list_s* list);
// The first partition's error, with its name; OK if there is none.
Status FirstError(const rd_kafka_topic_partition_list_s* list, std::string_view what);

// The first and the next offset of a partition; asks the broker.
StatusOr<std::pair<int64_t, int64_t>> QueryWatermarks(rd_kafka_s* client,
                                                      const TopicPartition& partition,
                                                      int timeout_ms);
// The next offset as the last fetch told it; asks nobody. -1: not known.
int64_t KnownEndOffset(rd_kafka_s* client, const TopicPartition& partition);

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_PARTITIONS_H_
