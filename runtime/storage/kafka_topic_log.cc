#include "runtime/storage/kafka_topic_log.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::storage {
namespace {

constexpr milliseconds kRetryPause{250};
constexpr milliseconds kLeaderPause{20};
constexpr milliseconds kIdlePoll{1000};
constexpr milliseconds kBusyPoll{2};   // acks and barriers are awaited too
constexpr milliseconds kSlowPoll{50};  // the same, when the broker takes its time
constexpr milliseconds kSlowAfter{500};
constexpr milliseconds kEndsWait{2000};  // one question for the ends: Stop waits for it
// One question about the topic. A request that a broker has lost, or whose leader has just moved,
// is worth asking again long before default.api.timeout.ms.
constexpr milliseconds kQuestionMax{5000};
constexpr size_t kPollMax = 1000;

TimePoint Now() { return std::chrono::steady_clock::now(); }
milliseconds Until(TimePoint deadline) {
  return std::max(milliseconds(1), std::chrono::ceil<milliseconds>(deadline - Now()));
}

milliseconds Question(TimePoint deadline) { return std::min(kQuestionMax, Until(deadline)); }

// Hands each message of the batch to the reader.
void Deliver(const kafka::ConsumedBatch& batch, const TopicLog::Reader& reader) {
  for (size_t i = 0; i < batch.size(); ++i) {
    const auto message = batch.message(i);
    LogRecord record;
    if (!record::IsNull(message.key)) record.key.emplace(message.key.data, message.key.size);
    if (!record::IsNull(message.value)) {
      record.value.emplace(message.value.data, message.value.size);
    }
    record.partition = message.partition;
    record.offset = message.offset;
    record.timestamp = message.timestamp;
    reader(record);
  }
}

}  // namespace

KafkaTopicLog::KafkaTopicLog(KafkaTopicLogOptions options) : options_(std::move(options)) {}

KafkaTopicLog::~KafkaTopicLog() { Stop(); }

Status KafkaTopicLog::Start(Reader reader, milliseconds timeout) {
  reader_ = std::move(reader);
  const TimePoint deadline = Now() + timeout;
  SLUICE_ASSIGN_OR_RETURN(consumer_,
                          kafka::NewConsumer(options_.consumer, nullptr, options_.registry));
  SLUICE_ASSIGN_OR_RETURN(producer_, kafka::NewProducer(options_.producer, options_.registry));
  SLUICE_ASSIGN_OR_RETURN(const int partitions, EnsureTopic(deadline));
  if (options_.one_partition && partitions != 1) {
    return ConfigError(StrCat(
        "Topic '", options_.topic.name, "' supplied via the '", options_.topic_key,
        "' property is required to have a single partition in order to guarantee consistency of ",
        options_.purpose, ", but found ", partitions, " partitions."));
  }
  for (int i = 0; i < partitions; ++i) partitions_.push_back({options_.topic.name, i});
  SLUICE_RETURN_IF_ERROR(ReadAll(deadline));
  MutexLock lock(mutex_);
  if (stopping_) return StoppedError();
  running_ = true;
  thread_ = std::thread([this] { Run(); });
  return OkStatus();
}

StatusOr<int> KafkaTopicLog::EnsureTopic(TimePoint deadline) {
  while (true) {
    StatusOr<std::optional<kafka::TopicInfo>> found =
        options_.admin->DescribeTopic(options_.topic.name, Question(deadline));
    if (found.ok() && *found) {
      SLUICE_RETURN_IF_ERROR(CheckCleanupPolicy(deadline));
      return (*found)->partitions;
    }
    if (found.ok() && options_.create) return CreateTopic(deadline);
    if (found.ok()) {
      return ConfigError(StrCat("Topic '", options_.topic.name, "' supplied via the '",
                                options_.topic_key, "' property does not exist"));
    }
    if (!IsRetriable(found.status()) || Now() + kRetryPause >= deadline) {
      return WrapConnect(found.status(),
                         StrCat("Could not look up topic '", options_.topic.name, "' (",
                                options_.topic_key, ") within the default API time-out"));
    }
    std::this_thread::sleep_for(kRetryPause);
  }
}

StatusOr<int> KafkaTopicLog::CreateTopic(TimePoint deadline) {
  kafka::NewTopic topic{
      options_.topic.name, options_.topic.partitions, options_.topic.replication_factor, {}};
  for (const auto& [key, value] : options_.topic.settings) topic.configs[key] = value;
  topic.configs["cleanup.policy"] = "compact";
  Status created;
  while (true) {
    created = options_.admin->CreateTopic(topic, Question(deadline));
    if (created.ok()) {
      LogInfo("storage", "Created topic ", topic.name, " for ", options_.purpose);
      break;
    }
    if (created.code() == absl::StatusCode::kAlreadyExists) break;  // another worker was faster
    if (created.code() == absl::StatusCode::kPermissionDenied ||
        created.code() == absl::StatusCode::kUnimplemented) {
      LogWarn("storage", "Topic ", topic.name,
              " is missing and may not be created by this worker (", Message(created),
              "); waiting for it");
      break;
    }
    if (!IsRetriable(created) || Now() + kRetryPause >= deadline) {
      return WrapConnect(created, StrCat("Error while attempting to create/find topic '",
                                         topic.name, "' (", options_.topic_key, ")"));
    }
    LogWarn("storage", "Creating topic ", topic.name, " again: ", Message(created));
    std::this_thread::sleep_for(kRetryPause);
  }
  while (true) {  // its metadata spreads
    StatusOr<std::optional<kafka::TopicInfo>> found =
        options_.admin->DescribeTopic(topic.name, Question(deadline));
    if (found.ok() && *found) {
      if (!created.ok()) SLUICE_RETURN_IF_ERROR(CheckCleanupPolicy(deadline));
      return (*found)->partitions;
    }
    if (Now() + milliseconds(20) >= deadline) {
      return ConnectError(
          StrCat("Could not look up partition metadata for topic '", topic.name,
                 "' in allotted period. This could indicate a connectivity issue, ",
                 "unavailable topic partitions, or if this is your first use of the ",
                 "topic it may have taken too long to create."));
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

Status KafkaTopicLog::CheckCleanupPolicy(TimePoint deadline) {
  const auto config = options_.admin->TopicConfig(options_.topic.name, Question(deadline));
  if (!config.ok()) {
    LogInfo("storage", "Cannot check the cleanup policy of topic ", options_.topic.name, ": ",
            Message(config.status()));
    return OkStatus();
  }
  const auto policy = config->find("cleanup.policy");
  if (policy == config->end() || policy->second == "compact") return OkStatus();
  return ConfigError(StrCat(
      "Topic '", options_.topic.name, "' supplied via the '", options_.topic_key,
      "' property is required to have 'cleanup.policy=compact' to guarantee consistency and "
      "durability of ",
      options_.purpose, ", but found the topic currently has 'cleanup.policy=", policy->second,
      "'. Continuing would likely result in eventually losing ", options_.purpose,
      " and problems restarting this Connect cluster in the future. Change the '",
      options_.topic_key,
      "' property in the Connect worker configurations to use a topic with "
      "'cleanup.policy=compact'."));
}

StatusOr<std::vector<kafka::PartitionOffset>> KafkaTopicLog::EndOffsets(TimePoint deadline) const {
  return options_.admin->EndOffsets(partitions_, std::min(kEndsWait, Until(deadline)));
}

Status KafkaTopicLog::ReadAll(TimePoint deadline) {
  // From 0, not from wherever the log begins: one question less, and all partitions are fetched
  // together from the first fetch on; one that begins later is found by the reset policy.
  std::vector<kafka::PartitionOffset> from;
  for (const kafka::TopicPartition& partition : partitions_) from.push_back({partition, 0});
  SLUICE_RETURN_IF_ERROR(consumer_->Assign(from));
  StatusOr<std::vector<kafka::PartitionOffset>> targets = EndOffsets(deadline);
  // The leaders of a topic that has just been made may not know it yet.
  while (!targets.ok() && IsRetriable(targets.status()) && Now() + kLeaderPause < deadline) {
    std::this_thread::sleep_for(kLeaderPause);
    targets = EndOffsets(deadline);
  }
  if (!targets.ok()) return targets.status();
  while (!Reached(*targets)) {
    if (Now() >= deadline) {
      return TimeoutError(
          StrCat("Topic '", options_.topic.name, "' could not be read to its end in time"));
    }
    StatusOr<std::unique_ptr<kafka::ConsumedBatch>> batch =
        consumer_->Poll(std::min(milliseconds(50), Until(deadline)), kPollMax);
    if (!batch.ok()) {
      if (!IsRetriable(batch.status())) return batch.status();
      continue;
    }
    Deliver(**batch, reader_);
  }
  return OkStatus();
}

bool KafkaTopicLog::Reached(const std::vector<kafka::PartitionOffset>& targets) const {
  const auto positions = consumer_->Positions(partitions_);
  for (const kafka::PartitionOffset& target : targets) {
    if (target.offset <= 0) continue;  // nothing was ever written
    const auto found = std::find_if(positions.begin(), positions.end(), [&](const auto& position) {
      return position.partition == target.partition;
    });
    if (found == positions.end() || found->offset < target.offset) return false;
  }
  return true;
}

void KafkaTopicLog::Barrier(milliseconds timeout, Done done) {
  Status refused;
  {
    MutexLock lock(mutex_);
    if (stopping_) {
      refused = StoppedError();
    } else if (new_waits_.size() >= kWaitingMax) {
      refused = TimeoutError(StrCat("Too many readers of topic '", options_.topic.name,
                                    "' are waiting: is the broker there?"));
    } else {
      new_waits_.push_back({Now() + timeout, std::move(done), {}});
    }
  }
  if (!refused.ok()) return done(refused);
  consumer_->WakeUp();
}

void KafkaTopicLog::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  if (consumer_ != nullptr) consumer_->WakeUp();
  if (thread_.joinable()) thread_.join();
}

void KafkaTopicLog::Run() {
  LogContext context(options_.topic.name);
  while (true) {
    {
      MutexLock lock(mutex_);
      if (stopping_) break;
    }
    TakeQueued();
    SendWrites();
    AskEnds();
    ServeBarriers();
    if (to_send_.empty() && sent_.empty() && waits_.empty() && unasked_.empty()) {
      busy_since_ = {};
      PollOnce(kIdlePoll);
    } else {
      if (busy_since_ == TimePoint{}) busy_since_ = Now();
      PollOnce(Now() - busy_since_ < kSlowAfter ? kBusyPoll : kSlowPoll);
    }
    producer_->ServeAcks(milliseconds(0), *this);
    ExpireWrites();
  }
  FailAll();
  consumer_->Close(milliseconds(1000));
}

void KafkaTopicLog::AskEnds() {
  if (unasked_.empty()) return;
  // One look at the ends serves all that asked before it.
  const auto ends = EndOffsets(Now() + kEndsWait);
  std::deque<Wait> asked;
  asked.swap(unasked_);  // a callback may ask for another
  for (Wait& wait : asked) {
    if (ends.ok()) {
      wait.targets = *ends;
      waits_.push_back(std::move(wait));
    } else if (!IsRetriable(ends.status()) || Now() >= wait.deadline) {
      wait.done(ends.status());
    } else {
      unasked_.push_back(std::move(wait));
    }
  }
}

void KafkaTopicLog::PollOnce(milliseconds timeout) {
  StatusOr<std::unique_ptr<kafka::ConsumedBatch>> batch = consumer_->Poll(timeout, kPollMax);
  if (!batch.ok()) {
    LogWarn("storage", "Reading topic ", options_.topic.name, ": ", Describe(batch.status()));
    producer_->ServeAcks(kBusyPoll, *this);  // an error that stays must not eat a core
    return;
  }
  Deliver(**batch, reader_);
}

void KafkaTopicLog::ServeBarriers() {
  std::deque<Wait> waiting;
  waiting.swap(waits_);  // a callback may ask for another
  for (Wait& wait : waiting) {
    if (Reached(wait.targets)) {
      wait.done(OkStatus());
    } else if (Now() >= wait.deadline) {
      wait.done(TimeoutError(
          StrCat("Topic '", options_.topic.name, "' could not be read to its end in time")));
    } else {
      waits_.push_back(std::move(wait));
    }
  }
}

void KafkaTopicLog::FailAll() {
  // Give what was just appended a chance to reach the broker, as statuses of a clean stop have been
  // flushed before.
  producer_->Purge();
  producer_->ServeAcks(milliseconds(100), *this);
  std::vector<Write> writes;
  std::vector<Wait> waits;
  {
    MutexLock lock(mutex_);
    writes.swap(new_writes_);
    waits.swap(new_waits_);
  }
  for (Write& write : to_send_) writes.push_back(std::move(write));
  to_send_.clear();
  for (auto& [tag, write] : sent_) {
    if (write.done) writes.push_back({"", std::nullopt, write.deadline, std::move(write.done)});
  }
  for (Wait& wait : waits_) waits.push_back(std::move(wait));
  for (Wait& wait : unasked_) waits.push_back(std::move(wait));
  waits_.clear();
  unasked_.clear();
  for (Write& write : writes) write.done(StoppedError());
  for (Wait& wait : waits) wait.done(StoppedError());
}

}  // namespace sluice::storage
