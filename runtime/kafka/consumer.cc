#include "runtime/kafka/consumer.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <optional>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/kafka/consumed_batch.h"
#include "runtime/kafka/consumer_commits.h"
#include "runtime/kafka/consumer_errors.h"
#include "runtime/kafka/consumer_settings.h"
#include "runtime/kafka/handle.h"
#include "runtime/kafka/kafka_error.h"
#include "runtime/kafka/partitions.h"
#include "runtime/kafka/pattern_subscription.h"
#include "runtime/kafka/queue.h"

namespace sluice::kafka {
namespace {
constexpr int kCommittedWaitMs = 3000;            // one question for committed offsets
constexpr milliseconds kCommittedTimeout{60000};  // all of them, for one assignment
constexpr milliseconds kPendingWait{100};         // between two of them
constexpr int kSeekWaitMs = 5000, kCloseStepMs = 20;
constexpr milliseconds kAnswersWait{2000}, kJoinWait{500};

TimePoint Now() { return std::chrono::steady_clock::now(); }

class RdkafkaConsumer : public Consumer {
 public:
  RdkafkaConsumer(std::shared_ptr<Handle> handle, const config::ClientProperties& properties,
                  RebalanceListener* listener);
  ~RdkafkaConsumer() override {
    listener_ = nullptr;
    commits_.CallNobody();
    Close(milliseconds(0));
    handle_->set_owner(nullptr);
  }

  Status Subscribe(const std::vector<std::string>& topics) override;
  Status SubscribePattern(std::string_view java_regex) override;
  Status Assign(const std::vector<PartitionOffset>& partitions) override;
  StatusOr<std::unique_ptr<ConsumedBatch>> Poll(milliseconds timeout, size_t max) override;
  std::vector<TopicPartition> Assignment() const override { return assignment_; }
  Status Pause(const std::vector<TopicPartition>& partitions) override;
  Status Resume(const std::vector<TopicPartition>& partitions) override;
  Status Seek(const std::vector<PartitionOffset>& offsets) override;
  Status CommitAsync(const std::vector<PartitionOffset>& offsets,
                     CommitListener& listener) override {
    return commits_.Begin(offsets, listener);
  }
  Status CommitSync(const std::vector<PartitionOffset>& offsets, milliseconds timeout) override {
    return commits_.Sync(offsets, timeout, [this] { return MayCommit(); });
  }
  std::vector<PartitionOffset> Positions(
      const std::vector<TopicPartition>& partitions) const override;
  StatusOr<std::pair<int64_t, int64_t>> Watermarks(const TopicPartition& partition,
                                                   milliseconds timeout) override;
  int64_t EndOffset(const TopicPartition& partition) const override {
    return KnownEndOffset(client(), partition);
  }
  void WakeUp() override;
  void Close(milliseconds timeout) override;

  static void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t* partitions, void* opaque);
  static void OnError(rd_kafka_t*, int code, const char* text, void* opaque);

 private:
  // What librdkafka's callbacks told; dealt with between two fetches, so that no batch holds
  // messages from before and after.
  struct Rebalance {
    bool assign;
    std::vector<TopicPartition> partitions;
    TimePoint since;
  };
  rd_kafka_t* client() const { return handle_->get(); }
  bool cooperative() const {
    const char* protocol = rd_kafka_rebalance_protocol(client());
    return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
  }
  // False: committed offsets could not be had yet, ask again soon.
  StatusOr<bool> ServeRebalances();
  StatusOr<bool> ServeAssigned(const Rebalance& rebalance);
  Status ServeRevoked(const Rebalance& rebalance);
  StatusOr<std::optional<std::vector<PartitionOffset>>> Committed(const Rebalance& rebalance);
  using ListCall = rd_kafka_resp_err_t (*)(rd_kafka_t*, rd_kafka_topic_partition_list_t*);
  Status OnEach(const std::vector<TopicPartition>& partitions, ListCall call, const char* what) {
    const PartitionList list = ToList(partitions);
    SLUICE_RETURN_IF_ERROR(KafkaError(call(client(), list.get())));
    return FirstError(list.get(), what);
  }
  bool MayCommit() const { return listener_ == nullptr || listener_->MayCommit(); }
  void ServeClosing(rd_kafka_queue_t* closing, int wait_ms);
  Status ServePattern();
  // Messages without errors; an error is kept for the next call of Poll.
  std::vector<rd_kafka_message_t*> Fetch(int wait_ms, size_t max);

  const std::shared_ptr<Handle> handle_;
  const Queue queue_;
  RebalanceListener* listener_;  // null in the destructor
  const ConsumerSettings settings_;
  ConsumerCommits commits_;  // the caller's thread

  std::atomic<bool> woken_{false};

  // The caller's thread.
  std::optional<PatternSubscription> pattern_;
  std::vector<TopicPartition> assignment_;
  std::deque<Rebalance> rebalances_;
  Status error_;
  std::vector<rd_kafka_message_t*> buffer_;
  bool subscribed_ = false;
  bool closed_ = false;
};

RdkafkaConsumer::RdkafkaConsumer(std::shared_ptr<Handle> handle,
                                 const config::ClientProperties& properties,
                                 RebalanceListener* listener)
    : handle_(std::move(handle)),
      queue_((rd_kafka_poll_set_consumer(handle_->get()),
              rd_kafka_queue_get_consumer(handle_->get()))),
      listener_(listener),
      settings_(ReadConsumerSettings(properties)),
      commits_(handle_->get(), queue_.get()) {
  handle_->set_owner(this);
}

Status RdkafkaConsumer::Subscribe(const std::vector<std::string>& topics) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const std::string& topic : topics) {
    // librdkafka would take it for a pattern.
    if (topic.empty() || topic[0] == '^') {
      return ExceptionError(absl::StatusCode::kInvalidArgument,
                            "org.apache.kafka.common.errors.InvalidTopicException",
                            StrCat("Invalid topics: [", topic, "]"));
    }
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  subscribed_ = true;
  return KafkaError(topics.empty() ? rd_kafka_unsubscribe(client())
                                   : rd_kafka_subscribe(client(), list.get()));
}

Status RdkafkaConsumer::SubscribePattern(std::string_view java_regex) {
  SLUICE_ASSIGN_OR_RETURN(pattern_,
                          PatternSubscription::Make(java_regex, settings_.metadata_interval,
                                                    settings_.exclude_internal));
  subscribed_ = true;
  return OkStatus();
}

Status RdkafkaConsumer::Assign(const std::vector<PartitionOffset>& partitions) {
  const PartitionList list = ToList(partitions, settings_.reset_offset);
  SLUICE_RETURN_IF_ERROR(KafkaError(rd_kafka_assign(client(), list.get())));
  assignment_ = Partitions(list.get());
  return OkStatus();
}

StatusOr<std::unique_ptr<ConsumedBatch>> RdkafkaConsumer::Poll(milliseconds timeout, size_t max) {
  const TimePoint deadline = Now() + timeout;
  max = std::clamp<size_t>(max, 1, settings_.max_poll_records);
  for (;;) {
    if (pattern_) SLUICE_RETURN_IF_ERROR(ServePattern());
    SLUICE_ASSIGN_OR_RETURN(const bool settled, ServeRebalances());
    commits_.Serve();
    if (!error_.ok()) [[unlikely]]
      return std::exchange(error_, OkStatus());
    const int left_ms = MillisUntil(deadline);
    const bool last = woken_.exchange(false) || left_ms == 0;
    int wait_ms = last ? 0 : left_ms;
    if (!settled) wait_ms = std::min<int>(wait_ms, kPendingWait.count());
    if (pattern_) wait_ms = std::min(wait_ms, 1000);
    std::vector<rd_kafka_message_t*> messages = Fetch(wait_ms, max);
    if (!messages.empty() || last) {
      handle_->CountRecords(messages.size());
      return std::make_unique<RdkafkaBatch>(handle_, std::move(messages));
    }
  }
}

std::vector<rd_kafka_message_t*> RdkafkaConsumer::Fetch(int wait_ms, size_t max) {
  // librdkafka waits until the array is full: so wait for one, and take what else is there.
  buffer_.resize(max);
  ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), 0, buffer_.data(), max);
  if (count <= 0 && wait_ms > 0) {
    count = rd_kafka_consume_batch_queue(queue_.get(), wait_ms, buffer_.data(), 1);
    if (count == 1 && max > 1) {
      const ssize_t more =
          rd_kafka_consume_batch_queue(queue_.get(), 0, buffer_.data() + 1, max - 1);
      if (more > 0) count += more;
    }
  }
  if (count < 0) {
    if (error_.ok()) error_ = KafkaError(rd_kafka_last_error());
    count = 0;
  }
  std::vector<rd_kafka_message_t*> messages;
  messages.reserve(static_cast<size_t>(count));
  for (ssize_t i = 0; i < count; ++i) {
    rd_kafka_message_t* message = buffer_[static_cast<size_t>(i)];
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) [[likely]] {
      messages.push_back(message);
      continue;
    }
    if (error_.ok()) error_ = MessageError(*message);
    rd_kafka_message_destroy(message);
  }
  return messages;
}

void RdkafkaConsumer::OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto* self = static_cast<RdkafkaConsumer*>(Handle::FromOpaque(opaque)->owner());
  if (self == nullptr) return;
  self->rebalances_.push_back(
      {code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, Partitions(partitions), Now()});
  rd_kafka_queue_yield(self->queue_.get());
}

void RdkafkaConsumer::OnError(rd_kafka_t*, int code, const char* text, void* opaque) {
  auto* self = static_cast<RdkafkaConsumer*>(Handle::FromOpaque(opaque)->owner());
  if (self == nullptr || !self->error_.ok()) return;
  const bool fatal = code == RD_KAFKA_RESP_ERR__FATAL;
  if (!fatal && !IsRefusal(code, text)) return;
  self->error_ = fatal ? self->handle_->FatalError() : KafkaError(code, text);
  rd_kafka_queue_yield(self->queue_.get());
}

StatusOr<bool> RdkafkaConsumer::ServeRebalances() {
  while (!rebalances_.empty()) {
    const Rebalance rebalance = rebalances_.front();
    if (rebalance.assign) {
      SLUICE_ASSIGN_OR_RETURN(const bool done, ServeAssigned(rebalance));
      if (!done) return false;
    } else {
      SLUICE_RETURN_IF_ERROR(ServeRevoked(rebalance));
    }
    rebalances_.pop_front();
  }
  return true;
}

StatusOr<std::optional<std::vector<PartitionOffset>>> RdkafkaConsumer::Committed(
    const Rebalance& rebalance) {
  if (rebalance.partitions.empty()) return std::vector<PartitionOffset>();
  const PartitionList list = ToList(rebalance.partitions);
  Status status = KafkaError(rd_kafka_committed(client(), list.get(), kCommittedWaitMs));
  if (status.ok()) status = FirstError(list.get(), "fetch the committed offset");
  if (status.ok()) return Offsets(list.get());
  if (!IsRetriable(status)) return status;
  if (Now() - rebalance.since > kCommittedTimeout) {
    return TimeoutError(
        StrCat("Timeout of ", kCommittedTimeout.count(),
               "ms expired before the committed offsets could be fetched: ", Message(status)));
  }
  LogWarn("kafka", "Could not fetch committed offsets, trying again: ", Message(status));
  return std::nullopt;
}

StatusOr<bool> RdkafkaConsumer::ServeAssigned(const Rebalance& rebalance) {
  SLUICE_ASSIGN_OR_RETURN(std::optional<std::vector<PartitionOffset>> offsets,
                          Committed(rebalance));
  if (!offsets) return false;
  // librdkafka keeps a partition's pause over its revocation; a new assignment begins without one.
  rd_kafka_resume_partitions(client(), ToList(*offsets, settings_.reset_offset).get());
  if (listener_ != nullptr) listener_->OnAssigned(*offsets);
  const PartitionList list = ToList(*offsets, settings_.reset_offset);
  if (cooperative()) {
    SLUICE_RETURN_IF_ERROR(TakeError(rd_kafka_incremental_assign(client(), list.get())));
    for (const PartitionOffset& offset : *offsets) assignment_.push_back(offset.partition);
  } else {
    SLUICE_RETURN_IF_ERROR(KafkaError(rd_kafka_assign(client(), list.get())));
    assignment_ = rebalance.partitions;
  }
  return true;
}

Status RdkafkaConsumer::ServeRevoked(const Rebalance& rebalance) {
  const bool lost = rd_kafka_assignment_lost(client()) != 0;
  if (listener_ != nullptr) listener_->OnRevoked(rebalance.partitions, lost);
  if (cooperative()) {
    const PartitionList list = ToList(rebalance.partitions);
    std::erase_if(assignment_, [&](const TopicPartition& partition) {
      return std::find(rebalance.partitions.begin(), rebalance.partitions.end(), partition) !=
             rebalance.partitions.end();
    });
    return TakeError(rd_kafka_incremental_unassign(client(), list.get()));
  }
  assignment_.clear();
  return KafkaError(rd_kafka_assign(client(), nullptr));
}

Status RdkafkaConsumer::ServePattern() {
  if (!pattern_->due(Now())) return OkStatus();
  SLUICE_ASSIGN_OR_RETURN(const std::optional<std::vector<std::string>> topics,
                          pattern_->Refresh(client(), Now()));
  return topics ? Subscribe(*topics) : OkStatus();
}

Status RdkafkaConsumer::Pause(const std::vector<TopicPartition>& partitions) {
  return OnEach(partitions, rd_kafka_pause_partitions, "pause");
}

Status RdkafkaConsumer::Resume(const std::vector<TopicPartition>& partitions) {
  return OnEach(partitions, rd_kafka_resume_partitions, "resume");
}

Status RdkafkaConsumer::Seek(const std::vector<PartitionOffset>& offsets) {
  if (offsets.empty()) return OkStatus();
  const PartitionList list = ToList(offsets, settings_.reset_offset);
  SLUICE_RETURN_IF_ERROR(TakeError(rd_kafka_seek_partitions(client(), list.get(), kSeekWaitMs)));
  return FirstError(list.get(), "seek");
}

std::vector<PartitionOffset> RdkafkaConsumer::Positions(
    const std::vector<TopicPartition>& partitions) const {
  const PartitionList list = ToList(partitions);
  rd_kafka_position(client(), list.get());
  return Offsets(list.get());
}

StatusOr<std::pair<int64_t, int64_t>> RdkafkaConsumer::Watermarks(const TopicPartition& partition,
                                                                  milliseconds timeout) {
  return QueryWatermarks(client(), partition, MillisUntil(Now() + timeout));
}

void RdkafkaConsumer::WakeUp() {
  woken_.store(true);
  rd_kafka_queue_yield(queue_.get());
}

void RdkafkaConsumer::Close(milliseconds timeout) {
  if (std::exchange(closed_, true)) return;
  handle_->SkipClose();
  pattern_.reset();
  if (!subscribed_) return;
  // A rebalance that nobody answers keeps librdkafka's destructor for ever, whatever its flags: so
  // always close, and give the answers a while. Without partitions there is nothing to give back.
  const TimePoint deadline =
      Now() + (assignment_.empty() ? kJoinWait : std::max(timeout, kAnswersWait));
  const Queue closing(rd_kafka_queue_new(client()));
  if (!TakeError(rd_kafka_consumer_close_queue(client(), closing.get())).ok()) {
    rd_kafka_assign(client(), nullptr);  // broken for good: no group to leave
    return;
  }
  while (rd_kafka_consumer_closed(client()) == 0) {
    const int left_ms = MillisUntil(deadline);
    ServeClosing(closing.get(), std::min(left_ms, kCloseStepMs));
    commits_.Serve();
    const bool answered = assignment_.empty() && rebalances_.empty();
    if (left_ms == 0 || (answered && !MayCommit())) {
      LogInfo("kafka", "Closing ", rd_kafka_name(client()), ": did not wait to leave the group");
      handle_->EndAside();
      break;
    }
  }
}

void RdkafkaConsumer::ServeClosing(rd_kafka_queue_t* closing, int wait_ms) {
  rd_kafka_message_t* message = nullptr;
  if (rd_kafka_consume_batch_queue(closing, wait_ms, &message, 1) == 1) {
    rd_kafka_message_destroy(message);
  }
  for (; !rebalances_.empty(); rebalances_.pop_front()) {
    if (rebalances_.front().assign) {  // too late
      rd_kafka_assign(client(), nullptr);
    } else if (const Status status = ServeRevoked(rebalances_.front()); !status.ok()) {
      LogWarn("kafka", "Closing ", rd_kafka_name(client()), ": ", Message(status));
    }
  }
}

}  // namespace

StatusOr<std::unique_ptr<Consumer>> NewConsumer(const config::ClientProperties& properties,
                                                RebalanceListener* listener,
                                                metrics::Registry* registry) {
  SLUICE_ASSIGN_OR_RETURN(
      std::shared_ptr<Handle> handle,
      Handle::Make(properties, Handle::Kind::kConsumer, registry, [&](rd_kafka_conf_t* conf) {
        if (properties.rdkafka.count("group.id") == 0) {
          // Assigned by hand: librdkafka wants a name all the same, and never joins it.
          rd_kafka_conf_set(conf, "group.id", properties.client_id.c_str(), nullptr, 0);
        }
        rd_kafka_conf_set_rebalance_cb(conf, RdkafkaConsumer::OnRebalance);
        rd_kafka_conf_set_error_cb(conf, RdkafkaConsumer::OnError);
      }));
  return std::make_unique<RdkafkaConsumer>(std::move(handle), properties, listener);
}

}  // namespace sluice::kafka
