// Tells the log of failed records, in the peer's words (errors.log.enable). On the task's thread,
// owned by its ErrorHandler. Keys and values of consumed records are never logged; a source record
// is, whole, where errors.log.include.messages asks for it.
#ifndef SLUICE_RUNTIME_ERRORS_LOG_REPORTER_H_
#define SLUICE_RUNTIME_ERRORS_LOG_REPORTER_H_

#include <string>
#include <string_view>

#include "runtime/errors/reporter.h"

namespace sluice::errors {

class LogReporter : public Reporter {
 public:
  // `task` is <connector>-<number>.
  LogReporter(std::string task, bool include_messages);

  void Attach(metrics::ErrorCounts& counts) override { counts_ = &counts; }
  Status Report(const Failure& failure) override;
  Status Serve(milliseconds) override { return OkStatus(); }
  size_t pending() const override { return 0; }

  // The line without its trace: `Error encountered in task dlq-0. Executing stage ...`.
  std::string Line(const Failure& failure) const;

 private:
  const std::string task_;
  const bool include_messages_;
  metrics::ErrorCounts* counts_ = nullptr;
};

}  // namespace sluice::errors

#endif  // SLUICE_RUNTIME_ERRORS_LOG_REPORTER_H_
