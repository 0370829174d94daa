#include "runtime/errors/error_handler.h"

#include <algorithm>

#include "runtime/base/log.h"
#include "runtime/base/text.h"

namespace sluice::errors {
namespace {

constexpr std::string_view kToleranceExceeded = "Tolerance exceeded in error handler";
constexpr std::string_view kUnhandled = "Unhandled exception in error handler";
constexpr int64_t kDelayMinMs = 300;
constexpr int kShiftMax = 40;  // 300 ms * 2^40 is a thousand years, and far from overflow
constexpr milliseconds kServeStep{10};

// Stages whose failures errors.tolerance=all may pass over. What poll and the consumer throw is
// never one record's fault.
bool IsTolerable(Stage stage) { return stage != Stage::kTaskPoll && stage != Stage::kKafkaConsume; }

// The trace of a task that ends at a record is the peer's, which names no record. The log does.
Status Exceeded(const Failure& failure) {
  std::string which = "A record";
  if (const ConsumedRecord* record = failure.subject.consumed) {
    which = StrCat("The record at offset ", record->offset, " of ", record->topic, "-",
                   record->partition);
  }
  constexpr std::string_view kCause = "Caused by: ";
  std::string why = StackTrace(failure.error);
  if (const size_t root = why.rfind(kCause); root != std::string::npos) {
    why.erase(0, root + kCause.size());
  }
  why.resize(std::min(why.find('\n'), why.size()));
  LogError("errors", which, " fails its task, at stage '", StageName(failure.stage),
           "' with class '", failure.executing_class, "': ", why,
           ". With errors.tolerance=all the task goes on; a dead letter queue keeps the record");
  return WrapConnect(failure.error, kToleranceExceeded);
}

}  // namespace

bool IsToleranceExceeded(const Status& status) {
  return !status.ok() && Message(status) == kToleranceExceeded;
}

ErrorHandler::ErrorHandler(config::ErrorSettings settings, Clock& clock, Waiter& waiter,
                           std::vector<std::unique_ptr<Reporter>> reporters,
                           std::shared_ptr<metrics::ErrorCounts> counts)
    : settings_(std::move(settings)),
      clock_(clock),
      waiter_(waiter),
      counts_owner_(counts != nullptr ? std::move(counts)
                                      : std::make_shared<metrics::ErrorCounts>()),
      counts_(*counts_owner_),
      reporters_(std::move(reporters)),
      random_state_(static_cast<uint64_t>(clock.WallMillis()) ^ reinterpret_cast<uintptr_t>(this)) {
  for (auto& reporter : reporters_) {
    reporter->Attach(counts_);
    keeps_records_ |= reporter->keeps_records();
  }
}

TimePoint ErrorHandler::RetryDeadline(TimePoint began) const {
  const auto room = std::chrono::duration_cast<milliseconds>(TimePoint::max() - began);
  if (settings_.retry_timeout_ms < 0 || milliseconds(settings_.retry_timeout_ms) >= room) {
    return TimePoint::max();
  }
  return began + milliseconds(settings_.retry_timeout_ms);
}

// 300 ms doubled with each attempt; beyond the configured maximum a random part of that, so that
// the tasks that one broken service has stopped do not all come back to it at the same moment. At
// least 1 ms: a maximum of 0 must not spin.
milliseconds ErrorHandler::Delay(int attempts) {
  const int64_t delay = kDelayMinMs << std::min(attempts - 1, kShiftMax);
  const int64_t max = settings_.retry_delay_max_ms;
  if (delay <= max) return milliseconds(delay);
  random_state_ += 0x9e3779b97f4a7c15ull;  // splitmix64
  uint64_t bits = random_state_;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ull;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebull;
  bits ^= bits >> 31;
  const int64_t random = max > 0 ? static_cast<int64_t>(bits % static_cast<uint64_t>(max)) : 0;
  return milliseconds(std::max<int64_t>(random, 1));
}

StatusOr<bool> ErrorHandler::BackOff(int attempts, TimePoint deadline) {
  const TimePoint now = clock_.Now();
  if (now >= deadline) return false;
  milliseconds delay = Delay(attempts);
  if (deadline != TimePoint::max()) {
    delay = std::min(delay, std::chrono::ceil<milliseconds>(deadline - now));
  }
  LogDebug("errors", "Attempt ", attempts, " failed; the next one in ", delay.count(), " ms");
  const TimePoint until = now + delay;
  while (clock_.Now() < until) {
    if (!waiter_.Wait(std::chrono::ceil<milliseconds>(until - clock_.Now()))) return StoppedError();
  }
  ++counts_.retries;
  return true;
}

Status ErrorHandler::Report(const Failure& failure) {
  counts_.last_error_ms = clock_.WallMillis();
  Status first;
  for (auto& reporter : reporters_) {
    Status status = reporter->Report(failure);
    if (first.ok()) first = std::move(status);
  }
  return first;
}

StatusOr<bool> ErrorHandler::Final(Failure failure) {
  ++counts_.failures;
  ++counts_.errors;
  SLUICE_RETURN_IF_ERROR(Report(failure));
  if (!IsTolerable(failure.stage)) return WrapConnect(failure.error, kUnhandled);
  if (!settings_.tolerance_all) return Exceeded(failure);
  ++counts_.skipped;
  return false;
}

StatusOr<bool> ErrorHandler::Fail(Failure failure) {
  ++counts_.failures;
  SLUICE_RETURN_IF_ERROR(Report(failure));
  if (IsTolerable(failure.stage) && settings_.tolerance_all) return false;
  ++counts_.errors;
  return IsTolerable(failure.stage) ? Exceeded(failure) : WrapConnect(failure.error, kUnhandled);
}

size_t ErrorHandler::pending_reports() const {
  size_t pending = 0;
  for (const auto& reporter : reporters_) pending += reporter->pending();
  return pending;
}

uint64_t ErrorHandler::reports() const {
  uint64_t taken = 0;
  for (const auto& reporter : reporters_) taken += reporter->taken();
  return taken;
}

uint64_t ErrorHandler::durable_reports() const {
  uint64_t durable = 0;
  for (const auto& reporter : reporters_) durable += reporter->durable();
  return durable;
}

Status ErrorHandler::ServeReports(milliseconds wait) {
  for (auto& reporter : reporters_) {
    const bool due = reporter->pending() > 0;
    SLUICE_RETURN_IF_ERROR(reporter->Serve(due ? wait : milliseconds(0)));
  }
  return OkStatus();
}

Status ErrorHandler::NoteOwnTopic(std::string_view topic) {
  for (auto& reporter : reporters_) SLUICE_RETURN_IF_ERROR(reporter->NoteOwnTopic(topic));
  return OkStatus();
}

Status ErrorHandler::FlushReports(milliseconds timeout, std::optional<uint64_t> count) {
  const TimePoint deadline = clock_.Now() + timeout;
  while (true) {
    SLUICE_RETURN_IF_ERROR(ServeReports());
    if (count ? durable_reports() >= *count : pending_reports() == 0) return OkStatus();
    const TimePoint now = clock_.Now();
    if (now >= deadline) {
      return TimeoutError("Timed out waiting for reports of failed records to be acknowledged");
    }
    const milliseconds step = std::min(kServeStep, std::chrono::ceil<milliseconds>(deadline - now));
    for (auto& reporter : reporters_) {
      if (reporter->pending() > 0) SLUICE_RETURN_IF_ERROR(reporter->Serve(step));
    }
    (void)waiter_.Wait(
        milliseconds(1));  // serves the task's own acks; a stop does not cut this short
  }
}

}  // namespace sluice::errors
