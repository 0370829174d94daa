// The partitions that a sink task owns, and how far it is in each. One thread.
#ifndef SLUICE_RUNTIME_TASK_SINK_PARTITIONS_H_
#define SLUICE_RUNTIME_TASK_SINK_PARTITIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "runtime/abi/sluice_plugin.h"
#include "runtime/abi/views.h"
#include "runtime/kafka/consumer.h"

namespace sluice::task {

// A topic and partition, borrowed.
struct PartitionRef {
  std::string_view topic;
  int32_t partition;
};
inline PartitionRef RefOf(const kafka::TopicPartition& id) { return {id.topic, id.partition}; }
inline PartitionRef RefOf(const sluice_topic_partition& id) {
  return {abi::View(id.topic), id.partition};
}

struct SinkPartition {
  int64_t current = -1;    // next offset after what was put; -1: nothing is known
  int64_t committed = -1;  // last committed, or where consuming began; -1: nothing is known
  uint64_t generation =
      0;                 // of its assignment, so that late news of an earlier one is not mistaken
  bool paused = false;   // by the plugin
  bool tracked = false;  // its topic has been told of
};

struct PartitionOrder {
  using is_transparent = void;
  static std::tuple<std::string_view, int32_t> Key(const kafka::TopicPartition& id) {
    return {id.topic, id.partition};
  }
  static std::tuple<std::string_view, int32_t> Key(const PartitionRef& id) {
    return {id.topic, id.partition};
  }
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return Key(a) < Key(b);
  }
};
template <typename T>
using PartitionMap = std::map<kafka::TopicPartition, T, PartitionOrder>;
using SinkPartitions = PartitionMap<SinkPartition>;

inline kafka::TopicPartition Own(const PartitionRef& ref) {
  return {std::string(ref.topic), ref.partition};
}
// The topic is borrowed from `id`.
inline sluice_topic_partition ToAbi(const kafka::TopicPartition& id, int64_t offset) {
  return {abi::Str(id.topic), id.partition, 0, offset};
}

}  // namespace sluice::task

#endif  // SLUICE_RUNTIME_TASK_SINK_PARTITIONS_H_
