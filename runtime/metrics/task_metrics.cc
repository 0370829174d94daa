#include "runtime/metrics/task_metrics.h"

#include <algorithm>

#include "runtime/base/text.h"
#include "runtime/metrics/task_families.h"

namespace sluice::metrics {
namespace {

std::string TaskLabels(const TaskMetricsOptions& options) {
  return Label("connector", options.connector) + Label("task", StrCat(options.task));
}

double ToDouble(milliseconds time) { return static_cast<double>(time.count()); }

}  // namespace

TaskMetrics::TaskMetrics(TaskMetricsOptions options)
    : options_(std::move(options)),
      plugin_(PluginMetrics::Make(options_.registry, TaskLabels(options_))),
      commit_time_(options_.window),
      commit_results_(options_.window),
      batch_size_(options_.window),
      records_in_(options_.window),
      records_out_(options_.window),
      call_time_(options_.window),
      active_(options_.window),
      commits_(options_.window),
      commits_overtaken_(options_.window) {}

std::shared_ptr<TaskMetrics> TaskMetrics::Make(TaskMetricsOptions options) {
  auto made = std::make_shared<TaskMetrics>(std::move(options));
  made->self_ = made;
  made->Register(kTaskFamilies, &TaskMetrics::ReadTask);
  made->Register(kErrorFamilies, &TaskMetrics::ReadErrors);
  made->Register(kTransformFamilies, &TaskMetrics::ReadTransforms);
  made->Register(kPredicateFamilies, &TaskMetrics::ReadPredicates);
  return made;
}

void TaskMetrics::Register(Families families, void (TaskMetrics::*read)(Reading&) const) {
  if (options_.registry == nullptr) return;
  registrations_.push_back(options_.registry->Add(families, TaskLabels(options_),
                                                  [weak = self_, read](Reading& reading) {
                                                    if (const auto self = weak.lock()) {
                                                      ((*self).*read)(reading);
                                                    }
                                                  }));
}

void TaskMetrics::SetKind(bool source) {
  {
    MutexLock lock(mutex_);
    type_ = source ? "source" : "sink";
  }
  if (source) return Register(kSourceFamilies, &TaskMetrics::ReadSource);
  Register(kSinkFamilies, &TaskMetrics::ReadSink);
  Register(kLagFamilies, &TaskMetrics::ReadLags);
}

void TaskMetrics::Remove() {
  registrations_.clear();
  plugin_->Close();
}

void TaskMetrics::SetState(std::string_view state) {
  MutexLock lock(mutex_);
  state_.Set(state, NowMs());
}

void TaskMetrics::SetClasses(TaskClasses classes) {
  MutexLock lock(mutex_);
  classes_ = std::move(classes);
}

void TaskMetrics::SetActive(double active, int64_t now_ms) {
  active_now_ = active;
  active_.Record(active, now_ms);
}

void TaskMetrics::Polled(size_t records, milliseconds took, size_t active) {
  const int64_t now_ms = NowMs();
  const auto count = static_cast<double>(records);
  MutexLock lock(mutex_);
  records_in_.Add(count, now_ms);
  batch_size_.Record(count, now_ms);
  call_time_.Record(ToDouble(took), now_ms);
  SetActive(static_cast<double>(active), now_ms);
}

void TaskMetrics::Acked(const std::vector<LatencyRun>& runs, size_t active) {
  const int64_t now_ms = NowMs();
  uint64_t records = 0;
  MutexLock lock(mutex_);
  for (const LatencyRun& run : runs) {
    latency_.Observe(run.ms, run.records);
    records += run.records;
  }
  records_out_.Add(static_cast<double>(records), now_ms);
  SetActive(static_cast<double>(active), now_ms);
  Progressed();
}

void TaskMetrics::Consumed(size_t records) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  records_in_.Add(static_cast<double>(records), now_ms);
}

void TaskMetrics::Put(size_t records, milliseconds took, const std::vector<LatencyRun>& latencies) {
  const int64_t now_ms = NowMs();
  const auto count = static_cast<double>(records);
  MutexLock lock(mutex_);
  records_out_.Add(count, now_ms);
  batch_size_.Record(count, now_ms);
  call_time_.Record(ToDouble(took), now_ms);
  for (const LatencyRun& run : latencies) latency_.Observe(run.ms, run.records);
  if (records > 0) Progressed();
}

void TaskMetrics::SetPosition(Position position) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  SetActive(static_cast<double>(position.active), now_ms);
  position_ = std::move(position);
}

void TaskMetrics::CommitOvertaken() {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  commits_overtaken_.Add(1, now_ms);
}

void TaskMetrics::CommitSucceeded(milliseconds took, uint64_t sequence) {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  commit_time_.Record(ToDouble(took), now_ms);
  commit_results_.Record(1, now_ms);
  commits_.Add(1, now_ms);
  commit_sequence_ = sequence;
}

void TaskMetrics::CommitFailed() {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  commit_results_.Record(0, now_ms);
}

void TaskMetrics::ReadTask(Reading& reading) const {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  reading.Text(state_.state());
  reading.Number(state_.RunningRatio(now_ms)).Number(state_.PauseRatio(now_ms));
  reading.Number(commit_time_.Max(now_ms)).Number(commit_time_.Avg(now_ms));
  reading.Number(commit_results_.Fraction(now_ms));
  reading.Number(commit_results_.OtherFraction(now_ms));
  reading.Number(batch_size_.Max(now_ms)).Number(batch_size_.Avg(now_ms));
  reading.Text(classes_.connector.name).Text(classes_.connector.version).Text(type_);
  for (const ClassVersion* one : {&classes_.task, &classes_.key_converter,
                                  &classes_.value_converter, &classes_.header_converter}) {
    reading.Text(one->name).Text(one->version);
  }
  reading.Number(static_cast<double>(dropped_.load(std::memory_order_relaxed)));
  reading.Number(static_cast<double>(bytes_in_flight()));
  reading.Number(static_cast<double>(last_progress_ms_) / 1000);
}

void TaskMetrics::ReadRateAndTotal(Reading& reading, RateAndTotal& value, int64_t now_ms) const {
  reading.Number(value.window.Rate(now_ms)).Number(value.total);
}

void TaskMetrics::ReadFlow(Reading& reading, int64_t now_ms) const {
  ReadRateAndTotal(reading, records_in_, now_ms);
  ReadRateAndTotal(reading, records_out_, now_ms);
  reading.Number(call_time_.Max(now_ms)).Number(call_time_.Avg(now_ms));
  reading.Number(active_now_).Number(active_.Max(now_ms)).Number(active_.Avg(now_ms));
}

void TaskMetrics::ReadSource(Reading& reading) const {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  ReadFlow(reading, now_ms);
  reading.Distribution(latency_);
}

void TaskMetrics::ReadSink(Reading& reading) const {
  const int64_t now_ms = NowMs();
  MutexLock lock(mutex_);
  ReadFlow(reading, now_ms);
  ReadRateAndTotal(reading, commits_, now_ms);
  ReadRateAndTotal(reading, commits_overtaken_, now_ms);
  reading.Number(static_cast<double>(commit_sequence_));
  reading.Number(static_cast<double>(position_.partitions));
  int64_t largest = 0, all = 0;
  for (const Lag& lag : position_.lags) {
    largest = std::max(largest, lag.records);
    all += lag.records;
  }
  reading.Number(static_cast<double>(largest)).Number(static_cast<double>(all));
  reading.Number(static_cast<double>(put_retries_.load(std::memory_order_relaxed)));
  reading.Distribution(latency_);
}

void TaskMetrics::ReadLags(Reading& reading) const {
  MutexLock lock(mutex_);
  for (const Lag& lag : position_.lags) {
    reading.Series(Label("topic", lag.topic) + Label("partition", StrCat(lag.partition)));
    reading.Number(static_cast<double>(lag.records));
  }
}

void TaskMetrics::ReadErrors(Reading& reading) const {
  for (const auto* count : {&errors_.failures, &errors_.errors, &errors_.skipped, &errors_.retries,
                            &errors_.logged, &errors_.dead_letters, &errors_.dead_letter_failures,
                            &errors_.last_error_ms, &errors_.dead_letters_written}) {
    reading.Number(static_cast<double>(count->load(std::memory_order_relaxed)));
  }
}

namespace {
void ReadAliases(Reading& reading, std::string_view label,
                 const std::vector<std::pair<std::string, ClassVersion>>& classes) {
  for (const auto& [alias, one] : classes) {
    reading.Series(Label(label, alias)).Text(one.name).Text(one.version);
  }
}
}  // namespace

void TaskMetrics::ReadTransforms(Reading& reading) const {
  MutexLock lock(mutex_);
  ReadAliases(reading, "transform", classes_.transforms);
}

void TaskMetrics::ReadPredicates(Reading& reading) const {
  MutexLock lock(mutex_);
  ReadAliases(reading, "predicate", classes_.predicates);
}

}  // namespace sluice::metrics
