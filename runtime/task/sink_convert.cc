// SinkTask: converting what was consumed, and staying in the group when that takes long.
//
// A converter may wait for a registry, and the error handler between two tries of it, for as long
// as errors.retry.timeout says. Meanwhile the consumer is polled, with all partitions paused: it
// stays in the group beyond max.poll.interval.ms, and a rebalance of others does not wait for this
// task. Partitions that are taken away in such a poll are closed there, as in any other. What was
// consumed of them is dropped: others begin at what was committed, and so does this task if they
// come back. If the record under way is one of theirs, its wait ends, as it does at a stop.
#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/task/sink_task.h"

namespace sluice::task {
namespace {

using errors::Stage;

// How long nobody polls while a record is tried again: a rebalance of others waits that long.
constexpr milliseconds kAsideInterval{1000};
constexpr milliseconds kAsideTimeout{10};  // a rebalance needs more than what is there already

}  // namespace

Status SinkTask::Convert(std::unique_ptr<kafka::ConsumedBatch> consumed) {
  batch_.Clear();
  batch_.consumed = std::move(consumed);
  if (batch_.consumed->size() > 0) metrics_.Consumed(batch_.consumed->size());
  letters_before_ = errors_->reports();
  converting_ = true;
  const Status converted = ConvertAll();
  converting_ = interrupted_ = false;
  if (!gone_.empty()) {
    batch_.RemoveRecords([&](const PartitionRef& ref) { return gone_.find(ref) != gone_.end(); });
    gone_.clear();
  }
  if (!std::exchange(aside_, false) || !converted.ok() || resting_) return converted;
  LogInfo("task.sink", "Consuming goes on");
  return ResumeRest();
}

Status SinkTask::ConvertAll() {
  const size_t count = batch_.consumed->size();
  batch_.records.resize(count);
  batch_.origins.resize(count);
  size_t kept = 0;
  auto partition = partitions_.end();
  bool owned = false;
  PartitionRef last{{}, -1};
  for (size_t i = 0; i < count; ++i) {
    const kafka::ConsumedBatch::Message message = batch_.consumed->message(i);
    if (message.partition != last.partition || message.topic != last.topic) {
      last = {message.topic, message.partition};
      partition = partitions_.find(last);
      // Fetched before a rebalance, or before a seek, took effect: not ours any more.
      owned = partition != partitions_.end() && gone_.find(last) == gone_.end();
      if (owned) {
        batch_.positions.push_back({partition, message.offset});
        if (partition->second.committed < 0) partition->second.committed = message.offset;
      }
    }
    if (!owned) continue;
    const StatusOr<bool> wanted = ConvertOne(i, message, partition->second, batch_.records[kept]);
    if (interrupted_) [[unlikely]] {
      interrupted_ = owned = false;
      SLUICE_RETURN_IF_ERROR(TakeFailure());
      continue;
    }
    SLUICE_RETURN_IF_ERROR(wanted.status());
    batch_.positions.back().next = message.offset + 1;
    if (!*wanted) {
      metrics_.Dropped(1);
      continue;
    }
    batch_.origins[kept++] = static_cast<uint32_t>(i);
  }
  batch_.records.resize(kept);
  batch_.origins.resize(kept);
  return OkStatus();
}

StatusOr<bool> SinkTask::ConvertOne(size_t index, const kafka::ConsumedBatch::Message& message,
                                    SinkPartition& partition, sluice_record& record) {
  const errors::Subject subject{.consumed = &original_.Read(*batch_.consumed, index, message),
                                .source = nullptr};
  convert::SchemaAndValue key, value;
  SLUICE_ASSIGN_OR_RETURN(
      bool done,
      errors_->Execute(Stage::kKeyConverter, parts_.key_converter->class_name(), subject, [&] {
        StatusOr<convert::SchemaAndValue> converted =
            ToConnect(*parts_.key_converter, message, message.key);
        if (!converted.ok()) return std::move(converted).status();
        key = *converted;
        return OkStatus();
      }));
  if (!done) return false;
  SLUICE_ASSIGN_OR_RETURN(
      done,
      errors_->Execute(Stage::kValueConverter, parts_.value_converter->class_name(), subject, [&] {
        StatusOr<convert::SchemaAndValue> converted =
            ToConnect(*parts_.value_converter, message, message.value);
        if (!converted.ok()) return std::move(converted).status();
        value = *converted;
        return OkStatus();
      }));
  if (!done) return false;
  record = sluice_record{};
  record.topic = record.original_topic = abi::Str(message.topic);
  record.partition = record.original_partition = message.partition;
  record.original_offset = message.offset;
  record.timestamp_type = message.timestamp_type;
  record.timestamp = message.timestamp < 0 ? SLUICE_NO_TIMESTAMP : message.timestamp;
  record.key_schema = key.schema;
  record.key = key.value;
  record.value_schema = value.schema;
  record.value = value.value;
  if (message.has_headers) {
    SLUICE_ASSIGN_OR_RETURN(
        done, errors_->Execute(Stage::kHeaderConverter, parts_.header_converter->class_name(),
                               subject, [&] { return ConvertHeaders(message.topic, record); }));
    if (!done) return false;
  }
  if (interrupted_) return StoppedError();  // `partition` is no more
  if (!partition.tracked) {
    partition.tracked = true;
    topics_used_.Note(message.topic);
  }
  if (parts_.chain == nullptr) return true;
  return parts_.chain->Apply(record, batch_.memory, *errors_, subject);
}

StatusOr<convert::SchemaAndValue> SinkTask::ToConnect(convert::Converter& converter,
                                                      const kafka::ConsumedBatch::Message& message,
                                                      record::Bytes bytes) {
  if (message.has_headers) {
    const std::string_view name = converter.id_header();
    const errors::ConsumedRecord& original = original_.record();
    for (size_t i = name.empty() ? 0 : original.header_count; i > 0; --i) {
      const errors::RawHeader& header = original.headers[i - 1];
      if (header.key != name) continue;
      return converter.ToConnectWithId(message.topic, header.value, bytes, batch_.memory);
    }
  }
  return converter.ToConnect(message.topic, bytes, batch_.memory);
}

Status SinkTask::ConvertHeaders(std::string_view topic, sluice_record& record) {
  const errors::ConsumedRecord& original = original_.record();
  auto* headers = batch_.memory.arena().NewArray<sluice_header>(original.header_count);
  for (size_t i = 0; i < original.header_count; ++i) {
    const errors::RawHeader& raw = original.headers[i];
    SLUICE_ASSIGN_OR_RETURN(
        const convert::SchemaAndValue converted,
        parts_.header_converter->ToConnect(topic, raw.key, raw.value, batch_.memory));
    headers[i] = {abi::Str(raw.key), converted.schema, converted.value};
  }
  record.headers = headers;
  record.header_count = original.header_count;
  return OkStatus();
}

bool SinkTask::Wait(milliseconds time) {
  const TimePoint until = parts_.clock->Now() + time;
  while (!control_.stop_requested()) {
    if (converting_ && !polling_) {
      StayInGroup();
      if (interrupted_) return false;
    }
    const TimePoint now = parts_.clock->Now();
    auto left = std::chrono::ceil<milliseconds>(until - now);
    if (left <= milliseconds(0)) return true;
    if (converting_ && !polling_) {
      const auto due = std::chrono::ceil<milliseconds>(polled_ + kAsideInterval - now);
      left = std::min(left, std::max(due, milliseconds(1)));
    }
    sleeper_.Wait(left);
  }
  return false;
}

void SinkTask::StayInGroup() {
  if (interrupted_ || parts_.clock->Now() - polled_ < kAsideInterval) return;
  const Status polled = PollAside();
  if (!polled.ok() && failure_.ok()) failure_ = polled;
  const errors::ConsumedRecord& record = original_.record();
  interrupted_ =
      !failure_.ok() || gone_.find(PartitionRef{record.topic, record.partition}) != gone_.end();
}

Status SinkTask::PollAside() {
  if (!std::exchange(aside_, true) && !resting_) {
    LogInfo("task.sink", "Consuming waits for a record that is tried again");
    SLUICE_RETURN_IF_ERROR(TellPauses());
  }
  polling_ = true;
  const auto polled = consumer_->Poll(kAsideTimeout, parts_.max_poll_records);
  polling_ = false;
  polled_ = parts_.clock->Now();
  std::erase_if(commits_, [](const auto& commit) { return commit->answered; });
  SLUICE_RETURN_IF_ERROR(polled.status());
  if (std::exchange(pauses_changed_, false)) SLUICE_RETURN_IF_ERROR(TellPauses());
  return GiveBack(**polled);
}

}  // namespace sluice::task
