// SinkTask: commits, rebalances, seeks and pauses.
#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/base/text.h"
#include "runtime/task/sink_task.h"

namespace sluice::task {
namespace {

constexpr milliseconds kReportsStep{100};

std::vector<sluice_topic_partition> AbiList(const SinkPartitions& partitions,
                                            const std::vector<kafka::TopicPartition>& wanted) {
  std::vector<sluice_topic_partition> list;
  for (const kafka::TopicPartition& id : wanted) {
    const auto found = partitions.find(id);
    if (found == partitions.end()) continue;
    const int64_t at = found->second.current;
    list.push_back(ToAbi(found->first, at < 0 ? SLUICE_NO_OFFSET : at));
  }
  return list;
}

// For DEBUG, and made only then: "t-0=5, t-1=9".
std::string Text(const std::vector<kafka::PartitionOffset>& offsets) {
  std::vector<std::string> texts;
  for (const kafka::PartitionOffset& one : offsets) {
    texts.push_back(StrCat(one.partition.topic, "-", one.partition.partition, "=", one.offset));
  }
  return StrJoin(texts, ", ");
}

}  // namespace

Status SinkTask::CommitIfDue() {
  SLUICE_RETURN_IF_ERROR(errors_->ServeReports());
  if (awaited_ && errors_->durable_reports() >= awaited_->reports && control_.may_commit()) {
    return CommitAwaited();
  }
  const TimePoint now = parts_.clock->Now();
  if (committing_ || awaited_) {
    if (now - commit_began_ < parts_.commit_timeout) return OkStatus();
    const std::string_view missing = awaited_ ? "dead letters were not acknowledged" : "no answer";
    committing_ = false;
    awaited_.reset();
    CommitFailed(TimeoutError(
        StrCat(missing, " within offset.flush.timeout.ms=", parts_.commit_timeout.count())));
  }
  if (!control_.may_commit() || (!commit_requested_ && now < next_commit_)) return OkStatus();
  commit_requested_ = false;
  next_commit_ = now + parts_.commit_interval;
  return BeginCommit();
}

// Nothing waits for the dead letters of what was flushed, but for the commit itself.
Status SinkTask::BeginCommit() {
  StatusOr<Offsets> offsets = Flush(nullptr);
  SLUICE_RETURN_IF_ERROR(TakeFailure());
  if (!offsets.ok()) {
    CommitFailed(offsets.status());
    return RewindToCommitted();
  }
  if (offsets->empty()) return OkStatus();
  commit_began_ = parts_.clock->Now();
  awaited_ = Awaited{*std::move(offsets), errors_->reports(), generation_};
  if (errors_->durable_reports() < awaited_->reports) return OkStatus();
  return CommitAwaited();
}

Status SinkTask::CommitAwaited() {
  Awaited awaited = *std::exchange(awaited_, std::nullopt);
  std::erase_if(awaited.offsets, [&](const kafka::PartitionOffset& flushed) {
    const auto found = partitions_.find(flushed.partition);  // taken away or moved meanwhile?
    return found == partitions_.end() || found->second.generation > awaited.generation;
  });
  if (awaited.offsets.empty()) return OkStatus();
  commits_.push_back(std::make_unique<Commit>(*this, ++commit_number_));
  commits_.back()->generation = awaited.generation;
  committing_ = true;
  if (LogEnabled(LogLevel::kDebug)) {
    LogDebug("task.sink", "Committing offsets asynchronously using sequence number ",
             commit_number_, ": ", Text(awaited.offsets));
  }
  const Status begun = consumer_->CommitAsync(awaited.offsets, *commits_.back());
  if (!begun.ok()) {
    commits_.pop_back();
    committing_ = false;
    CommitFailed(begun);
  }
  return OkStatus();
}

StatusOr<SinkTask::Offsets> SinkTask::Flush(const std::vector<kafka::TopicPartition>* wanted) {
  std::vector<sluice_topic_partition> offsets;
  for (const auto& [id, partition] : partitions_) {
    if (partition.current < 0) continue;
    if (wanted != nullptr && std::find(wanted->begin(), wanted->end(), id) == wanted->end()) {
      continue;
    }
    offsets.push_back(ToAbi(id, partition.current));
  }
  if (offsets.empty()) return Offsets();
  SLUICE_RETURN_IF_ERROR(plugin_->Flush(offsets));
  PartitionMap<int64_t> pending;  // the first record that waits for its verdict
  for (const auto& retained : retained_) {
    retained->EachPending([&](const PartitionRef& ref, int64_t offset) {
      auto found = pending.find(ref);
      if (found == pending.end()) found = pending.emplace(Own(ref), offset).first;
      found->second = std::min(found->second, offset);
    });
  }
  Offsets committable;
  for (const sluice_topic_partition& answer : offsets) {
    const auto found = partitions_.find(RefOf(answer));
    if (found == partitions_.end() || answer.offset == SLUICE_NO_OFFSET) continue;
    if (answer.offset > found->second.current || answer.offset < 0) {
      LogWarn("task.sink", "The sink's flush answered offset ", answer.offset, " for ",
              found->first.topic, "-", found->first.partition, ", where it was given ",
              found->second.current, "; nothing is committed for this partition");
      continue;
    }
    const auto first = pending.find(found->first);
    const int64_t offset =
        first == pending.end() ? answer.offset : std::min(answer.offset, first->second);
    if (offset != found->second.committed) committable.push_back({found->first, offset});
  }
  return committable;
}

Status SinkTask::AwaitReports() {
  if (errors_->pending_reports() == 0) return errors_->ServeReports();
  const TimePoint deadline = parts_.clock->Now() + parts_.commit_timeout;
  while (true) {  // in steps: when others may have the task, nobody waits for its dead letters
    const auto left = std::chrono::ceil<milliseconds>(deadline - parts_.clock->Now());
    const milliseconds step = std::clamp(left, milliseconds(0), kReportsStep);
    // Of records that are being converted no offset is committed yet.
    const Status reported =
        converting_ ? errors_->FlushReports(step, letters_before_) : errors_->FlushReports(step);
    const bool again = absl::IsDeadlineExceeded(reported) && left > kReportsStep;
    if (!again || !control_.may_commit()) return reported;
  }
}

void SinkTask::CommitFailed(const Status& status) {
  metrics_.CommitFailed();
  LogError("task.sink", "Commit of offsets failed: ", Describe(status));
}

void SinkTask::CountCommit(TimePoint began, uint64_t number) {
  metrics_.CommitSucceeded(std::chrono::duration_cast<milliseconds>(parts_.clock->Now() - began),
                           number);
  next_measure_ = TimePoint{};  // what is active has changed
}

void SinkTask::OnCommitAnswer(Commit& commit, const Status& status, const Offsets& offsets) {
  commit.answered = true;
  if (commit.number != commit_number_ || !committing_) {
    metrics_.CommitOvertaken();
    return;
  }
  committing_ = false;
  if (!status.ok()) return CommitFailed(status);
  CountCommit(commit_began_, commit.number);
  for (const kafka::PartitionOffset& stored : offsets) {
    const auto found = partitions_.find(stored.partition);
    if (found == partitions_.end() || found->second.generation > commit.generation) continue;
    found->second.committed = stored.offset;
  }
}

// The plugin could not make durable what was put: all of it is consumed again.
Status SinkTask::RewindToCommitted() {
  Offsets back;
  ++generation_;
  for (auto& [id, partition] : partitions_) {
    partition.generation = generation_;
    if (partition.committed < 0) continue;
    partition.current = partition.committed;
    back.push_back({id, partition.committed});
  }
  SLUICE_RETURN_IF_ERROR(DropKeptBatch());
  return back.empty() ? OkStatus() : consumer_->Seek(back);
}

Status SinkTask::ApplySeeks() {
  if (seeks_.empty()) return OkStatus();
  Offsets offsets;
  PartitionMap<bool> moved;
  ++generation_;
  for (auto it = seeks_.begin(); it != seeks_.end();) {
    const auto found = partitions_.find(it->first);
    if (found == partitions_.end()) {  // it may be assigned one day
      ++it;
      continue;
    }
    found->second.current = found->second.committed = it->second;
    found->second.generation = generation_;
    offsets.push_back({it->first, it->second});
    moved.emplace(it->first, true);
    it = seeks_.erase(it);
  }
  if (offsets.empty()) return OkStatus();
  batch_.Remove([&](const PartitionRef& ref) { return moved.find(ref) != moved.end(); });
  return consumer_->Seek(offsets);
}

void SinkTask::OnAssigned(std::vector<kafka::PartitionOffset>& partitions) {
  if (partitions.empty() || plugin_ == nullptr) return;
  next_measure_ = TimePoint{};
  ++generation_;
  std::vector<kafka::TopicPartition> fresh;
  for (kafka::PartitionOffset& assigned : partitions) {
    if (const auto seek = seeks_.find(assigned.partition); seek != seeks_.end()) {
      assigned.offset = seek->second;
      seeks_.erase(seek);
    }
    SinkPartition& partition = partitions_[assigned.partition];
    partition = SinkPartition{};
    partition.generation = generation_;
    partition.current = partition.committed = assigned.offset < 0 ? -1 : assigned.offset;
    fresh.push_back(assigned.partition);
  }
  if (LogEnabled(LogLevel::kDebug)) {
    LogDebug("task.sink", "Partitions assigned, with their offsets: ", Text(partitions));
  }
  assigning_ = &partitions;
  const Status opened = plugin_->Assigned(AbiList(partitions_, fresh));
  assigning_ = nullptr;
  if (!opened.ok() && failure_.ok()) failure_ = opened;
  for (const kafka::PartitionOffset& assigned : partitions) {
    SinkPartition& partition = partitions_[assigned.partition];
    partition.current = partition.committed = assigned.offset < 0 ? -1 : assigned.offset;
  }
  if (holds_back()) pauses_changed_ = true;
}

void SinkTask::OnRevoked(const std::vector<kafka::TopicPartition>& partitions, bool lost) {
  if (plugin_ != nullptr) Close(partitions, lost);
}

void SinkTask::Close(const std::vector<kafka::TopicPartition>& partitions, bool lost) {
  const std::vector<sluice_topic_partition> going = AbiList(partitions_, partitions);
  if (going.empty()) return;
  LogDebug("task.sink", going.size(), " partitions ", lost ? "lost" : "revoked");
  if (!lost && control_.may_commit()) CommitClosing(partitions);
  const Status closed = plugin_->Revoked(going, lost);
  if (!closed.ok()) {
    LogError("task.sink", "Closing partitions failed: ", Describe(closed));
    if (failure_.ok()) failure_ = closed;
  }
  PartitionMap<bool> gone;
  for (const sluice_topic_partition& id : going) gone.emplace(Own(RefOf(id)), true);
  const auto is_gone = [&](const PartitionRef& ref) { return gone.find(ref) != gone.end(); };
  if (converting_) {  // records that are being made stay where they are
    batch_.RemovePositions(is_gone);
    gone_.insert(gone.begin(), gone.end());
  } else {
    batch_.Remove(is_gone);
  }
  for (const auto& retained : retained_) retained->SettleAll(is_gone);
  next_measure_ = TimePoint{};
  for (const auto& [id, yes] : gone) {
    partitions_.erase(id);
    seeks_.erase(id);
  }
  if (kept_ && batch_.empty() && batch_.positions.empty()) {
    const Status resumed = DropKeptBatch();
    if (!resumed.ok() && failure_.ok()) failure_ = resumed;
  }
}

void SinkTask::CommitClosing(const std::vector<kafka::TopicPartition>& partitions) {
  const StatusOr<Offsets> offsets = Flush(&partitions);
  if (!offsets.ok()) return CommitFailed(offsets.status());
  if (offsets->empty()) return;
  const Status reported = AwaitReports();
  if (!reported.ok()) {
    if (failure_.ok() && !absl::IsDeadlineExceeded(reported)) failure_ = reported;
    return CommitFailed(reported);
  }
  // An older commit that is still under way is overtaken; its answer does not count any more.
  ++commit_number_;
  committing_ = false;
  if (LogEnabled(LogLevel::kDebug)) {
    LogDebug("task.sink", "Committing offsets synchronously: ", Text(*offsets));
  }
  const TimePoint began = parts_.clock->Now();
  const Status committed = consumer_->CommitSync(*offsets, parts_.commit_timeout);
  if (!committed.ok()) return CommitFailed(committed);
  CountCommit(began, commit_number_);
}

Status SinkTask::TellPauses() {
  std::vector<kafka::TopicPartition> paused;
  for (const auto& [id, partition] : partitions_) {
    if (holds_back() || partition.paused) paused.push_back(id);
  }
  return paused.empty() ? OkStatus() : consumer_->Pause(paused);
}

Status SinkTask::ResumeRest() {
  std::vector<kafka::TopicPartition> resumed;
  for (const auto& [id, partition] : partitions_) {
    if (!partition.paused) resumed.push_back(id);
  }
  return resumed.empty() ? OkStatus() : consumer_->Resume(resumed);
}

const std::vector<sluice_topic_partition>& SinkTask::Assignment() {
  assignment_.clear();
  for (const auto& [id, partition] : partitions_) {
    assignment_.push_back(ToAbi(id, partition.current < 0 ? SLUICE_NO_OFFSET : partition.current));
  }
  return assignment_;
}

Status SinkTask::SetPaused(const sluice_topic_partition* partitions, size_t count, bool paused) {
  std::vector<kafka::TopicPartition> list;
  for (size_t i = 0; i < count; ++i) {
    const auto found = partitions_.find(RefOf(partitions[i]));
    if (found == partitions_.end()) {
      return ExceptionError(absl::StatusCode::kFailedPrecondition,
                            "org.apache.kafka.connect.errors.IllegalWorkerStateException",
                            StrCat("SinkTasks may not ", paused ? "pause" : "resume",
                                   " partitions that are not currently assigned to them: ",
                                   abi::View(partitions[i].topic), "-", partitions[i].partition));
    }
    list.push_back(found->first);
  }
  for (const kafka::TopicPartition& id : list) partitions_[id].paused = paused;
  if (list.empty()) return OkStatus();
  if (assigning_ != nullptr) {  // the consumer does not have them yet
    pauses_changed_ = true;
    return OkStatus();
  }
  if (holds_back()) return OkStatus();
  return paused ? consumer_->Pause(list) : consumer_->Resume(list);
}

Status SinkTask::Pause(const sluice_topic_partition* partitions, size_t count) {
  return SetPaused(partitions, count, true);
}

Status SinkTask::Resume(const sluice_topic_partition* partitions, size_t count) {
  return SetPaused(partitions, count, false);
}

Status SinkTask::Seek(const sluice_topic_partition* partitions, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (partitions[i].offset < 0 && partitions[i].offset != SLUICE_NO_OFFSET) {
      return ConnectError(StrCat("seek: offset ", partitions[i].offset, " for ",
                                 abi::View(partitions[i].topic), "-", partitions[i].partition,
                                 " is negative"));
    }
  }
  for (size_t i = 0; i < count; ++i) {
    const PartitionRef ref = RefOf(partitions[i]);
    if (partitions[i].offset == SLUICE_NO_OFFSET) {
      LogWarn("task.sink", "seek: no offset given for ", ref.topic, "-", ref.partition,
              "; ignored");
      continue;
    }
    kafka::PartitionOffset* assigned = nullptr;
    if (assigning_ != nullptr) {
      for (kafka::PartitionOffset& each : *assigning_) {
        if (each.partition.topic == ref.topic && each.partition.partition == ref.partition) {
          assigned = &each;
        }
      }
    }
    if (assigned != nullptr) {
      assigned->offset = partitions[i].offset;
    } else {
      seeks_[Own(ref)] = partitions[i].offset;
    }
  }
  return OkStatus();
}

}  // namespace sluice::task
