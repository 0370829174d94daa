#include "runtime/kafka/consumer_commits.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/base/text.h"
#include "runtime/kafka/consumer_errors.h"
#include "runtime/kafka/kafka_error.h"
#include "runtime/kafka/partitions.h"
#include "runtime/kafka/queue.h"

namespace sluice::kafka {
namespace {
constexpr milliseconds kStep{20};
}  // namespace

Status ConsumerCommits::Begin(const std::vector<PartitionOffset>& offsets,
                              CommitListener& listener) {
  const PartitionList list = ToList(offsets, RD_KAFKA_OFFSET_INVALID);
  Commit& commit = commits_.emplace_back(Commit{queue_, &listener, offsets, false, OkStatus()});
  const auto answered = [](rd_kafka_t*, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* stored, void* opaque) {
    auto* done = static_cast<Commit*>(opaque);
    done->status = CommitError(code, stored);
    done->done = true;
    rd_kafka_queue_yield(done->queue);
  };
  const Status status =
      KafkaError(rd_kafka_commit_queue(client_, list.get(), queue_, answered, &commit));
  if (!status.ok()) commits_.pop_back();
  return status;
}

void ConsumerCommits::Serve() {
  for (auto commit = commits_.begin(); commit != commits_.end();) {
    if (!commit->done) {
      ++commit;
      continue;
    }
    const Commit done = std::move(*commit);
    commit = commits_.erase(commit);
    if (done.listener != nullptr) done.listener->OnCommitted(done.status, done.offsets);
  }
}

void ConsumerCommits::CallNobody() {
  for (Commit& commit : commits_) commit.listener = nullptr;
}

Status ConsumerCommits::Sync(const std::vector<PartitionOffset>& offsets, milliseconds timeout,
                             const std::function<bool()>& may_commit) {
  if (offsets.empty()) return OkStatus();
  const PartitionList list = ToList(offsets, RD_KAFKA_OFFSET_INVALID);
  const Queue answers(rd_kafka_queue_new(client_));  // of this commit alone
  SLUICE_RETURN_IF_ERROR(
      KafkaError(rd_kafka_commit_queue(client_, list.get(), answers.get(), nullptr, nullptr)));
  const TimePoint deadline = std::chrono::steady_clock::now() + timeout;
  milliseconds left = timeout;
  do {
    if (!may_commit()) return TimeoutError("Out of the group before offsets could be committed");
    left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const milliseconds step = std::clamp(left, milliseconds(0), kStep);
    rd_kafka_event_t* event = rd_kafka_queue_poll(answers.get(), static_cast<int>(step.count()));
    if (event == nullptr) continue;
    const Status status =
        CommitError(rd_kafka_event_error(event), rd_kafka_event_topic_partition_list(event));
    rd_kafka_event_destroy(event);
    return status;
  } while (left > milliseconds(0));
  return TimeoutError(
      StrCat("Timeout of ", timeout.count(), "ms expired before successfully committing offsets"));
}

}  // namespace sluice::kafka
