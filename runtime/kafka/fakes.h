// A producer and an admin that need no broker, for tests. One thread. A test says what goes wrong:
// sends and acks that fail, acks that come only when asked for, a full queue, topics that exist or
// cannot be made.
#ifndef SLUICE_RUNTIME_KAFKA_FAKES_H_
#define SLUICE_RUNTIME_KAFKA_FAKES_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/kafka/admin.h"
#include "runtime/kafka/producer.h"

namespace sluice::kafka {

// What a producer was given, copied when it was sent. A null is nothing.
struct SentRecord {
  std::string topic;
  int32_t partition = -1;
  int64_t timestamp = INT64_MIN;
  std::optional<std::string> key, value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  uint64_t tag = 0;

  // The first header of that name, or nothing; a null value is nothing too.
  std::optional<std::string> Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
};

class FakeProducer : public Producer {
 public:
  // Every record that was taken, in order; also those whose ack failed.
  std::vector<SentRecord> sent;
  // How many records may be in flight before Send answers kQueueFull.
  size_t queue_size = std::numeric_limits<size_t>::max();
  // With false, ServeAcks delivers only what AckNext or AckAll released.
  bool auto_ack = true;
  // If set, asked at each Send; an error makes Send fail.
  std::function<Status(const SentRecord&)> on_send;
  // If set, asked when a record is acknowledged; an error is the ack's status.
  std::function<Status(const SentRecord&)> on_ack;

  void AckNext(size_t count = 1) { released_ += count; }
  void AckAll() { released_ = in_flight_.size(); }

  StatusOr<Sent> Send(const OutRecord& record) override {
    if (in_flight_.size() >= queue_size) return Sent::kQueueFull;
    SentRecord copy = Copy(record);
    if (on_send) SLUICE_RETURN_IF_ERROR(on_send(copy));
    in_flight_.push_back(sent.size());
    sent.push_back(std::move(copy));
    return Sent::kSent;
  }
  // Never waits.
  size_t ServeAcks(milliseconds, AckListener& listener) override {
    size_t count = auto_ack ? in_flight_.size() : std::min(released_, in_flight_.size());
    released_ -= std::min(released_, count);
    for (size_t i = 0; i < count; ++i) {
      const SentRecord record = sent[in_flight_.front()];
      in_flight_.pop_front();
      Status status = purged_ ? ConnectError("purged") : on_ack ? on_ack(record) : OkStatus();
      const int32_t partition = std::max(record.partition, 0);
      const int64_t offset = status.ok() ? next_offset_[{record.topic, partition}]++ : -1;
      listener.OnAck(
          {record.tag, std::move(status), record.topic, partition, offset, record.timestamp});
    }
    return count;
  }
  size_t in_flight() const override { return in_flight_.size(); }
  void Purge() override {
    purged_ = true;
    AckAll();
  }

 private:
  static std::optional<std::string> Text(Bytes bytes) {
    if (record::IsNull(bytes)) return std::nullopt;
    return std::string(bytes.data, bytes.size);
  }
  static SentRecord Copy(const OutRecord& record) {
    SentRecord copy;
    copy.topic = std::string(record.topic);
    copy.partition = record.partition;
    copy.timestamp = record.timestamp;
    copy.key = Text(record.key);
    copy.value = Text(record.value);
    for (size_t i = 0; i < record.header_count; ++i) {
      copy.headers.emplace_back(std::string(record.headers[i].key), Text(record.headers[i].value));
    }
    copy.tag = record.tag;
    return copy;
  }

  std::deque<size_t> in_flight_;  // indexes of `sent`
  size_t released_ = 0;
  bool purged_ = false;
  std::map<std::pair<std::string, int32_t>, int64_t> next_offset_;
};

// Hands a producer that the test keeps to someone who wants to own one.
class BorrowedProducer : public Producer {
 public:
  explicit BorrowedProducer(Producer& producer) : producer_(producer) {}
  StatusOr<Sent> Send(const OutRecord& record) override { return producer_.Send(record); }
  size_t ServeAcks(milliseconds timeout, AckListener& listener) override {
    return producer_.ServeAcks(timeout, listener);
  }
  size_t in_flight() const override { return producer_.in_flight(); }
  void Purge() override { producer_.Purge(); }

 private:
  Producer& producer_;
};

class FakeAdmin : public Admin {
 public:
  std::string cluster_id = "fake-cluster";
  std::map<std::string, NewTopic, std::less<>> topics;  // those that exist
  std::vector<NewTopic> created;
  Status describe_error, create_error;  // if not OK, what the calls answer

  StatusOr<std::string> ClusterId(milliseconds) override { return cluster_id; }
  StatusOr<std::optional<TopicInfo>> DescribeTopic(std::string_view topic, milliseconds) override {
    SLUICE_RETURN_IF_ERROR(describe_error);
    auto found = topics.find(topic);
    if (found == topics.end()) return std::optional<TopicInfo>();
    return std::optional<TopicInfo>(TopicInfo{found->first, std::max(found->second.partitions, 1)});
  }
  Status CreateTopic(const NewTopic& topic, milliseconds) override {
    SLUICE_RETURN_IF_ERROR(create_error);
    if (!topics.emplace(topic.name, topic).second) return AlreadyExistsError(topic.name);
    created.push_back(topic);
    return OkStatus();
  }
  StatusOr<std::map<std::string, std::string>> TopicConfig(std::string_view topic,
                                                           milliseconds) override {
    auto found = topics.find(topic);
    if (found == topics.end()) return NotFoundError(topic);
    return found->second.configs;
  }
  StatusOr<std::vector<PartitionOffset>> EndOffsets(const std::vector<TopicPartition>&,
                                                    milliseconds) override {
    return std::vector<PartitionOffset>();
  }

  // Consumer groups: their offsets, and whether somebody is in them.
  struct Group {
    std::map<std::pair<std::string, int32_t>, int64_t> offsets;
    bool in_use = false;
  };
  std::map<std::string, Group, std::less<>> groups;
  Status group_error;  // if not OK, what the calls on groups answer

  StatusOr<std::vector<PartitionOffset>> GroupOffsets(std::string_view group,
                                                      milliseconds) override {
    SLUICE_RETURN_IF_ERROR(group_error);
    std::vector<PartitionOffset> found;
    if (const auto it = groups.find(group); it != groups.end()) {
      for (const auto& [partition, offset] : it->second.offsets) {
        found.push_back({{partition.first, partition.second}, offset});
      }
    }
    return found;
  }
  Status AlterGroupOffsets(std::string_view group, const std::vector<PartitionOffset>& offsets,
                           milliseconds) override {
    SLUICE_RETURN_IF_ERROR(CheckGroup(group));
    for (const PartitionOffset& one : offsets) {
      groups[std::string(group)].offsets[{one.partition.topic, one.partition.partition}] =
          one.offset;
    }
    return OkStatus();
  }
  Status DeleteGroupOffsets(std::string_view group, const std::vector<TopicPartition>& partitions,
                            milliseconds) override {
    SLUICE_RETURN_IF_ERROR(CheckGroup(group));
    for (const TopicPartition& one : partitions) {
      groups[std::string(group)].offsets.erase({one.topic, one.partition});
    }
    return OkStatus();
  }
  Status DeleteGroup(std::string_view group, milliseconds) override {
    SLUICE_RETURN_IF_ERROR(CheckGroup(group));
    const auto it = groups.find(group);
    if (it == groups.end()) return NotFoundError("The group id does not exist.");
    groups.erase(it);
    return OkStatus();
  }

 private:
  Status CheckGroup(std::string_view group) const {
    SLUICE_RETURN_IF_ERROR(group_error);
    const auto it = groups.find(group);
    if (it == groups.end() || !it->second.in_use) return OkStatus();
    return ExceptionError(absl::StatusCode::kFailedPrecondition,
                          "org.apache.kafka.common.errors.UnknownMemberIdException",
                          "The coordinator is not aware of this member.");
  }
};

}  // namespace sluice::kafka

#endif  // SLUICE_RUNTIME_KAFKA_FAKES_H_
