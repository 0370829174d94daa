// Where a failed record is told of: the log, a dead letter queue. Owned by the task's ErrorHandler,
// on its thread.
#ifndef SLUICE_RUNTIME_ERRORS_REPORTER_H_
#define SLUICE_RUNTIME_ERRORS_REPORTER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/base/clock.h"
#include "runtime/errors/stage.h"
#include "runtime/metrics/error_counts.h"

namespace sluice::errors {

class Reporter {
 public:
  virtual ~Reporter() = default;
  // Called once, before anything is reported: where to count. `counts` outlives the reporter.
  virtual void Attach(metrics::ErrorCounts& counts) = 0;
  // Whether what is reported is a copy of the record itself.
  virtual bool keeps_records() const { return false; }
  // Takes everything it needs out of `failure` before it returns. May answer before the report is
  // durable. An error fails the task: no offset may pass an unwritten dead letter. StoppedError: it
  // had to wait, and stop was asked for.
  virtual Status Report(const Failure& failure) = 0;
  // Takes note of what became durable, waiting up to `wait` for the first; an error if a report
  // failed for good.
  virtual Status Serve(milliseconds wait) = 0;
  // Reports that are not durable yet.
  virtual size_t pending() const = 0;
  // Reports that were taken since the beginning, and how many of them, from the first on, are
  // durable. A reporter whose reports are durable at once answers 0 to both.
  virtual uint64_t taken() const { return 0; }
  virtual uint64_t durable() const { return 0; }
  // The task's own records go to `topic`. An error: reports do, too.
  virtual Status NoteOwnTopic(std::string_view /*topic*/) { return OkStatus(); }
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_REPORTER_H_
