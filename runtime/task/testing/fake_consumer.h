// A consumer and its topics without a broker, for tests of sink tasks. One thread. The test appends
// messages, moves partitions between this consumer and others, and says when commits are answered
// and which calls fail.
#ifndef SLUICE_RUNTIME_TASK_TESTING_FAKE_CONSUMER_H_
#define SLUICE_RUNTIME_TASK_TESTING_FAKE_CONSUMER_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kafka/consumer.h"

namespace sluice::task::testing {

struct FakeMessage {
  std::optional<std::string> key, value;
  std::vector<std::pair<std::string, std::string>> headers = {};
  int64_t timestamp = 1000;
};

class FakeConsumedBatch : public kafka::ConsumedBatch {
 public:
  struct Entry {
    kafka::TopicPartition partition;
    int64_t offset;
    FakeMessage message;
  };
  explicit FakeConsumedBatch(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  ~FakeConsumedBatch() override {
    for (Entry& entry : entries_) {  // whoever looks at it later sees it
      if (entry.message.value) entry.message.value->assign(entry.message.value->size(), '#');
    }
  }
  size_t size() const override { return entries_.size(); }
  Message message(size_t index) const override {
    const Entry& entry = entries_[index];
    return {entry.partition.topic,    entry.partition.partition,     entry.offset,
            entry.message.timestamp,  SLUICE_TIMESTAMP_CREATE,       Raw(entry.message.key),
            Raw(entry.message.value), !entry.message.headers.empty()};
  }
  void Headers(size_t index,
               std::vector<std::pair<std::string_view, record::Bytes>>& out) const override {
    for (const auto& [key, value] : entries_[index].message.headers) {
      out.emplace_back(key, record::Bytes{value.data(), value.size()});
    }
  }
  size_t bytes() const override { return entries_.size() * 10; }

 private:
  static record::Bytes Raw(const std::optional<std::string>& text) {
    return text ? record::Bytes{text->data(), text->size()} : record::kNullBytes;
  }
  std::vector<Entry> entries_;
};

class FakeConsumer : public kafka::Consumer {
 public:
  using Tp = kafka::TopicPartition;
  using Offsets = std::vector<kafka::PartitionOffset>;

  FakeConsumer(FakeClock& clock, kafka::RebalanceListener*& listener)
      : clock_(clock), listener_(listener) {}

  // The test's side.
  std::map<Tp, std::vector<FakeMessage>> log;
  std::map<Tp, int64_t> committed;
  std::vector<std::string> events;  // "pause t-0", "seek t-0@3", "commit t-0@3", ...
  bool answer_commits = true;       // at the next poll; else by AnswerCommit
  std::function<Status(const Offsets&)> on_commit;      // what becomes of it
  std::function<void(const Offsets&)> on_commit_begun;  // when it is asked for
  std::function<Status()> on_poll;                      // before anything else of each
  bool closed = false;

  void Append(const Tp& partition, std::string value) {
    log[partition].push_back({std::nullopt, std::move(value), {}, 1000});
  }
  // At the next poll: these partitions are ours, all others are not (or are lost to others).
  void Rebalance(std::set<Tp> owned, bool lost = false) { rebalance_ = {{std::move(owned), lost}}; }
  size_t waiting_commits() const { return waiting_.size(); }
  void AnswerCommit(size_t index, Status status = OkStatus()) {
    Waiting answer = std::move(waiting_[index]);
    waiting_.erase(waiting_.begin() + static_cast<ptrdiff_t>(index));
    Answer(answer, std::move(status));
  }
  bool paused(const Tp& partition) const { return paused_.count(partition) > 0; }

  // kafka::Consumer
  Status Subscribe(const std::vector<std::string>&) override { return OkStatus(); }
  Status SubscribePattern(std::string_view) override { return OkStatus(); }
  Status Assign(const Offsets&) override { return OkStatus(); }
  StatusOr<std::unique_ptr<kafka::ConsumedBatch>> Poll(milliseconds timeout, size_t max) override {
    if (on_poll) SLUICE_RETURN_IF_ERROR(on_poll());
    ServeRebalance();
    while (answer_commits && !waiting_.empty()) AnswerCommit(0);
    std::vector<FakeConsumedBatch::Entry> entries;
    for (auto& [partition, position] : positions_) {
      if (paused_.count(partition) > 0) continue;
      auto& messages = log[partition];
      while (entries.size() < max && position < static_cast<int64_t>(messages.size())) {
        entries.push_back({partition, position, messages[static_cast<size_t>(position)]});
        ++position;
      }
    }
    if (entries.empty()) clock_.Advance(timeout);
    return std::unique_ptr<kafka::ConsumedBatch>(
        std::make_unique<FakeConsumedBatch>(std::move(entries)));
  }
  std::vector<Tp> Assignment() const override {
    std::vector<Tp> all;
    for (const auto& [partition, position] : positions_) all.push_back(partition);
    return all;
  }
  Status Pause(const std::vector<Tp>& partitions) override {
    for (const Tp& partition : partitions) {
      if (positions_.count(partition) == 0) return ConnectError("pause: not assigned");
      paused_.insert(partition);
    }
    ++pauses;
    return OkStatus();
  }
  Status Resume(const std::vector<Tp>& partitions) override {
    for (const Tp& partition : partitions) {
      if (positions_.count(partition) == 0) return ConnectError("resume: not assigned");
      paused_.erase(partition);
    }
    return OkStatus();
  }
  int pauses = 0;
  Status Seek(const Offsets& offsets) override {
    for (const auto& [partition, offset] : offsets) {
      if (positions_.count(partition) == 0) return ConnectError("seek: not assigned");
      positions_[partition] = offset;
      events.push_back("seek " + Name(partition, offset));
    }
    return OkStatus();
  }
  Status CommitAsync(const Offsets& offsets, kafka::CommitListener& listener) override {
    if (on_commit_begun) on_commit_begun(offsets);
    waiting_.push_back({offsets, &listener});
    return OkStatus();
  }
  Status CommitSync(const Offsets& offsets, milliseconds) override {
    if (on_commit_begun) on_commit_begun(offsets);
    if (on_commit) SLUICE_RETURN_IF_ERROR(on_commit(offsets));
    Store(offsets, "commitSync ");
    return OkStatus();
  }
  Offsets Positions(const std::vector<Tp>& partitions) const override {
    Offsets found;
    for (const Tp& partition : partitions) found.push_back({partition, positions_.at(partition)});
    return found;
  }
  StatusOr<std::pair<int64_t, int64_t>> Watermarks(const Tp& partition, milliseconds) override {
    return std::pair<int64_t, int64_t>{0, static_cast<int64_t>(log[partition].size())};
  }
  int64_t EndOffset(const Tp& partition) const override {
    const auto found = log.find(partition);
    return found == log.end() ? -1 : static_cast<int64_t>(found->second.size());
  }
  void WakeUp() override {}
  void Close(milliseconds) override {
    if (std::exchange(closed, true)) return;
    Rebalance({});
    ServeRebalance();
  }

 private:
  struct Waiting {
    Offsets offsets;
    kafka::CommitListener* listener;
  };
  static std::string Name(const Tp& partition, int64_t offset) {
    return partition.topic + "-" + std::to_string(partition.partition) + "@" +
           std::to_string(offset);
  }
  void Store(const Offsets& offsets, const std::string& verb) {
    for (const auto& [partition, offset] : offsets) {
      committed[partition] = offset;
      events.push_back(verb + Name(partition, offset));
    }
  }
  void Answer(const Waiting& waiting, Status status) {
    if (status.ok() && on_commit) status = on_commit(waiting.offsets);
    if (status.ok()) Store(waiting.offsets, "commit ");
    waiting.listener->OnCommitted(status, waiting.offsets);
  }
  void ServeRebalance() {
    if (!rebalance_) return;
    auto [owned, lost] = *std::exchange(rebalance_, std::nullopt);
    std::vector<Tp> gone;
    for (const auto& [partition, position] : positions_) {
      if (owned.count(partition) == 0) gone.push_back(partition);
    }
    if (!gone.empty()) listener_->OnRevoked(gone, lost);
    Offsets fresh;
    for (const Tp& partition : gone) {
      positions_.erase(partition);
      paused_.erase(partition);
    }
    for (const Tp& partition : owned) {
      if (positions_.count(partition) > 0) continue;
      fresh.push_back({partition, committed.count(partition) ? committed[partition] : -1});
    }
    if (fresh.empty()) return;
    listener_->OnAssigned(fresh);
    for (const auto& [partition, offset] : fresh)
      positions_[partition] = std::max<int64_t>(offset, 0);
  }

  FakeClock& clock_;
  kafka::RebalanceListener*& listener_;
  std::map<Tp, int64_t> positions_;
  std::set<Tp> paused_;
  std::optional<std::pair<std::set<Tp>, bool>> rebalance_;
  std::deque<Waiting> waiting_;
};

// Hands a consumer that the test keeps to a task.
class BorrowedConsumer : public kafka::Consumer {
 public:
  explicit BorrowedConsumer(FakeConsumer& fake) : fake_(fake) {}
  Status Subscribe(const std::vector<std::string>& topics) override {
    return fake_.Subscribe(topics);
  }
  Status SubscribePattern(std::string_view regex) override { return fake_.SubscribePattern(regex); }
  Status Assign(const std::vector<kafka::PartitionOffset>& offsets) override {
    return fake_.Assign(offsets);
  }
  StatusOr<std::unique_ptr<kafka::ConsumedBatch>> Poll(milliseconds timeout, size_t max) override {
    return fake_.Poll(timeout, max);
  }
  std::vector<kafka::TopicPartition> Assignment() const override { return fake_.Assignment(); }
  Status Pause(const std::vector<kafka::TopicPartition>& list) override {
    return fake_.Pause(list);
  }
  Status Resume(const std::vector<kafka::TopicPartition>& list) override {
    return fake_.Resume(list);
  }
  Status Seek(const std::vector<kafka::PartitionOffset>& offsets) override {
    return fake_.Seek(offsets);
  }
  Status CommitAsync(const std::vector<kafka::PartitionOffset>& offsets,
                     kafka::CommitListener& listener) override {
    return fake_.CommitAsync(offsets, listener);
  }
  Status CommitSync(const std::vector<kafka::PartitionOffset>& offsets,
                    milliseconds timeout) override {
    return fake_.CommitSync(offsets, timeout);
  }
  std::vector<kafka::PartitionOffset> Positions(
      const std::vector<kafka::TopicPartition>& partitions) const override {
    return fake_.Positions(partitions);
  }
  StatusOr<std::pair<int64_t, int64_t>> Watermarks(const kafka::TopicPartition& partition,
                                                   milliseconds timeout) override {
    return fake_.Watermarks(partition, timeout);
  }
  int64_t EndOffset(const kafka::TopicPartition& partition) const override {
    return fake_.EndOffset(partition);
  }
  void WakeUp() override { fake_.WakeUp(); }
  void Close(milliseconds timeout) override { fake_.Close(timeout); }

 private:
  FakeConsumer& fake_;
};

}  // namespace sluice::task::testing

#endif  // SLUICE_RUNTIME_TASK_TESTING_FAKE_CONSUMER_H_
