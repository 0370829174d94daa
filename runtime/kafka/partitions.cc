#include "runtime/kafka/partitions.h"

#include <librdkafka/rdkafka.h>

#include "runtime/base/text.h"
#include "runtime/kafka/kafka_error.h"

namespace sluice::kafka {

void PartitionListDeleter::operator()(rd_kafka_topic_partition_list_s* list) const {
  rd_kafka_topic_partition_list_destroy(list);
}

PartitionList ToList(const std::vector<TopicPartition>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  return list;
}

PartitionList ToList(const std::vector<PartitionOffset>& offsets, int64_t none) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const PartitionOffset& offset : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), offset.partition.topic.c_str(),
                                      offset.partition.partition)
        ->offset = offset.offset < 0 ? none : offset.offset;
  }
  return list;
}

std::vector<TopicPartition> Partitions(const rd_kafka_topic_partition_list_s* list) {
  std::vector<TopicPartition> partitions;
  if (list == nullptr) return partitions;
  partitions.reserve(static_cast<size_t>(list->cnt));
  for (int i = 0; i < list->cnt; ++i) {
    partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  }
  return partitions;
}

std::vector<PartitionOffset> Offsets(const rd_kafka_topic_partition_list_s* list) {
  std::vector<PartitionOffset> offsets;
  if (list == nullptr) return offsets;
  offsets.reserve(static_cast<size_t>(list->cnt));
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& element = list->elems[i];
    offsets.push_back(
        {{element.topic, element.partition}, element.offset < 0 ? -1 : element.offset});
  }
  return offsets;
}

Status FirstError(const rd_kafka_topic_partition_list_s* list, std::string_view what) {
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& element = list->elems[i];
    if (element.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return KafkaError(element.err, StrCat("Failed to ", what, " for partition ", element.topic, "-",
                                          element.partition, ": ", rd_kafka_err2str(element.err)));
  }
  return OkStatus();
}

StatusOr<std::pair<int64_t, int64_t>> QueryWatermarks(rd_kafka_s* client,
                                                      const TopicPartition& partition,
                                                      int timeout_ms) {
  std::pair<int64_t, int64_t> marks;
  const rd_kafka_resp_err_t code =
      rd_kafka_query_watermark_offsets(client, partition.topic.c_str(), partition.partition,
                                       &marks.first, &marks.second, timeout_ms);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return marks;
  return KafkaError(code, StrCat("Failed to get the offsets of ", partition.topic, "-",
                                 partition.partition, ": ", rd_kafka_err2str(code)));
}

int64_t KnownEndOffset(rd_kafka_s* client, const TopicPartition& partition) {
  int64_t low = -1, high = -1;
  const rd_kafka_resp_err_t code = rd_kafka_get_watermark_offsets(client, partition.topic.c_str(),
                                                                  partition.partition, &low, &high);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : -1;
}

}  // namespace sluice::kafka
