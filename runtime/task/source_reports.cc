// SourceTask: records that fail, from the failure to the end of their dead letters.
#include <string>
#include <utility>

#include "runtime/abi/views.h"
#include "runtime/base/log.h"
#include "runtime/task/source_task.h"

namespace sluice::task {
namespace {

// What the peer names as the class that ran.
constexpr std::string_view kProduceClass = "org.apache.kafka.connect.runtime.WorkerSourceTask";

bool IsTooLarge(const Status& status) {
  return ExceptionClass(status) == "org.apache.kafka.common.errors.RecordTooLargeException";
}

}  // namespace

void SourceTask::Leave(Ticket ticket) {
  const uint64_t reports = errors_->reports();
  if (reports == reports_) return Drop(ticket);
  reports_ = reports;
  reported_.push_back({reports, ticket});
}

void SourceTask::OnSendFailed(Ticket ticket, std::string_view topic, const Status& status) {
  if (IsTooLarge(status) && alone_now_ != ticket) {
    alone_.push_back(ticket);
    return;
  }
  refused_.push_back({ticket, std::string(topic), status});
}

Status SourceTask::ServeReports(milliseconds wait) {
  SLUICE_RETURN_IF_ERROR(ReportRefused());
  if (reported_.empty()) return OkStatus();
  SLUICE_RETURN_IF_ERROR(errors_->ServeReports(wait));
  const uint64_t durable = errors_->durable_reports();
  while (!reported_.empty() && reported_.front().report <= durable) {
    const Ticket ticket = reported_.front().ticket;
    reported_.pop_front();
    Drop(ticket);
  }
  return OkStatus();
}

// Here, and not in the ack: a report may have to wait, and acks are served meanwhile.
Status SourceTask::ReportRefused() {
  while (!refused_.empty()) {
    const Refused refused = std::move(refused_.front());
    refused_.pop_front();
    const bool tolerant = errors_->tolerates_all();
    if (!tolerant) {
      LogError("task.source", "Failed to send a record to topic '", refused.topic,
               "': ", Describe(refused.status));
    }
    if (tolerant || errors_->keeps_records()) {
      const sluice_batch* batch = offsets_.flight(SlotOf(refused.ticket)).batch;
      const sluice_record& record = abi::RecordAt(*batch, IndexOf(refused.ticket));
      sluice_record sent = record;
      sent.topic = abi::Str(refused.topic);
      const errors::Subject subject{.consumed = nullptr, .source = &record, .current = &sent};
      const StatusOr<bool> told =
          errors_->Fail({errors::Stage::kKafkaProduce, kProduceClass, refused.status, 1, subject});
      if (!told.ok() && IsStopped(told.status())) return OkStatus();  // no offset passes it
      if (!told.ok() && !errors::IsToleranceExceeded(told.status())) return told.status();
    }
    if (!tolerant) {  // its ticket stays open: no offset passes it
      return WrapConnect(refused.status, "Unrecoverable exception from producer send callback");
    }
    Leave(refused.ticket);
  }
  return OkStatus();
}

// The record that fails the task has its dead letter, too: it must not go down with the producer.
void SourceTask::AwaitReports() {
  Status reported = errors_->FlushReports(parts_.report_timeout);
  if (reported.ok() && outbox_ != nullptr) reported = ServeReports(milliseconds(0));
  if (!reported.ok()) LogError("task.source", "The last reports failed: ", Describe(reported));
}

}  // namespace sluice::task
