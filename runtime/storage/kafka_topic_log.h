// The topic log on Kafka. One thread owns the consumer and the producer: it sends what was
// appended, polls, hands on records and acks, and answers barriers. See topic_log.h for the
// contract.
#ifndef SLUICE_RUNTIME_STORAGE_KAFKA_TOPIC_LOG_H_
#define SLUICE_RUNTIME_STORAGE_KAFKA_TOPIC_LOG_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "runtime/base/mutex.h"
#include "runtime/config/client_config.h"
#include "runtime/config/worker_config.h"
#include "runtime/kafka/admin.h"
#include "runtime/kafka/consumer.h"
#include "runtime/kafka/producer.h"
#include "runtime/metrics/registry.h"
#include "runtime/storage/topic_log.h"

namespace sluice::storage {

struct KafkaTopicLogOptions {
  config::StorageTopic topic;
  std::string purpose;         // for messages: "connector configurations"
  std::string topic_key;       // for messages: "config.storage.topic"
  bool one_partition = false;  // the topic must have just one
  std::shared_ptr<kafka::Admin> admin;
  config::ClientProperties consumer;
  config::ClientProperties producer;
  metrics::Registry* registry = nullptr;  // of the clients' metrics; may be null
  bool create = true;                     // the topic, if it is missing
  // When the time of a write is over, all that the topic has not taken is taken back, too, so that
  // no old write comes through when the broker is back.
  bool take_back_late_writes = false;
};

class KafkaTopicLog : public TopicLog, private kafka::AckListener {
 public:
  explicit KafkaTopicLog(KafkaTopicLogOptions options);
  ~KafkaTopicLog() override;

  Status Start(Reader reader, milliseconds timeout) override;
  void Append(std::string key, std::optional<std::string> value, milliseconds timeout,
              Done done) override;
  void TakeBack() override;
  void Barrier(milliseconds timeout, Done done) override;
  void Stop() override;

 private:
  struct Write {
    std::string key;
    std::optional<std::string> value;
    TimePoint deadline;
    Done done;
  };
  struct Wait {  // a barrier: done when every partition has been read up to its target
    TimePoint deadline;
    Done done;
    std::vector<kafka::PartitionOffset> targets;  // once the ends are known
  };
  static constexpr size_t kWaitingMax = 100'000;

  // Start's steps.
  StatusOr<int> EnsureTopic(TimePoint deadline);
  StatusOr<int> CreateTopic(TimePoint deadline);
  Status CheckCleanupPolicy(TimePoint deadline);
  Status ReadAll(TimePoint deadline);

  void Run();
  void TakeQueued();
  void AskEnds();
  void SendWrites();
  void PollOnce(milliseconds timeout);
  void ServeBarriers();
  void ExpireWrites();
  void TakeBackWrites(const std::string& why);
  bool Reached(const std::vector<kafka::PartitionOffset>& targets) const;
  StatusOr<std::vector<kafka::PartitionOffset>> EndOffsets(TimePoint deadline) const;
  void FailAll();
  void OnAck(const kafka::Ack& ack) override;

  const KafkaTopicLogOptions options_;
  Reader reader_;  // fixed by Start
  std::vector<kafka::TopicPartition> partitions_;
  std::unique_ptr<kafka::Consumer> consumer_;  // only WakeUp from other threads
  std::thread thread_;

  // The log's thread only.
  std::deque<Write> to_send_;
  std::unordered_map<uint64_t, Write>
      sent_;  // by tag; a write stays until its ack, which may come late
  std::unique_ptr<kafka::Producer> producer_;  // goes before sent_, whose values it sends from
  uint64_t next_tag_ = 1;
  std::deque<Wait> unasked_;  // their targets are not known yet
  std::deque<Wait> waits_;
  TimePoint busy_since_{};  // the epoch: idle
  // Why writes are being taken back; empty: they are not.
  std::string taking_back_;

  Mutex mutex_;
  std::vector<Write> new_writes_ ABSL_GUARDED_BY(mutex_);
  std::vector<Wait> new_waits_ ABSL_GUARDED_BY(mutex_);
  bool take_back_ ABSL_GUARDED_BY(mutex_) = false;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::storage

#endif  // SLUICE_RUNTIME_STORAGE_KAFKA_TOPIC_LOG_H_
