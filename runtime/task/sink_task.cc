#include "runtime/task/sink_task.h"

#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/task/plugin_log.h"
#include "runtime/task/plugin_metric.h"
#include "runtime/task/waiting_call.h"

namespace sluice::task {
namespace {

// How often a plugin is called without records, so that it can rotate by time; and how soon a pause
// is seen.
constexpr milliseconds kTurnMax{1000};
constexpr milliseconds kCommitAnswerDue{50};
constexpr milliseconds kMeasureInterval{1000};
// Leaving the group; below task.shutdown.graceful.timeout.ms, since a join that waits for a dead
// member ends it late.
constexpr milliseconds kCloseTimeout{2000};
constexpr std::string_view kExiting = "Exiting WorkerSinkTask due to unrecoverable exception.";

// Nobody counts: the task counts all the same.
SinkTaskParts WithMetrics(SinkTaskParts parts) {
  if (parts.metrics == nullptr) parts.metrics = metrics::TaskMetrics::Make({.clock = parts.clock});
  return parts;
}

}  // namespace

SinkTask::SinkTask(SinkTaskParts parts)
    : parts_(WithMetrics(std::move(parts))),
      control_(*parts_.control),
      sleeper_(parts_.sleeper != nullptr ? *parts_.sleeper : control_),
      metrics_(*parts_.metrics) {
  for (auto* converter : {parts_.key_converter.get(), parts_.value_converter.get()}) {
    if (converter != nullptr) converter->SetWaiter(this);
  }
}

SinkTask::~SinkTask() { Stop(); }

Status SinkTask::RunOnce() {
  const TimePoint now = parts_.clock->Now();
  if (topics_used_.Turn(now)) {
    for (auto& [id, partition] : partitions_) partition.tracked = false;
  }
  if (now >= next_measure_) Measure(now);
  SLUICE_RETURN_IF_ERROR(PauseOrResume());
  SLUICE_RETURN_IF_ERROR(CommitIfDue());
  SLUICE_RETURN_IF_ERROR(ApplySeeks());
  if (!control_.may_commit()) {  // another worker may put what would come
    sleeper_.Wait(kCommitAnswerDue);
    return OkStatus();
  }
  SLUICE_RETURN_IF_ERROR(Consume());
  if (control_.stop_requested()) return OkStatus();  // what was consumed comes again
  // Converting may have taken long; what another worker may put by now waits until that is known.
  if (!control_.may_commit()) return KeepBatch(ConnectError("the group may have moved the task"));
  const Status delivered = Deliver();
  if (delivered.ok() || IsStopped(delivered)) return delivered;
  return WrapConnect(delivered, kExiting);
}

// Polls, which serves rebalances and answers to commits too, and makes the batch to deliver of what
// came. While a batch is kept nothing comes, as all partitions are paused.
Status SinkTask::Consume() {
  StatusOr<std::unique_ptr<kafka::ConsumedBatch>> polled =
      consumer_->Poll(PollTimeout(), parts_.max_poll_records);
  polled_ = parts_.clock->Now();
  std::erase_if(commits_, [](const auto& commit) { return commit->answered; });
  SLUICE_RETURN_IF_ERROR(TakeFailure());
  if (!polled.ok()) return polled.status();
  if (std::exchange(pauses_changed_, false)) SLUICE_RETURN_IF_ERROR(TellPauses());
  return kept_ ? GiveBack(**polled) : Convert(*std::move(polled));
}

// Partitions that came with a rebalance may have given something before they were paused: it comes
// again.
Status SinkTask::GiveBack(const kafka::ConsumedBatch& polled) {
  if (polled.size() == 0) return OkStatus();
  std::vector<kafka::PartitionOffset> back;
  for (size_t i = polled.size(); i-- > 0;) {
    const kafka::ConsumedBatch::Message message = polled.message(i);
    const PartitionRef ref{message.topic, message.partition};
    if (partitions_.find(ref) != partitions_.end()) back.push_back({Own(ref), message.offset});
  }
  std::reverse(back.begin(), back.end());
  std::stable_sort(back.begin(), back.end(),
                   [](const auto& a, const auto& b) { return a.partition < b.partition; });
  back.erase(std::unique(back.begin(), back.end(),
                         [](const auto& a, const auto& b) { return a.partition == b.partition; }),
             back.end());
  return consumer_->Seek(back);
}

void SinkTask::Measure(TimePoint now) {
  next_measure_ = now + kMeasureInterval;
  metrics::TaskMetrics::Position position;
  position.partitions = partitions_.size();
  // What is under way has not been put; without it the consumer knows better, as it counts the
  // markers of transactions too.
  std::vector<kafka::TopicPartition> all;
  if (batch_.positions.empty()) {
    for (const auto& [id, partition] : partitions_) all.push_back(id);
  }
  std::vector<kafka::PartitionOffset> consumed;
  if (!all.empty()) consumed = consumer_->Positions(all);
  size_t index = 0;
  for (const auto& [id, partition] : partitions_) {
    int64_t at = partition.current;
    if (index < consumed.size()) at = std::max(at, consumed[index].offset);
    ++index;
    if (partition.current > partition.committed && partition.committed >= 0) {
      position.active += partition.current - partition.committed;
    }
    const int64_t end = consumer_->EndOffset(id);
    if (at < 0 || end < 0) continue;
    position.lags.push_back({id.topic, id.partition, std::max<int64_t>(end - at, 0)});
  }
  metrics_.SetPosition(std::move(position));
}

milliseconds SinkTask::PollTimeout() {
  const TimePoint now = parts_.clock->Now();
  milliseconds timeout = kTurnMax;
  if (committing_ || errors_->pending_reports() > 0) timeout = kCommitAnswerDue;
  const bool commit_under_way = committing_ || awaited_;
  if (commit_requested_ && !commit_under_way) timeout = milliseconds(0);
  const auto to_commit = std::chrono::ceil<milliseconds>(next_commit_ - now);
  if (!commit_under_way) timeout = std::min(timeout, std::max(to_commit, milliseconds(0)));
  if (retry_after_) timeout = std::min(timeout, std::max(*retry_after_, milliseconds(0)));
  retry_after_.reset();
  return timeout;
}

Status SinkTask::PauseOrResume() {
  if (control_.paused() == resting_) return OkStatus();
  resting_ = control_.paused();
  if (!resting_) return kept_ ? OkStatus() : ResumeRest();
  commit_requested_ = true;
  return kept_ ? OkStatus() : TellPauses();
}

Status SinkTask::Start() {
  SLUICE_ASSIGN_OR_RETURN(errors_, parts_.make_errors(*this));
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<plugin::SinkPlugin> plugin, parts_.make_plugin(*this));
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<kafka::Consumer> consumer, parts_.make_consumer(*this));
  {
    MutexLock lock(outside_mutex_);
    plugin_ = std::move(plugin);
    consumer_ = std::move(consumer);
  }
  {
    WaitingCall call(*this);
    if (control_.stop_requested()) return StoppedError();
    SLUICE_RETURN_IF_ERROR(plugin_->Start(parts_.task_config));
  }
  started_ = true;
  next_commit_ = parts_.clock->Now() + parts_.commit_interval;
  return parts_.topics.empty() ? consumer_->SubscribePattern(parts_.topics_regex)
                               : consumer_->Subscribe(parts_.topics);
}

void SinkTask::RequestStop() {
  MutexLock lock(outside_mutex_);
  if (consumer_ != nullptr) consumer_->WakeUp();
  if (plugin_ != nullptr && in_waiting_call_ && !std::exchange(plugin_told_, true)) {
    plugin_->RequestStop();
  }
}

void SinkTask::Stop() {
  if (std::exchange(stopped_, true)) return;
  // The record that fails the task has its dead letter, too: it must not go down with the producer.
  if (errors_ != nullptr && !abandoned()) {
    const Status reported = AwaitReports();
    if (!reported.ok()) LogError("task.sink", "The last reports failed: ", Describe(reported));
  }
  if (started_ && !partitions_.empty()) {
    std::vector<kafka::TopicPartition> all;
    for (const auto& [id, partition] : partitions_) all.push_back(id);
    Close(all, abandoned());
  }
  batch_.Clear();
  if (consumer_ != nullptr) consumer_->Close(kCloseTimeout);
  std::unique_ptr<plugin::SinkPlugin> plugin;
  std::unique_ptr<kafka::Consumer> consumer;
  {
    MutexLock lock(outside_mutex_);
    plugin = std::move(plugin_);
    consumer = std::move(consumer_);
    if (plugin != nullptr && !std::exchange(plugin_told_, true)) plugin->RequestStop();
  }
  plugin.reset();  // may release what it retained
  metrics_.plugin().Close();
  retained_.clear();
  consumer.reset();
  commits_.clear();
  errors_.reset();
}

void SinkTask::Log(sluice_log_level level, std::string_view text) { LogOfPlugin(level, text); }

void SinkTask::Metric(std::string_view name, sluice_metric_kind kind, double value) {
  RecordPluginMetric(metrics_.plugin(), name, kind, value);
}

StatusOr<config::ConfigMap> SinkTask::ResolvedConfig() { return parts_.resolve_config(); }

}  // namespace sluice::task
