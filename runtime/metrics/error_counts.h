// What the error handler of a task and its reporters have counted since the task began: the group
// task-error-metrics. Written on the task's thread, read from any.
#ifndef SLUICE_RUNTIME_METRICS_ERROR_COUNTS_H_
#define SLUICE_RUNTIME_METRICS_ERROR_COUNTS_H_

#include <atomic>
#include <cstdint>

namespace sluice::metrics {

struct ErrorCounts {
  std::atomic<int64_t> failures{
      0};  // attempts that failed, and once more when a retriable one is given up
  std::atomic<int64_t> retries{0};  // waits before another attempt
  std::atomic<int64_t> skipped{
      0};  // records that a stage dropped because errors.tolerance allows it
  std::atomic<int64_t> errors{0};  // records whose handling failed for good
  std::atomic<int64_t> logged{0};
  std::atomic<int64_t> dead_letters{0};          // records handed to the dead letter queue
  std::atomic<int64_t> dead_letter_failures{0};  // sends of them that failed, retried or not
  std::atomic<int64_t> dead_letters_written{0};  // acknowledged by the broker
  std::atomic<int64_t> last_error_ms{0};         // wall clock of the last failure; 0: none
};

}  // namespace sluice::metrics

#endif  // SLUICE_RUNTIME_METRICS_ERROR_COUNTS_H_
