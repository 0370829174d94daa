// What the topic log writes: sent in the order of the calls, acknowledged, given up in time or
// taken back.
#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/storage/kafka_topic_log.h"

namespace sluice::storage {
namespace {

constexpr milliseconds kAckPoll{2};
constexpr char kOutOfGroup[] = "this worker is out of its group";
constexpr milliseconds kTakeBackMax{1000};  // until the producer has dropped its records

TimePoint Now() { return std::chrono::steady_clock::now(); }

Status NotWritten(std::string_view why) {
  return TimeoutError(StrCat("The record was not written: ", why));
}
Status TakenBackLate(const std::string& why) {
  return OutcomeUnknownError(StrCat("Whether the record was written is unknown: ", why));
}

}  // namespace

void KafkaTopicLog::Append(std::string key, std::optional<std::string> value, milliseconds timeout,
                           Done done) {
  Status refused;
  {
    MutexLock lock(mutex_);
    if (stopping_) {
      refused = StoppedError();
    } else if (new_writes_.size() >= kWaitingMax) {
      refused = TimeoutError(StrCat("Too many writes to topic '", options_.topic.name,
                                    "' are waiting: is the broker there?"));
    } else {
      new_writes_.push_back({std::move(key), std::move(value), Now() + timeout, std::move(done)});
    }
  }
  if (!refused.ok()) return done(refused);
  consumer_->WakeUp();
}

// What is appended afterwards is none of it.
void KafkaTopicLog::TakeBack() {
  std::vector<Write> unsent;
  {
    MutexLock lock(mutex_);
    if (!running_) return;
    unsent.swap(new_writes_);
    take_back_ = true;
  }
  for (const Write& write : unsent) write.done(NotWritten(kOutOfGroup));
  consumer_->WakeUp();
}

void KafkaTopicLog::TakeQueued() {
  std::vector<Write> writes;
  bool take_back = false;
  {
    MutexLock lock(mutex_);
    writes.swap(new_writes_);
    for (Wait& wait : new_waits_) unasked_.push_back(std::move(wait));
    new_waits_.clear();
    take_back = std::exchange(take_back_, false);
  }
  if (take_back) TakeBackWrites(kOutOfGroup);
  for (Write& write : writes) to_send_.push_back(std::move(write));
}

void KafkaTopicLog::SendWrites() {
  while (!to_send_.empty()) {
    Write& write = to_send_.front();
    // The value's bytes must stay where they are until the ack: the node of the map does.
    const auto [place, inserted] = sent_.emplace(next_tag_, std::move(write));
    to_send_.pop_front();
    kafka::OutRecord record;
    record.topic = options_.topic.name;
    record.tag = next_tag_;
    if (place->second.value) {
      record.value = {place->second.value->data(), place->second.value->size()};
    }
    record.key = {place->second.key.data(), place->second.key.size()};
    const StatusOr<kafka::Producer::Sent> sent = producer_->Send(record);
    if (sent.ok() && *sent == kafka::Producer::Sent::kSent) {
      ++next_tag_;
      continue;
    }
    Write back = std::move(place->second);
    sent_.erase(place);
    if (sent.ok()) {  // the queue is full
      to_send_.push_front(std::move(back));
      return;
    }
    if (back.done) back.done(sent.status());
  }
}

void KafkaTopicLog::ExpireWrites() {
  const TimePoint now = Now();
  while (!to_send_.empty() && now >= to_send_.front().deadline) {  // the producer's queue is full
    const Done done = std::move(to_send_.front().done);
    to_send_.pop_front();
    if (done) done(TimeoutError(StrCat("Topic '", options_.topic.name, "' takes no records")));
  }
  const auto late = [now](const auto& entry) {
    return entry.second.done != nullptr && now >= entry.second.deadline;
  };
  if (options_.take_back_late_writes && std::any_of(sent_.begin(), sent_.end(), late)) {
    return TakeBackWrites(StrCat("topic '", options_.topic.name, "' has not taken it in time"));
  }
  for (auto& [tag, write] : sent_) {
    if (write.done == nullptr || now < write.deadline) continue;
    Done done = std::exchange(write.done, nullptr);  // its bytes stay until the ack
    done(TimeoutError(StrCat("Topic '", options_.topic.name, "' did not take a record in time")));
  }
}

// The records behind one that does not get through do not get through either, so all are given up.
// Then there is a new client: one that has dropped records has gaps in its sequence, and an old one
// may yet have a request under way.
void KafkaTopicLog::TakeBackWrites(const std::string& why) {
  for (const Write& write : std::exchange(to_send_, {})) {
    if (write.done) write.done(NotWritten(why));
  }
  if (sent_.empty()) return;
  LogWarn("storage", "Taking back ", sent_.size(), " records that topic ", options_.topic.name,
          " has not taken: ", why);
  taking_back_ = why;
  producer_->Purge();
  const TimePoint until = Now() + kTakeBackMax;
  while (!sent_.empty() && Now() < until) producer_->ServeAcks(kAckPoll, *this);
  taking_back_.clear();
  for (auto& [tag, write] : sent_) {
    if (const Done done = std::exchange(write.done, nullptr)) done(TakenBackLate(why));
  }
  auto producer = kafka::NewProducer(options_.producer, options_.registry);
  if (!producer.ok()) {
    return LogWarn("storage", "Topic ", options_.topic.name,
                   " keeps its old producer: ", Message(producer.status()));
  }
  producer_ = *std::move(producer);  // the old one sends nothing from here on
  sent_.clear();
}

// What was given up is told so, by whether a broker may have it.
void KafkaTopicLog::OnAck(const kafka::Ack& ack) {
  const auto found = sent_.find(ack.tag);
  if (found == sent_.end()) return;
  Done done = std::move(found->second.done);
  sent_.erase(found);
  if (!done) return;
  if (taking_back_.empty() || ack.status.ok()) return done(ack.status);
  done(ack.status.code() == absl::StatusCode::kAborted ? NotWritten(taking_back_)
                                                       : TakenBackLate(taking_back_));
}

}  // namespace sluice::storage
