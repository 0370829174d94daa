#include "runtime/task/source_task.h"

#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/task/plugin_log.h"
#include "runtime/task/plugin_metric.h"

namespace sluice::task {
namespace {

using errors::Stage;

constexpr milliseconds kSendBackoff{100};  // as the peer's SEND_FAILED_BACKOFF_MS
constexpr milliseconds kPollMax{1000};     // so that pausing is seen
constexpr milliseconds kPollWithAcksDue{20};
constexpr int kIdlePollsMax = 8;

// A record that the broker or the client refuses for what it is, as opposed to a client that is
// broken: Java's producer tells of these through its callback, so errors.tolerance applies.
bool IsAboutTheRecord(const Status& status) {
  return ExceptionClass(status) == "org.apache.kafka.common.errors.RecordTooLargeException" ||
         ExceptionClass(status) == "org.apache.kafka.common.errors.InvalidTopicException";
}

// Nobody counts: the task counts all the same.
SourceTaskParts WithMetrics(SourceTaskParts parts) {
  if (parts.metrics == nullptr) parts.metrics = metrics::TaskMetrics::Make({.clock = parts.clock});
  return parts;
}

}  // namespace

SourceTask::SourceTask(SourceTaskParts parts)
    : parts_(WithMetrics(std::move(parts))),
      control_(*parts_.control),
      sleeper_(parts_.sleeper != nullptr ? *parts_.sleeper : control_),
      metrics_(*parts_.metrics) {
  for (auto* converter : {parts_.key_converter.get(), parts_.value_converter.get()}) {
    if (converter != nullptr) converter->SetWaiter(this);
  }
}

SourceTask::~SourceTask() { Stop(); }

Status SourceTask::RunOnce() {
  SLUICE_RETURN_IF_ERROR(ServeAcks(milliseconds(0)));
  if (control_.paused()) {
    // The turn that finds it paused ends at once, so that it is told.
    return std::exchange(resting_, true) ? Rest() : outbox_->CommitIfDue();
  }
  resting_ = false;
  topics_used_.Turn(parts_.clock->Now());
  if (!alone_.empty() || alone_now_) {
    SLUICE_RETURN_IF_ERROR(SendAlone());
    return outbox_->CommitIfDue();
  }
  if (batch_ == nullptr) SLUICE_RETURN_IF_ERROR(Poll());
  if (!control_.may_commit()) return Rest();  // another worker may send this batch
  if (batch_ != nullptr) SLUICE_RETURN_IF_ERROR(SendBatch());
  SLUICE_RETURN_IF_ERROR(ServeAcks(milliseconds(0)));
  return outbox_->CommitIfDue();
}

// From the cursor on: the batch and its cursor are members, so that a pause, a full queue or a
// topic that is being made resumes where it stopped.
Status SourceTask::SendBatch() {
  const auto count = static_cast<uint32_t>(batch_->count);
  while (cursor_ < count) {
    if (!encoded_ || overwritten_) {
      const sluice_record& record = abi::RecordAt(*batch_, cursor_);
      const Ticket ticket = encoded_ ? *encoded_ : offsets_.Track(cursor_, record);
      encoded_.reset();
      overwritten_ = false;
      StatusOr<bool> kept = Encode(record);
      if (!kept.ok()) return IsStopped(kept.status()) ? OkStatus() : kept.status();
      if (!*kept) {
        ++cursor_;
        Leave(ticket);
        continue;
      }
      encoded_ = ticket;
    }
    SLUICE_ASSIGN_OR_RETURN(const bool sent, TrySend(*encoded_));
    if (!sent) return OkStatus();
    encoded_.reset();
    ++cursor_;
  }
  EndOfBatch();
  return OkStatus();
}

// The broker refuses a whole request for one record that is too large. Its neighbours are not to
// blame, so each is sent once more with nothing beside it, in order; what is refused then is too
// large itself. (Java's producer splits.)
Status SourceTask::SendAlone() {
  if (outbox_->in_flight() > 0) return ServeAcks(kPollWithAcksDue);
  alone_now_.reset();  // it is back; its number may name another record from now on
  if (alone_.empty()) return OkStatus();
  alone_now_ = alone_.front();
  Flight& flight = offsets_.flight(SlotOf(*alone_now_));
  record::BatchMemory* const of_open_batch = std::exchange(memory_, flight.memory.get());
  StatusOr<bool> kept = Encode(abi::RecordAt(*flight.batch, IndexOf(*alone_now_)));
  memory_ = of_open_batch;
  overwritten_ = encoded_.has_value();
  if (!kept.ok()) return IsStopped(kept.status()) ? OkStatus() : kept.status();
  if (!*kept) {
    alone_.pop_front();
    Leave(*alone_now_);
    return OkStatus();
  }
  SLUICE_ASSIGN_OR_RETURN(const bool sent, TrySend(*alone_now_));
  if (sent) alone_.pop_front();
  return OkStatus();
}

Status SourceTask::ServeAcks(milliseconds timeout) {
  outbox_->ServeAcks(timeout);
  if (!acked_.empty()) CountAcked();
  Status reported = OkStatus();
  if (!refused_.empty() || !reported_.empty()) {
    reported = ServeReports(outbox_->in_flight() > 0 ? milliseconds(0) : timeout);
  }
  ReleaseFinished();
  return reported;
}

Status SourceTask::Rest() {
  SLUICE_RETURN_IF_ERROR(outbox_->CommitIfDue());
  sleeper_.Wait(std::min(PollTimeout(), kPollMax));
  return OkStatus();
}

milliseconds SourceTask::PollTimeout() const {
  const bool due = outbox_->in_flight() > 0 || !reported_.empty();
  const milliseconds wanted = due ? kPollWithAcksDue : kPollMax;
  return std::min(wanted, std::max(outbox_->TimeToNext(), milliseconds(1)));
}

Status SourceTask::Poll() {
  if (in_flight_bytes_ >= parts_.in_flight_bytes_max) return ServeAcks(PollTimeout());
  if (finished_) {
    if (outbox_->in_flight() > 0 || !reported_.empty()) return ServeAcks(PollTimeout());
    sleeper_.Wait(PollTimeout());
    return OkStatus();
  }
  const milliseconds timeout = PollTimeout();
  const TimePoint began = parts_.clock->Now();
  StatusOr<plugin::PollResult> polled = plugin_->Poll(timeout);
  if (!polled.ok()) {
    if (!IsRetriable(polled.status())) return polled.status();
    LogWarn("task.source", "failed to poll records from SourceTask. Will retry operation: ",
            Describe(polled.status()));
    Wait(kSendBackoff);
    return OkStatus();
  }
  if (polled->finished) finished_ = true;
  if (polled->batch == nullptr || polled->batch->count == 0) {
    if (polled->batch != nullptr) plugin_->Release(polled->batch);
    // A plugin that answers nothing without waiting must not eat a core.
    const bool at_once = parts_.clock->Now() - began < std::min(timeout, milliseconds(2));
    idle_polls_ = at_once ? idle_polls_ + 1 : 0;
    if (idle_polls_ > kIdlePollsMax) Wait(std::min(timeout, kPollWithAcksDue));
    return OkStatus();
  }
  idle_polls_ = 0;
  batch_ = polled->batch;
  const TimePoint now = parts_.clock->Now();
  Flight flight{batch_, memories_.Take(),
                std::max(batch_->bytes, batch_->count * batch_->record_size), now};
  memory_ = flight.memory.get();
  in_flight_bytes_ += flight.bytes;
  slot_ = offsets_.Open(std::move(flight));
  cursor_ = 0;
  metrics_.Polled(batch_->count, std::chrono::duration_cast<milliseconds>(now - began),
                  offsets_.unfinished_records());
  return OkStatus();
}

StatusOr<bool> SourceTask::Encode(const sluice_record& original) {
  const sluice_record* record = parts_.chain != nullptr ? &transformed_ : &original;
  const errors::Subject subject{.consumed = nullptr, .source = &original, .current = record};
  if (parts_.chain != nullptr) {
    transformed_ = original;
    SLUICE_ASSIGN_OR_RETURN(const bool kept,
                            parts_.chain->Apply(transformed_, *memory_, *errors_, subject));
    if (!kept) return false;
  }
  const std::string_view topic = abi::View(record->topic);
  if (topic.empty()) return ConnectError("A record has no topic: the connector must name one");
  int64_t timestamp = record->timestamp;
  if (timestamp < 0 && timestamp != SLUICE_NO_TIMESTAMP) {
    if (timestamp != -1) {
      return ExceptionError(absl::StatusCode::kInvalidArgument,
                            "org.apache.kafka.common.InvalidRecordException",
                            StrCat("Invalid record timestamp ", timestamp));
    }
    timestamp = SLUICE_NO_TIMESTAMP;
  }
  out_.header_count = 0;
  if (record->header_count > 0) {
    SLUICE_ASSIGN_OR_RETURN(
        const bool converted,
        errors_->Execute(Stage::kHeaderConverter, parts_.header_converter->class_name(), subject,
                         [&] { return ConvertHeaders(*record); }));
    if (!converted) return false;
  }
  SLUICE_ASSIGN_OR_RETURN(
      const bool key_converted,
      errors_->Execute(Stage::kKeyConverter, parts_.key_converter->class_name(), subject, [&] {
        StatusOr<record::Bytes> bytes =
            parts_.key_converter->FromConnect(topic, record->key_schema, record->key, *memory_);
        if (!bytes.ok()) return std::move(bytes).status();
        out_.key = *bytes;
        return OkStatus();
      }));
  if (!key_converted) return false;
  SLUICE_ASSIGN_OR_RETURN(
      const bool value_converted,
      errors_->Execute(Stage::kValueConverter, parts_.value_converter->class_name(), subject, [&] {
        StatusOr<record::Bytes> bytes = parts_.value_converter->FromConnect(
            topic, record->value_schema, record->value, *memory_);
        if (!bytes.ok()) return std::move(bytes).status();
        out_.value = *bytes;
        return OkStatus();
      }));
  if (!value_converted) return false;
  out_.topic = topic;
  out_.partition = record->partition;
  out_.timestamp = timestamp;
  return true;
}

Status SourceTask::ConvertHeaders(const sluice_record& record) {
  out_headers_.clear();
  for (size_t i = 0; i < record.header_count; ++i) {
    const sluice_header& header = record.headers[i];
    SLUICE_ASSIGN_OR_RETURN(
        const record::Bytes bytes,
        parts_.header_converter->FromConnect(abi::View(record.topic), abi::View(header.key),
                                             header.schema, header.value, *memory_));
    out_headers_.push_back({abi::View(header.key), bytes});
  }
  out_.headers = out_headers_.data();
  out_.header_count = out_headers_.size();
  return OkStatus();
}

StatusOr<bool> SourceTask::TrySend(Ticket ticket) {
  if (out_.topic != own_topic_) [[unlikely]] {
    SLUICE_RETURN_IF_ERROR(errors_->NoteOwnTopic(out_.topic));
    own_topic_ = out_.topic;
  }
  if (parts_.topics != nullptr) {
    const Status ensured = parts_.topics->Ensure(out_.topic);
    if (!ensured.ok()) {
      if (!IsRetriable(ensured)) return ensured;
      LogWarn("task.source", "Topic ", out_.topic,
              " is not there yet, trying again: ", Describe(ensured));
      Wait(kSendBackoff);
      return false;
    }
  }
  StatusOr<bool> sent = outbox_->TrySend(out_, ticket);
  if (sent.ok()) {
    if (!*sent) SLUICE_RETURN_IF_ERROR(ServeAcks(PollTimeout()));  // full
    return sent;
  }
  if (IsRetriable(sent.status())) {
    LogWarn("task.source", "Sending to topic ", out_.topic,
            " failed, trying again: ", Describe(sent.status()));
    Wait(kSendBackoff);
    return false;
  }
  if (!IsAboutTheRecord(sent.status())) {
    return WrapConnect(sent.status(), "Unrecoverable exception trying to send");
  }
  OnSendFailed(ticket, out_.topic, sent.status());
  return true;
}

void SourceTask::Drop(Ticket ticket) {
  metrics_.Dropped(1);
  if (wants_acks_) {
    plugin_->Acked(offsets_.flight(SlotOf(ticket)).batch, IndexOf(ticket), {}, SLUICE_NO_PARTITION,
                   SLUICE_NO_OFFSET);
  }
  offsets_.Done(ticket);
}

void SourceTask::EndOfBatch() {
  // What was made for the batch is known only now. The batch may have been finished by its last
  // record's drop, but not taken back yet.
  Flight& flight = offsets_.flight(slot_);
  const size_t made = memory_->arena().held();
  flight.bytes += made;
  in_flight_bytes_ += made;
  batch_ = nullptr;
  memory_ = nullptr;
}

void SourceTask::ReleaseFinished() {
  for (Flight flight = offsets_.TakeFinished(); flight.batch != nullptr;
       flight = offsets_.TakeFinished()) {
    Release(std::move(flight));
  }
  metrics_.SetBytesInFlight(in_flight_bytes_);
}

void SourceTask::Release(Flight flight) {
  in_flight_bytes_ -= flight.bytes;
  plugin_->Release(flight.batch);
  memories_.Put(std::move(flight.memory));
}

void SourceTask::OnDelivered(Ticket ticket, std::string_view topic, int32_t partition,
                             int64_t offset) {
  const uint32_t slot = SlotOf(ticket);
  if (acked_.empty() || acked_.back().slot != slot) [[unlikely]] {
    acked_.push_back({slot, offsets_.flight(slot).polled, 0});
  }
  ++acked_.back().records;
  topics_used_.Note(topic);
  if (wants_acks_) {
    plugin_->Acked(offsets_.flight(SlotOf(ticket)).batch, IndexOf(ticket), topic, partition,
                   offset);
  }
  offsets_.Done(ticket);
}

// Before ReleaseFinished: until then a slot names one batch.
void SourceTask::CountAcked() {
  const TimePoint now = parts_.clock->Now();
  latencies_.clear();
  for (const AckedRun& run : acked_) {
    latencies_.push_back(
        {std::chrono::duration_cast<milliseconds>(now - run.polled).count(), run.records});
  }
  acked_.clear();
  metrics_.Acked(latencies_, offsets_.unfinished_records());
}

void SourceTask::OnCommitted(const OffsetSet& offsets) {
  plugin_->CommittedOffsets(offsets.partitions.data(), offsets.offsets.data(),
                            offsets.partitions.size());
}

bool SourceTask::Wait(milliseconds time) {
  const TimePoint until = parts_.clock->Now() + time;
  while (!control_.stop_requested()) {
    const auto left = std::chrono::ceil<milliseconds>(until - parts_.clock->Now());
    if (left <= milliseconds(0)) return true;
    const bool acks_due = outbox_ != nullptr && outbox_->in_flight() > 0;
    if (acks_due) outbox_->ServeAcks(milliseconds(0));
    sleeper_.Wait(acks_due ? std::min(left, kPollWithAcksDue) : left);
  }
  return false;
}

Status SourceTask::Start() {
  SLUICE_ASSIGN_OR_RETURN(errors_, parts_.make_errors(*this));
  SLUICE_ASSIGN_OR_RETURN(outbox_, parts_.make_outbox(offsets_, *this, metrics_));
  SLUICE_ASSIGN_OR_RETURN(std::unique_ptr<plugin::SourcePlugin> plugin, parts_.make_plugin(*this));
  wants_acks_ = plugin->wants_acks();
  {
    MutexLock lock(plugin_mutex_);
    plugin_ = std::move(plugin);
    if (control_.stop_requested()) return StoppedError();
  }
  SLUICE_RETURN_IF_ERROR(plugin_->Start(parts_.task_config));
  started_ = true;
  return OkStatus();
}

void SourceTask::RequestStop() {
  MutexLock lock(plugin_mutex_);
  if (plugin_ != nullptr && !std::exchange(plugin_told_, true)) plugin_->RequestStop();
}

void SourceTask::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (errors_ != nullptr && !control_.abandoned()) AwaitReports();
  if (started_) {
    const Status committed = outbox_->FinalCommit();
    if (!committed.ok()) LogError("task.source", "The last commit failed: ", Describe(committed));
  }
  if (!acked_.empty()) CountAcked();
  RequestStop();
  // First nothing refers to the batches any more, then they are released, then the plugin is
  // closed.
  if (outbox_ != nullptr) outbox_->Abandon();
  outbox_.reset();
  batch_ = nullptr;
  for (Flight& flight : offsets_.TakeAll()) Release(std::move(flight));
  std::unique_ptr<plugin::SourcePlugin> plugin;
  {
    MutexLock lock(plugin_mutex_);
    plugin = std::move(plugin_);
  }
  plugin.reset();
  metrics_.plugin().Close();
  errors_.reset();
}

void SourceTask::Log(sluice_log_level level, std::string_view text) { LogOfPlugin(level, text); }

void SourceTask::Metric(std::string_view name, sluice_metric_kind kind, double value) {
  RecordPluginMetric(metrics_.plugin(), name, kind, value);
}

StatusOr<std::vector<sluice_value>> SourceTask::StoredOffsets(const sluice_value* partitions,
                                                              size_t count, abi::Arena& arena) {
  return parts_.stored_offsets(partitions, count, arena);
}

StatusOr<config::ConfigMap> SourceTask::ResolvedConfig() { return parts_.resolve_config(); }

}  // namespace sluice::task
