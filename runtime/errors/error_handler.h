// Says what a failure of a record means: try again, skip and report, or fail the task. The one
// place of that decision, as the peer's RetryWithToleranceOperator (KIP-298). One per task, on the
// task's thread.
//
//   StatusOr<bool> done = handler.Execute(Stage::kValueConverter, converter.class_name(), subject,
//   [&] { ... }); not ok: the task fails with that status;  false: the record is dropped (reported
//   and tolerated);  true: it went well.
//
// A StoppedError among the answers is no failure: the task was asked to stop during a wait. The
// record was neither handled nor reported, so its offset must not be passed; it comes again after
// the restart.
#ifndef SLUICE_RUNTIME_ERRORS_ERROR_HANDLER_H_
#define SLUICE_RUNTIME_ERRORS_ERROR_HANDLER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/connector_config.h"
#include "runtime/errors/reporter.h"
#include "runtime/errors/stage.h"
#include "runtime/metrics/error_counts.h"

namespace sluice::errors {

// Whether `status` is a record's failure under errors.tolerance=none. A supervisor never restarts a
// task by itself after one: each try would report the same record again.
bool IsToleranceExceeded(const Status& status);

class ErrorHandler {
 public:
  // `waiter` serves acks and stop during a back-off. `counts`: the task's; null: the handler's own.
  ErrorHandler(config::ErrorSettings settings, Clock& clock, Waiter& waiter,
               std::vector<std::unique_ptr<Reporter>> reporters,
               std::shared_ptr<metrics::ErrorCounts> counts = nullptr);

  // `operation` answers Status; retried while it fails with a retriable error and time is left,
  // which is counted from the operation's beginning.
  template <typename Operation>
  StatusOr<bool> Execute(Stage stage, std::string_view executing_class, const Subject& subject,
                         Operation&& operation) {
    // Where nothing depends on the time it is not asked for.
    const TimePoint began = settings_.retry_timeout_ms > 0 ? clock_.Now() : TimePoint{};
    Status status = operation();
    if (status.ok()) [[likely]]
      return true;
    return Retry(stage, executing_class, subject, began, std::move(status),
                 [&] { return operation(); });
  }

  // For failures without a retry: verdicts of `put` (kTaskPut), asynchronous produce failures
  // (kKafkaProduce). Reports, then answers false (tolerated) or the task's failure. With tolerance
  // none the reporters run too.
  StatusOr<bool> Fail(Failure failure);

  // Answers when all reports so far are durable (dead letters acknowledged), or the first `count`
  // of those that reports() counts; or why not: TimeoutError after `timeout`. A stop does not end
  // it, so that the last commit of a task that stops can wait for its dead letters.
  Status FlushReports(milliseconds timeout, std::optional<uint64_t> count = std::nullopt);
  // Serves acks of reports, waiting up to `wait` for the first; an error if a dead letter could not
  // be written.
  Status ServeReports(milliseconds wait = milliseconds(0));
  // Reports that are not durable yet. No offset of a reported record may be committed before this
  // is 0.
  size_t pending_reports() const;
  // Reports so far that become durable later (dead letters), and how many of them, from the first
  // on, are. A record that was reported may be passed when durable_reports() has reached what
  // reports() answered right after. Of the reporters one may be of that kind.
  uint64_t reports() const;
  uint64_t durable_reports() const;

  // Told of each topic that the task's own records go to, before the first one does, and maybe
  // again. An error fails the task: letters go there.
  Status NoteOwnTopic(std::string_view topic);

  const metrics::ErrorCounts& counts() const { return counts_; }
  // Whether there is a dead letter queue, or another reporter that keeps records.
  bool keeps_records() const { return keeps_records_; }
  bool tolerates_all() const { return settings_.tolerance_all; }

 private:
  template <typename Again>
  StatusOr<bool> Retry(Stage stage, std::string_view executing_class, const Subject& subject,
                       TimePoint began, Status first, Again&& again) {
    const TimePoint deadline = RetryDeadline(began);
    int attempts = 1;
    Status status = std::move(first);
    while (IsRetriable(status)) {
      ++counts_.failures;
      StatusOr<bool> waited = BackOff(attempts, deadline);
      if (!waited.ok()) return waited;
      if (!*waited) break;
      ++attempts;
      status = again();
      if (status.ok()) return true;
    }
    if (IsStopped(status)) return status;
    return Final({stage, executing_class, std::move(status), attempts, subject});
  }
  TimePoint RetryDeadline(TimePoint began) const;
  // Waits before attempt `attempts` + 1. False: there is no time left. StoppedError: stop was asked
  // for.
  StatusOr<bool> BackOff(int attempts, TimePoint deadline);
  milliseconds Delay(int attempts);
  StatusOr<bool> Final(Failure failure);
  Status Report(const Failure& failure);

  const config::ErrorSettings settings_;
  Clock& clock_;
  Waiter& waiter_;
  const std::shared_ptr<metrics::ErrorCounts> counts_owner_;
  metrics::ErrorCounts& counts_;
  std::vector<std::unique_ptr<Reporter>> reporters_;  // after counts_, which they write to
  bool keeps_records_ = false;
  uint64_t random_state_;
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_ERROR_HANDLER_H_
