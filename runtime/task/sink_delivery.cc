// SinkTask: putting a batch, verdicts on its records, halving, and the batches that a plugin keeps.
#include <algorithm>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/task/sink_task.h"
#include "runtime/task/waiting_call.h"

namespace sluice::task {
namespace {

using errors::Stage;

constexpr std::string_view kSinkTaskClass = "org.apache.kafka.connect.sink.SinkTask";
const sluice_record kNoRecord = abi::EmptyRecord();

}  // namespace

Status SinkTask::Deliver() {
  Outcome outcome = PutOrHalve(batch_.next, batch_.records.size());
  if (outcome.kind == Outcome::kBadRecord && plugin_->put_atomic() &&
      batch_.records.size() - batch_.next == 1) {
    outcome = Report(batch_.next, outcome.error);
  }
  switch (outcome.kind) {
    case Outcome::kDone:
      return FinishBatch();
    case Outcome::kRetry:
      return KeepBatch(outcome.error);
    default:
      return outcome.error;
  }
}

SinkTask::Outcome SinkTask::Put(size_t begin, size_t end) {
  put_ = {sizeof(sluice_batch),
          sizeof(sluice_record),
          end - begin,
          begin == end ? &kNoRecord : batch_.records.data() + begin,
          batch_.consumed != nullptr ? batch_.consumed->bytes() : 0,
          nullptr};
  put_begin_ = begin;
  put_retained_ = nullptr;
  verdicts_.clear();
  plugin::SinkPlugin::PutResult result;
  TimePoint began;
  {
    WaitingCall call(*this);
    // A stop that came before this call was told to nobody; one that comes now reaches the plugin.
    if (control_.stop_requested()) return {Outcome::kFailed, StoppedError()};
    putting_ = true;
    began = parts_.clock->Now();
    result = plugin_->Put(&put_);
    putting_ = false;
  }
  if (Status failure = TakeFailure(); !failure.ok()) return {Outcome::kFailed, std::move(failure)};
  if (result.code != SLUICE_OK && result.error.ok()) {
    result.error = ConnectError(StrCat("put answered code ", result.code, " without saying why"));
  }
  switch (result.code) {
    case SLUICE_OK: {
      Outcome told = TakeVerdicts();
      if (told.kind != Outcome::kDone) return told;
      batch_.next = end;
      CountPut(begin, end, began);
      return {};
    }
    case SLUICE_RETRY:
      metrics_.PutRetried();
      return {Outcome::kRetry, std::move(result.error)};
    case SLUICE_BAD_RECORD:
      return {Outcome::kBadRecord, std::move(result.error)};
    default:
      return {Outcome::kFailed, std::move(result.error)};
  }
}

// Records of one batch mostly share a few timestamps, so that a run of them is counted at once.
void SinkTask::CountPut(size_t begin, size_t end, TimePoint began) {
  const TimePoint now = parts_.clock->Now();
  latencies_.clear();
  if (begin < end) {
    const int64_t wall_ms = parts_.clock->WallMillis();
    for (size_t i = begin; i < end;) {
      const int64_t timestamp = batch_.records[i].timestamp;
      const size_t first = i;
      while (++i < end && batch_.records[i].timestamp == timestamp) {
      }
      if (timestamp >= 0) latencies_.push_back({wall_ms - timestamp, i - first});
    }
  }
  metrics_.Put(end - begin, std::chrono::duration_cast<milliseconds>(now - began), latencies_);
}

SinkTask::Outcome SinkTask::PutOrHalve(size_t begin, size_t end) {
  Outcome outcome = Put(begin, end);
  if (outcome.kind == Outcome::kBadRecord && end - begin > 1 && plugin_->put_atomic()) {
    return Halve(begin, end);
  }
  return outcome;
}

// The put of these records, two or more, has failed as a whole and had no effect. Left half first,
// so that order is kept; what has been put stays put when a later part has to be tried again. Where
// two neighbours fail one by one the fault is hardly theirs: then nothing is reported and the task
// fails with the first error. The left half is never the smaller one, so the first records that are
// tried alone are two neighbours: a sink that refuses everything dead-letters nothing.
SinkTask::Outcome SinkTask::Halve(size_t begin, size_t end) {
  const size_t middle = begin + (end - begin + 1) / 2;
  Outcome left = PutOrHalve(begin, middle);
  if (left.kind == Outcome::kBadRecord) {  // alone, and so is its neighbour
    Outcome right = Put(middle, end);
    if (right.kind == Outcome::kBadRecord) return {Outcome::kFailed, std::move(left.error)};
    if (right.kind != Outcome::kDone) return right;
    return Report(begin, std::move(left.error));
  }
  if (left.kind != Outcome::kDone) return left;
  Outcome right = PutOrHalve(middle, end);
  if (right.kind != Outcome::kBadRecord) return right;
  Outcome told = Report(middle, std::move(right.error));
  if (told.kind == Outcome::kDone) batch_.next = end;
  return told;
}

SinkTask::Outcome SinkTask::Report(size_t index, Status error) {
  const errors::Subject subject{
      .consumed = &original_.Read(*batch_.consumed, batch_.origins[index]), .source = nullptr};
  const StatusOr<bool> tolerated =
      errors_->Fail({Stage::kTaskPut, kSinkTaskClass, std::move(error), 1, subject});
  if (!tolerated.ok()) return {Outcome::kFailed, tolerated.status()};
  metrics_.Dropped(1);
  return {};
}

SinkTask::Outcome SinkTask::TakeVerdicts() {
  for (PendingVerdict& verdict : verdicts_) {
    Outcome told = Report(verdict.index, std::move(verdict.error));
    if (told.kind != Outcome::kDone) return told;
  }
  return {};
}

Status SinkTask::FinishBatch() {
  for (const SinkBatch::Position& position : batch_.positions) {
    position.partition->second.current = position.next;
  }
  batch_.Clear();
  if (!std::exchange(kept_, false)) return OkStatus();
  return resting_ ? OkStatus() : ResumeRest();
}

Status SinkTask::KeepBatch(const Status& why) {
  if (std::exchange(kept_, true)) return OkStatus();
  LogWarn("task.sink", "put will be tried again with the same ",
          batch_.records.size() - batch_.next, " records: ", Describe(why));
  return resting_ ? OkStatus() : TellPauses();
}

Status SinkTask::DropKeptBatch() {
  batch_.Clear();
  if (!std::exchange(kept_, false)) return OkStatus();
  return resting_ ? OkStatus() : ResumeRest();
}

RetainedBatch* SinkTask::FindRetained(const sluice_batch* batch) {
  for (const auto& retained : retained_) {
    if (retained->batch() == batch) return retained.get();
  }
  return nullptr;
}

Status SinkTask::Verdict(const sluice_batch* batch, size_t index, sluice_code code, Status error) {
  if (code != SLUICE_OK && code != SLUICE_BAD_RECORD) {
    return ConnectError(StrCat("verdict: code ", code, " is neither SLUICE_OK nor ",
                               "SLUICE_BAD_RECORD; answer RETRY or FAILED from put"));
  }
  if (code == SLUICE_BAD_RECORD && error.ok()) {
    error = DataError("The sink refused the record and did not say why");
  }
  const bool of_put = putting_ && batch == &put_;
  RetainedBatch* retained = of_put ? put_retained_ : FindRetained(batch);
  if (!of_put && retained == nullptr) {
    return ConnectError("verdict: the batch is neither the one being put nor a retained one");
  }
  const size_t count = retained != nullptr ? retained->size() : put_.count;
  if (index >= count) {
    return ConnectError(StrCat("verdict: index ", index, " of a batch of ", count, " records"));
  }
  if (retained == nullptr) {
    if (code == SLUICE_BAD_RECORD) verdicts_.push_back({put_begin_ + index, std::move(error)});
    return OkStatus();
  }
  if (!retained->pending(index)) {
    return ConnectError(StrCat("verdict: record ", index, " is not pending (any more)"));
  }
  if (code == SLUICE_BAD_RECORD) {
    const errors::Subject subject{.consumed = &retained->original(index), .source = nullptr};
    const StatusOr<bool> tolerated =
        errors_->Fail({Stage::kTaskPut, kSinkTaskClass, std::move(error), 1, subject});
    if (!tolerated.ok()) {  // it stays pending: no offset passes it
      if (failure_.ok()) failure_ = tolerated.status();
      return OkStatus();
    }
    if (converting_) letters_before_ = errors_->reports();
    metrics_.Dropped(1);
  }
  retained->Settle(index);
  return OkStatus();
}

const sluice_batch* SinkTask::Retain(const sluice_batch* batch) {
  if (!putting_ || batch != &put_ || put_.count == 0) return nullptr;
  if (put_retained_ != nullptr) return put_retained_->batch();
  const size_t end = put_begin_ + put_.count;
  const size_t wanted = RetainedBatch::Estimate(batch_, put_begin_, end);
  if (!retained_.empty() && retained_bytes_ + wanted > parts_.retained_bytes_max) return nullptr;
  retained_.push_back(std::make_unique<RetainedBatch>(batch_, put_begin_, end));
  put_retained_ = retained_.back().get();
  retained_bytes_ += put_retained_->bytes();
  metrics_.SetBytesInFlight(retained_bytes_);
  return put_retained_->batch();
}

void SinkTask::Release(const sluice_batch* batch) {
  RetainedBatch* retained = FindRetained(batch);
  if (retained == nullptr) return;
  if (put_retained_ == retained) put_retained_ = nullptr;
  retained_bytes_ -= retained->bytes();
  std::erase_if(retained_, [&](const auto& held) { return held.get() == retained; });
  metrics_.SetBytesInFlight(retained_bytes_);
}

}  // namespace sluice::task
