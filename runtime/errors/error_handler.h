// Says what a failure of a record means: try again, skip and report, or fail the task. The one place of that decision
// (connector-config reference, section 5). One per task, on the task's thread.
//
//   StatusOr<bool> done = handler.Execute(Stage::kValueConverter, converter.class_name(), subject, [&] { ... });
//   not ok: the task fails with that status;  false: the record is dropped (reported and tolerated);  true: it went well.
#ifndef SLUICE_RUNTIME_ERRORS_ERROR_HANDLER_H_
#define SLUICE_RUNTIME_ERRORS_ERROR_HANDLER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/status.h"
#include "runtime/config/connector_config.h"
#include "runtime/errors/reporter.h"
#include "runtime/errors/stage.h"

namespace sluice::errors {

// Counts since the task began; read from any thread.
struct ErrorCounts {
  std::atomic<int64_t> failures{0};  // attempts that failed
  std::atomic<int64_t> retries{0};
  std::atomic<int64_t> skipped{0};
  std::atomic<int64_t> errors{0};  // records whose handling failed for good
  std::atomic<int64_t> dead_letters{0};
};

class ErrorHandler {
 public:
  // `waiter` serves acks and stop during a back-off. `jitter` answers uniformly in [0, bound).
  ErrorHandler(config::ErrorSettings settings, Clock& clock, Waiter& waiter,
               std::vector<std::unique_ptr<Reporter>> reporters);

  // `operation` answers Status; retried while it fails with a retriable error and time is left.
  template <typename Operation>
  StatusOr<bool> Execute(Stage stage, std::string_view executing_class, const Subject& subject,
                         Operation&& operation) {
    Status status = operation();
    if (status.ok()) [[likely]] return true;
    return Retry(stage, executing_class, subject, std::move(status), [&] { return operation(); });
  }

  // For failures without a retry: verdicts of `put` (kTaskPut), asynchronous produce failures (kKafkaProduce). Reports,
  // then answers false (tolerated) or the task's failure. With tolerance none the reporters run too.
  StatusOr<bool> Fail(Failure failure);

  // All reports so far are durable (dead letters acknowledged), or why not. Waits up to `timeout` through the waiter.
  Status FlushReports(milliseconds timeout);
  // Serves acks of reports without waiting; an error if a dead letter could not be written.
  Status ServeReports();

  const ErrorCounts& counts() const { return counts_; }
  bool has_reporters() const { return !reporters_.empty(); }

 private:
  template <typename Again>
  StatusOr<bool> Retry(Stage stage, std::string_view executing_class, const Subject& subject,
                       Status first, Again&& again) {
    const TimePoint deadline = RetryDeadline();
    int attempts = 1;
    Status status = std::move(first);
    while (true) {
      ++counts_.failures;
      if (!IsRetriable(status) || !BackOff(attempts, deadline)) break;
      ++attempts;
      status = again();
      if (status.ok()) return true;
    }
    return Final({stage, executing_class, std::move(status), attempts, subject});
  }
  TimePoint RetryDeadline() const;
  // Waits before attempt `attempts` + 1; false when there is no time left or stop was asked for.
  bool BackOff(int attempts, TimePoint deadline);
  StatusOr<bool> Final(Failure failure);

  const config::ErrorSettings settings_;
  Clock& clock_;
  Waiter& waiter_;
  std::vector<std::unique_ptr<Reporter>> reporters_;
  ErrorCounts counts_;
  uint64_t random_state_;
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_ERROR_HANDLER_H_
